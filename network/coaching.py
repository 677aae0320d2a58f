"""What a need still lacks, read from the form as it stands: facts by their fields, the rest by words in the text.

The words are a hint and no more: what is said in other words counts as missing, so the page asks and never forbids.
"""

import re
from dataclasses import dataclass

from models.texts import fold
from network.services.needs import NeedValues

ENOUGH_WORDS = 25
"""Words of a description from which the suggestions can be told apart; the examples on the page have 30 to 40."""

TRIED = """da thu|da lam|da dung thu|da ap dung|da thue|da mua|da tu|hien co|hien nay chung toi|truoc day|tung thu|
chua dat|khong dat|that bai|have tried|tried|have tested|we tested|so far|already|at present|until now|did not work|
failed"""
COOPERATION = """hop tac|hop dong|dat hang|thue phong|thue dich vu|thue thiet bi|mua lai|chuyen giao|cung phat trien|
dong phat trien|gop von|goi von|cap phep|li xang|lien doanh|thu nghiem chung|cung thu nghiem|tra phi|dich vu tron goi|
cooperat|contract|licen|joint|hire|rent|purchase|invest|partnership|pay for|service fee|pilot together"""


@dataclass(frozen=True)
class Check:
    """One thing that a need should say. `field` is the id of the control where it is said."""

    key: str
    said: bool
    field: str


def checks(values: NeedValues) -> tuple[Check, ...]:
    """In the order of the form."""
    texts = [part for text in (values.title, values.summary, values.details) for part in (text.vi, text.en) if part]
    described = max((len((part or "").split()) for part in (values.summary.vi, values.summary.en)), default=0)
    folded = fold(" ".join(texts))
    language = "en" if values.summary.en and not values.summary.vi else "vi"
    return (
        Check("text", described >= ENOUGH_WORDS, f"summary_{language}"),
        Check("tried", _has(folded, TRIED), f"details_{language}"),
        Check("cooperation", _has(folded, COOPERATION), f"details_{language}"),
        Check("kind", bool(values.kinds), "kinds"),
        Check("field", bool(values.fields), "fields"),
        Check("stage", values.stage is not None, "stage"),
        Check("deadline", values.needed_by is not None, "needed_by"),
        Check("budget", values.budget_vnd is not None, "budget"),
    )


def _has(folded: str, words: str) -> bool:
    """Whether one of the words begins a word of the text."""
    return any(re.search(rf"(?<![a-z0-9]){re.escape(word.strip())}", folded) for word in words.split("|"))
