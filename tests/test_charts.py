"""Where the parts of a chart stand."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from network.charts import HEIGHT, WIDTH, line_chart

POINTS = st.lists(
    st.tuples(st.floats(2000, 2040), st.floats(0, 1e6), st.booleans()),
    min_size=1,
    max_size=12,
    unique_by=lambda p: p[0],
).map(sorted)


@given(POINTS, st.booleans())
def test_every_spot_stands_inside_the_box_in_the_order_of_time(
    points: list[tuple[float, float, bool]], falling: bool
) -> None:
    line = line_chart(points, falling)
    assert all(0 <= s.x <= WIDTH and 0 <= s.y <= HEIGHT for s in line.spots)
    assert all(a.x <= b.x for a, b in pairwise(line.spots))


def test_more_stands_higher_and_a_better_rank_too() -> None:
    first, last = line_chart([(2015, 30, False), (2024, 156, False)]).spots
    assert first.y > last.y
    first, last = line_chart([(2021, 191, False), (2025, 148, False)], falling=True).spots
    assert first.y > last.y


def test_a_goal_is_no_part_of_the_course_and_numbers_do_not_cover_each_other() -> None:
    line = line_chart([(2015, 30, False), (2021.5, 93, False), (2022, 115, False), (2025, 200, True)])
    assert line.path.count("L") == 2
    assert [s.below for s in line.spots] == [False, True, False, False]
    assert [s.anchor for s in line.spots] == ["start", "middle", "middle", "end"]
