"""Meetings inside a connection: one side proposes up to five times, the other picks one or asks for others.

Permissions: members and managers of the two sides, as for the thread. The side that proposed withdraws, the other side
answers, either calls an agreed meeting off. Both sides get the calendar file by mail; the audit trail holds no words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import ExpressionOfInterest, Meeting, MeetingSlot, Organisation, User
from models.audit import record
from models.connections import ConnectionAction
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.meetings import MOST_SLOTS, MeetingState
from models.states import MEETING, move
from network.services.connections import begin, enter, mail_facts
from network.services.organisations import is_web_address
from network.services.outbox import in_both, managers_of, names_of, post

SHORTEST, LONGEST = 15, 480
FURTHEST = timedelta(days=365)
TEXT_LENGTH = 1000


@dataclass(frozen=True)
class MeetingValues:
    """What is proposed: what for, how long in minutes, where or by which link, and when it could begin."""

    subject: str
    minutes: int
    slots: tuple[datetime, ...]
    place: str = ""
    link: str = ""


def find(session: Session, interest: ExpressionOfInterest, meeting_id: int) -> Meeting:
    """The meeting, if it belongs to this connection. Raises NotFound otherwise."""
    meeting = session.get(Meeting, meeting_id)
    if meeting is None or meeting.interest_id != interest.id:
        raise NotFound
    return meeting


def propose(
    session: Session,
    actor: User,
    organisation: Organisation,
    interest: ExpressionOfInterest,
    values: MeetingValues,
    *,
    now: datetime,
) -> Meeting:
    """Raises Invalid for what is missing or cannot be, Conflict('meeting_waits') while another proposal waits."""
    other = enter(session, actor, organisation, interest, ConnectionAction.WRITE)
    slots = _check(values, now)
    meeting = Meeting(
        interest=interest,
        organisation=organisation,
        author=actor,
        subject=" ".join(values.subject.split())[:200],
        minutes=values.minutes,
        place=" ".join(values.place.split())[:300] or None,
        link=values.link.strip()[:500] or None,
        proposed_at=now,
        slots=[MeetingSlot(starts_at=moment) for moment in slots],
    )
    try:  # the unique index decides: both sides may propose at the same moment
        with session.begin_nested():
            session.add(meeting)
    except IntegrityError as error:
        raise Conflict("meeting_waits") from error
    begin(session, actor, organisation, interest, now)
    _note(session, actor, organisation, meeting, "propose", now, slots=len(slots))
    moments = [moment.isoformat() for moment in slots]
    _tell(session, meeting, other, organisation, "meeting_proposed", slots=moments, minutes=meeting.minutes)
    return meeting


def pick(
    session: Session, actor: User, organisation: Organisation, meeting: Meeting, slot_id: int, *, now: datetime
) -> Meeting:
    """The other side chooses one of the times; both sides get it for their calendars.

    Raises NotFound for a time that was not proposed, Conflict('slot_over') for one that has passed.
    """
    other = _answering(session, actor, organisation, meeting)
    move(MEETING, meeting.state, MeetingState.AGREED)
    slot = next((slot for slot in meeting.slots if slot.id == slot_id), None)
    if slot is None:
        raise NotFound
    if slot.starts_at <= now:
        raise Conflict("slot_over")
    meeting.starts_at = slot.starts_at
    _settle(session, actor, organisation, meeting, MeetingState.AGREED, "agree", "", now)
    for reader, by in ((other, organisation), (organisation, other)):
        _tell(session, meeting, reader, by, "meeting_agreed", calendar=calendar_entry(meeting))
    return meeting


def ask_for_others(
    session: Session, actor: User, organisation: Organisation, meeting: Meeting, note: str, *, now: datetime
) -> Meeting:
    """None of the times suits the other side. Raises Invalid when it does not say which would."""
    other = _answering(session, actor, organisation, meeting)
    if not note.strip():
        raise Invalid("other_times_missing")
    _settle(session, actor, organisation, meeting, MeetingState.OTHERS_ASKED, "ask_others", note, now)
    _tell(session, meeting, other, organisation, "meeting_others")
    return meeting


def withdraw(session: Session, actor: User, organisation: Organisation, meeting: Meeting, *, now: datetime) -> Meeting:
    """The side that proposed takes it back before it was answered."""
    other = enter(session, actor, organisation, meeting.interest, ConnectionAction.WRITE)
    if meeting.organisation_id != organisation.id:
        raise NotPermitted("their_meeting")
    _settle(session, actor, organisation, meeting, MeetingState.WITHDRAWN, "withdraw", "", now)
    _tell(session, meeting, other, organisation, "meeting_withdrawn")
    return meeting


def cancel(
    session: Session, actor: User, organisation: Organisation, meeting: Meeting, reason: str, *, now: datetime
) -> Meeting:
    """Either side calls an agreed meeting off before it begins; calendars are told. Raises Invalid without a reason."""
    other = enter(session, actor, organisation, meeting.interest, ConnectionAction.WRITE)
    move(MEETING, meeting.state, MeetingState.CANCELLED)
    if meeting.starts_at is not None and meeting.starts_at <= now:
        raise Conflict("meeting_over")
    if not reason.strip():
        raise Invalid("meeting_reason_missing")
    meeting.revision += 1
    _settle(session, actor, organisation, meeting, MeetingState.CANCELLED, "cancel", reason, now)
    for reader, by in ((other, organisation), (organisation, organisation)):
        _tell(session, meeting, reader, by, "meeting_cancelled", calendar=calendar_entry(meeting))
    return meeting


def calendar_entry(meeting: Meeting) -> dict[str, Any]:
    """An agreed or cancelled meeting as mails and calendar files carry it (network/calendar.py)."""
    sides = (meeting.interest.from_organisation, meeting.interest.to_organisation)
    starts_at, ends_at, settled_at = meeting.starts_at, meeting.ends_at, meeting.settled_at
    assert starts_at is not None
    assert ends_at is not None
    assert settled_at is not None
    return {
        "uid": f"meeting-{meeting.id}",
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
        "stamp": settled_at.isoformat(),
        "sequence": meeting.revision,
        "cancelled": meeting.state is MeetingState.CANCELLED,
        "subject": meeting.subject,
        "sides": [names_of(side) for side in sides],
        "need": in_both(meeting.interest.need.title),
        "place": meeting.place,
        "link": meeting.link,
    }


def _check(values: MeetingValues, now: datetime) -> Sequence[datetime]:
    """The times proposed, each once, in their order."""
    if not values.subject.strip():
        raise Invalid("meeting_subject_missing")
    if not SHORTEST <= values.minutes <= LONGEST:
        raise Invalid("meeting_minutes")
    if not values.place.strip() and not values.link.strip():
        raise Invalid("meeting_place_missing")
    if values.link.strip() and not is_web_address(values.link.strip()):
        raise Invalid("not_a_web_address")
    slots = sorted(set(values.slots))
    if not slots:
        raise Invalid("slots_missing")
    if len(slots) > MOST_SLOTS:
        raise Invalid("too_many_slots")
    if slots[0] <= now or slots[-1] > now + FURTHEST:
        raise Invalid("slot_past" if slots[0] <= now else "slot_too_far")
    return slots


def _answering(session: Session, actor: User, organisation: Organisation, meeting: Meeting) -> Organisation:
    """The proposing side, if the actor answers for the other one."""
    other = enter(session, actor, organisation, meeting.interest, ConnectionAction.WRITE)
    session.refresh(meeting, attribute_names=["state"])
    if meeting.organisation_id == organisation.id:
        raise NotPermitted("own_meeting")
    return other


def _settle(
    session: Session,
    actor: User,
    organisation: Organisation,
    meeting: Meeting,
    state: MeetingState,
    verb: str,
    words: str,
    now: datetime,
) -> None:
    meeting.state = move(MEETING, meeting.state, state)
    meeting.settled_at, meeting.settled_by = now, actor
    meeting.answer = words.strip()[:TEXT_LENGTH] or None
    _note(session, actor, organisation, meeting, verb, now)


def _note(
    session: Session, actor: User, organisation: Organisation, meeting: Meeting, verb: str, now: datetime, **data: int
) -> None:
    number = meeting.interest.id
    event = f"meeting.{verb}"
    record(session, actor, event, meeting, now=now, organisation_id=organisation.id, interest_id=number, **data)


def _tell(
    session: Session, meeting: Meeting, reader: Organisation, by: Organisation, template: str, **facts: Any
) -> None:
    """The managers of a side, and whoever of it proposed or answered."""
    people = {user.id: user for user in managers_of(session, reader.id)}
    for user in (meeting.author, meeting.settled_by):
        if user is not None and user.active and user.membership_of(reader.id):
            people[user.id] = user
    post(session, people.values(), template, **mail_facts(meeting.interest, reader, by), **facts)
