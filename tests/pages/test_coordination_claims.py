"""A coordinator decides who takes a profile over."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Invitation, OutboxMail, User
from models.types import ClaimState, MembershipRole, ProfileState, Provenance
from tests.factories import Make

SignIn = Callable[[FlaskClient, User], Any]


@pytest.fixture
def firm(make: Make) -> Any:
    return make.organisation(
        "Firm",
        "enterprise",
        slug="firm",
        state=ProfileState.UNCLAIMED,
        provenance=Provenance.PUBLIC_SOURCE,
        website="https://firm.example/contact",
        sources=[{"url": "https://news.example/firm", "date": "2026-05"}],
    )


def test_the_desk_shows_what_is_asked_and_the_page_how_to_check_it(
    client: Any, make: Make, sign_in: SignIn, firm: Any
) -> None:
    lan = make.user(name="Lan", email="lan@firm.vn")
    claim = make.claim(firm, lan)
    make.claim(firm, make.user(name="Minh"))
    make.claim(make.organisation(state=ProfileState.UNCLAIMED), state=ClaimState.WITHDRAWN, decided_at=claim.created_at)
    sign_in(client, make.coordinator()).get("/en/coordination")
    assert client.texts("#claims + .entries h3") == ["Lan asks for Firm", "Minh asks for Firm"]
    client.get(client.page.select_one("#claims + .entries a")["href"])
    assert client.texts("h1") == ["Lan asks for Firm"]
    assert "I am the head of its transfer office." in client.texts("main")[0]
    assert "lan@firm.vn" in client.texts("main")[0]
    assert client.texts(".sources a") == ["The profile as others see it", "firm.example", "news.example"]
    assert client.texts(".entries h3") == ["Minh"]
    client.get("/en/coordination/organisations/firm")
    assert [t for t in client.texts("main p a") if "asks to take it over" in t] == [
        "Lan asks to take it over",
        "Minh asks to take it over",
    ]


def test_handing_over(client: Any, session: Session, make: Make, sign_in: SignIn, firm: Any) -> None:
    claim = make.claim(firm, make.user(name="Lan"))
    sign_in(client, make.coordinator()).get(f"/vi/coordination/claims/{claim.id}")
    client.submit(client.page.select_one("main form")["action"])
    assert client.texts(".notice") == ["Đã giao cho Lan. Hồ sơ nay chờ xác minh."]
    session.expire_all()
    assert (claim.state, firm.state) == (ClaimState.ACCEPTED, ProfileState.CLAIMED)
    assert claim.user.memberships[0].role is MembershipRole.MANAGER
    assert client.submit(f"/vi/coordination/claims/{claim.id}/accept").status_code == 409
    client.get(f"/vi/coordination/claims/{claim.id}")
    assert client.page.select("main form") == []


def test_refusing_needs_a_reason(client: Any, session: Session, make: Make, sign_in: SignIn, firm: Any) -> None:
    claim = make.claim(firm)
    sign_in(client, make.coordinator())
    assert client.submit(f"/en/coordination/claims/{claim.id}/refuse", reason=" ").status_code == 422
    assert client.texts(".notice-error") == ["Give a reason: the person who asked reads it."]
    client.submit(f"/en/coordination/claims/{claim.id}/refuse", reason="Nobody there knows you.")
    assert client.texts(".notice") == ["Refused. The person has been told, with your reason."]
    session.refresh(claim)
    assert (claim.state, claim.answer) == (ClaimState.REFUSED, "Nobody there knows you.")
    client.get(f"/en/coordination/claims/{claim.id}")
    assert "Reason: Nobody there knows you." in client.texts("main")[0]


def test_nobody_decides_an_own_request_or_one_to_a_managed_profile(
    client: Any, make: Make, sign_in: SignIn, firm: Any
) -> None:
    coordinator = make.coordinator()
    own = make.claim(firm, coordinator)
    sign_in(client, coordinator).get(f"/en/coordination/claims/{own.id}")
    assert "another coordinator has to decide" in client.texts("main")[0]
    assert client.submit(f"/en/coordination/claims/{own.id}/accept").status_code == 403
    firm.state = ProfileState.CLAIMED
    sign_in(client, make.coordinator()).get(f"/en/coordination/claims/{own.id}")
    assert client.page.select("main form") == []
    assert client.submit(f"/en/coordination/claims/{own.id}/accept").status_code == 409
    assert client.get("/en/coordination/claims/99999").status_code == 404
    assert client.submit("/en/coordination/claims/99999/refuse", reason="No.").status_code == 404


def test_a_coordinator_invites_the_first_manager(
    client: Any, session: Session, make: Make, sign_in: SignIn, firm: Any
) -> None:
    sign_in(client, make.coordinator()).get("/en/coordination/organisations/firm")
    client.get(next(a["href"] for a in client.page.select("main a.btn") if "invite" in a["href"]))
    address = client.page.select_one("main form")["action"]
    client.submit(address, name="Lan", email="lan", language="vi")
    assert client.texts(".error-summary li") == ["E-mail address: Write an e-mail address such as name@example.org."]
    client.submit(address, name="Lan", email="lan@firm.vn", language="vi")
    assert client.texts(".notice") == ["The invitation is on its way to lan@firm.vn."]
    invitation = session.scalars(sa.select(Invitation)).one()
    assert (invitation.role, invitation.organisation_id) == (MembershipRole.MANAGER, firm.id)
    assert session.scalars(sa.select(OutboxMail.to)).all() == ["lan@firm.vn"]
    make.user(firm)
    session.commit()
    assert client.get(address).status_code == 409
    client.get("/en/coordination/organisations/firm")
    assert [a for a in client.page.select("main a.btn") if "invite" in a["href"]] == []
