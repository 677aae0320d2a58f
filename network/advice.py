"""What would change a score: for each factor that took something away, one sentence to whoever asks.

Templates use `advice` (the sentence) and `in_your_hands` (whether the reader can do it).
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from matching.questions import Reason
from models.types import SubjectKind
from network.explanations import is_against
from network.i18n import label
from network.queries.suggestions import SuggestionCard

THEIRS = ("capacity", "fresh", "record", "load")
"""Factors that only the other side can change."""


def in_your_hands(reason: Reason) -> bool:
    """Whether whoever asks can change what the factor says, rather than the owner of the entry."""
    return reason.factor not in THEIRS and bool(reason.details.get("known", True))


def advice(reason: Reason, card: SuggestionCard) -> str:
    """What would make `reason` take less away from the entry of this card."""
    if reason.factor not in THEIRS and not in_your_hands(reason):
        return str(_("Only its owner can say so, in the entry."))
    return SENTENCES[reason.factor](card)


def _text(card: SuggestionCard) -> str:
    return str(
        _("Say more closely what it is for, what it must do and under which conditions. This counts most of all.")
    )


def _kind(card: SuggestionCard) -> str:
    if card.subject is SubjectKind.OFFER:
        return str(_("It is an offer of: %(kind)s. If that would help as well, tick it too.", kind=label(card.kind)))
    return str(_("If another kind of help would do as well, tick it too."))


def _field(card: SuggestionCard) -> str:
    return str(_("If what you need touches that field as well, choose it too."))


def _stage(card: SuggestionCard) -> str:
    return str(_("If you are at another stage than you have said, correct it."))


def _trl(card: SuggestionCard) -> str:
    return str(_("If your technology is at another level than you have said, correct it."))


def _language(card: SuggestionCard) -> str:
    return str(_("Write what you need in both languages: then the language no longer counts."))


def _district(card: SuggestionCard) -> str:
    return str(_("If the help may be anywhere, leave the place open."))


def _capacity(card: SuggestionCard) -> str:
    return str(_("This changes when they say that there is room again. You may ask all the same."))


def _fresh(card: SuggestionCard) -> str:
    return str(_("This changes when its owner confirms the entry. You may ask all the same."))


def _record(card: SuggestionCard) -> str:
    return str(_("This changes with the answers they give to others."))


def _load(card: SuggestionCard) -> str:
    return str(_("This changes when they have answered the others who wait."))


SENTENCES: Mapping[str, Callable[[SuggestionCard], str]] = {
    "meaning": _text,
    "words": _text,
    "kind": _kind,
    "field": _field,
    "stage": _stage,
    "trl": _trl,
    "language": _language,
    "district": _district,
    "capacity": _capacity,
    "fresh": _fresh,
    "record": _record,
    "load": _load,
}


def init_app(app: Flask) -> None:
    values: dict[str, Any] = {"advice": advice, "in_your_hands": in_your_hands}
    app.jinja_env.globals.update(values)
    app.jinja_env.tests["speaks_against"] = is_against
