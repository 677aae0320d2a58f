"""The schematic drawing of the districts: every district once, side by side without gaps."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from models.taxonomy import DISTRICTS

Corner = tuple[int, int]


@pytest.fixture(scope="module")
def drawing() -> Any:
    return json.loads((Path(__file__).parents[2] / "network/data/districts.json").read_text(encoding="utf-8"))


def rings(drawing: Any) -> dict[str, list[Corner]]:
    return {code: [tuple(corner) for corner in d["corners"]] for code, d in drawing["districts"].items()}


def edges(ring: list[Corner]) -> list[tuple[Corner, Corner]]:
    return list(pairwise([*ring, ring[0]]))


def area(ring: list[Corner]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in edges(ring)) / 2


def test_every_district_is_drawn_and_nothing_else(drawing: Any) -> None:
    assert list(drawing["districts"]) == list(DISTRICTS)
    assert "no survey" in drawing["note"]


def test_neighbours_share_their_borders_so_that_nothing_gapes_or_overlaps(drawing: Any) -> None:
    """Each border has a district on either side, or is part of one outline around all; the areas then add up."""
    all_edges = [edge for ring in rings(drawing).values() for edge in edges(ring)]
    assert max(Counter(all_edges).values()) == 1
    outer = [(a, b) for a, b in all_edges if (b, a) not in set(all_edges)]
    following = dict(outer)
    outline = [outer[0][0]]
    while (corner := following[outline[-1]]) != outline[0]:
        outline.append(corner)
    assert len(outline) == len(outer)
    assert abs(area(outline)) == pytest.approx(sum(abs(area(ring)) for ring in rings(drawing).values()))


def test_a_name_stands_inside_its_district(drawing: Any) -> None:
    for code, ring in rings(drawing).items():
        x, y = drawing["districts"][code]["label"]
        crossings = [
            (a, b)
            for a, b in edges(ring)
            if (a[1] > y) != (b[1] > y) and x < a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
        ]
        assert len(crossings) % 2 == 1, code
