"""The explorer: one filter bar, one address, three views; the map and the network readable as tables."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Field, GraphLayout
from models.texts import Bilingual
from models.types import InterestState, ProfileState, Provenance
from network import duties
from network.queries import directory, graph
from network.queries.explorer import ExplorerCriteria, View, city_map
from network.queries.graph import Network, network
from tests.factories import NOW, Make, both
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def fields(session: Session) -> dict[str, Field]:
    session.add_all([Field(code="1", name=both("Sciences")), Field(code="2", name=both("Engineering"))])
    session.flush()
    named = {"102": "Computers", "202": "Electronics", "203": "Mechanics"}
    found = {code: Field(code=code, parent_code=code[0], name=both(name)) for code, name in named.items()}
    session.add_all(found.values())
    session.flush()
    return found


def drawn(session: Session, viewer: Any = None, **chosen: Any) -> Network:
    criteria = ExplorerCriteria(view=View.NETWORK, **chosen)
    return network(directory.narrow(session, viewer, criteria), viewer, criteria)


def names(nodes: Any) -> list[str]:
    return [node.name.en for node in nodes]


def query_of(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


def test_what_is_chosen_stays_when_the_view_changes(client: Any, session: Session, make: Make) -> None:
    make.organisation("Lake firm", "enterprise", district="tay-ho")
    make.organisation("Lake school", "institute", district="tay-ho")
    session.commit()
    client.get("/en/explorer?view=list&kind=enterprise&district=tay-ho")
    assert client.texts("main .entries h2") == ["Lake firm"]
    assert client.texts("#views a[aria-current]") == ["List"]
    chosen = {"kind": ["enterprise"], "district": ["tay-ho"]}
    links = [query_of(a["href"]) for a in client.page.select("#views a")]
    assert links == [{**chosen, "view": [view]} for view in ("map", "network", "list")]
    client.get("/en/explorer")
    assert client.texts("#views a[aria-current]") == ["Map"]
    for view in ("map", "network"):
        client.get(f"/en/explorer?view={view}&kind=enterprise&district=tay-ho")
        assert client.texts("#found") == ["1 organisation"]
        assert client.page.select_one("input[name=view]")["value"] == view
        assert [query_of(a["href"])["view"] for a in client.page.select(".chosen a")] == [[view]] * 3


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("view", ["list", "map", "network", "nonsense", ""])
def test_every_view_opens_on_an_empty_site(client: Any, language: str, view: str) -> None:
    assert client.get(f"/{language}/explorer?view={view}").status_code == 200


def test_the_address_can_be_sent_to_a_colleague(client: Any, session: Session, make: Make) -> None:
    make.organisation("Firm", "enterprise", district="tay-ho")
    session.commit()
    client.get("/vi/explorer?view=map&district=tay-ho&q=firm")
    letter = unquote(client.page.select_one(".share a")["href"])
    assert letter.startswith("mailto:?subject=Mạng lưới")
    assert "/vi/explorer?" in letter
    assert {"view=map", "district=tay-ho", "q=firm"} <= set(letter.rpartition("?")[2].split("&"))


def test_the_map_says_how_many_in_every_district(client: Any, session: Session, make: Make) -> None:
    for kind in ("enterprise", "enterprise", "centre"):
        make.organisation(None, kind, district="cau-giay")
    make.organisation("Far", "startup", district="ba-vi")
    make.organisation("Nowhere", "startup")
    make.organisation("Hidden", "startup", district="ba-vi", state=ProfileState.SUSPENDED)
    session.commit()
    client.get("/vi/explorer?view=map")
    assert len(client.page.select(".city-map a")) == 30
    labels = {a["aria-label"]: a for a in client.page.select(".city-map a")}
    assert labels["Cầu Giấy: 3 tổ chức"]["class"] == ["shade-3"]
    assert labels["Ba Vì: 1 tổ chức"]["class"] == ["shade-1"]
    assert labels["Tây Hồ: 0 tổ chức"]["class"] == ["shade-0"]
    rows = client.texts("#districts tbody tr")
    assert rows[0] == "Cầu Giấy 1 trung tâm đổi mới sáng tạo, 2 doanh nghiệp 3"
    assert rows[1] == "Ba Vì 1 doanh nghiệp khởi nghiệp 1"
    assert rows[-1] == "Chưa nêu quận, huyện 1"


def test_a_district_is_chosen_on_the_map_and_dropped_again(client: Any, session: Session, make: Make) -> None:
    make.organisation("Near", "enterprise", district="cau-giay")
    make.organisation("Far", "enterprise", district="ba-vi")
    session.commit()
    client.get("/en/explorer?view=map&kind=enterprise")
    link = next(a for a in client.page.select(".city-map a") if a["aria-label"].startswith("Cau Giay"))
    client.get(link["href"])
    assert client.texts(".here h2") == ["Cau Giay"]
    assert client.texts(".here a") == ["Near"]
    assert len(client.page.select(".city-map a")) == 30
    chosen = client.page.select_one(".city-map a[aria-current]")
    assert chosen["aria-label"] == "Cau Giay: 1 organisation"
    assert query_of(chosen["href"]) == {"view": ["map"], "kind": ["enterprise"]}


def test_the_map_costs_one_statement(session: Session, make: Make) -> None:
    for n in range(5):
        make.organisation(f"Firm {n}", "enterprise", district="ba-vi")
    narrowing = directory.narrow(session, None, ExplorerCriteria())
    with statements_of(session) as sent:
        found = city_map(narrowing, ExplorerCriteria())
    assert len(sent) == 1
    assert {district.code: district.total for district in found.districts if district.total} == {"ba-vi": 5}
    assert found.steps == ((1, 2), (3, 4), (5, 6), (7, 8))


def test_the_network_is_a_drawing_and_the_same_as_a_table(
    app: Flask, client: Any, session: Session, make: Make, fields: dict[str, Field]
) -> None:
    centre = make.organisation("Sen Centre", "centre", fields=[fields["102"], fields["202"]])
    make.organisation("Lotus University", "institute", fields=[fields["202"]])
    make.organisation("Without field", "partner")
    make.programme(centre, "Spring intake", fields=[fields["203"], fields["102"]])
    session.commit()
    with app.app_context():
        duties.draw_network()
    client.get("/en/explorer?view=network")
    assert client.texts(".network-graph a > title") == [
        "Lotus University (University or institute)",
        "Sen Centre (Innovation centre)",
        "Computers: 1 organisation",
        "Electronics: 2 organisations",
    ]
    assert client.texts("#network-table tbody tr") == [
        "Computers 1 by name: 1 Sen Centre Innovation centre",
        "Electronics 2 by name: 2 Lotus University University or institute Sen Centre Innovation centre",
    ]
    assert client.texts("#programmes-table tbody tr") == ["Spring intake Sen Centre Computers"]
    assert "1 organisation has not stated a field and is not drawn." in client.page.get_text()
    assert client.page.select_one("#interests-table") is None
    assert client.page.select_one(".edge-programme")["d"].count("M") == 1
    address = client.page.select_one(".node-field")["href"]
    assert query_of(address) == {"view": ["network"], "field": ["102"]}


def test_before_the_first_drawing_the_table_stands_alone(
    client: Any, session: Session, make: Make, fields: dict[str, Field]
) -> None:
    make.organisation("Sen Centre", "centre", fields=[fields["102"]])
    session.commit()
    client.get("/en/explorer?view=network")
    assert client.page.select_one(".network-graph") is None
    assert client.texts("#network-table tbody th") == ["Computers"]


def test_many_enterprises_are_drawn_together_by_field(
    client: Any, session: Session, make: Make, fields: dict[str, Field], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph, "MOST", 3)
    for n in range(3):
        make.organisation(f"Firm {n}", "enterprise", fields=[fields["202"], fields["203"]])
    make.organisation("Sen Centre", "centre", fields=[fields["202"]])
    session.add(GraphLayout(name="together", head="x", positions={"enterprise:202": [10, 20]}, made_at=NOW))
    session.commit()
    client.get("/en/explorer?view=network")
    assert client.texts("#network-table tbody tr") == [
        "Electronics 4 3 enterprises by name: 1 Sen Centre Innovation centre",
        "Mechanics 3 3 enterprises",
    ]
    assert client.texts(".node-enterprise title") == ["3 enterprises: Electronics", "3 enterprises: Mechanics"]
    group = client.page.select_one("#network-table .groups a")["href"]
    assert query_of(group) == {"view": ["list"], "kind": ["enterprise"], "field": ["202"]}
    client.get(group)
    assert client.texts("#found") == ["3 organisations"]
    client.get("/en/explorer?view=network&kind=enterprise")
    assert client.texts("#network-table tbody tr")[0].startswith("Electronics 3 by name: 3 Firm 0")


def test_interests_are_drawn_for_the_two_sides_and_coordinators_only(
    session: Session, make: Make, fields: dict[str, Field]
) -> None:
    asking = make.organisation("Asking", "startup", fields=[fields["102"]])
    asked = make.organisation("Asked", "centre", fields=[fields["102"]])
    other = make.organisation("Other", "startup", fields=[fields["102"]])
    need = make.need(asking)
    make.interest(need, asked)
    make.interest(make.need(asking), other, state=InterestState.WITHDRAWN)
    make.interest(make.need(asking), other, state=InterestState.DRAFT, sent_at=None, reply_by=None)
    readers = {
        "nobody": None,
        "other": make.user(other),
        "asking": make.user(asking),
        "asked": make.user(asked),
        "coordinator": make.coordinator(),
    }
    ties = {
        name: [(t.asking.name.en, t.answering.name.en) for t in drawn(session, reader).ties]
        for name, reader in readers.items()
    }
    seen = [("Asking", "Asked")]
    assert ties == {"nobody": [], "other": [], "asking": seen, "asked": seen, "coordinator": seen}


def test_confirmed_interests_stay_and_both_sides_must_be_on_the_drawing(
    session: Session, make: Make, fields: dict[str, Field]
) -> None:
    asking = make.organisation("Asking", "startup", fields=[fields["102"]])
    asked = make.organisation("Asked", "centre", fields=[fields["102"]], district="ba-vi")
    make.interest(make.need(asking), asked, state=InterestState.CONFIRMED)
    reader = make.user(asking)
    assert [tie.state for tie in drawn(session, reader).ties] == [InterestState.CONFIRMED]
    assert drawn(session, reader, district="ba-vi").ties == ()


def test_one_that_is_tied_stands_by_itself_also_among_many(
    session: Session, make: Make, fields: dict[str, Field], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph, "MOST", 1)
    asking = make.organisation("Asking", "startup", fields=[fields["102"]])
    make.organisation("Silent", "startup", fields=[fields["102"]])
    make.interest(make.need(asking), make.organisation("Asked", "centre", fields=[fields["202"]]))
    assert [(n.name.en, n.count) for n in drawn(session, None).nodes if n.is_group] == [("Computers", 2)]
    assert "Asking" not in names(drawn(session, None).nodes)
    assert "Asking" in names(drawn(session, make.user(asking)).nodes)


def test_suspended_organisations_and_their_programmes_are_neither_drawn_nor_counted(
    session: Session, make: Make, fields: dict[str, Field]
) -> None:
    make.organisation("Shown", "centre", fields=[fields["102"]])
    hidden = make.organisation("Hidden", "centre", fields=[fields["102"], fields["203"]], state=ProfileState.SUSPENDED)
    make.programme(hidden, "Hidden programme", fields=[fields["102"]])
    found = drawn(session)
    assert names(found.nodes) == ["Shown"]
    assert [(row.field.code, row.field.count) for row in found.fields] == [("102", 1)]
    assert found.runs == ()
    assert len(drawn(session, make.coordinator()).nodes) == 2


def test_filters_reach_the_drawing(session: Session, make: Make, fields: dict[str, Field]) -> None:
    make.organisation("A", "centre", fields=[fields["102"]], provenance=Provenance.ILLUSTRATIVE)
    make.organisation("B", "institute", fields=[fields["203"]])
    assert names(drawn(session, field="2").nodes) == ["B"]
    assert names(drawn(session, provenance=Provenance.ILLUSTRATIVE).nodes) == ["A"]


@pytest.mark.parametrize("number", [1, 6])
def test_the_network_costs_six_statements_for_any_number(
    session: Session, make: Make, fields: dict[str, Field], number: int
) -> None:
    for n in range(number):
        centre = make.organisation(f"Centre {n}", "centre", fields=list(fields.values()))
        make.programme(centre, fields=[fields["102"]])
    criteria = ExplorerCriteria(view=View.NETWORK)
    with statements_of(session) as sent:
        found = network(directory.narrow(session, None, criteria), None, criteria)
    assert len(sent) == 6
    assert (len(found.nodes), len(found.runs)) == (number, number)


def test_names_are_shown_in_the_language_of_the_reader(
    client: Any, session: Session, make: Make, fields: dict[str, Field]
) -> None:
    make.organisation(Bilingual("Trung tâm Sen", None), "centre", fields=[fields["102"]])
    session.commit()
    client.get("/en/explorer?view=network")
    assert client.page.select_one("#network-table span[lang=vi]").get_text() == "Trung tâm Sen"
