"""Who is suggested how often, beside what they offer; for coordinators, to read, to print and to take along."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Match
from models.base import utc_now
from models.types import DeclineReason, MatchSide, MatchState, OrganisationKind, ProfileState, Provenance, SupplyState
from network.queries.exposure import Exposure, exposure
from tests.factories import Make
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
ADDRESS = "/en/coordination/exposure"


@pytest.fixture
def suggest(make: Make) -> Callable[..., None]:
    """A need with suggestions for it, the best first, made some days ago."""

    def _suggest(*suppliers: Any, days: int = 1, side: MatchSide = MatchSide.ASKER, **values: Any) -> None:
        need = make.need(make.organisation())
        at = utc_now() - timedelta(days=days)
        for n, supplier in enumerate(suppliers):
            facts = {"score": 0.9 - n / 100, "policy": "test", "created_at": at, **values}
            offer = make.offer(supplier, state=SupplyState.DRAFT)
            make._add(Match(need=need, organisation=supplier, offer=offer, side=side, **facts))

    return _suggest


def counted(found: Exposure) -> dict[str, tuple[int, int, int, int]]:
    return {
        row.organisation.name.en or "": (row.short.first, row.short.three, row.long.first, row.long.three)
        for row in found.centres + found.others
    }


def test_places_are_counted_by_need_and_by_time(session: Session, make: Make, suggest: Any) -> None:
    green, food = make.organisation("Green Centre", "centre"), make.organisation("Food Lab", "institute")
    others = [make.organisation(f"Partner {n}", "partner") for n in range(2)]
    suggest(food, green, *others)
    suggest(food, food, food, green)  # three entries of one organisation are one need for it
    suggest(green, days=45)
    suggest(green, days=91)
    suggest(others[0], side=MatchSide.SUPPLIER)
    suggest(food, state=MatchState.DISMISSED, dismiss_reason=DeclineReason.TERMS)
    found = exposure(session, now=utc_now())
    assert counted(found) == {"Green Centre": (0, 1, 1, 2), "Food Lab": (3, 3, 3, 3), "Partner 0": (0, 1, 0, 1)}
    assert found.centres[0].organisation.id == green.id, "centres stand first"
    assert [row.organisation.name.en for row in found.never] == ["Partner 1"]
    assert (found.needs_short, found.needs_long) == (3, 4)


def test_shares_are_set_beside_what_is_offered(session: Session, make: Make, suggest: Any) -> None:
    food, partner = make.organisation("Food Lab", "institute"), make.organisation("Partner", "partner")
    make.offer(food), make.technology(food), make.programme(food, "Intake"), make.offer(partner)
    make.offer(partner, state=SupplyState.WITHDRAWN)
    for _ in range(3):
        suggest(food)
    suggest(partner, food)
    rows = {row.organisation.name.en: row for row in exposure(session, now=utc_now()).rows}
    assert [(r.entries, r.share, r.offered, r.expected) for r in (rows["Food Lab"], rows["Partner"])] == [
        (3, 0.75, 0.75, 3.0),
        (1, 0.25, 0.25, 1.0),
    ]
    assert [name for name, row in rows.items() if row.far_more or row.far_less] == []
    for _ in range(4):
        suggest(partner)
    rows = {row.organisation.name.en: row for row in exposure(session, now=utc_now()).rows}
    assert [name for name, row in rows.items() if row.far_more] == ["Partner"]
    assert [name for name, row in rows.items() if row.far_less] == ["Food Lab"]


def test_centres_that_offer_something_are_listed_in_any_case_and_startups_never(session: Session, make: Make) -> None:
    make.offer(make.organisation("Green Centre", "centre")), make.organisation("Seeker", "startup")
    make.organisation("Empty Centre", "centre")
    make.organisation("Hidden", "institute", state=ProfileState.SUSPENDED)
    make.offer(make.organisation("Busy", "enterprise")), make.organisation("Silent", "enterprise")
    found = exposure(session, now=utc_now())
    assert [row.organisation.name.en for row in found.centres] == ["Green Centre"]
    assert [row.organisation.name.en for row in found.never_with_entries] == ["Busy"]
    assert [row.organisation.name.en for row in found.never_without] == ["Empty Centre", "Silent"]
    narrowed = exposure(session, now=utc_now(), kind=OrganisationKind.ENTERPRISE)
    assert [row.organisation.name.en for row in narrowed.rows] == ["Busy", "Silent"]


def test_its_cost_does_not_grow(session: Session, make: Make, suggest: Any) -> None:
    for _ in range(20):
        suggest(make.organisation(kind="centre"))
    with statements_of(session) as sent:
        exposure(session, now=utc_now())
    assert len(sent) == 4


def test_the_page_and_the_file(client: Any, make: Make, sign_in: SignIn, suggest: Any) -> None:
    green = make.organisation("Green Centre", "centre", provenance=Provenance.ILLUSTRATIVE)
    food = make.organisation("Food Lab", "institute")
    for owner in (green, green, food, make.organisation("Waiting", "partner")):
        make.offer(owner)
    make.organisation("Silent", "enterprise")
    suggest(food, green), suggest(food)
    sign_in(client, make.coordinator()).get(ADDRESS)
    assert client.texts("main tbody tr") == [
        "Green Centre Illustrative example Innovation centre 2 0 1 0 1 0 % of first places, 50 % of entries",
        "Food Lab University or institute 1 2 2 2 2 100 % of first places, 25 % of entries",
    ]
    assert client.texts("main h2, main .entries li, main details") == [
        "Innovation centres",
        "Other organisations",
        "Never among the first three in 90 days",
        "Waiting Commercialisation partner 1 entry",
        "1 organisation that has published nothing Silent",
    ]
    assert client.texts("main > p")[0].startswith("2 needs had suggestions in the last 30 days, 2 in the last 90 days.")
    file = client.get(client.page.select_one("main .actions a")["href"]).get_data(as_text=True).lstrip("\ufeff")
    head, *rows = file.splitlines()
    assert head.split(",")[5:10] == [
        "entries_offered",
        "first_30_days",
        "first_three_30_days",
        "first_90_days",
        "first_three_90_days",
    ]
    assert [row.split(",")[1:] for row in rows][:2] == [
        ["Green Centre", "Green Centre", "centre", "True", "2", "0", "1", "0", "1", "0.0", "0.5"],
        ["Food Lab", "Food Lab", "institute", "False", "1", "2", "2", "2", "2", "1.0", "0.25"],
    ]
    assert len(rows) == 4
    client.get(f"{ADDRESS}?kind=partner")
    assert client.texts("main .entries h3") == ["Waiting"]
    assert client.texts("main tbody tr") == []
    client.get(f"{ADDRESS}?kind=startup")
    assert len(client.page.select("main tbody tr")) == 2
    client.get(f"/vi{ADDRESS[3:]}")
    assert client.texts("h1") == ["Ai được gợi ý"]


def test_only_coordinators_read_it(client: Any, make: Make, sign_in: SignIn) -> None:
    sign_in(client, make.user(make.organisation(kind="centre")))
    for address in (ADDRESS, "/en/coordination/exports/exposure.csv"):
        assert client.get(address).status_code == 403
