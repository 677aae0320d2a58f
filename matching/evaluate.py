"""How good a leg is on a folder in BEIR form: `corpus.jsonl`, `queries.jsonl`, `qrels/<split>.tsv`.

The measures are those of BEIR and pytrec_eval: linear gain for nDCG, any grade above 0 is relevant for recall and MRR,
the mean is taken over the queries that have a relevant document.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from matching.encoder import Encoder, Vectors
from matching.fusion import fuse
from matching.lexical import LexicalIndex

Leg = Literal["dense", "lexical", "hybrid"]
Grades = Mapping[str, int]  # document id -> grade of one query

DEPTH = 100  # ranks looked at
BLOCK = 256  # queries multiplied with all documents at once


class BadFolder(ValueError):
    """The folder is not in BEIR form; the message says which file, line or field is missing."""


@dataclass(frozen=True)
class Collection:
    """Documents, and the queries that have a relevant one among their `grades`."""

    document_ids: list[str]
    documents: list[str]
    queries: list[str]
    grades: list[Grades]


@dataclass(frozen=True)
class Report:
    """Means over `queries` queries; `encoder` is None for the lexical leg."""

    folder: str
    split: str
    leg: Leg
    encoder: str | None
    documents: int
    queries: int
    ndcg_at_10: float
    recall_at_10: float
    recall_at_100: float
    mrr_at_10: float

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)


def evaluate(folder: str | Path, leg: Leg, encoder: Encoder | None, split: str = "test") -> Report:
    """Rank every document for every query of `split` and measure it.

    Raises BadFolder for a folder that is not in BEIR form, ValueError for an unknown leg or a leg without its encoder.
    """
    if leg not in get_args(Leg):
        raise ValueError(f"unknown leg {leg!r}: one of {', '.join(get_args(Leg))}")
    if leg != "lexical" and encoder is None:
        raise ValueError(f"the {leg} leg needs an encoder")
    collection = load(folder, split)
    rows = [
        (ndcg(found, grades, 10), recall(found, grades, 10), recall(found, grades, 100), mrr(found, grades, 10))
        for found, grades in zip(_rankings(collection, leg, encoder), collection.grades, strict=True)
    ]
    means = [round(float(mean), 4) for mean in np.mean(rows, axis=0)]
    name = encoder.name if encoder and leg != "lexical" else None
    return Report(Path(folder).name, split, leg, name, len(collection.documents), len(rows), *means)


def load(folder: str | Path, split: str = "test") -> Collection:
    """Read a BEIR folder. Raises BadFolder."""
    folder = Path(folder)
    corpus = {row["_id"]: f"{row.get('title') or ''} {row['text']}".strip() for row in _rows(folder / "corpus.jsonl")}
    queries = {row["_id"]: row["text"] for row in _rows(folder / "queries.jsonl")}
    grades: dict[str, dict[str, int]] = {}
    path = folder / "qrels" / f"{split}.tsv"
    for number, line in _lines(path):
        try:
            query, document, grade = line.split("\t")
            if number > 1:  # the first line names the columns
                grades.setdefault(query, {})[document] = int(grade)
        except ValueError:
            raise BadFolder(f"{path}, line {number}: expected query-id, corpus-id and a whole score") from None
    asked = [query for query, row in grades.items() if any(grade > 0 for grade in row.values())]
    if missing := [query for query in asked if query not in queries]:
        raise BadFolder(f"{path} names the query {missing[0]!r}, which queries.jsonl lacks")
    if not asked:
        raise BadFolder(f"{path} names no relevant document")
    return Collection(list(corpus), list(corpus.values()), [queries[q] for q in asked], [grades[q] for q in asked])


def ndcg(found: Sequence[str], grades: Grades, k: int) -> float:
    """Discounted gain of the first `k` found over that of the best possible order; gain = grade."""
    gains = [max(grades.get(document, 0), 0) for document in found[:k]]
    ideal = sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:k]
    return _discounted(gains) / _discounted(ideal)


def recall(found: Sequence[str], grades: Grades, k: int) -> float:
    """Share of the relevant documents among the first `k` found."""
    relevant = {document for document, grade in grades.items() if grade > 0}
    return len(relevant.intersection(found[:k])) / len(relevant)


def mrr(found: Sequence[str], grades: Grades, k: int) -> float:
    """One over the rank of the first relevant document, 0 if there is none among the first `k`."""
    return next((1 / rank for rank, document in enumerate(found[:k], 1) if grades.get(document, 0) > 0), 0.0)


def _discounted(gains: Sequence[int]) -> float:
    return float(sum(gain / np.log2(rank + 1) for rank, gain in enumerate(gains, 1)))


def _rankings(collection: Collection, leg: Leg, encoder: Encoder | None) -> Iterator[list[str]]:
    """Ids of the best DEPTH documents, query by query."""
    everything = np.arange(len(collection.documents), dtype=np.int64)
    index = LexicalIndex()
    if leg != "dense":
        index.apply(dict(enumerate(collection.documents)))
    cosines = _cosines(collection, encoder) if encoder and leg != "lexical" else iter(())
    for query in collection.queries:
        if leg == "lexical":
            best = index.search(query, DEPTH)[0]
        else:
            row = next(cosines)
            shared = index.search(query, len(everything)) if leg == "hybrid" else (everything[:0], row[:0])
            best = fuse(everything, row, *shared, index.self_score(query)).ids[:DEPTH]
        yield [collection.document_ids[i] for i in best]


def _cosines(collection: Collection, encoder: Encoder) -> Iterator[Vectors]:
    """For each query its cosine to every document."""
    documents, queries = encoder.encode(collection.documents), encoder.encode(collection.queries)
    for start in range(0, len(queries), BLOCK):
        yield from queries[start : start + BLOCK] @ documents.T


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """The JSON objects of a file, each with `_id` and `text`."""
    for number, line in _lines(path):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict) or not {"_id", "text"} <= row.keys():
            raise BadFolder(f"{path}, line {number}: expected a JSON object with _id and text")
        yield row


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file that are not blank, with their numbers from 1."""
    if not path.is_file():
        raise BadFolder(f"{path} is missing: a BEIR folder has corpus.jsonl, queries.jsonl and qrels/<split>.tsv")
    with path.open(encoding="utf-8") as file:
        yield from ((number, line.rstrip("\n")) for number, line in enumerate(file, start=1) if line.strip())
