"""Entries of the index as arrays that never change: made from rows of the database, or from other segments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matching import catalogue
from matching.catalogue import ROW, SUBJECTS, Mask, Rows
from matching.lexical import Postings
from matching.store import Change, Key
from matching.text import kind_words
from matching.vectors import VectorStore

Floats = NDArray[np.float32]
Slots = NDArray[np.int64]

PARTS = 4  # vectors an entry may have


@dataclass(frozen=True)
class Segment:
    """n entries in the order of their keys. The vectors of entry i stand at `starts[i]:starts[i + 1]`."""

    keys: NDArray[np.int64]
    rows: Rows
    hashes: NDArray[np.bytes_]
    row_ids: NDArray[np.int64]  # in the table of embeddings
    starts: Slots
    vectors: VectorStore
    words: Postings

    def __len__(self) -> int:
        return len(self.keys)

    @classmethod
    def of(cls, changes: Iterable[Change]) -> Self:
        """The entries that are not deleted; each key once. Raises ValueError for vectors of different dimensions."""
        live = sorted((c for c in changes if not c.deleted), key=lambda change: number(change.key))
        rows = np.array([catalogue.row(*change.key, change.facts) for change in live], dtype=ROW)
        texts = (" ".join([*change.texts, kind_words(change.facts.get("kinds") or ())]) for change in live)
        vectors = [change.vectors[:PARTS] if change.vectors.size else np.zeros((0, 0), np.float32) for change in live]
        return cls(
            np.array([number(change.key) for change in live], dtype=np.int64),
            rows,
            np.array([change.text_hash.encode() for change in live], dtype=np.bytes_),
            np.array([change.row_id for change in live], dtype=np.int64),
            _starts(np.array([len(each) for each in vectors], dtype=np.int64)),
            VectorStore.of(_stacked(vectors)),
            Postings.of(texts),
        )

    @classmethod
    def joined(cls, parts: Sequence[tuple["Segment", Mask]]) -> Self:
        """The entries of all parts where the mask says so; each key once. Raises ValueError as `of`."""
        keys = np.concatenate([part.keys[kept] for part, kept in parts])
        order = np.argsort(keys)
        new = np.empty(len(keys), dtype=np.int32)
        new[order] = np.arange(len(keys), dtype=np.int32)
        words, at, counts, vectors = [], 0, [], []
        for part, kept in parts:
            numbers = np.full(len(part), -1, dtype=np.int32)
            numbers[kept] = new[at : at + int(kept.sum())]
            at += int(kept.sum())
            words.append((part.words, numbers))
            counts.append(np.diff(part.starts)[kept])
            vectors.append(part.vectors.vectors[np.repeat(kept, np.diff(part.starts))])
        counted = np.concatenate(counts)
        places, _ = spread(_starts(counted), order)
        return cls(
            keys[order],
            np.concatenate([part.rows[kept] for part, kept in parts])[order],
            np.concatenate([part.hashes[kept] for part, kept in parts])[order],
            np.concatenate([part.row_ids[kept] for part, kept in parts])[order],
            _starts(counted[order]),
            VectorStore.of(_stacked(vectors)[places]),
            Postings.joined(words, len(keys)),
        )

    def find(self, keys: NDArray[np.int64]) -> Slots:
        """Where those of `keys` stand that are held."""
        at = np.searchsorted(self.keys, keys)
        at, keys = at[at < len(self)], keys[at < len(self)]
        found: Slots = at[self.keys[at] == keys]
        return found

    @cached_property
    def most_parts(self) -> int:
        """How many vectors an entry here has at most."""
        return int(np.diff(self.starts).max(initial=1))


def number(key: Key) -> int:
    """A number for each key, in the order of kind and id."""
    return catalogue.code(SUBJECTS, key[0]) << 48 | key[1]


def key_of(found: int) -> Key:
    return SUBJECTS[(found >> 48) - 1], found & (1 << 48) - 1


def spread(starts: Slots, slots: Slots) -> tuple[Slots, Slots]:
    """The places between `starts` of each of `slots`, one after the other, and at which of them each belongs."""
    counts = starts[slots + 1] - starts[slots]
    owners = np.repeat(np.arange(len(slots)), counts)
    return np.arange(len(owners)) + (starts[slots] - np.cumsum(counts) + counts)[owners], owners


def _starts(counts: NDArray[np.int64]) -> Slots:
    return np.append(0, np.cumsum(counts)).astype(np.int64)


def _stacked(vectors: Sequence[Floats]) -> Floats:
    dimensions = {each.shape[1] for each in vectors if len(each)}
    if len(dimensions) > 1:
        raise ValueError(f"vectors of different dimensions: {sorted(dimensions)}")
    none = np.zeros((0, dimensions.pop() if dimensions else 0), dtype=np.float32)
    return np.concatenate([none, *(each for each in vectors if len(each))])
