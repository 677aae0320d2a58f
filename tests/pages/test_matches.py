"""The queue of a supplier: tabs with numbers, search, order, reasons of both sides, decisions that can be undone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Match
from models.types import DeclineReason, MatchSide, MatchState, MembershipRole, OfferKind
from tests.factories import NOW, Make

SignIn = Callable[..., FlaskClient]
REASONS = [
    {"factor": "meaning", "weight": 0.4, "value": 0.7, "details": {"phrases": []}},
    {"factor": "kind", "weight": 0.1, "value": 1.0, "details": {"kinds": ["testing"], "known": True}},
    {"factor": "field", "weight": 0.1, "value": 1.0, "details": {"fields": ["211"], "broad": False, "known": True}},
]


@pytest.fixture
def centre(make: Make) -> Any:
    return make.organisation("Green Centre", "centre")


@pytest.fixture
def address(centre: Any) -> str:
    return f"/en/workspace/{centre.slug}/matches"


@pytest.fixture
def add(make: Make, centre: Any) -> Callable[..., Match]:
    """A need of a startup of the given name, suggested to the centre."""

    def _add(title: str, owner: str = "Sun Dryers", need: Any = None, **values: Any) -> Match:
        asked = make.need(make.organisation(owner), title, **(need or {}))
        defaults = {"score": 0.6, "policy": "prior", "state": MatchState.SUGGESTED, "reasons": REASONS}
        added: Match = make._add(
            Match(need=asked, organisation=centre, side=MatchSide.SUPPLIER, **{**defaults, **values})
        )
        return added

    return _add


@pytest.fixture
def manager(client: Any, make: Make, sign_in: SignIn, centre: Any) -> Any:
    return sign_in(client, make.user(centre))


def test_each_tab_says_how_many(manager: Any, make: Make, add: Callable[..., Match], address: str) -> None:
    add("One"), add("Two", state=MatchState.SEEN), add("Three", state=MatchState.SHORTLISTED)
    make.session.commit()
    manager.get(address)
    assert manager.texts("nav[aria-label=Lists] a") == ["Open 2", "Shortlisted 1", "Set aside 0"]
    assert manager.texts(".suggestion h2") == ["One", "Two"]
    manager.get(f"{address}?tab=set-aside")
    assert manager.texts(".empty h2") == ["Nothing set aside"]
    assert manager.get(f"{address}?tab=other").status_code == 404


def test_words_entry_and_order_narrow_the_queue(
    manager: Any, make: Make, add: Callable[..., Match], address: str, centre: Any
) -> None:
    tests, room = make.offer(centre, "Tests"), make.offer(centre, "Rooms")
    today = NOW.date()
    add("Độ ẩm quả sấy", score=0.9, offer=tests, need={"needed_by": None, "published_at": NOW - timedelta(days=9)})
    add("Bus", "Gió Mùa", score=0.5, offer=room, need={"needed_by": today + timedelta(days=5)})
    add("Lamp", score=0.7, offer=room, need={"needed_by": today + timedelta(days=90)})
    make.session.commit()
    for query, titles in (
        ("", ["Độ ẩm quả sấy", "Lamp", "Bus"]),
        ("q=do+am+qua", ["Độ ẩm quả sấy"]),
        ("q=gio+mua", ["Bus"]),
        (f"entry=offer-{room.id}", ["Lamp", "Bus"]),
        ("sort=deadline", ["Bus", "Lamp", "Độ ẩm quả sấy"]),
        ("sort=latest", ["Bus", "Lamp", "Độ ẩm quả sấy"]),
        ("q=zzz", []),
    ):
        manager.get(f"{address}?{query}")
        assert manager.texts(".suggestion h2") == titles
    assert manager.texts(".empty a") == ["Show the whole list"]
    assert manager.texts("#entry option") == ["All", "Tests", "Rooms"]
    assert manager.get(f"{address}?sort=colour").status_code == 404


def test_reasons_speak_to_the_one_who_reads_and_tell_how_the_other_sees_it(
    manager: Any, make: Make, add: Callable[..., Match], address: str
) -> None:
    add("Moisture", need={"fields": [make.field("211", "Food")], "kinds": [OfferKind.TESTING]})
    make.session.commit()
    manager.get(address)
    own, theirs = (row.get_text(" ", strip=True) for row in manager.page.select(".reasons"))
    assert "Looks for what you offer: Testing and certification" in own
    assert "Works in the same field: Food" in own
    assert "Offers what you look for: Testing and certification" in theirs
    assert manager.texts(".score") == ["60 Very good fit"]


def test_setting_aside_needs_a_reason_and_can_be_undone_at_once(
    manager: Any, session: Session, make: Make, add: Callable[..., Match], address: str
) -> None:
    match = add("Moisture")
    session.commit()
    manager.get(address)
    form = manager.page.select_one(".set-aside form")
    assert manager.submit(form["action"], reason="").status_code == 422
    manager.submit(form["action"], reason="terms", next=f"{address}?sort=latest")
    assert manager.texts(".notice") == ["Set aside. It is kept under “Set aside”, and you can bring it back. Undo"]
    session.refresh(match)
    assert (match.state, match.dismiss_reason) == (MatchState.DISMISSED, DeclineReason.TERMS)
    undo = manager.page.select_one(".notice form")
    manager.submit(undo["action"], next=undo.select_one("[name=next]")["value"])
    assert manager.texts(".notice") == ["Back among the suggestions."]
    assert manager.texts(".suggestion h2") == ["Moisture"]


def test_members_read_the_queue_and_decide_nothing(
    client: Any, make: Make, sign_in: SignIn, add: Callable[..., Match], address: str, centre: Any
) -> None:
    add("Moisture")
    sign_in(client, make.user(centre, membership=MembershipRole.MEMBER)).get(address)
    assert client.texts(".suggestion h2") == ["Moisture"]
    assert client.page.select(".suggestion .actions, .set-aside") == []
