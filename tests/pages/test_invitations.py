"""The link in the mail of an invitation, from every side it can be opened from."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Membership, User
from models.types import InvitationState, MembershipRole, ProfileState
from network.links import read_invitation, sign_invitation
from tests.factories import NOW, PASSWORD, Make

SignIn = Callable[[FlaskClient, User], Any]
ACCOUNT = {"name": "Lan Phạm", "password": "sông-hồng-mùa-thu", "consent": "y"}


@pytest.fixture
def lab(make: Make) -> Any:
    return make.organisation("Lab", "institute", slug="lab")


@pytest.fixture
def link(app: Flask, session: Session, make: Make, lab: Any) -> Callable[..., str]:
    def _link(lang: str = "en", **values: Any) -> str:
        chi = make.user(lab, name="Chi")
        defaults = {"email": "lan@lab.vn", "name": "Lan", "invited_by": chi}
        invitation, secret = make.invitation(lab, **{**defaults, **values})
        session.commit()
        with app.app_context():
            return f"/{lang}/invitations/{sign_invitation(invitation.id, secret)}"

    return _link


def test_a_new_person_creates_an_account_and_belongs_to_the_organisation(
    client: Any, session: Session, make: Make, link: Callable[..., str]
) -> None:
    address = link(role=MembershipRole.MANAGER)
    assert client.get(address).status_code == 200
    assert client.texts("h1") == ["Lab"]
    assert client.texts(".lead") == ["Chi invites Lan to work here for the organisation."]
    assert client.page.select_one("#name")["value"] == "Lan"
    assert client.page.select("input[name=email]") == []
    client.submit(f"{address}/join", **ACCOUNT)
    assert client.texts(".notice")[0] == "Welcome to Lab."
    person = session.scalars(sa.select(User).where(User.email == "lan@lab.vn")).one()
    assert (person.name, person.language, person.memberships[0].role) == ("Lan Phạm", "en", MembershipRole.MANAGER)
    assert client.get("/en/workspace/lab/people").status_code == 200
    client.submit("/en/sign-out")
    assert client.get(address).status_code == 409
    assert "This invitation has been used." in client.texts("main")[0]


@pytest.mark.parametrize(
    ("changes", "field"), [({"name": ""}, "name"), ({"password": "short"}, "password"), ({"consent": ""}, "consent")]
)
def test_what_is_missing_for_the_account_is_said(
    client: Any, make: Make, link: Callable[..., str], changes: dict[str, str], field: str
) -> None:
    address = link("vi")
    values = {name: value for name, value in {**ACCOUNT, **changes}.items() if value}
    assert client.submit(f"{address}/join", **values).status_code == 422
    assert [a["href"] for a in client.page.select(".error-summary a")] == [f"#{field}"]
    assert make.count(User) == 1


def test_a_weak_password_is_refused_at_its_field(client: Any, link: Callable[..., str]) -> None:
    assert client.submit(f"{link()}/join", **{**ACCOUNT, "password": "matkhau12345"}).status_code == 422
    assert client.texts("#password-error-1")


def test_a_person_with_an_account_signs_in_comes_back_and_accepts(
    client: Any, session: Session, make: Make, link: Callable[..., str]
) -> None:
    lan = make.user(email="lan@lab.vn")
    address = link()
    client.get(address)
    assert client.page.select("main form") == []
    client.get(client.page.select_one("main a.btn-primary")["href"])
    target = client.page.select_one("main input[name=next]")["value"]
    client.submit("/en/sign-in", email="lan@lab.vn", password=PASSWORD, next=target)
    assert client.texts("h1") == ["Lab"]
    client.submit(client.page.select_one("main .actions form")["action"])
    assert client.texts(".notice")[0] == "Welcome to Lab."
    session.expire_all()
    assert [m.organisation.slug for m in lan.memberships] == ["lab"]


def test_an_account_cannot_be_made_over_an_existing_one(client: Any, make: Make, link: Callable[..., str]) -> None:
    make.user(email="lan@lab.vn")
    assert client.submit(f"{link()}/join", **ACCOUNT).status_code == 422
    assert make.count(Membership) == 1


def test_who_is_signed_in_with_another_address_is_told_and_cannot_accept(
    client: Any, make: Make, sign_in: SignIn, link: Callable[..., str]
) -> None:
    address, other = link(), make.user(email="other@lab.vn")
    sign_in(client, other).get(address)
    assert "is for lan@lab.vn, but you are signed in as other@lab.vn" in client.texts(".notice")[0]
    assert client.submit(f"{address}/accept").status_code == 409
    assert "This invitation is for another e-mail address" in client.texts("main")[0]
    assert client.submit(f"{address}/join", follow=False, **ACCOUNT).location == address
    assert make.count(Membership) == 1


def test_accepting_needs_an_account(client: Any, link: Callable[..., str]) -> None:
    assert "/en/sign-in" in client.post(f"{link()}/accept").location


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"expires_at": NOW - timedelta(minutes=1)}, "This invitation has expired."),
        ({"state": InvitationState.ACCEPTED, "settled_at": NOW}, "This invitation has been used."),
        ({"state": InvitationState.DECLINED, "settled_at": NOW}, "This invitation was declined."),
        ({"state": InvitationState.REVOKED, "settled_at": NOW}, "This invitation was taken back."),
        ({"secret_hash": "0" * 64}, "A newer mail has taken the place of this invitation."),
    ],
)
def test_a_link_that_opens_nothing_says_why(
    client: Any, make: Make, sign_in: SignIn, link: Callable[..., str], values: dict[str, Any], said: str
) -> None:
    address = link(**values)
    sign_in(client, make.user(email="lan@lab.vn"))
    for method, part in (
        ("GET", ""),
        ("POST", "/accept"),
        ("POST", "/join"),
        ("GET", "/decline"),
        ("POST", "/decline"),
    ):
        assert client.open(address + part, method=method).status_code == 409
        assert said in client.texts("main")[0]
    assert make.count(Membership) == 1


def test_a_suspended_organisation_takes_nobody_in(client: Any, lab: Any, link: Callable[..., str]) -> None:
    lab.state = ProfileState.SUSPENDED
    assert client.get(link()).status_code == 409


def test_what_this_site_has_not_signed_opens_nothing(
    client: Any, app: Flask, session: Session, link: Callable[..., str]
) -> None:
    address = link()
    for token in ("abc", address.rsplit("/", 1)[1][:-1] + "x", "WzEsIm5vIl0.made-up"):
        assert client.get(f"/en/invitations/{token}").status_code == 404
        assert "This link is not complete." in client.texts("main")[0]
    with app.app_context():
        assert client.get(f"/en/invitations/{sign_invitation(99999, 'x')}").status_code == 404
        assert read_invitation(sign_invitation(7, "words")) == (7, "words")
        app.secret_key, kept = "another key" * 4, app.secret_key
        token = sign_invitation(7, "words")
        app.secret_key = kept
        assert read_invitation(token) is None


def test_looking_uses_nothing_up(client: Any, session: Session, link: Callable[..., str]) -> None:
    address = link()
    for _ in range(3):
        assert client.get(address).status_code == 200
        assert client.get(f"{address}/decline").status_code == 200


def test_declining_after_a_question(client: Any, make: Make, link: Callable[..., str]) -> None:
    address = link("vi")
    client.get(f"{address}/decline")
    client.submit(client.page.select_one("main form")["action"])
    assert client.texts(".notice") == ["Bạn đã từ chối. Người mời đã được báo tin."]
    assert client.get(address).status_code == 409
    assert make.count(Membership) == 1
