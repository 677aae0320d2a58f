"""What a technology says, in words for pages: prices, shares, countries, and the parts of two versions side by side."""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from babel import Locale
from flask_babel import gettext as _

from models.errors import Invalid
from models.texts import LANGUAGES, Bilingual
from models.types import TransferForm
from network.errors import message
from network.formatting import money, number
from network.i18n import LANGUAGE_NAMES, label, language, plain, speaking
from network.queries.technology_facts import Price
from network.services.versions import TEXTS, WORDS
from network.technology_sheet import HEADINGS

OFFICES = {"WO": lambda: _("International application (PCT)"), "EP": lambda: _("European Patent Office")}


def name(part: str) -> str:
    """The name of a part of a technology."""
    names = {
        "title": _("Title"),
        "summary": _("Description"),
        "ready_for": _("Ready for"),
        "evidence": _("Evidence of the readiness level"),
        "price_note": _("Remark on the price"),
        "details": _("Details"),
        "confidential": _("Confidential part"),
        "transfer_forms": _("Forms of transfer"),
        "pictures": _("Pictures"),
    }
    return names.get(part) or str(HEADINGS[part][0])


def names(parts: tuple[str, ...]) -> str:
    return ", ".join(name(part) for part in parts)


def territories(codes: str | None) -> str:
    """'VN, WO' as names; a word that is no code stays as it is."""
    known = Locale(language()).territories
    words = [code.strip() for code in (codes or "").replace("PCT", "WO").split(",") if code.strip()]
    return ", ".join(OFFICES[code]() if code in OFFICES else str(known.get(code, code)) for code in words)


def share(hundredths: int | None) -> str:
    """'33,33 %' in Vietnamese, '33.33%' in English, by the habits of the site."""
    if hundredths is None:
        return ""
    return f"{number(hundredths / 100)}{'%' if language() == 'vi' else ' %'}"


def price(asked: Price) -> str:
    """'One payment: VND 1 billion to VND 2 billion'; empty where nothing is said."""
    amounts = span(asked.low, asked.high)
    basis = label(asked.basis)
    return f"{basis}: {amounts}" if basis and amounts else basis


def span(low: int | None, high: int | None) -> str:
    if low is not None and high is not None and low != high:
        return str(_("%(low)s to %(high)s", low=money(low), high=money(high)))
    if low is None and high is not None:
        return str(_("up to %(high)s", high=money(high)))
    return money(low)


def said(part: str, value: Any, fields: Mapping[str, Bilingual]) -> list[tuple[str, str]]:
    """A value of a version as (language or '', words), one for each language that says something."""
    if value is None or value == []:
        return []
    if part in TEXTS:
        return [(code, text) for code, text in zip(LANGUAGES, value, strict=True) if text]
    return [("", _words(part, value, fields))]


def _words(part: str, value: Any, fields: Mapping[str, Bilingual]) -> str:
    if part in WORDS:
        return label(WORDS[part](value))
    if part == "transfer_forms":
        return ", ".join(label(TransferForm(form)) for form in value)
    if part == "fields":
        return ", ".join(plain(fields[code]) if code in fields else code for code in value)
    if part == "owners":
        return "; ".join(" ".join(filter(None, (owner, share(hundredths)))) for owner, hundredths in value)
    if part == "pictures":
        return "; ".join(plain(Bilingual(vi, en)) for _digest, vi, en in value)
    if part in ("price_low", "price_high"):
        return money(value)
    return territories(value) if part == "ip_territory" else str(value)


def compared(part: str, before: Any, after: Any, fields: Mapping[str, Bilingual]) -> Iterator[tuple[str, list[Any]]]:
    """For each language (or '') the words before and after, as pieces: ('same' | 'gone' | 'new', words)."""
    old, new = dict(said(part, before, fields)), dict(said(part, after, fields))
    for code in ("", *LANGUAGES):
        if old.get(code) != new.get(code):
            yield code, pieces(old.get(code, ""), new.get(code, ""))


def problem(code: str) -> str:
    """Why a row of a spreadsheet is refused."""
    return message(Invalid(code))


def offer_letter(title: Bilingual, trl: int | None, written_in: Bilingual) -> str:
    """The letter that one click sends, in the languages of the need that it answers."""
    letters = []
    for code in LANGUAGES:
        if getattr(written_in, code):
            with speaking(code):
                level = str(_(", TRL %(level)s", level=trl)) if trl else ""
                letters.append(
                    str(
                        _(
                            "We list the technology “%(title)s”%(level)s. It could serve your need, and we would like "
                            "to talk about it. If you agree, tell us a day that suits you.",
                            title=plain(title),
                            level=level,
                        )
                    )
                )
    return "\n\n".join(dict.fromkeys(letters))


def language_name(code: str) -> str:
    return LANGUAGE_NAMES.get(code, "")


def pieces(before: str, after: str) -> list[tuple[str, str]]:
    """What stayed, what went and what came, word by word."""
    old, new = (re.findall(r"\s+|\S+", text) for text in (before, after))
    found: list[tuple[str, str]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(old[a:b])))
            continue
        if b > a:
            found.append(("gone", "".join(old[a:b])))
        if d > c:
            found.append(("new", "".join(new[c:d])))
    return found
