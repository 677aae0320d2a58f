"""What is written about an action programme after it was registered, and when it may no longer be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ActionProgramme, AuditEvent, Contribution, Milestone, Output
from models.actions import ActionState, CapitalSource
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.texts import Bilingual
from network.services import action_plans as plans
from network.services.action_plans import Money
from network.services.actions import Plan, PlannedMilestone, PlannedOutput
from tests.factories import Make, both

DAY = date(2026, 11, 24)
PLAN = Plan(
    office=both("Another office"),
    title=both("New title"),
    breakthrough=both("New breakthrough"),
    goal=both("New goal"),
    starts_on=DAY,
    ends_on=date(2027, 12, 31),
    milestones=(PlannedMilestone(both("First"), DAY), PlannedMilestone(both("Second"), date(2027, 6, 1))),
    outputs=(PlannedOutput(both("Wells"), both("wells"), 5),),
)
MONEY = Money(CapitalSource.FUND, 900, 100, DAY)


def test_before_it_runs_everything_may_change(session: Session, make: Make, now: datetime) -> None:
    programme = make.action(state=ActionState.PLANNED)
    plans.rewrite(session, make.coordinator(), programme, PLAN, now=now)
    assert (programme.title, programme.office) == (both("New title"), both("Another office"))
    assert [m.title.en for m in programme.milestones] == ["First", "Second"]
    assert [(o.title.en, o.target) for o in programme.outputs] == [("Wells", 5)]
    assert make.count(Milestone) == 2
    assert session.scalars(sa.select(AuditEvent.action)).all() == ["action.update"]


def test_once_it_runs_what_was_promised_stays(session: Session, make: Make, now: datetime) -> None:
    programme = make.action(milestones=[Milestone(title=both("Half"), due_on=date(2027, 1, 1))])
    coordinator = make.coordinator()
    plans.rewrite(session, coordinator, programme, replace(PLAN, milestones=(), outputs=()), now=now)
    assert programme.goal == both("New goal")
    assert [m.title.en for m in programme.milestones] == ["Half"]
    assert [o.target for o in programme.outputs] == [10]
    with pytest.raises(Invalid, match="milestone_outside"):
        plans.rewrite(session, coordinator, programme, replace(PLAN, ends_on=date(2026, 12, 1)), now=now)
    plans.add_milestone(session, coordinator, programme, PLAN.milestones[1], now=now)
    plans.add_output(session, coordinator, programme, PLAN.outputs[0], now=now)
    assert (len(programme.milestones), len(programme.outputs)) == (2, 2)


@pytest.mark.parametrize("state", [ActionState.DONE, ActionState.DROPPED])
def test_what_is_over_stays_as_it_is(session: Session, make: Make, now: datetime, state: ActionState) -> None:
    programme = make.action(state=state, drop_reason=both("Off") if state is ActionState.DROPPED else Bilingual())
    coordinator = make.coordinator()
    steps: list[Callable[[], Any]] = [
        lambda: plans.rewrite(session, coordinator, programme, PLAN, now=now),
        lambda: plans.add_milestone(session, coordinator, programme, PLAN.milestones[0], now=now),
        lambda: plans.add_output(session, coordinator, programme, PLAN.outputs[0], now=now),
        lambda: plans.promise(session, coordinator, programme, MONEY, now=now),
    ]
    for step in steps:
        with pytest.raises(Conflict, match="action_over"):
            step()


def test_a_programme_is_taken_back_before_it_runs_and_leaves_a_trace(
    session: Session, make: Make, now: datetime
) -> None:
    coordinator, planned, running = make.coordinator(), make.action(state=ActionState.PLANNED), make.action()
    plans.take_back(session, coordinator, planned, now=now)
    session.flush()
    assert session.scalars(sa.select(ActionProgramme)).all() == [running]
    (event,) = session.scalars(sa.select(AuditEvent))
    assert (event.action, event.data) == ("action.take_back", {"title": "Sensors in the sewers (vi)"})
    with pytest.raises(Conflict, match="action_has_run"):
        plans.take_back(session, coordinator, running, now=now)


def test_money_is_promised_and_paid_in(session: Session, make: Make, now: datetime) -> None:
    programme, coordinator = make.action(), make.coordinator()
    entry = plans.promise(session, coordinator, programme, MONEY, now=now)
    plans.pay(session, coordinator, entry, 1000, 1000, on=DAY + timedelta(days=1), now=now)
    assert (entry.promised_vnd, entry.paid_vnd, entry.as_of) == (1000, 1000, DAY + timedelta(days=1))
    data = session.scalars(sa.select(AuditEvent.data).order_by(AuditEvent.id)).all()
    assert data == [{"promised": 900}, {"before": [900, 100], "after": [1000, 1000]}]
    with pytest.raises(Invalid, match="paid_more_than_promised"):
        plans.pay(session, coordinator, entry, 1000, 1001, on=DAY + timedelta(days=2), now=now)
    with pytest.raises(Invalid, match="promise_missing"):
        plans.promise(session, coordinator, programme, replace(MONEY, promised_vnd=0), now=now)
    with pytest.raises(Invalid, match="count_older"):
        plans.pay(session, coordinator, entry, 1000, 10, on=DAY, now=now)


def test_lines_without_words_or_outside_the_time_are_refused(session: Session, make: Make, now: datetime) -> None:
    programme, coordinator = make.action(), make.coordinator()
    with pytest.raises(Invalid, match="milestones_missing"):
        plans.add_milestone(session, coordinator, programme, PlannedMilestone(Bilingual(), DAY), now=now)
    with pytest.raises(Invalid, match="milestone_outside"):
        plans.add_milestone(session, coordinator, programme, PlannedMilestone(both("M"), date(2030, 1, 1)), now=now)
    with pytest.raises(Invalid, match="outputs_missing"):
        plans.add_output(session, coordinator, programme, PlannedOutput(both("O"), Bilingual(), 1), now=now)
    with pytest.raises(Invalid, match="target_missing"):
        plans.add_output(session, coordinator, programme, PlannedOutput(both("O"), both("o"), 0), now=now)


def test_parts_belong_to_their_programme(session: Session, make: Make) -> None:
    one, other = make.action(), make.action()
    assert plans.find_part(session, Output, one.id, one.outputs[0].id) is one.outputs[0]
    with pytest.raises(NotFound):
        plans.find_part(session, Output, other.id, one.outputs[0].id)
    with pytest.raises(NotFound):
        plans.find_part(session, Contribution, one.id, 1)
    with pytest.raises(NotFound):
        plans.find(session, 0)


def test_only_coordinators_write(session: Session, make: Make, now: datetime) -> None:
    programme, somebody = make.action(), make.user()
    entry = Contribution(source=CapitalSource.FUND, promised_vnd=10, as_of=DAY)
    programme.contributions.append(entry)
    session.flush()
    steps: list[Callable[[], Any]] = [
        lambda: plans.rewrite(session, somebody, programme, PLAN, now=now),
        lambda: plans.take_back(session, somebody, programme, now=now),
        lambda: plans.add_milestone(session, somebody, programme, PLAN.milestones[0], now=now),
        lambda: plans.add_output(session, somebody, programme, PLAN.outputs[0], now=now),
        lambda: plans.promise(session, somebody, programme, MONEY, now=now),
        lambda: plans.pay(session, somebody, entry, 10, 5, on=DAY, now=now),
    ]
    for step in steps:
        with pytest.raises(NotPermitted):
            step()
