"""How far each technology of an institute has come, from being listed to a transfer that both sides confirm.

A technology stands where its furthest request stands; an outcome that both sides have confirmed stands, whatever is
proposed after it. What ended without result is counted, and does not move the technology.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import ExpressionOfInterest, Outcome, Technology
from models.outcomes import OutcomeKind, OutcomeState
from models.states import INTEREST
from models.texts import Bilingual
from models.types import InterestState, SupplyState
from network.queries.cards import OrganisationRef, organisation_ref
from network.queries.paging import Page, paginate


class Step(enum.StrEnum):
    """In order. Draft and listed are of the entry itself, the others of a request."""

    DRAFT = "draft"
    LISTED = "listed"
    ASKED = "asked"
    TALKING = "talking"
    AGREED = "agreed"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"


_STEPS: Mapping[InterestState, Step | None] = {
    InterestState.DRAFT: None,
    InterestState.SENT: Step.ASKED,
    InterestState.EXPIRED: Step.ASKED,
    InterestState.ACCEPTED: Step.TALKING,
    InterestState.IN_DISCUSSION: Step.TALKING,
    InterestState.AGREED: Step.AGREED,
    InterestState.OUTCOME_PROPOSED: Step.PROPOSED,
    InterestState.DISPUTED: Step.PROPOSED,
    InterestState.CONFIRMED: Step.CONFIRMED,
    InterestState.DECLINED: None,
    InterestState.WITHDRAWN: None,
    InterestState.ENDED: None,
}


def step_of(state: InterestState) -> Step | None:
    """None for what ended without result. A state that is new to this table counts as talks while it goes on."""
    if state in _STEPS:
        return _STEPS[state]
    return Step.TALKING if INTEREST.get(state) else None


@dataclass(frozen=True)
class Result:
    """An outcome that both sides have confirmed."""

    kind: OutcomeKind
    happened_on: date
    value_vnd: int | None


@dataclass(frozen=True)
class PipelineInterest:
    id: int
    other: OrganisationRef
    need_id: int
    need: Bilingual
    state: InterestState
    step: Step | None
    moved_at: datetime
    late: bool
    results: tuple[Result, ...]


@dataclass(frozen=True)
class PipelineRow:
    """`interests` go on, the furthest first; `over` is the number of those that ended without result."""

    id: int
    title: Bilingual
    state: SupplyState
    step: Step
    interests: tuple[PipelineInterest, ...]
    over: int


@dataclass(frozen=True)
class Pipeline:
    """`counts` has every step, with the number of technologies that stand there; those withdrawn are left out."""

    counts: Mapping[Step, int]
    chosen: Step | None
    page: Page[PipelineRow]


_CONFIRMED = (Outcome.state == OutcomeState.CONFIRMED, sa.not_(Outcome.annuls))


def _rank() -> sa.Case[int]:
    """The place of a request in the order of the steps, 0 for what is over."""
    order = list(Step)
    states = {state: step_of(state) for state in InterestState}
    confirmed = sa.exists().where(Outcome.interest_id == ExpressionOfInterest.id, *_CONFIRMED)
    return sa.case(
        (confirmed, order.index(Step.CONFIRMED)),
        *((ExpressionOfInterest.state == state, order.index(step)) for state, step in states.items() if step),
        else_=0,
    )


def pipeline(
    session: Session, organisation_id: int, number: int = 1, chosen: Step | None = None, *, now: datetime
) -> Pipeline:
    """Five statements, however many technologies and requests there are."""
    furthest = (
        sa.select(
            ExpressionOfInterest.technology_id.label("technology_id"),
            sa.func.max(_rank()).label("rank"),
            sa.func.max(_moved_at()).label("moved_at"),
        )
        .where(ExpressionOfInterest.technology_id.is_not(None), ExpressionOfInterest.sent_at.is_not(None))
        .group_by(ExpressionOfInterest.technology_id)
        .subquery()
    )
    listed = sa.case((Technology.state == SupplyState.DRAFT, 0), else_=1)
    rank = sa.case((furthest.c.rank > 1, furthest.c.rank), else_=listed)
    ours = (Technology.organisation_id == organisation_id, Technology.state != SupplyState.WITHDRAWN)
    outer = sa.outerjoin(Technology, furthest, furthest.c.technology_id == Technology.id)
    order = list(Step)
    counted = sa.select(rank, sa.func.count()).select_from(outer).where(*ours).group_by(rank)
    counts = dict.fromkeys(order, 0) | {order[n]: found for n, found in session.execute(counted)}
    found = sa.select(Technology).select_from(outer).where(*ours)
    if chosen is not None:
        found = found.where(rank == order.index(chosen))
    found = found.order_by(rank.desc(), furthest.c.moved_at.desc().nulls_last(), Technology.id.desc())
    page = paginate(session, found, number, lambda technology: technology)
    interests = interests_of(session, organisation_id, [technology.id for technology in page.items], now=now)
    rows = tuple(_row(technology, interests.get(technology.id, [])) for technology in page.items)
    return Pipeline(counts, chosen, Page(rows, page.number, page.size, page.total))


def interests_of(
    session: Session, organisation_id: int, ids: list[int], *, now: datetime
) -> dict[int, list[PipelineInterest]]:
    """The requests about each technology, those that have come furthest first. Two statements."""
    found = (
        sa.select(ExpressionOfInterest)
        .where(ExpressionOfInterest.technology_id.in_(ids), ExpressionOfInterest.sent_at.is_not(None))
        .options(
            joinedload(ExpressionOfInterest.need),
            joinedload(ExpressionOfInterest.from_organisation),
            joinedload(ExpressionOfInterest.to_organisation),
        )
        .order_by(_rank().desc(), _moved_at().desc(), ExpressionOfInterest.id.desc())
    )
    interests = session.scalars(found).all()
    results = _results(session, [interest.id for interest in interests])
    by_technology: dict[int, list[PipelineInterest]] = {}
    for interest in interests:
        ours = interest.from_organisation_id == organisation_id
        other = interest.to_organisation if ours else interest.from_organisation
        waits = interest.state in (InterestState.SENT, InterestState.EXPIRED)
        assert interest.sent_at is not None
        assert interest.technology_id is not None
        row = PipelineInterest(
            interest.id,
            organisation_ref(other),
            interest.need_id,
            interest.need.title,
            interest.state,
            Step.CONFIRMED if interest.id in results else step_of(interest.state),
            interest.answered_at or interest.sent_at,
            waits and interest.reply_by is not None and interest.reply_by <= now,
            tuple(results.get(interest.id, ())),
        )
        by_technology.setdefault(interest.technology_id, []).append(row)
    return by_technology


def _results(session: Session, ids: list[int]) -> dict[int, list[Result]]:
    """The confirmed outcomes of each request, the latest first."""
    found = sa.select(Outcome).where(Outcome.interest_id.in_(ids), *_CONFIRMED)
    results: dict[int, list[Result]] = {}
    for outcome in session.scalars(found.order_by(Outcome.happened_on.desc(), Outcome.id.desc())):
        result = Result(outcome.kind, outcome.happened_on, outcome.value_vnd)
        results.setdefault(outcome.interest_id, []).append(result)
    return results


def _row(technology: Technology, interests: list[PipelineInterest]) -> PipelineRow:
    going_on = tuple(interest for interest in interests if interest.step)
    own = Step.DRAFT if technology.state is SupplyState.DRAFT else Step.LISTED
    step = going_on[0].step or own if going_on else own
    over = len(interests) - len(going_on)
    return PipelineRow(technology.id, technology.title, technology.state, step, going_on, over)


def _moved_at() -> sa.ColumnElement[datetime]:
    return sa.func.coalesce(ExpressionOfInterest.answered_at, ExpressionOfInterest.sent_at)
