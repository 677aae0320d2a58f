"""Search over everything: both languages, with or without marks, by kind, and never what a reader may not read."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models.texts import Bilingual
from models.types import NeedState, ProfileState, SupplyState, Visibility
from network.queries.search import SOURCES, search, search_kind, suggest
from tests.factories import Make
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
TYPING = {"HX-Request": "true"}


def written(client: Any, selector: str) -> list[str]:
    """The texts as a reader sees them, without a gap where a mark begins or ends."""
    return [" ".join(element.get_text().split()) for element in client.page.select(selector)]


def titles(client: Any) -> list[str]:
    return written(client, "main .entries h3")


def marks(client: Any) -> list[str]:
    return client.texts("main mark")


@pytest.fixture
def water(session: Session, make: Make) -> Any:
    """One entry of each kind about waste water, by an institute."""
    name = Bilingual("Viện Nước thải", "Waste Water Institute")
    institute = make.organisation(name, "institute", summary=Bilingual("Đo nước.", "Measures water."))
    for adding, owner in ((make.offer, institute), (make.technology, institute)):
        adding(owner, Bilingual("Xử lý nước thải", "Waste water treatment"))
    startup = make.organisation("Craft village", "startup")
    make.need(startup, Bilingual("Cần xử lý nước thải làng nghề", "Waste water of a craft village"))
    make.programme(institute, "Intake", who=Bilingual("Nhóm làm về nước thải", "Teams in waste water"))
    session.commit()
    return institute


def test_every_kind_is_found_and_grouped_with_its_number(client: Any, water: Any) -> None:
    client.get("/en/search?q=waste+water")
    assert client.texts(".group-title") == [
        "Organisations (1)",
        "Needs (1)",
        "Offers (1)",
        "Technologies (1)",
        "Programmes (1)",
    ]
    assert client.texts(".count") == ["5 results"]
    assert client.page.select_one("#q")["value"] == "waste water"
    assert client.page.select_one("main .entries h3 a")["href"] == f"/en/directory/{water.slug}"


@pytest.mark.parametrize("words", ["nước thải", "nuoc thai", "NƯỚC  THAI", "nước thai", "nuoc thai,"])
def test_marks_make_no_difference_and_are_marked_as_they_are_written(client: Any, water: Any, words: str) -> None:
    client.get("/vi/search", query_string={"q": words, "kind": "organisation"})
    assert titles(client) == ["Viện Nước thải"]
    assert [mark.lower() for mark in marks(client)] == ["nước thải", "nước"]


def test_words_of_the_other_language_are_found_and_quoted(client: Any, water: Any) -> None:
    client.get("/en/search?q=nuoc+thai&kind=organisation")
    assert titles(client) == ["Waste Water Institute"]
    quoted = client.page.select_one(".hit-more span[lang=vi]")
    assert quoted.get_text() == "Viện Nước thải"
    assert marks(client) == ["Nước thải"]


def test_a_word_is_found_where_it_begins_one(client: Any, session: Session, make: Make) -> None:
    make.organisation(Bilingual("Trái cây (AI)", "Fruit (AI)"), "startup", summary=None)
    make.organisation(Bilingual("Trái cây sấy", "Dried fruit"), "startup", summary=None)
    make.organisation(Bilingual("Máy 100%_x", "Machine 100%_x"), "startup", summary=None)
    session.commit()
    client.get("/en/search?q=ai")
    assert titles(client) == ["Fruit (AI)"]
    client.get("/en/search?q=fru")
    assert sorted(titles(client)) == ["Dried fruit", "Fruit (AI)"]
    for nothing in ("%25", "_", ".*", "(", "fruit+banana"):
        assert client.get(f"/en/search?q={nothing}").status_code == 200
        assert titles(client) == []


def test_titles_come_before_texts(client: Any, session: Session, make: Make) -> None:
    make.organisation("Alpha", "startup", summary=Bilingual("Cảm biến", "A sensor"))
    make.organisation("Zeta sensors", "startup")
    session.commit()
    client.get("/en/search?q=sensor")
    assert titles(client) == ["Zeta sensors", "Alpha"]


def test_all_of_one_kind_page_by_page(client: Any, session: Session, make: Make) -> None:
    firm = make.organisation("Firm", "institute")
    for n in range(23):
        make.offer(firm, f"Laser number {n:02}")
    make.technology(firm, "Laser source")
    session.commit()
    client.get("/en/search?q=laser")
    assert len(titles(client)) == 4 + 1
    more = client.page.select_one(".all-of a")
    assert more.get_text() == "All 23 offers"
    client.get(more["href"])
    assert len(titles(client)) == 20
    assert client.texts(".tabs a") == ["Everything (24)", "Offers (23)", "Technologies (1)"]
    assert client.texts(".tabs a[aria-current]") == ["Offers (23)"]
    client.get(client.page.select_one(".pagination-nav a[rel=next]")["href"])
    assert len(titles(client)) == 3


def test_nothing_found_leads_to_describing_a_need(client: Any, water: Any) -> None:
    client.get("/vi/search", query_string={"q": "vệ tinh địa tĩnh"})
    assert client.texts(".count") == ["0 kết quả"]
    link = client.page.select_one(".empty a.btn-primary")["href"]
    assert parse_qs(urlsplit(link).query) == {"q": ["vệ tinh địa tĩnh"]}
    assert urlsplit(link).path == "/vi/"
    client.get("/en/search?q=craft&kind=programme")
    assert client.texts(".empty a") == ["Describe what you need", "Show what was found elsewhere"]


@pytest.mark.parametrize("address", ["/vi/search", "/en/search?q=", "/en/search?q=%21%21", "/en/search?kind=need"])
def test_without_words_the_page_explains_itself(client: Any, address: str) -> None:
    client.get(address)
    assert client.page.select_one("main form[role=search] input[name=q]") is not None
    assert client.texts(".count") == []
    assert client.page.select_one("main a[href$='/']") is not None


def test_what_a_reader_may_not_read_is_neither_found_nor_counted_nor_suggested(
    client: Any, session: Session, make: Make, sign_in: SignIn
) -> None:
    seen = make.organisation("Plain firm", "institute", summary=None)
    hidden = make.organisation("Secret firm", "institute", state=ProfileState.SUSPENDED)
    make.offer(hidden, "Secret of the suspended")
    make.programme(hidden, "Secret programme")
    make.offer(seen, "Secret draft", state=SupplyState.DRAFT)
    make.technology(seen, "Secret withdrawn", state=SupplyState.WITHDRAWN)
    make.need(seen, "Secret draft need", state=NeedState.DRAFT)
    make.technology(seen, "Secret for members", visibility=Visibility.MEMBERS)
    make.need(seen, "Open need", details=Bilingual("Secret inside", "Secret inside"))
    visitor, unverified = None, make.user(make.organisation("New", "startup", state=ProfileState.CLAIMED))
    member = make.user(make.organisation("Member", "startup"))
    session.commit()
    for reader, expected in ((visitor, []), (unverified, []), (member, ["Secret for members"])):
        if reader:
            sign_in(client, reader)
        client.get("/en/search?q=secret")
        assert titles(client) == expected
        assert client.texts(".count") == [f"{len(expected)} result{'s' if len(expected) != 1 else ''}"]
        assert {mark.lower() for mark in marks(client)} <= ({"secret"} if expected else set())
        client.get("/en/search?q=secret&kind=offer")
        assert titles(client) == []
        client.get("/en/search/suggest?q=secret", headers=TYPING)
        assert written(client, "li a:not(.everything) span") == expected
    sign_in(client, make.coordinator())
    client.get("/en/search?q=secret")
    assert sorted(titles(client)) == [
        "Secret firm",
        "Secret for members",
        "Secret of the suspended",
        "Secret programme",
    ]


def test_texts_of_users_are_escaped(client: Any, session: Session, make: Make) -> None:
    make.organisation("<b>Bold</b> & co", "startup", summary=None)
    session.commit()
    answer = client.get("/en/search?q=bold")
    assert "&lt;b&gt;<mark>Bold</mark>&lt;/b&gt; &amp; co" in answer.text
    assert client.get("/en/search", query_string={"q": "<script>x"}).text.count("<script>x") == 0


def test_suggestions_while_typing(client: Any, water: Any) -> None:
    client.get("/en/search/suggest?q=waste+wat", headers=TYPING)
    assert written(client, "li a") == [
        "Waste Water Institute Organisations",
        "Waste water of a craft village Needs",
        "Waste water treatment Offers",
        "Waste water treatment Technologies",
        "All results for “waste wat”",
    ]
    assert client.texts("mark")[0] == "Waste Wat"
    assert client.texts("[role=status]") == ["4 suggestions"]
    client.get("/en/search/suggest?q=vien+nuoc", headers=TYPING)
    assert written(client, "li a")[0] == "Waste Water Institute Viện Nước thải Organisations"
    for nothing in ("", "w"):
        assert client.get(f"/en/search/suggest?q={nothing}", headers=TYPING).text.strip() == ""
    client.get("/en/search/suggest?q=zebra", headers=TYPING)
    assert client.texts("a") == ["Search in the texts"]


def test_suggestions_opened_by_themselves_lead_to_the_page(client: Any) -> None:
    assert client.get("/en/search/suggest?q=water").location == "/en/search?q=water"


def test_numbers_of_statements(session: Session, make: Make) -> None:
    for n in range(6):
        firm = make.organisation(f"Laser {n}", "institute")
        for adding in (make.offer, make.technology, make.need, make.programme, make.challenge, make.event):
            adding(firm, f"Laser {n}")
    with statements_of(session) as sent:
        found = search(session, None, "laser", language="en")
    assert len(sent) == len(SOURCES) == 7
    assert found.counts == dict.fromkeys(SOURCES, 6)
    with statements_of(session) as sent:
        search_kind(session, None, "laser", "offer", 1, language="en")
    assert len(sent) == 3
    with statements_of(session) as sent:
        assert len(suggest(session, None, "las", language="en")) == 8
    assert len(sent) == 1


def test_the_search_box_works_on_its_own(app: Any) -> None:
    with app.test_request_context("/en/"):
        box = app.jinja_env.get_template("_search_box.html").render()
    assert 'action="/en/search"' in box
    assert 'hx-get="/en/search/suggest"' in box


def test_organisations_show_their_mark_and_others_none(client: Any, session: Session, make: Make) -> None:
    lab = make.organisation("Water lab", "institute")
    make.technology(lab, "Water filter")
    session.commit()
    client.get("/en/search?q=water")
    assert len(client.page.select("#group-organisation ~ .hits .org-mark")) == 1
    assert client.page.select("#group-technology ~ .hits .org-mark") == []


def test_pages_of_results_are_not_for_search_engines(client: Any) -> None:
    client.get("/en/search")
    assert client.page.select_one("link[rel=canonical]")["href"].endswith("/en/search")
    assert client.page.select_one("meta[name=robots]") is None
    for address in ("/en/search?q=water", "/vi/search?q=water&kind=need"):
        client.get(address)
        assert client.page.select_one("meta[name=robots]")["content"] == "noindex"
        assert client.page.select_one("link[rel=canonical]") is None
