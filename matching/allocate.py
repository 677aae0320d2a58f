"""Who gets which place: the assignment that is best for all together, or best for whoever fares worst.

Applicants are rows, programmes columns, a positive score makes a candidate. The program is linear, with one variable
for each candidate pair:

    maximise   sum of score * x
    such that  each row has at most `row_capacity` places, each column between its minimum and its capacity,
               each group of columns (the programmes of one centre) likewise, conflicts are 0 and fixed pairs 1

Rows, columns and groups of columns are nested, so its matrix is totally unimodular (Heller and Tompkins 1956): the
optimum is integral, and branching is never needed. Solved by HiGHS (Huangfu and Hall 2018) through scipy.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import maximum_flow

Pair = tuple[int, int]
Limit = Literal["row", "column", "group"]


class Infeasible(ValueError):
    """No assignment keeps all limits. `limits` are those that would have to give way, and by how many places."""

    def __init__(self, limits: tuple["Binding", ...]) -> None:
        named = ", ".join(f"{b.limit} {b.index}: {b.bound} {b.value} by {b.by}" for b in limits)
        super().__init__(f"no assignment keeps every limit; these would have to give way: {named}")
        self.limits = limits


@dataclass(frozen=True)
class Binding:
    """A limit that is reached, or in `Infeasible` one that cannot be kept and `by` how many places."""

    limit: Limit
    index: int
    bound: Literal["capacity", "minimum"]
    value: int
    by: int = 0


@dataclass(frozen=True)
class Allocation:
    """`pairs` (row, column) in that order; `value` the sum of their scores.

    `waitlists` has for each column the candidates that have a place left to take, best first. `binds` are the limits
    that keep a candidate out (capacities) or somebody in (minimums).
    """

    pairs: tuple[Pair, ...]
    value: float
    waitlists: tuple[tuple[int, ...], ...]
    binds: tuple[Binding, ...]


@dataclass(frozen=True)
class _Program:
    """Candidate pairs and limits as arrays: `rows`, `columns`, `scores` of shape (n,), `limits` a matrix (m, n)."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    scores: NDArray[np.float64]
    fixed: NDArray[np.bool_]
    limits: sp.csr_array
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    names: tuple[tuple[Limit, int], ...]

    def solve(self, gain: NDArray[np.float64], usable: NDArray[np.bool_] | bool = True) -> NDArray[np.bool_] | None:
        """The pairs of the best assignment for these gains among `usable` pairs; None if there is none."""
        if not gain.size:
            return None if (self.least > 0).any() else np.zeros(0, dtype=bool)
        bounds = Bounds(self.fixed.astype(float), (self.fixed | usable).astype(float))
        found = milp(-gain, bounds=bounds, constraints=LinearConstraint(self.limits, self.least, self.most))
        return None if found.x is None else np.asarray(found.x > 0.5)


def allocate(
    scores: sp.sparray,
    capacity: ArrayLike,
    row_capacity: ArrayLike = 1,
    minimum: ArrayLike | None = None,
    conflicts: Collection[Pair] | None = None,
    fixed: Collection[Pair] | None = None,
    objective: Literal["total", "fairest"] = "total",
    *,
    groups: Sequence[int] | None = None,
    group_capacity: ArrayLike | None = None,
    group_minimum: ArrayLike | None = None,
) -> Allocation:
    """The best assignment of applicants to programmes.

    `scores` (applicants, programmes), sparse, positive for candidates. `capacity` and `minimum` are one number or one
    for each programme; `row_capacity` one number or one for each applicant. `conflicts` are pairs that must not be,
    `fixed` pairs that are decided, whatever they score. `groups` names the centre of each programme, 0 up, with
    `group_capacity` and `group_minimum` for each centre.

    "total" takes the greatest sum of scores. "fairest" first gives a place to as many as possible, then makes the
    lowest score among those given as high as possible, then takes the greatest sum. The same input gives the same
    output. Raises Infeasible when the limits contradict each other, ValueError for shapes that do not fit.
    """
    program = _program(scores, capacity, row_capacity, minimum, conflicts, fixed, groups, group_capacity, group_minimum)
    chosen = program.solve(program.scores)
    if chosen is None:
        raise Infeasible(_contradictions(program))
    if objective == "fairest":
        chosen = _fairest(program, int(chosen.sum()))
    elif objective != "total":
        raise ValueError(f"objective is 'total' or 'fairest', not {objective!r}")
    return _allocation(program, chosen, scores.shape)


