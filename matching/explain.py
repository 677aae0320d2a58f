"""Why an entry was suggested: what each factor added, and which phrases of both texts met."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching import catalogue
from matching.questions import Phrase, Query, Reason, Suggestion
from matching.rank import OTHER_SIDE, Scored
from matching.store import Spans

MOST_PHRASES = 2
PHRASE_FLOOR = 0.45
"""Cosine below which two phrases are not shown as having met: by eye on the starter registry."""

Row = Any


def reasons(scored: Scored, at: int, row: Row, query: Query) -> tuple[Reason, ...]:
    """The factors in play for candidate number `at`, the largest share first. Their weights add up to its score."""
    found = [
        Reason(
            name,
            float(shares[at]),
            float(scored.values[name][at]),
            _details(name, row, query) | ({"known": bool(scored.known[name][at])} if name in scored.known else {}),
            float(scored.losses[name][at]) if name in scored.losses else 0.0,
        )
        for name, shares in scored.shares.items()
    ]
    return tuple(sorted(found, key=lambda reason: -reason.weight))


def other_side(scored: Scored, at: int) -> float | None:
    """How far the owner of candidate number `at` would want to be asked.

    That nothing waits there yet says nothing by itself: it is no more than true of almost everybody.
    """
    if scored.other_side is None or not any(
        name in scored.known and scored.known[name][at] for name in OTHER_SIDE if name != "load"
    ):
        return None
    return float(scored.other_side[at])


def phrases(asked: list[str], vectors: NDArray[np.float32], entry: Spans | None) -> tuple[Phrase, ...]:
    """The best pairs of a span of the question (`vectors` (n, d), one each) and a span of the entry, closest first.

    A span stands in one pair only.
    """
    if entry is None or not asked or not len(entry.vectors):
        return ()
    texts = entry.texts
    similar = vectors @ entry.vectors.astype(np.float32).T
    pairs: list[Phrase] = []
    for _ in range(min(MOST_PHRASES, *similar.shape)):
        i, j = np.unravel_index(int(similar.argmax()), similar.shape)
        best = float(similar[i, j])
        if best < PHRASE_FLOOR:
            break
        pairs.append(Phrase(asked[int(i)], texts[int(j)], min(best, 1.0)))
        similar[i, :] = similar[:, j] = -1
    return tuple(pairs)


def to_json(suggestion: Suggestion) -> list[dict[str, Any]]:
    """The explanation as it is kept with a match: the reasons, and among the details of the meaning the phrases and the
    other side."""
    met = [
        {"asked": phrase.asked, "found": phrase.found, "similarity": round(phrase.similarity, 3)}
        for phrase in suggestion.phrases
    ]
    also: dict[str, object] = {"phrases": met}
    if suggestion.other_side is not None:
        also["other_side"] = round(suggestion.other_side, 3)
    return [
        {
            "factor": reason.factor,
            "weight": round(reason.weight, 4),
            "value": round(reason.value, 4),
            "lost": round(reason.lost, 4),
            "details": {**reason.details, **(also if reason.factor == "meaning" else {})},
        }
        for reason in suggestion.reasons
    ]


def from_json(kept: Iterable[Mapping[str, Any]]) -> tuple[tuple[Reason, ...], tuple[Phrase, ...]]:
    """The reasons and phrases that `to_json` wrote."""
    reasons, met = [], []
    for item in kept:
        details = dict(item["details"])
        met += [Phrase(**phrase) for phrase in details.pop("phrases", ())]
        details.pop("other_side", None)
        reasons.append(Reason(item["factor"], item["weight"], item["value"], details, item.get("lost", 0.0)))
    return tuple(reasons), tuple(met)


def other_side_of(kept: Iterable[Mapping[str, Any]]) -> float | None:
    """The other side as `to_json` wrote it; None for a match from before it was kept."""
    said = (item["details"].get("other_side") for item in kept)
    return next((float(value) for value in said if value is not None), None)


def _details(name: str, row: Row, query: Query) -> dict[str, object]:
    return DETAILS[name](row, query) if name in DETAILS else {}


def _kind(row: Row, query: Query) -> dict[str, object]:
    held = catalogue.named(catalogue.OFFER_KINDS, int(row["kinds"]))
    wanted = [kind.value for kind in query.kinds]
    return {"kinds": [kind for kind in held if kind in wanted] or wanted}


def _field(row: Row, query: Query) -> dict[str, object]:
    held = [str(number) for number in row["fields"] if number]
    same = [code for code in held if code in query.fields]
    near = [code for code in held if code[0] in {wanted[0] for wanted in query.fields}]
    return {"fields": same or near or held, "broad": not same}


def _stage(row: Row, query: Query) -> dict[str, object]:
    return {"stages": [query.stage.value] if query.stage else []}


def _trl(row: Row, query: Query) -> dict[str, object]:
    return {"low": int(row["trl_min"]) or None, "high": int(row["trl_max"]) or None}


def _district(row: Row, query: Query) -> dict[str, object]:
    code = int(row["district"])
    return {"district": catalogue.DISTRICT_CODES[code - 1] if code else None}


def _language(row: Row, query: Query) -> dict[str, object]:
    return {"languages": [query.language] if query.language else []}


def _capacity(row: Row, query: Query) -> dict[str, object]:
    held = int(row["capacity"])
    return {"capacity": held - 1 if held else None}


DETAILS: dict[str, Callable[[Row, Query], dict[str, object]]] = {
    "kind": _kind,
    "field": _field,
    "stage": _stage,
    "trl": _trl,
    "district": _district,
    "language": _language,
    "capacity": _capacity,
}
