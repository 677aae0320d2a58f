"""What is written of a technology, read the same way from a form and from a spreadsheet, and what must hold of it.

Amounts are whole dong, shares hundredths of a percent. Every function raises Invalid with a code the pages word.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from babel import Locale

from models.errors import Invalid
from models.technologies import Owner, PriceBasis
from models.texts import Bilingual, fold
from models.types import IpStatus, IpType

REGIONAL = frozenset({"WO", "EP", "EA", "AP", "OA"})
"""Offices that receive an application for several countries at once."""

MOST_OWNERS = 12
MOST_VND = 10**15
WITH_AMOUNTS = frozenset({PriceBasis.LUMP_SUM, PriceBasis.YEARLY})

_UNITS = {
    **dict.fromkeys(("ty", "billion", "bn", "b"), 10**9),
    **dict.fromkeys(("trieu", "tr", "million", "m"), 10**6),
    **dict.fromkeys(("nghin", "ngan", "thousand", "k"), 10**3),
}
_CURRENCY = re.compile(r"(?<![a-z])(?:vnd|dong|d)(?![a-z])|₫")
_GROUPED = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*|\d+")
_DECIMAL = re.compile(r"\d+(?:[.,]\d{1,2})?")
_OWNER = re.compile(r"^(?P<name>.*?)[\s,:(–-]*(?P<share>\d[\d.,]*)\s*%\s*\)?$", re.DOTALL)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w")
_TELEPHONE = re.compile(r"(?<![\w.+-])(?:\+84[ .-]?|0)\d{1,3}[ .-]?\d{3,4}[ .-]?\d{3,4}(?![\w-]|\.\d)")
_DIGITS_OF_A_NUMBER = range(10, 13)


@cache
def countries() -> frozenset[str]:
    """Two-letter codes of countries, with those of the regional offices."""
    codes = frozenset(code for code in map(str, Locale("en").territories) if re.fullmatch("[A-Z]{2}", code))
    return (codes - {"EZ", "QO", "UN", "XA", "XB", "ZZ"}) | REGIONAL


def territories(text: str | None) -> str | None:
    """'vn; pct' -> 'VN, WO'. Raises Invalid('unknown_territory') naming the word that is no code."""
    codes = []
    for word in re.split(r"[\s,;/]+", (text or "").strip()):
        code = {"PCT": "WO", "EPO": "EP"}.get(word.upper(), word.upper())
        if word and code not in countries():
            raise Invalid("unknown_territory", word=word)
        codes.append(code)
    return ", ".join(dict.fromkeys(filter(None, codes)))[:40] or None


def amount(text: str | None) -> int | None:
    """'1.500.000.000', '1,5 tỷ' or '1.5 billion VND' as whole dong. Raises Invalid('not_an_amount')."""
    words = " ".join(_CURRENCY.sub(" ", fold(text or "")).split())
    if not words:
        return None
    found = re.fullmatch(r"([\d., ]*\d) ?([a-z]*)", words)
    figure, unit = found.groups() if found else ("", "")
    if found and not unit and _GROUPED.fullmatch(figure):
        value = Decimal(re.sub(r"\D", "", figure))
    elif found and unit in _UNITS and _DECIMAL.fullmatch(figure):
        value = Decimal(figure.replace(",", ".")) * _UNITS[unit]
    else:
        raise Invalid("not_an_amount", word=text)
    if value > MOST_VND:
        raise Invalid("not_an_amount", word=text)
    return int(value)


def share(text: str | None) -> int | None:
    """'33,33 %' as 3333. Raises Invalid('not_a_share')."""
    figure = (text or "").strip().removesuffix("%").strip()
    if not figure:
        return None
    if not _DECIMAL.fullmatch(figure):
        raise Invalid("not_a_share", word=text)
    value = int(Decimal(figure.replace(",", ".")) * 100)
    if not 1 <= value <= 10000:
        raise Invalid("not_a_share", word=text)
    return value


def owners(text: str | None) -> tuple[Owner, ...]:
    """'Trường A 60%; Công ty B 40%', one after the other or one a line. Raises Invalid('not_a_share')."""
    found = []
    for part in re.split(r"[;\n]+", text or ""):
        part = " ".join(part.split())
        match = _OWNER.match(part)
        if match:
            found.append(Owner(match["name"].strip(), share(match["share"])))
        elif part:
            found.append(Owner(part))
    return tuple(found)


def check(values: Mapping[str, Any]) -> None:
    """What must hold between the values of a technology. Names that are not given are not looked at."""
    _check_owners(values.get("owners") or ())
    basis, low, high = (values.get(name) for name in ("price_basis", "price_low", "price_high"))
    if low is not None and high is not None and low > high:
        raise Invalid("price_order")
    if basis in WITH_AMOUNTS and low is None and high is None:
        raise Invalid("price_missing")
    if basis not in WITH_AMOUNTS and (low is not None or high is not None):
        raise Invalid("price_without_basis")
    stated = values.get("ip_number") or values.get("ip_status") not in (None, IpStatus.NONE)
    if values.get("ip_type") is IpType.NONE and stated:
        raise Invalid("protection_contradicts")
    if any(has_contact(values.get(name)) for name in ("title", "summary", "ready_for", "evidence")):
        raise Invalid("contact_data")


def has_contact(text: Bilingual | None) -> bool:
    """Whether an e-mail address or a telephone number of Vietnam stands in the text."""
    parts = [part for part in (text.vi, text.en) if part] if text else []
    numbers = [re.sub(r"\D", "", found) for part in parts for found in _TELEPHONE.findall(part)]
    return any(_MAIL.search(part) for part in parts) or any(len(n) in _DIGITS_OF_A_NUMBER for n in numbers)


def _check_owners(owners: Sequence[Owner]) -> None:
    names = [fold(owner.name) for owner in owners]
    if not all(name.strip() for name in names):
        raise Invalid("owner_missing")
    if len(owners) > MOST_OWNERS:
        raise Invalid("too_many_owners")
    if len(set(names)) < len(names):
        raise Invalid("owner_twice")
    shares = [owner.share for owner in owners if owner.share is not None]
    if sum(shares) > 10000:
        raise Invalid("shares_over")
    if owners and len(shares) == len(owners) and sum(shares) < 9990:
        raise Invalid("shares_short")