def _program(
    scores: sp.sparray,
    capacity: ArrayLike,
    row_capacity: ArrayLike,
    minimum: ArrayLike | None,
    conflicts: Collection[Pair] | None,
    fixed: Collection[Pair] | None,
    groups: Sequence[int] | None,
    group_capacity: ArrayLike | None,
    group_minimum: ArrayLike | None,
) -> _Program:
    rows, columns = scores.shape
    decided, banned = set(fixed or ()), set(conflicts or ())
    if decided & banned:
        raise ValueError(f"decided and in conflict: {sorted(decided & banned)}")
    given = sp.coo_array(scores)
    given.sum_duplicates()
    score = {
        pair: float(value)
        for pair, value in zip(zip(*(axis.tolist() for axis in given.coords), strict=True), given.data, strict=True)
        if value > 0 and pair not in banned
    }
    pairs = sorted(score.keys() | decided)
    row, column = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    count = np.arange(len(row))
    ones = np.ones(len(row))
    blocks: list[tuple[Limit, NDArray[np.int64], int, ArrayLike | None, ArrayLike]] = [
        ("row", row, rows, None, row_capacity),
        ("column", column, columns, minimum, capacity),
    ]
    if groups is not None:
        centre = np.asarray(groups, dtype=np.int64)
        if centre.shape != (columns,):
            raise ValueError(f"groups names a centre for each of {columns} programmes, not {centre.shape}")
        many = int(centre.max(initial=-1)) + 1
        limit = np.inf if group_capacity is None else group_capacity
        blocks.append(("group", centre[column], many, group_minimum, limit))
    parts = [sp.csr_array((ones, (which, count)), shape=(size, len(row))) for _, which, size, _, _ in blocks]
    return _Program(
        rows=row,
        columns=column,
        scores=np.array([score.get(pair, 0.0) for pair in pairs]),
        fixed=np.array([pair in decided for pair in pairs], dtype=bool),
        limits=sp.csr_array(sp.vstack(parts)),
        least=np.concatenate([_each(0 if least is None else least, size) for _, _, size, least, _ in blocks]),
        most=np.concatenate([_each(most, size) for _, _, size, _, most in blocks]),
        names=tuple((name, i) for name, _, size, _, _ in blocks for i in range(size)),
    )


def _each(values: ArrayLike, size: int) -> NDArray[np.float64]:
    try:
        return np.broadcast_to(np.asarray(values, dtype=np.float64), (size,)).copy()
    except ValueError as error:
        raise ValueError(f"give one number or one for each of {size}, not {np.shape(values)}") from error


def _fairest(program: _Program, places: int) -> NDArray[np.bool_]:
    """Most places first, then the highest floor under the scores, then the sum. `places` are known to be possible."""
    everything = np.ones(len(program.rows), dtype=bool)
    places = _last(places, len(everything), lambda n: _flows(program, everything, n))
    floors = np.unique(program.scores[~program.fixed])
    floor = _last(0, len(floors) - 1, lambda n: _flows(program, program.scores >= floors[n], places))
    usable = program.scores >= floors[floor] if len(floors) else everything
    bonus = program.scores.max(initial=1.0)
    while True:  # a place outweighs the scores it may cost; how many that are shows only in the answer
        found = program.solve(program.scores + bonus, usable)
        assert found is not None
        if found.sum() == places:
            return found
        bonus *= 8


