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
