"""The people of a workspace: members, roles, invitations, and the way out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from models import Invitation, Membership, OutboxMail, User
from models.base import utc_now
from models.types import InvitationState, MembershipRole, ProfileState
from network.queries.people import people
from tests.factories import Make

SignIn = Callable[[FlaskClient, User], Any]
MEMBER = MembershipRole.MEMBER


@pytest.fixture
def lab(make: Make) -> Any:
    return make.organisation("Lab", "institute", slug="lab")


@pytest.fixture
def chi(make: Make, lab: Any) -> User:
    return make.user(lab, name="Chi", email="chi@lab.vn")


@pytest.fixture
def lan(make: Make, lab: Any) -> User:
    return make.user(lab, name="Lan", email="lan@lab.vn", membership=MEMBER)


def number(user: User) -> int:
    return user.memberships[0].id


PAGE = "/en/workspace/lab/people"


def test_a_manager_sees_everybody_and_who_is_invited(
    client: Any, make: Make, sign_in: SignIn, lab: Any, chi: User, lan: User
) -> None:
    make.user(make.organisation(), name="Elsewhere")
    make.user(lab, name="Gone", active=False)
    make.invitation(lab, name="Minh", email="minh@lab.vn", invited_by=chi)
    make.invitation(lab, name="Late", expires_at=utc_now() - timedelta(days=1))
    make.invitation(lab, name="Settled", state=InvitationState.REVOKED, settled_at=utc_now())
    assert sign_in(client, chi).get(PAGE).status_code == 200
    assert client.texts("h1") == ["People"]
    assert client.texts(".subnav a[aria-current]") == ["People"]
    assert client.texts("main h2") == ["Chi (you)", "Lan", "Invitations on their way"]
    assert [text.split(" · since")[0] for text in client.texts("h2 + .entry-meta")] == [
        "Manager · chi@lab.vn",
        "Member · lan@lab.vn",
    ]
    assert sorted(client.texts("section h3")) == ["Late Expired", "Minh"]
    assert "You are the only manager" in client.texts("main")[0]
    assert client.texts(".entries li a") == [
        "Change role : Lan",
        "Remove : Lan",
        "Take back : Late",
        "Take back : Minh",
    ]


def test_a_member_sees_names_and_the_way_out_only(client: Any, sign_in: SignIn, chi: User, lan: User) -> None:
    sign_in(client, lan).get("/vi/workspace/lab/people")
    assert client.texts("main h2") == ["Chi", "Lan (bạn)"]
    assert "chi@lab.vn" not in client.texts("main")[0]
    assert [a["href"] for a in client.page.select(".entries li a")] == ["/vi/workspace/lab/people/leave"]
    assert client.page.select("main a.btn-primary") == []


def test_nobody_invited_yet_is_said(client: Any, sign_in: SignIn, chi: User) -> None:
    sign_in(client, chi).get(PAGE)
    assert client.texts("section p") == [
        "Nobody is invited at present. Colleagues get a mail with a link, and choose their own password."
    ]


def test_inviting_somebody(client: Any, session: Session, sign_in: SignIn, chi: User) -> None:
    sign_in(client, chi).get("/vi/workspace/lab/people/invite")
    assert client.page.select_one("input[name=language][checked]")["value"] == "vi"
    form = {"name": "Minh", "email": "Minh@Lab.vn", "role": "manager", "language": "en"}
    client.submit(f"{PAGE}/invite", **form)
    assert client.texts(".notice") == ["The invitation is on its way to Minh@Lab.vn."]
    assert client.texts("section h3") == ["Minh"]
    invitation = session.scalars(sa.select(Invitation)).one()
    assert (invitation.email, invitation.role, invitation.language) == ("minh@lab.vn", MembershipRole.MANAGER, "en")
    assert session.scalars(sa.select(OutboxMail.to)).all() == ["minh@lab.vn"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "Name: Fill this in."),
        ({"email": "minh"}, "E-mail address: Write an e-mail address such as name@example.org."),
        ({"role": "reviewer"}, "Role: Choose one of the options shown."),
        ({"email": "LAN@lab.vn"}, "E-mail address: The person with this address belongs to the organisation already."),
        (
            {"email": "asked@lab.vn"},
            "E-mail address: This address is invited already. Send the invitation again, or take it back first.",
        ),
    ],
)
def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(
    client: Any, make: Make, sign_in: SignIn, lab: Any, chi: User, lan: User, changes: dict[str, str], said: str
) -> None:
    make.invitation(lab, email="asked@lab.vn")
    form = {"name": "Minh", "email": "minh@lab.vn", "role": "member", "language": "vi", **changes}
    assert sign_in(client, chi).submit(f"{PAGE}/invite", **form).status_code == 422
    assert client.texts(".error-summary li") == [said]
    assert client.page.select_one("#email")["value"] == form["email"]
    assert make.count(Invitation) == 1


def test_a_suspended_organisation_invites_nobody(client: Any, make: Make, sign_in: SignIn, lab: Any, chi: User) -> None:
    lab.state = ProfileState.SUSPENDED
    sign_in(client, chi).get(PAGE)
    assert client.page.select("main a.btn-primary") == []
    answer = client.submit(f"{PAGE}/invite", name="Minh", email="m@lab.vn", role="member", language="vi")
    assert answer.status_code == 422
    assert "suspended" in client.texts(".error-summary li")[0]
    assert make.count(Invitation) == 0


def test_sending_again_and_taking_back(
    client: Any, session: Session, make: Make, sign_in: SignIn, lab: Any, chi: User
) -> None:
    invitation, _ = make.invitation(lab, name="Minh", email="minh@lab.vn")
    before = invitation.secret_hash
    sign_in(client, chi).submit(f"{PAGE}/invitations/{invitation.id}/resend")
    assert "A new mail is on its way to minh@lab.vn." in client.texts(".notice")[0]
    session.refresh(invitation)
    assert invitation.secret_hash != before
    client.get(f"{PAGE}/invitations/{invitation.id}/revoke")
    assert client.texts("h1") == ["Take this invitation back?"]
    client.submit(client.page.select_one("main form")["action"])
    assert client.texts(".notice") == ["The invitation of Minh is taken back."]
    assert client.get(f"{PAGE}/invitations/{invitation.id}/revoke").status_code == 404
    assert client.submit(f"{PAGE}/invitations/{invitation.id}/resend").status_code == 409
    assert make.count(OutboxMail) == 0


def test_another_role_is_chosen_on_a_page_of_its_own(
    client: Any, session: Session, sign_in: SignIn, chi: User, lan: User
) -> None:
    sign_in(client, chi).get(f"{PAGE}/{number(lan)}/role")
    assert client.texts("h1") == ["Role of Lan"]
    assert client.page.select_one("input[name=role][checked]")["value"] == "member"
    client.submit(f"{PAGE}/{number(lan)}/role", role="manager")
    assert client.texts(".notice") == ["Lan: Manager."]
    client.get(f"{PAGE}/{number(chi)}/role")
    assert "This is your own role." in client.texts("main .notice")[0]
    client.submit(f"{PAGE}/{number(chi)}/role", role="member")
    session.expire_all()
    assert [m.role.value for m in (*chi.memberships, *lan.memberships)] == ["member", "manager"]
    assert client.get(f"{PAGE}/invite").status_code == 403


def test_the_last_manager_is_neither_demoted_nor_removed_and_does_not_leave(
    client: Any, session: Session, sign_in: SignIn, chi: User, lan: User
) -> None:
    answer = sign_in(client, chi).submit(f"{PAGE}/{number(chi)}/role", role="member")
    assert answer.status_code == 422
    said = "An organisation keeps at least one manager. Make somebody else a manager first."
    assert client.texts(".error-summary li") == [f"Role: {said}"]
    client.get(f"{PAGE}/leave")
    assert "You are the only manager." in client.texts("main .notice")[0]
    assert client.page.select("main form") == []
    assert client.submit(f"{PAGE}/leave").status_code == 409
    assert said in client.texts("main")[0]
    assert client.get(f"{PAGE}/{number(chi)}/remove").location == f"{PAGE}/leave"
    assert client.post(f"{PAGE}/{number(chi)}/remove").location == f"{PAGE}/leave"
    session.expire_all()
    assert chi.memberships[0].role is MembershipRole.MANAGER


def test_a_member_is_removed_after_a_question(
    client: Any, app: Any, session: Session, make: Make, sign_in: SignIn, chi: User, lan: User
) -> None:
    theirs = app.test_client()
    assert sign_in(theirs, lan).get(PAGE).status_code == 200
    sign_in(client, chi).get(f"{PAGE}/{number(lan)}/remove")
    assert client.texts("h1") == ["Remove Lan?"]
    assert make.count(Membership) == 2
    client.submit(client.page.select_one("main form")["action"])
    assert client.texts(".notice") == ["Lan no longer belongs to the organisation and has been told."]
    assert theirs.get(PAGE).status_code == 403
    assert session.scalars(sa.select(OutboxMail.template)).all() == ["membership_removed"]


def test_leaving(client: Any, session: Session, make: Make, sign_in: SignIn, chi: User, lan: User) -> None:
    sign_in(client, lan).get(f"{PAGE}/leave")
    assert client.texts("h1") == ["Leave Lab?"]
    client.submit(client.page.select_one("main form")["action"])
    assert client.texts(".notice") == ["You no longer belong to the organisation."]
    assert client.texts("h1") == ["You have no workspace yet"]
    assert make.count(Membership) == 1


def test_people_and_invitations_of_another_organisation_are_not_found(
    client: Any, make: Make, sign_in: SignIn, chi: User
) -> None:
    other = make.organisation()
    stranger = make.user(other)
    invitation, _ = make.invitation(other)
    sign_in(client, chi)
    for page in (f"{number(stranger)}/role", f"{number(stranger)}/remove", f"invitations/{invitation.id}/revoke"):
        assert client.get(f"{PAGE}/{page}").status_code == 404
        assert client.post(f"{PAGE}/{page}", data={"role": "member"}).status_code == 404
    assert client.post(f"{PAGE}/invitations/{invitation.id}/resend").status_code == 404


def test_the_list_takes_two_statements(session: Session, make: Make, lab: Any, chi: User) -> None:
    for _ in range(3):
        make.user(lab)
        make.invitation(lab, invited_by=make.user())
    session.flush()
    session.expire_all()
    assert (chi.id, lab.id) > (0, 0)
    statements: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda c, cursor, sql, *_: statements.append(sql))
    found = people(session, chi, lab.id, now=utc_now())
    assert (len(found.members), len(found.invitations), len(statements)) == (4, 3, 2)
