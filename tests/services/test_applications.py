"""Applications: every state with every step by every role; drafts are never lost; places are never given twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models import Application, AuditEvent, Membership, OutboxMail
from models.applications import ApplicationState, Verdict
from models.calls import CallState
from models.errors import Conflict, DomainError, Invalid, NotFound, NotPermitted
from models.states import APPLICATION, reachable
from models.types import DeclineReason, MembershipRole, ProfileState, Stage, SupplyState
from network.services import admissions, applications, calls, proposals
from network.services.applications import ApplicationValues
from tests.factories import Make
from tests.intake import make_application, make_call, make_review, make_reviewer

S = ApplicationState
STEPS = ("save", "submit", "withdraw", "review", "fix", "decide", "accept", "reject", "override")
ROLES = ("applicant", "colleague", "manager", "member", "coordinator", "stranger")

ALLOWED: dict[tuple[str, str], dict[S, S]] = {
    ("save", "applicant"): {S.DRAFT: S.DRAFT, S.SUBMITTED: S.SUBMITTED},
    ("save", "colleague"): {S.DRAFT: S.DRAFT},
    ("submit", "applicant"): {S.DRAFT: S.SUBMITTED},
    ("withdraw", "applicant"): {
        S.DRAFT: S.WITHDRAWN,
        S.SUBMITTED: S.WITHDRAWN,
        S.UNDER_REVIEW: S.WITHDRAWN,
        S.WAITLISTED: S.WITHDRAWN,
        S.ACCEPTED: S.WITHDRAWN,
    },
    ("review", "manager"): {S.SUBMITTED: S.UNDER_REVIEW},
    ("fix", "manager"): {S.UNDER_REVIEW: S.UNDER_REVIEW},
    ("decide", "manager"): {S.UNDER_REVIEW: S.ACCEPTED},
    ("accept", "manager"): {S.WAITLISTED: S.ACCEPTED},
    ("reject", "manager"): {S.WAITLISTED: S.REJECTED},
    ("override", "coordinator"): {S.WAITLISTED: S.ACCEPTED},
}
"""Who may take which step in which state, and where it leads. Everything else is refused and changes nothing."""


def scene(session: Session, make: Make, state: S, step: str, role: str) -> SimpleNamespace:
    """One application in `state`, everything else so that only state and role can stand in the way of `step`."""
    centre, team = make.organisation(kind="centre"), make.organisation()
    decided = step in ("accept", "reject", "override") or state in (S.WAITLISTED, S.ACCEPTED, S.REJECTED)
    closed = step in ("review", "fix", "decide") or decided
    call = make_call(
        make,
        centre,
        closes=-1 if closed else 9,
        capacity=1 if step in ("override", "withdraw") else 2,
        state=CallState.DECIDED if decided and step != "decide" else CallState.PUBLISHED,
    )
    application = make_application(make, call, team, state)
    if step == "override":
        make_application(make, call, state=S.ACCEPTED)
    if step == "decide" and state is S.UNDER_REVIEW:
        make_review(make, application, make_reviewer(make, centre), (4, 4))
    people = {
        "applicant": lambda: make.user(team),
        "colleague": lambda: make.user(team, membership=MembershipRole.MEMBER),
        "manager": lambda: make.user(centre),
        "member": lambda: make.user(centre, membership=MembershipRole.MEMBER),
        "coordinator": make.coordinator,
        "stranger": lambda: make.user(make.organisation()),
    }
    return SimpleNamespace(actor=people[role](), application=application, call=call, centre=centre)


def take(session: Session, step: str, s: SimpleNamespace, now: datetime) -> None:
    a, actor = s.application, s.actor
    match step:
        case "save":
            applications.save(session, actor, a, applications.said(a), now=now)
        case "submit":
            applications.submit(session, actor, a, now=now)
        case "withdraw":
            admissions.withdraw(session, actor, a, now=now)
        case "review":
            if not calls.begin_review(session, actor, s.call, now=now):
                raise Conflict("nothing")
        case "fix":
            proposals.fix(session, actor, a, Verdict.ACCEPTED, None, "", now=now)
        case "decide":
            before = a.state
            proposals.decide_all(session, actor, s.call, proposals.propose(session, s.call).digest, now=now)
            if a.state is before:
                raise Conflict("nothing")
        case "accept":
            admissions.accept_waiting(session, actor, a, now=now)
        case "reject":
            admissions.reject_waiting(session, actor, a, DeclineReason.TOO_EARLY, "", now=now)
        case "override":
            admissions.accept_beyond(session, actor, a, "The city wants it", now=now)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("step", STEPS)
def test_every_state_with_every_step_by_every_role(
    session: Session, make: Make, now: datetime, step: str, role: str
) -> None:
    wrong = []
    for state in S:
        s = scene(session, make, state, step, role)
        expected = ALLOWED.get((step, role), {}).get(state)
        try:
            take(session, step, s, now)
        except (NotPermitted, Conflict, Invalid):
            reached = None
        else:
            reached = s.application.state
        if reached is not expected or (expected is None and s.application.state is not state):
            wrong.append(f"{role} {step} {state}: {reached}, not {expected}")
    assert wrong == []


def test_the_table_of_steps_is_that_of_the_states() -> None:
    """Every move of the table is somebody's step; nothing leads where the table does not."""
    moves = {(a, b) for steps in ALLOWED.values() for a, b in steps.items() if a is not b}
    table = {(a, b) for a, targets in APPLICATION.items() for b in targets}
    of_all_at_once = {(S.UNDER_REVIEW, S.WAITLISTED), (S.UNDER_REVIEW, S.REJECTED)}
    assert moves | of_all_at_once == table
    assert reachable(APPLICATION, S.DRAFT) == set(S)
    assert {state for state in S if not APPLICATION[state]} == {S.REJECTED, S.WITHDRAWN}


