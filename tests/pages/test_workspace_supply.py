"""An organisation's own offers and technologies: writing, the list, publishing, withdrawing."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Offer, Technology
from models.types import MembershipRole, SupplyState
from tests.factories import Make

SignIn = Callable[..., FlaskClient]
ENTITIES = {"offers": Offer, "technologies": Technology}
SENT = {"title_en": "Laboratory tests", "summary_en": "Moisture and toxins", "visibility": "public", "kind": "testing"}


@pytest.fixture
def lab(make: Make) -> Any:
    return make.organisation("Food Lab", "institute")


@pytest.mark.parametrize("kind", ["offers", "technologies"])
def test_from_a_draft_to_the_list_and_back(
    client: Any, session: Session, make: Make, sign_in: SignIn, lab: Any, kind: str
) -> None:
    address = f"/en/workspace/{lab.slug}/{kind}"
    sign_in(client, make.user(lab)).get(address)
    assert client.texts(".empty h2") == ["Nothing listed yet"]
    client.get(f"{address}/new")
    assert len(client.texts(".coach li")) == 5
    assert client.submit(f"{address}/new", visibility="public", kind="testing").status_code == 422
    assert len(client.texts(".error-summary li")) == 2
    client.submit(f"{address}/new", **SENT)
    client.get(address)
    assert client.texts(".entries .tag") == ["Draft"]
    assert client.texts(".entries .btn-primary") == ["Publish"]
    entry = session.scalars(sa.select(ENTITIES[kind])).one()
    client.submit(f"{address}/{entry.id}/publish")
    assert client.texts(".entries .tag") == ["Published"]
    client.submit(f"{address}/{entry.id}/withdraw")
    assert client.texts(".entries .actions a, .entries .actions button") == ["Edit", "Move back to the drafts"]


def test_drafts_come_first_and_long_lists_in_pages(client: Any, make: Make, sign_in: SignIn, lab: Any) -> None:
    make.offer(lab, "Draft", state=SupplyState.DRAFT)
    make.offer(lab, "Gone", state=SupplyState.WITHDRAWN)
    for n in range(20):
        make.offer(lab, f"Offer {n}")
    address = f"/en/workspace/{lab.slug}/offers"
    sign_in(client, make.user(lab)).get(address)
    assert client.texts(".entries h2")[:2] == ["Draft", "Offer 19"]
    client.get(f"{address}?page=2")
    assert client.texts(".entries h2") == ["Offer 0", "Gone"]


def test_members_write_but_do_not_publish(client: Any, make: Make, sign_in: SignIn, lab: Any) -> None:
    make.offer(lab, "Draft", state=SupplyState.DRAFT)
    sign_in(client, make.user(lab, membership=MembershipRole.MEMBER)).get(f"/en/workspace/{lab.slug}/offers")
    assert client.texts(".entries button") == []
    assert "A manager of your organisation can publish it." in client.texts(".actions span")


GUISES = {
    "lab": ("List a laboratory", "by which standards, and whether the laboratory is accredited;"),
    "testing": ("List a laboratory", "by which standards, and whether the laboratory is accredited;"),
    "contract_research": ("List experts", "in which form: advice, training, research on contract;"),
    "mentoring": ("List experts", "in which form: advice, training, research on contract;"),
    "workspace": ("Describe an offer", "for whom it is: stage, field, size;"),
}


@pytest.mark.parametrize("kind", GUISES)
def test_an_institute_is_asked_for_what_matters_of_a_laboratory_or_experts(
    client: Any, make: Make, sign_in: SignIn, lab: Any, kind: str
) -> None:
    heading, advice = GUISES[kind]
    sign_in(client, make.user(lab)).get(f"/en/workspace/{lab.slug}/offers")
    assert client.texts(".page-head .btn") == ["List a laboratory", "List experts", "Another offer"]
    client.get(f"/en/workspace/{lab.slug}/offers/new?kind={kind}")
    assert client.texts("h1") == [heading]
    assert advice in client.texts(".coach li")
    assert client.page.select_one("select[name=kind] option[selected]")["value"] == kind
    client.submit(f"/en/workspace/{lab.slug}/offers/new", **{**SENT, "kind": kind, "title_en": ""})
    assert client.texts("h1") == [heading]


def test_others_describe_offers_as_before(client: Any, make: Make, sign_in: SignIn) -> None:
    centre = make.organisation("Centre", "centre")
    sign_in(client, make.user(centre)).get(f"/en/workspace/{centre.slug}/offers")
    assert client.texts(".page-head .btn") == ["Describe an offer"]
    client.get(f"/en/workspace/{centre.slug}/offers/new?kind=lab")
    assert client.texts("h1") == ["Describe an offer"]
    assert client.get(f"/en/workspace/{centre.slug}/offers/new?kind=nonsense").status_code == 200


CONTACT = "Ask Dr Lan, 0912 345 678 or lan@lab.vn"


@pytest.mark.parametrize("name", ["title_en", "summary_en"])
def test_no_contact_data_of_a_person_stands_in_what_everybody_reads(
    client: Any, make: Make, sign_in: SignIn, lab: Any, name: str
) -> None:
    address = f"/en/workspace/{lab.slug}/offers/new"
    sign_in(client, make.user(lab))
    assert client.submit(address, **{**SENT, name: CONTACT}).status_code == 422
    assert "Leave out e-mail addresses and telephone numbers" in client.texts(".error-summary li")[0]
    assert CONTACT in client.page.select_one("main form").decode()
    assert make.count(Offer) == 0
    client.submit(address, **{**SENT, "details_en": CONTACT})
    assert make.count(Offer) == 1
