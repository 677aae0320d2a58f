"""Programmes of support: those open now first, then those to come, those without dates, and those that have closed."""

import enum
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Programme, User
from models.errors import NotFound
from models.programmes import programme_field
from models.types import MembershipRole, Provenance, SupplyState
from network.queries import visible
from network.queries.calls import CallDetail, public_calls
from network.queries.cards import OrganisationRef, ProgrammeCard, organisation_ref, programme_card
from network.queries.facets import (
    Choice,
    Criteria,
    Facet,
    Listing,
    Narrowing,
    equals,
    facet,
    has_words,
    in_field,
)
from network.queries.next_step import NextStep, next_step
from network.queries.paging import paginate
from network.services.applications import APPLYING

PAGE_SIZE = 40


class Intake(enum.StrEnum):
    """Where a programme stands on a given day, in the order of the list."""

    OPEN = "open"
    COMING = "coming"
    UNDATED = "undated"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class ProgrammeCriteria(Criteria):
    intake: Intake | None = None


@dataclass(frozen=True)
class ProgrammeRow:
    card: ProgrammeCard
    intake: Intake
    days_left: int | None
    """Days until an open programme closes."""


@dataclass(frozen=True)
class Applicant:
    """An organisation of the reader that can apply."""

    organisation: OrganisationRef
    manager: bool


@dataclass(frozen=True)
class ProgrammeDetail:
    """`calls` are those that take applications now or later. `shown`: everybody may read it, not only its centre."""

    row: ProgrammeRow
    step: NextStep
    calls: tuple[CallDetail, ...]
    applicants: tuple[Applicant, ...]
    shown: bool


def intake_on(today: date, opens_on: date | None, closes_on: date | None) -> Intake:
    if closes_on is not None and closes_on < today:
        return Intake.CLOSED
    if opens_on is not None and opens_on > today:
        return Intake.COMING
    return Intake.UNDATED if opens_on is None and closes_on is None else Intake.OPEN


def _intake(today: date) -> sa.Case[str]:
    """The same as `intake_on`, in SQL."""
    return sa.case(
        (Programme.closes_on < today, Intake.CLOSED.value),
        (Programme.opens_on > today, Intake.COMING.value),
        (sa.and_(Programme.opens_on.is_(None), Programme.closes_on.is_(None)), Intake.UNDATED.value),
        else_=Intake.OPEN.value,
    )


def programme_row(p: Programme, today: date) -> ProgrammeRow:
    intake = intake_on(today, p.opens_on, p.closes_on)
    days = (p.closes_on - today).days if intake is Intake.OPEN and p.closes_on else None
    return ProgrammeRow(programme_card(p), intake, days)


def listing(
    session: Session, viewer: User | None, criteria: ProgrammeCriteria, number: int, *, today: date
) -> Listing[ProgrammeRow]:
    """Eight statements. `today` is the day in Hanoi."""
    intake = _intake(today)
    narrowing = Narrowing(
        session,
        Programme,
        {
            "visible": visible.programmes(viewer),
            "q": has_words(Programme.folded, criteria.q),
            "field": in_field(Programme.fields, criteria.field),
            "intake": equals(intake, criteria.intake),
            "provenance": equals(Programme.provenance, criteria.provenance),
        },
    )
    found = sa.select(Programme).where(*narrowing.where())
    found = found.options(joinedload(Programme.organisation), selectinload(Programme.fields)).order_by(*_order(intake))
    page = paginate(session, found, number, lambda p: programme_row(p, today), PAGE_SIZE)
    return Listing(criteria, page, _facets(narrowing, criteria, intake))


def _order(intake: sa.Case[str]) -> tuple[Any, ...]:
    """What closes or opens soonest comes first; of what has closed, the latest."""
    rank = sa.case({state.value: n for n, state in enumerate(Intake)}, value=intake)
    latest = sa.case((intake == Intake.CLOSED, Programme.closes_on))
    soonest = sa.case((intake == Intake.COMING, Programme.opens_on), else_=Programme.closes_on)
    return rank, latest.desc(), soonest.asc().nulls_last(), Programme.folded, Programme.id


def _facets(narrowing: Narrowing, criteria: ProgrammeCriteria, intake: sa.Case[str]) -> tuple[Facet, ...]:
    numbers = narrowing.counts(intake, "intake")
    return (
        facet("intake", criteria.intake, (Choice(i.value, None, numbers.get(i.value, 0)) for i in Intake)),
        narrowing.fields(Programme.id, programme_field, criteria.field),
        narrowing.words("provenance", Programme.provenance, Provenance, criteria.provenance),
    )


def programme(session: Session, viewer: User | None, programme_id: int, *, today: date) -> ProgrammeDetail:
    """At most five statements. Raises NotFound for what does not exist or may not be read."""
    found = sa.select(Programme).where(Programme.id == programme_id, visible.programme(viewer))
    entry = session.scalar(found.options(joinedload(Programme.organisation), selectinload(Programme.fields)))
    if entry is None:
        raise NotFound
    return ProgrammeDetail(
        programme_row(entry, today),
        next_step(viewer, entry.organisation_id),
        public_calls(session, programme_id, today=today) if entry.organisation_id else (),
        _applicants(viewer),
        entry.state is SupplyState.PUBLISHED,
    )


def _applicants(viewer: User | None) -> tuple[Applicant, ...]:
    memberships = [m for m in (viewer.memberships if viewer else ()) if m.organisation.kind in APPLYING]
    return tuple(Applicant(organisation_ref(m.organisation), m.role is MembershipRole.MANAGER) for m in memberships)
