"""Unit vectors in an array that never changes, perhaps a file in memory, and the nearest of them under a filter.

Up to CODED_FROM vectors each is compared with the question. From there on the signs of its components, less those of
the mean, stand for a vector: those whose signs differ least are found by counting bits, and only they are compared
(benchmarks/index_size.py measures what that misses: less than one in a hundred of the ten nearest).
"""

import math
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Places = NDArray[np.int64]
Bits = NDArray[np.uint8]

CODED_FROM = 5_000
COMPARED = 500  # vectors compared after counting bits among 100,000; more among more, by the square root
BLOCK = 50_000


@dataclass(frozen=True)
class VectorStore:
    """`vectors` has a row for each; `codes` the signs of each row against `mean`, or no row when there are few."""

    vectors: Floats
    codes: Bits
    mean: Floats

    @classmethod
    def of(cls, vectors: Floats) -> Self:
        """The dimension is a multiple of 8."""
        number, dimension = vectors.shape
        mean = vectors.mean(axis=0) if number else np.zeros(dimension, dtype=np.float32)
        blocks = range(0, number if number >= CODED_FROM else 0, BLOCK)
        codes = [np.zeros((0, -(-dimension // 8)), dtype=np.uint8)]
        codes += [np.packbits(vectors[at : at + BLOCK] > mean, axis=1) for at in blocks]
        return cls(np.ascontiguousarray(vectors), np.concatenate(codes), mean)

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def dimension(self) -> int:
        return int(self.vectors.shape[1])

    def nearest(self, vector: Floats, k: int, admitted: Bits) -> Places:
        """At most `k` places, nearest first, of those whose bit is set in `admitted`."""
        faiss = _faiss()
        pointer, selected = faiss.swig_ptr, faiss.IDSelectorBitmap(admitted)
        number = len(self)
        coded = len(self.codes) > 0
        compared = max(k, int(COMPARED * max(1.0, math.sqrt(number / 100_000)))) if coded else k
        found = np.empty(min(compared, number), dtype=np.int64)
        size = len(found)
        if coded:
            signs, apart = np.packbits(vector > self.mean), np.empty(size, dtype=np.int32)
            data = pointer(signs), pointer(self.codes)
            width = self.codes.shape[1]
            faiss.hammings_knn_mc(*data, 1, number, size, width, pointer(apart), pointer(found), selected)
        else:
            asked, near = np.ascontiguousarray(vector), np.empty(size, dtype=np.float32)
            data = pointer(asked), pointer(self.vectors)
            faiss.knn_inner_product(*data, self.dimension, 1, number, size, pointer(near), pointer(found), selected)
        found = found[found >= 0]
        if not coded:
            return found
        best: Places = found[np.argsort(-(self.vectors[found] @ vector), kind="stable")[:k]]
        return best


def _faiss() -> Any:
    """The library, loaded on first use; one thread for each worker (see the design notes)."""
    faiss = import_module("faiss")
    faiss.omp_set_num_threads(1)
    return faiss
