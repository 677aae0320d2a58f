"""Action programmes: registering one, counting its outputs, following its roadmap, settling what holds it up.

Permissions: coordinators. The clock alone finds milestones late.
"""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ActionProgramme, Milestone, Output, User
from models.actions import ActionState, MilestoneState
from models.audit import record
from models.errors import Conflict, Invalid
from models.states import ACTION, MILESTONE, move
from models.texts import Bilingual
from network.services import permits

UNSETTLED = (MilestoneState.OPEN, MilestoneState.LATE, MilestoneState.ESCALATED)
"""States of milestones with which no programme can be done."""


@dataclass(frozen=True)
class PlannedMilestone:
    title: Bilingual
    due_on: date


@dataclass(frozen=True)
class PlannedOutput:
    title: Bilingual
    unit: Bilingual
    target: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an office registers."""

    office: Bilingual
    title: Bilingual
    breakthrough: Bilingual
    goal: Bilingual
    starts_on: date
    ends_on: date
    milestones: tuple[PlannedMilestone, ...]
    outputs: tuple[PlannedOutput, ...]


def register(session: Session, actor: User, plan: Plan, *, now: datetime) -> ActionProgramme:
    """A planned programme. Raises Invalid for a plan that nobody could check afterwards: see `check`."""
    permits.coordinator(actor)
    check(plan)
    programme = ActionProgramme(
        office=plan.office,
        title=plan.title,
        breakthrough=plan.breakthrough,
        goal=plan.goal,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        milestones=[Milestone(title=m.title, due_on=m.due_on) for m in plan.milestones],
        outputs=[Output(title=o.title, unit=o.unit, target=o.target) for o in plan.outputs],
    )
    session.add(programme)
    record(session, actor, "action.register", programme, now=now)
    return programme


def check(plan: Plan, *, rows: bool = True) -> None:
    """Raises Invalid for what is missing; `rows` says whether milestones and outputs are looked at as well."""
    if not plan.title:
        raise Invalid("title_missing")
    if not plan.office:
        raise Invalid("office_missing")
    if not plan.breakthrough or not plan.goal:
        raise Invalid("goal_missing")
    if plan.starts_on > plan.ends_on:
        raise Invalid("action_dates")
    if rows:
        _check_rows(plan)


def _check_rows(plan: Plan) -> None:
    if not plan.milestones or not all(m.title for m in plan.milestones):
        raise Invalid("milestones_missing")
    if any(not plan.starts_on <= m.due_on <= plan.ends_on for m in plan.milestones):
        raise Invalid("milestone_outside")
    if not plan.outputs or not all(o.title and o.unit for o in plan.outputs):
        raise Invalid("outputs_missing")
    if any(o.target <= 0 for o in plan.outputs):
        raise Invalid("target_missing")


def start(session: Session, actor: User, programme: ActionProgramme, *, now: datetime) -> ActionProgramme:
    return _move(session, actor, programme, ActionState.RUNNING, now)


def finish(session: Session, actor: User, programme: ActionProgramme, *, now: datetime) -> ActionProgramme:
    """Done, also when outputs stayed below target: that is shown. Raises Conflict while a milestone is unsettled."""
    permits.coordinator(actor)
    move(ACTION, programme.state, ActionState.DONE)
    if any(m.state in UNSETTLED for m in programme.milestones):
        raise Conflict("milestones_unsettled")
    return _move(session, actor, programme, ActionState.DONE, now)


def drop(
    session: Session, actor: User, programme: ActionProgramme, reason: Bilingual, *, now: datetime
) -> ActionProgramme:
    """Given up. The reason stands on its page. Raises Invalid without one."""
    permits.coordinator(actor)
    move(ACTION, programme.state, ActionState.DROPPED)
    if not reason:
        raise Invalid("drop_reason_missing")
    programme.drop_reason = reason
    return _move(session, actor, programme, ActionState.DROPPED, now)


def _move(
    session: Session, actor: User, programme: ActionProgramme, state: ActionState, now: datetime
) -> ActionProgramme:
    permits.coordinator(actor)
    programme.state = move(ACTION, programme.state, state)
    record(session, actor, f"action.{state.value}", programme, now=now)
    return programme


def count(session: Session, actor: User, output: Output, reached: int, *, on: date, now: datetime) -> Output:
    """How many had been reached on that day; it may be fewer than last time, when somebody had counted wrong.

    Raises Invalid for a number below zero or a day before the last count, Conflict when the programme is not running.
    """
    permits.coordinator(actor)
    _running(output.programme)
    if reached < 0:
        raise Invalid("count_below_zero")
    if output.as_of is not None and on < output.as_of:
        raise Invalid("count_older")
    before = output.reached
    output.reached, output.as_of = reached, on
    record(session, actor, "action.count", output, now=now, before=before, after=reached)
    return output


def finish_milestone(session: Session, actor: User, milestone: Milestone, *, on: date, now: datetime) -> Milestone:
    _step(actor, milestone, MilestoneState.DONE)
    milestone.done_on = on
    record(session, actor, "milestone.done", milestone, now=now)
    return milestone


def escalate(
    session: Session, actor: User, milestone: Milestone, obstacle: Bilingual, *, on: date, now: datetime
) -> Milestone:
    """Says what holds a late milestone up, for those who can settle it. Raises Invalid without."""
    if not obstacle:
        raise Invalid("obstacle_missing")
    _step(actor, milestone, MilestoneState.ESCALATED)
    milestone.obstacle, milestone.escalated_on = obstacle, on
    milestone.decision, milestone.decided_on = Bilingual(), None
    record(session, actor, "milestone.escalated", milestone, now=now)
    return milestone


def settle(
    session: Session, actor: User, milestone: Milestone, decision: Bilingual, due_on: date, *, on: date, now: datetime
) -> Milestone:
    """Decided in the city, or by the authority it was passed on to; the milestone has a new day. Raises Invalid."""
    if due_on < on:
        raise Invalid("date_past")
    _decide(session, actor, milestone, MilestoneState.SETTLED, decision, on, now)
    milestone.due_on = due_on
    return milestone


def pass_on(
    session: Session, actor: User, milestone: Milestone, reason: Bilingual, *, on: date, now: datetime
) -> Milestone:
    """Beyond the power of the city: for a higher authority, with the reason. Raises Invalid without one."""
    return _decide(session, actor, milestone, MilestoneState.PASSED_ON, reason, on, now)


def _decide(
    session: Session,
    actor: User,
    milestone: Milestone,
    state: MilestoneState,
    decision: Bilingual,
    on: date,
    now: datetime,
) -> Milestone:
    if not decision:
        raise Invalid("decision_missing")
    _step(actor, milestone, state)
    milestone.decision, milestone.decided_on = decision, on
    record(session, actor, f"milestone.{state.value}", milestone, now=now)
    return milestone


def _step(actor: User, milestone: Milestone, state: MilestoneState) -> None:
    permits.coordinator(actor)
    _running(milestone.programme)
    milestone.state = move(MILESTONE, milestone.state, state)


def _running(programme: ActionProgramme) -> None:
    if programme.state is not ActionState.RUNNING:
        raise Conflict("action_not_running")


def mark_late(session: Session, *, today: date, now: datetime) -> int:
    """Milestones of running programmes whose day has passed are late from now on. Returns how many were found."""
    waiting = (MilestoneState.OPEN, MilestoneState.SETTLED)
    overdue = (
        sa.select(Milestone)
        .join(Milestone.programme)
        .where(Milestone.state.in_(waiting), Milestone.due_on < today, ActionProgramme.state == ActionState.RUNNING)
        .order_by(Milestone.id)
    )
    found = session.scalars(overdue).all()
    for milestone in found:
        milestone.state = move(MILESTONE, milestone.state, MilestoneState.LATE)
        record(session, None, "milestone.late", milestone, now=now)
    return len(found)
