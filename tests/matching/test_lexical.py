import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.lexical import K1, B, LexicalIndex
from matching.words import tokens

DOCUMENTS = {
    7: "Phòng thử nghiệm pin xe điện",
    3: "Ươm tạo sản phẩm trí tuệ nhân tạo",
    9: "Battery testing laboratory, electric vehicles; testing on site",
    4: "Quỹ đầu tư mạo hiểm",
}

WORDS = ["pin", "điện", "nước", "tôm", "ươm", "tạo", "lab", "test", "đầu", "tư", "của"]

texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
ids = st.integers(1, 12)
changes = st.lists(st.tuples(st.dictionaries(ids, texts, max_size=5), st.sets(ids, max_size=4)), max_size=8)


def build(documents: Mapping[int, str]) -> LexicalIndex:
    index = LexicalIndex()
    index.apply(documents)
    return index


@pytest.mark.parametrize("query", ["thử nghiệm pin", "testing electric battery", "đầu tư tạo", "không có gì đâu"])
def test_scores_are_those_of_bm25s(query: str) -> None:
    reference = bm25s.BM25(method="lucene", k1=K1, b=B)
    reference.index([tokens(text) for text in DOCUMENTS.values()], show_progress=False)
    known = [term for term in dict.fromkeys(tokens(query)) if term in reference.vocab_dict]
    expected = reference.get_scores(known) if known else np.zeros(len(DOCUMENTS))
    assert build(DOCUMENTS).scores_for(query, DOCUMENTS) == pytest.approx(expected, rel=1e-5)


def test_accents_may_be_missing() -> None:
    assert build(DOCUMENTS).search("uom tao", 1)[0].tolist() == [3]


def test_search_returns_the_best_first_and_only_what_shares_a_term() -> None:
    found, scores = build(DOCUMENTS).search("thử nghiệm pin, testing", 10)
    assert found.tolist() == [7, 9]
    assert scores[0] > scores[1] > 0
    assert found.dtype == np.int64
    assert scores.dtype == np.float32


def test_k_cuts_ties_by_id() -> None:
    index = build(dict.fromkeys([5, 2, 8, 1], "pin"))
    assert index.search("pin", 2)[0].tolist() == [1, 2]
    assert index.search("pin", 0)[0].tolist() == []


def test_allowed_limits_the_answer_before_k() -> None:
    found, _ = build(DOCUMENTS).search("thử nghiệm pin testing", 1, np.array([9, 4, 99]))
    assert found.tolist() == [9]


@pytest.mark.parametrize("query", ["", "của", "xyz"])
def test_a_query_without_known_terms_finds_nothing(query: str) -> None:
    assert len(build(DOCUMENTS).search(query, 5)[0]) == len(LexicalIndex().search(query, 5)[0]) == 0


def test_unknown_ids_score_nothing() -> None:
    assert build(DOCUMENTS).scores_for("pin", [99, 7])[0] == 0


def test_self_score_is_the_limit_of_repetition() -> None:
    index = build(DOCUMENTS | {1: "pin lab " * 5000})
    [score] = index.scores_for("pin lab", [1])
    assert index.self_score("pin lab") == pytest.approx(score, rel=0.01)
    assert score < index.self_score("pin lab")
    assert index.self_score("") == 0


def test_a_document_in_both_arguments_is_replaced() -> None:
    index = build(DOCUMENTS)
    index.apply({7: "ao nuôi tôm"}, {7})
    assert index.search("tôm", 5)[0].tolist() == [7]
    assert 7 not in index.search("pin", 5)[0]


@given(changes, texts)
def test_any_changes_equal_a_fresh_build(steps: list[tuple[dict[int, str], set[int]]], query: str) -> None:
    index, truth = LexicalIndex(), dict[int, str]()
    for upserts, removals in steps:
        index.apply(upserts, removals)
        truth = {i: text for i, text in truth.items() if i not in removals} | upserts
    fresh = build(truth)
    assert len(index) == len(truth)
    assert index.self_score(query) == fresh.self_score(query)
    for k in (3, 100):
        found, expected = index.search(query, k), fresh.search(query, k)
        assert np.array_equal(found[0], expected[0])
        assert np.array_equal(found[1], expected[1])
    assert np.array_equal(index.scores_for(query, truth), fresh.scores_for(query, truth))


def test_the_arrays_grow() -> None:
    index = build({i: f"pin số {i}" for i in range(300)})
    index.apply({1000: "tôm"}, range(0, 300, 2))
    assert len(index) == 151
    assert set(index.search("pin", 999)[0].tolist()) == set(range(1, 300, 2))


def test_search_during_changes() -> None:
    index = build(DOCUMENTS)
    stop = time.monotonic() + 0.2

    def change(document: int) -> None:
        while time.monotonic() < stop:
            index.apply({document: "pin lab"})
            index.apply({}, {document})

    def ask(_: int) -> None:
        while time.monotonic() < stop:
            assert 7 in index.search("pin", 100)[0]

    with ThreadPoolExecutor(4) as pool:
        for job in [pool.submit(change, 100), pool.submit(change, 101), pool.submit(ask, 0), pool.submit(ask, 1)]:
            job.result()
    assert len(index) == len(DOCUMENTS)
