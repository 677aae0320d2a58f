"""How good a leg is on a folder in BEIR form: `corpus.jsonl`, `queries.jsonl`, `qrels/<split>.tsv`.

The measures are those of BEIR and pytrec_eval: linear gain for nDCG, any grade above 0 is relevant for recall and MRR,
the mean is taken over the queries that have a relevant document. Intervals hold 95 % of the means of RESAMPLES
bootstrap samples of the queries.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from matching.encoder import Encoder
from matching.lexical import Ranking
from matching.policy import PRIOR, Policy
from matching.relevance import DEEP, evidence, likely, nearness, of_parts
from matching.words import spans

Leg = Literal["dense", "lexical", "hybrid", "full"]
Grades = Mapping[str, int]  # document id -> grade of one query

DEPTH = 100  # ranks looked at
RESAMPLES = 1000


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
    """Means over `queries` queries; `encoder` is None for the lexical leg.

    `interval` is that of nDCG@10. Of the full leg, `answered` is the share of queries whose best document reaches the
    threshold of the policy, `refused` the share of the same queries that are refused once their relevant documents are
    taken away; None for the other legs.
    """

    folder: str
    split: str
    leg: Leg
    encoder: str | None
    documents: int
    queries: int
    ndcg_at_10: float
    interval: tuple[float, float]
    recall_at_10: float
    recall_at_100: float
    mrr_at_10: float
    answered: float | None = None
    refused: float | None = None

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)


@dataclass(frozen=True)
class Likenesses:
    """Of n queries to m documents: cosine and coverage (n, m), and best part and clauses (n, m, 2)."""

    cosine: NDArray[np.float32]
    coverage: NDArray[np.float32]
    parts: NDArray[np.float64] | None = None


def evaluate(
    folder: str | Path, leg: Leg, encoder: Encoder | None, split: str = "test", policy: Policy = PRIOR
) -> Report:
    """Rank every document for every query of `split` and measure it.

    Raises BadFolder for a folder that is not in BEIR form, ValueError for an unknown leg or a leg without its encoder.
    """
    if leg not in get_args(Leg):
        raise ValueError(f"unknown leg {leg!r}: one of {', '.join(get_args(Leg))}")
    if leg != "lexical" and encoder is None:
        raise ValueError(f"the {leg} leg needs an encoder")
    collection = load(folder, split)
    likenesses = compare(collection, encoder if leg != "lexical" else None, parts=leg == "full")
    scores = leg_scores(likenesses, leg, policy, encoder.name if encoder else "")
    found = [best(row, collection.document_ids) for row in scores]
    rows = [
        (ndcg(ids, grades, 10), recall(ids, grades, 10), recall(ids, grades, 100), mrr(ids, grades, 10))
        for ids, grades in zip(found, collection.grades, strict=True)
    ]
    ndcg_at_10, recall_at_10, recall_at_100, mrr_at_10 = (round(float(mean), 4) for mean in np.mean(rows, axis=0))
    answered, refused = abstention(scores, collection, policy) if leg == "full" else (None, None)
    return Report(
        folder=Path(folder).name,
        split=split,
        leg=leg,
        encoder=encoder.name if encoder and leg != "lexical" else None,
        documents=len(collection.documents),
        queries=len(rows),
        ndcg_at_10=ndcg_at_10,
        interval=interval([row[0] for row in rows]),
        recall_at_10=recall_at_10,
        recall_at_100=recall_at_100,
        mrr_at_10=mrr_at_10,
        answered=answered,
        refused=refused,
    )


def compare(collection: Collection, encoder: Encoder | None, *, parts: bool) -> Likenesses:
    """What the texts of all queries and documents have in common; without an encoder, the words alone."""
    words, asked = Ranking.of(collection.documents), collection.queries
    coverage = np.stack([words.coverage(text) for text in asked])
    if encoder is None:
        return Likenesses(np.zeros_like(coverage), coverage)
    questions = encoder.encode(asked)
    cosine = questions @ encoder.encode(collection.documents).T
    if not parts:
        return Likenesses(cosine, coverage)
    held = [encoder.encode(spans(text)) for text in collection.documents]
    each = [of_parts(row, encoder.encode(spans(text)), held) for row, text in zip(questions, asked, strict=True)]
    return Likenesses(cosine, coverage, np.stack(each))


def leg_scores(found: Likenesses, leg: Leg, policy: Policy, encoder: str) -> NDArray[np.float64]:
    """Scores (n, m); -inf for what the leg does not find at all.

    Those of the full leg are likelihoods, and the first DEEP of each row have been looked at in depth.
    """
    if leg == "lexical":
        return np.where(found.coverage > 0, found.coverage, -np.inf).astype(np.float64)
    if leg == "dense":
        return found.cosine.astype(np.float64)
    reading = policy.reading(encoder)
    whole = evidence(found.cosine, found.coverage, reading)
    if leg == "hybrid" or found.parts is None:
        return whole
    scores = likely(whole)
    for row, cosine, coverage, parts in zip(scores, found.cosine, found.coverage, found.parts, strict=True):
        order = np.argsort(-row, kind="stable")
        deep, rest = order[:DEEP], order[DEEP:]
        row[deep] = likely(evidence(nearness(cosine[deep], parts[deep], reading), coverage[deep], reading))
        row[rest] = np.minimum(row[rest], row[deep].min())  # never before one that was looked at
    return scores


def abstention(scores: NDArray[np.float64], collection: Collection, policy: Policy) -> tuple[float, float]:
    """Shares of the queries answered, and refused without their relevant documents: see Report."""
    relevant = np.array([[grades.get(id_, 0) > 0 for id_ in collection.document_ids] for grades in collection.grades])
    answered = scores.max(axis=1) >= policy.threshold
    refused = np.where(relevant, -np.inf, scores).max(axis=1) < policy.threshold
    return round(float(answered.mean()), 4), round(float(refused.mean()), 4)


def interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % of the means of bootstrap samples of `values`; the same values give the same interval."""
    rng = np.random.default_rng(0)
    means = np.asarray(values)[rng.integers(len(values), size=(RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return round(float(low), 4), round(float(high), 4)


def best(scores: NDArray[np.float64], ids: Sequence[str]) -> list[str]:
    """The ids of the DEPTH best, equal scores in the order of the file."""
    return [ids[i] for i in np.argsort(-scores, kind="stable")[:DEPTH] if np.isfinite(scores[i])]


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
