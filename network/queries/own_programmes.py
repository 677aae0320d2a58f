"""A centre's own programmes and calls, in any state, with how many applications each has."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Application, Call, Cohort, Programme
from models.applications import ApplicationState
from models.errors import NotFound
from models.types import SupplyState
from network.queries.calls import LISTS, LOADED, CallCard, CallDetail, CallPhase, call_card, call_detail
from network.queries.cards import ProgrammeCard, programme_card

SENT = tuple(s for s in ApplicationState if s not in (ApplicationState.DRAFT, ApplicationState.WITHDRAWN))


@dataclass(frozen=True)
class Numbers:
    """Applications of a call: begun and not sent, sent and standing, and of those accepted and waiting."""

    drafts: int = 0
    sent: int = 0
    accepted: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class OwnCall:
    card: CallCard
    numbers: Numbers


@dataclass(frozen=True)
class OwnProgramme:
    card: ProgrammeCard
    state: SupplyState
    calls: tuple[OwnCall, ...]


@dataclass(frozen=True)
class OwnCallDetail:
    """`cohort_id` once the call is decided and somebody was accepted."""

    detail: CallDetail
    numbers: Numbers
    reviews_wanted: int
    spread: int
    pass_mark: float
    programme_state: SupplyState
    cohort_id: int | None

    @property
    def card(self) -> CallCard:
        return self.detail.card


def own_programmes(session: Session, organisation_id: int, *, today: date) -> tuple[OwnProgramme, ...]:
    """Four statements. Published programmes first, then drafts, then those withdrawn."""
    rank = sa.case({SupplyState.PUBLISHED.value: 0, SupplyState.DRAFT.value: 1}, value=Programme.state, else_=2)
    found = _programmes().where(Programme.organisation_id == organisation_id)
    programmes = session.scalars(found.order_by(rank, Programme.folded, Programme.id)).all()
    return _with_calls(session, programmes, today)


def own_programme(session: Session, organisation_id: int, programme_id: int, *, today: date) -> OwnProgramme:
    """Four statements. Raises NotFound for one that another runs."""
    found = _programmes().where(Programme.id == programme_id, Programme.organisation_id == organisation_id)
    rows = _with_calls(session, session.scalars(found).all(), today)
    if not rows:
        raise NotFound
    return rows[0]


def own_call(session: Session, organisation_id: int, call_id: int, *, today: date) -> OwnCallDetail:
    """Five statements. Raises NotFound for one that another runs."""
    found = sa.select(Call).join(Call.programme).where(Call.id == call_id, Programme.organisation_id == organisation_id)
    call = session.scalar(found.options(*LOADED, *LISTS))
    if call is None:
        raise NotFound
    return OwnCallDetail(
        call_detail(call, today),
        _numbers(session, [call_id]).get(call_id, Numbers()),
        call.reviews_wanted,
        call.spread,
        call.pass_mark,
        call.programme.state,
        session.scalar(sa.select(Cohort.id).where(Cohort.call_id == call_id)),
    )


def _programmes() -> sa.Select[Any]:
    return sa.select(Programme).options(joinedload(Programme.organisation), selectinload(Programme.fields))


def _with_calls(session: Session, programmes: Iterable[Programme], today: date) -> tuple[OwnProgramme, ...]:
    programmes = list(programmes)
    found = sa.select(Call).where(Call.programme_id.in_([p.id for p in programmes])).options(*LOADED)
    calls = session.scalars(found.order_by(Call.closes_on.desc(), Call.id)).all()
    numbers = _numbers(session, [c.id for c in calls])
    rows: dict[int, list[OwnCall]] = {p.id: [] for p in programmes}
    for call in calls:
        rows[call.programme_id].append(OwnCall(call_card(call, today), numbers.get(call.id, Numbers())))
    order = list(CallPhase)
    return tuple(
        OwnProgramme(programme_card(p), p.state, tuple(sorted(rows[p.id], key=lambda row: order.index(row.card.phase))))
        for p in programmes
    )


def _numbers(session: Session, call_ids: list[int]) -> dict[int, Numbers]:
    state = Application.state
    counted = (
        state == ApplicationState.DRAFT,
        state.in_(SENT),
        state == ApplicationState.ACCEPTED,
        state == ApplicationState.WAITLISTED,
    )
    rows = session.execute(
        sa.select(Application.call_id, *(sa.func.count(sa.case((c, 1))) for c in counted))
        .where(Application.call_id.in_(call_ids))
        .group_by(Application.call_id)
    )
    return {row[0]: Numbers(row[1], row[2], row[3], row[4]) for row in rows}
