"""Outcomes beyond their two sides: for coordinators, on profiles where both sides agreed, and counted for everybody.

Evidence, files and notes never leave the two sides. Coordinators read kind, day, value and the reason of a dispute;
others read kind, month and names, and only where both sides said so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import ExpressionOfInterest, Need, Outcome, User
from models.outcomes import DisputeReason, OutcomeKind, OutcomeState, counted
from models.texts import Bilingual
from models.types import Provenance
from network.queries import visible
from network.queries.cards import OrganisationRef, organisation_ref
from network.queries.paging import Page, paginate

ENOUGH = 3
"""A sum over fewer outcomes than this is not told: it could be traced to somebody."""

TABS: Mapping[str, tuple[OutcomeState, ...]] = {
    "waiting": (OutcomeState.PROPOSED,),
    "disputed": (OutcomeState.DISPUTED,),
    "confirmed": (OutcomeState.CONFIRMED,),
    "past": (OutcomeState.WITHDRAWN, OutcomeState.CORRECTED),
}


@dataclass(frozen=True)
class BoardRow:
    """`answering` should confirm what `proposer` said. `corrects` when it corrects an earlier one, or `annuls` it."""

    id: int
    kind: OutcomeKind
    happened_on: date
    value_vnd: int | None
    state: OutcomeState
    proposer: OrganisationRef
    answering: OrganisationRef
    need: Bilingual
    illustrative: bool
    proposed_at: datetime
    confirm_by: datetime
    late: bool
    escalated_at: datetime | None
    settled_at: datetime | None
    dispute_reason: DisputeReason | None
    corrects: bool
    annuls: bool


@dataclass(frozen=True)
class Board:
    counts: Mapping[str, int]
    page: Page[BoardRow]


def board(session: Session, tab: str, number: int, *, now: datetime) -> Board:
    """Three statements. What waits longest stands first, what is settled latest first."""
    numbers = session.execute(sa.select(Outcome.state, sa.func.count()).group_by(Outcome.state))
    states = {state: number for state, number in numbers}  # noqa: C416
    counts = {name: sum(states.get(state, 0) for state in of) for name, of in TABS.items()}
    found = rows().where(Outcome.state.in_(TABS[tab]))
    found = found.order_by(Outcome.confirm_by if tab == "waiting" else Outcome.settled_at.desc(), Outcome.id)
    return Board(counts, paginate(session, found, number, lambda outcome: board_row(outcome, now)))


def unsettled(session: Session, *, now: datetime) -> tuple[BoardRow, ...]:
    """What coordinators should take up: not confirmed in time, or disputed, what waits longest first. One statement."""
    late = sa.and_(Outcome.state == OutcomeState.PROPOSED, Outcome.confirm_by <= now)
    found = rows().where(sa.or_(late, Outcome.state == OutcomeState.DISPUTED)).order_by(Outcome.confirm_by, Outcome.id)
    return tuple(board_row(outcome, now) for outcome in session.scalars(found.limit(50)))


def rows() -> sa.Select[Outcome]:
    interest = joinedload(Outcome.interest)
    return sa.select(Outcome).options(
        interest.joinedload(ExpressionOfInterest.need),
        interest.joinedload(ExpressionOfInterest.from_organisation),
        interest.joinedload(ExpressionOfInterest.to_organisation),
    )


def board_row(outcome: Outcome, now: datetime) -> BoardRow:
    interest = outcome.interest
    sides = interest.from_organisation, interest.to_organisation
    proposer, answering = sides if sides[0].id == outcome.organisation_id else sides[::-1]
    return BoardRow(
        outcome.id,
        outcome.kind,
        outcome.happened_on,
        outcome.value_vnd,
        outcome.state,
        organisation_ref(proposer),
        organisation_ref(answering),
        interest.need.title,
        interest.need.provenance is Provenance.ILLUSTRATIVE,
        outcome.proposed_at,
        outcome.confirm_by,
        outcome.state is OutcomeState.PROPOSED and outcome.confirm_by <= now,
        outcome.escalated_at,
        outcome.settled_at,
        outcome.dispute_reason,
        outcome.corrects_id is not None,
        outcome.annuls,
    )


@dataclass(frozen=True)
class PublishedOutcome:
    """What both sides show; of the day only the month, '2026-11'. `need` is empty for who may not read it."""

    kind: OutcomeKind
    month: str
    other: OrganisationRef
    need_id: int | None
    need: Bilingual


def published(session: Session, viewer: User | None, organisation_id: int) -> tuple[PublishedOutcome, ...]:
    """The confirmed outcomes of an organisation that both sides show, the latest first. Two statements."""
    interest = ExpressionOfInterest
    shown = visible.organisations(viewer)
    found = (
        rows()
        .join(Outcome.interest)
        .where(
            counted(),
            Outcome.publish_proposer,
            Outcome.publish_other,
            sa.or_(
                sa.and_(interest.from_organisation_id == organisation_id, interest.to_organisation.has(shown)),
                sa.and_(interest.to_organisation_id == organisation_id, interest.from_organisation.has(shown)),
            ),
        )
        .order_by(Outcome.happened_on.desc(), Outcome.id.desc())
        .limit(50)
    )
    outcomes = session.scalars(found).all()
    needs = {o.interest.need_id for o in outcomes}
    readable = set(session.scalars(sa.select(Need.id).where(Need.id.in_(needs), visible.entry(Need, viewer))))
    rows_ = []
    for o in outcomes:
        ours = o.interest.from_organisation_id == organisation_id
        other = o.interest.to_organisation if ours else o.interest.from_organisation
        named = o.interest.need_id in readable
        rows_.append(
            PublishedOutcome(
                o.kind,
                o.happened_on.isoformat()[:7],
                organisation_ref(other),
                o.interest.need_id if named else None,
                o.interest.need.title if named else Bilingual(),
            )
        )
    return tuple(rows_)


@dataclass(frozen=True)
class KindCount:
    """Confirmed outcomes of one kind; `invented` of them are examples. `value_vnd` adds up the real ones with a value,
    None where those are too few to tell."""

    kind: OutcomeKind
    number: int
    invented: int
    value_vnd: int | None


def by_kind(session: Session) -> tuple[KindCount, ...]:
    """Kinds of which there is something, in the order of the enumeration. One statement."""
    example = Need.provenance == Provenance.ILLUSTRATIVE
    valued = sa.and_(sa.not_(example), Outcome.value_vnd.is_not(None))
    found = (
        sa.select(
            Outcome.kind,
            sa.func.count(),
            sa.func.count().filter(example),
            sa.func.count().filter(valued),
            sa.func.sum(Outcome.value_vnd).filter(valued),
        )
        .join(ExpressionOfInterest, ExpressionOfInterest.id == Outcome.interest_id)
        .join(Need, Need.id == ExpressionOfInterest.need_id)
        .where(counted())
        .group_by(Outcome.kind)
    )
    counts = {
        kind: KindCount(kind, number, invented, int(total or 0) if with_value >= ENOUGH else None)
        for kind, number, invented, with_value, total in session.execute(found)
    }
    return tuple(counts[kind] for kind in OutcomeKind if kind in counts)
