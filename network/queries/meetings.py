"""Meetings of a connection as one of its two sides sees them, and what an organisation has in its calendar."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import ExpressionOfInterest, Meeting, Outcome
from models.connections import OPEN
from models.errors import NotFound
from models.meetings import MeetingState
from models.outcomes import OutcomeState
from models.texts import Bilingual
from models.types import InterestState
from network.queries import interests
from network.queries.cards import OrganisationRef, organisation_ref

ANSWER, OTHERS, WITHDRAW, CANCEL = "answer", "others", "withdraw", "cancel"


@dataclass(frozen=True)
class SlotRow:
    id: int
    starts_at: datetime
    over: bool


@dataclass(frozen=True)
class MeetingRow:
    """`ours` when our side proposed it. `steps` are those that our side can take now."""

    id: int
    ours: bool
    state: MeetingState
    subject: str
    minutes: int
    place: str | None
    link: str | None
    person: str | None
    proposed_at: datetime
    answer: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    slots: tuple[SlotRow, ...]
    steps: frozenset[str]

    @property
    def waits(self) -> bool:
        return self.state is MeetingState.PROPOSED


def of_connection(
    session: Session, interest_id: int, own_id: int, *, open_: bool, now: datetime
) -> tuple[MeetingRow, ...]:
    """What waits first, then the latest. Two statements. `open_`: the two sides still write to each other."""
    found = (
        sa.select(Meeting)
        .where(Meeting.interest_id == interest_id)
        .options(selectinload(Meeting.slots), joinedload(Meeting.author))
        .order_by(Meeting.state != MeetingState.PROPOSED, Meeting.proposed_at.desc(), Meeting.id.desc())
    )
    return tuple(_row(meeting, own_id, open_, now) for meeting in session.scalars(found).unique())


def _row(meeting: Meeting, own_id: int, open_: bool, now: datetime) -> MeetingRow:
    ours = meeting.organisation_id == own_id
    return MeetingRow(
        meeting.id,
        ours,
        meeting.state,
        meeting.subject,
        meeting.minutes,
        meeting.place,
        meeting.link,
        meeting.author.name if meeting.author else None,
        meeting.proposed_at,
        meeting.answer,
        meeting.starts_at,
        meeting.ends_at,
        tuple(SlotRow(slot.id, slot.starts_at, slot.starts_at <= now) for slot in meeting.slots),
        _steps(meeting, ours, now) if open_ else frozenset(),
    )


def _steps(meeting: Meeting, ours: bool, now: datetime) -> frozenset[str]:
    if meeting.state is MeetingState.PROPOSED:
        return frozenset({WITHDRAW} if ours else {ANSWER, OTHERS})
    if meeting.state is MeetingState.AGREED and meeting.starts_at is not None and meeting.starts_at > now:
        return frozenset({CANCEL})
    return frozenset()


def row(session: Session, organisation_id: int, interest_id: int, meeting_id: int, *, now: datetime) -> MeetingRow:
    """One meeting of a connection of the organisation. Raises NotFound."""
    interest = interests.find(session, organisation_id, interest_id)
    rows = of_connection(session, interest.id, organisation_id, open_=interest.state in OPEN, now=now)
    found = next((row for row in rows if row.id == meeting_id), None)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Deadline:
    """A day by which our side has to answer a request, or to confirm an outcome. `kind`: "reply" or "confirm"."""

    kind: str
    id: int
    interest_id: int
    due: datetime
    since: datetime
    other: OrganisationRef
    need: Bilingual


def reply_deadline(session: Session, organisation_id: int, interest_id: int) -> Deadline:
    """When a request has to be answered, by us or by them. Raises NotFound where none waits."""
    interest = interests.find(session, organisation_id, interest_id)
    if interest.state not in interests.WAITING:
        raise NotFound
    return _reply(interest, organisation_id)


def deadlines(session: Session, organisation_id: int) -> tuple[Deadline, ...]:
    """What our side still has to answer or to confirm. Two statements."""
    asked = interests.sent(organisation_id).where(
        ExpressionOfInterest.to_organisation_id == organisation_id, ExpressionOfInterest.state == InterestState.SENT
    )
    proposed = (
        sa.select(Outcome)
        .join(ExpressionOfInterest, ExpressionOfInterest.id == Outcome.interest_id)
        .where(
            sa.or_(
                ExpressionOfInterest.from_organisation_id == organisation_id,
                ExpressionOfInterest.to_organisation_id == organisation_id,
            ),
            Outcome.organisation_id != organisation_id,
            Outcome.state == OutcomeState.PROPOSED,
        )
        .options(joinedload(Outcome.organisation), joinedload(Outcome.interest).joinedload(ExpressionOfInterest.need))
        .order_by(Outcome.id)
    )
    replies = [_reply(interest, organisation_id) for interest in session.scalars(asked)]
    confirmations = [
        Deadline(
            "confirm",
            outcome.id,
            outcome.interest_id,
            outcome.confirm_by,
            outcome.proposed_at,
            organisation_ref(outcome.organisation),
            outcome.interest.need.title,
        )
        for outcome in session.scalars(proposed)
    ]
    return (*replies, *confirmations)


def _reply(interest: ExpressionOfInterest, organisation_id: int) -> Deadline:
    incoming = interest.to_organisation_id == organisation_id
    other = interest.from_organisation if incoming else interest.to_organisation
    assert interest.reply_by is not None
    assert interest.sent_at is not None
    due, since, number = interest.reply_by, interest.sent_at, interest.id
    return Deadline("reply", number, number, due, since, organisation_ref(other), interest.need.title)


def agreed_meetings(session: Session, organisation_id: int, *, now: datetime) -> tuple[Meeting, ...]:
    """Those to come. One statement."""
    sides = sa.or_(
        ExpressionOfInterest.from_organisation_id == organisation_id,
        ExpressionOfInterest.to_organisation_id == organisation_id,
    )
    connection = joinedload(Meeting.interest)
    found = (
        sa.select(Meeting)
        .join(ExpressionOfInterest, ExpressionOfInterest.id == Meeting.interest_id)
        .where(sides, Meeting.state == MeetingState.AGREED, Meeting.starts_at > now)
        .options(
            connection.joinedload(ExpressionOfInterest.from_organisation),
            connection.joinedload(ExpressionOfInterest.to_organisation),
            connection.joinedload(ExpressionOfInterest.need),
        )
        .order_by(Meeting.starts_at)
    )
    return tuple(session.scalars(found))
