"""'Why not?': what an entry that one expected would score, what keeps it down, and nothing of what is not open."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matching.policy import PRIOR
from models import Match
from models.types import (
    DeclineReason,
    MatchSide,
    MatchState,
    NeedState,
    OfferKind,
    ProfileState,
    Provenance,
    Stage,
    SupplyState,
    Visibility,
)
from network.advice import SENTENCES
from network.explanations import FACTORS
from tests.factories import Make

SignIn = Callable[..., FlaskClient]
Index = Callable[[], None]
TEXT = "salt spray tests of sensors"


@pytest.fixture
def lab(make: Make) -> Any:
    return make.organisation("Food Lab", "institute")


def ask(client: Any, status: int = 200, **query: str) -> str:
    """The lead of the answer, or nothing if there is none."""
    assert client.get("/en/why-not", query_string={"q": TEXT, **query}).status_code == status
    return " ".join(client.texts("main section .lead"))


def losses(client: Any) -> list[str]:
    return client.texts(".losses h3")


def test_below_the_answer_one_may_name_what_is_missing(client: Any, make: Make, lab: Any, index: Index) -> None:
    make.offer(lab, TEXT)
    index()
    client.get("/en/", query_string={"q": TEXT})
    form = client.page.select_one("form.why-ask")
    assert (form["action"], form["method"], form.select_one("[name=q]")["value"]) == ("/en/why-not", "get", TEXT)
    client.get("/en/")
    assert client.page.select_one("form.why-ask") is None
    assert client.get("/en/why-not").location == "/en/"
    assert client.get("/en/why-not", query_string={"q": "x" * 2001}).status_code == 302


def test_a_name_that_fits_several_entries_asks_which(client: Any, make: Make, lab: Any, index: Index) -> None:
    make.offer(lab, "Oven repairs"), make.technology(lab, "An oven that dries fruit")
    make.organisation("Oven Startup", "startup"), make.need(make.organisation(), "An oven")
    index()
    ask(client, name="oven")
    assert client.texts("main .entries h3") == ["Oven Startup", "Oven repairs", "An oven that dries fruit"]
    assert client.texts("main .entries .entry-meta") == [
        "Startup",
        "Testing and certification · Food Lab",
        "Technology · Food Lab",
    ]
    target = client.page.select("main .entries h3 a")[1]["href"]
    assert client.get(target).status_code == 200
    assert client.texts("section h2")[0] == "Oven repairs"
    ask(client, name="violin")
    assert client.texts(".empty h2") == ["Nothing of that name"]
    assert client.page.select_one("#why-name")["value"] == "violin"


def test_what_does_not_fit_is_told_with_its_score_the_threshold_and_the_best(
    client: Any, make: Make, lab: Any, index: Index
) -> None:
    make.offer(make.organisation("Salt Centre", "centre"), TEXT)
    make.offer(lab, "Bakery ovens repaired overnight")
    index()
    lead = ask(client, name="bakery")
    assert lead.startswith("It has ")
    assert lead.endswith(f"points. From {round(PRIOR.threshold * 100)} on, something counts as a fit.")
    assert client.texts(".progress-label span:first-child") == [
        "This entry",
        "What counts as a fit",
        f"Best suggestion: {TEXT}",
    ]
    assert losses(client)[0].startswith("Meaning ")
    assert client.texts(".losses .hint")[0].startswith("What you can do: Say more closely what it is for")
    assert client.texts("table thead th") == ["What counts", "This entry", "Best suggestion"]
    rows = [row.get_text(" ", strip=True).split() for row in client.page.select("table tbody tr")]
    assert sorted(row[0] for row in rows) == ["Meaning", "Words"]
    assert all(int(row[1]) <= int(row[2]) for row in rows)


def test_what_is_suggested_says_its_place(client: Any, make: Make, lab: Any, index: Index) -> None:
    make.offer(make.organisation("Salt Centre", "centre"), "Salt tests"), make.offer(lab, TEXT)
    index()
    assert ask(client, name="salt spray").startswith("It is suggested, in place 1, with ")
    assert client.page.select_one("table") is None
    assert len(client.texts(".progress-label")) == 2


def test_an_organisation_is_told_with_what_else_it_has(client: Any, make: Make, lab: Any, index: Index) -> None:
    make.offer(lab, TEXT), make.technology(lab, "A membrane")
    index()
    assert ask(client, name="food lab").startswith("It ")
    others = client.texts("section[aria-labelledby=others-title] h3")
    assert others == [TEXT, "A membrane"]
    link = client.page.select_one("section[aria-labelledby=others-title] .entry-side a")["href"]
    client.get(link)
    assert client.texts("section h2")[0] == TEXT


def test_a_startup_looks_for_help_itself(client: Any, make: Make, index: Index) -> None:
    make.organisation("Salt Startup", "startup")
    index()
    assert ask(client, name="salt startup") == "Startups look for help themselves, so they are not suggested as help."
    assert client.texts(".losses, table") == []


def test_enough_others_fit_better(client: Any, make: Make, lab: Any, index: Index) -> None:
    for n in range(10):
        make.offer(make.organisation(kind="centre"), f"{TEXT} {n}")
    last = make.offer(lab, "salt spray tests of sensors for ships and harbours and bridges")
    index()
    lead = ask(client, entry=f"offer-{last.id}")
    assert lead.startswith("It fits, with ")
    assert "but enough others fit better" in lead


def test_no_organisation_fills_the_list_alone(client: Any, make: Make, lab: Any, index: Index) -> None:
    offers = [make.offer(lab, TEXT) for _ in range(4)]
    index()
    assert "others of the same organisation stand before it" in ask(client, entry=f"offer-{offers[3].id}")


@pytest.mark.parametrize(
    ("owner", "values"),
    [
        ({}, {"visibility": Visibility.MEMBERS}),
        ({}, {"state": SupplyState.DRAFT}),
        ({}, {"state": SupplyState.WITHDRAWN}),
        ({"state": ProfileState.SUSPENDED}, {}),
    ],
    ids=["members", "draft", "withdrawn", "suspended"],
)
def test_what_the_reader_may_not_read_does_not_exist(
    client: Any, make: Make, index: Index, owner: dict[str, Any], values: dict[str, Any]
) -> None:
    hidden = make.organisation("Zanzibar Institute", "institute", **owner)
    offer = make.offer(hidden, "Zanzibar salt spray tests of sensors", **values)
    make.offer(make.organisation("Salt Centre", "centre"), "Salt tests")
    index()
    ask(client, name="zanzibar salt")
    assert client.texts(".empty h2") == ["Nothing of that name"]
    for entry in (f"offer-{offer.id}", "offer-999999"):
        assert ask(client, 404, entry=entry) == ""
    if owner:
        assert ask(client, 404, entry=f"organisation-{hidden.id}") == ""
    ask(client, name="salt tests")
    assert "zanzibar salt" not in client.page.get_text().lower()


def test_a_verified_member_reads_what_is_for_members(
    client: Any, make: Make, sign_in: SignIn, lab: Any, index: Index
) -> None:
    offer = make.offer(lab, TEXT, visibility=Visibility.MEMBERS)
    index()
    sign_in(client, make.user(make.organisation(kind="institute")))
    assert ask(client, entry=f"offer-{offer.id}").startswith("It is suggested, in place 1")


@pytest.mark.parametrize("entry", ["need-1", "programme-1", "offer-x", "offer", "offer-" + "9" * 30])
def test_an_address_that_names_nothing_shows_the_box_again(client: Any, entry: str) -> None:
    ask(client, entry=entry)
    assert client.page.select_one("#why-name") is not None


def test_every_factor_has_its_advice() -> None:
    assert set(SENTENCES) == set(FACTORS)


# From a need: what the asker could mend is told apart from what only the other side can.


@pytest.fixture
def startup(make: Make) -> Any:
    return make.organisation("Sun Dryers")


def test_for_a_need_every_factor_is_told_with_what_would_change_it(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any, index: Index
) -> None:
    offer = make.offer(
        lab, TEXT, kind=OfferKind.MENTORING, stages=["growth"], capacity=0, languages=["vi", "en"], district="ba-vi"
    )
    need = make.need(
        startup,
        TEXT,
        kinds=[OfferKind.TESTING],
        stage=Stage.PILOT,
        trl=5,
        district="dong-da",
        fields=[make.field("211", "Food")],
    )
    index()
    address = f"/en/workspace/{startup.slug}/needs/{need.id}"
    sign_in(client, make.user(startup)).get(address)
    assert client.page.select_one("form.why-ask")["action"] == f"{address}/why-not"
    assert client.get(f"{address}/why-not", query_string={"entry": f"offer-{offer.id}"}).status_code == 200
    told = dict(zip([text.split(" ", 1)[0] for text in losses(client)], client.texts(".losses .hint"), strict=True))
    assert told == {
        "Kind": "What you can do: It is an offer of: Mentoring. If that would help as well, tick it too.",
        "Field": "Not in your hands: Only its owner can say so, in the entry.",
        "Stage": "What you can do: If you are at another stage than you have said, correct it.",
        "Technology": "Not in your hands: Only its owner can say so, in the entry.",
        "Place": "What you can do: If the help may be anywhere, leave the place open.",
        "Places": "Not in your hands: This changes when they say that there is room again. You may ask all the same.",
        **({"Meaning": told["Meaning"]} if "Meaning" in told else {}),
    }
    points = [int(text.split()[-3]) for text in losses(client)]
    assert points == sorted(points, reverse=True)
    assert client.texts("main .actions a") == ["Edit the need"]


def test_what_was_set_aside_says_so(
    client: Any, session: Session, make: Make, sign_in: SignIn, startup: Any, lab: Any, index: Index
) -> None:
    offer, need = make.offer(lab, TEXT), make.need(startup, TEXT)
    index()
    match = session.query(Match).filter_by(offer_id=offer.id, side=MatchSide.ASKER).one()
    match.state, match.dismiss_reason = MatchState.DISMISSED, DeclineReason.TERMS
    sign_in(client, make.user(startup))
    client.get(f"/en/workspace/{startup.slug}/needs/{need.id}/why-not?entry=offer-{offer.id}")
    assert client.texts("main section .lead")[0].startswith("You have set it aside. It would have ")


def test_the_own_organisation_is_never_suggested_to_itself(
    client: Any, make: Make, sign_in: SignIn, index: Index
) -> None:
    enterprise = make.organisation("Salt Works", "enterprise")
    offer, need = make.offer(enterprise, TEXT), make.need(enterprise, TEXT)
    index()
    sign_in(client, make.user(enterprise))
    client.get(f"/en/workspace/{enterprise.slug}/needs/{need.id}/why-not?entry=offer-{offer.id}")
    assert client.texts("main section .lead") == [
        "It belongs to your own organisation, which is never suggested to itself."
    ]


def test_an_unverified_organisation_learns_nothing_of_members_entries(
    client: Any, make: Make, sign_in: SignIn, lab: Any, index: Index
) -> None:
    new = make.organisation("New Startup", state=ProfileState.CLAIMED)
    offer, need = make.offer(lab, TEXT, visibility=Visibility.MEMBERS), make.need(new, TEXT)
    shown = make.offer(make.organisation("Salt Centre", "centre"), "Salt tests", provenance=Provenance.ILLUSTRATIVE)
    index()
    address = f"/en/workspace/{new.slug}/needs/{need.id}/why-not"
    sign_in(client, make.user(new))
    assert client.get(f"{address}?entry=offer-{offer.id}").status_code == 404
    client.get(f"{address}?name=spray")
    assert client.texts(".empty h2") == ["Nothing of that name"]
    client.get(f"{address}?entry=organisation-{lab.id}")
    assert TEXT not in " ".join(client.texts("main section"))
    client.get(f"{address}?entry=offer-{shown.id}")
    assert client.texts("section[aria-labelledby=entry-title] .tag") == ["Illustrative example"]


def test_needs_of_others_are_not_asked_about(client: Any, make: Make, sign_in: SignIn, startup: Any) -> None:
    theirs = make.need(make.organisation(), state=NeedState.PUBLISHED)
    sign_in(client, make.user(startup))
    assert client.get(f"/en/workspace/{startup.slug}/needs/{theirs.id}/why-not").status_code == 404


def test_without_the_encoder_words_alone_are_told(
    client: Any, app: Flask, make: Make, lab: Any, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.offer(lab, "Bakery ovens repaired overnight")
    index()
    monkeypatch.setattr(app.extensions["matching"], "_encoder_of", lambda _now: None)
    ask(client, name="bakery")
    assert [text.split()[0] for text in losses(client)] == ["Words"]
    assert client.page.select_one(".notice-warning") is not None
