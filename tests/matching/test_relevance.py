"""How texts are read: parts, clauses, words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.policy import Reading
from matching.relevance import evidence, likely, nearness, of_parts

READING = Reading(part=0.5, clauses=1.5, words=2.0, power=2.0, middle=0.5, width=0.1)
unit = st.floats(0, 1)


def test_the_formula() -> None:
    near = nearness(np.array([0.4]), np.array([[0.6, 0.8]]), READING)
    assert near[0] == pytest.approx((0.4 + 0.5 * 0.6 + 1.5 * 0.8) / 3)
    assert evidence(near, np.array([0.3]), READING)[0] == pytest.approx((near[0] + 2 * 0.09 - 0.5) / 0.1)
    assert likely(np.array([0.0, 1e9, -1e9])).tolist() == pytest.approx([0.5, 1, 0])


def test_an_entry_without_parts_is_read_as_a_whole() -> None:
    assert nearness(np.array([0.4]), np.array([[np.nan, np.nan]]), READING)[0] == pytest.approx(0.4)


@given(unit, unit, unit, unit, st.sampled_from(range(4)), unit)
def test_more_likeness_is_never_less_evidence(
    whole: float, part: float, clauses: float, coverage: float, which: int, rise: float
) -> None:
    def value(figures: list[float]) -> float:
        near = nearness(np.array(figures[:1]), np.array([figures[1:3]]), READING)
        return float(evidence(near, np.array(figures[3:]), READING)[0])

    before = [whole, part, clauses, coverage]
    after = [v + rise * (1 - v) if i == which else v for i, v in enumerate(before)]
    assert value(after) >= value(before) - 1e-9


def test_best_part_and_mean_of_the_clauses() -> None:
    x, y = np.array([1, 0], dtype=np.float32), np.array([0, 1], dtype=np.float32)
    both = np.array([0.6, 0.8], dtype=np.float32)
    entries = [np.stack([x, y]), np.zeros((0, 2), dtype=np.float32), both[None]]
    found = of_parts(x, np.stack([x, y]), entries)
    assert found[0].tolist() == pytest.approx([1, 1])
    assert np.isnan(found[1]).all()
    assert found[2].tolist() == pytest.approx([0.6, 0.7])


def test_a_question_without_clauses_is_its_own_only_one() -> None:
    x = np.array([1, 0], dtype=np.float32)
    found = of_parts(x, np.zeros((0, 2), dtype=np.float32), [np.array([[0.6, 0.8]], dtype=np.float32)])
    assert found[0].tolist() == pytest.approx([0.6, 0.6])
