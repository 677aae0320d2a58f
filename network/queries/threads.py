"""The thread of a connection as one of its two sides reads it: everything that happened, oldest first, and what stands.

Only the two sides get here: `network.queries.interests.find` decides, and every page goes through it.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import Agreement, Attachment, ConnectionStep, ExpressionOfInterest, Message, Outcome
from models.connections import OPEN, ConnectionAction
from models.errors import NotFound
from models.outcomes import OutcomeState
from models.types import InterestState
from network.queries import interests
from network.queries.connections import Next, Open, next_of
from network.queries.meetings import MeetingRow, of_connection
from network.queries.thread_rows import (
    AgreementRow,
    Entry,
    EntryKind,
    FileRow,
    OutcomeRow,
    actions,
    agreement_row,
    outcome_row,
)

LATEST = 40
"""Messages shown at first; the earlier ones are one link away."""


@dataclass(frozen=True)
class Thread:
    """`earlier` counts the messages that are not shown. `last_ours` tells who wrote last, None when nobody did."""

    entries: tuple[Entry, ...]
    earlier: int
    last_ours: bool | None
    agreements: tuple[AgreementRow, ...]
    outcomes: tuple[OutcomeRow, ...]
    actions: frozenset[ConnectionAction]

    def outcome(self, outcome_id: int) -> OutcomeRow:
        """Raises NotFound."""
        found = next((row for row in self.outcomes if row.id == outcome_id), None)
        if found is None:
            raise NotFound
        return found

    def agreement(self, agreement_id: int) -> AgreementRow:
        """Raises NotFound."""
        found = next((row for row in self.agreements if row.id == agreement_id), None)
        if found is None:
            raise NotFound
        return found

    @property
    def open_outcomes(self) -> tuple[Open, ...]:
        states = (OutcomeState.PROPOSED, OutcomeState.DISPUTED)
        return tuple(Open(o.state, o.ours, o.confirm_by) for o in self.outcomes if o.state in states)


@dataclass(frozen=True)
class Sheet:
    """The page of one connection."""

    interest: interests.InterestDetail
    thread: Thread
    next: Next
    meetings: tuple[MeetingRow, ...] = ()


def sheet(
    session: Session, organisation_id: int, interest_id: int, *, now: datetime, everything: bool = False
) -> Sheet:
    """At most eighteen statements. Raises NotFound for all but the two sides."""
    detail = interests.detail(session, organisation_id, interest_id, now=now)
    interest = interests.find(session, organisation_id, interest_id)
    found = thread(session, interest, organisation_id, now=now, everything=everything)
    meetings = of_connection(session, interest.id, organisation_id, open_=interest.state in OPEN, now=now)
    return Sheet(detail, found, next_of(detail.row, found.last_ours, found.open_outcomes, now), meetings)


def thread(
    session: Session, interest: ExpressionOfInterest, own_id: int, *, now: datetime, everything: bool = False
) -> Thread:
    """Six statements, however long it is. `everything` shows all messages."""
    files = _files(session, interest.id)
    allowed = actions(interest.state)
    agreements = _agreements(session, interest.id, own_id, files, allowed, now)
    outcomes = _outcomes(session, interest.id, own_id, files, allowed, now)
    total = session.scalar(sa.select(sa.func.count(Message.id)).where(Message.interest_id == interest.id)) or 0
    messages = _messages(session, interest.id, own_id, files, None if everything else LATEST)
    entries = [
        *_request(interest, own_id),
        *messages,
        *_steps(session, interest.id, own_id, {a.id: a for a in agreements}, {o.id: o for o in outcomes}),
    ]
    return Thread(
        tuple(sorted(entries, key=lambda entry: entry.at)),
        total - len(messages),
        messages[-1].ours if messages else None,
        agreements,
        outcomes,
        allowed,
    )


Files = dict[tuple[str, int], list[FileRow]]


def _files(session: Session, interest_id: int) -> Files:
    found: Files = {}
    for a in session.scalars(
        sa.select(Attachment).where(Attachment.interest_id == interest_id).order_by(Attachment.id)
    ):
        for place, number in (("message", a.message_id), ("agreement", a.agreement_id), ("outcome", a.outcome_id)):
            if number is not None:
                found.setdefault((place, number), []).append(FileRow(a.id, a.name, a.size))
    return found


def _agreements(
    session: Session, interest_id: int, own_id: int, files: Files, allowed: frozenset[ConnectionAction], now: datetime
) -> tuple[AgreementRow, ...]:
    found = sa.select(Agreement).where(Agreement.interest_id == interest_id)
    return tuple(
        agreement_row(a, own_id, files.get(("agreement", a.id), ()), allowed, now)
        for a in session.scalars(found.order_by(Agreement.recorded_at, Agreement.id))
    )


def _outcomes(
    session: Session, interest_id: int, own_id: int, files: Files, allowed: frozenset[ConnectionAction], now: datetime
) -> tuple[OutcomeRow, ...]:
    found = session.scalars(
        sa.select(Outcome).where(Outcome.interest_id == interest_id).order_by(Outcome.proposed_at, Outcome.id)
    ).all()
    waiting = {o.corrects_id for o in found if o.state is OutcomeState.PROPOSED}
    return tuple(outcome_row(o, own_id, files.get(("outcome", o.id), ()), o.id in waiting, allowed, now) for o in found)


def _messages(session: Session, interest_id: int, own_id: int, files: Files, limit: int | None) -> list[Entry]:
    found = sa.select(Message).where(Message.interest_id == interest_id).options(joinedload(Message.author))
    latest = session.scalars(found.order_by(Message.at.desc(), Message.id.desc()).limit(limit)).all()
    return [
        Entry(
            m.at,
            EntryKind.MESSAGE,
            m.organisation_id == own_id,
            m.author.name if m.author else None,
            m.text,
            tuple(files.get(("message", m.id), ())),
        )
        for m in reversed(latest)
    ]


def _steps(
    session: Session,
    interest_id: int,
    own_id: int,
    agreements: dict[int, AgreementRow],
    outcomes: dict[int, OutcomeRow],
) -> list[Entry]:
    found = sa.select(ConnectionStep).where(ConnectionStep.interest_id == interest_id)
    found = found.options(joinedload(ConnectionStep.author)).order_by(ConnectionStep.at, ConnectionStep.id)
    return [
        Entry(
            s.at,
            EntryKind.STEP,
            None if s.organisation_id is None else s.organisation_id == own_id,
            s.author.name if s.author else None,
            s.note,
            (),
            s.kind,
            s.reason,
            agreements.get(s.agreement_id or 0),
            outcomes.get(s.outcome_id or 0),
        )
        for s in session.scalars(found)
    ]


def _request(interest: ExpressionOfInterest, own_id: int) -> list[Entry]:
    """What stands on the interest itself."""
    asked = interest.from_organisation_id == own_id
    author = interest.author.name if interest.author else None
    answerer = interest.answered_by.name if interest.answered_by else None
    entries = []
    if interest.sent_at:
        entries.append(Entry(interest.sent_at, EntryKind.ASKED, asked, author, interest.message))
    if interest.reminded_at:
        entries.append(Entry(interest.reminded_at, EntryKind.REMINDED, None))
    if interest.escalated_at:
        entries.append(Entry(interest.escalated_at, EntryKind.LATE, None))
    if interest.answered_at:
        reason = interest.decline_reason
        entries.append(
            Entry(interest.answered_at, EntryKind.ANSWERED, not asked, answerer, interest.reply, reason=reason)
        )
    elif interest.state is InterestState.WITHDRAWN:
        entries.append(Entry(interest.updated_at, EntryKind.WITHDRAWN, asked))
    return entries


def file(session: Session, interest_id: int, file_id: int) -> Attachment:
    """A file of this connection. Raises NotFound for any other."""
    found = session.scalar(sa.select(Attachment).where(Attachment.id == file_id, Attachment.interest_id == interest_id))
    if found is None:
        raise NotFound
    return found