def _last(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The greatest number from `low` to `high` that holds, if those that do not come last. `low` is taken to hold."""
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _flows(program: _Program, usable: NDArray[np.bool_], places: int) -> bool:
    """Whether `places` places can be given among `usable` pairs within all limits.

    The limits as a network source -> rows -> columns (-> groups) -> sink, with least and most on each arc; there is a
    flow that keeps the least ones if this many units can be sent from their heads to their tails (Hoffman 1960).
    """
    size, pairs = program.limits.shape
    source, sink = size, size + 1
    start, end = size + 2, size + 3
    kinds = np.array([name for name, _ in program.names])
    of = {kind: np.flatnonzero(kinds == kind) for kind in ("row", "column", "group")}
    columns = of["column"][program.columns]
    above = np.full(len(of["column"]), sink)
    if of["group"].size:
        above[program.columns] = program.limits[of["group"]].tocsc().indices + of["group"][0]
    row, group = of["row"], of["group"]
    tails = np.concatenate([np.full(len(row), source), row[program.rows], of["column"], group, [sink]])
    heads = np.concatenate([row, columns, above, np.full(len(group), sink), [source]])

    def along(values: NDArray[np.float64], pair: NDArray[np.bool_]) -> NDArray[np.int64]:
        parts = (values[row], pair.astype(float), values[of["column"]], values[group], np.array([places], dtype=float))
        bounded: NDArray[np.int64] = np.minimum(np.concatenate(parts), pairs).astype(np.int64)
        return bounded

    least = along(program.least, program.fixed)
    most = along(program.most, usable | program.fixed)
    into = np.bincount(heads, weights=least, minlength=size + 4).astype(np.int64)
    out_of = np.bincount(tails, weights=least, minlength=size + 4).astype(np.int64)
    nodes = np.arange(size + 4)
    all_tails = np.concatenate([tails, np.full(size + 4, start), nodes])
    all_heads = np.concatenate([heads, nodes, np.full(size + 4, end)])
    arcs = np.concatenate([most - least, into, out_of]).astype(np.int32)
    network = sp.csr_array((arcs, (all_tails, all_heads)), shape=(size + 4, size + 4), dtype=np.int32)
    return bool(maximum_flow(network, start, end).flow_value == least.sum())


def _contradictions(program: _Program) -> tuple[Binding, ...]:
    """The limits that give way when each may, at the same price per place."""
    size, pairs = program.limits.shape
    identity = sp.eye_array(size, format="csr")
    nothing = sp.csr_array((size, size))
    at_least = sp.csr_array(sp.hstack([program.limits, identity, nothing]))
    at_most = sp.csr_array(sp.hstack([program.limits, nothing, -identity]))
    cost = np.concatenate([np.zeros(pairs), np.ones(2 * size)])
    lower = np.concatenate([program.fixed.astype(float), np.zeros(2 * size)])
    upper = np.concatenate([np.ones(pairs), np.full(2 * size, np.inf)])
    limits = [
        LinearConstraint(at_least, lb=program.least),
        LinearConstraint(at_most, ub=program.most),
    ]
    found = milp(cost, bounds=Bounds(lower, upper), constraints=limits)
    short, over = np.rint(found.x[pairs:]).astype(int).reshape(2, size)
    return tuple(
        Binding(*program.names[i], "minimum", int(program.least[i]), int(short[i]))
        if short[i]
        else Binding(*program.names[i], "capacity", int(program.most[i]), int(over[i]))
        for i in range(size)
        if short[i] or over[i]
    )


def _allocation(program: _Program, chosen: NDArray[np.bool_], shape: tuple[int, ...]) -> Allocation:
    used = program.limits @ chosen.astype(float)
    left = (program.most - used)[: shape[0]] > 0.5
    waiting: list[list[tuple[float, int]]] = [[] for _ in range(shape[1])]
    for row, column, score in zip(
        *(part[~chosen].tolist() for part in (program.rows, program.columns, program.scores)), strict=True
    ):
        if left[row]:
            waiting[column].append((-score, row))
    wanted = program.limits @ (~chosen & left[program.rows]).astype(float)
    binds = [
        Binding(*program.names[i], "capacity", int(program.most[i]))
        for i in range(len(used))
        if program.names[i][0] != "row" and used[i] > program.most[i] - 0.5 and wanted[i] > 0
    ]
    binds += [
        Binding(*program.names[i], "minimum", int(program.least[i]))
        for i in range(len(used))
        if program.least[i] > 0 and used[i] < program.least[i] + 0.5
    ]
    return Allocation(
        pairs=tuple(zip(program.rows[chosen].tolist(), program.columns[chosen].tolist(), strict=True)),
        value=float(program.scores[chosen].sum()),
        waitlists=tuple(tuple(row for _, row in sorted(column)) for column in waiting),
        binds=tuple(binds),
    )
