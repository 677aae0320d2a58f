"""Registering action programmes, counting outputs, and the course of a milestone up to a higher authority."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import ActionProgramme, AuditEvent, Contribution, Milestone, Output
from models.actions import ActionState, CapitalSource, MilestoneState
from models.errors import Conflict, Invalid, NotPermitted
from models.states import ACTION, MILESTONE
from models.texts import Bilingual
from network import duties
from network.services import actions
from network.services.actions import Plan, PlannedMilestone, PlannedOutput
from tests.factories import Make, both

DAY = date(2026, 11, 24)
NOTHING = Bilingual()

PLAN = Plan(
    office=both("Drainage office"),
    title=both("Sensors"),
    breakthrough=both("Knowing ahead"),
    goal=both("An hour ahead"),
    starts_on=DAY,
    ends_on=date(2027, 12, 31),
    milestones=(PlannedMilestone(both("Half"), date(2027, 6, 30)),),
    outputs=(PlannedOutput(both("Probes"), both("probes"), 200),),
)


def test_a_plan_becomes_a_planned_programme(session: Session, make: Make, now: datetime) -> None:
    programme = actions.register(session, make.coordinator(), PLAN, now=now)
    assert (programme.state, programme.milestones[0].state) == (ActionState.PLANNED, MilestoneState.OPEN)
    assert (programme.outputs[0].target, programme.outputs[0].reached) == (200, 0)
    assert session.scalars(sa.select(AuditEvent.action)).all() == ["action.register"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": NOTHING}, "title_missing"),
        ({"office": NOTHING}, "office_missing"),
        ({"goal": NOTHING}, "goal_missing"),
        ({"breakthrough": NOTHING}, "goal_missing"),
        ({"ends_on": DAY - timedelta(days=1)}, "action_dates"),
        ({"milestones": ()}, "milestones_missing"),
        ({"milestones": (PlannedMilestone(both("Half"), date(2028, 1, 1)),)}, "milestone_outside"),
        ({"outputs": ()}, "outputs_missing"),
        ({"outputs": (PlannedOutput(both("Probes"), NOTHING, 1),)}, "outputs_missing"),
        ({"outputs": (PlannedOutput(both("Probes"), both("probes"), 0),)}, "target_missing"),
    ],
)
def test_a_plan_that_nobody_could_check_is_refused(
    session: Session, make: Make, now: datetime, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        actions.register(session, make.coordinator(), replace(PLAN, **changes), now=now)
    assert make.count(ActionProgramme) == 0


@pytest.mark.parametrize("state", list(ActionState))
@pytest.mark.parametrize("target", [ActionState.RUNNING, ActionState.DONE, ActionState.DROPPED])
def test_every_step_of_a_programme_follows_its_table(
    session: Session, make: Make, now: datetime, state: ActionState, target: ActionState
) -> None:
    reason = both("Off") if state is ActionState.DROPPED else NOTHING
    done = Milestone(title=both("Half"), due_on=DAY, state=MilestoneState.DONE, done_on=DAY)
    programme = make.action(state=state, drop_reason=reason, milestones=[done])
    coordinator = make.coordinator()
    step: dict[ActionState, Callable[[], Any]] = {
        ActionState.RUNNING: lambda: actions.start(session, coordinator, programme, now=now),
        ActionState.DONE: lambda: actions.finish(session, coordinator, programme, now=now),
        ActionState.DROPPED: lambda: actions.drop(session, coordinator, programme, both("Why"), now=now),
    }
    if target in ACTION[state]:
        assert step[target]().state is target
        session.flush()
        return
    with pytest.raises(Conflict):
        step[target]()
    assert programme.state is state


def test_a_programme_is_given_up_with_a_reason_only(session: Session, make: Make, now: datetime) -> None:
    programme = make.action()
    with pytest.raises(Invalid, match="drop_reason_missing"):
        actions.drop(session, make.coordinator(), programme, NOTHING, now=now)
    assert programme.state is ActionState.RUNNING


@pytest.mark.parametrize("state", list(MilestoneState))
def test_nothing_is_done_while_a_milestone_is_unsettled(
    session: Session, make: Make, now: datetime, state: MilestoneState
) -> None:
    done_on = DAY if state is MilestoneState.DONE else None
    milestone = Milestone(
        title=both("Half"), due_on=DAY, state=state, done_on=done_on, obstacle=both("O"), decision=both("D")
    )
    programme = make.action(milestones=[milestone])
    if state in (MilestoneState.OPEN, MilestoneState.LATE, MilestoneState.ESCALATED):
        with pytest.raises(Conflict, match="milestones_unsettled"):
            actions.finish(session, make.coordinator(), programme, now=now)
    else:
        assert actions.finish(session, make.coordinator(), programme, now=now).state is ActionState.DONE


def test_a_count_has_a_day_and_keeps_what_it_was(session: Session, make: Make, now: datetime) -> None:
    coordinator, output = make.coordinator(), make.action().outputs[0]
    actions.count(session, coordinator, output, 4, on=DAY, now=now)
    actions.count(session, coordinator, output, 3, on=DAY + timedelta(days=1), now=now)
    assert (output.reached, output.as_of) == (3, DAY + timedelta(days=1))
    data = session.scalars(sa.select(AuditEvent.data).order_by(AuditEvent.id)).all()
    assert data == [{"before": 0, "after": 4}, {"before": 4, "after": 3}]
    with pytest.raises(Invalid, match="count_below_zero"):
        actions.count(session, coordinator, output, -1, on=DAY + timedelta(days=2), now=now)
    with pytest.raises(Invalid, match="count_older"):
        actions.count(session, coordinator, output, 9, on=DAY, now=now)
    planned = make.action(state=ActionState.PLANNED).outputs[0]
    with pytest.raises(Conflict, match="action_not_running"):
        actions.count(session, coordinator, planned, 1, on=DAY, now=now)


def test_late_escalated_passed_on_settled_done(session: Session, make: Make, now: datetime) -> None:
    coordinator, milestone = make.coordinator(), make.action().milestones[0]
    assert actions.mark_late(session, today=date(2026, 12, 1), now=now) == 0
    assert actions.mark_late(session, today=date(2026, 12, 2), now=now) == 1
    assert actions.mark_late(session, today=date(2026, 12, 3), now=now) == 0
    actions.escalate(session, coordinator, milestone, both("Three owners"), on=date(2026, 12, 4), now=now)
    actions.pass_on(session, coordinator, milestone, both("A ministry decides"), on=date(2026, 12, 5), now=now)
    new_day = date(2027, 2, 1)
    actions.settle(session, coordinator, milestone, both("Allowed"), new_day, on=date(2027, 1, 5), now=now)
    assert (milestone.state, milestone.due_on, milestone.decision.en) == (MilestoneState.SETTLED, new_day, "Allowed")
    actions.finish_milestone(session, coordinator, milestone, on=date(2027, 1, 20), now=now)
    session.flush()
    steps = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [step.removeprefix("milestone.") for step in steps] == ["late", "escalated", "passed_on", "settled", "done"]


def _milestone_step(
    session: Session, actor: Any, milestone: Milestone, target: MilestoneState, now: datetime
) -> Milestone:
    if target is MilestoneState.DONE:
        return actions.finish_milestone(session, actor, milestone, on=DAY, now=now)
    if target is MilestoneState.ESCALATED:
        return actions.escalate(session, actor, milestone, both("O"), on=DAY, now=now)
    if target is MilestoneState.SETTLED:
        return actions.settle(session, actor, milestone, both("D"), DAY, on=DAY, now=now)
    return actions.pass_on(session, actor, milestone, both("D"), on=DAY, now=now)


BY_HAND = [MilestoneState.DONE, MilestoneState.ESCALATED, MilestoneState.SETTLED, MilestoneState.PASSED_ON]


@pytest.mark.parametrize("state", list(MilestoneState))
@pytest.mark.parametrize("target", BY_HAND)
def test_every_step_of_a_milestone_follows_its_table_and_is_the_coordinators(
    session: Session, make: Make, now: datetime, state: MilestoneState, target: MilestoneState
) -> None:
    done_on = DAY if state is MilestoneState.DONE else None
    milestone = Milestone(
        title=both("Half"), due_on=DAY, state=state, done_on=done_on, obstacle=both("O"), decision=both("D")
    )
    make.action(milestones=[milestone])
    with pytest.raises(NotPermitted):
        _milestone_step(session, make.user(make.organisation()), milestone, target, now)
    if target in MILESTONE[state]:
        assert _milestone_step(session, make.coordinator(), milestone, target, now).state is target
        session.flush()
    else:
        with pytest.raises(Conflict):
            _milestone_step(session, make.coordinator(), milestone, target, now)
        assert milestone.state is state


def test_escalating_and_deciding_need_words(session: Session, make: Make, now: datetime) -> None:
    coordinator = make.coordinator()
    milestone = Milestone(title=both("Half"), due_on=DAY, state=MilestoneState.LATE)
    make.action(milestones=[milestone])
    with pytest.raises(Invalid, match="obstacle_missing"):
        actions.escalate(session, coordinator, milestone, NOTHING, on=DAY, now=now)
    actions.escalate(session, coordinator, milestone, both("O"), on=DAY, now=now)
    with pytest.raises(Invalid, match="decision_missing"):
        actions.pass_on(session, coordinator, milestone, NOTHING, on=DAY, now=now)
    with pytest.raises(Invalid, match="date_past"):
        actions.settle(session, coordinator, milestone, both("D"), DAY - timedelta(days=1), on=DAY, now=now)


BROKEN: list[tuple[str, Callable[[ActionProgramme], object]]] = [
    ("dates", lambda p: setattr(p, "ends_on", date(2020, 1, 1))),
    ("dropped without a reason", lambda p: setattr(p, "state", ActionState.DROPPED)),
    ("done without a day", lambda p: setattr(p.milestones[0], "state", MilestoneState.DONE)),
    ("escalated without an obstacle", lambda p: setattr(p.milestones[0], "state", MilestoneState.ESCALATED)),
    ("target of zero", lambda p: setattr(p.outputs[0], "target", 0)),
    ("counted on no day", lambda p: setattr(p.outputs[0], "reached", 3)),
    ("an output without a name", lambda p: p.outputs.append(Output(unit=both("a"), target=1))),
    (
        "paid more than promised",
        lambda p: p.contributions.append(
            Contribution(source=CapitalSource.FUND, promised_vnd=1, paid_vnd=2, as_of=DAY)
        ),
    ),
]


@pytest.mark.parametrize("change", [change for _, change in BROKEN], ids=[name for name, _ in BROKEN])
def test_the_database_refuses_what_must_not_be(
    session: Session, make: Make, change: Callable[[ActionProgramme], object]
) -> None:
    programme = make.action()
    change(programme)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()


def test_the_worker_finds_late_milestones(app: Flask, session: Session, make: Make) -> None:
    milestone = Milestone(title=both("Half"), due_on=date(2026, 2, 1))
    make.action(milestones=[milestone])
    session.commit()
    with app.app_context():
        assert duties.watch_milestones in duties.DUTIES
        assert (duties.watch_milestones(), duties.watch_milestones()) == ("1 milestones late", "0 milestones late")
    session.expire_all()
    assert milestone.state is MilestoneState.LATE
