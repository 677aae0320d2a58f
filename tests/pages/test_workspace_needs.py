"""An organisation's own needs: writing, publishing, suggestions, closing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Job, Match, Need
from models.base import utc_now
from models.texts import Bilingual
from models.types import (
    CloseReason,
    DeclineReason,
    InterestState,
    MatchSide,
    MatchState,
    MembershipRole,
    NeedState,
    OfferKind,
    Provenance,
    Stage,
    Visibility,
)
from tests.factories import Make, both

SignIn = Callable[..., FlaskClient]
DRAFT: dict[str, Any] = {"state": NeedState.DRAFT, "published_at": None}
STEPS = ".aside .actions a, .aside button, .aside .links a"
SENT = {"title_en": "Moisture of dried fruit", "summary_en": "A laboratory twice a week", "visibility": "public"}


@pytest.fixture
def home(make: Make) -> Any:
    return make.organisation("Sun Dryers")


@pytest.fixture
def address(home: Any) -> str:
    return f"/en/workspace/{home.slug}/needs"


@pytest.fixture
def manager(client: Any, make: Make, sign_in: SignIn, home: Any) -> Any:
    """The client of a manager of `home`."""
    return sign_in(client, make.user(home))


def test_the_list_shows_each_need_and_what_waits(manager: Any, make: Make, home: Any, address: str) -> None:
    make.need(home, "Closed", state=NeedState.CLOSED, close_reason=CloseReason.MET_ELSEWHERE)
    published = make.need(home, "Published")
    make.need(home, "Draft", **DRAFT)
    make.need(make.organisation(), "Somebody else's")
    make.interest(published, make.organisation(kind="centre"))
    make.session.commit()
    manager.get(address)
    assert manager.texts(".entries li") == [
        "Published 0 suggestions · 1 open request Published",
        "Draft Only your organisation can read it Draft",
        "Closed No longer on the board Closed Met elsewhere",
    ]


def test_an_empty_list_invites(manager: Any, address: str) -> None:
    manager.get(address)
    assert manager.texts(".empty h2, .empty a") == ["No need described yet", "Describe a need"]


def test_suppliers_without_needs_have_no_such_pages(client: Any, make: Make, sign_in: SignIn) -> None:
    centre = make.organisation(kind="centre")
    sign_in(client, make.user(centre))
    for page in ("", "/new", "/1"):
        assert client.get(f"/en/workspace/{centre.slug}/needs{page}").status_code == 404


def test_from_the_first_words_to_the_board(manager: Any, session: Session, make: Make, home: Any, address: str) -> None:
    make.field("2")
    make.field("211", "Food").parent_code = "2"
    session.commit()
    manager.get(f"{address}/new")
    assert manager.texts(".coach h2") == ["A need that is answered says"]
    manager.submit(
        f"{address}/new",
        **SENT,
        title_vi="Độ ẩm quả sấy",
        kinds=["testing", "lab"],
        fields=["211"],
        stage="pilot",
        trl="6",
        district="gia-lam",
        budget="150",
        needed_by="2099-07-01",
    )
    assert manager.texts(".notice")[0].startswith("The draft is saved.")
    need = session.scalars(sa.select(Need)).one()
    assert (need.title, need.kinds) == (
        Bilingual("Độ ẩm quả sấy", "Moisture of dried fruit"),
        [OfferKind.LAB, OfferKind.TESTING],
    )
    facts = (need.stage, need.trl, need.district, need.budget_vnd, need.visibility, need.state)
    assert facts == (Stage.PILOT, 6, "gia-lam", 150_000_000, Visibility.PUBLIC, NeedState.DRAFT)
    manager.submit(f"{address}/{need.id}/publish")
    assert manager.texts(".notice") == ["The need is published. Others can now find it and answer."]
    manager.get("/en/needs")
    assert manager.texts(".entries h2") == ["Moisture of dried fruit"]
    assert session.scalars(sa.select(Job.key).where(Job.done_at.is_(None))).all() == []


def test_a_question_from_the_first_page_is_taken_over(manager: Any, address: str) -> None:
    manager.get(f"{address}/new", query_string={"q": "We dry longan"})
    assert manager.texts("#summary_en, #summary_vi") == ["", "We dry longan"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title_en": ""}, "Title in Vietnamese: Give a title in Vietnamese or in English."),
        (
            {"summary_en": " "},
            "Description in Vietnamese: Describe it in a few sentences, in Vietnamese or in English.",
        ),
        (
            {"title_en": "", "title_vi": "Độ ẩm"},
            "Description in Vietnamese: Write the title and the description in the same language at least once.",
        ),
        ({"needed_by": "2020-01-01"}, "Needed by: Choose a day that is still to come."),
        ({"needed_by": "soon"}, "Needed by: Write the date as day, month and year."),
        ({"budget": "much"}, "Budget in million VND: Write a whole number."),
        ({"visibility": ""}, "Who may read it once it is published?: Choose one."),
    ],
)
def test_nothing_typed_is_lost_when_something_is_wrong(
    manager: Any, make: Make, address: str, changes: dict[str, str], message: str
) -> None:
    sent = {**SENT, "details_en": "A long story", "kinds": ["testing"], "stage": "pilot", **changes}
    assert manager.submit(f"{address}/new", **sent).status_code == 422
    assert manager.texts(".error-summary li") == [message]
    assert manager.texts("#details_en") == ["A long story"]
    assert manager.texts("#kinds input[checked] + label, #stage [selected]") == [
        "Testing and certification",
        "Pilot with users",
    ]
    assert make.count(Need) == 0


def test_editing_begins_with_what_is_there(manager: Any, session: Session, make: Make, home: Any, address: str) -> None:
    make.field("2")
    make.field("211", "Food").parent_code = "2"
    need = make.need(
        home, "Old", budget_vnd=5_000_000, trl=4, fields=[make.field("211")], visibility=Visibility.MEMBERS
    )
    session.commit()
    manager.get(f"{address}/{need.id}/edit")
    shown = [manager.page.select_one(f"#{name}")["value"] for name in ("title_vi", "title_en", "budget")]
    assert shown == ["Old (vi)", "Old", "5"]
    assert manager.texts("input[checked] + label") == ["Testing and certification", "Food", "Verified members only"]
    assert manager.texts("#trl [selected]") == ["4 – Validated in the laboratory"]
    manager.submit(f"{address}/{need.id}/edit", **SENT, title_vi="", summary_vi="", budget="")
    assert manager.texts(".notice") == ["The changes are saved."]
    session.refresh(need)
    assert (need.title, need.budget_vnd, need.fields, need.kinds) == (Bilingual(None, SENT["title_en"]), None, [], [])
    assert manager.submit(f"{address}/{need.id}/edit", **{**SENT, "title_en": ""}).status_code == 422
    assert manager.texts("h1") == ["Edit the need"]


def test_suggestions_come_with_what_can_be_done(
    manager: Any, make: Make, home: Any, address: str, index: Callable[[], None]
) -> None:
    lab = make.organisation("Food Lab", "institute", provenance=Provenance.ILLUSTRATIVE)
    offer = make.offer(lab, "Laboratory tests of dried fruit", provenance=Provenance.ILLUSTRATIVE)
    need = make.need(home, "Laboratory tests of dried fruit")
    index()
    manager.get(f"{address}/{need.id}")
    assert manager.texts("h2")[:2] == ["Others can find it", "Who could help"]
    first = manager.page.select_one(".suggestion")
    assert first.select_one("h3").get_text(strip=True) == "Laboratory tests of dried fruit"
    ask = urlsplit(first.select_one(".actions a")["href"])
    assert ask.path == f"/en/workspace/{home.slug}/interests/new"
    assert parse_qs(ask.query) == {"need": [str(need.id)], "offer": [str(offer.id)]}
    assert [option["value"] for option in first.select(".set-aside option")] == ["", *[r.value for r in DeclineReason]]
    assert first.select_one(".tag-illustrative") is not None


def test_a_draft_shows_who_could_help_but_asks_nobody(
    manager: Any, make: Make, home: Any, address: str, index: Callable[[], None]
) -> None:
    make.offer(make.organisation(kind="institute"), "Laboratory tests")
    need = make.need(home, "Laboratory tests", **DRAFT)
    index()
    manager.get(f"{address}/{need.id}")
    assert manager.page.select_one(".suggestion") is not None
    assert manager.page.select(".suggestion .actions") == []
    assert manager.texts("main > .notice")[-1].startswith("This is what the network has for your draft.")


def test_decisions_are_shown_with_the_suggestion(
    manager: Any, session: Session, make: Make, home: Any, address: str, index: Callable[[], None]
) -> None:
    names = ("Asked", "Shortlisted", "Aside")
    offers = {name: make.offer(make.organisation(name, "institute"), f"Laboratory tests {name}") for name in names}
    need = make.need(home, "Laboratory tests")
    index()
    states = {
        "Asked": (MatchState.INTEREST, None),
        "Shortlisted": (MatchState.SHORTLISTED, None),
        "Aside": (MatchState.DISMISSED, DeclineReason.TERMS),
    }
    for name, (state, reason) in states.items():
        values = {"state": state, "dismiss_reason": reason, "score": 0.9, "policy": "prior"}
        found = session.scalar(
            sa.select(Match).where(Match.offer_id == offers[name].id, Match.side == MatchSide.ASKER)
        ) or Match(need=need, offer=offers[name], organisation=offers[name].organisation, side=MatchSide.ASKER)
        for attribute, value in values.items():
            setattr(found, attribute, value)
        session.add(found)
    session.commit()
    manager.get(f"{address}/{need.id}")
    actions = {
        row.select_one("h3").get_text(strip=True): [
            " ".join(a.get_text().split()) for a in row.select(".actions a, .actions button")
        ]
        for row in manager.page.select(".suggestion")
        if row.select_one("h3").get_text(strip=True).startswith("Laboratory tests")
    }
    assert actions == {
        "Laboratory tests Asked": ["You have asked. See the request"],
        "Laboratory tests Shortlisted": ["Send an expression of interest", "Take off the shortlist", "Set aside"],
    }
    manager.get(f"{address}/{need.id}?tab=set-aside")
    assert manager.texts(".entries > li:not(.suggestion)") == [
        "Laboratory tests Aside Testing and certification · Aside Your reason: Terms not acceptable Bring back"
    ]


def test_a_suggestion_is_set_aside_and_brought_back(
    manager: Any, make: Make, home: Any, address: str, index: Callable[[], None]
) -> None:
    make.offer(make.organisation("Food Lab", "institute", summary=both("Bridges")), "Laboratory tests")
    need = make.need(home, "Laboratory tests")
    index()
    manager.get(f"{address}/{need.id}")
    form = manager.page.select_one(".set-aside form")
    manager.submit(form["action"], next=f"{address}/{need.id}?tab=set-aside", reason="terms")
    assert manager.texts(".entries > li:not(.suggestion) p")[-1] == "Your reason: Terms not acceptable"
    back = manager.page.select_one(".entries > li:not(.suggestion) form")
    manager.submit(back["action"], next=f"{address}/{need.id}")
    assert manager.texts(".entries > li:not(.suggestion)") == []


def test_members_write_drafts_but_do_not_publish(
    client: Any, make: Make, sign_in: SignIn, home: Any, address: str
) -> None:
    sign_in(client, make.user(home, membership=MembershipRole.MEMBER))
    draft, published = make.need(home, "Draft", **DRAFT), make.need(home, "Published")
    make.session.commit()
    client.get(f"{address}/{draft.id}")
    assert client.texts(STEPS) == ["Edit", "Delete the draft"]
    assert "A manager of your organisation can publish it." in client.texts(".aside p")
    client.get(f"{address}/{published.id}")
    assert client.texts(STEPS) == ["As others see it"]
    for step in ("publish", "unpublish", "close"):
        assert client.submit(f"{address}/{published.id}/{step}").status_code == 403
    assert client.submit(f"{address}/{published.id}/edit", **SENT).status_code == 403


def test_what_can_be_done_follows_the_state(manager: Any, make: Make, home: Any, address: str) -> None:
    for values, expected in [
        (DRAFT, ["Publish", "Edit", "Close the need", "Delete the draft"]),
        ({}, ["Edit", "As others see it", "Move back to the drafts", "Close the need"]),
        ({"state": NeedState.MATCHED}, ["Look for more help", "Edit", "As others see it", "Close the need"]),
        ({"state": NeedState.CLOSED, "close_reason": CloseReason.EXPIRED}, []),
    ]:
        need = make.need(home, **values)
        make.session.commit()
        manager.get(f"{address}/{need.id}")
        assert manager.texts(STEPS) == expected


def test_what_was_asked_about_a_need_stands_beside_it(manager: Any, make: Make, home: Any, address: str) -> None:
    need, lab = make.need(home), make.organisation("Food Lab", "institute")
    late = make.interest(need, lab, reply_by=utc_now() - timedelta(days=2, minutes=1))
    make.interest(need, make.organisation("Incubator", "centre"), state=InterestState.ACCEPTED)
    make.session.commit()
    manager.get(f"{address}/{need.id}")
    assert manager.texts(".aside h3 + ul li") == ["Incubator Accepted", "Food Lab 2 days late"]
    assert manager.page.select(".aside h3 + ul a")[1]["href"].endswith(f"/interests/{late.id}")


def test_both_missing_texts_are_said_at_once(manager: Any, address: str) -> None:
    manager.submit(f"{address}/new", visibility="public")
    assert manager.texts(".error-summary li") == [
        "Title in Vietnamese: Give a title in Vietnamese or in English.",
        "Description in Vietnamese: Describe it in a few sentences, in Vietnamese or in English.",
    ]


def test_taking_back_is_refused_with_a_reason_while_somebody_waits(
    manager: Any, session: Session, make: Make, home: Any, address: str
) -> None:
    need = make.need(home)
    make.interest(need, make.organisation(kind="centre"))
    session.commit()
    manager.submit(f"{address}/{need.id}/unpublish")
    assert manager.texts(".notice") == [
        "Somebody waits for an answer about this need. Settle the open interests first."
    ]
    other = make.need(home)
    session.commit()
    manager.submit(f"{address}/{other.id}/unpublish")
    assert manager.texts(".notices .notice") == ["The need is a draft again. Nobody else can read it now."]


def test_closing_asks_why(manager: Any, session: Session, make: Make, home: Any, address: str) -> None:
    need = make.need(home)
    make.interest(need, make.organisation(kind="centre"))
    session.commit()
    manager.get(f"{address}/{need.id}/close")
    assert manager.texts(".options label") == ["Met in the network", "Met elsewhere", "Withdrawn", "Expired"]
    assert manager.texts("form .notice") == [
        "1 expression of interest about it is still open. It stays open until it is answered or ended."
    ]
    assert manager.submit(f"{address}/{need.id}/close").status_code == 422
    assert manager.texts(".error-summary li") == ["Why do you close it?: Choose one."]
    assert manager.submit(f"{address}/{need.id}/close", reason="met_in_network").status_code == 422
    assert manager.texts(".error-summary li") == [
        "Why do you close it?: Record first what was agreed and with whom, on the page of that connection."
    ]
    make.agreement(make.connection(need, make.organisation(kind="institute"), InterestState.AGREED), home)
    session.commit()
    manager.submit(f"{address}/{need.id}/close", reason="met_in_network")
    assert manager.texts(".notice") == ["The need is closed."]
    assert manager.texts(".tags .tag") == ["Closed", "Met in the network"]
    assert manager.get("/en/needs").status_code == 200
    assert manager.texts(".entries h2") == []


def test_a_draft_is_deleted_after_a_question(manager: Any, make: Make, home: Any, address: str) -> None:
    need = make.need(home, "Wrong", **DRAFT)
    make.session.commit()
    manager.get(f"{address}/{need.id}/delete")
    assert manager.texts("h1") == ["Delete this draft?"]
    manager.submit(f"{address}/{need.id}/delete")
    assert manager.texts(".notice") == ["The draft is deleted."]
    assert make.count(Need) == 0


def test_needs_of_others_and_unknown_ones_are_not_found(manager: Any, make: Make, address: str) -> None:
    theirs = make.need(make.organisation())
    make.session.commit()
    for need_id in (theirs.id, 999_999):
        for page in ("", "/edit", "/close", "/delete"):
            assert manager.get(f"{address}/{need_id}{page}").status_code == 404
        for step in ("publish", "unpublish", "delete"):
            assert manager.submit(f"{address}/{need_id}/{step}").status_code == 404
        assert manager.submit(f"{address}/{need_id}/close", reason="expired").status_code == 404


def test_a_failing_index_loses_nothing(
    manager: Any, app: Flask, session: Session, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> int:
        raise RuntimeError("no memory")

    monkeypatch.setattr(app.extensions["matching"], "work", fail)
    manager.submit(f"{address}/new", **SENT)
    assert manager.texts("h1") == [SENT["title_en"]]
    need = session.scalars(sa.select(Need)).one()
    waiting = session.scalars(sa.select(Job.key).where(Job.done_at.is_(None), Job.key.like("need:%")))
    assert waiting.all() == [f"need:{need.id}"]


def test_the_page_of_a_need_in_vietnamese(client: Any, make: Make, sign_in: SignIn, home: Any) -> None:
    need = make.need(home, Bilingual("Đo độ ẩm", None), details=both("Chi tiết"))
    sign_in(client, make.user(home))
    assert client.get(f"/vi/workspace/{home.slug}/needs/{need.id}").status_code == 200
    assert client.texts("h1") == ["Đo độ ẩm"]
