"""The proposal: places by points, the waiting list, what binds; changed in single cases and decided all at once."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models import Application, Call, Cohort, DecisionLetter, Organisation, OutboxMail, User
from models.applications import ApplicationState, Verdict
from models.calls import CallState
from models.errors import Conflict, Invalid, NotPermitted
from models.types import DeclineReason, MembershipRole
from network.services import proposals
from network.services.proposals import Limit, Proposal
from tests.factories import Make
from tests.intake import make_application, make_call, make_review, make_reviewer

V = Verdict


class Intake:
    """A call with one application for each points given; None is one that nobody has reviewed."""

    def __init__(self, make: Make, *points: int | None, capacity: int = 2, minimum: int = 0) -> None:
        self.session = make.session
        self.centre: Organisation = make.organisation(kind="centre")
        self.manager: User = make.user(self.centre)
        reviewer = make_reviewer(make, self.centre)
        self.call: Call = make_call(make, self.centre, closes=-1, capacity=capacity, minimum=minimum)
        self.teams: list[Application] = [make_application(make, self.call) for _ in points]
        for team, value in zip(self.teams, points, strict=True):
            if value is not None:
                make_review(make, team, reviewer, (value, value))

    def propose(self) -> Proposal:
        return proposals.propose(self.session, self.call)

    def fix(
        self, n: int, verdict: V | None, reason: DeclineReason | None = None, note: str = "", *, now: datetime
    ) -> None:
        proposals.fix(self.session, self.manager, self.teams[n], verdict, reason, note, now=now)

    def verdicts(self) -> list[tuple[int, V | None, int | None]]:
        order = {team.id: n for n, team in enumerate(self.teams)}
        return [(order[row.application_id], row.verdict, row.place) for row in self.propose().rows]


def test_the_best_get_the_places_and_the_others_wait_in_order(make: Make) -> None:
    intake = Intake(make, 3, 5, 4, 2, 4)
    assert intake.verdicts() == [
        (1, V.ACCEPTED, None),
        (2, V.ACCEPTED, None),
        (4, V.WAITLISTED, 1),
        (0, V.WAITLISTED, 2),
        (3, V.REJECTED, None),
    ]
    assert intake.propose().binds == (Limit("capacity", 2),)


def test_among_equal_points_the_one_sent_earlier_comes_first(make: Make) -> None:
    intake = Intake(make, 4, 4, 4, 4, capacity=1)
    assert [n for n, _, _ in intake.verdicts()] == [0, 1, 2, 3]


def test_what_is_fixed_is_kept(make: Make, now: datetime) -> None:
    intake = Intake(make, 5, 4, 3, 2)
    intake.fix(3, V.ACCEPTED, now=now)
    intake.fix(0, V.REJECTED, DeclineReason.TERMS, now=now)
    intake.fix(1, V.WAITLISTED, now=now)
    assert intake.verdicts() == [
        (2, V.ACCEPTED, None),
        (3, V.ACCEPTED, None),
        (1, V.WAITLISTED, 1),
        (0, V.REJECTED, None),
    ]
    intake.fix(0, None, now=now)
    assert intake.verdicts()[0] == (0, V.ACCEPTED, None)


def test_more_fixed_than_places_is_said_and_not_decided(make: Make, now: datetime) -> None:
    intake = Intake(make, 5, 4, 3, capacity=1)
    for n in (0, 1):
        intake.fix(n, V.ACCEPTED, now=now)
    proposal = intake.propose()
    assert (proposal.broken, proposal.too_many, proposal.ready) == ((Limit("capacity", 1, 1),), True, False)
    with pytest.raises(Conflict, match="programme_full"):
        proposals.decide_all(intake.session, intake.manager, intake.call, proposal.digest, now=now)


@pytest.mark.parametrize("points", [(4, 1), ()])
def test_too_few_for_the_minimum_is_said_and_may_be_decided(make: Make, now: datetime, points: tuple[int, ...]) -> None:
    intake = Intake(make, *points, capacity=5, minimum=3)
    candidates = sum(1 for p in points if p >= 3)
    proposal = intake.propose()
    assert (proposal.broken, proposal.too_many) == ((Limit("minimum", 3, 3 - candidates),), False)
    assert len(proposal.of(V.ACCEPTED)) == candidates


def test_the_minimum_binds_when_it_is_just_reached(make: Make) -> None:
    assert Limit("minimum", 2) in Intake(make, 4, 4, capacity=5, minimum=2).propose().binds


def test_nothing_is_decided_before_every_application_is_reviewed_and_every_no_has_its_reason(
    make: Make, now: datetime
) -> None:
    intake = Intake(make, 4, None, 1)
    session, manager, call = intake.session, intake.manager, intake.call
    assert [row.application_id for row in intake.propose().unreviewed] == [intake.teams[1].id]
    with pytest.raises(Conflict, match="reviews_missing"):
        proposals.decide_all(session, manager, call, intake.propose().digest, now=now)
    intake.fix(1, V.REJECTED, now=now)
    with pytest.raises(Invalid, match="reject_reasons_missing"):
        proposals.decide_all(session, manager, call, intake.propose().digest, now=now)
    seen = intake.propose().digest
    for n in (1, 2):
        intake.fix(n, intake.teams[n].fixed, DeclineReason.TOO_EARLY, "Come again", now=now)
    with pytest.raises(Conflict, match="proposal_changed"):
        proposals.decide_all(session, manager, call, seen, now=now)
    proposals.decide_all(session, manager, call, intake.propose().digest, now=now)
    assert [t.state.value for t in intake.teams] == ["accepted", "rejected", "rejected"]
    with pytest.raises(Conflict):
        proposals.decide_all(session, manager, call, intake.propose().digest, now=now)


def test_deciding_writes_letters_mails_and_a_cohort(session: Session, make: Make, now: datetime) -> None:
    intake = Intake(make, 5, 4, 1, capacity=1)
    founders = [make.user(team.organisation) for team in intake.teams]
    author = make.user(intake.teams[0].organisation, membership=MembershipRole.MEMBER)
    intake.teams[0].author = author
    intake.fix(2, None, DeclineReason.ROUTE_UNCLEAR, "Who pays?", now=now)
    proposals.decide_all(session, intake.manager, intake.call, intake.propose().digest, now=now)
    session.flush()
    letters = session.scalars(sa.select(DecisionLetter).order_by(DecisionLetter.application_id)).all()
    assert [(x.verdict, x.place, x.reason, x.note) for x in letters] == [
        (V.ACCEPTED, None, None, None),
        (V.WAITLISTED, 1, None, None),
        (V.REJECTED, None, DeclineReason.ROUTE_UNCLEAR, "Who pays?"),
    ]
    assert (intake.call.state, intake.call.decided_at) == (CallState.DECIDED, now)
    assert session.scalars(sa.select(Cohort)).one().call is intake.call
    mails = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)).all()
    assert {m.to for m in mails} == {author.email, *(f.email for f in founders)}
    assert {m.template for m in mails} == {"application_decided"}
    letters[0].note = "Other words"
    with pytest.raises(Conflict, match="facts_stay"):
        session.flush()
    session.rollback()


def test_who_may_decide_and_when(session: Session, make: Make, now: datetime) -> None:
    intake = Intake(make, 4)
    member = make.user(intake.centre, membership=MembershipRole.MEMBER)
    with pytest.raises(NotPermitted):
        proposals.decide_all(session, member, intake.call, intake.propose().digest, now=now)
    make_application(make, intake.call, state=ApplicationState.SUBMITTED)
    with pytest.raises(Conflict, match="review_not_begun"):
        proposals.decide_all(session, intake.manager, intake.call, intake.propose().digest, now=now)
    open_call = make_call(make, intake.centre)
    with pytest.raises(Conflict, match="call_still_open"):
        proposals.decide_all(session, intake.manager, open_call, "", now=now)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(st.tuples(st.sampled_from((None, 1, 2, 3, 4, 5)), st.sampled_from((None, *V))), max_size=7),
    st.integers(1, 4),
    st.integers(0, 4),
)
def test_a_proposal_never_breaks_a_rule(
    make: Make, now: datetime, teams: list[tuple[int | None, V | None]], capacity: int, minimum: int
) -> None:
    """Every application stands in it once; fixed ones as fixed; never more than the places unless it says so; whoever
    is taken by points has at least those of whoever waits; places on the list count from one without gaps.
    """
    intake = Intake(make, *(p for p, _ in teams), capacity=capacity, minimum=min(minimum, capacity))
    for n, (_, verdict) in enumerate(teams):
        if verdict is not None:
            intake.fix(n, verdict, now=now)
    proposal = intake.propose()
    assert sorted(r.application_id for r in proposal.rows) == [t.id for t in intake.teams]
    assert all(r.verdict is r.fixed for r in proposal.rows if r.fixed is not None)
    accepted, waiting = proposal.of(V.ACCEPTED), proposal.of(V.WAITLISTED)
    assert len(accepted) <= capacity or proposal.too_many
    free = [r for r in accepted if r.fixed is None]
    queue = [r for r in waiting if r.fixed is None]
    if free and queue:
        assert min(r.score or 0 for r in free) >= max(r.score or 0 for r in queue)
    assert not queue or len(accepted) >= capacity
    assert [r.place for r in waiting] == list(range(1, len(waiting) + 1))
    assert {r.verdict for r in proposal.rows if r.score is None and r.fixed is None} <= {None}
    assert proposal == intake.propose()
