"""The bilingual examples: which pairs are kept, how passages are joined, what is done to a text before it is read.

An example is an English and a Vietnamese text that say the same. Everything here is seeded and uses no network.
"""

import gzip
import io
import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

# source -> (least English words, most pairs kept); the sources that are absent here are left out
INTERFACE_SOURCES = {
    "debian_software_ui": (6, 10_300),
    "libreoffice_ui": (5, 750),
    "mozilla_firefox_thunderbird": (4, 2_200),
    "pypi_gpl_apps": (4, 1_400),
    "mediawiki_i18n": (4, 1_000),
    "dokuwiki_i18n": (4, 80),
    "odoo_business": (2, 10_300),
    "erpnext_frappe": (2, 3_800),
    "oca_odoo_addons": (2, 100),
    "espocrm": (2, 160),
}
PASSAGE_SOURCES = (
    "alt_wikinews",
    "d2l_vn",
    "hf_course",
    "react_docs",
    "ms_for_beginners",
    "udhr",
    "libreoffice_help",
    "debian_manuals",
    "gnome_mate_help",
)  # in document order, so that neighbours belong together
MOST_WORDS = 70  # of a sentence; longer ones are mostly lists and licences

WORD = re.compile(r"[^\W\d_]+")


class Example(NamedTuple):
    """One meaning in two languages."""

    source: str
    english: str
    vietnamese: str


def seeded(*parts: object) -> random.Random:
    """Chance that is the same in every run: a generator for one purpose, named by `parts`."""
    return random.Random(" ".join(map(str, parts)))  # noqa: S311


def read_pairs(path: Path) -> Iterator[Example]:
    """The usable lines of a file `en<TAB>vi[<TAB>source]`; a file without sources is one source, named after it."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
        for line in io.TextIOWrapper(lines, encoding="utf-8"):
            english, vietnamese, *source = (unicodedata.normalize("NFC", f).strip() for f in line.split("\t"))
            if is_usable(english, vietnamese):
                yield Example(source[0] if source else path.stem, english, vietnamese)


def is_usable(english: str, vietnamese: str) -> bool:
    """Both sides hold words, differ, and are of comparable length."""
    here, there = len(WORD.findall(english)), len(WORD.findall(vietnamese))
    if not here or not there or max(len(english.split()), len(vietnamese.split()) / 1.5) > MOST_WORDS:
        return False
    return english.lower() != vietnamese.lower() and (here + there < 8 or 0.5 <= there / here <= 3)


def select_pairs(pairs: Iterable[Example], seed: int) -> list[Example]:
    """Prose and business language in full, interface strings thinned out; no pair twice; order kept."""
    groups: dict[str, list[Example]] = defaultdict(list)
    for pair in dict.fromkeys(pairs):
        groups[pair.source].append(pair)
    chosen = []
    for source, group in groups.items():
        least, most = INTERFACE_SOURCES.get(source, (1, len(group)))
        long_enough = [i for i, pair in enumerate(group) if len(pair.english.split()) >= least]
        picked = seeded(seed, source).sample(long_enough, min(most, len(long_enough)))
        chosen += [group[i] for i in sorted(picked)]
    return chosen


def passages(pairs: Sequence[Example], seed: int, rounds: int) -> list[Example]:
    """Two to ten neighbouring sentences of a source as one example, 30 to 190 English words; `rounds` ways to cut."""
    result = []
    for number in range(rounds):
        rng = seeded(seed, "passages", number)
        start, words, wanted = 0, 0, rng.randint(30, 190)
        for i, pair in enumerate(pairs):
            if pair.source not in PASSAGE_SOURCES or pair.source != pairs[start].source:
                start, words = i, 0
                if pair.source not in PASSAGE_SOURCES:
                    continue
            words += len(pair.english.split())
            if i > start and (words >= wanted or i - start == 9):
                part = pairs[start : i + 1]
                join: Callable[[Iterable[str]], str] = " ".join
                result.append(
                    Example(pair.source + "+", join(p.english for p in part), join(p.vietnamese for p in part))
                )
                start, words, wanted = i + 1, 0, rng.randint(30, 190)
    return result


def without_diacritics(text: str) -> str:
    """Vietnamese as typed on a bare keyboard: letters keep their case and lose every mark."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return unicodedata.normalize("NFC", "".join(c for c in bare if not unicodedata.combining(c)))


def partly_without_diacritics(text: str, rng: random.Random) -> str:
    """Some words lose their marks, as in hurried typing or after a faulty import."""
    share = rng.random()
    return " ".join(without_diacritics(word) if rng.random() < share else word for word in text.split(" "))


def with_typing_noise(text: str, rng: random.Random) -> str:
    """One typing slip in about every tenth word, or another casing, or no punctuation."""
    kind = rng.random()
    if kind < 0.2:
        return text.upper()
    if kind < 0.5:
        return re.sub(r"[.,;:!?\"'()]+", "", text)
    words = text.split(" ")
    for i, word in enumerate(words):
        if len(word) > 2 and rng.random() < 0.1:
            at = rng.randrange(len(word) - 1)
            slip = rng.random()
            if slip < 0.4:
                words[i] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            elif slip < 0.7:
                words[i] = word[:at] + word[at + 1 :]
            else:
                words[i] = word[: at + 1] + word[at:]
    return " ".join(words)


def switch_codes(text: str, terms: dict[str, str], rng: random.Random) -> str:
    """Up to two Vietnamese terms of one to four syllables replaced by their English, as founders speak."""
    words = text.split(" ")
    left = 2
    i = 0
    while i < len(words) and left:
        for size in (4, 3, 2, 1):
            term = terms.get(" ".join(words[i : i + size]).lower().strip(".,;:!?"))
            if term and i + size <= len(words) and rng.random() < 0.5:
                words[i : i + size] = [term]
                left -= 1
                break
        i += 1
    return " ".join(words)
