"""BM25 over blocks that never change: the numbers of bm25s, whatever blocks the documents stand in."""

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.lexical import K1, B, Postings, Ranking
from matching.words import tokens

DOCUMENTS = [
    "Phòng thử nghiệm pin xe điện",
    "Ươm tạo sản phẩm trí tuệ nhân tạo",
    "Battery testing laboratory, electric vehicles; testing on site",
    "Quỹ đầu tư mạo hiểm",
]

WORDS = ["pin", "điện", "nước", "tôm", "ươm", "tạo", "lab", "test", "đầu", "tư", "của"]

texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
counted_texts = st.lists(st.tuples(texts, st.booleans()), max_size=8)


@pytest.mark.parametrize("query", ["thử nghiệm pin", "testing electric battery", "đầu tư tạo", "không có gì đâu"])
def test_scores_are_those_of_bm25s(query: str) -> None:
    reference = bm25s.BM25(method="lucene", k1=K1, b=B)
    reference.index([tokens(text) for text in DOCUMENTS], show_progress=False)
    known = [term for term in dict.fromkeys(tokens(query)) if term in reference.vocab_dict]
    expected = reference.get_scores(known) if known else np.zeros(len(DOCUMENTS))
    assert Ranking.of(DOCUMENTS).scores(query)[0] == pytest.approx(expected, rel=1e-5)


def test_accents_may_be_missing() -> None:
    assert np.flatnonzero(Ranking.of(DOCUMENTS).scores("uom tao")[0]).tolist() == [1]


@pytest.mark.parametrize("query", ["", "của", "xyz"])
def test_a_query_without_known_terms_finds_nothing(query: str) -> None:
    assert not Ranking.of(DOCUMENTS).scores(query)[0].any()
    assert len(Ranking.of([]).scores(query)[0]) == 0


def test_coverage_is_all_of_what_repetition_could_reach() -> None:
    shares = Ranking.of([*DOCUMENTS, "pin lab " * 5000]).coverage("pin lab")
    assert shares[4] == pytest.approx(1, rel=0.01)
    assert shares[4] < 1
    assert 0 < shares[0] < 0.6
    assert not Ranking.of(DOCUMENTS).coverage("").any()


@given(counted_texts, counted_texts, texts)
def test_what_does_not_count_is_as_if_it_were_not_there(
    first: list[tuple[str, bool]], second: list[tuple[str, bool]], query: str
) -> None:
    everything = [*first, *second]
    counted = np.array([kept for _, kept in everything], dtype=bool)
    blocks = [Postings.of(text for text, _ in block) for block in (first, second)]
    scores, most = Ranking(blocks, counted).scores(query)
    fresh, expected = Ranking.of([text for text, kept in everything if kept]).scores(query)
    assert np.array_equal(scores[counted], fresh)
    assert not scores[~counted].any()
    assert most == expected


@given(counted_texts, counted_texts)
def test_joined_equals_built_anew(first: list[tuple[str, bool]], second: list[tuple[str, bool]]) -> None:
    kept, parts = [], []
    for block in (first, second):
        numbers = np.full(len(block), -1, dtype=np.int32)
        for number, (text, counts) in enumerate(block):
            if counts:
                numbers[number] = len(kept)
                kept.append(text)
        parts.append((Postings.of(text for text, _ in block), numbers))
    joined, fresh = Postings.joined(parts, len(kept)), Postings.of(kept)
    for name in ("terms", "bounds", "documents", "counts", "lengths"):
        assert np.array_equal(getattr(joined, name), getattr(fresh, name)), name
