"""Numbered unit vectors and the nearest of them to a question, under a filter.

Up to CODED_FROM vectors each is compared with the question. From there on the signs of its components, less those of
the mean, stand for a vector: those whose signs differ least are found by counting bits, and only they are compared
(benchmarks/index_size.py measures what that misses: less than one in a hundred of the ten nearest). The mean is taken
anew whenever the number of vectors has grown fourfold.
"""

import math
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Numbers = NDArray[np.int64]
Bits = NDArray[np.uint8]

CODED_FROM = 5_000
COMPARED = 500  # vectors compared after counting bits among 100,000; more among more, by the square root
GROWTH = 4


class VectorStore:
    """Not safe to use from several threads at once: the index that owns it sees to that."""

    def __init__(self, dimension: int) -> None:
        """`dimension` is a multiple of 8."""
        faiss = _faiss()
        self.dimension = dimension
        self._vectors: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._codes: Any = None  # of the same numbers, once there are enough
        self._mean: Vectors = np.zeros(dimension, dtype=np.float32)
        self._coded_for = 0  # how many vectors there were when the mean was taken

    def __len__(self) -> int:
        return int(self._vectors.ntotal)

    def add(self, vectors: Vectors, numbers: Numbers) -> None:
        """The numbers must be new."""
        self._vectors.add_with_ids(vectors, numbers)
        if len(self) >= max(CODED_FROM, GROWTH * self._coded_for):
            self._code()
        elif self._codes is not None:
            self._codes.add_with_ids(self._signs(vectors), numbers)

    def remove(self, numbers: Numbers) -> None:
        self._vectors.remove_ids(numbers)
        if self._codes is not None:
            self._codes.remove_ids(numbers)

    def of(self, numbers: Numbers) -> Vectors:
        """The vectors of these numbers, in their order."""
        if not len(numbers):
            return np.zeros((0, self.dimension), dtype=np.float32)
        found: Vectors = self._vectors.reconstruct_batch(numbers)
        return found

    def nearest(self, vector: Vectors, k: int, admitted: Bits) -> Numbers:
        """At most `k` numbers, nearest first, of those whose bit is set in `admitted`."""
        faiss = _faiss()
        parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(admitted))
        if self._codes is None:
            found = self._vectors.search(vector[None], min(k, len(self)), params=parameters)[1][0]
            exact: Numbers = found[found >= 0]
            return exact
        compared = max(k, int(COMPARED * max(1.0, math.sqrt(len(self) / 100_000))))
        found = self._codes.search(self._signs(vector[None]), min(compared, len(self)), params=parameters)[1][0]
        found = found[found >= 0]
        numbers: Numbers = found[np.argsort(-(self.of(found) @ vector), kind="stable")[:k]]
        return numbers

    def _code(self) -> None:
        faiss = _faiss()
        numbers = faiss.vector_to_array(self._vectors.id_map).copy()
        vectors = self.of(numbers)
        self._mean, self._coded_for = vectors.mean(axis=0), len(numbers)
        self._codes = faiss.IndexBinaryIDMap(faiss.IndexBinaryFlat(self.dimension))
        self._codes.add_with_ids(self._signs(vectors), numbers)

    def _signs(self, vectors: Vectors) -> Bits:
        return np.packbits(vectors > self._mean, axis=1)


def _faiss() -> Any:
    """The library, loaded on first use; one thread for each worker (see the design notes)."""
    faiss = import_module("faiss")
    faiss.omp_set_num_threads(1)
    return faiss
