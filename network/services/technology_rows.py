"""One row of a spreadsheet of technologies, as what a technology says (network.services.versions).

An empty cell leaves as it is what stands there; a cell with a single hyphen empties it.
"""

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.errors import Invalid
from models.technologies import PriceBasis
from models.texts import LANGUAGES, Bilingual, fold
from models.types import IpStatus, IpType, TransferForm, Visibility
from network.services import technology_values
from network.services.versions import FIELDS, TEXTS

CLEAR = "-"

LONGEST = {
    "title": 200,
    "summary": 2000,
    "ready_for": 1000,
    "evidence": 2000,
    "price_note": 300,
    "details": 8000,
    "confidential": 8000,
}
PLAIN_LONGEST = {"reference": 60, "ip_number": 120}
OPEN = ("title", "summary", "ready_for", "evidence")
"""Texts that everybody reads who may read the entry."""

WORDS: dict[str, type[enum.StrEnum]] = {
    "ip_type": IpType,
    "ip_status": IpStatus,
    "transfer_form": TransferForm,
    "other_forms": TransferForm,
    "price_basis": PriceBasis,
    "visibility": Visibility,
}

COLUMNS: tuple[str, ...] = (
    "number",
    "reference",
    "title_vi",
    "title_en",
    "summary_vi",
    "summary_en",
    "fields",
    "trl",
    "evidence_vi",
    "evidence_en",
    "ready_for_vi",
    "ready_for_en",
    "ip_type",
    "ip_number",
    "ip_status",
    "ip_territory",
    "owners",
    "transfer_form",
    "other_forms",
    "price_basis",
    "price_low",
    "price_high",
    "price_note_vi",
    "price_note_en",
    "visibility",
    "details_vi",
    "details_en",
    "confidential_vi",
    "confidential_en",
)

EMPTY: Mapping[str, Any] = {
    **dict.fromkeys(FIELDS),
    **{name: [None, None] for name in TEXTS},
    **{name: [] for name in ("fields", "owners", "transfer_forms", "pictures")},
    "visibility": Visibility.PUBLIC.value,
}


@dataclass(frozen=True)
class Problem:
    """Why a row is refused: the column, a code that the page words, and the word that is wrong."""

    column: str
    code: str
    word: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """Folded words in both languages: for the columns of WORDS, and the names and codes of fields."""

    words: Mapping[str, Mapping[str, enum.StrEnum]]
    fields: Mapping[str, str]


def overlay(
    content: Mapping[str, Any], cells: Mapping[str, str], vocabulary: Vocabulary
) -> tuple[dict[str, Any], list[Problem]]:
    """The content with what the cells say laid over it, and what is wrong with the cells."""
    said = {name: list(value) if isinstance(value, list) else value for name, value in content.items()}
    problems: list[Problem] = []
    for column in COLUMNS:
        typed = cells.get(column)
        if typed is None or column == "number":
            continue
        try:
            _READERS[column](said, column, "" if typed == CLEAR else typed, vocabulary)
        except Invalid as error:
            problems.append(Problem(column, error.code, str(error.details.get("word") or "")))
    return said, problems


Reader = Callable[[dict[str, Any], str, str, Vocabulary], None]


def _text(said: dict[str, Any], column: str, typed: str, vocabulary: Vocabulary) -> None:
    name, language = column[:-3], column[-2:]
    if len(typed) > LONGEST[name]:
        raise Invalid("too_long", word=str(LONGEST[name]))
    if name in OPEN and technology_values.has_contact(Bilingual(typed, None)):
        raise Invalid("contact_data")
    value = " ".join(typed.split()) if name in ("title", "price_note") else typed
    said[name][LANGUAGES.index(language)] = value or None


def _plain(said: dict[str, Any], column: str, typed: str, vocabulary: Vocabulary) -> None:
    if len(typed) > PLAIN_LONGEST[column]:
        raise Invalid("too_long", word=str(PLAIN_LONGEST[column]))
    said[column] = " ".join(typed.split()) or None


def _level(said: dict[str, Any], column: str, typed: str, vocabulary: Vocabulary) -> None:
    found = re.match(r"(?:trl\s*)?([1-9])(?!\d|[.,]\d)", fold(typed))
    if typed and not found:
        raise Invalid("not_a_level", word=typed)
    said["trl"] = int(found[1]) if found else None


def _fields(said: dict[str, Any], column: str, typed: str, vocabulary: Vocabulary) -> None:
    codes = set()
    for part in _parts(typed):
        code = vocabulary.fields.get(fold(part)) or vocabulary.fields.get(part.split(" ")[0])
        if code is None:
            raise Invalid("unknown_field", word=part)
        codes.add(code)
    said["fields"] = sorted(codes)


def _word(said: dict[str, Any], column: str, typed: str, vocabulary: Vocabulary) -> None:
    found = _known(column, typed, vocabulary) if typed else None
    if column == "visibility":
        said[column] = found.value if found else Visibility.PUBLIC.value
    else:
        said[column] = found.value if found else None


def _preferred(said: dict[str, Any], column: str, typed: str, vocabulary: Vocabulary) -> None:
    first = [_known(column, typed, vocabulary).value] if typed else []
    said["transfer_forms"] = list(dict.fromkeys([*first, *said["transfer_forms"][1:]]))


def _others(said: dict[str, Any], column: str, typed: str, vocabulary: Vocabulary) -> None:
    others = {_known(column, part, vocabulary).value for part in _parts(typed)}
    first = said["transfer_forms"][:1]
    said["transfer_forms"] = first + [f.value for f in TransferForm if f.value in others and f.value not in first]


def _owners(said: dict[str, Any], column: str, typed: str, vocabulary: Vocabulary) -> None:
    said["owners"] = [[owner.name, owner.share] for owner in technology_values.owners(typed)]


def _territories(said: dict[str, Any], column: str, typed: str, vocabulary: Vocabulary) -> None:
    said[column] = technology_values.territories(typed)


def _amount(said: dict[str, Any], column: str, typed: str, vocabulary: Vocabulary) -> None:
    said[column] = technology_values.amount(typed)


def _known(column: str, typed: str, vocabulary: Vocabulary) -> enum.StrEnum:
    found = vocabulary.words[column].get(" ".join(fold(typed).split()))
    if found is None:
        raise Invalid("unknown_word", word=typed)
    return found


def _parts(typed: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"[;\n]+", typed) if part.strip()]


_READERS: dict[str, Reader] = {
    **{f"{name}_{code}": _text for name in TEXTS for code in LANGUAGES},
    **dict.fromkeys(PLAIN_LONGEST, _plain),
    "trl": _level,
    "fields": _fields,
    "ip_type": _word,
    "ip_status": _word,
    "price_basis": _word,
    "visibility": _word,
    "transfer_form": _preferred,
    "other_forms": _others,
    "owners": _owners,
    "ip_territory": _territories,
    "price_low": _amount,
    "price_high": _amount,
}
