"""Calls as everybody reads them: where each stands on a given day, and what it asks."""

import enum
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Call, Programme, User
from models.calls import CallState
from models.errors import NotFound
from models.texts import Bilingual
from network.queries import visible
from network.queries.cards import OrganisationRef, organisation_ref


class CallPhase(enum.StrEnum):
    """Where a call stands on a given day, in the order of lists."""

    OPEN = "open"
    COMING = "coming"
    REVIEW = "review"
    DRAFT = "draft"
    DECIDED = "decided"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class CriterionRow:
    """`share` of the whole, from 0 to 1."""

    id: int
    name: Bilingual
    weight: int
    share: float


@dataclass(frozen=True)
class QuestionRow:
    id: int
    text: Bilingual
    required: bool
    names_people: bool


@dataclass(frozen=True)
class CallCard:
    """`days_left` counts while the call is open. `late`: the decision was promised for a day that has passed; `begun`:
    its cohort has begun."""

    id: int
    name: Bilingual
    expects: Bilingual
    programme_id: int
    programme: Bilingual
    centre: OrganisationRef
    opens_on: date
    closes_on: date
    decide_by: date
    starts_on: date | None
    ends_on: date | None
    capacity: int
    minimum: int
    state: CallState
    phase: CallPhase
    days_left: int | None
    late: bool
    begun: bool
    cancel_reason: str | None


@dataclass(frozen=True)
class CallDetail:
    card: CallCard
    criteria: tuple[CriterionRow, ...]
    questions: tuple[QuestionRow, ...]


LOADED = (joinedload(Call.programme).joinedload(Programme.organisation),)
LISTS = (selectinload(Call.criteria), selectinload(Call.questions))


def phase_on(today: date, call: Call) -> CallPhase:
    if call.state is not CallState.PUBLISHED:
        return CallPhase(call.state.value)
    if today < call.opens_on:
        return CallPhase.COMING
    return CallPhase.OPEN if today <= call.closes_on else CallPhase.REVIEW


def call_card(call: Call, today: date) -> CallCard:
    phase = phase_on(today, call)
    organisation = call.programme.organisation
    assert organisation is not None
    return CallCard(
        call.id,
        call.name,
        call.expects,
        call.programme_id,
        call.programme.name,
        organisation_ref(organisation),
        call.opens_on,
        call.closes_on,
        call.decide_by,
        call.starts_on,
        call.ends_on,
        call.capacity,
        call.minimum,
        call.state,
        phase,
        (call.closes_on - today).days if phase is CallPhase.OPEN else None,
        phase is CallPhase.REVIEW and call.decide_by < today,
        call.starts_on is not None and call.starts_on <= today,
        call.cancel_reason,
    )


def call_detail(call: Call, today: date) -> CallDetail:
    whole = sum(c.weight for c in call.criteria) or 1
    return CallDetail(
        call_card(call, today),
        tuple(CriterionRow(c.id, c.name, c.weight, c.weight / whole) for c in call.criteria),
        tuple(QuestionRow(q.id, q.text, q.required, q.names_people) for q in call.questions),
    )


def public_calls(session: Session, programme_id: int, *, today: date) -> tuple[CallDetail, ...]:
    """The calls of a programme that take applications, now or later; what closes first leads. Three statements."""
    found = (
        sa.select(Call)
        .where(Call.programme_id == programme_id, Call.state == CallState.PUBLISHED, Call.closes_on >= today)
        .options(*LOADED, *LISTS)
        .order_by(Call.closes_on, Call.id)
    )
    return tuple(call_detail(call, today) for call in session.scalars(found))


def public_call(session: Session, viewer: User | None, call_id: int, *, today: date) -> CallDetail:
    """A published call of a programme that this reader may read. Three statements. Raises NotFound otherwise."""
    found = (
        sa.select(Call)
        .join(Call.programme)
        .where(Call.id == call_id, Call.state != CallState.DRAFT, visible.programmes(viewer))
        .options(*LOADED, *LISTS)
    )
    call = session.scalar(found)
    if call is None:
        raise NotFound
    return call_detail(call, today)


def open_calls(session: Session, viewer: User | None, *, today: date) -> tuple[CallCard, ...]:
    """Every call that takes applications today, what closes first comes first. One statement."""
    found = (
        sa.select(Call)
        .join(Call.programme)
        .where(
            Call.state == CallState.PUBLISHED,
            Call.opens_on <= today,
            Call.closes_on >= today,
            visible.programmes(viewer),
        )
        .options(*LOADED)
        .order_by(Call.closes_on, Call.id)
    )
    return tuple(call_card(call, today) for call in session.scalars(found))
