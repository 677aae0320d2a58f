"""What the managers of a centre do about reviews: ask people, share applications out, take back, have a second look.

Asked are members of the centre who do not manage it. Whoever belongs to an applicant, or has named it as a tie, is
never given its application: the review is set aside at once, and counts as missing.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from models import Application, Call, Membership, Organisation, Review, ReviewerDeclaration, User
from models.applications import ApplicationState
from models.audit import record
from models.errors import Conflict, Invalid, NotFound
from models.reviews import ReviewState
from models.states import REVIEW, move
from models.types import MembershipRole
from network.services import permits
from network.services.intake import impartial, mail_facts, runner
from network.services.outbox import post
from network.services.reviews import COMMENT_LENGTH, tie_of

COUNTING = (ReviewState.ASSIGNED, ReviewState.IN_PROGRESS, ReviewState.SUBMITTED)
"""Reviews that are there or may still come."""


def possible_reviewers(session: Session, organisation: Organisation) -> list[User]:
    """Members of the centre who do not manage it, by name. Two statements."""
    found = (
        sa.select(User)
        .join(Membership)
        .where(Membership.organisation_id == organisation.id, Membership.role != MembershipRole.MANAGER, User.active)
        .options(selectinload(User.memberships))
        .order_by(User.name, User.id)
    )
    return list(session.scalars(found))


def assign(
    session: Session, actor: User, application: Application, user_ids: Collection[int], *, now: datetime
) -> list[Review]:
    """Asks these members to review one application; who has it already is passed over.

    Raises Conflict unless the application is under review, Invalid for nobody or somebody who may not be asked.
    """
    people = _people(session, actor, application.call, user_ids)
    _being_read(application)
    reviews = _add(session, actor, [(application, person) for person in people], now)
    _tell(session, application.call, reviews)
    return reviews


def share_out(session: Session, actor: User, call: Call, user_ids: Collection[int], *, now: datetime) -> list[Review]:
    """Shares the applications that lack reviews out among these members, evenly and past all known ties.

    Raises Invalid for nobody, Conflict('nothing_to_share') when no application lacks a review they could write.
    """
    people = _people(session, actor, call, user_ids)
    applications = list(
        session.scalars(
            sa.select(Application)
            .where(Application.call_id == call.id, Application.state == ApplicationState.UNDER_REVIEW)
            .order_by(Application.number)
        )
    )
    rows = session.execute(
        sa.select(Review.application_id, Review.reviewer_id, Review.state)
        .join(Application)
        .where(Application.call_id == call.id)
    ).all()
    known = {(application_id, reviewer_id) for application_id, reviewer_id, _ in rows}
    have = {a.id: sum(1 for id_, _, state in rows if id_ == a.id and state in COUNTING) for a in applications}
    lacking = [a for a in applications if have[a.id] < call.reviews_wanted]
    named = _declared(session, call)
    barred = {
        (n, m)
        for n, a in enumerate(lacking)
        for m, p in enumerate(people)
        if (a.id, p.id) in known or tie_of(p, a.organisation, named.get(p.id, ()))
    }
    pairs = _evenly([call.reviews_wanted - have[a.id] for a in lacking], len(people), barred)
    reviews = _add(session, actor, [(lacking[n], people[m]) for n, m in pairs], now)
    if not reviews:
        raise Conflict("nothing_to_share")
    _tell(session, call, reviews)
    return reviews


def _evenly(wanted: list[int], people: int, barred: Collection[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """As many reviews as can be had, with as even a load as that allows."""
    import numpy as np
    import scipy.sparse as sp

    from matching.allocate import allocate

    if not wanted or not people:
        return ()
    scores = sp.coo_array(np.ones((len(wanted), people)))
    most: tuple[tuple[int, int], ...] = allocate(scores, len(wanted), wanted, conflicts=barred).pairs
    for load in range(-(-len(most) // people), len(wanted) + 1):
        pairs = allocate(scores, load, wanted, conflicts=barred).pairs
        if len(pairs) == len(most):
            return pairs
    return most


def release(session: Session, actor: User, review: Review, *, now: datetime) -> Review:
    """Takes an assignment back that was not carried out. Raises Conflict for a scorecard that was sent."""
    _manages(actor, review.application)
    review.state = move(REVIEW, review.state, ReviewState.RELEASED)
    _record(session, actor, "review.release", review, now)
    return review


def look_again(session: Session, actor: User, review: Review, words: str, *, now: datetime) -> Review:
    """Gives a scorecard back to its reviewer with what to think over. Raises Invalid without words."""
    _manages(actor, review.application)
    _being_read(review.application)
    words = words.strip()[:COMMENT_LENGTH]
    if not words:
        raise Invalid("look_again_missing")
    if review.state is not ReviewState.SUBMITTED:
        raise Conflict("review_not_sent", current=review.state.value)
    review.state = move(REVIEW, review.state, ReviewState.IN_PROGRESS)
    review.submitted_at, review.look_again = None, words
    review.application.talked_over = None
    _record(session, actor, "review.look_again", review, now)
    if review.reviewer is not None:
        facts = {"review_id": review.id, **mail_facts(review.application.call), "number": review.application.number}
        post(session, [review.reviewer], "review_again", **facts)
    return review


def talk_over(session: Session, actor: User, application: Application, words: str, *, now: datetime) -> Application:
    """Notes what came of talking over an application on which reviewers are apart. Raises Invalid without words."""
    _manages(actor, application)
    _being_read(application)
    words = words.strip()[:COMMENT_LENGTH]
    if not words:
        raise Invalid("talked_over_missing")
    application.talked_over = words
    centre = runner(application.call).id
    record(session, actor, "application.talk_over", application, now=now, organisation_id=centre)
    return application


def find_review(session: Session, application: Application, review_id: int) -> Review:
    """A review of this application. Raises NotFound otherwise."""
    review = session.get(Review, review_id)
    if review is None or review.application_id != application.id:
        raise NotFound
    return review


def _people(session: Session, actor: User, call: Call, user_ids: Collection[int]) -> list[User]:
    centre = runner(call)
    permits.manager_of(actor, centre.id)
    permits.not_suspended(centre)
    people = [person for person in possible_reviewers(session, centre) if person.id in set(user_ids)]
    if not people or len(people) < len(set(user_ids)):
        raise Invalid("reviewer_missing")
    return people


def _declared(session: Session, call: Call) -> dict[int, list[str]]:
    found = sa.select(ReviewerDeclaration).where(ReviewerDeclaration.call_id == call.id)
    return {declaration.user_id: declaration.names for declaration in session.scalars(found)}


def _add(session: Session, actor: User, pairs: Iterable[tuple[Application, User]], now: datetime) -> list[Review]:
    """The reviews that are new, with those that a known tie sets aside at once."""
    made: list[Review] = []
    named: dict[int, list[str]] | None = None
    for application, person in pairs:
        named = _declared(session, application.call) if named is None else named
        tie = tie_of(person, application.organisation, named.get(person.id, ()))
        known = session.scalar(
            sa.select(Review).where(Review.application_id == application.id, Review.reviewer_id == person.id)
        )
        if known is not None and known.state is not ReviewState.RELEASED:
            continue
        review = known or Review(application=application, reviewer=person, state=ReviewState.ASSIGNED)
        if known is not None:
            known.state = move(REVIEW, known.state, ReviewState.ASSIGNED)
        review.assigned_at = now
        if tie is not None:
            review.state, review.tie = move(REVIEW, review.state, ReviewState.CONFLICT), tie
        session.add(review)
        _record(session, actor, "review.assign", review, now, tie=tie.value if tie else None)
        made.append(review)
    return made


def _tell(session: Session, call: Call, reviews: Iterable[Review]) -> None:
    """One mail to each person, with the number of applications and nothing that tells whose they are."""
    numbers: dict[User, int] = {}
    for review in reviews:
        if review.state is ReviewState.ASSIGNED and review.reviewer is not None:
            numbers[review.reviewer] = numbers.get(review.reviewer, 0) + 1
    for person, number in numbers.items():
        post(session, [person], "review_assigned", **mail_facts(call), number=number)


def _manages(actor: User, application: Application) -> None:
    centre = runner(application.call)
    permits.manager_of(actor, centre.id)
    impartial(actor, [application])


def _being_read(application: Application) -> None:
    if application.state is not ApplicationState.UNDER_REVIEW:
        raise Conflict("application_decided", current=application.state.value)


def _record(session: Session, actor: User, action: str, review: Review, now: datetime, **data: object) -> None:
    centre = runner(review.application.call).id
    record(session, actor, action, review, now=now, organisation_id=centre, **data)
