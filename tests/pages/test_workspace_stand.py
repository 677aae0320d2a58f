"""A centre arranges its stand, from nothing to what everybody walks past."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Exhibit, Stand
from models.types import MembershipRole, SupplyState
from network.queries.own_stand import candidates, own_stand
from tests.factories import Make, both
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
ADDRESS = "/en/workspace/lotus/stand"


@pytest.fixture
def centre(make: Make) -> Any:
    return make.organisation("Lotus Centre", "centre", slug="lotus", fields=[make.field("102", "Computing")])


@pytest.fixture
def manager(client: Any, make: Make, centre: Any, sign_in: SignIn) -> Any:
    return sign_in(client, make.user(centre))


def test_a_stand_is_set_up_and_opens_with_its_first_exhibit(manager: Any, session: Session, make: Make) -> None:
    make.technology(make.organisation("Lab", "institute"), "Membrane", fields=[make.field("102")])
    session.commit()
    manager.get("/en/workspace/lotus")
    manager.get(manager.page.select_one(f'.subnav a[href="{ADDRESS}"]')["href"])
    assert manager.texts("main h2") == ["Set up a stand"]
    assert manager.submit(ADDRESS, theme_vi="", theme_en="").status_code == 422
    assert manager.texts(".error-summary li") == [
        "Theme in Vietnamese: Give the stand a theme in Vietnamese or in English."
    ]
    manager.submit(ADDRESS, theme_en="Clean water", welcome_en="Come in")
    assert manager.texts(".page-head .tag") == ["Not open yet", "Stand 1"]
    assert manager.get("/en/showcase/lotus").status_code == 404
    manager.get(ADDRESS)
    assert manager.texts("#add-title ~ ul h3") == ["Membrane"]
    form = manager.page.select_one("#add-title ~ ul form")
    chosen = {i["name"]: i["value"] for i in form.select("input[type=hidden]") if i["name"] != "csrf_token"}
    manager.submit(form["action"], **chosen)
    assert manager.texts(".page-head .tag") == ["Open to everybody", "Stand 1"]
    manager.get(manager.page.select_one(".page-head a")["href"])
    assert manager.texts("h1, main h3") == ["Clean water", "Membrane"]


def test_what_could_stand_there_is_found_by_words(manager: Any, session: Session, make: Make, centre: Any) -> None:
    lab = make.organisation("Lab", "institute")
    stand = make.stand(centre)
    there = make.technology(lab, "Water filter")
    stand.exhibits = [Exhibit(position=1, technology=there)]
    make.technology(lab, "Water meter")
    make.technology(lab, "Water draft", state=SupplyState.DRAFT)
    make.organisation("Water works", "enterprise", products=both("Pumps"))
    session.commit()
    manager.get(f"{ADDRESS}?q=water")
    assert manager.texts("#add-title ~ ul h3") == ["Water meter", "Pumps"]
    assert manager.texts("#add-title ~ ul .entry-meta") == ["Technology · Lab", "Product · Water works"]
    manager.get(f"{ADDRESS}?q=rocket")
    assert "No published technology and no enterprise has these words." in manager.texts("main p")


def test_exhibits_are_put_in_order_described_and_taken_off(
    manager: Any, session: Session, make: Make, centre: Any
) -> None:
    stand, lab = make.stand(centre), make.organisation("Lab", "institute")
    stand.exhibits = [Exhibit(position=n, technology=make.technology(lab, f"Sensor {n}")) for n in (1, 2)]
    gone = make.technology(lab, "Gone", state=SupplyState.WITHDRAWN)
    stand.exhibits.append(Exhibit(position=3, technology=gone))
    session.commit()
    first, second, _ = (f"{ADDRESS}/exhibits/{exhibit.id}" for exhibit in stand.exhibits)
    manager.get(ADDRESS)
    assert manager.texts("#exhibits-title + ol .tag") == ["Not shown: its owner has taken it back"]
    buttons = manager.texts("#exhibits-title + ol button")
    caption, off = "Save the caption", "Take it off"
    assert buttons == ["Down", off, caption, "Up", "Down", off, caption, "Up", off, caption]
    manager.submit(f"{second}/move", to="up")
    assert manager.texts("#exhibits-title + ol h3") == ["Sensor 2", "Sensor 1", "Gone"]
    manager.submit(first, caption_en="It counts drops")
    assert "It counts drops" in manager.texts("#exhibits-title + ol strong")
    assert manager.submit(first, caption_en="x" * 200).status_code == 200
    assert manager.texts(".notice-error") == ["Write at most 160 characters."]
    manager.submit(f"{second}/remove")
    assert manager.texts("#exhibits-title + ol h3") == ["Sensor 1", "Gone"]
    manager.submit(f"{ADDRESS}/close")
    assert manager.texts("main h2") == ["Set up a stand"]
    assert make.count(Stand) == 0


def test_members_read_and_other_kinds_have_no_stand(
    client: Any, session: Session, make: Make, centre: Any, sign_in: SignIn
) -> None:
    lab = make.organisation("Lab", "institute", slug="lab")
    colleague, elsewhere = make.user(centre, membership=MembershipRole.MEMBER), make.user(lab)
    sign_in(client, colleague).get(ADDRESS)
    assert client.texts(".empty h2") == ["No stand yet"]
    assert client.page.select("main form") == []
    assert sign_in(client, elsewhere).get("/en/workspace/lab/stand").status_code == 404
    client.get("/en/workspace/lab")
    assert client.page.select('.subnav a[href$="/stand"]') == []


def test_the_page_takes_few_statements(session: Session, make: Make, centre: Any) -> None:
    stand, lab = make.stand(centre), make.organisation("Lab", "institute")
    stand.exhibits = [Exhibit(position=n, technology=make.technology(lab)) for n in range(1, 5)]
    stand.exhibits.append(Exhibit(position=9, organisation=make.organisation(kind="enterprise")))
    session.flush()
    with statements_of(session) as sent:
        own_stand(session, centre.id)
    assert len(sent) <= 6
    with statements_of(session) as sent:
        candidates(session, centre, "")
    assert len(sent) <= 3