def test_a_draft_takes_whatever_there_is_and_is_never_lost(session: Session, make: Make, now: datetime) -> None:
    call, team = make_call(make, closes=1), make.organisation()
    author = make.user(team, membership=MembershipRole.MEMBER)
    draft = applications.begin(session, author, team, call.id, now=now)
    assert applications.begin(session, make.user(team), team, call.id, now=now) is draft
    question = call.questions[0].id
    applications.save(session, author, draft, ApplicationValues(title=" Half  a title "), now=now)
    long_after = now + timedelta(days=400)
    values = ApplicationValues("Half a title", "More", None, "", {question: " We tried ", 999999: "no such question"})
    applications.save(session, author, draft, values, now=long_after)
    session.commit()
    session.expire_all()
    assert (draft.title, draft.summary, [a.text for a in draft.answers]) == ("Half a title", "More", ["We tried"])
    with pytest.raises(Conflict, match="call_takes_none"):
        applications.submit(session, make.user(team), draft, now=long_after)
    applications.save(session, author, draft, ApplicationValues("Half a title", "More"), now=long_after)
    assert draft.answers == []


def test_what_is_missing_is_named_and_the_rest_sent_with_a_number(session: Session, make: Make, now: datetime) -> None:
    centre, team = make.organisation(kind="centre"), make.organisation("Sun")
    founder, manager = make.user(team), make.user(centre)
    call = make_call(make, centre)
    question = call.questions[0].id
    draft = applications.begin(session, founder, team, call.id, now=now)
    with pytest.raises(Invalid) as refused:
        applications.submit(session, founder, draft, now=now)
    assert refused.value.details["missing"] == ["title", "summary", "stage", "team", f"answer_{question}"]
    values = ApplicationValues("Lamps", "Light for lanes", Stage.PILOT, "Lan", {question: "Yes"})
    applications.save(session, founder, draft, values, now=now)
    applications.submit(session, founder, draft, now=now)
    assert (draft.state, draft.number, draft.submitted_at) == (S.SUBMITTED, 1, now)
    mails = session.execute(sa.select(OutboxMail.template, OutboxMail.to).order_by(OutboxMail.id)).all()
    assert mails == [("application_sent", founder.email), ("application_received", manager.email)]
    with pytest.raises(Invalid, match="application_incomplete"):
        applications.save(session, founder, draft, ApplicationValues("Lamps"), now=now)
    applications.save(session, founder, draft, replace(values, title="Lights"), now=now)
    assert (draft.state, draft.title) == (S.SUBMITTED, "Lights")


def test_after_withdrawing_one_may_begin_again(session: Session, make: Make, now: datetime) -> None:
    call, team = make_call(make), make.organisation()
    founder = make.user(team)
    first = make_application(make, call, team, S.SUBMITTED)
    admissions.withdraw(session, founder, first, now=now)
    again = applications.begin(session, founder, team, call.id, now=now)
    assert again is not first


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"state": CallState.DRAFT}, NotFound),
        ({"closes": -1}, Conflict),
        ({"closes": 90}, Conflict),
        ({"state": CallState.CANCELLED, "cancel_reason": "No"}, Conflict),
    ],
)
def test_when_nobody_can_apply(
    session: Session, make: Make, now: datetime, changes: dict[str, Any], error: type[DomainError]
) -> None:
    team = make.organisation()
    with pytest.raises(error):
        applications.begin(session, make.user(team), team, make_call(make, **changes).id, now=now)


