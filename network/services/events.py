"""Events: drafted, published and called off by the managers of their host; places for whoever is signed in.

A full event keeps a waiting list: whoever asked first moves up first, as soon as a place is free. The event row is
locked before places are counted, so that the last place is given once.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Event, Organisation, Registration, User
from models.audit import record
from models.errors import Conflict, Invalid, NotFound
from models.states import EVENT, REGISTRATION, move
from models.texts import Bilingual
from models.types import EventKind, EventState, ProfileState, RegistrationState
from network.services import permits
from network.services.outbox import in_both, names_of, post
from network.services.texts import cleaned, in_one_language, provenance_of, stated_by_owner

EMPTY = Bilingual()
REASON_LENGTH = 1000
STANDING = (RegistrationState.REGISTERED, RegistrationState.WAITING)


@dataclass(frozen=True)
class EventValues:
    """Everything an event says, as its host typed it. Moments carry their time zone."""

    title: Bilingual
    summary: Bilingual
    kind: EventKind
    starts_at: datetime
    ends_at: datetime
    place: Bilingual = EMPTY
    district: str | None = None
    online: bool = False
    link: str | None = None
    capacity: int | None = None
    register_by: datetime | None = None


def find_own(session: Session, organisation: Organisation, event_id: int) -> Event:
    """The event, if this organisation is its host. Raises NotFound otherwise."""
    event = session.get(Event, event_id)
    if event is None or event.organisation_id != organisation.id:
        raise NotFound
    return event


def find_public(session: Session, event_id: int) -> Event:
    """The event, if everybody may read it. Raises NotFound otherwise."""
    event = session.get(Event, event_id)
    if event is None or event.state is EventState.DRAFT or event.organisation.state is ProfileState.SUSPENDED:
        raise NotFound
    return event


def create_event(
    session: Session, actor: User, organisation: Organisation, values: EventValues, *, now: datetime
) -> Event:
    """A draft. Raises Invalid for what is missing or does not go together."""
    permits.manager_of(actor, organisation.id)
    permits.not_suspended(organisation)
    _check(values)
    event = Event(organisation=organisation, provenance=provenance_of(organisation), state=EventState.DRAFT)
    _fill(event, values)
    session.add(event)
    _record(session, actor, "event.create", event, now)
    return event


def update_event(session: Session, actor: User, event: Event, values: EventValues, *, now: datetime) -> Event:
    """New words, time or place. Whoever has or wants a place is told when time or place change; a larger room lets
    those who wait move up. Raises Invalid, or Conflict for an event that was called off.
    """
    permits.manager_of(actor, event.organisation_id)
    permits.not_suspended(event.organisation)
    if event.state is EventState.CANCELLED:
        raise Conflict("event_cancelled")
    _check(values)
    _lock(session, event)
    if values.capacity is not None and values.capacity < taken(session, event):
        raise Invalid("fewer_places_than_taken")
    before = _where_and_when(event)
    _fill(event, values)
    stated_by_owner(event)
    if event.state is EventState.PUBLISHED:
        event.revision += 1
        if _where_and_when(event) != before:
            post(session, _people(session, event, *STANDING), "event_changed", **_mail_facts(event))
        _move_up(session, event, now)
    _record(session, actor, "event.update", event, now)
    return event


def publish_event(session: Session, actor: User, event: Event, *, now: datetime) -> Event:
    """Raises Invalid for an event that has begun already."""
    permits.manager_of(actor, event.organisation_id)
    permits.not_suspended(event.organisation)
    target = move(EVENT, event.state, EventState.PUBLISHED)
    if event.starts_at <= now:
        raise Invalid("event_in_the_past")
    event.state = target
    _record(session, actor, "event.publish", event, now)
    return event


def cancel_event(session: Session, actor: User, event: Event, reason: str, *, now: datetime) -> Event:
    """Calls a published event off, with a reason that goes to everybody who has or wants a place."""
    permits.manager_of(actor, event.organisation_id)
    reason = reason.strip()[:REASON_LENGTH]
    if not reason:
        raise Invalid("cancel_reason_missing")
    target = move(EVENT, event.state, EventState.CANCELLED)
    if event.ends_at <= now:
        raise Conflict("event_over")
    event.state, event.cancel_reason = target, reason
    event.revision += 1
    _record(session, actor, "event.cancel", event, now)
    post(session, _people(session, event, *STANDING), "event_cancelled", **_mail_facts(event), reason=reason)
    return event


def delete_event(session: Session, actor: User, event: Event, *, now: datetime) -> None:
    """Removes a draft for good. Raises Conflict for what others have read already."""
    permits.manager_of(actor, event.organisation_id)
    if event.state is not EventState.DRAFT:
        raise Conflict("not_a_draft", current=event.state.value)
    _record(session, actor, "event.delete", event, now)
    session.delete(event)


def register(session: Session, actor: User, event: Event, *, now: datetime) -> Registration:
    """A place for the actor, or one on the waiting list when all are taken. Asking twice changes nothing.

    Raises Conflict when the event takes no registrations, or no more.
    """
    _lock(session, event)
    if event.state is not EventState.PUBLISHED:
        raise Conflict("event_cancelled")
    if now >= event.registers_until:
        raise Conflict("registration_closed")
    registration = _registration(session, event.id, actor.id)
    if registration is not None and registration.state in STANDING:
        return registration
    free = event.capacity is None or taken(session, event) < event.capacity
    state = RegistrationState.REGISTERED if free else RegistrationState.WAITING
    if registration is None:
        registration = Registration(event=event, user=actor, state=state, asked_at=now)
        session.add(registration)
    else:
        registration.state, registration.asked_at = move(REGISTRATION, registration.state, state), now
    _record(session, actor, f"event.{state.value}", event, now)
    post(session, [actor], f"event_{state.value}", **_mail_facts(event))
    return registration


def give_up(session: Session, actor: User, event: Event, *, now: datetime) -> Registration:
    """The actor's place, on the list or in the room, goes to whoever waits first. Raises NotFound without one."""
    _lock(session, event)
    registration = _registration(session, event.id, actor.id)
    if registration is None:
        raise NotFound
    registration.state = move(REGISTRATION, registration.state, RegistrationState.CANCELLED)
    _record(session, actor, "event.give_up", event, now)
    _move_up(session, event, now)
    return registration


