"""What is written about an action programme after it was registered: new words, further milestones and outputs, money.

Before it runs, a plan may be changed in all its parts and taken back. Once it runs, what was promised stays: words and
the last day may change, milestones and outputs are only added. Permissions: coordinators.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from models import ActionProgramme, Contribution, Milestone, Output, User
from models.actions import ActionState, CapitalSource
from models.audit import record
from models.errors import Conflict, Invalid, NotFound
from network.services import permits
from network.services.actions import Plan, PlannedMilestone, PlannedOutput, check

Part = TypeVar("Part", Milestone, Output, Contribution)


@dataclass(frozen=True)
class Money:
    """What somebody promises, and how much of it had been paid in on the day `as_of`. Amounts in dong."""

    source: CapitalSource
    promised_vnd: int
    paid_vnd: int
    as_of: date


def find(session: Session, action_id: int) -> ActionProgramme:
    programme = session.get(ActionProgramme, action_id)
    if programme is None:
        raise NotFound
    return programme


def find_part(session: Session, kind: type[Part], action_id: int, number: int) -> Part:
    """The milestone, output or contribution with that number, if it is of this programme. Raises NotFound."""
    found = session.get(kind, number)
    if found is None or found.programme_id != action_id:
        raise NotFound
    return found


def rewrite(session: Session, actor: User, programme: ActionProgramme, plan: Plan, *, now: datetime) -> ActionProgramme:
    """New words and days. Milestones and outputs of the plan count before the programme runs and are left alone later.

    Raises Invalid for a plan that nobody could check, Conflict when the programme is over.
    """
    permits.coordinator(actor)
    _not_over(programme)
    planned = programme.state is ActionState.PLANNED
    check(plan, rows=planned)
    if not planned and any(not plan.starts_on <= m.due_on <= plan.ends_on for m in programme.milestones):
        raise Invalid("milestone_outside")
    programme.office, programme.title = plan.office, plan.title
    programme.breakthrough, programme.goal = plan.breakthrough, plan.goal
    programme.starts_on, programme.ends_on = plan.starts_on, plan.ends_on
    if planned:
        programme.milestones = [Milestone(title=m.title, due_on=m.due_on) for m in plan.milestones]
        programme.outputs = [Output(title=o.title, unit=o.unit, target=o.target) for o in plan.outputs]
    record(session, actor, "action.update", programme, now=now)
    return programme


def take_back(session: Session, actor: User, programme: ActionProgramme, *, now: datetime) -> None:
    """Gone as if never registered; only the trail keeps it. Raises Conflict once it has run: give it up instead."""
    permits.coordinator(actor)
    if programme.state is not ActionState.PLANNED:
        raise Conflict("action_has_run")
    title = programme.title
    record(session, actor, "action.take_back", programme, now=now, title=title.vi or title.en)
    session.delete(programme)


def add_milestone(
    session: Session, actor: User, programme: ActionProgramme, planned: PlannedMilestone, *, now: datetime
) -> Milestone:
    permits.coordinator(actor)
    _not_over(programme)
    if not planned.title:
        raise Invalid("milestones_missing")
    if not programme.starts_on <= planned.due_on <= programme.ends_on:
        raise Invalid("milestone_outside")
    milestone = Milestone(title=planned.title, due_on=planned.due_on)
    programme.milestones.append(milestone)
    record(session, actor, "milestone.add", milestone, now=now)
    return milestone


def add_output(
    session: Session, actor: User, programme: ActionProgramme, planned: PlannedOutput, *, now: datetime
) -> Output:
    permits.coordinator(actor)
    _not_over(programme)
    if not planned.title or not planned.unit:
        raise Invalid("outputs_missing")
    if planned.target <= 0:
        raise Invalid("target_missing")
    output = Output(title=planned.title, unit=planned.unit, target=planned.target)
    programme.outputs.append(output)
    record(session, actor, "output.add", output, now=now)
    return output


def promise(session: Session, actor: User, programme: ActionProgramme, money: Money, *, now: datetime) -> Contribution:
    """A source of money for the programme."""
    permits.coordinator(actor)
    _not_over(programme)
    _check_money(money)
    contribution = Contribution(
        source=money.source, promised_vnd=money.promised_vnd, paid_vnd=money.paid_vnd, as_of=money.as_of
    )
    programme.contributions.append(contribution)
    record(session, actor, "contribution.promise", contribution, now=now, promised=money.promised_vnd)
    return contribution


def pay(
    session: Session,
    actor: User,
    contribution: Contribution,
    promised_vnd: int,
    paid_vnd: int,
    *,
    on: date,
    now: datetime,
) -> Contribution:
    """How much is promised and had been paid in on that day; the trail keeps what it was. Raises Invalid for a day
    before the last one."""
    permits.coordinator(actor)
    _check_money(Money(contribution.source, promised_vnd, paid_vnd, on))
    if on < contribution.as_of:
        raise Invalid("count_older")
    before = [contribution.promised_vnd, contribution.paid_vnd]
    contribution.promised_vnd, contribution.paid_vnd, contribution.as_of = promised_vnd, paid_vnd, on
    record(session, actor, "contribution.pay", contribution, now=now, before=before, after=[promised_vnd, paid_vnd])
    return contribution


def _check_money(money: Money) -> None:
    if money.promised_vnd <= 0:
        raise Invalid("promise_missing")
    if not 0 <= money.paid_vnd <= money.promised_vnd:
        raise Invalid("paid_more_than_promised")


def _not_over(programme: ActionProgramme) -> None:
    if programme.state in (ActionState.DONE, ActionState.DROPPED):
        raise Conflict("action_over")