def test_who_cannot_apply(session: Session, make: Make, now: datetime) -> None:
    call = make_call(make)
    for organisation, error in (
        (make.organisation(kind="institute"), NotFound),
        (make.organisation(state=ProfileState.SUSPENDED), NotPermitted),
    ):
        with pytest.raises(error):
            applications.begin(session, make.user(organisation), organisation, call.id, now=now)
    team = make.organisation()
    call.programme.organisation.state = ProfileState.SUSPENDED
    with pytest.raises(NotFound):
        applications.begin(session, make.user(team), team, call.id, now=now)
    call.programme.organisation.state, call.programme.state = ProfileState.VERIFIED, SupplyState.DRAFT
    with pytest.raises(NotFound):
        applications.begin(session, make.user(team), team, call.id, now=now)


def test_who_has_only_a_draft_is_reminded_once(session: Session, make: Make, now: datetime) -> None:
    soon, later = make_call(make, closes=3), make_call(make, closes=4)
    team = make.organisation()
    founder = make.user(team)
    draft = make_application(make, soon, team, S.DRAFT)
    make_application(make, later, state=S.DRAFT)
    make_application(make, soon, state=S.SUBMITTED)
    assert applications.remind(session, now=now) == 1
    assert applications.remind(session, now=now) == 0
    assert draft.reminded_at == now
    assert [(m.template, m.to) for m in session.scalars(sa.select(OutboxMail))] == [
        ("application_unsent", founder.email)
    ]


def test_a_full_programme_takes_nobody_but_by_a_coordinator_with_a_reason(
    session: Session, make: Make, now: datetime
) -> None:
    centre = make.organisation(kind="centre")
    manager, coordinator = make.user(centre), make.coordinator()
    call = make_call(make, centre, closes=-1, capacity=1, state=CallState.DECIDED)
    make_application(make, call, state=S.ACCEPTED)
    waiting = make_application(make, call, state=S.WAITLISTED)
    with pytest.raises(Conflict, match="programme_full"):
        admissions.accept_waiting(session, manager, waiting, now=now)
    with pytest.raises(Invalid, match="override_reason_missing"):
        admissions.accept_beyond(session, coordinator, waiting, " ", now=now)
    admissions.accept_beyond(session, coordinator, waiting, "Asked for by the city", now=now)
    assert (waiting.state, waiting.over_capacity, admissions.free_places(session, call)) == (S.ACCEPTED, True, -1)
    row = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "application.override")).one()
    assert (row.actor_id, row.organisation_id) == (coordinator.id, centre.id)
    assert row.data == {"reason": "Asked for by the city", "capacity": 1}
    assert ("application_override", manager.email) in [
        (m.template, m.to) for m in session.scalars(sa.select(OutboxMail))
    ]


def test_no_override_while_a_place_is_free(session: Session, make: Make, now: datetime) -> None:
    call = make_call(make, closes=-1, state=CallState.DECIDED)
    waiting = make_application(make, call, state=S.WAITLISTED)
    with pytest.raises(Conflict, match="places_are_free"):
        admissions.accept_beyond(session, make.coordinator(), waiting, "Quick", now=now)


def test_the_waiting_list_takes_over_until_the_cohort_begins(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    manager = make.user(centre)
    call = make_call(make, centre, closes=-1, capacity=1, state=CallState.DECIDED)
    leaving = make_application(make, call, state=S.ACCEPTED)
    second = make_application(make, call, state=S.WAITLISTED, waitlist_rank=2)
    first = make_application(make, call, state=S.WAITLISTED, waitlist_rank=1)
    founder = make.user(first.organisation)
    admissions.withdraw(session, make.user(leaving.organisation), leaving, now=now)
    assert (first.state, first.waitlist_rank, second.state) == (S.ACCEPTED, None, S.WAITLISTED)
    assert [(letter.verdict, letter.moved_up, letter.issued_by) for letter in first.letters] == [
        (Verdict.ACCEPTED, True, None)
    ]
    assert [(m.template, m.to) for m in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))] == [
        ("application_withdrawn", manager.email),
        ("application_decided", founder.email),
        ("application_moved_up", manager.email),
    ]
    begun = datetime.combine(call.starts_on, now.timetz()) if call.starts_on else now
    admissions.withdraw(session, founder, first, now=begun)
    assert second.state is S.WAITLISTED
    admissions.accept_waiting(session, manager, second, "Welcome after all", now=begun)
    assert [letter.note for letter in second.letters] == ["Welcome after all"]


