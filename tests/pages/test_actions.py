"""Action programmes as everybody reads them."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from models import Milestone, Output
from models.actions import ActionState, MilestoneState
from models.types import Provenance
from network.queries.actions import ActionCriteria, action, listing, summary
from tests.factories import Make, both
from tests.statements import statements_of

DAY = date(2026, 11, 24)


def test_the_list_shows_what_was_counted_and_what_is_held_up(client: Any, session: Session, make: Make) -> None:
    make.action(
        "Sensors",
        outputs=[Output(title=both("Probes"), unit=both("probes"), target=200, reached=88, as_of=DAY)],
        milestones=[
            Milestone(title=both("Manholes"), due_on=DAY, state=MilestoneState.ESCALATED, obstacle=both("Three owners"))
        ],
    )
    make.action("Bins", state=ActionState.DROPPED, drop_reason=both("Scales were off"))
    session.commit()
    client.get("/en/action-programmes")
    assert client.texts(".entries h2") == ["Sensors", "Bins"]
    assert client.texts(".entries li:first-child .chart-label") == ["Probes 88 of 200 probes"]
    assert "Waits for a decision" in client.texts(".entries li:first-child .tag")
    assert client.texts(".key-figures dt") == ["1", "0 / 2", "1"]
    client.get("/en/action-programmes?state=dropped")
    assert client.texts(".entries h2") == ["Bins"]
    client.get("/vi/action-programmes?q=cam%20bien%20la")
    assert client.texts(".entries h2") == []


def test_only_invented_programmes_are_announced_as_such(client: Any, session: Session, make: Make) -> None:
    make.action(provenance=Provenance.ILLUSTRATIVE)
    session.commit()
    client.get("/en/action-programmes")
    assert client.texts(".notice")[0].startswith("No action programme has been found on public pages.")
    make.action(provenance=Provenance.VERIFIED)
    session.commit()
    client.get("/en/action-programmes")
    assert client.texts("main .notice") == []


def test_a_page_says_what_holds_a_milestone_up_and_why_it_was_passed_on(
    client: Any, session: Session, make: Make
) -> None:
    milestone = Milestone(
        title=both("Import"),
        due_on=DAY,
        state=MilestoneState.PASSED_ON,
        obstacle=both("Needs a licence"),
        decision=both("Beyond the city"),
    )
    programme = make.action(milestones=[milestone])
    session.commit()
    client.get(f"/en/action-programmes/{programme.id}")
    text = client.texts(".course")[0]
    assert "With a higher authority" in text
    assert "What holds it up Needs a licence" in text
    assert "Why it was passed on Beyond the city" in text
    assert client.get("/en/action-programmes/99999").status_code == 404
    dropped = make.action(state=ActionState.DROPPED, drop_reason=both("Scales were off"))
    session.commit()
    client.get(f"/vi/action-programmes/{dropped.id}")
    assert client.texts(".notice-warning") == ["Vì sao dừng Scales were off (vi)"]


def test_a_milestone_is_late_from_the_day_after_while_the_programme_runs(session: Session, make: Make) -> None:
    running, planned = make.action(), make.action(state=ActionState.PLANNED)
    for today, state in ((date(2026, 12, 1), MilestoneState.OPEN), (date(2026, 12, 2), MilestoneState.LATE)):
        assert action(session, running.id, today=today).row.milestones[0].state is state
    assert action(session, planned.id, today=date(2027, 1, 1)).row.milestones[0].state is MilestoneState.OPEN
    assert [summary(session, today=day).held_up for day in (date(2026, 12, 1), date(2026, 12, 2))] == [0, 1]


def test_what_was_reached_beyond_a_target_makes_up_for_nothing(session: Session, make: Make) -> None:
    counted = ((10, 30), (10, 0))
    outputs = [Output(title=both("A"), unit=both("a"), target=t, reached=r, as_of=DAY) for t, r in counted]
    programme = make.action(outputs=outputs)
    assert action(session, programme.id, today=DAY).row.share == 0.5
    found = summary(session, today=DAY)
    assert (found.outputs, found.reached) == (2, 1)


def test_more_programmes_do_not_mean_more_statements(session: Session, make: Make) -> None:
    def sent() -> int:
        with statements_of(session) as statements:
            listing(session, ActionCriteria(), 1, today=DAY)
        return len(statements)

    first = make.action().id
    few = sent()
    for _ in range(5):
        make.action()
    assert sent() == few == 6
    with statements_of(session) as statements:
        action(session, first, today=DAY)
    assert len(statements) == 4
    with statements_of(session) as statements:
        summary(session, today=DAY)
    assert len(statements) == 3
