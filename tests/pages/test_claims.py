"""'Is this your organisation?': from the profile to the coordinator's desk and back."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Claim, User
from models.base import utc_now
from models.types import ClaimState, ProfileState, Provenance
from tests.factories import PASSWORD, Make

SignIn = Callable[[FlaskClient, User], Any]
REASON = "I lead its transfer office; the number is on your page."
ADDRESS = "/en/directory/firm/claim"


@pytest.fixture
def firm(make: Make) -> Any:
    return make.organisation(
        "Firm", "enterprise", slug="firm", state=ProfileState.UNCLAIMED, provenance=Provenance.PUBLIC_SOURCE
    )


def test_a_reader_is_led_from_the_profile_through_signing_in_to_the_question(
    client: Any, session: Session, make: Make, firm: Any
) -> None:
    lan = make.user()
    session.commit()
    client.get("/en/directory/firm")
    client.get(client.page.select_one(".claim a")["href"], follow_redirects=True)
    assert client.texts("h1") == ["Sign in"]
    assert client.page.select_one("main p a")["href"] == "/en/sign-up?next=/en/directory/firm/claim"
    target = client.page.select_one("main input[name=next]")["value"]
    client.submit("/en/sign-in", email=lan.email, password=PASSWORD, next=target)
    assert client.texts("h1") == ["Is this your organisation?"]
    client.submit(ADDRESS, reason=REASON)
    assert client.texts(".notice")[0].startswith("Your request is with the coordinators.")
    assert "You asked on" in client.texts(".claim")[0]
    claim = session.scalars(sa.select(Claim)).one()
    assert (claim.user_id, claim.organisation_id, claim.reason) == (lan.id, firm.id, REASON)
    client.get("/en/account")
    assert client.texts("section[aria-labelledby=claims-title] h3") == ["Firm"]
    client.get("/en/workspace")
    assert client.texts("section[aria-labelledby=claims-title] .entry-meta")[0].startswith("Waiting for a coordinator")


def test_a_new_person_goes_on_to_the_question_after_signing_up(client: Any, firm: Any, session: Session) -> None:
    session.commit()
    client.get(f"/vi/sign-up?next={ADDRESS}")
    target = client.page.select_one("main input[name=next]")["value"]
    form = {
        "name": "Lan",
        "email": "lan@firm.vn",
        "password": "sông-hồng-mùa-thu",
        "organisation_kind": "none",
        "consent": "y",
    }
    answer = client.submit("/vi/sign-up", follow=False, next=target, **form)
    assert answer.location == ADDRESS
    other = client.application.test_client()
    other.get("/vi/sign-up?next=//evil.example")
    assert other.page.select("main input[name=next]") == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("reason", ["", "   ", "it is mine"])
def test_a_reason_is_needed(client: Any, make: Make, sign_in: SignIn, firm: Any, reason: str) -> None:
    assert sign_in(client, make.user()).submit(ADDRESS, reason=reason).status_code == 422
    assert len(client.texts(".error-summary li")) == 1
    assert make.count(Claim) == 0


def test_asking_twice_shows_that_the_answer_is_still_to_come(
    client: Any, make: Make, sign_in: SignIn, firm: Any
) -> None:
    claim = make.claim(firm)
    sign_in(client, claim.user).get(ADDRESS)
    assert client.texts(".notice")[0].startswith("You asked on")
    assert client.page.select("main form") == []
    assert client.submit(ADDRESS, reason=REASON).status_code == 422
    assert make.count(Claim) == 1


@pytest.mark.parametrize("state", [ProfileState.CLAIMED, ProfileState.VERIFIED])
def test_a_managed_profile_is_not_to_be_had(
    client: Any, make: Make, sign_in: SignIn, firm: Any, state: ProfileState
) -> None:
    firm.state = state
    sign_in(client, make.user())
    assert client.get(ADDRESS).status_code == 409
    assert client.submit(ADDRESS, reason=REASON).status_code == 422
    client.get("/en/directory/firm")
    assert client.page.select(".claim") == []


def test_a_suspended_or_unknown_profile_is_not_found(client: Any, make: Make, sign_in: SignIn, firm: Any) -> None:
    firm.state = ProfileState.SUSPENDED
    sign_in(client, make.user())
    for address in (ADDRESS, "/en/directory/nothing/claim"):
        assert client.get(address).status_code == 404
        assert client.submit(address, reason=REASON).status_code == 404


def test_a_request_is_taken_back_after_a_question(
    client: Any, session: Session, make: Make, sign_in: SignIn, firm: Any
) -> None:
    claim = make.claim(firm)
    sign_in(client, claim.user).get(f"{ADDRESS}/withdraw")
    assert client.texts("h1") == ["Take the request back?"]
    client.submit(client.page.select_one("main form")["action"])
    assert client.texts(".notice") == ["Your request is taken back."]
    session.refresh(claim)
    assert claim.state is ClaimState.WITHDRAWN
    assert client.get(f"{ADDRESS}/withdraw").status_code == 404
    client.get("/en/account")
    assert client.page.select("#claims-title") == []


def test_a_refusal_is_read_with_its_reason(client: Any, make: Make, sign_in: SignIn, firm: Any) -> None:
    claim = make.claim(firm, state=ClaimState.REFUSED, answer="Nobody there knows you.", decided_at=utc_now())
    sign_in(client, claim.user).get("/en/workspace")
    assert "Reason: Nobody there knows you." in client.texts("section[aria-labelledby=claims-title] p")
