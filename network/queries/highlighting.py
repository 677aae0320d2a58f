"""Which letters of a text were looked for, with whatever marks they are written: 'uom tao' is found in 'Ươm tạo'."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.texts import LANGUAGES, Bilingual, Language, fold

_WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 12
EXCERPT = 220
"""Characters of an excerpt, about two lines."""

Words = tuple[str, ...]


def words_of(text: str) -> Words:
    """The distinct words of a question, folded."""
    return tuple(dict.fromkeys(_WORD.findall(fold(text))))[:MOST_WORDS]


@dataclass(frozen=True)
class Passage:
    """A text in one language in pieces, each with whether it was looked for."""

    pieces: tuple[tuple[str, bool], ...]
    language: Language | None

    @property
    def found(self) -> bool:
        return any(marked for _, marked in self.pieces)

    @property
    def text(self) -> str:
        return "".join(piece for piece, _ in self.pieces)


def found_words(text: str, words: Words) -> set[str]:
    """Which of the words begin a word of the text."""
    folded = fold(text)
    return {word for word in words if _beginning(word).search(folded)}


def passage(text: str, language: Language | None, words: Words) -> Passage:
    return Passage(tuple(_pieces(text, _ranges(text, words))), language)


def in_language(text: Bilingual | None, language: str, words: Words) -> Passage:
    """The text as the reader of this language sees it."""
    chosen, code = (text or Bilingual()).pick(language)
    return passage(chosen, code, words)


def excerpt(texts: Iterable[Bilingual | None], language: str, words: Words) -> Passage | None:
    """The surroundings of the words in the text that has most of them, in the reader's language if both have as many.

    None when no text has any of them.
    """
    ordered = sorted(LANGUAGES, key=lambda code: code != language)
    candidates = [(part, code) for code in ordered for text in texts if text and (part := getattr(text, code))]
    best = max(candidates, key=lambda candidate: len(found_words(candidate[0], words)), default=None)
    if best is None or not found_words(best[0], words):
        return None
    text, code = best
    return passage(_cut(text, _ranges(text, words)[0][0]), code, words)


def _cut(text: str, start: int) -> str:
    """At most EXCERPT characters around `start`, cut between words, with dots where something is missing."""
    if len(text) <= EXCERPT:
        return text
    first = max(0, min(start - EXCERPT // 3, len(text) - EXCERPT))
    last = first + EXCERPT
    if first:
        first = text.find(" ", first) + 1 or first
    if last < len(text):
        last = max(text.rfind(" ", first, last), start + 1)
    return f"{'… ' if first else ''}{text[first:last].strip()}{' …' if last < len(text) else ''}"


def _beginning(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){re.escape(word)}")


def _ranges(text: str, words: Words) -> list[tuple[int, int]]:
    """Start and end of what was looked for, in order, without overlaps. Words side by side are one range."""
    folded, places = "", list[int]()
    for place, character in enumerate(text):
        letters = fold(character)
        folded += letters
        places += [place] * len(letters)
    taken = sorted(
        (places[match.start()], places[match.end() - 1] + 1)
        for word in words
        for match in _beginning(word).finditer(folded)
    )
    ranges: list[tuple[int, int]] = []
    for start, end in taken:
        while end < len(text) and not fold(text[end]) and not text[end].isspace():
            end += 1  # marks that are written as characters of their own
        if ranges and not text[ranges[-1][1] : start].strip():
            ranges[-1] = (ranges[-1][0], max(end, ranges[-1][1]))
        else:
            ranges.append((start, end))
    return ranges


def _pieces(text: str, ranges: Sequence[tuple[int, int]]) -> Iterable[tuple[str, bool]]:
    place = 0
    for start, end in ranges:
        if start > place:
            yield text[place:start], False
        yield text[start:end], True
        place = end
    if place < len(text):
        yield text[place:], False
