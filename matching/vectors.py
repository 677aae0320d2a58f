"""Numbered unit vectors and the nearest of them to a question, under a filter.

Up to CLUSTERED_FROM vectors every one is looked at. From there on they lie in clusters, and only the clusters nearest
to the question are looked at, more of them the fewer entries the filter admits (benchmarks/index_size.py measures what
that misses). The clusters are made anew whenever the number of vectors has grown fourfold.
"""

import math
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Numbers = NDArray[np.int64]

CLUSTERED_FROM = 40_000
SAMPLE = 40  # vectors for each cluster that the clusters are made from
PROBED = 40  # clusters looked at when the filter admits all
LEAST_FOUND = 2_000  # admitted vectors that should lie in the clusters looked at
GROWTH = 4


class VectorStore:
    """Not safe to use from several threads at once: the index that owns it sees to that."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._made_for = 0  # how many vectors there were when the clusters were made
        faiss = _faiss()
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, vectors: Vectors, numbers: Numbers) -> None:
        """The numbers must be new."""
        self._index.add_with_ids(vectors, numbers)
        if len(self) >= CLUSTERED_FROM and len(self) >= GROWTH * self._made_for:
            self._cluster()

    def remove(self, numbers: Numbers) -> None:
        faiss = _faiss()
        self._index.remove_ids(faiss.IDSelectorArray(numbers) if self._made_for else numbers)

    def of(self, numbers: Numbers) -> Vectors:
        """The vectors of these numbers, in their order."""
        if not len(numbers):
            return np.zeros((0, self.dimension), dtype=np.float32)
        found: Vectors = self._index.reconstruct_batch(numbers)
        return found

    def nearest(self, vector: Vectors, k: int, admitted: NDArray[np.uint8], share: float) -> Numbers:
        """At most `k` numbers, nearest first, of those whose bit is set in `admitted` (a `share` of all, roughly)."""
        faiss = _faiss()
        selector = faiss.IDSelectorBitmap(admitted)
        if self._made_for:
            wanted = LEAST_FOUND / max(share * len(self), 1) * self._index.nlist
            probed = min(self._index.nlist, max(PROBED, math.ceil(wanted)))
            parameters = faiss.SearchParametersIVF(sel=selector, nprobe=probed)
        else:
            parameters = faiss.SearchParameters(sel=selector)
        _, found = self._index.search(vector[None], min(k, len(self)), params=parameters)
        numbers: Numbers = found[0][found[0] >= 0]
        return numbers

    def _cluster(self) -> None:
        faiss = _faiss()
        numbers = _numbers(self._index)
        vectors = self.of(numbers)
        lists = int(4 * math.sqrt(len(numbers)))
        clustered = faiss.IndexIVFFlat(
            faiss.IndexFlatIP(self.dimension), self.dimension, lists, faiss.METRIC_INNER_PRODUCT
        )
        clustered.cp.seed, clustered.cp.niter = 1, 8
        chosen = np.random.default_rng(1).permutation(len(numbers))[: SAMPLE * lists]
        clustered.train(vectors[chosen])
        clustered.set_direct_map_type(faiss.DirectMap.Hashtable)
        clustered.add_with_ids(vectors, numbers)
        self._index, self._made_for = clustered, len(numbers)


def _numbers(index: Any) -> Numbers:
    """Of all vectors of an index of either kind."""
    faiss = _faiss()
    if hasattr(index, "id_map"):
        found: Numbers = faiss.vector_to_array(index.id_map)
        return found.copy()
    lists = index.invlists
    parts = [faiss.rev_swig_ptr(lists.get_ids(i), lists.list_size(i)).copy() for i in range(index.nlist)]
    joined: Numbers = np.concatenate([part for part in parts if len(part)])
    return joined


def _faiss() -> Any:
    """The library, loaded on first use; one thread for each worker (see the design notes)."""
    faiss = import_module("faiss")
    faiss.omp_set_num_threads(1)
    return faiss
