"""Seconds to allocate 200 programmes among 5,000 applicants with 20 candidates each.

    python -m benchmarks.allocation

Beside it the same program given to HiGHS as one with whole numbers, in the same run: what it costs not to know that the
limits are nested. Prints a row of docs/benchmarks.md for each objective.
"""

import os
import platform
import time

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.allocate import allocate
from models.base import utc_now

APPLICANTS, PROGRAMMES, CANDIDATES = 5_000, 200, 20


def applicants(seed: int = 1) -> sp.csr_array:
    """Random scores of shape (APPLICANTS, PROGRAMMES) with CANDIDATES in each row."""
    random = np.random.default_rng(seed)
    rows = np.repeat(np.arange(APPLICANTS), CANDIDATES)
    columns = np.concatenate([random.choice(PROGRAMMES, CANDIDATES, replace=False) for _applicant in range(APPLICANTS)])
    return sp.csr_array((random.random(len(rows)), (rows, columns)), shape=(APPLICANTS, PROGRAMMES))


def with_whole_numbers(scores: sp.csr_array, capacity: int, minimum: int) -> float:
    """The greatest sum of scores, found by branching."""
    pairs = sp.coo_array(scores)
    ones, count = np.ones(pairs.nnz), np.arange(pairs.nnz)
    by_row = sp.csr_array((ones, (pairs.coords[0], count)), shape=(APPLICANTS, pairs.nnz))
    by_column = sp.csr_array((ones, (pairs.coords[1], count)), shape=(PROGRAMMES, pairs.nnz))
    limits = [LinearConstraint(by_row, ub=1), LinearConstraint(by_column, lb=minimum, ub=capacity)]
    return -milp(-pairs.data, integrality=ones, bounds=Bounds(0, 1), constraints=limits).fun


def main() -> None:
    scores, machine = applicants(), f"{os.cpu_count()} cores, Python {platform.python_version()}"
    for capacity in (20, 25, 30):
        begun = time.perf_counter()
        best = with_whole_numbers(scores, capacity, 2)
        peer = time.perf_counter() - begun
        for objective in ("total", "fairest"):
            begun = time.perf_counter()
            found = allocate(scores, capacity, minimum=2, objective=objective)  # type: ignore[arg-type]
            took = time.perf_counter() - begun
            if objective == "total" and abs(found.value - best) > 1e-6:
                raise RuntimeError(f"{found.value} is not the optimum {best}")
            row = (f"{utc_now():%Y-%m-%d}", machine, objective, f"{capacity}", f"{took:.2f} s", f"{peer:.2f} s")
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
