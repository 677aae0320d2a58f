"""Reviews: ties named first, blind scorecards, conflicts set aside, work shared out evenly, a second look."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models import AuditEvent, Membership, OutboxMail, Review, ReviewerDeclaration
from models.applications import ApplicationState
from models.errors import Conflict, DomainError, Invalid, NotFound, NotPermitted
from models.reviews import ReviewState, Tie
from models.scorecards import apart, mean, total
from models.states import REVIEW
from models.texts import Bilingual
from models.types import MembershipRole
from network.services import reviewing, reviews
from network.services.reviews import Scorecard
from tests.factories import Make
from tests.intake import make_application, make_call, make_review, make_reviewer

R = ReviewState


def full(review: Review, points: int = 4, comment: str = "Good") -> Scorecard:
    return Scorecard({c.id: points for c in review.application.call.criteria}, {}, comment)


def test_from_the_assignment_to_the_scorecard(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    manager, reviewer = make.user(centre), make_reviewer(make, centre)
    call = make_call(make, centre, closes=-1)
    application = make_application(make, call)
    [review] = reviewing.assign(session, manager, application, [reviewer.id], now=now)
    assert reviewing.assign(session, manager, application, [reviewer.id], now=now) == []
    with pytest.raises(Conflict, match="declaration_missing"):
        reviews.clear(session, reviewer, review, now=now)
    with pytest.raises(Conflict, match="review_not_open"):
        reviews.save_scores(session, reviewer, review, full(review), now=now)
    reviews.declare(session, reviewer, call, ["  ", "Another  team"], now=now)
    reviews.clear(session, reviewer, review, now=now)
    assert (review.state, review.cleared_at) == (R.IN_PROGRESS, now)
    first = call.criteria[0].id
    reviews.save_scores(session, reviewer, review, Scorecard({first: 2}, {first: " thin "}), now=now)
    assert [(s.points, s.comment) for s in review.scores] == [(2, "thin"), (None, None)]
    with pytest.raises(Invalid, match="points_missing"):
        reviews.submit_review(session, reviewer, review, Scorecard({first: 2}, {}, "So so"), now=now)
    with pytest.raises(Invalid, match="comment_missing"):
        reviews.submit_review(session, reviewer, review, full(review, comment=" "), now=now)
    with pytest.raises(Invalid, match="points_outside"):
        reviews.submit_review(session, reviewer, review, full(review, 6), now=now)
    reviews.submit_review(session, reviewer, review, full(review), now=now)
    assert (review.state, review.submitted_at) == (R.SUBMITTED, now)
    with pytest.raises(Conflict, match="review_not_open"):
        reviews.save_scores(session, reviewer, review, full(review, 1), now=now)
    assert session.get_one(ReviewerDeclaration, (call.id, reviewer.id)).names == ["Another team"]


def test_the_trail_and_the_mails_of_reviews_name_no_applicant(session: Session, make: Make, now: datetime) -> None:
    centre, team = make.organisation("House", "centre"), make.organisation("Secret Lamp")
    manager, reviewer = make.user(centre), make_reviewer(make, centre)
    call = make_call(make, centre, closes=-1)
    application = make_application(make, call, team, title="Light for lanes")
    [review] = reviewing.assign(session, manager, application, [reviewer.id], now=now)
    reviews.declare(session, reviewer, call, [], now=now)
    reviews.clear(session, reviewer, review, now=now)
    reviews.submit_review(session, reviewer, review, full(review, 5, "Bright"), now=now)
    reviewing.look_again(session, manager, review, "Think of the cost", now=now)
    mails = session.scalars(sa.select(OutboxMail).where(OutboxMail.to == reviewer.email)).all()
    assert [m.template for m in mails] == ["review_assigned", "review_again"]
    trail = session.scalars(sa.select(AuditEvent).where(AuditEvent.organisation_id == centre.id)).all()
    said = str([m.context for m in mails]) + str([(e.action, e.subject, e.data) for e in trail])
    assert [word for word in ("Secret", team.slug, "Light", "Bright", "'points'") if word in said] == []


@pytest.mark.parametrize(
    ("names", "tie"),
    [
        (["den ngo viet"], Tie.NAMED),
        (["Công ty Cổ phần Đèn Ngõ Việt Nam"], Tie.NAMED),
        (["Lantern"], Tie.NAMED),
        (["Lantern Works of Hanoi and Sons"], Tie.NAMED),
        (["den"], None),
        (["Somebody else"], None),
        ([], None),
    ],
)
def test_a_tie_is_known_by_name_with_or_without_diacritics(make: Make, names: list[str], tie: Tie | None) -> None:
    team = make.organisation(Bilingual("Công ty Cổ phần Đèn Ngõ Việt", "Lantern Works"))
    assert reviews.tie_of(make.user(), team, names) is tie


def test_naming_ties_sets_applications_aside_and_says_not_which(session: Session, make: Make, now: datetime) -> None:
    centre, tied = make.organisation(kind="centre"), make.organisation("Lantern Works")
    manager, reviewer = make.user(centre), make_reviewer(make, centre)
    call = make_call(make, centre, closes=-1)
    mine, other = make_application(make, call, tied), make_application(make, call)
    for application in (mine, other):
        reviewing.assign(session, manager, application, [reviewer.id], now=now)
    reviews.declare(session, reviewer, call, ["lantern works"], now=now)
    states = {r.application_id: (r.state, r.tie) for r in session.scalars(sa.select(Review))}
    assert states == {mine.id: (R.CONFLICT, Tie.NAMED), other.id: (R.ASSIGNED, None)}
    hidden = session.scalars(sa.select(Review).where(Review.application_id == mine.id)).one()
    with pytest.raises(NotFound):
        reviews.find_own(session, reviewer, centre, hidden.id)
    assert ("review_conflict", manager.email) in [(m.template, m.to) for m in session.scalars(sa.select(OutboxMail))]
    late = make_application(make, call, make.organisation("New Lantern Works"))
    [review] = reviewing.assign(session, manager, late, [reviewer.id], now=now)
    assert (review.state, review.tie) == (R.CONFLICT, Tie.NAMED)


def test_a_member_of_the_team_never_reviews_it(session: Session, make: Make, now: datetime) -> None:
    centre, team = make.organisation(kind="centre"), make.organisation()
    manager, reviewer = make.user(centre), make_reviewer(make, centre)
    call = make_call(make, centre, closes=-1)
    application = make_application(make, call, team)
    review = make_review(make, application, reviewer)
    reviewer.memberships.append(Membership(organisation=team))
    session.flush()
    reviews.clear(session, reviewer, review, now=now)
    assert (review.state, review.tie) == (R.CONFLICT, Tie.MEMBER)
    other = make_application(make, make_call(make, centre, closes=-1), team)
    [at_once] = reviewing.assign(session, manager, other, [reviewer.id], now=now)
    assert (at_once.state, at_once.tie) == (R.CONFLICT, Tie.MEMBER)


def test_a_conflict_noticed_while_reading_removes_what_was_scored(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    reviewer = make_reviewer(make, centre)
    review = make_review(make, make_application(make, make_call(make, centre, closes=-1)), reviewer, (5, 5))
    reviews.report_conflict(session, reviewer, review, " My cousin ", now=now)
    assert (review.state, review.tie, review.tie_note, review.comment) == (R.CONFLICT, Tie.SAID, "My cousin", None)
    assert (review.scores, review.submitted_at) == ([], None)
    assert reviews.find_own(session, reviewer, centre, review.id) is review


def test_who_may_not_be_asked(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    manager, member = make.user(centre), make.user(centre, membership=MembershipRole.MEMBER)
    reviewer, stranger = make_reviewer(make, centre), make.user(make.organisation())
    call = make_call(make, centre, closes=-1)
    application = make_application(make, call)
    assert {u.id for u in reviewing.possible_reviewers(session, centre)} == {member.id, reviewer.id}
    for people in ([], [manager.id], [reviewer.id, stranger.id]):
        with pytest.raises(Invalid, match="reviewer_missing"):
            reviewing.assign(session, manager, application, people, now=now)
    with pytest.raises(NotPermitted):
        reviewing.assign(session, member, application, [reviewer.id], now=now)
    submitted = make_application(make, make_call(make, centre), state=ApplicationState.SUBMITTED)
    with pytest.raises(Conflict, match="application_decided"):
        reviewing.assign(session, manager, submitted, [reviewer.id], now=now)


def test_whoever_becomes_a_manager_reviews_no_more(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    reviewer = make_reviewer(make, centre)
    review = make_review(make, make_application(make, make_call(make, centre, closes=-1)), reviewer)
    reviewer.memberships[0].role = MembershipRole.MANAGER
    for step in (
        lambda: reviews.find_own(session, reviewer, centre, review.id),
        lambda: reviews.clear(session, reviewer, review, now=now),
        lambda: reviews.save_scores(session, reviewer, review, full(review), now=now),
        lambda: reviews.report_conflict(session, reviewer, review, "", now=now),
    ):
        with pytest.raises(NotPermitted, match="manager_cannot_review"):
            step()


def test_work_is_shared_out_evenly_and_past_all_ties(session: Session, make: Make, now: datetime) -> None:
    centre, tied = make.organisation(kind="centre"), make.organisation()
    manager = make.user(centre)
    people = [make_reviewer(make, centre, f"R{n}") for n in range(3)]
    people[0].memberships.append(Membership(organisation=tied))
    session.flush()
    call = make_call(make, centre, closes=-1, reviews_wanted=2)
    applications = [make_application(make, call, tied), *(make_application(make, call) for _ in range(5))]
    make_review(make, applications[5], people[1], (3, 3))
    made = reviewing.share_out(session, manager, call, [p.id for p in people], now=now)
    assert len(made) == 11
    assert {r.state for r in made} == {R.ASSIGNED}
    per_person = Counter(r.reviewer_id for r in session.scalars(sa.select(Review)))
    assert sorted(per_person.values()) == [4, 4, 4]
    assert people[0].id not in {r.reviewer_id for r in made if r.application_id == applications[0].id}
    with pytest.raises(Conflict, match="nothing_to_share"):
        reviewing.share_out(session, manager, call, [p.id for p in people], now=now)
    mails = session.scalars(sa.select(OutboxMail).where(OutboxMail.template == "review_assigned")).all()
    assert sum(m.context["number"] for m in mails) == 11
    assert len(mails) == 3


def test_taken_back_given_again_and_looked_at_once_more(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    manager, reviewer = make.user(centre), make_reviewer(make, centre)
    application = make_application(make, make_call(make, centre, closes=-1))
    review = make_review(make, application, reviewer)
    reviewing.release(session, manager, review, now=now)
    with pytest.raises(NotFound):
        reviews.find_own(session, reviewer, centre, review.id)
    assert reviewing.assign(session, manager, application, [reviewer.id], now=now) == [review]
    reviews.clear(session, reviewer, review, now=now)
    reviews.submit_review(session, reviewer, review, full(review), now=now)
    with pytest.raises(Conflict):
        reviewing.release(session, manager, review, now=now)
    with pytest.raises(Invalid, match="look_again_missing"):
        reviewing.look_again(session, manager, review, "", now=now)
    reviewing.talk_over(session, manager, application, "We agreed", now=now)
    reviewing.look_again(session, manager, review, "Page 2", now=now)
    assert (review.state, review.look_again, application.talked_over) == (R.IN_PROGRESS, "Page 2", None)
    assert [s.points for s in review.scores] == [4, 4]
    reviews.submit_review(session, reviewer, review, full(review, 3), now=now)
    assert review.look_again is None


@pytest.mark.parametrize("state", list(R))
@pytest.mark.parametrize("step", ["clear", "conflict", "save", "submit", "release", "look_again"])
def test_every_state_of_a_review_with_every_step(
    session: Session, make: Make, now: datetime, state: R, step: str
) -> None:
    centre = make.organisation(kind="centre")
    manager, reviewer = make.user(centre), make_reviewer(make, centre)
    application = make_application(make, make_call(make, centre, closes=-1))
    more: dict[str, Any] = {"tie": Tie.SAID} if state is R.CONFLICT else {}
    review = make_review(make, application, reviewer, (3, 3) if state is R.SUBMITTED else (), state, **more)
    target = {
        "clear": R.IN_PROGRESS if state is R.ASSIGNED else None,
        "conflict": R.CONFLICT,
        "save": R.IN_PROGRESS if state is R.IN_PROGRESS else None,
        "submit": R.SUBMITTED if state is R.IN_PROGRESS else None,
        "release": R.RELEASED,
        "look_again": R.IN_PROGRESS if state is R.SUBMITTED else None,
    }[step]
    allowed = (
        target is not None
        and (target is state or target in REVIEW[state])
        and not (step in ("conflict", "release") and target is state)
    )
    steps = {
        "clear": lambda: reviews.clear(session, reviewer, review, now=now),
        "conflict": lambda: reviews.report_conflict(session, reviewer, review, "", now=now),
        "save": lambda: reviews.save_scores(session, reviewer, review, full(review), now=now),
        "submit": lambda: reviews.submit_review(session, reviewer, review, full(review), now=now),
        "release": lambda: reviewing.release(session, manager, review, now=now),
        "look_again": lambda: reviewing.look_again(session, manager, review, "Page 2", now=now),
    }
    try:
        steps[step]()
    except DomainError:
        assert not allowed
        assert review.state is state
    else:
        assert allowed
        assert review.state is target
        session.flush()


@pytest.mark.parametrize("state", [s for s in ApplicationState if s is not ApplicationState.UNDER_REVIEW])
def test_once_an_application_is_decided_nothing_is_scored(
    session: Session, make: Make, now: datetime, state: ApplicationState
) -> None:
    centre = make.organisation(kind="centre")
    manager, reviewer = make.user(centre), make_reviewer(make, centre)
    application = make_application(make, make_call(make, centre, closes=-1))
    review = make_review(make, application, reviewer, (3, None), R.IN_PROGRESS)
    sent = make_review(make, application, make_reviewer(make, centre), (3, 3))
    application.state = state
    with session.no_autoflush:
        for step in (
            lambda: reviews.save_scores(session, reviewer, review, full(review), now=now),
            lambda: reviews.report_conflict(session, reviewer, review, "", now=now),
            lambda: reviewing.look_again(session, manager, sent, "Page 2", now=now),
            lambda: reviewing.talk_over(session, manager, application, "Agreed", now=now),
        ):
            with pytest.raises(Conflict, match="application_decided"):
                step()
    session.expire_all()


def test_points_by_weight_and_where_reviewers_are_apart() -> None:
    weights = {1: 3, 2: 1}
    assert total({1: 4, 2: 2}, weights) == 3.5
    assert total({1: 4}, weights) is None
    assert total({}, {}) is None
    assert mean([3.5, None, 4.5]) == 4.0
    assert mean([None]) is None
    assert apart([{1: 5, 2: 3}, {1: 2, 2: 2}, {1: None}], 1) == {1: 3}
    assert apart([{1: 5}], 1) == {}


@given(st.dictionaries(st.integers(1, 6), st.tuples(st.integers(1, 100), st.integers(1, 5)), min_size=1))
def test_a_total_lies_between_the_lowest_and_the_highest_points(card: dict[int, tuple[int, int]]) -> None:
    value = total({c: p for c, (_, p) in card.items()}, {c: w for c, (w, _) in card.items()})
    points = [p for _, p in card.values()]
    assert value is not None
    assert min(points) - 1e-9 <= value <= max(points) + 1e-9
