"""The applications to a call for the managers of its centre, with what reviewers say and who is still missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Application, Call, Membership, Programme, Review, User
from models.applications import ApplicationState
from models.errors import NotFound
from models.reviews import ReviewState, Tie
from models.scorecards import apart, mean, total
from models.types import DeclineReason, MembershipRole, Stage
from network.queries.applications import AnswerRow, LetterRow, answer_rows, letter_rows, waiting_places
from network.queries.calls import LISTS, LOADED, CallDetail, call_detail
from network.queries.cards import OrganisationRef, organisation_ref
from network.services.reviewing import possible_reviewers


@dataclass(frozen=True)
class ReviewRow:
    """One review for the managers. `gone`: the person can no longer finish it. `total` once it was sent."""

    id: int
    reviewer_id: int | None
    reviewer: str | None
    gone: bool
    state: ReviewState
    tie: Tie | None
    tie_note: str | None
    points: dict[int, int | None]
    comments: dict[int, str | None]
    comment: str | None
    total: float | None
    look_again: str | None
    submitted_at: datetime | None

    @property
    def missing(self) -> bool:
        return self.state in (ReviewState.ASSIGNED, ReviewState.IN_PROGRESS)


@dataclass(frozen=True)
class ReceivedRow:
    """`apart` are the criteria on which reviewers differ by more than the call allows, and by how many points."""

    id: int
    number: int
    title: str
    organisation: OrganisationRef
    state: ApplicationState
    stage: Stage | None
    submitted_at: datetime
    mean: float | None
    reviews: tuple[ReviewRow, ...]
    apart: dict[int, int]
    talked_over: str | None
    place: int | None
    over_capacity: bool
    elsewhere: int

    @property
    def sent(self) -> int:
        return sum(1 for r in self.reviews if r.state is ReviewState.SUBMITTED)

    @property
    def missing(self) -> tuple[ReviewRow, ...]:
        """Who was asked and has not sent a scorecard."""
        return tuple(r for r in self.reviews if r.missing)

    @property
    def to_talk_over(self) -> bool:
        return bool(self.apart) and not self.talked_over


@dataclass(frozen=True)
class Reviewer:
    id: int
    name: str
    open_reviews: int


@dataclass(frozen=True)
class Received:
    """`lacking` applications have fewer reviews than wanted, there or to come."""

    call: CallDetail
    reviews_wanted: int
    spread: int
    pass_mark: float
    rows: tuple[ReceivedRow, ...]
    reviewers: tuple[Reviewer, ...]

    def of(self, *states: ApplicationState) -> tuple[ReceivedRow, ...]:
        return tuple(row for row in self.rows if row.state in states)

    @property
    def lacking(self) -> tuple[ReceivedRow, ...]:
        reading = self.of(ApplicationState.UNDER_REVIEW)
        return tuple(r for r in reading if r.sent + len(r.missing) < self.reviews_wanted)

    @property
    def to_talk_over(self) -> tuple[ReceivedRow, ...]:
        return tuple(r for r in self.of(ApplicationState.UNDER_REVIEW) if r.to_talk_over)


@dataclass(frozen=True)
class ReceivedDetail:
    row: ReceivedRow
    received: Received
    summary: str
    team: str
    answers: tuple[AnswerRow, ...]
    letters: tuple[LetterRow, ...]
    reason: DeclineReason | None


def received(session: Session, organisation_id: int, call_id: int, *, today: date) -> Received:
    """Everything that was sent to a call, by number. Eleven statements. Raises NotFound for the call of another."""
    call = _call(session, organisation_id, call_id)
    return _received(session, call, _sent(session, call_id), today)


def received_one(session: Session, organisation_id: int, application_id: int, *, today: date) -> ReceivedDetail:
    """One application in full. Fourteen statements. Raises NotFound for a draft, or for another centre's."""
    found = sa.select(Application.call_id).where(
        Application.id == application_id, Application.submitted_at.is_not(None)
    )
    call_id = session.scalar(found)
    if call_id is None:
        raise NotFound
    call = _call(session, organisation_id, call_id)
    one = _sent(session, call_id, application_id)
    whole = _received(session, call, one, today)
    a = one[0]
    return ReceivedDetail(whole.rows[0], whole, a.summary, a.team, answer_rows(a), letter_rows(a), a.reason)


def _call(session: Session, organisation_id: int, call_id: int) -> Call:
    found = sa.select(Call).join(Call.programme).where(Call.id == call_id, Programme.organisation_id == organisation_id)
    call = session.scalar(found.options(*LOADED, *LISTS))
    if call is None:
        raise NotFound
    return call


def _sent(session: Session, call_id: int, application_id: int | None = None) -> Sequence[Application]:
    found = sa.select(Application).where(Application.call_id == call_id, Application.submitted_at.is_not(None))
    if application_id is not None:
        found = found.where(Application.id == application_id)
        found = found.options(selectinload(Application.answers), selectinload(Application.letters))
    return session.scalars(found.options(joinedload(Application.organisation)).order_by(Application.number)).all()


