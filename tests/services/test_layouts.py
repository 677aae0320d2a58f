"""Where the nodes of the drawn network stand: computed when it has changed, from what everybody may see, and stored."""

import math
from itertools import combinations
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import Field, GraphLayout, Organisation
from models.graphs import HEIGHT, WIDTH
from models.types import ProfileState
from network import duties
from network.queries.labels import PHONE_TYPE, TYPE, extent
from network.services import layouts, starter
from tests.factories import NOW, Make, both
from tests.statements import statements_of


@pytest.fixture
def field(session: Session) -> Field:
    session.add(Field(code="1", name=both("Sciences")))
    session.flush()
    session.add(Field(code="102", parent_code="1", name=both("Computers")))
    session.flush()
    return session.get_one(Field, "102")


@pytest.fixture
def starter_layout(session: Session) -> dict[str, Any]:
    """The drawings of the starter registry, drawn once for all tests, and its fields by code."""
    if not DRAWN:
        starter.load(session, now=NOW)
        DRAWN.update({drawing.name: drawing.draw() for drawing in layouts.outdated(session)})
        DRAWN["fields"] = {field.code: field for field in session.scalars(sa.select(Field))}
        session.expunge_all()
    return DRAWN


DRAWN: dict[str, Any] = {}


def refresh(session: Session) -> list[str]:
    outdated = layouts.outdated(session)
    for drawing in outdated:
        layouts.store(session, drawing, drawing.draw(), now=NOW)
    return [drawing.name for drawing in outdated]


def positions(session: Session, name: str) -> dict[str, list[int]]:
    return session.get_one(GraphLayout, name).positions


def test_a_drawing_is_made_once_and_again_when_the_network_changes(session: Session, make: Make, field: Field) -> None:
    centre = make.organisation("Centre", "centre", fields=[field])
    assert refresh(session) == ["together", "apart"]
    assert refresh(session) == []
    places = {"field:102", f"organisation:{centre.id}"}
    assert set(positions(session, "apart")) == places | {"label:field:102", "phone:field:102"}
    firm = make.organisation("Firm", "enterprise", fields=[field])
    assert refresh(session) == ["together", "apart"]
    assert f"organisation:{firm.id}" in positions(session, "apart")
    assert "enterprise:102" in positions(session, "together")
    make.organisation("Another firm", "enterprise", fields=[field])
    assert refresh(session) == ["apart"]


def test_suspended_organisations_and_interests_move_nothing(session: Session, make: Make, field: Field) -> None:
    startup = make.organisation("Startup", "startup", fields=[field])
    centre = make.organisation("Centre", "centre", fields=[field])
    make.organisation("Hidden", "centre", fields=[field], state=ProfileState.SUSPENDED)
    refresh(session)
    hidden = session.scalar(sa.select(Organisation.id).where(Organisation.slug.startswith("hidden")))
    assert f"organisation:{hidden}" not in positions(session, "apart")
    make.interest(make.need(startup), centre)
    assert refresh(session) == []


def test_nodes_keep_a_distance_and_stay_in_the_box(session: Session, make: Make, field: Field) -> None:
    for n in range(30):
        make.organisation(f"Centre {n}", "centre", fields=[field])
    refresh(session)
    places = {key: place for key, place in positions(session, "apart").items() if len(place) == 2}
    assert len(places) == 31
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in places.values())
    assert min(math.dist(a, b) for a, b in combinations(places.values(), 2)) > 18


def test_a_field_with_another_name_is_drawn_anew(session: Session, make: Make, field: Field) -> None:
    make.organisation("Centre", "centre", fields=[field])
    refresh(session)
    field.name = both("Informatics")
    session.flush()
    assert refresh(session) == ["together", "apart"]


Rectangle = tuple[float, float, float, float]


def names(places: dict[str, list[int]], fields: dict[str, Field], sort: str, language: str) -> dict[str, Rectangle]:
    """What each name covers on the drawing: left, top, right, bottom."""
    most, size = (2, TYPE) if sort == "label" else (1, PHONE_TYPE)
    found = {}
    for code, field in fields.items():
        if f"{sort}:field:{code}" in places:
            x, y = places[f"field:{code}"]
            dx, dy, anchor = places[f"{sort}:field:{code}"]
            broad, high = extent([field.name.pick(language)[0]], most, size)
            left, top = x + dx - (0, broad / 2, broad)[anchor], y + dy - 0.82 * size
            found[code] = (left, top, left + broad, top + high)
    return found


def meet(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("sort", ["label", "phone"])
@pytest.mark.parametrize("drawing", ["together", "apart"])
def test_no_two_names_meet_and_all_stand_in_the_box(
    starter_layout: dict[str, dict[str, list[int]]], drawing: str, sort: str, language: Any
) -> None:
    places, fields = starter_layout[drawing], starter_layout["fields"]
    found = names(places, fields, sort, language)  # type: ignore[arg-type]
    pairs = [(a, b) for a, b in combinations(sorted(found), 2) if meet(found[a], found[b])]
    assert pairs == []
    assert all(
        left >= 0 and top >= 0 and right <= WIDTH and bottom <= HEIGHT for left, top, right, bottom in found.values()
    )
    drawn = sum(key.startswith("field:") for key in places)
    assert len(found) >= (0.9 * drawn if sort == "label" else 8)


def test_the_same_network_is_drawn_alike(session: Session, make: Make, field: Field) -> None:
    for n in range(4):
        make.organisation(f"Centre {n}", "centre", fields=[field])
    first, second = (layouts.outdated(session)[0].draw() for _ in range(2))
    assert first == second


def test_an_empty_network_is_an_empty_drawing(session: Session) -> None:
    assert refresh(session) == ["together", "apart"]
    assert positions(session, "apart") == {}


def test_nothing_new_costs_five_statements(session: Session, make: Make, field: Field) -> None:
    make.organisation("Centre", "centre", fields=[field])
    refresh(session)
    with statements_of(session) as sent:
        assert layouts.outdated(session) == []
    assert len(sent) == 5


def test_the_worker_draws_as_one_of_its_duties(app: Flask, session: Session, make: Make, field: Any) -> None:
    make.organisation("Centre", "centre", fields=[field])
    session.commit()
    assert duties.draw_network in duties.DUTIES
    with app.app_context():
        assert duties.draw_network() == "2 drawings made"
        assert duties.draw_network() == "0 drawings made"
