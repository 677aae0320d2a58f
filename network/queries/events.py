"""Events: the list, what comes first; one in full for its reader; the host's own; and who has a place."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from models import Event, Membership, Registration, User
from models.errors import NotFound
from models.texts import Bilingual
from models.types import EventKind, EventState, Provenance, RegistrationState
from network.queries import visible
from network.queries.cards import FieldName, OrganisationRef, Origin, organisation_ref, origin
from network.queries.facets import (
    Choice,
    Condition,
    Criteria,
    Facet,
    Listing,
    Narrowing,
    equals,
    facet,
    has_words,
)
from network.queries.paging import Page, paginate

FEED_REACH = timedelta(days=90)
"""How far back the calendar of all events goes."""


class When(enum.StrEnum):
    UPCOMING = "upcoming"
    PAST = "past"


class Where(enum.StrEnum):
    PLACE = "place"
    ONLINE = "online"


@dataclass(frozen=True, kw_only=True)
class EventCriteria(Criteria):
    when: When | None = None
    kind: EventKind | None = None
    where: Where | None = None
    district: str | None = None


@dataclass(frozen=True)
class EventCard:
    """`fields` is always empty: what lists of entries show of others."""

    id: int
    kind: EventKind
    title: Bilingual
    summary: Bilingual
    starts_at: datetime
    ends_at: datetime
    place: Bilingual
    district: str | None
    online: bool
    state: EventState
    revision: int
    updated_at: datetime
    organisation: OrganisationRef
    origin: Origin
    past: bool
    fields: tuple[FieldName, ...] = ()


@dataclass(frozen=True)
class EventDetail:
    """`free` is None where places are not counted. `registration` is the reader's own; `position` the place in the
    line of those who wait, from 1. `link` is None for whoever has no place. `open` says whether places are given.
    """

    card: EventCard
    capacity: int | None
    free: int | None
    waiting: int
    registers_until: datetime
    open: bool
    cancel_reason: str | None
    registration: RegistrationState | None
    position: int
    link: str | None
    manages: bool


@dataclass(frozen=True)
class OwnEvent:
    card: EventCard
    capacity: int | None
    registered: int
    waiting: int


@dataclass(frozen=True)
class Attendee:
    name: str
    email: str
    organisations: tuple[Bilingual, ...]
    asked_at: datetime


@dataclass(frozen=True)
class Attendance:
    """Who has a place and who waits, in the order in which they asked."""

    event: OwnEvent
    registered: tuple[Attendee, ...]
    waiting: tuple[Attendee, ...]


@dataclass(frozen=True)
class OwnRegistration:
    card: EventCard
    state: RegistrationState


def event_card(e: Event, now: datetime) -> EventCard:
    return EventCard(
        e.id,
        e.kind,
        e.title,
        e.summary,
        e.starts_at,
        e.ends_at,
        e.place,
        e.district,
        e.online,
        e.state,
        e.revision,
        e.updated_at,
        organisation_ref(e.organisation),
        origin(e),
        e.ends_at <= now,
    )


def listing(
    session: Session, viewer: User | None, criteria: EventCriteria, number: int, *, now: datetime
) -> Listing[EventCard]:
    """Seven statements. What comes first, then what is over, the latest first."""
    when = sa.case((Event.ends_at <= now, When.PAST.value), else_=When.UPCOMING.value)
    narrowing = Narrowing(
        session,
        Event,
        {
            "visible": visible.events(viewer),
            "q": has_words(Event.folded, criteria.q),
            "when": equals(when, criteria.when),
            "kind": equals(Event.kind, criteria.kind),
            "where": _somewhere(criteria.where),
            "district": equals(Event.district, criteria.district),
            "provenance": equals(Event.provenance, criteria.provenance),
        },
    )
    over = when == When.PAST.value
    order = (sa.case((over, 1), else_=0), sa.case((over, Event.starts_at)).desc(), Event.starts_at, Event.id)
    found = sa.select(Event).where(*narrowing.where()).options(joinedload(Event.organisation)).order_by(*order)
    page = paginate(session, found, number, lambda e: event_card(e, now))
    numbers = narrowing.counts(when, "when")
    facets = (
        facet("when", criteria.when, (Choice(w.value, None, numbers.get(w.value, 0)) for w in When)),
        narrowing.words("kind", Event.kind, EventKind, criteria.kind),
        _where_facet(narrowing, criteria.where),
        narrowing.districts(Event.district, criteria.district),
        narrowing.words("provenance", Event.provenance, Provenance, criteria.provenance),
    )
    return Listing(criteria, page, facets)


def _somewhere(where: Where | None) -> Condition | None:
    return SOMEWHERE[where] if where else None


SOMEWHERE: dict[Where, Condition] = {
    Where.PLACE: sa.or_(Event.place_vi.is_not(None), Event.place_en.is_not(None)),  # type: ignore[attr-defined]
    Where.ONLINE: Event.online.is_(True),
}


def _where_facet(narrowing: Narrowing, chosen: Where | None) -> Facet:
    """An event may be at a place and online: it counts for both. One statement."""
    numbers = narrowing.session.execute(
        sa.select(*(sa.func.count(sa.case((SOMEWHERE[where], 1))) for where in Where))
        .select_from(Event)
        .where(*narrowing.where("where"))
    ).one()
    return facet("where", chosen, (Choice(w.value, None, n) for w, n in zip(Where, numbers, strict=True)))


def detail(session: Session, viewer: User | None, event_id: int, *, now: datetime) -> EventDetail:
    """Three statements, four for whoever waits. Raises NotFound for what does not exist or may not be read.

    Drafts are open to the host's own people.
    """
    readable = sa.or_(visible.events(viewer), Event.organisation_id.in_(visible.own_organisations(viewer)))
    event = session.scalar(
        sa.select(Event).where(Event.id == event_id, readable).options(joinedload(Event.organisation))
    )
    if event is None:
        raise NotFound
    numbers = _numbers(session, [event_id])
    registered, waiting = numbers.get(event_id, (0, 0))
    own = _own_registration(session, viewer, event_id)
    state = own.state if own else None
    has_place = state is RegistrationState.REGISTERED
    membership = viewer.membership_of(event.organisation_id) if viewer else None
    return EventDetail(
        card=event_card(event, now),
        capacity=event.capacity,
        free=None if event.capacity is None else max(0, event.capacity - registered),
        waiting=waiting,
        registers_until=event.registers_until,
        open=event.state is EventState.PUBLISHED and now < event.registers_until,
        cancel_reason=event.cancel_reason,
        registration=state if state is not RegistrationState.CANCELLED else None,
        position=_position(session, own) if own and state is RegistrationState.WAITING else 0,
        link=event.link if has_place or membership else None,
        manages=membership is not None,
    )


def _own_registration(session: Session, viewer: User | None, event_id: int) -> Registration | None:
    if viewer is None:
        return None
    return session.scalar(
        sa.select(Registration).where(Registration.event_id == event_id, Registration.user_id == viewer.id)
    )


def _position(session: Session, own: Registration) -> int:
    before = sa.tuple_(Registration.asked_at, Registration.id) <= sa.tuple_(
        sa.literal(own.asked_at, Registration.asked_at.type), sa.literal(own.id)
    )
    line = sa.select(sa.func.count(Registration.id)).where(
        Registration.event_id == own.event_id, Registration.state == RegistrationState.WAITING, before
    )
    return session.scalar(line) or 1


def _numbers(session: Session, events: list[int]) -> dict[int, tuple[int, int]]:
    """How many have a place and how many wait, by event. One statement."""
    states = (RegistrationState.REGISTERED, RegistrationState.WAITING)
    counted = (sa.func.count(sa.case((Registration.state == state, 1))) for state in states)
    rows = session.execute(
        sa.select(Registration.event_id, *counted)
        .where(Registration.event_id.in_(events))
        .group_by(Registration.event_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def feed(session: Session, *, now: datetime) -> tuple[EventCard, ...]:
    """Everything for a calendar that follows the network: to come, and over since not long. One statement."""
    found = sa.select(Event).where(visible.events(None), Event.ends_at > now - FEED_REACH)
    found = found.options(joinedload(Event.organisation)).order_by(Event.starts_at, Event.id)
    return tuple(event_card(e, now) for e in session.scalars(found))


def own_events(session: Session, organisation_id: int, number: int, *, now: datetime) -> Page[OwnEvent]:
    """Three statements. Drafts first, then what comes, then what is over or called off."""
    rank = sa.case(
        (Event.state == EventState.DRAFT, 0),
        (sa.and_(Event.state == EventState.PUBLISHED, Event.ends_at > now), 1),
        else_=2,
    )
    found = sa.select(Event).where(Event.organisation_id == organisation_id).options(joinedload(Event.organisation))
    found = found.order_by(rank, sa.case((rank == 2, Event.starts_at)).desc(), Event.starts_at, Event.id)
    page: Page[Any] = paginate(session, found, number, lambda e: e)
    numbers = _numbers(session, [e.id for e in page.items])
    items = tuple(OwnEvent(event_card(e, now), e.capacity, *numbers.get(e.id, (0, 0))) for e in page.items)
    return Page(items, page.number, page.size, page.total)


def attendance(session: Session, organisation_id: int, event_id: int, *, now: datetime) -> Attendance:
    """Five statements. Raises NotFound for an event of another host."""
    event = session.scalar(
        sa.select(Event)
        .where(Event.id == event_id, Event.organisation_id == organisation_id)
        .options(joinedload(Event.organisation))
    )
    if event is None:
        raise NotFound
    people = session.scalars(
        sa.select(Registration)
        .join(Registration.user)
        .where(
            Registration.event_id == event_id,
            Registration.state.in_((RegistrationState.REGISTERED, RegistrationState.WAITING)),
        )
        .options(contains_eager(Registration.user).selectinload(User.memberships).joinedload(Membership.organisation))
        .order_by(Registration.asked_at, Registration.id)
    ).all()
    in_state = {
        state: tuple(_attendee(r) for r in people if r.state is state)
        for state in (RegistrationState.REGISTERED, RegistrationState.WAITING)
    }
    registered, waiting = in_state[RegistrationState.REGISTERED], in_state[RegistrationState.WAITING]
    own = OwnEvent(event_card(event, now), event.capacity, len(registered), len(waiting))
    return Attendance(own, registered, waiting)


def _attendee(r: Registration) -> Attendee:
    names = tuple(m.organisation.name for m in r.user.memberships)
    return Attendee(r.user.name, r.user.email, names, r.asked_at)


def own_registrations(session: Session, user_id: int, *, now: datetime) -> tuple[OwnRegistration, ...]:
    """The events a person goes to or waits for, and went to. What comes first. Two statements at most."""
    found = (
        sa.select(Registration)
        .join(Registration.event)
        .where(Registration.user_id == user_id, Registration.state != RegistrationState.CANCELLED)
        .options(contains_eager(Registration.event).joinedload(Event.organisation))
        .order_by(sa.case((Event.ends_at <= now, 1), else_=0), Event.starts_at, Event.id)
    )
    return tuple(OwnRegistration(event_card(r.event, now), r.state) for r in session.scalars(found))
