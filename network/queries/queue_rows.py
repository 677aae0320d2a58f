"""The rows of the queue: what a centre reads about each thing that waits, enough to decide on most of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from matching.questions import Reason
from models import (
    Application,
    Call,
    Challenge,
    ChallengeAnswer,
    ExpressionOfInterest,
    Match,
    Meeting,
    Message,
    Need,
    Organisation,
    Outcome,
    Programme,
    User,
)
from models.applications import ApplicationState
from models.outcomes import OutcomeKind
from models.texts import Bilingual
from models.types import AnswerState, InterestState, MatchSide, MatchState
from network.queries import visible
from network.queries.cards import OrganisationRef, organisation_ref
from network.queries.interests import sent
from network.queries.matches import LOADED, match_row
from network.queries.queue import DECIDED_HERE, Key, Kind
from network.services.needs import HANOI


@dataclass(frozen=True)
class QueueRow:
    """`place` are the arguments of its page. `words` is what the other side wrote; `state` how it stands now, for what
    is decided in the queue. `late`: `due` has passed. A suggestion has no deadline, only the day help is needed by."""

    key: Key
    title: Bilingual
    place: Mapping[str, int]
    who: OrganisationRef | None = None
    words: str = ""
    subject: Bilingual | None = None
    due: datetime | None = None
    late: bool = False
    needed_by: date | None = None
    state: InterestState | AnswerState | MatchState | None = None
    reasons: tuple[Reason, ...] = ()
    outcome: OutcomeKind | None = None
    number: int = 0

    @property
    def decided_here(self) -> bool:
        return self.key.kind in DECIDED_HERE


def rows(
    session: Session, viewer: User, organisation: Organisation, keys: Sequence[Key], *, now: datetime
) -> tuple[QueueRow, ...]:
    """The rows of these keys in their order, whatever state they are in; without those of others. Ten statements."""
    found: dict[Key, QueueRow] = {}
    for kind, load in _LOAD.items():
        ids = [key.id for key in keys if key.kind is kind]
        for row in load(session, viewer, organisation.id, ids, now):
            found[row.key] = row
    return tuple(found[key] for key in keys if key in found)


def _interests(session: Session, viewer: User, own_id: int, ids: Sequence[int], now: datetime) -> Iterable[QueueRow]:
    e = ExpressionOfInterest
    for i in session.scalars(sent(own_id).where(e.id.in_(ids), e.to_organisation_id == own_id)):
        subject = i.offer or i.technology
        yield QueueRow(
            Key(Kind.INTEREST, i.id),
            i.need.title,
            {"interest_id": i.id},
            organisation_ref(i.from_organisation),
            i.message,
            subject.title if subject else None,
            **_due(i.reply_by, now),
            state=i.state,
        )


def _outcomes(kind: Kind) -> "Load":
    def load(session: Session, viewer: User, own_id: int, ids: Sequence[int], now: datetime) -> Iterable[QueueRow]:
        found = sa.select(Outcome).join(Outcome.interest).where(Outcome.id.in_(ids), _ours(own_id))
        for o in session.scalars(found.options(_connection(Outcome.interest))):
            due = o.confirm_by if kind is Kind.OUTCOME else None
            yield QueueRow(Key(kind, o.id), *_talk(o.interest, own_id), outcome=o.kind, **_due(due, now))

    return load


def _meetings(session: Session, viewer: User, own_id: int, ids: Sequence[int], now: datetime) -> Iterable[QueueRow]:
    found = sa.select(Meeting).join(Meeting.interest).where(Meeting.id.in_(ids), _ours(own_id))
    for m in session.scalars(found.options(_connection(Meeting.interest), selectinload(Meeting.slots))):
        first = m.slots[0].starts_at if m.slots else None
        yield QueueRow(Key(Kind.MEETING, m.id), *_talk(m.interest, own_id), words=m.subject, **_due(first, now))


def _calls(session: Session, viewer: User, own_id: int, ids: Sequence[int], now: datetime) -> Iterable[QueueRow]:
    waiting = sa.select(sa.func.count(Application.id)).where(
        Application.call_id == Call.id,
        Application.state.in_((ApplicationState.SUBMITTED, ApplicationState.UNDER_REVIEW)),
    )
    found = sa.select(Call, waiting.scalar_subquery()).join(Call.programme)
    found = found.where(Call.id.in_(ids), Programme.organisation_id == own_id)
    for call, number in session.execute(found.options(contains_eager(Call.programme))):
        key, due = Key(Kind.CALL, call.id), datetime.combine(call.decide_by, time.max, HANOI)
        name, place = call.programme.name, {"call_id": call.id}
        yield QueueRow(key, name, place, subject=call.name, number=number, **_due(due, now))


def _messages(session: Session, viewer: User, own_id: int, ids: Sequence[int], now: datetime) -> Iterable[QueueRow]:
    found = sa.select(Message).join(Message.interest).where(Message.id.in_(ids), _ours(own_id))
    for m in session.scalars(found.options(_connection(Message.interest))):
        yield QueueRow(Key(Kind.MESSAGE, m.id), *_talk(m.interest, own_id), words=m.text)


def _answers(session: Session, viewer: User, own_id: int, ids: Sequence[int], now: datetime) -> Iterable[QueueRow]:
    a = ChallengeAnswer
    found = sa.select(a).join(a.challenge).where(a.id.in_(ids), Challenge.organisation_id == own_id)
    loads = (contains_eager(a.challenge), joinedload(a.organisation), joinedload(a.offer), joinedload(a.technology))
    for answer in session.scalars(found.options(*loads)):
        subject = answer.offer or answer.technology
        yield QueueRow(
            Key(Kind.ANSWER, answer.id),
            answer.challenge.title,
            {"challenge_id": answer.challenge_id, "answer_id": answer.id},
            organisation_ref(answer.organisation),
            answer.text,
            subject.title if subject else None,
            state=answer.state,
        )


def _matches(session: Session, viewer: User, own_id: int, ids: Sequence[int], now: datetime) -> Iterable[QueueRow]:
    found = sa.select(Match).join(Match.need).join(Need.organisation)
    mine = (Match.organisation_id == own_id, Match.side == MatchSide.SUPPLIER, visible.entries(Need, viewer))
    for match in session.scalars(found.where(Match.id.in_(ids), *mine).options(*LOADED)):
        row = match_row(match)
        yield QueueRow(
            Key(Kind.MATCH, match.id),
            row.need.title,
            {"need_id": row.need.id},
            row.need.organisation,
            subject=row.title,
            needed_by=row.need.needed_by,
            state=row.state,
            reasons=row.reasons,
        )


def _ours(own_id: int) -> sa.ColumnElement[bool]:
    e = ExpressionOfInterest
    return sa.or_(e.from_organisation_id == own_id, e.to_organisation_id == own_id)


def _connection(interest: Any) -> Any:
    e = ExpressionOfInterest
    return contains_eager(interest).options(
        joinedload(e.need), joinedload(e.from_organisation), joinedload(e.to_organisation)
    )


def _talk(interest: ExpressionOfInterest, own_id: int) -> tuple[Bilingual, Mapping[str, int], OrganisationRef]:
    """What every row of a connection says: about which need, where it is found, with whom."""
    asked = interest.to_organisation_id == own_id
    other = interest.from_organisation if asked else interest.to_organisation
    return interest.need.title, {"interest_id": interest.id}, organisation_ref(other)


def _due(moment: datetime | None, now: datetime) -> dict[str, Any]:
    return {"due": moment, "late": moment is not None and moment <= now}


Load = Callable[[Session, User, int, Sequence[int], datetime], Iterable[QueueRow]]
_LOAD: Mapping[Kind, Load] = {
    Kind.INTEREST: _interests,
    Kind.OUTCOME: _outcomes(Kind.OUTCOME),
    Kind.DISPUTE: _outcomes(Kind.DISPUTE),
    Kind.MEETING: _meetings,
    Kind.CALL: _calls,
    Kind.MESSAGE: _messages,
    Kind.ANSWER: _answers,
    Kind.MATCH: _matches,
}
