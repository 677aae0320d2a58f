"""What a reviewer does: names ties, says of each application whether there is a conflict, fills in a scorecard.

Nothing of an application is shown before the ties are named and the conflict is denied. Managers read whose application
it is and therefore never review. See models.reviews for what stays hidden, and until when.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Application, Call, Organisation, Review, ReviewerDeclaration, ReviewScore, User
from models.applications import ApplicationState
from models.audit import record
from models.calls import HIGHEST, LOWEST
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.reviews import ReviewState, Tie
from models.states import REVIEW, move
from models.texts import fold
from models.types import MembershipRole
from network.services import permits
from network.services.intake import mail_facts, runner
from network.services.outbox import post_to_organisation

MOST_NAMES, NAME_LENGTH, COMMENT_LENGTH = 50, 200, 4000
SHORTEST_NAME = 4
"""A shorter name counts only when it is the whole name: too many contain it."""


@dataclass(frozen=True)
class Scorecard:
    """Points and comments by the id of the criterion, and a comment on the whole."""

    points: Mapping[int, int | None] = field(default_factory=dict)
    comments: Mapping[int, str] = field(default_factory=dict)
    comment: str = ""


def reviews_for(actor: User, organisation: Organisation) -> None:
    """Raises NotPermitted for a stranger, and for a manager: whoever reads the names does not review."""
    permits.member_of(actor, organisation.id)
    membership = actor.membership_of(organisation.id)
    if membership is not None and membership.role is MembershipRole.MANAGER:
        raise NotPermitted("manager_cannot_review")


def find_own(session: Session, actor: User, organisation: Organisation, review_id: int) -> Review:
    """A review this person was asked for. What was set aside or given to somebody else does not exist any more."""
    reviews_for(actor, organisation)
    review = session.get(Review, review_id)
    if review is None or review.reviewer_id != actor.id or review.state is ReviewState.RELEASED:
        raise NotFound
    if review.state is ReviewState.CONFLICT and review.tie is not Tie.SAID:
        raise NotFound
    if review.application.call.programme.organisation_id != organisation.id:
        raise NotFound
    return review


def find_call(session: Session, actor: User, organisation: Organisation, call_id: int) -> Call:
    """A call of this organisation of which the person reviews something. Raises NotFound otherwise."""
    reviews_for(actor, organisation)
    asked = (
        sa.select(Review.id)
        .join(Application)
        .where(Application.call_id == call_id, Review.reviewer_id == actor.id, Review.state != ReviewState.RELEASED)
    )
    call = session.get(Call, call_id)
    if call is None or call.programme.organisation_id != organisation.id or session.scalar(asked.limit(1)) is None:
        raise NotFound
    return call


def declare(session: Session, actor: User, call: Call, names: Sequence[str], *, now: datetime) -> ReviewerDeclaration:
    """The organisations the reviewer has ties with. Applications of those are set aside without a word on which.

    Names may be added later; what was named stays named.
    """
    reviews_for(actor, runner(call))
    typed = [" ".join(name.split())[:NAME_LENGTH] for name in names]
    declaration = session.get(ReviewerDeclaration, (call.id, actor.id))
    if declaration is None:
        declaration = ReviewerDeclaration(call_id=call.id, user_id=actor.id, names=[], declared_at=now)
        session.add(declaration)
    declaration.names = list(dict.fromkeys([*declaration.names, *filter(None, typed)]))[:MOST_NAMES]
    record(session, actor, "review.declare", call, now=now, organisation_id=runner(call).id)
    open_states = (ReviewState.ASSIGNED, ReviewState.IN_PROGRESS, ReviewState.SUBMITTED)
    mine = (
        sa.select(Review)
        .join(Application)
        .where(Application.call_id == call.id, Review.reviewer_id == actor.id, Review.state.in_(open_states))
    )
    for review in session.scalars(mine.order_by(Review.id)).all():
        tie = tie_of(actor, review.application.organisation, declaration.names)
        if tie is not None:
            set_aside(session, actor, review, tie, "", now=now)
    return declaration


def tie_of(reviewer: User, applicant: Organisation, names: Iterable[str]) -> Tie | None:
    """Whether the reviewer belongs to the applicant or has named it, with or without diacritics, in full or in part."""
    if reviewer.membership_of(applicant.id) is not None:
        return Tie.MEMBER
    own = [fold(" ".join(name.split())) for name in (applicant.name.vi, applicant.name.en) if name]
    for name in (fold(name) for name in names):
        for full in own:
            shorter, longer = sorted((name, full), key=len)
            if name == full or (len(shorter) >= SHORTEST_NAME and shorter in longer):
                return Tie.NAMED
    return None


def clear(session: Session, actor: User, review: Review, *, now: datetime) -> Review:
    """ "I have no conflict of interest": from here on the application is shown. Raises Conflict before ties are named.

    A tie the site knows of sets the application aside all the same.
    """
    call = review.application.call
    reviews_for(actor, runner(call))
    declaration = session.get(ReviewerDeclaration, (call.id, actor.id))
    if declaration is None:
        raise Conflict("declaration_missing")
    _being_read(review)
    if review.state is not ReviewState.ASSIGNED:
        raise Conflict("review_not_open", current=review.state.value)
    tie = tie_of(actor, review.application.organisation, declaration.names)
    if tie is not None:
        return set_aside(session, actor, review, tie, "", now=now)
    review.state = move(REVIEW, review.state, ReviewState.IN_PROGRESS)
    review.cleared_at = now
    _record(session, actor, "review.clear", review, now)
    return review


def report_conflict(session: Session, actor: User, review: Review, note: str, *, now: datetime) -> Review:
    """ "I have a conflict of interest", at whatever point the reviewer becomes aware of it. The managers are told."""
    reviews_for(actor, runner(review.application.call))
    _being_read(review)
    return set_aside(session, actor, review, Tie.SAID, note, now=now)


def set_aside(session: Session, actor: User, review: Review, tie: Tie, note: str, *, now: datetime) -> Review:
    """No review by this person: the scores given so far are removed, and the managers find somebody else."""
    review.state = move(REVIEW, review.state, ReviewState.CONFLICT)
    review.tie, review.tie_note = tie, note.strip()[:COMMENT_LENGTH] or None
    review.scores, review.comment, review.submitted_at = [], None, None
    _record(session, actor, "review.conflict", review, now, tie=tie.value)
    call = review.application.call
    facts = {"application_id": review.application_id, **mail_facts(call), "number": review.application.number}
    post_to_organisation(session, runner(call), "review_conflict", **facts)
    return review


def save_scores(session: Session, actor: User, review: Review, card: Scorecard, *, now: datetime) -> Review:
    """What the reviewer thinks so far; gaps are allowed. Raises Conflict before the conflict is denied, after it was
    sent and once the application is decided; Invalid for points outside the scale.
    """
    reviews_for(actor, runner(review.application.call))
    _being_read(review)
    if review.state is not ReviewState.IN_PROGRESS:
        raise Conflict("review_not_open", current=review.state.value)
    if any(value is not None and not LOWEST <= value <= HIGHEST for value in card.points.values()):
        raise Invalid("points_outside")
    present = {score.criterion_id: score for score in review.scores}
    for criterion in review.application.call.criteria:
        score = present.get(criterion.id)
        if score is None:
            score = ReviewScore(criterion_id=criterion.id)
            review.scores.append(score)
        score.points = card.points.get(criterion.id)
        score.comment = card.comments.get(criterion.id, "").strip()[:COMMENT_LENGTH] or None
    review.comment = card.comment.strip()[:COMMENT_LENGTH] or None
    _record(session, actor, "review.save", review, now)
    return review


def submit_review(session: Session, actor: User, review: Review, card: Scorecard, *, now: datetime) -> Review:
    """The scorecard as it counts. Raises Invalid for a criterion without points or no comment on the whole."""
    if any(card.points.get(c.id) is None for c in review.application.call.criteria):
        raise Invalid("points_missing")
    if not card.comment.strip():
        raise Invalid("comment_missing")
    save_scores(session, actor, review, card, now=now)
    review.state = move(REVIEW, review.state, ReviewState.SUBMITTED)
    review.submitted_at, review.look_again = now, None
    _record(session, actor, "review.submit", review, now)
    return review


def _being_read(review: Review) -> None:
    if review.application.state is not ApplicationState.UNDER_REVIEW:
        raise Conflict("application_decided", current=review.application.state.value)


def _record(session: Session, actor: User, action: str, review: Review, now: datetime, **data: object) -> None:
    """Neither names nor points: members of the centre may read its trail."""
    centre = runner(review.application.call).id
    record(session, actor, action, review, now=now, organisation_id=centre, **data)
