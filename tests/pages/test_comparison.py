"""Supplies side by side, and the tabs of what was decided about the suggestions of a need."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Match, User
from models.outcomes import OutcomeState
from models.types import (
    DeclineReason,
    InterestState,
    MatchSide,
    MatchState,
    MembershipRole,
    NeedState,
    OfferKind,
    Stage,
    SupplyState,
    Visibility,
)
from network.queries.comparison import comparison
from network.queries.why_not import read_key
from tests.factories import NOW, Make
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def home(make: Make) -> Any:
    return make.organisation("Sun Dryers")


@pytest.fixture
def manager(client: Any, make: Make, sign_in: SignIn, home: Any) -> Any:
    return sign_in(client, make.user(home))


def table(client: Any) -> dict[str, list[str]]:
    """By criterion, the cells of all entries; each cell names its criterion for phones."""
    names = client.texts(".comparison thead th")[1:]
    rows = client.page.select(".comparison tbody tr")
    assert [[cell["data-label"] for cell in row.select("td")] for row in rows] == [names] * len(rows)
    cells = [[" ".join(cell.get_text(" ").split()) for cell in row.select("td")] for row in rows]
    return dict(zip(names, map(list, zip(*cells, strict=True)), strict=True))


def test_an_offer_a_technology_and_a_centre_side_by_side(
    manager: Any, make: Make, home: Any, index: Callable[[], None], session: Session
) -> None:
    food = make.field("211", "Food")
    lab = make.organisation("Food Lab", "institute", district="cau-giay")
    house = make.organisation("House", "centre", capacity=0, reply_days=5, district="ba-dinh")
    house.fields = [food]
    offer = make.offer(
        lab, "Tests", kind=OfferKind.LAB, stages=["idea", "pilot"], trl_min=3, languages=["vi", "en"], capacity=4
    )
    technology = make.technology(lab, "A dryer", trl=6, fields=[food])
    need = make.need(home, "Tests of dried fruit")
    for days in (2, 4, 4):
        talk = make.interest(
            make.need(make.organisation()),
            lab,
            state=InterestState.AGREED,
            answered_at=NOW + timedelta(days=days),
        )
    make.outcome(talk, lab, state=OutcomeState.CONFIRMED, settled_at=NOW)
    index()
    chosen = [f"offer-{offer.id}", f"technology-{technology.id}", f"organisation-{house.id}"]
    address = f"/en/workspace/{home.slug}/needs/{need.id}/compare"
    assert manager.get(address, query_string={"entry": chosen}).status_code == 200
    assert manager.texts(".comparison tbody th") == ["Tests", "A dryer", "House"]
    found = table(manager)
    assert list(found) == [
        "Whose",
        "Fit",
        "You fit them",
        "Kind",
        "Fields",
        "Stage",
        "Technology readiness",
        "Place",
        "Language",
        "Capacity",
        "How it answers",
        "Confirmed outcomes",
        "What you can do",
    ]
    said = {name: found[name] for name in list(found)[3:12]}
    assert said == {
        "Kind": ["Laboratory use", "Technology", "Innovation centre"],
        "Fields": ["not said", "Food", "Food"],
        "Stage": ["Idea, Pilot with users", "not said", "not said"],
        "Technology readiness": ["TRL 3–9", "TRL 6", "not said"],
        "Place": ["Cau Giay", "Cau Giay", "Ba Dinh"],
        "Language": ["Vietnamese, English", "not said", "not said"],
        "Capacity": ["Room for 4 teams at a time", "not said", "No places at present"],
        "How it answers": ["mostly answers in 4 days", "mostly answers in 4 days", "promises 5 days"],
        "Confirmed outcomes": ["1", "1", "0"],
    }
    assert all(cell.startswith(("Weak fit", "Possible fit", "Good fit", "Very good fit")) for cell in found["Fit"])
    assert [a["href"].partition("?")[2] for a in manager.page.select(".comparison tr:last-child td:last-child a")][
        -1
    ] == (f"entry={chosen[0]}&entry={chosen[1]}")


def test_two_to_four_are_compared(
    manager: Any, make: Make, home: Any, index: Callable[[], None], session: Session
) -> None:
    offers = [make.offer(make.organisation(kind="institute"), f"Tests {n}") for n in range(5)]
    need = make.need(home, "Tests")
    index()
    address = f"/en/workspace/{home.slug}/needs/{need.id}/compare"
    values = [f"offer-{offer.id}" for offer in offers]
    for chosen, head, notices in (
        ([], [], 0),
        (["nonsense", values[0]], [], 0),
        ([values[0], values[0]], [], 0),
        (values[1:3], ["Tests 1", "Tests 2"], 0),
        (values, ["Tests 0", "Tests 1", "Tests 2", "Tests 3"], 1),
    ):
        assert manager.get(address, query_string={"entry": chosen}).status_code == 200
        assert manager.texts(".comparison tbody th") == head
        assert len(manager.texts("main > .notice")) == notices
        assert manager.texts(".empty h2") == ([] if head else ["Tick at least two"])


def test_what_may_not_be_read_is_not_compared(
    client: Any, make: Make, sign_in: SignIn, index: Callable[[], None]
) -> None:
    from models.types import ProfileState

    home = make.organisation("New", state=ProfileState.CLAIMED)
    lab = make.organisation("Lab", "institute")
    offers = [
        make.offer(lab, "Open"),
        make.offer(lab, "Also open"),
        make.offer(lab, "For members", visibility=Visibility.MEMBERS),
        make.offer(lab, "Draft", state=SupplyState.DRAFT),
    ]
    need, foreign = make.need(home, "Tests"), make.need(make.organisation(), "Theirs")
    user = make.user(home)
    index()
    address = f"/en/workspace/{home.slug}/needs"
    chosen = {"entry": [f"offer-{offer.id}" for offer in offers]}
    sign_in(client, user).get(f"{address}/{need.id}/compare", query_string=chosen)
    assert client.texts(".comparison tbody th") == ["Open", "Also open"]
    assert "For members" not in client.page.get_text()
    assert client.get(f"{address}/{foreign.id}/compare", query_string=chosen).status_code == 404
    sign_in(client, make.user(lab))
    assert client.get(f"{address}/{need.id}/compare").status_code == 403


def test_the_number_of_statements_is_bound(app: Flask, make: Make, home: Any, index: Callable[[], None]) -> None:
    labs = [make.organisation(kind="institute") for _ in range(12)]
    offers = [make.offer(lab, f"Tests {n}", stages=["idea"]) for n, lab in enumerate(labs)]
    need, user = make.need(home, "Tests"), make.user(home)
    index()
    keys = [read_key(f"offer-{offer.id}") for offer in offers]
    numbers = []
    engine = app.extensions["matching"]
    need_id, home_id, user_id = need.id, home.id, user.id
    for many in (4, 12):
        with app.app_context(), statements_of(make.session) as sent:
            viewer = make.session.get_one(User, user_id)
            found = comparison(make.session, engine, viewer, home_id, need_id, keys[:many], on=date(2026, 11, 24))
            assert len(found.columns) == 4
        numbers.append(len(sent))
    assert numbers[0] == numbers[1] <= 50


def test_tabs_keep_what_was_decided_even_when_it_is_suggested_no_more(
    manager: Any, make: Make, home: Any, index: Callable[[], None], session: Session
) -> None:
    offers = {name: make.offer(make.organisation(name, "institute"), f"Tests {name}") for name in ("A", "B", "C")}
    need = make.need(home, "Tests")
    bridge = make.offer(make.organisation("Bridge", "partner"), "Bridges of steel")
    gone = make.offer(make.organisation("Gone", "partner"), "Withdrawn", state=SupplyState.WITHDRAWN)
    index()
    session.execute(sa.delete(Match).where(Match.side == MatchSide.ASKER))
    for offer, state, reason in (
        (offers["A"], MatchState.SHORTLISTED, None),
        (offers["B"], MatchState.DISMISSED, DeclineReason.TERMS),
        (bridge, MatchState.SHORTLISTED, None),
        (gone, MatchState.SHORTLISTED, None),
    ):
        session.add(
            Match(
                need=need,
                offer=offer,
                organisation=offer.organisation,
                side=MatchSide.ASKER,
                state=state,
                dismiss_reason=reason,
                score=0.4,
                policy="prior",
            )
        )
    session.commit()
    address = f"/en/workspace/{home.slug}/needs/{need.id}"
    manager.get(f"{address}?tab=shortlist")
    assert sorted(manager.texts(".suggestion h3")) == ["Bridges of steel", "Tests A"]
    assert manager.texts("#suggestions [aria-current]") == ["Shortlisted 2"]
    assert manager.texts(".pick label") == [f"Compare : {title}" for title in manager.texts(".suggestion h3")]
    manager.get(f"{address}?tab=set-aside")
    assert manager.texts(".entries > li h3") == ["Tests B"]
    manager.get(address)
    assert "Tests B" not in manager.texts(".suggestion h3")
    assert {"Tests A", "Tests C"} <= set(manager.texts(".suggestion h3"))
    assert manager.get(f"{address}?tab=nonsense").status_code == 404


def test_from_the_tab_a_decision_leads_back_to_it_and_can_be_undone(
    manager: Any, make: Make, home: Any, index: Callable[[], None], session: Session
) -> None:
    make.offer(make.organisation("Food Lab", "institute"), "Laboratory tests")
    need = make.need(home, "Laboratory tests")
    index()
    address = f"/en/workspace/{home.slug}/needs/{need.id}"
    match = session.scalars(sa.select(Match).where(Match.side == MatchSide.ASKER)).first()
    assert match is not None
    manager.submit(f"/en/workspace/{home.slug}/matches/{match.id}/shortlist", next=f"{address}?tab=shortlist")
    assert manager.texts("#suggestions [aria-current]") == ["Shortlisted 1"]
    undo = manager.page.select_one(".notice form")
    assert undo.select_one("[name=next]")["value"] == f"{address}?tab=shortlist"
    manager.submit(undo["action"], next=f"{address}?tab=shortlist")
    assert manager.texts("#suggestions [aria-current]") == ["Shortlisted 0"]


def test_members_compare_and_drafts_are_compared_too(
    client: Any, make: Make, sign_in: SignIn, home: Any, index: Callable[[], None]
) -> None:
    offers = [make.offer(make.organisation(kind="institute"), f"Tests {n}") for n in range(2)]
    need = make.need(home, "Tests", state=NeedState.DRAFT, published_at=None, stage=Stage.IDEA)
    index()
    sign_in(client, make.user(home, membership=MembershipRole.MEMBER))
    address = f"/en/workspace/{home.slug}/needs/{need.id}/compare"
    client.get(address, query_string={"entry": [f"offer-{offer.id}" for offer in offers]})
    assert client.texts(".comparison tbody th") == ["Tests 0", "Tests 1"]
    assert client.texts(".comparison button") == []
