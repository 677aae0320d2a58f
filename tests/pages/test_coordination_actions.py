"""Action programmes at the coordinator's desk, from registering one to what was reached and what it cost."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import ActionProgramme, Contribution, Milestone
from models.actions import ActionState, CapitalSource, MilestoneState
from network.formatting import today
from network.queries import actions as queries
from tests.factories import Make, both
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
PLAN = {
    "office_en": "Drainage office",
    "title_vi": "Cảm biến trong cống",
    "breakthrough_en": "Knowing ahead",
    "goal_en": "An hour ahead",
    "starts_on": "2026-11-01",
    "ends_on": "2027-12-31",
    "milestones-0-title_en": "Half",
    "milestones-0-due_on": "2027-06-30",
    "outputs-0-title_en": "Probes",
    "outputs-0-unit_en": "probes",
    "outputs-0-target": "200",
}


@pytest.fixture
def desk(client: Any, make: Make, sign_in: SignIn) -> Any:
    return sign_in(client, make.coordinator())


def address_of(programme: Any, *more: object) -> str:
    return "/".join(["/en/coordination/action-programmes", str(programme.id), *map(str, more)])


def test_a_programme_is_registered_and_everybody_reads_it(desk: Any, session: Session) -> None:
    desk.get("/en/coordination")
    desk.get(desk.page.select_one('a[href="/en/coordination/action-programmes"]')["href"])
    desk.get(desk.page.select_one("main .btn-primary[href]")["href"])
    assert len(desk.page.select(".line")) == 8
    desk.submit("/en/coordination/action-programmes/new", **PLAN)
    assert desk.texts(".notice-success") == ["Registered. Everybody can read it as planned."]
    assert desk.texts(".page-head .tag") == ["Planned"]
    programme = session.query(ActionProgramme).one()
    assert (programme.title.vi, programme.title.en) == ("Cảm biến trong cống", None)
    desk.get(f"/vi/action-programmes/{programme.id}")
    assert desk.texts("h1") == ["Cảm biến trong cống"]


def test_more_lines_keep_what_was_typed(desk: Any) -> None:
    desk.submit("/en/coordination/action-programmes/new", **PLAN, more="1")
    assert len(desk.page.select("input[name^=milestones][type=date]")) == 7
    assert desk.page.select_one("#milestones-0-title_en")["value"] == "Half"
    assert desk.texts(".error") == []


def test_each_refusal_stands_at_its_field(desk: Any, make: Make) -> None:
    broken = {**PLAN, "office_en": "", "milestones-1-title_en": "No day", "outputs-0-target": "many"}
    assert desk.submit("/en/coordination/action-programmes/new", **broken).status_code == 422
    assert desk.texts(".error-summary li") == [
        "Office in Vietnamese: Name the office that answers for it.",
        "Milestones: Choose a day.",
        "Outputs: Write a whole number.",
    ]
    assert len(desk.page.select(".is-invalid")) == 3
    late = {**PLAN, "milestones-0-due_on": "2029-01-01"}
    assert desk.submit("/en/coordination/action-programmes/new", **late).status_code == 422
    assert desk.texts(".error-summary li") == ["A milestone must lie within the time of the programme."]
    assert make.count(ActionProgramme) == 0


def test_a_planned_programme_is_edited_started_or_taken_back(desk: Any, session: Session, make: Make) -> None:
    programme, other = make.action(state=ActionState.PLANNED), make.action(state=ActionState.PLANNED)
    session.commit()
    desk.get(address_of(programme, "edit"))
    assert desk.page.select_one("#title_en")["value"] == "Sensors in the sewers"
    assert desk.page.select_one("#milestones-0-due_on")["value"] == "2026-12-01"
    desk.submit(address_of(programme, "edit"), **PLAN)
    assert desk.texts(".notice-success") == ["The changes are saved."]
    desk.submit(address_of(programme, "start"))
    assert desk.texts(".page-head .tag") == ["Running"]
    desk.submit(address_of(programme, "take-back"))
    assert desk.texts(".notice-error") == [
        "This programme has begun and can no longer be taken back. Give it up, with a reason, instead."
    ]
    desk.submit(address_of(other, "take-back"))
    assert desk.texts(".entries h2") == ["Cảm biến trong cống (in Vietnamese)"]
    desk.get(address_of(programme, "edit"))
    assert desk.page.select(".line") == []


def test_a_late_milestone_is_escalated_passed_on_and_settled(desk: Any, session: Session, make: Make) -> None:
    milestone = Milestone(title=both("Half"), due_on=date(2026, 2, 1), state=MilestoneState.LATE)
    programme = make.action(milestones=[milestone])
    session.commit()
    steps = address_of(programme, "milestones", milestone.id)
    desk.submit(f"{steps}/escalate", words_en=" ")
    assert desk.texts(".notice-error") == ["Say what holds it up."]
    desk.submit(f"{steps}/escalate", words_en="Two bodies own the manholes.")
    assert desk.texts(".course-title .tag") == ["Waits for a decision"]
    desk.submit(f"{steps}/pass-on", words_vi="Do bộ quyết định.")
    assert desk.texts(".course-title .tag") == ["With a higher authority"]
    desk.submit(f"{steps}/settle", words_en="One body.", due_on=(today() + timedelta(days=9)).isoformat())
    assert desk.texts(".course-title .tag") == ["Settled, new day"]
    assert "One body." in desk.texts(".held")[0]
    desk.submit(f"{steps}/done", on=today().isoformat())
    assert desk.texts(".course-title .tag") == ["Completed"]
    desk.submit(address_of(programme, "finish"))
    assert desk.texts(".page-head .tag") == ["Completed"]
    assert desk.texts(".aside p")[0] == "This programme is over and stays as it is."


def test_outputs_are_counted_and_lines_are_added(desk: Any, session: Session, make: Make) -> None:
    programme = make.action()
    session.commit()
    desk.submit(address_of(programme, "outputs", programme.outputs[0].id, "count"), reached="4", on="2026-11-20")
    assert desk.texts(".chart-label") == ["Probes 4 of 10 probes"]
    desk.submit(address_of(programme, "outputs", programme.outputs[0].id, "count"), reached="", on="2026-11-21")
    assert desk.texts(".notice-error") == ["Write a whole number."]
    new = {"output-title_en": "Firms", "output-unit_en": "firms", "output-target": "3"}
    desk.submit(address_of(programme, "outputs"), **new)
    assert desk.texts(".chart-label")[1] == "Firms 0 of 3 firms"
    desk.submit(address_of(programme, "milestones"), **{"milestone-title_en": "All", "milestone-due_on": "2027-03-01"})
    assert [text.split(" ")[0] for text in desk.texts(".course-title")] == ["Half", "All"]
    desk.submit(address_of(programme, "milestones"))
    assert desk.texts(".notice-error") == ["Give a title in Vietnamese or in English."]


def test_money_is_named_by_source_and_followed(desk: Any, session: Session, make: Make) -> None:
    programme = make.action()
    session.commit()
    desk.submit(address_of(programme, "money"), source="fund", promised="2500", paid="500", on="2026-11-01")
    assert "Investment funds : VND 2.5 billion promised, VND 500 million paid in 1 November 2026" in desk.texts(
        "#money ~ .action-outputs p"
    )
    entry = session.query(Contribution).one()
    assert entry.source is CapitalSource.FUND
    desk.submit(address_of(programme, "money", entry.id), promised="2500", paid="3000", on="2026-11-02")
    assert desk.texts(".notice-error") == ["No more can be paid in than is promised."]
    desk.submit(address_of(programme, "money", entry.id), promised="2500", paid="2500", on="2026-11-02")
    assert "VND 2.5 billion paid in 2 November 2026" in desk.texts("#money ~ .action-outputs p")[0]


def test_giving_up_needs_a_reason_that_everybody_reads(desk: Any, session: Session, make: Make) -> None:
    programme = make.action()
    session.commit()
    desk.submit(address_of(programme, "drop"), words_en="")
    assert desk.texts(".notice-error") == ["Say why it is given up: everybody can read it."]
    desk.submit(address_of(programme, "drop"), words_en="The street was closed.")
    assert desk.texts(".page-head .tag") == ["Given up"]
    desk.get(f"/en/action-programmes/{programme.id}")
    assert "The street was closed." in desk.texts(".notice-warning")[0]


def test_the_page_takes_the_same_statements_however_much_there_is(session: Session, make: Make) -> None:
    milestones = [Milestone(title=both(f"M{n}"), due_on=date(2026, 12, 1)) for n in range(9)]
    programme = make.action(milestones=milestones)
    with statements_of(session) as sent:
        queries.desk(session, programme.id, today=date(2026, 11, 24))
    assert len(sent) == 4
