"""The allocation of places: as good as trying everything, explained, and the same every time."""

import itertools
from dataclasses import dataclass

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.allocate import Binding, Infeasible, allocate

Pair = tuple[int, int]


@dataclass(frozen=True)
class Case:
    scores: list[list[int]]
    capacity: list[int]
    minimum: list[int]
    row_capacity: int
    conflicts: frozenset[Pair]
    fixed: frozenset[Pair]
    group_capacity: int
    group_minimum: int

    @property
    def groups(self) -> list[int]:
        return [column % 2 for column in range(len(self.capacity))]

    def allowed(self) -> list[Pair]:
        size = range(len(self.scores)), range(len(self.capacity))
        scored = {pair for pair in itertools.product(*size) if self.scores[pair[0]][pair[1]]}
        return sorted((scored - self.conflicts) | self.fixed)

    def keeps_every_limit(self, pairs: set[Pair]) -> bool:
        rows = [sum(row == r for row, _ in pairs) for r in range(len(self.scores))]
        columns = [sum(column == c for _, column in pairs) for c in range(len(self.capacity))]
        groups = [sum(columns[c] for c in range(len(columns)) if self.groups[c] == g) for g in set(self.groups)]
        return (
            self.fixed <= pairs
            and all(n <= self.row_capacity for n in rows)
            and all(low <= n <= high for low, n, high in zip(self.minimum, columns, self.capacity, strict=True))
            and all(self.group_minimum <= n <= self.group_capacity for n in groups)
        )

    def feasible(self) -> list[set[Pair]]:
        allowed = self.allowed()
        subsets = (
            {pair for pair, taken in zip(allowed, choice, strict=True) if taken}
            for choice in itertools.product((False, True), repeat=len(allowed))
        )
        return [subset for subset in subsets if self.keeps_every_limit(subset)]

    def score(self, pair: Pair) -> int:
        return 0 if pair in self.conflicts else self.scores[pair[0]][pair[1]]

    def allocate(self, objective: str) -> set[Pair]:
        found = allocate(
            sp.csr_array(np.array(self.scores, dtype=float)),
            self.capacity,
            self.row_capacity,
            self.minimum,
            self.conflicts,
            self.fixed,
            objective,  # type: ignore[arg-type]
            groups=self.groups,
            group_capacity=self.group_capacity,
            group_minimum=self.group_minimum,
        )
        assert found.value == sum(self.score(pair) for pair in found.pairs)
        assert list(found.pairs) == sorted(set(found.pairs))
        return set(found.pairs)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    every = st.tuples(st.integers(0, rows - 1), st.integers(0, columns - 1))
    score = st.integers(0, 9).map(lambda n: n if n > 2 else 0)
    fixed = draw(st.frozensets(every, max_size=2))
    return Case(
        scores=draw(st.lists(st.lists(score, min_size=columns, max_size=columns), min_size=rows, max_size=rows)),
        capacity=draw(st.lists(st.integers(0, 3), min_size=columns, max_size=columns)),
        minimum=draw(st.lists(st.sampled_from([0, 0, 0, 1]), min_size=columns, max_size=columns)),
        row_capacity=draw(st.integers(1, 2)),
        conflicts=draw(st.frozensets(every, max_size=3)) - fixed,
        fixed=fixed,
        group_capacity=draw(st.integers(1, 6)),
        group_minimum=draw(st.sampled_from([0, 0, 1])),
    )


@given(cases())
@settings(deadline=None)
def test_the_total_is_that_of_the_best_of_all_subsets(case: Case) -> None:
    feasible = case.feasible()
    if not feasible:
        with pytest.raises(Infeasible) as refused:
            case.allocate("total")
        assert refused.value.limits
        return
    found = case.allocate("total")
    assert case.keeps_every_limit(found)
    assert sum(map(case.score, found)) == max(sum(map(case.score, subset)) for subset in feasible)


@given(cases())
@settings(deadline=None)
def test_the_fairest_gives_most_places_then_lifts_the_lowest_then_the_sum(case: Case) -> None:
    feasible = case.feasible()
    if not feasible:
        return

    def rank(pairs: set[Pair]) -> tuple[int, int, int]:
        scores = [case.score(pair) for pair in pairs]
        free = [case.score(pair) for pair in pairs - case.fixed]
        return len(pairs), min(free, default=10), sum(scores)

    assert rank(case.allocate("fairest")) == max(map(rank, feasible))


SCORES = sp.csr_array(np.array([[0.9, 0.8, 0.0], [0.8, 0.1, 0.0], [0.7, 0.0, 0.6]]))


def test_places_waitlists_and_what_keeps_people_out() -> None:
    found = allocate(SCORES, [1, 1, 0])
    assert found.pairs == ((0, 1), (1, 0))
    assert found.value == pytest.approx(1.6)
    assert found.waitlists == ((2,), (), (2,))
    assert found.binds == (Binding("column", 0, "capacity", 1), Binding("column", 2, "capacity", 0))


def test_the_worst_off_can_come_first() -> None:
    scores = sp.csr_array(np.array([[9.0, 5.0], [5.0, 1.0]]))
    assert allocate(scores, 1).pairs in (((0, 0), (1, 1)), ((0, 1), (1, 0)))
    assert allocate(scores, 1, objective="fairest").pairs == ((0, 1), (1, 0))


def test_what_is_decided_stays_and_a_conflict_never_happens() -> None:
    found = allocate(SCORES, 1, fixed=[(2, 0)], conflicts=[(0, 1)])
    assert found.pairs == ((1, 1), (2, 0))
    assert found.waitlists[0] == (0,)
    with pytest.raises(ValueError, match="decided and in conflict"):
        allocate(SCORES, 1, fixed=[(2, 0)], conflicts=[(2, 0)])


def test_limits_that_contradict_each_other_are_named() -> None:
    with pytest.raises(Infeasible, match="column 2: minimum 2 by 1") as refused:
        allocate(SCORES, [1, 1, 3], minimum=[0, 0, 2])
    assert refused.value.limits == (Binding("column", 2, "minimum", 2, 1),)


def test_a_centre_has_a_limit_over_all_its_programmes() -> None:
    found = allocate(SCORES, 2, groups=[0, 0, 1], group_capacity=[1, 5])
    assert found.pairs == ((0, 0), (2, 2))
    assert Binding("group", 0, "capacity", 1) in found.binds


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="one for each of 3"):
        allocate(SCORES, [1, 2])
    with pytest.raises(ValueError, match="a centre for each of 3"):
        allocate(SCORES, 1, groups=[0])
    with pytest.raises(ValueError, match="objective"):
        allocate(SCORES, 1, objective="best")  # type: ignore[arg-type]


def test_nobody_and_nothing() -> None:
    empty = allocate(sp.csr_array((0, 2)), 1)
    assert (empty.pairs, empty.value, empty.waitlists) == ((), 0.0, ((), ()))
    assert allocate(sp.csr_array((3, 1)), 1, objective="fairest").pairs == ()


@pytest.mark.slow
@pytest.mark.parametrize("objective", ["total", "fairest"])
def test_many_applicants_have_the_same_answer_twice(objective: str) -> None:
    random = np.random.default_rng(5)
    rows = np.repeat(np.arange(800), 10)
    columns = np.concatenate([random.choice(40, 10, replace=False) for _ in range(800)])
    scores = sp.csr_array((random.random(8000), (rows, columns)), shape=(800, 40))
    found = allocate(scores, 15, minimum=3, objective=objective)  # type: ignore[arg-type]
    assert len(found.pairs) == 600
    assert allocate(scores, 15, minimum=3, objective=objective) == found  # type: ignore[arg-type]
