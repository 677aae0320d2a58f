"""Invitations: who sends them, what the mail carries, and that a link opens once, for one person, in time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, Invitation, Membership, Notification, OutboxMail, User
from models.errors import Conflict, DomainError, Invalid, NotFound, NotPermitted
from models.types import InvitationState, MembershipRole, ProfileState
from network.services import accounts, invitations
from network.services.outbox import send_waiting
from tests.factories import PASSWORD, Make

Invite = Callable[..., Invitation]


@pytest.fixture
def lab(make: Make) -> Any:
    return make.organisation("Lab", "institute")


@pytest.fixture
def manager(make: Make, lab: Any) -> User:
    return make.user(lab, name="Chi")


@pytest.fixture
def invite(session: Session, lab: Any, manager: User, now: datetime) -> Invite:
    def _invite(**changes: Any) -> Invitation:
        values = {
            "name": "  Lan  Phạm ",
            "email": " Lan@Lab.vn ",
            "role": MembershipRole.MEMBER,
            "language": "en",
            "now": now,
            **changes,
        }
        return invitations.invite(session, values.pop("actor", manager), values.pop("organisation", lab), **values)

    return _invite


def secret_of(session: Session) -> str:
    """What the latest mail of an invitation carries."""
    mails = sa.select(OutboxMail).where(OutboxMail.template == "invitation").order_by(OutboxMail.id.desc())
    return str(session.scalars(mails).all()[0].context["secret"])


def actions(session: Session) -> list[str]:
    return list(session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)))


def test_a_manager_invites_and_the_database_does_not_know_the_secret(
    session: Session, lab: Any, invite: Invite, now: datetime
) -> None:
    invitation = invite()
    assert (invitation.name, invitation.email, invitation.language) == ("Lan Phạm", "lan@lab.vn", "en")
    assert (invitation.state, invitation.organisation) == (InvitationState.PENDING, lab)
    assert (invitation.sent_at, invitation.expires_at) == (now, now + timedelta(days=14))
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert (mail.to, mail.language, mail.template) == ("lan@lab.vn", "en", "invitation")
    assert (mail.context["inviter"], mail.context["organisation"]["en"]) == ("Chi", "Lab")
    assert mail.context["expires_on"] == "2026-12-08"
    secret = secret_of(session)
    assert len(secret) >= 40
    assert secret not in invitation.secret_hash
    assert actions(session) == ["invitation.send"]
    assert "lan" not in str(session.scalars(sa.select(AuditEvent.data)).one())


def test_the_outbox_forgets_the_secret_once_the_mail_has_gone(session: Session, invite: Invite, now: datetime) -> None:
    invite()
    session.commit()
    seen: list[str] = []
    assert send_waiting(session, lambda mail: seen.append(mail.context["secret"]), now=now) == (1, 0)
    context = session.scalars(sa.select(OutboxMail.context)).one()
    assert (len(seen), "secret" in context) == (1, False)
    assert context["invitation_id"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "invited_name_missing"),
        ({"email": "lan"}, "email_missing"),
        ({"role": MembershipRole.REVIEWER}, "role_missing"),
    ],
)
def test_what_is_missing_is_refused(make: Make, invite: Invite, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        invite(**changes)
    assert make.count(Invitation) == 0


def test_nobody_is_invited_twice_or_into_an_own_organisation(make: Make, lab: Any, invite: Invite) -> None:
    make.user(lab, email="in@lab.vn", membership=MembershipRole.MEMBER)
    with pytest.raises(Conflict, match="already_member"):
        invite(email="IN@lab.vn")
    invite()
    with pytest.raises(Conflict, match="already_invited"):
        invite()
    other = make.organisation(kind="centre")
    assert invite(organisation=other, actor=make.user(other)).email == "lan@lab.vn"


@pytest.mark.parametrize("role", ["member", "stranger", "coordinator"])
def test_only_managers_invite_send_again_and_take_back(
    session: Session, make: Make, lab: Any, invite: Invite, now: datetime, role: str
) -> None:
    actor = {
        "member": lambda: make.user(lab, membership=MembershipRole.MEMBER),
        "stranger": lambda: make.user(make.organisation()),
        "coordinator": make.coordinator,
    }[role]()
    invitation = invite()
    for refused in (
        lambda: invite(actor=actor, email="other@lab.vn"),
        lambda: invitations.resend(session, actor, invitation, now=now),
        lambda: invitations.revoke(session, actor, invitation, now=now),
    ):
        with pytest.raises(NotPermitted):
            refused()


def test_a_coordinator_invites_the_first_manager_who_claims_the_profile(
    session: Session, make: Make, invite: Invite, now: datetime
) -> None:
    firm = make.organisation(kind="enterprise", state=ProfileState.UNCLAIMED)
    invitation = invite(actor=make.coordinator(), organisation=firm, role=MembershipRole.MANAGER)
    person = make.user(email="lan@lab.vn")
    invitations.accept(session, person, invitation, now=now)
    assert firm.state is ProfileState.CLAIMED
    assert person.membership_of(firm.id).role is MembershipRole.MANAGER  # type: ignore[union-attr]
    assert actions(session)[-2:] == ["invitation.accept", "profile.claimed"]


def test_a_suspended_organisation_takes_nobody_in(
    session: Session, lab: Any, manager: User, invite: Invite, now: datetime
) -> None:
    invitation = invite()
    lab.state = ProfileState.SUSPENDED
    for refused in (
        lambda: invite(email="other@lab.vn"),
        lambda: invitations.resend(session, manager, invitation, now=now),
    ):
        with pytest.raises(NotPermitted, match="suspended"):
            refused()
    with pytest.raises(Conflict, match="suspended"):
        invitations.open_with(session, invitation.id, secret_of(session), now=now)
    assert invitations.revoke(session, manager, invitation, now=now).state is InvitationState.REVOKED


def test_accepting_makes_a_member_once(
    session: Session, make: Make, lab: Any, manager: User, invite: Invite, now: datetime
) -> None:
    invitation, person = invite(), make.user(email="lan@lab.vn", name="Lan")
    secret = secret_of(session)
    opened = invitations.open_with(session, invitation.id, secret, now=now)
    membership = invitations.accept(session, person, opened, now=now)
    assert (membership.organisation, membership.role) == (lab, MembershipRole.MEMBER)
    assert (invitation.state, invitation.settled_at) == (InvitationState.ACCEPTED, now)
    [told] = session.scalars(sa.select(Notification).where(Notification.template == "invitation_accepted")).all()
    assert (told.user_id, told.context["person"]) == (manager.id, "Lan")
    with pytest.raises(Conflict, match="invitation_accepted"):
        invitations.open_with(session, invitation.id, secret, now=now)
    with pytest.raises(Conflict, match="invitation_accepted"):
        invitations.accept(session, person, invitation, now=now)
    assert len(person.memberships) == 1


def test_another_person_does_not_accept(session: Session, make: Make, invite: Invite, now: datetime) -> None:
    invitation, other = invite(), make.user()
    with pytest.raises(Conflict, match="invitation_for_another"):
        invitations.accept(session, other, invitation, now=now)
    assert (other.memberships, invitation.state) == ([], InvitationState.PENDING)


def test_who_became_a_member_meanwhile_keeps_the_higher_role(
    session: Session, make: Make, lab: Any, invite: Invite, now: datetime
) -> None:
    for invited, had, has in (
        (MembershipRole.MANAGER, MembershipRole.MEMBER, MembershipRole.MANAGER),
        (MembershipRole.MEMBER, MembershipRole.MANAGER, MembershipRole.MANAGER),
    ):
        invitation = invite(email=f"{had.value}@lab.vn", role=invited)
        person = make.user(lab, email=f"{had.value}@lab.vn", membership=had)
        assert invitations.accept(session, person, invitation, now=now).role is has
        assert len(person.memberships) == 1


def test_a_link_opens_for_two_weeks(session: Session, invite: Invite, now: datetime) -> None:
    invitation = invite()
    secret = secret_of(session)
    last = now + timedelta(days=14) - timedelta(seconds=1)
    assert invitations.open_with(session, invitation.id, secret, now=last) is invitation
    with pytest.raises(Conflict, match="invitation_expired"):
        invitations.open_with(session, invitation.id, secret, now=now + timedelta(days=14))


def test_a_wrong_secret_or_number_opens_nothing(session: Session, invite: Invite, now: datetime) -> None:
    invitation = invite()
    with pytest.raises(NotFound, match="invitation_unknown"):
        invitations.open_with(session, invitation.id + 1, secret_of(session), now=now)
    with pytest.raises(Conflict, match="invitation_replaced"):
        invitations.open_with(session, invitation.id, "guessed", now=now)


def test_sending_again_ends_the_former_link_and_renews_the_term(
    session: Session, manager: User, invite: Invite, now: datetime
) -> None:
    invitation = invite()
    former, later = secret_of(session), now + timedelta(days=20)
    invitations.resend(session, manager, invitation, now=later)
    session.flush()
    assert invitation.expires_at == later + timedelta(days=14)
    assert session.scalar(sa.select(sa.func.count(OutboxMail.id))) == 1  # the former one had not left yet
    with pytest.raises(Conflict, match="invitation_replaced"):
        invitations.open_with(session, invitation.id, former, now=later)
    assert invitations.open_with(session, invitation.id, secret_of(session), now=later)
    assert actions(session) == ["invitation.send", "invitation.resend"]


def test_a_mail_of_another_organisation_stays(
    session: Session, make: Make, manager: User, invite: Invite, now: datetime
) -> None:
    other = make.organisation(kind="centre")
    ours = invite()
    invite(organisation=other, actor=make.user(other))
    invitations.revoke(session, manager, ours, now=now)
    session.flush()
    left = session.scalars(sa.select(OutboxMail)).one()
    assert left.context["organisation"]["en"] == other.name.en


def test_declining_needs_no_account_and_tells_the_managers(
    session: Session, manager: User, invite: Invite, now: datetime
) -> None:
    invitation = invite()
    invitations.decline(session, invitation, now=now)
    session.flush()
    told = session.scalars(sa.select(Notification)).one()
    assert (told.user_id, told.template, told.context["person"]) == (manager.id, "invitation_declined", "Lan Phạm")
    assert session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first().actor_id is None  # type: ignore[union-attr]


@pytest.mark.parametrize("state", list(InvitationState))
@pytest.mark.parametrize("step", ["accept", "decline", "revoke", "resend"])
def test_every_step_in_every_state(
    session: Session, make: Make, lab: Any, manager: User, now: datetime, state: InvitationState, step: str
) -> None:
    settled = None if state is InvitationState.PENDING else now
    invitation, _ = make.invitation(lab, state=state, settled_at=settled)
    person = make.user(email=invitation.email)
    act: Callable[[], object] = {
        "accept": lambda: invitations.accept(session, person, invitation, now=now),
        "decline": lambda: invitations.decline(session, invitation, now=now),
        "revoke": lambda: invitations.revoke(session, manager, invitation, now=now),
        "resend": lambda: invitations.resend(session, manager, invitation, now=now),
    }[step]
    if state is InvitationState.PENDING:
        act()
        session.flush()
        assert (invitation.state is InvitationState.PENDING) == (step == "resend")
        return
    with pytest.raises(Conflict, match=f"invitation_{state.value}"):
        act()
    assert invitation.state is state
    assert actions(session) == []


def test_joining_makes_the_account_and_the_membership_or_neither(
    session: Session, make: Make, lab: Any, invite: Invite, now: datetime
) -> None:
    invitation = invite()
    form: dict[str, Any] = {"name": "Lan", "password": "sông-hồng-mùa-thu", "language": "vi", "consent": True}
    for changes in ({"password": "short"}, {"consent": False}, {"name": " "}):
        with pytest.raises(DomainError):
            invitations.join(session, invitation, **{**form, **changes}, now=now)
    assert (make.count(User), make.count(Membership), invitation.state) == (1, 1, InvitationState.PENDING)
    person = invitations.join(session, invitation, **form, now=now)
    assert (person.email, person.membership_of(lab.id) is not None) == ("lan@lab.vn", True)
    assert accounts.authenticate(session, "lan@lab.vn", "sông-hồng-mùa-thu", now=now) is person


def test_deleting_an_account_deletes_the_invitations_to_it(
    session: Session, make: Make, invite: Invite, now: datetime
) -> None:
    invite()
    accounts.erase_account(session, make.user(email="lan@lab.vn"), PASSWORD, now=now)
    assert (make.count(Invitation), make.count(OutboxMail)) == (0, 0)


def test_people_who_never_came_are_forgotten_a_month_after_their_link_expired(
    session: Session, make: Make, lab: Any, invite: Invite, now: datetime
) -> None:
    invite()
    declined = invite(email="minh@else.vn")
    invitations.decline(session, declined, now=now)
    make.user(email="hoa@lab.vn")
    known = invite(email="hoa@lab.vn")
    session.execute(sa.update(OutboxMail).values(sent_at=now))
    last_day = now + timedelta(days=14 + 30)
    assert invitations.purge(session, now=last_day) == 0
    later = invite(email="new@else.vn", now=last_day)
    assert invitations.purge(session, now=last_day + timedelta(seconds=1)) == 2
    assert session.scalars(sa.select(Invitation).order_by(Invitation.id)).all() == [known, later]
    assert session.scalars(sa.select(OutboxMail.to).order_by(OutboxMail.id)).all() == ["hoa@lab.vn", "new@else.vn"]
    row = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "invitation.purge")).one()
    assert (row.organisation_id, row.data, row.actor_id) == (lab.id, {"number": 2}, None)


def test_who_was_invited_by_two_is_remembered_while_one_still_waits(
    session: Session, make: Make, invite: Invite, now: datetime
) -> None:
    other = make.organisation(kind="centre")
    invite()
    waits = invite(organisation=other, actor=make.user(other), now=now + timedelta(days=40))
    assert invitations.purge(session, now=now + timedelta(days=45)) == 1
    assert session.scalars(sa.select(Invitation)).one() is waits
    assert session.scalar(sa.select(sa.func.count(OutboxMail.id))) == 2