def _received(session: Session, call: Call, applications: Sequence[Application], today: date) -> Received:
    reviews = _reviews(session, call, [a.id for a in applications])
    places, elsewhere = waiting_places(session, [call.id]), _elsewhere(session, call, applications)
    rows = tuple(_row(a, call, reviews.get(a.id, ()), places, elsewhere) for a in applications)
    organisation = call.programme.organisation
    assert organisation is not None
    people = possible_reviewers(session, organisation)
    load = _load(session, call.id)
    reviewers = tuple(Reviewer(p.id, p.name, load.get(p.id, 0)) for p in people)
    return Received(call_detail(call, today), call.reviews_wanted, call.spread, call.pass_mark, rows, reviewers)


def _row(
    a: Application, call: Call, reviews: Iterable[ReviewRow], places: dict[int, int], elsewhere: dict[int, int]
) -> ReceivedRow:
    reviews = tuple(reviews)
    sent = [r for r in reviews if r.state is ReviewState.SUBMITTED]
    assert a.submitted_at is not None
    return ReceivedRow(
        a.id,
        a.number or 0,
        a.title,
        organisation_ref(a.organisation),
        a.state,
        a.stage,
        a.submitted_at,
        mean(r.total for r in sent),
        reviews,
        apart([r.points for r in sent], call.spread),
        a.talked_over,
        places.get(a.id),
        a.over_capacity,
        elsewhere.get(a.organisation_id, 0),
    )


def _reviews(session: Session, call: Call, application_ids: list[int]) -> dict[int, list[ReviewRow]]:
    """All that were not taken back. Three statements."""
    managers = sa.select(Membership.user_id).where(
        Membership.organisation_id == call.programme.organisation_id, Membership.role == MembershipRole.MANAGER
    )
    members = sa.select(Membership.user_id).where(Membership.organisation_id == call.programme.organisation_id)
    unfit = sa.or_(Review.reviewer_id.is_(None), Review.reviewer_id.in_(managers), Review.reviewer_id.not_in(members))
    found = (
        sa.select(Review, unfit)
        .where(Review.application_id.in_(application_ids), Review.state != ReviewState.RELEASED)
        .options(joinedload(Review.reviewer), selectinload(Review.scores))
        .order_by(Review.id)
    )
    weights = {c.id: c.weight for c in call.criteria}
    rows: dict[int, list[ReviewRow]] = {}
    for review, gone in session.execute(found):
        rows.setdefault(review.application_id, []).append(_review_row(review, gone, weights))
    return rows


def _review_row(r: Review, gone: bool, weights: dict[int, int]) -> ReviewRow:
    points = {s.criterion_id: s.points for s in r.scores}
    return ReviewRow(
        r.id,
        r.reviewer_id,
        r.reviewer.name if r.reviewer else None,
        bool(gone) and r.state in (ReviewState.ASSIGNED, ReviewState.IN_PROGRESS),
        r.state,
        r.tie,
        r.tie_note,
        points if r.state is ReviewState.SUBMITTED else {},
        {s.criterion_id: s.comment for s in r.scores} if r.state is ReviewState.SUBMITTED else {},
        r.comment if r.state is ReviewState.SUBMITTED else None,
        total(points, weights) if r.state is ReviewState.SUBMITTED else None,
        r.look_again,
        r.submitted_at,
    )


def _elsewhere(session: Session, call: Call, applications: Sequence[Application]) -> dict[int, int]:
    """How many other applications of the same organisations stand at calls of this centre."""
    standing = (
        ApplicationState.SUBMITTED,
        ApplicationState.UNDER_REVIEW,
        ApplicationState.ACCEPTED,
        ApplicationState.WAITLISTED,
    )
    rows = session.execute(
        sa.select(Application.organisation_id, sa.func.count(Application.id))
        .join(Application.call)
        .join(Call.programme)
        .where(
            Application.organisation_id.in_([a.organisation_id for a in applications]),
            Application.call_id != call.id,
            Application.state.in_(standing),
            Programme.organisation_id == call.programme.organisation_id,
        )
        .group_by(Application.organisation_id)
    )
    return {row[0]: row[1] for row in rows}


def _load(session: Session, call_id: int) -> dict[int, int]:
    """How many reviews of this call each person still has to write."""
    rows = session.execute(
        sa.select(User.id, sa.func.count(Review.id))
        .join(Review, Review.reviewer_id == User.id)
        .join(Review.application)
        .where(Application.call_id == call_id, Review.state.in_((ReviewState.ASSIGNED, ReviewState.IN_PROGRESS)))
        .group_by(User.id)
    )
    return {row[0]: row[1] for row in rows}
