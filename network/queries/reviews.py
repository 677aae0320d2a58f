"""What a reviewer reads: blind until the call is decided. No dataclass here holds what must stay hidden before that.

An application is its number, its field-free stage and, once a conflict is denied, its texts without those that name
people. Whose it is, what became of it and what the reviews came to on average is filled in after the decision only.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Application, Call, Programme, Review, ReviewerDeclaration, User
from models.applications import ApplicationState
from models.calls import CallState
from models.errors import NotFound
from models.reviews import ReviewState, Tie
from models.scorecards import mean, total
from models.types import Stage
from network.queries.applications import AnswerRow, answer_rows
from network.queries.calls import LISTS, LOADED, CallCard, CallDetail, call_card, call_detail
from network.queries.cards import OrganisationRef, organisation_ref

SHOWN = (ReviewState.IN_PROGRESS, ReviewState.SUBMITTED)
"""Reviews whose application may be read."""


@dataclass(frozen=True)
class DeskRow:
    """One review of one's own. `title` only once it may be read."""

    id: int
    number: int
    state: ReviewState
    title: str | None
    total: float | None
    waits: bool
    look_again: bool


@dataclass(frozen=True)
class DeskCall:
    """`declared`: the reviewer has named ties. `set_aside` reviews are not asked for because of those."""

    call: CallCard
    declared: bool
    names: tuple[str, ...]
    rows: tuple[DeskRow, ...]

    @property
    def waiting(self) -> int:
        return sum(1 for row in self.rows if row.waits)


@dataclass(frozen=True)
class Revealed:
    """What is told after the decision."""

    organisation: OrganisationRef
    state: ApplicationState
    mean: float | None


@dataclass(frozen=True)
class Texts:
    """What an application says, without what names people."""

    title: str
    summary: str
    answers: tuple[AnswerRow, ...]


@dataclass(frozen=True)
class ReviewCard:
    """`texts` is None until the reviewer has denied a conflict."""

    id: int
    number: int
    stage: Stage | None
    state: ReviewState
    call: CallDetail
    declared: bool
    being_read: bool
    texts: Texts | None
    points: dict[int, int | None]
    comments: dict[int, str | None]
    comment: str | None
    look_again: str | None
    submitted_at: datetime | None
    revealed: Revealed | None


def desk(session: Session, reviewer: User, organisation_id: int, *, today: date) -> tuple[DeskCall, ...]:
    """The reviews a person was asked for by this centre, by call; what waits comes first. Three statements."""
    found = session.scalars(_own(reviewer, organisation_id).order_by(Review.id)).all()
    calls = {r.application.call_id: r.application.call for r in found}
    declarations = {
        d.call_id: d
        for d in session.scalars(
            sa.select(ReviewerDeclaration).where(
                ReviewerDeclaration.user_id == reviewer.id, ReviewerDeclaration.call_id.in_(calls)
            )
        )
    }
    rows = [
        DeskCall(
            call_card(call, today),
            call_id in declarations,
            tuple(declarations[call_id].names) if call_id in declarations else (),
            tuple(_desk_row(r) for r in found if r.application.call_id == call_id and _listed(r)),
        )
        for call_id, call in calls.items()
    ]
    return tuple(sorted(rows, key=lambda row: (not row.waiting, row.call.decide_by, row.call.id)))


def review_card(session: Session, reviewer: User, organisation_id: int, review_id: int, *, today: date) -> ReviewCard:
    """One review of one's own. At most nine statements. Raises NotFound for what is not asked of this person."""
    found = _own(reviewer, organisation_id).where(Review.id == review_id)
    r = session.scalar(found.options(joinedload(Review.application).selectinload(Application.answers)))
    if r is None or not _listed(r):
        raise NotFound
    a, call = r.application, r.application.call
    shown = r.state in SHOWN
    declared = session.get(ReviewerDeclaration, (call.id, reviewer.id)) is not None
    return ReviewCard(
        r.id,
        a.number or 0,
        a.stage,
        r.state,
        call_detail(call, today),
        declared,
        a.state is ApplicationState.UNDER_REVIEW,
        Texts(a.title, a.summary, answer_rows(a, naming_people=False)) if shown else None,
        {s.criterion_id: s.points for s in r.scores},
        {s.criterion_id: s.comment for s in r.scores},
        r.comment,
        r.look_again,
        r.submitted_at,
        _revealed(session, r) if shown and call.state is CallState.DECIDED else None,
    )


def waiting_for(session: Session, reviewer: User, organisation_id: int) -> int:
    """How many reviews this person still has to write for the centre. One statement."""
    found = (
        sa.select(sa.func.count(Review.id))
        .join(Review.application)
        .join(Application.call)
        .join(Call.programme)
        .where(
            Review.reviewer_id == reviewer.id,
            Review.state.in_((ReviewState.ASSIGNED, ReviewState.IN_PROGRESS)),
            Application.state == ApplicationState.UNDER_REVIEW,
            Programme.organisation_id == organisation_id,
        )
    )
    return session.scalar(found) or 0


def _own(reviewer: User, organisation_id: int) -> sa.Select[Any]:
    return (
        sa.select(Review)
        .join(Review.application)
        .join(Application.call)
        .join(Call.programme)
        .where(
            Review.reviewer_id == reviewer.id,
            Review.state != ReviewState.RELEASED,
            Programme.organisation_id == organisation_id,
        )
        .options(
            selectinload(Review.scores),
            joinedload(Review.application).joinedload(Application.call).options(*LOADED, *LISTS),
        )
    )


def _listed(r: Review) -> bool:
    """What was set aside for a tie the site found is not shown: its number would tell whose it is."""
    return r.state is not ReviewState.CONFLICT or r.tie is Tie.SAID


def _desk_row(r: Review) -> DeskRow:
    a = r.application
    weights = {c.id: c.weight for c in a.call.criteria}
    waits = a.state is ApplicationState.UNDER_REVIEW and r.state in (ReviewState.ASSIGNED, ReviewState.IN_PROGRESS)
    points = {s.criterion_id: s.points for s in r.scores}
    return DeskRow(
        r.id,
        a.number or 0,
        r.state,
        a.title if r.state in SHOWN else None,
        total(points, weights) if r.state is ReviewState.SUBMITTED else None,
        waits,
        r.look_again is not None,
    )


def _revealed(session: Session, r: Review) -> Revealed:
    a = session.scalars(
        sa.select(Application).where(Application.id == r.application_id).options(joinedload(Application.organisation))
    ).one()
    weights = {c.id: c.weight for c in a.call.criteria}
    sent = session.scalars(
        sa.select(Review)
        .where(Review.application_id == a.id, Review.state == ReviewState.SUBMITTED)
        .options(selectinload(Review.scores))
    )
    totals = [total({s.criterion_id: s.points for s in each.scores}, weights) for each in sent]
    return Revealed(organisation_ref(a.organisation), a.state, mean(totals))
