"""'Is this your organisation?': asking, deciding, and what becomes of the profile."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, Claim, Job, Membership, OutboxMail, User
from models.errors import Conflict, DomainError, Invalid, NotFound, NotPermitted
from models.states import CLAIM
from models.types import ClaimState, MembershipRole, ProfileState, Provenance
from network.services import accounts, claims
from tests.factories import PASSWORD, Make

REASON = "I lead its transfer office; the number is on your page."


@pytest.fixture
def firm(make: Make) -> Any:
    return make.organisation("Firm", "enterprise", state=ProfileState.UNCLAIMED, provenance=Provenance.PUBLIC_SOURCE)


def mails(session: Session) -> list[tuple[str, str]]:
    return [(mail.to, mail.template) for mail in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))]


def actions(session: Session) -> list[str]:
    return list(session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)))


def test_a_person_asks_and_a_coordinator_hands_the_profile_over(
    session: Session, make: Make, firm: Any, now: datetime
) -> None:
    coordinator, lan = make.coordinator(), make.user(name="Lan")
    claim = claims.send_claim(session, lan, firm, f" {REASON} ", now=now)
    assert (claim.state, claim.reason) == (ClaimState.OPEN, REASON)
    assert mails(session) == [(coordinator.email, "claim_waiting")]
    assert firm.state is ProfileState.UNCLAIMED
    claims.accept_claim(session, coordinator, claim, now=now)
    session.flush()
    membership = lan.membership_of(firm.id)
    assert membership is not None
    assert membership.role is MembershipRole.MANAGER
    assert (claim.state, claim.decided_at, claim.decided_by_id) == (ClaimState.ACCEPTED, now, coordinator.id)
    assert (firm.state, firm.provenance) == (ProfileState.CLAIMED, Provenance.PUBLIC_SOURCE)
    assert mails(session)[1:] == [(lan.email, "claim_accepted")]
    assert actions(session) == ["claim.send", "claim.accepted", "profile.claimed"]
    assert session.scalars(sa.select(Job.key)).all()[-1] == f"organisation:{firm.id}"


def test_a_refusal_carries_its_reason_and_the_person_may_ask_again(
    session: Session, make: Make, firm: Any, now: datetime
) -> None:
    coordinator, lan = make.coordinator(), make.user()
    claim = make.claim(firm, lan)
    with pytest.raises(Invalid, match="claim_answer_missing"):
        claims.refuse_claim(session, coordinator, claim, " ", now=now)
    claims.refuse_claim(session, coordinator, claim, " Nobody there knows you. ", now=now)
    session.flush()
    assert (claim.state, claim.answer) == (ClaimState.REFUSED, "Nobody there knows you.")
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert (mail.to, mail.template, mail.context["reason"]) == (lan.email, "claim_refused", "Nobody there knows you.")
    assert (lan.memberships, firm.state) == ([], ProfileState.UNCLAIMED)
    assert claims.send_claim(session, lan, firm, REASON, now=now).state is ClaimState.OPEN


def test_other_requests_end_when_one_is_accepted(session: Session, make: Make, firm: Any, now: datetime) -> None:
    first, second, elsewhere = make.claim(firm), make.claim(firm), make.claim(make.organisation(kind="centre"))
    claims.accept_claim(session, make.coordinator(), second, now=now)
    assert [c.state for c in (first, second, elsewhere)] == [
        ClaimState.OVERTAKEN,
        ClaimState.ACCEPTED,
        ClaimState.OPEN,
    ]
    assert mails(session) == [(second.user.email, "claim_accepted"), (first.user.email, "claim_overtaken")]
    assert make.count(Membership) == 1


@pytest.mark.parametrize("state", [s for s in ProfileState if s is not ProfileState.UNCLAIMED])
def test_only_an_unclaimed_profile_is_asked_for_and_handed_over(
    session: Session, make: Make, firm: Any, now: datetime, state: ProfileState
) -> None:
    claim = make.claim(firm)
    firm.state = state
    with pytest.raises(Conflict, match="not_claimable"):
        claims.send_claim(session, make.user(), firm, REASON, now=now)
    with pytest.raises(Conflict, match="not_claimable"):
        claims.accept_claim(session, make.coordinator(), claim, now=now)
    assert (claim.state, firm.state) == (ClaimState.OPEN, state)
    assert claims.refuse_claim(session, make.coordinator(), claim, "Closed.", now=now).state is ClaimState.REFUSED


def test_a_request_needs_a_reason_and_is_open_once(session: Session, make: Make, firm: Any, now: datetime) -> None:
    lan = make.user()
    with pytest.raises(Invalid, match="claim_reason_missing"):
        claims.send_claim(session, lan, firm, "  it is mine  ", now=now)
    claims.send_claim(session, lan, firm, REASON, now=now)
    with pytest.raises(Conflict, match="claim_open"):
        claims.send_claim(session, lan, firm, REASON, now=now)
    assert claims.send_claim(session, make.user(), firm, REASON, now=now)
    assert make.count(Claim) == 2


def test_one_person_waits_for_five_answers_at_most(session: Session, make: Make, firm: Any, now: datetime) -> None:
    lan = make.user()
    for _ in range(5):
        make.claim(make.organisation(state=ProfileState.UNCLAIMED), lan)
    with pytest.raises(Conflict, match="too_many_claims"):
        claims.send_claim(session, lan, firm, REASON, now=now)


@pytest.mark.parametrize("who", ["claimant", "stranger", "coordinator who asks"])
def test_only_another_coordinator_decides(session: Session, make: Make, firm: Any, now: datetime, who: str) -> None:
    claimant = make.coordinator() if who == "coordinator who asks" else make.user()
    claim = make.claim(firm, claimant)
    actor: User = make.user() if who == "stranger" else claimant
    with pytest.raises(NotPermitted):
        claims.accept_claim(session, actor, claim, now=now)
    with pytest.raises(NotPermitted):
        claims.refuse_claim(session, actor, claim, "No.", now=now)
    assert claim.state is ClaimState.OPEN


def test_only_the_person_takes_a_request_back(session: Session, make: Make, firm: Any, now: datetime) -> None:
    claim = make.claim(firm)
    for other in (make.user(), make.coordinator()):
        with pytest.raises(NotPermitted):
            claims.withdraw_claim(session, other, claim, now=now)
    assert claims.own_open(session, claim.user, firm) is claim
    assert claims.withdraw_claim(session, claim.user, claim, now=now).state is ClaimState.WITHDRAWN
    with pytest.raises(NotFound):
        claims.own_open(session, claim.user, firm)
    assert mails(session) == []


@pytest.mark.parametrize("state", list(ClaimState))
@pytest.mark.parametrize("step", ["accept", "refuse", "withdraw"])
def test_every_step_in_every_state(
    session: Session, make: Make, firm: Any, now: datetime, state: ClaimState, step: str
) -> None:
    claim = make.claim(
        firm,
        state=state,
        decided_at=None if state is ClaimState.OPEN else now,
        answer="No." if state is ClaimState.REFUSED else None,
    )
    coordinator = make.coordinator()
    expected: type[DomainError] | None = None if state is ClaimState.OPEN else Conflict
    assert (CLAIM[state] == frozenset()) == (expected is Conflict)

    def act() -> object:
        if step == "accept":
            return claims.accept_claim(session, coordinator, claim, now=now)
        if step == "refuse":
            return claims.refuse_claim(session, coordinator, claim, "No.", now=now)
        return claims.withdraw_claim(session, claim.user, claim, now=now)

    if expected is None:
        act()
        session.flush()
        assert claim.state is not ClaimState.OPEN
        return
    with pytest.raises(expected, match="forbidden_transition"):
        act()
    assert (claim.state, firm.state, mails(session)) == (state, ProfileState.UNCLAIMED, [])


def test_a_deleted_account_takes_its_requests_along(session: Session, make: Make, firm: Any, now: datetime) -> None:
    claim = make.claim(firm)
    accounts.erase_account(session, claim.user, PASSWORD, now=now)
    assert make.count(Claim) == 0
