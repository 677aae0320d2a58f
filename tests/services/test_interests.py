"""Asking for a talk and answering: who may, in which state, by when, and who is told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, ExpressionOfInterest, Match, OutboxMail, User
from models.errors import Conflict, DomainError, Invalid, NotFound, NotPermitted
from models.states import INTEREST
from models.types import (
    DeclineReason,
    InterestState,
    MatchSide,
    MatchState,
    MembershipRole,
    NeedState,
    OrganisationKind,
    PlatformRole,
    ProfileState,
    SupplyState,
    Visibility,
)
from network.services import interests
from tests.factories import Make


@dataclass
class Pair:
    """A startup with a need, and an institute that could serve it; each with a manager."""

    startup: Any
    institute: Any
    need: Any
    asker: User
    answerer: User


@pytest.fixture
def pair(make: Make) -> Pair:
    startup, institute = make.organisation("Seeker"), make.organisation("Giver", "institute")
    return Pair(startup, institute, make.need(startup), make.user(startup), make.user(institute))


@pytest.fixture
def send(session: Session, pair: Pair, now: datetime) -> Callable[..., ExpressionOfInterest]:
    """The startup asks the institute, unless told otherwise."""

    def _send(**changes: Any) -> ExpressionOfInterest:
        values = {
            "actor": pair.asker,
            "organisation": pair.startup,
            "need_id": pair.need.id,
            "to_organisation_id": pair.institute.id,
            "message": "  May we talk? ",
            "now": now,
            "reply_days": 10,
            **changes,
        }
        return interests.send_interest(session, **values)

    return _send


def mails(session: Session) -> list[tuple[str, str]]:
    return [(mail.to, mail.template) for mail in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))]


def actions(session: Session) -> list[str]:
    return list(session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)))


def test_a_question_goes_out_with_a_deadline_and_a_mail_that_keeps_its_words(
    session: Session, pair: Pair, send: Callable[..., ExpressionOfInterest], now: datetime
) -> None:
    interest = send()
    assert (interest.state, interest.message, interest.author) == (InterestState.SENT, "May we talk?", pair.asker)
    assert (interest.sent_at, interest.reply_by) == (now, now + timedelta(days=10))
    assert mails(session) == [(pair.answerer.email, "interest_received")]
    context = session.scalars(sa.select(OutboxMail.context)).one()
    assert "May we talk" not in str(context)
    assert (context["sender"]["en"], context["receiver"]["en"]) == ("Seeker", "Giver")
    assert actions(session) == ["interest.send"]


@pytest.mark.parametrize(("promised", "days"), [(4, 4), (30, 10), (None, 10)])
def test_a_centre_may_promise_to_answer_sooner_but_not_later(
    make: Make, send: Callable[..., ExpressionOfInterest], now: datetime, promised: int | None, days: int
) -> None:
    centre = make.organisation(kind="centre", reply_days=promised)
    assert send(to_organisation_id=centre.id).reply_by == now + timedelta(days=days)


def test_a_supplier_asks_about_the_need_of_another_with_an_own_entry(
    make: Make, pair: Pair, send: Callable[..., ExpressionOfInterest]
) -> None:
    technology = make.technology(pair.institute)
    interest = send(
        actor=pair.answerer,
        organisation=pair.institute,
        to_organisation_id=pair.startup.id,
        technology_id=technology.id,
    )
    assert (interest.from_organisation, interest.to_organisation) == (pair.institute, pair.startup)
    assert interest.technology_id == technology.id


def test_where_nobody_manages_the_other_side_the_coordinators_are_told(
    session: Session, make: Make, send: Callable[..., ExpressionOfInterest]
) -> None:
    coordinator = make.coordinator()
    centre = make.organisation(kind="centre", state=ProfileState.UNCLAIMED)
    make.user(centre, membership=MembershipRole.MEMBER)
    send(to_organisation_id=centre.id)
    assert mails(session) == [(coordinator.email, "interest_for_nobody")]


@pytest.mark.parametrize("role", ["member", "stranger", "coordinator", "other side"])
def test_only_managers_of_the_asking_side_send(
    make: Make, pair: Pair, send: Callable[..., ExpressionOfInterest], role: str
) -> None:
    with pytest.raises(NotPermitted):
        send(actor=_people(make, pair)[role])


def _people(make: Make, pair: Pair) -> dict[str, User]:
    return {
        "member": make.user(pair.startup, membership=MembershipRole.MEMBER),
        "stranger": make.user(make.organisation()),
        "coordinator": make.coordinator(),
        "other side": pair.answerer,
    }


@pytest.mark.parametrize("side", ["startup", "institute"])
def test_nobody_asks_for_or_of_a_suspended_organisation(
    pair: Pair, send: Callable[..., ExpressionOfInterest], side: str
) -> None:
    getattr(pair, side).state = ProfileState.SUSPENDED
    with pytest.raises(NotPermitted, match="suspended"):
        send()


@pytest.mark.parametrize("state", list(NeedState))
def test_only_a_published_need_can_be_asked_about(
    session: Session, pair: Pair, send: Callable[..., ExpressionOfInterest], state: NeedState
) -> None:
    pair.need.close_reason = "expired" if state is NeedState.CLOSED else None
    pair.need.state = state
    session.flush()
    if state in (NeedState.PUBLISHED, NeedState.MATCHED):
        assert send().state is InterestState.SENT
        return
    with pytest.raises(Invalid, match="need_not_published"):
        send()
    with pytest.raises(NotFound):
        send(actor=pair.answerer, organisation=pair.institute, to_organisation_id=pair.startup.id)


def test_needs_for_members_are_not_found_before_verification(
    session: Session, pair: Pair, send: Callable[..., ExpressionOfInterest]
) -> None:
    pair.need.visibility, pair.institute.state = Visibility.MEMBERS, ProfileState.CLAIMED
    session.flush()
    answer: dict[str, Any] = {
        "actor": pair.answerer,
        "organisation": pair.institute,
        "to_organisation_id": pair.startup.id,
    }
    with pytest.raises(NotFound):
        send(**answer)
    pair.institute.state = ProfileState.VERIFIED
    assert send(**answer).state is InterestState.SENT


def test_one_side_owns_the_need_and_the_other_can_help(
    make: Make, pair: Pair, send: Callable[..., ExpressionOfInterest]
) -> None:
    for organisation, code in (
        (pair.startup, "own_organisation"),
        (make.organisation(kind="startup"), "not_a_supplier"),
    ):
        with pytest.raises(Invalid, match=code):
            send(to_organisation_id=organisation.id)
    third = make.need(make.organisation())
    with pytest.raises(Invalid, match="own_need_or_theirs"):
        send(need_id=third.id)
    for unknown in ({"need_id": 99999}, {"to_organisation_id": 99999}):
        with pytest.raises(NotFound):
            send(**unknown)
    with pytest.raises(Invalid, match="message_missing"):
        send(message=" \n ")
    assert make.count(ExpressionOfInterest) == 0


@pytest.mark.parametrize("kind", list(OrganisationKind))
def test_every_kind_but_a_startup_can_be_asked(
    make: Make, send: Callable[..., ExpressionOfInterest], kind: OrganisationKind
) -> None:
    other = make.organisation(kind=kind.value)
    if kind is OrganisationKind.STARTUP:
        with pytest.raises(Invalid, match="not_a_supplier"):
            send(to_organisation_id=other.id)
    else:
        assert send(to_organisation_id=other.id).to_organisation is other


def test_the_entry_asked_about_is_a_published_one_of_the_supplier(
    make: Make, pair: Pair, send: Callable[..., ExpressionOfInterest]
) -> None:
    offer, technology = make.offer(pair.institute), make.technology(pair.institute)
    hidden = [
        {"offer_id": make.offer(make.organisation(kind="centre")).id},
        {"offer_id": make.offer(pair.institute, state=SupplyState.DRAFT).id},
        {"technology_id": make.technology(pair.institute, state=SupplyState.WITHDRAWN).id},
        {"offer_id": 99999},
    ]
    for subject in hidden:
        with pytest.raises(NotFound):
            send(**subject)
    with pytest.raises(Invalid, match="one_subject"):
        send(offer_id=offer.id, technology_id=technology.id)
    assert send(offer_id=offer.id).offer_id == offer.id


def test_an_entry_for_members_is_not_found_before_verification_but_is_ones_own(
    session: Session, make: Make, pair: Pair, send: Callable[..., ExpressionOfInterest]
) -> None:
    offer = make.offer(pair.institute, visibility=Visibility.MEMBERS)
    pair.startup.state = pair.institute.state = ProfileState.CLAIMED
    session.flush()
    with pytest.raises(NotFound):
        send(offer_id=offer.id)
    own = send(actor=pair.answerer, organisation=pair.institute, to_organisation_id=pair.startup.id, offer_id=offer.id)
    assert own.offer_id == offer.id


def test_the_same_question_is_open_once_and_can_be_asked_again_afterwards(
    session: Session, make: Make, pair: Pair, send: Callable[..., ExpressionOfInterest], now: datetime
) -> None:
    first = send()
    with pytest.raises(Conflict, match="interest_open"):
        send()
    assert send(offer_id=make.offer(pair.institute).id).id != first.id
    interests.withdraw_interest(session, pair.asker, first, now=now)
    assert send().id != first.id


def test_the_database_refuses_the_same_question_at_the_same_moment(
    session: Session, monkeypatch: pytest.MonkeyPatch, send: Callable[..., ExpressionOfInterest], make: Make
) -> None:
    send()
    monkeypatch.setattr(interests, "_open_interest", lambda *_: False)
    with pytest.raises(Conflict, match="interest_open"):
        send()
    assert make.count(ExpressionOfInterest) == 1


def test_suggestions_of_the_pair_become_an_interest(
    session: Session, make: Make, pair: Pair, send: Callable[..., ExpressionOfInterest], now: datetime
) -> None:
    offer = make.offer(pair.institute)

    def match(**values: Any) -> Match:
        defaults = {"need": pair.need, "organisation": pair.institute, "score": 0.5, "policy": "test"}
        added: Match = make._add(Match(**{**defaults, **values}))
        return added

    ours, theirs = match(offer=offer, side=MatchSide.ASKER), match(offer=offer, side=MatchSide.SUPPLIER)
    profile = match(side=MatchSide.ASKER)
    aside = match(side=MatchSide.SUPPLIER, state=MatchState.DISMISSED, dismiss_reason=DeclineReason.NO_CAPACITY)
    send(offer_id=offer.id)
    send()
    assert [m.state for m in (ours, theirs, profile)] == [MatchState.INTEREST] * 3
    assert ours.decided_at == now
    assert aside.state is MatchState.DISMISSED


def test_accepting_sends_the_answer_back(session: Session, make: Make, pair: Pair, now: datetime) -> None:
    interest = make.interest(pair.need, pair.institute)
    interests.accept_interest(session, pair.answerer, interest, " Tuesday at nine. ", now=now)
    assert (interest.state, interest.reply) == (InterestState.ACCEPTED, "Tuesday at nine.")
    assert (interest.answered_at, interest.answered_by) == (now, pair.answerer)
    assert mails(session) == [(pair.asker.email, "interest_answered")]
    assert actions(session) == ["interest.accept"]


@pytest.mark.parametrize("reason", list(DeclineReason))
def test_every_reason_of_a_refusal_goes_back_to_the_asker(
    session: Session, make: Make, pair: Pair, now: datetime, reason: DeclineReason
) -> None:
    interest = make.interest(pair.need, pair.institute)
    interests.decline_interest(session, pair.answerer, interest, reason, "", now=now)
    session.flush()
    assert (interest.state, interest.decline_reason, interest.reply) == (InterestState.DECLINED, reason, None)
    assert session.scalars(sa.select(OutboxMail.context)).one()["reason"] == reason.value
    assert session.scalars(sa.select(AuditEvent.data)).one()["reason"] == reason.value


def test_a_refusal_needs_a_reason(session: Session, make: Make, pair: Pair, now: datetime) -> None:
    interest = make.interest(pair.need, pair.institute)
    with pytest.raises(Invalid, match="reason_missing"):
        interests.decline_interest(session, pair.answerer, interest, None, "no", now=now)
    assert interest.state is InterestState.SENT


def test_a_late_question_can_still_be_answered(session: Session, make: Make, pair: Pair, now: datetime) -> None:
    interest = make.interest(pair.need, pair.institute)
    late = now + timedelta(days=40)
    assert interests.accept_interest(session, pair.answerer, interest, "Sorry.", now=late).answered_at == late


def test_a_suspended_side_does_not_answer_but_may_take_back(
    session: Session, make: Make, pair: Pair, now: datetime
) -> None:
    interest = make.interest(pair.need, pair.institute)
    pair.institute.state = pair.startup.state = ProfileState.SUSPENDED
    with pytest.raises(NotPermitted, match="suspended"):
        interests.accept_interest(session, pair.answerer, interest, "", now=now)
    assert interests.withdraw_interest(session, pair.asker, interest, now=now).state is InterestState.WITHDRAWN


ACTIONS: dict[str, tuple[InterestState, str]] = {
    "accept": (InterestState.ACCEPTED, "asked"),
    "decline": (InterestState.DECLINED, "asked"),
    "withdraw": (InterestState.WITHDRAWN, "asking"),
}
ROLES = (
    "asking manager",
    "asking member",
    "asked manager",
    "asked member",
    "stranger",
    "coordinator",
)


def _act(session: Session, actor: User, interest: ExpressionOfInterest, action: str, now: datetime) -> None:
    if action == "accept":
        interests.accept_interest(session, actor, interest, "Yes.", now=now)
    elif action == "decline":
        interests.decline_interest(session, actor, interest, DeclineReason.TERMS, "", now=now)
    else:
        interests.withdraw_interest(session, actor, interest, now=now)


def _actor(make: Make, pair: Pair, role: str) -> User:
    side, _, rank = role.partition(" ")
    organisation = {"asking": pair.startup, "asked": pair.institute}.get(side)
    if organisation is None:
        return make.coordinator() if role == "coordinator" else make.user(make.organisation())
    return make.user(organisation, membership=MembershipRole(rank))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", list(InterestState))
def test_every_step_in_every_state_by_every_role(
    session: Session, make: Make, pair: Pair, now: datetime, state: InterestState, action: str, role: str
) -> None:
    """The right side's managers move along the transition table; everything else is refused and changes nothing."""
    reason = DeclineReason.TOO_EARLY if state is InterestState.DECLINED else None
    interest = make.interest(pair.need, pair.institute, state=state, decline_reason=reason)
    actor = _actor(make, pair, role)
    session.flush()
    target, side = ACTIONS[action]
    expected: type[DomainError] | None = None
    if role != f"{side} manager":
        expected = NotPermitted
    elif target not in INTEREST[state]:
        expected = Conflict
    if expected is None:
        _act(session, actor, interest, action, now)
        session.flush()
        assert interest.state is target
        assert len(mails(session)) == 1
        return
    with pytest.raises(expected) as refused:
        _act(session, actor, interest, action, now)
    if expected is Conflict:
        assert refused.value.details["allowed"] == sorted(s.value for s in INTEREST[state])
    assert (interest.state, interest.decline_reason, interest.answered_at) == (state, reason, None)
    assert (mails(session), actions(session)) == ([], [])
    assert not session.dirty


