"""The index of one process: vectors, words and facts of the entries, kept up to the rows of the database.

The rows are the truth (matching.store); this is a cache that anyone may throw away. `catch_up` compares one number and
applies what is newer. Whatever the order of the changes, the result equals a fresh build: `contents` says so.

What a reader may not read has no influence on what he sees: filters come before the search, and each level has its own
word statistics.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from matching import catalogue, store
from matching.catalogue import LEVELS, ROW, SUBJECTS, Mask, Rows
from matching.lexical import LexicalIndex
from matching.questions import Query
from matching.store import Change, Key
from matching.text import kind_words
from matching.vectors import VectorStore

Vectors = NDArray[np.float32]
Slots = NDArray[np.int64]

PARTS = 4  # vectors an entry may have; vector number = slot * PARTS + part
CANDIDATES = 100  # of each leg; relevance.DEEP of them are looked at closely
MOST_MASKS = 64


@dataclass(frozen=True)
class Candidates:
    """m entries to be ranked, in no particular order. `cosine` is None when there is no encoder.

    `cosine` is the best over the parts of an entry, `coverage` the share of the question's words it holds, 0 to 1.
    """

    rows: Rows
    cosine: NDArray[np.float32] | None
    coverage: NDArray[np.float32]
    hashes: NDArray[np.object_]
    row_ids: NDArray[np.int64]

    def key(self, i: int) -> Key:
        return SUBJECTS[int(self.rows["subject"][i]) - 1], int(self.rows["id"][i])

    def take(self, places: list[int]) -> "Candidates":
        """Those at these places, in this order."""
        cosine = None if self.cosine is None else self.cosine[places]
        return Candidates(self.rows[places], cosine, self.coverage[places], self.hashes[places], self.row_ids[places])


class Index:
    """The entries of one encoder. Safe to use from several threads; searches and changes take turns."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.applied = 0
        self._lock = threading.RLock()
        self._slots: dict[Key, int] = {}
        self._free: list[int] = []
        self._rows: Rows = np.zeros(64, ROW)
        self._hashes: NDArray[np.object_] = np.full(64, "", dtype=object)
        self._row_ids: NDArray[np.int64] = np.zeros(64, dtype=np.int64)  # in the table of embeddings
        self._parts: NDArray[np.int64] = np.zeros(64, dtype=np.int64)  # how many vectors each slot has
        self._words = [LexicalIndex() for _ in LEVELS]  # of what a reader of each level may read
        self._vectors: VectorStore | None = None  # once there is a vector
        self._masks: dict[Query, Admitted] = {}

    def __len__(self) -> int:
        return len(self._slots)

    def catch_up(self, session: Session, head: int | None = None) -> int:
        """Applies the rows written since the last call; returns how many.

        `head` is the newest number if it has just been read; otherwise one short statement reads it. `session` must
        hold no uncommitted rows of its own: a rollback would leave the index ahead of the database. A session that
        looks at an older state than the index leaves it as it is.
        """
        head = store.head(session) if head is None else head
        if head <= self.applied:
            return 0
        with self._lock:
            if head <= self.applied:
                return 0
            found = list(store.changes(session, self.model, self.applied, head))
            self.apply(found)
            self.applied = head
            return len(found)

    def apply(self, changes: Iterable[Change]) -> None:
        """Replaces or removes the entries named; of several changes to one entry the last counts.

        Raises ValueError for vectors of another dimension than those present.
        """
        newest = {change.key: change for change in changes}
        with self._lock:
            self._masks.clear()
            self._check_dimension(change.vectors for change in newest.values() if not change.deleted)
            present = [key for key in newest if key in self._slots]
            self._drop_vectors(present)
            added, numbers = [], []
            texts: list[dict[int, str]] = [{} for _ in LEVELS]
            gone: list[set[int]] = [set() for _ in LEVELS]
            for key, change in newest.items():
                if change.deleted:
                    if key in self._slots:
                        slot = self._release(key)
                        for removed in gone:
                            removed.add(slot)
                    continue
                slot = self._slots[key] if key in self._slots else self._claim(key)
                self._rows[slot] = catalogue.row(*key, change.facts)
                self._hashes[slot], self._row_ids[slot] = change.text_hash, change.row_id
                vectors = change.vectors[:PARTS] if change.vectors.size else change.vectors[:0]
                self._parts[slot] = len(vectors)
                added += list(vectors)
                numbers += [slot * PARTS + i for i in range(len(vectors))]
                text = " ".join([*change.texts, kind_words(change.facts.get("kinds") or ())])
                for level in range(len(LEVELS)):
                    if self._rows["level"][slot] <= level + 1:
                        texts[level][slot] = text
                        gone[level].discard(slot)
                    else:
                        gone[level].add(slot)
            for words, new, old in zip(self._words, texts, gone, strict=True):
                words.apply(new, old)
            self._add_vectors(added, numbers)

    def search(
        self, query: Query, vector: Vectors | None, *, k: int = CANDIDATES, only: Iterable[Key] | None = None
    ) -> Candidates:
        """The `k` nearest and the `k` best by words among the entries that `query` admits, or all of `only` of them.

        `vector` is the unit vector of the question, shape (dimension,), or None to compare words alone.
        """
        words = self._words[LEVELS.index(query.clearance)]
        with self._lock:
            admitted = self._admitted(query)
            scores = words.by_document(query.text, len(self._rows))
            if only is None:
                slots = np.union1d(_best_of(scores, admitted.mask, k), self._nearest(vector, admitted, k))
            else:
                named = np.array([self._slots[key] for key in only if key in self._slots], dtype=np.int64)
                slots = np.unique(named[admitted.mask[named]])
            return Candidates(
                rows=self._rows[slots],
                cosine=None if vector is None else self._cosines(vector, slots),
                coverage=scores[slots] / np.float32(max(words.self_score(query.text), 1e-9)),
                hashes=self._hashes[slots],
                row_ids=self._row_ids[slots],
            )

    def hashes(self) -> dict[Key, str]:
        """The hash of every entry held, as in its row."""
        with self._lock:
            return {key: self._hashes[slot] for key, slot in self._slots.items()}

    def contents(self) -> dict[Key, tuple[Any, ...]]:
        """Everything known of each entry, in a form that can be compared with another index."""
        with self._lock:
            return {
                key: (
                    self._hashes[slot],
                    self._rows[slot].tobytes(),
                    self._of([slot]).tobytes(),
                    tuple(words.text(slot) for words in self._words),
                )
                for key, slot in self._slots.items()
            }

    def _claim(self, key: Key) -> int:
        slot = self._free.pop() if self._free else len(self._slots)
        if slot == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros(slot, ROW)])
            self._parts = np.concatenate([self._parts, np.zeros(slot, dtype=np.int64)])
            self._row_ids = np.concatenate([self._row_ids, np.zeros(slot, dtype=np.int64)])
            self._hashes = np.concatenate([self._hashes, np.full(slot, "", dtype=object)])
        self._slots[key] = slot
        return slot

    def _release(self, key: Key) -> int:
        slot = self._slots.pop(key)
        self._rows[slot], self._hashes[slot], self._parts[slot] = np.zeros((), ROW), "", 0
        self._free.append(slot)
        return slot

    def _numbers(self, slots: Iterable[int]) -> Slots:
        """The vectors of these slots, one slot after the other."""
        found = np.fromiter(slots, dtype=np.int64)
        parts = np.arange(PARTS)
        numbers: Slots = (found[:, None] * PARTS + parts)[parts < self._parts[found][:, None]]
        return numbers

    def _check_dimension(self, vectors: Iterable[Vectors]) -> None:
        dimensions = {each.shape[1] for each in vectors if each.size}
        if self._vectors is not None:
            dimensions.add(self._vectors.dimension)
        if len(dimensions) > 1:
            raise ValueError(f"{self.model}: vectors of different dimensions: {sorted(dimensions)}")

    def _drop_vectors(self, keys: list[Key]) -> None:
        numbers = self._numbers(self._slots[key] for key in keys)
        if self._vectors is not None and len(numbers):
            self._vectors.remove(numbers)
            for key in keys:
                self._parts[self._slots[key]] = 0

    def _add_vectors(self, vectors: list[Vectors], numbers: list[int]) -> None:
        if not vectors:
            return
        if self._vectors is None:
            self._vectors = VectorStore(vectors[0].size)
        self._vectors.add(np.stack(vectors), np.array(numbers, dtype=np.int64))

    def _admitted(self, query: Query) -> "Admitted":
        """What `query` admits, kept until something changes: few questions differ in what they admit."""
        key = replace(query, text="", kinds=(), fields=(), stage=None, trl=None, district=None, language=None)
        found = self._masks.get(key)
        if found is None:
            mask = catalogue.admitted(self._rows, query)
            bits = np.packbits(np.repeat(mask, PARTS), bitorder="little")
            if len(self._masks) >= MOST_MASKS:
                self._masks.clear()
            found = self._masks[key] = Admitted(mask, bits, bool(mask.any()))
        return found

    def _nearest(self, vector: Vectors | None, admitted: "Admitted", k: int) -> Slots:
        """The slots of the `k` nearest entries admitted; an entry has at most PARTS vectors."""
        if vector is None or self._vectors is None or not admitted.any:
            return np.zeros(0, dtype=np.int64)
        found = self._vectors.nearest(vector, k * int(self._parts.max()), admitted.bits)
        return np.array(list(dict.fromkeys((found // PARTS).tolist()))[:k], dtype=np.int64)

    def _of(self, slots: Iterable[int]) -> Vectors:
        """The vectors of these slots, one after the other."""
        if self._vectors is None:
            return np.zeros((0, 0), dtype=np.float32)
        return self._vectors.of(self._numbers(slots))

    def _cosines(self, vector: Vectors, slots: Slots) -> NDArray[np.float32]:
        """The best cosine of each slot; -1 for one without vectors."""
        best = np.full(len(slots), -1, dtype=np.float32)
        vectors = self._of(slots.tolist())
        if len(vectors):
            np.maximum.at(best, np.repeat(np.arange(len(slots)), self._parts[slots]), vectors @ vector)
        return best


@dataclass(frozen=True)
class Admitted:
    """Which slots a question admits, the same as bits of vector numbers, and whether there are any."""

    mask: Mask
    bits: NDArray[np.uint8]
    any: bool


def _best_of(scores: NDArray[np.float32], mask: Mask, k: int) -> Slots:
    """The slots of the `k` best scores above 0 within `mask`, and of all that equal the last of them."""
    found = np.flatnonzero((scores > 0) & mask)
    if len(found) > k:
        kept = scores[found]
        found = found[kept >= np.partition(kept, -k)[-k]]
    return found
