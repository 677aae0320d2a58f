"""Names in the drawing of the network: how they break, and that each finds a place where it meets no other."""

from itertools import combinations

import numpy as np

from network.queries.labels import lines
from network.services.labels import Named, clear, place

NOBODY = np.empty((0, 3))


def named(code: str, x: float, y: float, count: int = 1) -> Named:
    return Named(code, x, y, 10, ("Kỹ thuật vật liệu và luyện kim", "Materials engineering"), count)


def test_a_name_breaks_between_words_and_says_when_it_goes_on() -> None:
    assert lines("Vật lý") == ("Vật lý",)
    assert lines("Kỹ thuật vật liệu và luyện kim") == ("Kỹ thuật vật liệu và", "luyện kim")
    assert lines("Kỹ thuật điện, kỹ thuật điện tử, kỹ thuật thông tin") == ("Kỹ thuật điện, kỹ", "thuật điện tử, kỹ…")
    assert lines("Kỹ thuật vật liệu và luyện kim", 1) == ("Kỹ thuật vật liệu và…",)


def test_a_name_stands_below_unless_something_is_there() -> None:
    alone = place([named("a", 500, 400)], NOBODY)["a"]
    assert (alone.dx, alone.anchor) == (0, 1)
    assert alone.dy > 10
    beside = place([named("a", 500, 400)], np.array([[500.0, 425.0, 12.0]]))["a"]
    assert beside.dy < 0


def test_names_of_neighbours_do_not_meet() -> None:
    fields = [named(f"{x}-{y}", 150 + 75 * x, 150 + 60 * y) for x in range(4) for y in range(4)]
    found = place(fields, NOBODY)
    boxes = [placed.rectangle for placed in found.values()]
    assert not any(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for a, b in combinations(boxes, 2))


def test_where_there_is_no_room_the_greater_field_keeps_its_name() -> None:
    heap = [named(str(n), 500 + n, 400, count=n) for n in range(20)]
    found = place(heap, NOBODY)
    assert "19" in found
    assert len(found) < 20


def test_no_name_leaves_the_box() -> None:
    for x, y in ((0, 0), (999, 0), (0, 859), (999, 859)):
        left, top, right, bottom = place([named("a", x, y)], NOBODY)["a"].rectangle
        assert left >= 0
        assert top >= 0
        assert right <= 1000
        assert bottom <= 860


def test_nodes_leave_the_place_of_a_name_and_fields_stay() -> None:
    field = named("a", 500, 400)
    found = place([field], NOBODY)
    left, top, right, bottom = found["a"].rectangle
    points = np.array([[500.0, 400.0], [(left + right) / 2 + 3, (top + bottom) / 2 + 2]])
    moved = clear(points, np.array([10.0, 9.0]), np.array([True, False]), found)
    assert moved[0].tolist() == [500, 400]
    x, y = moved[1]
    assert x + 9 <= left + 1 or x - 9 >= right - 1 or y + 9 <= top + 1 or y - 9 >= bottom - 1
