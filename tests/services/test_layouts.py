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
from network.services import layouts
from tests.factories import NOW, Make, both
from tests.statements import statements_of


@pytest.fixture
def field(session: Session) -> Field:
    session.add(Field(code="1", name=both("Sciences")))
    session.flush()
    session.add(Field(code="102", parent_code="1", name=both("Computers")))
    session.flush()
    return session.get_one(Field, "102")


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
    assert set(positions(session, "apart")) == {"field:102", f"organisation:{centre.id}"}
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
    places = positions(session, "apart")
    assert len(places) == 31
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in places.values())
    assert min(math.dist(a, b) for a, b in combinations(places.values(), 2)) > 18


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
