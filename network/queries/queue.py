"""Everything that waits for a centre in one queue, what is due first at its head.

`_KINDS` says what waits, as SQL; only the rows of one page are loaded. A fixed number of statements, however long the
queue is.
"""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from models import (
    Call,
    Challenge,
    ChallengeAnswer,
    ExpressionOfInterest,
    Match,
    Meeting,
    Message,
    Need,
    Outcome,
    Programme,
    User,
)
from models.calls import CallState
from models.challenges import OPEN_ANSWERS
from models.connections import OPEN
from models.meetings import MeetingSlot, MeetingState
from models.outcomes import OutcomeState
from models.types import InterestState, MatchSide
from network.queries import visible
from network.queries.interests import WAITING
from network.queries.matches import TABS
from network.queries.paging import Page

SIZE = 25
"""Rows of a page: what one can still survey, and decide at once."""


class Kind(enum.StrEnum):
    """What can wait. Of two without a day, or with the same one, the earlier kind comes first."""

    INTEREST = "interest"
    OUTCOME = "outcome"
    DISPUTE = "dispute"
    MEETING = "meeting"
    CALL = "call"
    MESSAGE = "message"
    ANSWER = "answer"
    MATCH = "match"


class Step(enum.StrEnum):
    """What can be decided in the queue itself: a suggestion is put on the shortlist, or set aside."""

    ACCEPT = "accept"
    DECLINE = "decline"


DECIDED_HERE = (Kind.INTEREST, Kind.ANSWER, Kind.MATCH)
ANSWERED = (Kind.INTEREST, Kind.ANSWER)
"""Kinds of which another side reads the decision."""


@dataclass(frozen=True)
class Key:
    kind: Kind
    id: int

    def __str__(self) -> str:
        return f"{self.kind.value}-{self.id}"

    @classmethod
    def read(cls, text: str) -> "Key | None":
        kind, _dash, number = text.partition("-")
        return cls(Kind(kind), int(number)) if kind in set(Kind) and number.isdecimal() else None


@dataclass(frozen=True)
class Keys:
    """One page of the queue by keys. `after` is the first key of the next page, `numbers` counts each kind."""

    page: Page[Key]
    after: Key | None
    numbers: Mapping[Kind, int]

    def next_to(self, chosen: Iterable[Key]) -> Key | None:
        """Where to go on once these are decided: the first that stays after the last of them, else the one before."""
        gone = set(chosen)
        row = [*self.page.items, *([self.after] if self.after else [])]
        last = max((place for place, key in enumerate(row) if key in gone), default=-1)
        behind = [key for key in row[last + 1 :] if key not in gone]
        before = [key for key in row[: last + 1] if key not in gone]
        return behind[0] if behind else before[-1] if before else None