def test_one_reminder_before_the_deadline_and_one_escalation_after_it(
    session: Session, make: Make, pair: Pair, now: datetime
) -> None:
    coordinators = [make.coordinator(), make.user(role=PlatformRole.ADMINISTRATOR)]
    interest = make.interest(pair.need, pair.institute)

    def pass_days(days: float) -> tuple[int, int]:
        return interests.remind_and_escalate(session, now=now + timedelta(days=days), remind_days=3)

    assert pass_days(6.9) == (0, 0)
    assert pass_days(7) == (1, 0)
    assert pass_days(8) == (0, 0)
    assert mails(session) == [(pair.answerer.email, "interest_reminder")]
    assert pass_days(10) == (0, 1)
    assert pass_days(11) == (0, 0)
    assert mails(session)[1:] == [(person.email, "interest_late") for person in coordinators]
    assert interest.state is InterestState.SENT
    assert (interest.reminded_at, interest.escalated_at) == (now + timedelta(days=7), now + timedelta(days=10))
    assert actions(session) == ["interest.remind", "interest.escalate"]


def test_a_question_found_late_only_is_escalated_without_a_reminder(
    session: Session, make: Make, pair: Pair, now: datetime
) -> None:
    make.interest(pair.need, pair.institute)
    assert interests.remind_and_escalate(session, now=now + timedelta(days=12), remind_days=3) == (0, 1)


@pytest.mark.parametrize("state", [s for s in InterestState if s is not InterestState.SENT])
def test_what_waits_for_nobody_is_neither_reminded_nor_escalated(
    session: Session, make: Make, pair: Pair, now: datetime, state: InterestState
) -> None:
    reason = DeclineReason.TERMS if state is InterestState.DECLINED else None
    make.interest(pair.need, pair.institute, state=state, decline_reason=reason)
    for days in (8, 12):
        done = interests.remind_and_escalate(session, now=now + timedelta(days=days), remind_days=3)
        assert done == (0, 0)
