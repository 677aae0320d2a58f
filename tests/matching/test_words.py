import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.words import LONGEST_SPAN, SHORTEST_SPAN, fold, spans, tokens


def test_accents_and_case_do_not_matter() -> None:
    assert tokens("Ươm tạo Doanh nghiệp") == tokens("uom tao doanh nghiep")
    assert fold("Đổi mới") == "doi moi"


def test_neighbouring_syllables_are_also_one_term() -> None:
    assert tokens("ươm tạo") == ["uom", "tao", "uom tao"]


def test_stop_words_are_dropped_but_kept_inside_a_pair() -> None:
    assert tokens("đầu tư") == ["dau", "dau tu"]
    assert tokens("của các") == tokens("of the") == []


def test_english_words_make_no_pairs() -> None:
    assert tokens("battery testing laboratory") == ["battery", "testing", "laboratory"]


def test_codes_and_numbers_are_terms() -> None:
    assert tokens("ISO 17025, R&D") == ["iso", "17025", "r", "d"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" … !", []),
        ("Xin chào", ["Xin chào"]),
        (
            "Chúng tôi cần phòng thử nghiệm, có chứng nhận ISO 17025. Xin cảm ơn! OK",
            ["Chúng tôi cần phòng thử nghiệm,", "có chứng nhận ISO 17025.", "Xin cảm ơn! OK"],
        ),
        ("AI, IoT, robotics", ["AI, IoT, robotics"]),
        ("Hello, we need 3.5 tonnes\nof dry rice husk", ["Hello, we need 3.5 tonnes", "of dry rice husk"]),
        ("a pilot site – two hectares of paddy", ["a pilot site", "two hectares of paddy"]),
    ],
)
def test_spans_are_clauses(text: str, expected: list[str]) -> None:
    assert spans(text) == expected


def test_a_long_clause_is_cut_into_equal_parts() -> None:
    parts = spans(" ".join(f"word{i}" for i in range(52)))
    assert [len(part.split()) for part in parts] == [17, 18, 17]


@given(st.lists(st.sampled_from(["nước", "tôm", "a", "-", ",", ". ", "\n", "…", "R&D", "3.5"]), max_size=80))
def test_spans_lose_no_word_and_keep_their_order_and_size(pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = spans(text)
    assert [w for span in found for w in fold(span).split() if w[0].isalnum()] == [
        w for w in fold(text).split() if w[0].isalnum()
    ]
    position = 0
    for span in found:
        position = text.index(span, position) + len(span)
    sizes = [sum(any(c.isalnum() for c in word) for word in span.split()) for span in found]
    assert all(size <= LONGEST_SPAN for size in sizes)
    assert len(sizes) == 1 or all(size >= SHORTEST_SPAN for size in sizes)


def test_politeness_says_nothing_of_a_need() -> None:
    assert tokens("Dạ xin chào ạ") == tokens("Hello, thank you!") == []
    assert tokens("Xin chào, cần vốn") == ["von", "can von"]