def give_up_all(session: Session, actor: User, *, now: datetime) -> None:
    """Before an account goes: its places go to those who wait."""
    standing = sa.select(Registration).where(Registration.user_id == actor.id, Registration.state.in_(STANDING))
    for registration in session.scalars(standing.order_by(Registration.event_id)).all():
        give_up(session, actor, registration.event, now=now)


def taken(session: Session, event: Event) -> int:
    """How many places are taken."""
    number = sa.select(sa.func.count(Registration.id)).where(
        Registration.event_id == event.id, Registration.state == RegistrationState.REGISTERED
    )
    return session.scalar(number) or 0


def _registration(session: Session, event_id: int, user_id: int) -> Registration | None:
    return session.scalar(
        sa.select(Registration).where(Registration.event_id == event_id, Registration.user_id == user_id)
    )


def _lock(session: Session, event: Event) -> None:
    """Until the transaction ends nobody else gives places of this event away. SQLite has locked everything already."""
    session.flush()
    session.execute(sa.select(Event.id).where(Event.id == event.id).with_for_update())


def _move_up(session: Session, event: Event, now: datetime) -> None:
    """Gives what places are free to those who wait, while that still helps them: until the event begins."""
    if event.state is not EventState.PUBLISHED or now >= event.starts_at:
        return
    session.flush()
    waiting = sa.select(Registration).where(
        Registration.event_id == event.id, Registration.state == RegistrationState.WAITING
    )
    waiting = waiting.order_by(Registration.asked_at, Registration.id)
    if event.capacity is not None:
        waiting = waiting.limit(max(0, event.capacity - taken(session, event)))
    for registration in session.scalars(waiting).all():
        registration.state = move(REGISTRATION, registration.state, RegistrationState.REGISTERED)
        _record(session, None, "event.move_up", event, now)
        post(session, [registration.user], "event_moved_up", **_mail_facts(event))


def _people(session: Session, event: Event, *states: RegistrationState) -> list[User]:
    found = sa.select(User).join(Registration, Registration.user_id == User.id)
    return list(
        session.scalars(
            found.where(Registration.event_id == event.id, Registration.state.in_(states), User.active).order_by(
                Registration.asked_at, Registration.id
            )
        )
    )


def _check(values: EventValues) -> None:
    in_one_language(values.title, values.summary, "summary_missing")
    if values.starts_at >= values.ends_at:
        raise Invalid("ends_before_it_begins")
    if not cleaned(values.place) and not values.online:
        raise Invalid("place_missing")
    if values.register_by and values.register_by > values.starts_at:
        raise Invalid("registers_too_late")
    if values.link and not values.link.startswith(("https://", "http://")):
        raise Invalid("not_a_web_address")


def _fill(event: Event, values: EventValues) -> None:
    event.title, event.place = cleaned(values.title, one_line=True), cleaned(values.place, one_line=True)
    event.summary, event.kind = cleaned(values.summary), values.kind
    event.starts_at, event.ends_at, event.register_by = values.starts_at, values.ends_at, values.register_by
    event.district, event.capacity = values.district, values.capacity
    event.online, event.link = values.online, (values.link or None) if values.online else None


def _where_and_when(event: Event) -> tuple[object, ...]:
    return event.starts_at, event.ends_at, event.place, event.online, event.link


def _record(session: Session, actor: User | None, action: str, event: Event, now: datetime) -> None:
    record(session, actor, action, event, now=now, organisation_id=event.organisation_id)


def _mail_facts(event: Event) -> dict[str, object]:
    """What the mails name: title, host and place in both languages, and the moments."""
    return {
        "event_id": event.id,
        "event": in_both(event.title),
        "host": names_of(event.organisation),
        "place": in_both(event.place) if event.place else None,
        "link": event.link,
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
    }
