"""The people of an organisation: one manager always stays."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, Membership, Notification, Organisation, OutboxMail, User
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.types import MembershipRole
from network.services import people
from network.services.invitations import roles_of
from tests.factories import Make

MANAGER, MEMBER = MembershipRole.MANAGER, MembershipRole.MEMBER


@pytest.fixture
def lab(make: Make) -> Organisation:
    organisation: Organisation = make.organisation("Lab", "institute")
    return organisation


def of(user: User, organisation: Organisation) -> Membership:
    membership = user.membership_of(organisation.id)
    assert membership is not None
    return membership


def mails(session: Session) -> list[tuple[str, str]]:
    return [(mail.to, mail.template) for mail in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))]


def notices(session: Session) -> list[tuple[int, str]]:
    return [(n.user_id, n.template) for n in session.scalars(sa.select(Notification).order_by(Notification.id))]


def test_a_member_becomes_a_manager_and_a_member_again(
    session: Session, make: Make, lab: Organisation, now: datetime
) -> None:
    chi, lan = make.user(lab), make.user(lab, membership=MEMBER)
    assert people.change_role(session, chi, of(lan, lab), MANAGER, now=now).role is MANAGER
    people.change_role(session, chi, of(lan, lab), MANAGER, now=now)
    assert people.change_role(session, lan, of(chi, lab), MEMBER, now=now).role is MEMBER
    assert mails(session) == [(lan.email, "membership_role"), (chi.email, "membership_role")]
    events = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [(e.action, e.data) for e in events] == [
        ("membership.role", {"role": "manager"}),
        ("membership.role", {"role": "member"}),
    ]


def test_a_manager_may_step_back_when_another_one_stays(
    session: Session, make: Make, lab: Organisation, now: datetime
) -> None:
    chi, lan = make.user(lab), make.user(lab)
    people.change_role(session, chi, of(chi, lab), MEMBER, now=now)
    assert mails(session) == []
    with pytest.raises(Conflict, match="last_manager"):
        people.change_role(session, lan, of(lan, lab), MEMBER, now=now)


@pytest.mark.parametrize("role", [MembershipRole.REVIEWER, None])
def test_other_roles_are_not_given_here(
    session: Session, make: Make, lab: Organisation, now: datetime, role: MembershipRole | None
) -> None:
    with pytest.raises(Invalid, match="role_missing"):
        people.change_role(session, make.user(lab), of(make.user(lab), lab), role, now=now)


def test_a_removed_member_is_told_and_reads_nothing_any_more(
    session: Session, make: Make, lab: Organisation, now: datetime
) -> None:
    chi, lan = make.user(lab), make.user(lab, membership=MEMBER)
    people.remove(session, chi, of(lan, lab), now=now)
    session.expire_all()
    assert lan.memberships == []
    assert mails(session) == [(lan.email, "membership_removed")]
    event = session.scalars(sa.select(AuditEvent)).one()
    assert (event.action, event.data) == ("membership.remove", {"person_id": lan.id})


def test_whoever_leaves_is_missed_by_the_managers(
    session: Session, make: Make, lab: Organisation, now: datetime
) -> None:
    chi, lan, minh = make.user(lab), make.user(lab, membership=MEMBER), make.user(lab)
    people.leave(session, lan, lab, now=now)
    assert notices(session) == [(chi.id, "member_left"), (minh.id, "member_left")]
    people.remove(session, minh, of(minh, lab), now=now)
    assert notices(session)[2:] == [(chi.id, "member_left")]
    assert mails(session) == []  # read once a day
    assert session.scalars(sa.select(AuditEvent.action)).all() == ["membership.leave", "membership.leave"]


def test_the_last_manager_stays(session: Session, make: Make, lab: Organisation, now: datetime) -> None:
    chi = make.user(lab)
    make.user(lab, membership=MEMBER)
    make.user(lab, active=False)
    make.user(make.organisation())
    for refused in (
        lambda: people.leave(session, chi, lab, now=now),
        lambda: people.remove(session, chi, of(chi, lab), now=now),
        lambda: people.change_role(session, chi, of(chi, lab), MEMBER, now=now),
    ):
        with pytest.raises(Conflict, match="last_manager"):
            refused()
    assert of(chi, lab).role is MANAGER
    assert make.count(AuditEvent) == 0


@pytest.mark.parametrize("who", ["member", "stranger", "coordinator"])
def test_only_managers_change_others(session: Session, make: Make, lab: Organisation, now: datetime, who: str) -> None:
    chi, lan = make.user(lab), make.user(lab)
    actor = {
        "member": lambda: make.user(lab, membership=MEMBER),
        "stranger": lambda: make.user(make.organisation()),
        "coordinator": make.coordinator,
    }[who]()
    for refused in (
        lambda: people.change_role(session, actor, of(lan, lab), MEMBER, now=now),
        lambda: people.remove(session, actor, of(chi, lab), now=now),
    ):
        with pytest.raises(NotPermitted):
            refused()
    if who != "member":
        with pytest.raises(NotPermitted):
            people.leave(session, actor, lab, now=now)


def test_a_membership_of_another_organisation_is_not_found(session: Session, make: Make, lab: Organisation) -> None:
    other = make.organisation()
    membership = of(make.user(other), other)
    for number in (membership.id, 99999):
        with pytest.raises(NotFound):
            people.find(session, lab, number)
    assert people.find(session, other, membership.id) is membership


def test_a_centre_has_reviewers_and_nobody_else(session: Session, make: Make, now: datetime) -> None:
    for kind, roles in (("centre", 3), ("startup", 2), ("institute", 2)):
        organisation = make.organisation(kind=kind)
        assert len(roles_of(organisation)) == roles
    centre = make.organisation(kind="centre")
    manager, member = make.user(centre), make.user(centre, membership=MembershipRole.MEMBER)
    people.change_role(session, manager, member.memberships[0], MembershipRole.REVIEWER, now=now)
    assert member.memberships[0].role is MembershipRole.REVIEWER
