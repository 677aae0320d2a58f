"""What the index holds at one moment. It never changes, so any number of threads may search it.

Most entries stand in a large segment that stays as it is (a file that all processes share, matching.saved); those that
changed since stand in a small one, made anew with each change, and no longer count in the large one.

What a reader may not read has no influence on what he sees: filters come before the search, and each level has its own
word statistics.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching import catalogue
from matching.catalogue import LEVELS, SUBJECTS, Mask, Rows
from matching.lexical import Ranking
from matching.questions import Query
from matching.segments import Floats, Segment, Slots, key_of, number, spread
from matching.store import Change, Key

CANDIDATES = 100  # of each leg; relevance.DEEP of them are looked at closely
MOST_MASKS = 64
READ_AT_ONCE = 20_000
SMALL, SHARE = 256, 32  # the small segment is due to join the large one above SMALL entries and a SHARE-th of its size


@dataclass(frozen=True)
class Candidates:
    """m entries to be ranked, in no particular order. `cosine` is None when there is no encoder.

    `cosine` is the best over the parts of an entry, `coverage` the share of the question's words it holds, 0 to 1.
    """

    rows: Rows
    cosine: NDArray[np.float32] | None
    coverage: NDArray[np.float32]
    hashes: NDArray[np.bytes_]
    row_ids: NDArray[np.int64]

    def key(self, i: int) -> Key:
        return SUBJECTS[int(self.rows["subject"][i]) - 1], int(self.rows["id"][i])

    def take(self, places: list[int]) -> "Candidates":
        """Those at these places, in this order."""
        cosine = None if self.cosine is None else self.cosine[places]
        return Candidates(self.rows[places], cosine, self.coverage[places], self.hashes[places], self.row_ids[places])


@dataclass(frozen=True)
class Admitted:
    """Which slots a question admits, and the same as bits of the places of vectors in each segment."""

    mask: Mask
    bits: tuple[NDArray[np.uint8], ...]


@dataclass(frozen=True)
class Snapshot:
    """The rows up to `applied`. Slots number the entries of both segments through."""

    large: Segment
    small: Segment
    counted: Mask  # which slots still stand for an entry
    applied: int
    started: int  # the last change in the large segment
    _admitted: dict[Query, Admitted] = field(default_factory=dict)
    _rankings: dict[int, Ranking] = field(default_factory=dict)

    @classmethod
    def of(cls, large: Segment, applied: int) -> "Snapshot":
        return cls(large, Segment.of([]), np.ones(len(large), dtype=bool), applied, applied)

    def __len__(self) -> int:
        return int(self.counted.sum())

    @property
    def due(self) -> bool:
        """Whether so much has changed that the segments should be joined."""
        return len(self.small) > max(SMALL, len(self.large) // SHARE)

    def after(self, changes: Iterable[Change], applied: int) -> "Snapshot":
        """With the entries named replaced or removed; of several changes to one entry the last counts.

        Raises ValueError for vectors of another dimension than those present.
        """
        parts = self._parts()
        found = iter(changes)
        while batch := list(islice(found, READ_AT_ONCE)):
            newest = {number(change.key): change for change in batch}
            for segment, kept in parts:
                kept[segment.find(np.fromiter(newest, dtype=np.int64))] = False
            parts.append((fresh := Segment.of(newest.values()), np.ones(len(fresh), dtype=bool)))
        small = Segment.joined(parts[1:])
        if len(self.large) and len(small.vectors) and self.large.vectors.dimension not in (0, small.vectors.dimension):
            raise ValueError(f"vectors of different dimensions: {self.large.vectors.dimension} and others")
        counted = np.concatenate([parts[0][1], np.ones(len(small), dtype=bool)])
        return Snapshot(self.large, small, counted, applied, self.started)

    def joined(self) -> "Snapshot":
        """The same in one segment."""
        return Snapshot.of(Segment.joined(self._parts()), self.applied)

    def search(
        self, query: Query, vector: Floats | None, *, k: int = CANDIDATES, only: Iterable[Key] | None = None
    ) -> Candidates:
        """The `k` nearest and the `k` best by words among the entries that `query` admits, or all of `only` of them.

        `vector` is the unit vector of the question, shape (dimension,), or None to compare words alone.
        """
        admitted = self._admit(query)
        coverage = self._ranking(query).coverage(query.text)
        if only is None:
            slots = np.union1d(_best_of(coverage, admitted.mask, k), self._nearest(vector, admitted, k))
        else:
            slots = self._find(np.array([number(key) for key in only], dtype=np.int64))
            slots = slots[admitted.mask[slots]]
        return Candidates(
            rows=self._of("rows", slots),
            cosine=None if vector is None else self._cosines(vector, slots),
            coverage=coverage[slots],
            hashes=self._of("hashes", slots),
            row_ids=self._of("row_ids", slots),
        )

    def hashes(self) -> dict[Key, str]:
        """The hash of every entry held, as in its row."""
        slots = np.flatnonzero(self.counted)
        keys, hashes = self._of("keys", slots).tolist(), self._of("hashes", slots).tolist()
        return {key_of(key): text_hash.decode() for key, text_hash in zip(keys, hashes, strict=True)}

    def contents(self) -> dict[Key, tuple[Any, ...]]:
        """Everything known of each entry, in a form that can be compared with another snapshot."""
        whole = self.joined().large
        words: list[set[tuple[int, int]]] = [set() for _ in whole.keys]
        for at, term in enumerate(whole.words.terms.tolist()):
            held = slice(whole.words.bounds[at], whole.words.bounds[at + 1])
            for slot, count in zip(whole.words.documents[held], whole.words.counts[held], strict=True):
                words[slot].add((term, int(count)))
        return {
            key_of(key): (
                whole.hashes[i],
                whole.rows[i].tobytes(),
                whole.vectors.vectors[whole.starts[i] : whole.starts[i + 1]].tobytes(),
                int(whole.words.lengths[i]),
                words[i],
            )
            for i, key in enumerate(whole.keys.tolist())
        }

    def _parts(self) -> list[tuple[Segment, Mask]]:
        """The segments, each with a mask of its own to be changed."""
        counted = self.counted.copy()
        return [(self.large, counted[: len(self.large)]), (self.small, counted[len(self.large) :])]

    def _of(self, name: str, slots: Slots) -> NDArray[Any]:
        """A column of these slots, which are in order."""
        cut = int(np.searchsorted(slots, len(self.large)))
        first, second = getattr(self.large, name)[slots[:cut]], getattr(self.small, name)[slots[cut:] - len(self.large)]
        return np.concatenate([first, second]) if len(second) else first

    def _find(self, keys: NDArray[np.int64]) -> Slots:
        """The slots of these keys, in order, each once."""
        found = np.union1d(self.large.find(keys), self.small.find(keys) + len(self.large))
        slots: Slots = found[self.counted[found]]
        return slots

    def _ranking(self, query: Query) -> Ranking:
        """Of the words of what a reader of this level may read."""
        level = LEVELS.index(query.clearance) + 1
        if level not in self._rankings:
            counted = self.counted & (np.concatenate([self.large.rows["level"], self.small.rows["level"]]) <= level)
            self._rankings[level] = Ranking([self.large.words, self.small.words], counted)
        return self._rankings[level]

    def _admit(self, query: Query) -> Admitted:
        """What `query` admits, kept: few questions differ in what they admit."""
        key = replace(query, text="", kinds=(), fields=(), stage=None, trl=None, district=None, language=None)
        found = self._admitted.get(key)
        if found is None:
            segments = self.large, self.small
            mask = self.counted & np.concatenate([catalogue.admitted(segment.rows, query) for segment in segments])
            masks = mask[: len(self.large)], mask[len(self.large) :]
            repeated = [np.repeat(part, np.diff(each.starts)) for part, each in zip(masks, segments, strict=True)]
            found = Admitted(mask, tuple(np.packbits(each, bitorder="little") for each in repeated))
            if len(self._admitted) >= MOST_MASKS:
                self._admitted.clear()
            self._admitted[key] = found
        return found

    def _nearest(self, vector: Floats | None, admitted: Admitted, k: int) -> Slots:
        """The slots of the `k` nearest entries admitted."""
        slots, near = [], []
        for segment, bits, first in zip((self.large, self.small), admitted.bits, (0, len(self.large)), strict=True):
            if vector is not None and bits.any():
                places = segment.vectors.nearest(vector, k * segment.most_parts, bits)
                slots.append(first + np.searchsorted(segment.starts, places, side="right") - 1)
                near.append(segment.vectors.vectors[places] @ vector)
        if not slots:
            return np.zeros(0, dtype=np.int64)
        order = np.argsort(-np.concatenate(near), kind="stable")
        return np.array(list(dict.fromkeys(np.concatenate(slots)[order].tolist()))[:k], dtype=np.int64)

    def _cosines(self, vector: Floats, slots: Slots) -> NDArray[np.float32]:
        """The best cosine of each slot, which are in order; -1 for one without vectors."""
        best = np.full(len(slots), -1, dtype=np.float32)
        cut = int(np.searchsorted(slots, len(self.large)))
        parts = (self.large, slots[:cut], best[:cut]), (self.small, slots[cut:] - len(self.large), best[cut:])
        for segment, within, found in parts:
            places, owners = spread(segment.starts, within)
            if len(places):
                np.maximum.at(found, owners, segment.vectors.vectors[places] @ vector)
        return best


def _best_of(scores: NDArray[np.float32], mask: Mask, k: int) -> Slots:
    """The slots of the `k` best scores above 0 within `mask`, and of all that equal the last of them."""
    found = np.flatnonzero((scores > 0) & mask)
    if len(found) > k:
        kept = scores[found]
        found = found[kept >= np.partition(kept, -k)[-k]]
    return found