def keys(session: Session, viewer: User, organisation_id: int, kind: Kind | None, number: int, *, today: date) -> Keys:
    """Two statements. `kind` narrows the page, not the numbers; a page past the end gives the last one."""
    whole = sa.union_all(*(_waiting(viewer, organisation_id, each, today) for each in Kind)).subquery()
    counted = sa.select(whole.c.kind, sa.func.count()).group_by(whole.c.kind)
    numbers = {Kind(name): count for name, count in session.execute(counted)}
    total = numbers.get(kind, 0) if kind else sum(numbers.values())
    number = min(max(1, number), max(1, -(-total // SIZE)))
    order = (whole.c.due.is_(None), whole.c.due, whole.c.rank, whole.c.since, whole.c.id)
    found = sa.select(whole.c.kind, whole.c.id).order_by(*order).limit(SIZE + 1).offset((number - 1) * SIZE)
    if kind:
        found = found.where(whole.c.kind == kind.value)
    rows = [Key(Kind(name), entry_id) for name, entry_id in session.execute(found)]
    after = rows[SIZE] if len(rows) > SIZE else None
    return Keys(Page(tuple(rows[:SIZE]), number, SIZE, total), after, {k: numbers[k] for k in Kind if numbers.get(k)})


def still_waiting(
    session: Session, viewer: User, organisation_id: int, chosen: Sequence[Key], *, today: date
) -> frozenset[Key]:
    """Those of the keys that wait now. One statement."""
    parts = []
    for kind in Kind:
        ids = [key.id for key in chosen if key.kind is kind]
        part = _waiting(viewer, organisation_id, kind, today).subquery()
        parts.append(sa.select(part.c.kind, part.c.id).where(part.c.id.in_(ids)))
    return frozenset(Key(Kind(name), entry_id) for name, entry_id in session.execute(sa.union_all(*parts)))


def _waiting(viewer: User, own_id: int, kind: Kind, today: date) -> sa.Select[Any]:
    """Columns kind, id, due, rank, since of everything of one kind that waits."""
    entry_id, due, since, found = _KINDS[kind](viewer, own_id, today)
    named: Any = sa.literal_column(f"'{kind.value}'").label("kind")
    rank: Any = sa.literal_column(str(list(Kind).index(kind))).label("rank")
    columns = (named, entry_id.label("id"), due.label("due"), rank, since.label("since"))
    return found.with_only_columns(*columns)


_NO_DAY = sa.cast(sa.null(), sa.DateTime(timezone=True))
_Part = tuple[Any, Any, Any, sa.Select[Any]]


def _sides(own_id: int) -> sa.ColumnElement[bool]:
    interest = ExpressionOfInterest
    return sa.or_(interest.from_organisation_id == own_id, interest.to_organisation_id == own_id)


def _interests(viewer: User, own_id: int, today: date) -> _Part:
    e = ExpressionOfInterest
    found = sa.select(e).where(e.to_organisation_id == own_id, e.sent_at.is_not(None), e.state.in_(WAITING))
    return e.id, e.reply_by, e.sent_at, found


def _outcomes(viewer: User, own_id: int, today: date) -> _Part:
    found = sa.select(Outcome).join(Outcome.interest)
    found = found.where(Outcome.state == OutcomeState.PROPOSED, Outcome.organisation_id != own_id, _sides(own_id))
    return Outcome.id, Outcome.confirm_by, Outcome.proposed_at, found


def _disputes(viewer: User, own_id: int, today: date) -> _Part:
    found = sa.select(Outcome).where(Outcome.state == OutcomeState.DISPUTED, Outcome.organisation_id == own_id)
    return Outcome.id, _NO_DAY, Outcome.settled_at, found


def _meetings(viewer: User, own_id: int, today: date) -> _Part:
    """Due before the first of the times proposed."""
    first = sa.select(sa.func.min(MeetingSlot.starts_at)).where(MeetingSlot.meeting_id == Meeting.id).scalar_subquery()
    found = sa.select(Meeting).join(Meeting.interest)
    found = found.where(
        Meeting.state == MeetingState.PROPOSED,
        Meeting.organisation_id != own_id,
        _sides(own_id),
        ExpressionOfInterest.state.in_(OPEN),
    )
    return Meeting.id, first, Meeting.proposed_at, found


def _calls(viewer: User, own_id: int, today: date) -> _Part:
    """Calls that have closed and promise a decision."""
    found = sa.select(Call).join(Call.programme)
    found = found.where(Call.state == CallState.PUBLISHED, Call.closes_on < today, Programme.organisation_id == own_id)
    return Call.id, Call.decide_by, Call.created_at, found


def _messages(viewer: User, own_id: int, today: date) -> _Part:
    """Talks in which the other side wrote last."""
    written = aliased(Message)
    last = sa.select(sa.func.max(written.id)).where(written.interest_id == Message.interest_id).scalar_subquery()
    found = sa.select(Message).join(ExpressionOfInterest, Message.interest_id == ExpressionOfInterest.id)
    found = found.where(
        ExpressionOfInterest.state == InterestState.IN_DISCUSSION,
        _sides(own_id),
        Message.id == last,
        Message.organisation_id != own_id,
    )
    return Message.id, _NO_DAY, Message.at, found


def _answers(viewer: User, own_id: int, today: date) -> _Part:
    found = sa.select(ChallengeAnswer).join(ChallengeAnswer.challenge)
    found = found.where(ChallengeAnswer.state.in_(OPEN_ANSWERS), Challenge.organisation_id == own_id)
    return ChallengeAnswer.id, _NO_DAY, ChallengeAnswer.sent_at, found


def _matches(viewer: User, own_id: int, today: date) -> _Part:
    """Suggestions not decided about, by the day on which help is needed."""
    found = sa.select(Match).join(Match.need)
    found = found.where(
        Match.organisation_id == own_id,
        Match.side == MatchSide.SUPPLIER,
        Match.state.in_(TABS["new"]),
        visible.entries(Need, viewer),
    )
    return Match.id, Need.needed_by, Match.created_at, found


_KINDS = {
    Kind.INTEREST: _interests,
    Kind.OUTCOME: _outcomes,
    Kind.DISPUTE: _disputes,
    Kind.MEETING: _meetings,
    Kind.CALL: _calls,
    Kind.MESSAGE: _messages,
    Kind.ANSWER: _answers,
    Kind.MATCH: _matches,
}
