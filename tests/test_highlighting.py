"""Which letters of a text were looked for."""

import unicodedata

import pytest

from models.texts import Bilingual
from network.queries.highlighting import EXCERPT, excerpt, found_words, passage, words_of


def marked(text: str, question: str) -> str:
    found = passage(text, "vi", words_of(question))
    assert found.text == text
    return "".join(f"[{piece}]" if mark else piece for piece, mark in found.pieces)


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("Ươm tạo ở Đống Đa", "uom", "[Ươm] tạo ở Đống Đa"),
        ("Ươm tạo ở Đống Đa", "dong da", "Ươm tạo ở [Đống Đa]"),
        ("sensors, Sensor", "sensor", "[sensor]s, [Sensor]"),
        ("trái AI", "ai", "trái [AI]"),
        ("nước-thải", "nuoc thai", "[nước]-[thải]"),
        ("a b", "", "a b"),
        ("", "a", ""),
    ],
)
def test_marks_are_kept_as_written(text: str, question: str, expected: str) -> None:
    assert marked(text, question) == expected


def test_marks_written_as_characters_of_their_own() -> None:
    text = unicodedata.normalize("NFD", "nước thải")
    assert marked(text, "nuoc") == f"[{unicodedata.normalize('NFD', 'nước')}]{unicodedata.normalize('NFD', ' thải')}"
    assert marked(text, "nước thải") == f"[{text}]"


def test_found_words_begin_a_word() -> None:
    assert found_words("Cảm biến nước", words_of("cam nuoc bi en")) == {"cam", "nuoc", "bi"}


def test_an_excerpt_shows_the_surroundings_in_the_readers_language_first() -> None:
    text = Bilingual("Đầu. " + "chữ " * 100 + "cảm biến laser " + "chữ " * 100, "A laser")
    assert excerpt([text], "en", ("laser",)).text == "A laser"
    cut = excerpt([text], "en", ("laser", "cam"))
    assert cut.language == "vi"
    assert "cảm biến laser" in cut.text
    assert cut.text.startswith("… ")
    assert cut.text.endswith(" …")
    assert len(cut.text) <= EXCERPT + 4
    assert excerpt([text, None], "en", ("zebra",)) is None
