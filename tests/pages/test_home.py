"""The first page: one question answered without an account; and the page about the network."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from models import Exhibit, Figure, Offer
from models.figures import FigureGroup
from models.texts import Bilingual
from models.types import NeedState, ProfileState, Provenance, SupplyState, Visibility
from network.queries.home import front
from network.queries.suggestions import answer
from tests.factories import NOW, Make
from tests.statements import statements_of

Index = Callable[[], None]
SignIn = Callable[..., FlaskClient]


def ask(client: Any, text: str, language: str = "en") -> list[str]:
    assert client.get(f"/{language}/", query_string={"q": text}).status_code == 200
    return titles(client)


def titles(client: Any) -> list[str]:
    return client.texts("#suggestions .suggestion h3")


@pytest.fixture
def laboratory(make: Make) -> Any:
    return make.organisation("Sao Khue Institute", "institute", provenance=Provenance.ILLUSTRATIVE)


def test_a_visitor_reads_one_question_and_examples(client: Any) -> None:
    client.get("/vi/")
    assert client.texts("h1") == client.texts("label[for=q]")
    assert len(client.texts(".examples a")) == 4
    languages = [a["lang"] for a in client.page.select(".examples a")]
    assert languages == ["vi", "vi", "vi", "en"]
    assert client.texts(".suggestion") == []
    assert client.texts(".site-header .personal a") == ["Đăng nhập", "Tham gia"]


def test_the_root_leads_to_the_first_page(client: Any) -> None:
    assert client.get("/").location == "/vi/"


def test_an_example_can_be_followed_without_javascript(client: Any, make: Make, laboratory: Any, index: Index) -> None:
    make.offer(laboratory, "A laboratory to test and certify medical devices")
    index()
    client.get("/en/")
    client.get(client.page.select_one(".examples a")["href"])
    assert titles(client)[0] == "A laboratory to test and certify medical devices"
    assert client.page.select_one("#q").get_text() == client.texts("#q")[0] != ""


def test_the_answer_says_who_what_and_why(client: Any, make: Make, laboratory: Any, index: Index) -> None:
    summary = Bilingual("Tủ phun muối.", "Salt spray tests of marine sensors, day and night. Reports in a week.")
    make.offer(laboratory, "Salt cabinet", summary=summary)
    index()
    ask(client, "salt spray tests of marine sensors")
    card = client.page.select_one(".suggestion")
    text = " ".join(card.get_text(" ").split())
    assert "Testing and certification · Sao Khue Institute Illustrative example" in text
    assert "Closest to your text: “Salt spray tests of marine sensors” Why" in text
    assert "“salt spray tests of marine sensors” ↔ meets “Salt spray tests of marine sensors”" in text
    assert [th.get_text() for th in card.select(".why tbody th")] == ["Meaning", "Words"]
    points = [int(td.get_text()) for td in card.select(".why tbody .figure")]
    assert abs(sum(points) - int(card.select_one(".score span").get_text())) <= 1
    assert card.select_one("h3 a")["href"].startswith("/en/offers/")


def test_real_organisations_carry_their_origin(client: Any, make: Make, index: Index) -> None:
    office = make.organisation("Office of Salt", "partner", provenance=Provenance.PUBLIC_SOURCE, uncertain=True)
    make.offer(office, "Salt spray tests", provenance=Provenance.PUBLIC_SOURCE, uncertain=True)
    index()
    ask(client, "salt spray tests")
    assert client.texts(".suggestion:first-of-type .entry-meta .tag") == ["From public sources", "Not confirmed"]


def test_what_does_not_fit_stands_apart(client: Any, make: Make, laboratory: Any, index: Index) -> None:
    make.offer(laboratory, "Salt spray tests for marine sensors")
    make.offer(laboratory, "Bakery ovens repaired overnight")
    index()
    ask(client, "salt spray tests for marine sensors")
    assert client.texts("#suggestions h2.group-title") == ["Less close"]
    ask(client, "violin lessons zzz qqq")
    assert client.texts("#suggestions h2.group-title") == ["Nothing fits well; these are the nearest"]
    assert set(client.texts(".score small")) == {"Weak fit"}


def test_members_see_more_and_the_public_nothing_of_it(
    client: Any, app: Flask, make: Make, laboratory: Any, index: Index, sign_in: SignIn
) -> None:
    make.offer(laboratory, "Salt spray tests", visibility=Visibility.MEMBERS)
    index()
    assert "Salt spray tests" not in ask(client, "salt spray tests")
    assert "Salt spray" not in client.page.select_one("#suggestions").get_text()
    member = make.user(make.organisation(kind="institute"))
    assert "Salt spray tests" in ask(sign_in(app.test_client(), member), "salt spray tests")


def test_nothing_hidden_is_shown_while_the_index_is_behind(
    client: Any, session: Session, make: Make, laboratory: Any, index: Index
) -> None:
    offer = make.offer(laboratory, "Salt spray tests")
    centre = make.organisation("Salt Centre", "centre")
    programme = make.programme(centre, "Salt programme")
    index()
    assert {"Salt spray tests", "Salt Centre", "Salt programme"} <= set(ask(client, "salt"))
    offer.state, centre.state = SupplyState.WITHDRAWN, ProfileState.SUSPENDED
    session.commit()
    assert {"Salt spray tests", "Salt Centre", programme.name.en} & set(ask(client, "salt")) == set()


def test_a_phrase_that_the_text_has_lost_is_not_quoted(
    client: Any, session: Session, make: Make, laboratory: Any, index: Index
) -> None:
    offer = make.offer(laboratory, "Salt spray tests for the secret client Zanzibar")
    index()
    offer.title = offer.summary = Bilingual("Thử muối", "Salt tests")
    session.commit()
    ask(client, "salt spray tests for the secret client Zanzibar")
    assert "Zanzibar" not in client.page.select_one("#suggestions").get_text()


def test_startups_and_their_needs_do_not_answer_a_need(client: Any, make: Make, index: Index) -> None:
    startup = make.organisation("Salt Startup")
    make.need(startup, "Salt spray tests wanted")
    make.programme(None, "Salt fund of the city")
    index()
    assert ask(client, "salt") == ["Salt fund of the city"]


def test_a_programme_that_has_closed_is_not_suggested(client: Any, make: Make, index: Index) -> None:
    make.programme(None, "Salt fund", closes_on=date(2020, 1, 1))
    index()
    assert ask(client, "salt fund") == []
    assert client.texts("#suggestions h2") == ["Nothing found yet"]


def test_a_short_text_gets_a_hint_and_a_long_one_its_limit(
    client: Any, make: Make, laboratory: Any, index: Index
) -> None:
    make.offer(laboratory, "Salt spray tests")
    index()
    ask(client, "salt")
    assert client.texts("#suggestions .notice") == [
        "A few more words help: what it is for, how far you are, and what would solve it."
    ]
    assert ask(client, "a salt spray test " * 200) == []
    assert client.texts("#suggestions .notice") == [
        "Your text has 3,599 characters; up to 2,000 can be compared. Please shorten it to what matters most."
    ]
    assert client.page.select_one("#q").get_text().startswith("a salt spray test")
    assert ask(client, "   ") == []


def test_while_typing_only_the_answer_is_sent(client: Any, make: Make, laboratory: Any, index: Index) -> None:
    make.offer(laboratory, "Salt spray tests")
    index()
    response = client.get("/en/suggestions", query_string={"q": "salt spray tests"}, headers={"HX-Request": "true"})
    assert "<html" not in response.text
    assert titles(client)[:1] == []
    assert client.texts(".suggestion h3")[0] == "Salt spray tests"
    assert client.texts("[role=status]") == ["2 suggestions. The nearest: Salt spray tests"]
    assert response.headers["HX-Replace-Url"] == "/en/?q=salt+spray+tests"
    opened = client.get("/en/suggestions", query_string={"q": "salt"})
    assert opened.location == "/en/?q=salt"


def test_the_page_wires_the_question_to_the_answer(client: Any) -> None:
    client.get("/en/")
    box = client.page.select_one("#q")
    assert box["hx-get"] == "/en/suggestions"
    assert "delay:400ms" in box["hx-trigger"]
    assert box["hx-sync"]
    assert client.page.select_one(box["hx-target"]) is not None
    form = client.page.select_one("form.question")
    assert (form["action"], form["method"]) == ("/en/", "get")


def test_without_the_encoder_words_are_compared_and_that_is_said(
    client: Any, app: Flask, make: Make, laboratory: Any, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.offer(laboratory, "Salt spray tests")
    index()
    monkeypatch.setattr(app.extensions["matching"], "_encoder_of", lambda _now: None)
    assert ask(client, "salt spray tests")[0] == "Salt spray tests"
    assert client.texts("#suggestions .notice-warning") == [
        "For the moment only words are compared, not their meaning. What is worded differently may be missed."
    ]


def test_the_newest_needs_and_technologies_are_shown(
    client: Any, session: Session, make: Make, laboratory: Any
) -> None:
    startup = make.organisation("Sun Dryers", provenance=Provenance.ILLUSTRATIVE)
    for day in range(4):
        make.need(startup, f"Need {day}", published_at=NOW - timedelta(days=day))
    make.need(startup, "Draft", state=NeedState.DRAFT, published_at=None)
    make.need(startup, "For members", visibility=Visibility.MEMBERS)
    make.technology(laboratory, "A membrane")
    session.commit()
    client.get("/en/")
    assert client.texts(".columns section:first-child h3") == ["Need 0", "Need 1", "Need 2"]
    assert client.texts(".columns section:last-child h3") == ["A membrane"]
    assert client.texts(".columns .entry-meta")[0] == "Testing and certification · Sun Dryers Illustrative example"


def test_people_are_led_to_publish_their_need(client: Any, make: Make, sign_in: SignIn) -> None:
    client.get("/en/")
    assert client.page.select_one(".publish a")["href"] == "/en/sign-up"
    sign_in(client, make.user(make.organisation())).get("/en/")
    assert client.page.select_one(".publish a")["href"] == "/en/workspace"


def figure(session: Session, group: FigureGroup, label: str, **values: Any) -> None:
    session.add(
        Figure(
            group=group,
            label=Bilingual(f"{label} (vi)", label),
            value=Bilingual("18", "18"),
            unit=Bilingual("trên 52", "of 52"),
            period=Bilingual("2025", "2025"),
            provenance=Provenance.PUBLIC_SOURCE,
            sources=[{"url": "https://www.example.org/a", "date": "2025-10-01"}],
            **values,
        )
    )


def test_four_figures_of_network_and_rank_with_source_and_date(client: Any, session: Session) -> None:
    figure(session, FigureGroup.FINANCE, "Money")
    for n in range(4):
        figure(session, FigureGroup.RANK, f"Rank {n}")
    figure(session, FigureGroup.NETWORK, "Launch")
    session.commit()
    client.get("/en/")
    shown = client.texts(".key-figures dd")
    assert [text.split(" example.org")[0] for text in shown] == ["Launch", "Rank 0", "Rank 1", "Rank 2"]
    assert shown[0] == "Launch example.org , 1 October 2025"


def test_the_page_about_the_network_leads_to_the_figures(client: Any) -> None:
    client.get("/en/about")
    links = [a["href"] for a in client.page.select("#figures ~ ul a")]
    pages = ("figures", "figures/from-need-to-outcome", "action-programmes", "figures/co-investment")
    assert links == [f"/en/{page}" for page in pages]


def test_the_language_switch_keeps_the_question(client: Any) -> None:
    client.get("/vi/", query_string={"q": "ươm tạo"})
    link = client.page.select_one(".languages a")["href"]
    assert urlsplit(link).path == "/en/"
    assert parse_qs(urlsplit(link).query) == {"q": ["ươm tạo"]}


def test_more_suggestions_do_not_mean_more_statements(app: Flask, session: Session, make: Make, index: Index) -> None:
    def statements(limit: int) -> int:
        seen: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            seen.append(statement)

        session.expire_all()
        engine = session.connection().engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            found = answer(session, app.extensions["matching"], "salt spray", None, limit)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert len(found.cards) == limit
        return len(seen)

    for n in range(6):
        make.offer(make.organisation(f"Institute {n}", "institute"), f"Salt spray {n}")
    index()
    session.scalar(sa.select(sa.func.count()).select_from(Offer))
    statements(2)
    assert statements(2) == statements(6)


def test_the_first_page_says_what_is_on_and_leads_into_the_exhibition(
    client: Any, session: Session, make: Make
) -> None:
    client.get("/en/")
    assert client.texts("#events-title, #challenges-title, #hall-title") == []
    centre = make.organisation("Lotus Centre", "centre", provenance=Provenance.ILLUSTRATIVE)
    for n in range(4):
        make.event(centre, f"Event {n}", starts_at=NOW + timedelta(days=400 + n))
        make.challenge(centre, f"Challenge {n}", answer_by=date(2028, 1, 1 + n))
    make.event(centre, "Over", starts_at=NOW - timedelta(days=400))
    make.challenge(centre, "Late", answer_by=date(2025, 1, 1))
    technology = make.technology(make.organisation("Lab", "institute"))
    make.stand(centre).exhibits = [Exhibit(position=1, technology=technology)]
    session.commit()
    client.get("/en/")
    assert client.texts("#events-title + ul h3") == ["Event 0", "Event 1", "Event 2"]
    assert client.texts("#challenges-title + ul h3") == ["Challenge 0", "Challenge 1", "Challenge 2"]
    assert client.texts("#hall-title + p") == [
        "1 exhibit, 1 stand: technologies that look for a user and products that have found one."
    ]
    assert client.page.select_one(".way-in a")["href"] == "/en/showcase"


def test_showcase_and_challenges_are_reached_from_every_page(client: Any) -> None:
    client.get("/vi/about")
    frame = {str(a["href"]) for a in client.page.select(".site-header nav a, .site-footer a")}
    assert {"/vi/showcase", "/vi/challenges", "/vi/events"} <= frame


def test_the_first_page_takes_the_same_statements_however_much_there_is(session: Session, make: Make) -> None:
    def sent() -> int:
        with statements_of(session) as statements:
            front(session, None, today=date(2026, 11, 24), now=NOW)
        return len(statements)

    centre, lab = make.organisation("Centre", "centre"), make.organisation("Lab", "institute")

    def more() -> None:
        make.need(make.organisation(), fields=[make.field("102")])
        make.technology(lab, fields=[make.field("102")])
        make.event(centre)
        make.challenge(centre, fields=[make.field("102")])
        session.expire_all()

    more()
    few = sent()
    for _ in range(3):
        more()
    assert sent() == few <= 10