def test_nobody_decides_on_an_application_of_their_own(session: Session, make: Make, now: datetime) -> None:
    centre, team = make.organisation(kind="centre"), make.organisation()
    both_hats = make.user(centre)
    both_hats.memberships.append(Membership(organisation=team))
    session.flush()
    open_call = make_call(make, centre, closes=-1)
    mine = make_application(make, open_call, team)
    decided = make_call(make, centre, closes=-1, state=CallState.DECIDED)
    waiting = make_application(make, decided, team, S.WAITLISTED)
    digest = proposals.propose(session, open_call).digest
    steps: tuple[Callable[[], Any], ...] = (
        lambda: proposals.fix(session, both_hats, mine, Verdict.ACCEPTED, None, "", now=now),
        lambda: proposals.decide_all(session, both_hats, open_call, digest, now=now),
        lambda: admissions.accept_waiting(session, both_hats, waiting, now=now),
        lambda: admissions.reject_waiting(session, both_hats, waiting, DeclineReason.TERMS, "", now=now),
    )
    for step in steps:
        with pytest.raises(NotPermitted, match="own_application"):
            step()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    capacity=st.integers(1, 3),
    points=st.lists(st.integers(1, 5), min_size=1, max_size=5),
    steps=st.lists(
        st.tuples(st.sampled_from(("withdraw", "accept", "reject", "override", "grow", "wait")), st.integers(0, 4)),
        max_size=12,
    ),
)
def test_never_more_accepted_than_places_without_an_override(
    session: Session, make: Make, now: datetime, capacity: int, points: list[int], steps: list[tuple[str, int]]
) -> None:
    """Whatever people do in whatever order: states move along the table only, every decision has its letter, no place
    is given twice, and while the cohort has not begun no place stays free with somebody waiting for it.
    """
    centre = make.organisation(kind="centre")
    manager, reviewer, coordinator = make.user(centre), make_reviewer(make, centre), make.coordinator()
    call = make_call(make, centre, closes=-1, capacity=capacity, pass_mark=2.0)
    teams = [make_application(make, call, state=S.SUBMITTED) for _ in points]
    founders = [make.user(team.organisation) for team in teams]
    calls.begin_review(session, manager, call, now=now)
    for team, value in zip(teams, points, strict=True):
        make_review(make, team, reviewer, (value, value))
        proposals.fix(session, manager, team, None, DeclineReason.TOO_EARLY, "", now=now)
    proposals.decide_all(session, manager, call, proposals.propose(session, call).digest, now=now)
    before = {team.id: team.state for team in teams}
    for step, n in steps:
        team = teams[n % len(teams)]
        try:
            match step:
                case "withdraw":
                    admissions.withdraw(session, founders[n % len(teams)], team, now=now)
                case "accept":
                    admissions.accept_waiting(session, manager, team, now=now)
                case "reject":
                    admissions.reject_waiting(session, manager, team, DeclineReason.TERMS, "", now=now)
                case "override":
                    admissions.accept_beyond(session, coordinator, team, "Wanted", now=now)
                case "grow":
                    call.capacity += 1
                    admissions.take_over(session, call, now=now)
        except (Conflict, Invalid):
            pass
        for each in teams:
            assert each.state in reachable(APPLICATION, before[each.id])
            before[each.id] = each.state
        accepted = [t for t in teams if t.state is S.ACCEPTED]
        waiting = [t for t in teams if t.state is S.WAITLISTED]
        assert len([t for t in accepted if not t.over_capacity]) <= call.capacity
        assert not (waiting and len(accepted) < call.capacity)
        assert all(t.letters and t.letters[-1].verdict.value == t.state.value for t in accepted + waiting)
    session.flush()
    standing = sa.select(sa.func.count(Application.id)).where(
        Application.call_id == call.id, Application.state == S.ACCEPTED, Application.over_capacity.is_(False)
    )
    assert (session.scalar(standing) or 0) <= call.capacity
