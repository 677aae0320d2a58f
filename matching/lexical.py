"""Words to documents: BM25 over the terms of `matching.words`.

Scores follow Lucene's BM25 without its constant factor (Kamphuis et al., ECIR 2020): over the distinct query terms t,

    sum of  idf(t) * tf / (tf + K1 * (1 - B + B * length / mean length)),   idf(t) = ln(1 + (n - df + .5) / (df + .5))

bm25s computes the same numbers (a test compares them) but stores them finished, and every added document changes n, df
and the mean length, so there one change means a new index. Here only the counts are stored, in arrays that never
change, and the formula is applied at query time to any number of such blocks and to the documents in them that count:
scores equal those of a fresh build to the last bit. Terms are told apart by 64 bits of their hash, so that no
dictionary of words has to be held.
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matching.words import tokens

K1, B = 1.5, 0.75

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Postings:
    """What documents 0 to n - 1 hold of each term: those of `terms[i]` stand at `bounds[i]:bounds[i + 1]`."""

    terms: NDArray[np.uint64]  # in order
    bounds: NDArray[np.int64]
    documents: NDArray[np.int32]
    counts: NDArray[np.int32]
    lengths: NDArray[np.int32]  # of each document, in terms

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        known: dict[str, int] = {}
        terms, documents, counts, lengths = array("Q"), array("i"), array("i"), array("i")
        for number, text in enumerate(texts):
            held = Counter(tokens(text))
            terms.extend(known[term] if term in known else known.setdefault(term, _code(term)) for term in held)
            documents.extend([number] * len(held))
            counts.extend(held.values())
            lengths.append(held.total())
        return cls._ordered(
            np.array(terms, np.uint64), np.array(documents, np.int32), np.array(counts, np.int32), lengths
        )

    @classmethod
    def joined(cls, parts: Sequence[tuple["Postings", NDArray[np.int32]]], size: int) -> Self:
        """The documents of all parts, numbered 0 to `size` - 1 as given for each part, or -1 to leave out."""
        columns = []
        lengths = np.zeros(size, dtype=np.int32)
        for part, numbers in parts:
            documents = numbers[part.documents]
            kept = documents >= 0
            terms = np.repeat(part.terms, np.diff(part.bounds))
            columns.append((terms[kept], documents[kept], part.counts[kept]))
            lengths[numbers[numbers >= 0]] = part.lengths[numbers >= 0]
        terms, documents, counts = (np.concatenate(column) for column in zip(*columns, strict=True))
        return cls._ordered(terms, documents, counts, lengths)

    def find(self, codes: NDArray[np.uint64]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
        """Documents, counts and place in `codes` of all that is held of these terms, one term after the other."""
        at = np.searchsorted(self.terms, codes)
        known = np.flatnonzero(at < len(self.terms))
        known = known[self.terms[at[known]] == codes[known]]
        held = [slice(*self.bounds[i : i + 2].tolist()) for i in at[known].tolist()]
        documents = np.concatenate([self.documents[:0], *(self.documents[each] for each in held)])
        counts = np.concatenate([self.counts[:0], *(self.counts[each] for each in held)])
        return documents, counts, np.repeat(known, [each.stop - each.start for each in held])

    @classmethod
    def _ordered(
        cls,
        terms: NDArray[np.uint64],
        documents: NDArray[np.int32],
        counts: NDArray[np.int32],
        lengths: Iterable[int],
    ) -> Self:
        order = np.lexsort((documents, terms))
        distinct, starts = np.unique(terms[order], return_index=True)
        bounds = np.append(starts, len(terms)).astype(np.int64)
        return cls(distinct, bounds, documents[order], counts[order], np.array(lengths, dtype=np.int32))


class Ranking:
    """Scores for the documents of several blocks, numbered through; those not `counted` are as if they were not there.

    It never changes: safe to use from several threads.
    """

    def __init__(self, blocks: Sequence[Postings], counted: Mask) -> None:
        lengths = np.concatenate([block.lengths for block in blocks])
        ends = np.cumsum([len(block.lengths) for block in blocks]).tolist()
        self._blocks = [(block, slice(a, b)) for block, a, b in zip(blocks, [0, *ends], ends, strict=False)]
        self._counted, self._number = counted, int(counted.sum())
        mean = lengths[counted].sum() / self._number if self._number else 0
        self._norms = np.full(len(lengths), np.inf, dtype=np.float32)  # of the formula; no score where not counted
        self._norms[counted] = K1 * (1 - B + B * lengths[counted] / (mean or 1))

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        return cls([Postings.of(texts)], np.ones(len(texts), dtype=bool))

    def scores(self, query: str) -> tuple[Scores, float]:
        """The BM25 score of every document, 0 where no term is shared, and the sum of the terms' idf.

        The latter is what a document would score if it repeated every term without end; terms that no document holds
        count too, at the idf of df = 0. Terms are added up in the order of the query, hence the same sums whatever
        blocks the documents stand in.
        """
        codes = np.array([_code(term) for term in dict.fromkeys(tokens(query))], dtype=np.uint64)
        held = [block.find(codes) for block, _ in self._blocks]
        df = np.zeros(len(codes), dtype=np.int64)
        for (documents, _, term), (_, within) in zip(held, self._blocks, strict=True):
            counted = self._counted[within]
            df += np.bincount(term if counted.all() else term[counted[documents]], minlength=len(codes))
        idfs = np.log(1 + (self._number - df + 0.5) / (df + 0.5))
        found = np.empty(len(self._norms), dtype=np.float32)
        for (documents, counts, term), (_, within) in zip(held, self._blocks, strict=True):
            weights = idfs.astype(np.float32)[term] * (counts / (counts + self._norms[within][documents]))
            found[within] = np.bincount(documents, weights, within.stop - within.start)
        return found, math.fsum(idfs)

    def coverage(self, query: str) -> Scores:
        """The share of the question's words, by their idf, that each document holds: 0 to 1."""
        scores, most = self.scores(query)
        return scores / np.float32(max(most, 1e-9))


def _code(term: str) -> int:
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "little")
