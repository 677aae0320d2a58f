"""Saved searches: saving a question or a list, what was found, changing, stopping by a signed link."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import NewsChoice, NoticeChoice, SavedSearch, SavedSearchHit
from models.alerts import Frequency, SearchKind
from models.notices import MailChoice, NoticeKind
from models.types import OfferKind, Provenance, SubjectKind, SupplyState
from network import duties
from network.stopping import sign_stop
from tests.factories import NOW, Make

SignIn = Callable[..., FlaskClient]
Index = Callable[[], None]
TEXT = "salt spray tests of sensors"
ADDRESS = "/en/saved-searches"
SENT = {"text": TEXT, "name": "Salt", "subjects": ["offer", "technology"], "frequency": "daily"}


@pytest.fixture
def person(make: Make) -> Any:
    return make.user()


@pytest.fixture
def reader(client: Any, sign_in: SignIn, person: Any) -> Any:
    return sign_in(client, person)


@pytest.fixture
def search(make: Make, person: Any) -> SavedSearch:
    values = {"kind": SearchKind.QUESTION, "text": TEXT, "subjects": ["offer"], "checked_at": NOW, "digest_at": NOW}
    added: SavedSearch = make._add(SavedSearch(user_id=person.id, name="Salt", **values))
    return added


def test_an_empty_list_says_how_to_begin(reader: Any) -> None:
    reader.get(ADDRESS)
    assert reader.texts(".empty h2, .empty a") == ["Nothing saved yet", "Save a question"]
    assert reader.page.select_one("#news-title") is None


def test_a_question_is_saved_and_finds_what_comes(
    app: Flask, reader: Any, session: Session, make: Make, index: Index
) -> None:
    reader.get(f"{ADDRESS}/new", query_string={"q": TEXT})
    assert reader.texts("#text") == [TEXT]
    assert reader.page.select_one("#name")["value"] == TEXT
    assert reader.texts("#subjects input[checked] + label") == ["Offers", "Technologies", "Programmes"]
    assert reader.texts("#frequency input[checked] + label") == ["Every Monday"]
    reader.submit(f"{ADDRESS}/new", **SENT)
    assert reader.texts(".notice-success") == ["Saved. What is new and fits will stand here."]
    assert reader.texts("h1, .asked-text") == ["Salt", TEXT]
    saved = session.scalars(sa.select(SavedSearch)).one()
    assert (saved.frequency, saved.subjects) == (Frequency.DAILY, ["offer", "technology"])
    lab = make.organisation("Food Lab", "institute", provenance=Provenance.ILLUSTRATIVE)
    offer = make.offer(lab, TEXT, provenance=Provenance.ILLUSTRATIVE)
    index()
    with app.app_context():
        assert duties.watch_saved_searches() == "1 entries found for saved searches"
    reader.get(f"{ADDRESS}/{saved.id}")
    (row,) = reader.texts("main .entries li")
    assert row.startswith(f"{TEXT} Testing and certification · Food Lab Illustrative example ")
    assert " Very good fit 100 points, " in row
    assert reader.page.select_one("main .entries a")["href"] == f"/en/offers/{offer.id}"
    reader.get(ADDRESS)
    assert reader.texts("main .entries li") == [f"Salt {TEXT} 1 found Every morning"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": " "}, "What you look for: Fill this in."),
        ({"name": ""}, "Name: Fill this in."),
        ({"subjects": []}, "Tell me of new: Choose one."),
        ({"frequency": "hourly"}, "How often by e-mail?: Choose one of the options shown."),
    ],
)
def test_nothing_typed_is_lost(reader: Any, make: Make, changes: dict[str, Any], message: str) -> None:
    assert reader.submit(f"{ADDRESS}/new", **{**SENT, **changes}).status_code == 422
    assert reader.texts(".error-summary li") == [message]
    assert make.count(SavedSearch) == 0


def test_a_list_is_saved_as_it_was_narrowed(reader: Any, session: Session, make: Make) -> None:
    make.field("2"), make.field("211", "Food")
    make.need(make.organisation(), "Độ ẩm", kinds=[OfferKind.LAB], fields=[make.field("211")])
    session.commit()
    reader.get("/en/needs?help=lab&q=do+am&field=211&stage=")
    link = reader.page.select_one(".save-search a")
    assert link.get_text() == "Tell me of new ones"
    reader.get(link["href"])
    assert reader.page.select_one("#name")["value"] == "Needs: do am"
    facts = [fact.get_text(" ", strip=True) for fact in reader.page.select(".facts div")]
    assert facts == ["List Needs", "Words do am", "Field Food", "Kind of help Laboratory use"]
    assert reader.page.select_one("#text") is None
    form = reader.page.select_one("form.form")
    reader.submit(form["action"], name="Wet", frequency="weekly")
    saved = session.scalars(sa.select(SavedSearch)).one()
    assert (saved.kind, saved.criteria) == (SearchKind.NEEDS, {"q": "do am", "field": "211", "help": "lab"})
    again = reader.page.select_one(".page-head a")["href"]
    reader.get(again)
    assert reader.texts("main .entries h2") == ["Độ ẩm (vi)"] or reader.texts("main .entries h2") == ["Độ ẩm"]


@pytest.mark.parametrize(
    ("address", "facts"),
    [
        (
            "directory?kind=centre&standing=distinguished&district=dong-da",
            ["Innovation centre", "Members of the network", "Dong Da"],
        ),
        ("technologies?trl=7-9&transfer=licence", ["TRL 7–9: ready for use", "Licence"]),
    ],
)
def test_every_list_that_can_be_narrowed_can_be_saved(reader: Any, address: str, facts: list[str]) -> None:
    reader.get(f"/en/{address}")
    reader.get(reader.page.select_one(".save-search a")["href"])
    assert reader.texts(".facts dd")[1:] == facts


def test_a_list_that_is_not_narrowed_has_no_such_link(reader: Any) -> None:
    for address in ("needs", "offers?kind=testing", "needs?sort=newest"):
        reader.get(f"/en/{address}")
        assert reader.page.select_one(".save-search") is None
    reader.get(f"{ADDRESS}/new?list=offers&kind=testing")
    assert reader.page.select_one("#text") is not None


def test_a_visitor_comes_back_to_the_list_after_signing_in(client: Any) -> None:
    target = client.get(f"{ADDRESS}/new?list=needs&help=lab").location
    assert target == "/en/sign-in?next=/en/saved-searches/new?list%3Dneeds%26help%3Dlab"


def test_name_and_rhythm_are_changed_and_the_search_is_deleted(
    reader: Any, session: Session, make: Make, search: SavedSearch
) -> None:
    session.commit()
    reader.get(f"{ADDRESS}/{search.id}")
    assert reader.texts("main .split p")[-2:] != []
    reader.submit(f"{ADDRESS}/{search.id}", name="Sea salt", frequency="off")
    assert reader.texts(".notice-success") == ["The changes are saved."]
    session.refresh(search)
    assert (search.name, search.frequency) == ("Sea salt", Frequency.OFF)
    assert reader.submit(f"{ADDRESS}/{search.id}", name="", frequency="off").status_code == 422
    assert reader.texts(".error-summary li") == ["Name: Fill this in."]
    reader.submit(f"{ADDRESS}/{search.id}/delete")
    assert reader.texts(".notice-success") == ["The saved search is deleted."]
    assert make.count(SavedSearch) == 0


def test_saved_searches_of_others_are_not_found(client: Any, make: Make, sign_in: SignIn, search: SavedSearch) -> None:
    sign_in(client, make.user())
    assert client.get(f"{ADDRESS}/{search.id}").status_code == 404
    assert client.submit(f"{ADDRESS}/{search.id}", name="x", frequency="off").status_code == 404
    assert client.submit(f"{ADDRESS}/{search.id}/delete").status_code == 404
    client.get(ADDRESS)
    assert client.texts(".entries li") == []


def test_what_was_found_and_is_closed_by_now_is_not_shown(
    reader: Any, session: Session, make: Make, search: SavedSearch
) -> None:
    lab = make.organisation("Zanzibar Lab", "institute")
    offer = make.offer(lab, "Zanzibar tests", state=SupplyState.WITHDRAWN)
    make._add(SavedSearchHit(search_id=search.id, subject_kind=SubjectKind.OFFER, subject_id=offer.id, found_at=NOW))
    session.commit()
    reader.get(f"{ADDRESS}/{search.id}")
    assert "Zanzibar" not in reader.page.get_text()
    assert "Nothing yet. New entries are compared as soon as they are published." in reader.texts("main p")


def test_managers_choose_how_often_they_hear_of_their_organisations(
    client: Any, session: Session, make: Make, sign_in: SignIn
) -> None:
    manager = make.user(make.organisation(kind="centre"))
    sign_in(client, manager).get(ADDRESS)
    assert client.texts("#frequency input[checked] + label") == ["Every Monday"]
    client.submit(f"{ADDRESS}/news", frequency="daily")
    assert client.texts(".notice-success") == ["Saved. The next mail follows your choice."]
    assert client.texts("#frequency input[checked] + label") == ["Every morning"]
    assert session.get(NewsChoice, manager.id) is not None
    assert client.submit(f"{ADDRESS}/news", frequency="hourly").status_code == 422


def test_who_has_turned_all_such_mails_off_is_reminded(reader: Any, session: Session, make: Make, person: Any) -> None:
    reader.get(ADDRESS)
    assert reader.page.select_one(".notice-warning") is None
    session.add(NoticeChoice(user_id=person.id, kind=NoticeKind.NEWS, mail=MailChoice.OFF))
    session.commit()
    reader.get(ADDRESS)
    assert reader.texts(".notice-warning")[0].startswith("You have turned off all mails about what is new")


def test_the_link_of_a_mail_asks_first_and_needs_no_account(
    app: Flask, client: Any, session: Session, search: SavedSearch
) -> None:
    session.commit()
    with app.app_context():
        address = f"/vi/saved-searches/stop/{sign_stop(search.id)}"
    client.get(address)
    assert client.texts("h1") == ["Thôi nhận thư về “Salt”?"]
    session.refresh(search)
    assert search.frequency is Frequency.WEEKLY, "looking at the link changes nothing"
    client.submit(client.page.select_one("main form")["action"])
    assert client.texts("h1") == ["Xong: sẽ không có thư nào về “Salt” nữa"]
    session.refresh(search)
    assert search.frequency is Frequency.OFF
    session.delete(search)
    session.commit()
    client.get(address)
    assert client.texts("h1") == ["Tìm kiếm đã lưu này không còn nữa"]


@pytest.mark.parametrize("token", ["1", "x.y", "WyJzZWFyY2giLDFd.forged"])
def test_a_link_this_site_has_not_signed_stops_nothing(client: Any, search: SavedSearch, token: str) -> None:
    assert client.get(f"{ADDRESS}/stop/{token}").status_code == 404
    assert client.submit(f"{ADDRESS}/stop/{token}").status_code == 404
