import json
from math import log2
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from matching.encoder import HashingEncoder, Vectors
from matching.evaluate import BadFolder, Leg, evaluate, load, mrr, ndcg, recall

GRADES = {"a": 2, "b": 1, "c": 1, "d": 0}


def test_ndcg_has_linear_gain() -> None:
    ideal = 2 / log2(2) + 1 / log2(3) + 1 / log2(4)
    assert ndcg(["a", "b", "c"], GRADES, 10) == pytest.approx(1)
    assert ndcg(["x", "b", "d", "a"], GRADES, 10) == pytest.approx((1 / log2(3) + 2 / log2(5)) / ideal)
    assert ndcg(["x", "y"], GRADES, 10) == 0


def test_the_ideal_order_is_cut_too() -> None:
    assert ndcg(["a"], GRADES, 1) == 1
    assert ndcg(["b"], GRADES, 1) == 0.5


def test_recall_counts_relevant_documents_only() -> None:
    assert recall(["d", "a", "x"], GRADES, 10) == pytest.approx(1 / 3)
    assert recall(["d", "a", "b"], GRADES, 2) == pytest.approx(1 / 3)


def test_mrr_is_one_over_the_first_relevant_rank() -> None:
    assert mrr(["x", "d", "c", "a"], GRADES, 10) == pytest.approx(1 / 3)
    assert mrr(["x", "c"], GRADES, 1) == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    corpus = [
        {"_id": "o1", "title": "Phòng thử nghiệm", "text": "pin xe điện"},
        {"_id": "o2", "title": "", "text": "quỹ đầu tư\u2028giáo dục"},
        {"_id": "o3", "text": "ao nuôi tôm"},
    ]
    queries = [{"_id": q, "text": t} for q, t in [("q1", "thu nghiem pin"), ("q2", "nuôi tôm"), ("q3", "tôm")]]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\to1\t2\nq2\to2\t1\nq3\to3\t0\n")
    return tmp_path


@pytest.mark.parametrize("leg", ["dense", "lexical", "hybrid", "full"])
def test_each_leg_is_measured(folder: Path, leg: Leg) -> None:
    report = evaluate(folder, leg, HashingEncoder())
    assert (report.documents, report.queries, report.leg, report.split) == (3, 2, leg, "test")
    assert report.encoder == (None if leg == "lexical" else "hashing-256")
    assert 0.5 <= report.ndcg_at_10 < 1  # q1 finds its document first, q2 has o3 before the one called relevant
    assert json.loads(report.to_json())["mrr_at_10"] == report.mrr_at_10


def test_lexical_figures(folder: Path) -> None:
    report = evaluate(folder, "lexical", None)
    assert (report.ndcg_at_10, report.recall_at_10, report.recall_at_100, report.mrr_at_10) == (0.5, 0.5, 0.5, 0.5)


def test_title_and_text_are_one_document_and_unjudged_queries_are_left_out(folder: Path) -> None:
    collection = load(folder)
    assert collection.documents[0] == "Phòng thử nghiệm pin xe điện"
    assert collection.queries == ["thu nghiem pin", "nuôi tôm"]


class Table:
    """Gives each text of `folder` the vector written here."""

    name, dimension = "table", 2
    rows: ClassVar = {
        "Phòng thử nghiệm pin xe điện": (1.0, 0.0),
        "quỹ đầu tư\u2028giáo dục": (0.8, 0.6),
        "ao nuôi tôm": (0.0, 1.0),
        "thu nghiem pin": (1.0, 0.0),
        "nuôi tôm": (0.0, 1.0),
    }

    def encode(self, texts: list[str]) -> Vectors:
        return np.array([self.rows[text] for text in texts], dtype=np.float32)


def test_dense_figures(folder: Path) -> None:
    report = evaluate(folder, "dense", Table())  # q1: o1 first; q2: o3, then o2, the relevant one
    assert report.ndcg_at_10 == round((1 + 1 / log2(3)) / 2, 4)
    assert (report.recall_at_10, report.mrr_at_10) == (1, 0.75)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("corpus.jsonl", None, r"corpus\.jsonl is missing"),
        ("qrels/test.tsv", None, r"test\.tsv is missing"),
        ("queries.jsonl", '{"_id": "q1"}\n', r"queries\.jsonl, line 1: .*_id and text"),
        ("corpus.jsonl", "not json\n", r"corpus\.jsonl, line 1"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\to1\n", r"line 2: expected query-id"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\to1\tmany\n", r"line 2: expected query-id"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq9\to1\t1\n", r"names the query 'q9'"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\n", r"no relevant document"),
    ],
)
def test_a_bad_folder_says_what_is_missing(folder: Path, file: str, content: str | None, message: str) -> None:
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_text(content)
    with pytest.raises(BadFolder, match=message):
        evaluate(folder, "lexical", None)


def test_a_leg_needs_its_encoder(folder: Path) -> None:
    with pytest.raises(ValueError, match="needs an encoder"):
        evaluate(folder, "hybrid", None)
    with pytest.raises(ValueError, match="unknown leg"):
        evaluate(folder, "sparse", None)  # type: ignore[arg-type]
