"""From candidates to scores: does the text fit, and does what is known besides agree?

    text  = 1 - (1 - meaning) * (1 - words)             either way of meeting is enough
    score = text * (1 - sum of w * (1 - value))         over the other factors that the question makes active

The other factors only take away, each at most its weight: a structured factor can never lift an unrelated text, and
with nothing known the score is that of the text. Multiplied out, the score is a sum of shares, one for each factor,
which is what people are shown as reasons. A factor that the question says nothing about is left out; where the entry
says nothing, the factor takes its neutral value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.catalogue import (
    DISTRICT_CODES,
    OFFER_KINDS,
    STAGES,
    Rows,
    bits,
    broad,
    code,
    field_numbers,
)
from matching.questions import Query
from models.texts import LANGUAGES
from models.types import OfferKind

Values = NDArray[np.float64]

RELATED: tuple[frozenset[OfferKind], ...] = (
    frozenset(
        {OfferKind.INCUBATION, OfferKind.ACCELERATION, OfferKind.MENTORING, OfferKind.TRAINING, OfferKind.WORKSPACE}
    ),
    frozenset({OfferKind.LAB, OfferKind.TESTING, OfferKind.CONTRACT_RESEARCH}),
    frozenset({OfferKind.LICENSING, OfferKind.CONTRACT_RESEARCH, OfferKind.IP_LEGAL}),
    frozenset({OfferKind.PILOT, OfferKind.MARKET_ACCESS}),
)
"""Kinds of help that people take one for the other when they write a need."""

TRL_REACH = 4  # levels outside the range at which nothing is left


@dataclass(frozen=True)
class Calibration:
    """How the cosines of an encoder are read: meaning = 1 / (1 + exp((middle - cosine) / width))."""

    middle: float
    width: float


CALIBRATIONS: Mapping[str, Calibration] = {
    # The best answers to the 120 dev needs of network_dev: half above .54, 5 % below .35. Their nearest offers: 95 %
    # above .45. 300 everyday sentences that ask for nothing: 95 % have no offer nearer than .45.
    "hanoi-vi-en-1": Calibration(0.54, 0.10),
    "hashing-256": Calibration(0.30, 0.08),
}
DEFAULT_CALIBRATION = Calibration(0.45, 0.08)


def calibration(model: str) -> Calibration:
    """The scale of the encoder of this name; a guess for one that has not been measured."""
    return CALIBRATIONS.get(model, DEFAULT_CALIBRATION)


@dataclass(frozen=True)
class Policy:
    """A way of ranking under a name that is kept with every stored match. See the module for the formula.

    `words_gain` is the k of words = 1 - exp(-k * coverage ** 1.5); `words_alone` the same without an encoder, when
    coverage has to carry everything. Below `threshold` a suggestion is the nearest there is, not a fit.
    """

    name: str
    weights: Mapping[str, float]
    words_gain: float
    words_alone: float
    threshold: float
    neutral: float = 0.5


PRIOR = Policy(
    name="prior-1",
    weights={
        "kind": 0.12,
        "field": 0.10,
        "stage": 0.04,
        "trl": 0.04,
        "language": 0.04,
        "district": 0.02,
        "capacity": 0.02,
    },
    words_gain=16.0,
    words_alone=60.0,
    threshold=0.28,  # 95 % of the dev needs of network_dev have a suggestion above it, by their text alone
)


@dataclass(frozen=True)
class Scored:
    """Scores of m candidates, 0 to 1, and for each active factor its values and its shares; shares add up to scores."""

    scores: Values
    values: Mapping[str, Values] = field(default_factory=dict)
    shares: Mapping[str, Values] = field(default_factory=dict)


def score(
    query: Query,
    rows: Rows,
    cosine: NDArray[np.floating] | None,
    coverage: NDArray[np.floating],
    calibration: Calibration,
    policy: Policy = PRIOR,
) -> Scored:
    """Ranks the candidates of one question. `cosine` is None when words are all there is."""
    word = words(coverage, policy.words_alone if cosine is None else policy.words_gain)
    near = np.zeros(len(rows)) if cosine is None else meaning(cosine, calibration)
    text = 1 - (1 - near) * (1 - word)
    values = {name: factor(query, rows) for name, factor in FACTORS.items()}
    active = {name: np.nan_to_num(value, nan=policy.neutral) for name, value in values.items() if value is not None}
    kept = 1 - sum(policy.weights[name] for name in active)
    shares = {"meaning": near * kept, "words": (1 - near) * word * kept}
    shares |= {name: text * policy.weights[name] * value for name, value in active.items()}
    if cosine is None:
        del shares["meaning"]
    scores = np.clip(np.sum(list(shares.values()), axis=0), 0, 1)
    return Scored(scores, {"meaning": near, "words": word, **active}, shares)


def meaning(cosine: NDArray[np.floating], calibration: Calibration) -> Values:
    """How near the texts are in meaning: the cosine of their vectors on the scale of the encoder (Calibration)."""
    scaled = (np.asarray(cosine, dtype=np.float64) - calibration.middle) / calibration.width
    found: Values = 1 / (1 + np.exp(-np.clip(scaled, -50, 50)))
    return found


def words(coverage: NDArray[np.floating], gain: float) -> Values:
    """How much the shared words say: next to nothing at 2 %, all but everything at 40 %.

    The power is that of matching.fusion. On network_dev, nDCG@10 of dev and test part: meaning alone .519 and .528,
    gain 8 .533 and .544, gain 16 .525 and .547, the sum of matching.fusion .536 and .546.
    """
    found: Values = 1 - np.exp(-gain * np.clip(np.asarray(coverage, dtype=np.float64), 0, 1) ** 1.5)
    return found


def kind(query: Query, rows: Rows) -> Values | None:
    """1 if the entry gives a kind of help that is asked for, .5 for a related one. From the lists both sides tick."""
    if not query.kinds:
        return None
    exact = bits(OFFER_KINDS, query.kinds)
    related = bits(OFFER_KINDS, {other for group in RELATED if group & set(query.kinds) for other in group})
    value = np.select([rows["kinds"] & exact != 0, rows["kinds"] & related != 0], [1.0, 0.5], 0.0)
    return _where_known(value, rows["kinds"] != 0)


def field_of_knowledge(query: Query, rows: Rows) -> Values | None:
    """1 for a common field of the OECD classification, .5 for a common broad field."""
    asked = np.array(field_numbers(query.fields), dtype=np.int64)
    if not asked.size:
        return None
    given = rows["fields"].astype(np.int64)
    same = np.isin(given, asked).any(axis=1)
    near = np.isin(broad(given), broad(asked)).any(axis=1)
    return _where_known(np.select([same, near], [1.0, 0.5], 0.0), (given != 0).any(axis=1))


def stage(query: Query, rows: Rows) -> Values | None:
    """1 if the entry is for the stage of whoever asks, .5 for the one before or after."""
    if query.stage is None:
        return None
    own = bits(STAGES, [query.stage])
    beside = (own << 1 | own >> 1) & (1 << len(STAGES)) - 1
    value = np.select([rows["stages"] & own != 0, rows["stages"] & beside != 0], [1.0, 0.5], 0.0)
    return _where_known(value, rows["stages"] != 0)


def trl(query: Query, rows: Rows) -> Values | None:
    """1 within the range of technology readiness levels of the entry, less with each level outside it."""
    if query.trl is None:
        return None
    below, above = rows["trl_min"] - query.trl, query.trl - rows["trl_max"]
    value = 1 - np.clip(np.maximum(below, above), 0, TRL_REACH) / TRL_REACH
    return _where_known(value, rows["trl_min"] != 0)


def language(query: Query, rows: Rows) -> Values | None:
    """1 if the help is given in the language of whoever asks."""
    if query.language is None:
        return None
    return _where_known(
        np.where(rows["languages"] & bits(LANGUAGES, [query.language]), 1.0, 0.0), rows["languages"] != 0
    )


def district(query: Query, rows: Rows) -> Values | None:
    """1 if both are in the same district of Hanoi."""
    asked = code(DISTRICT_CODES, query.district)
    if not asked:
        return None
    return _where_known(np.where(rows["district"] == asked, 1.0, 0.0), rows["district"] != 0)


def capacity(query: Query, rows: Rows) -> Values | None:
    """0 for an entry that says it takes nobody. Counts when a kind of help is asked for."""
    if not query.kinds:
        return None
    return _where_known(np.where(rows["capacity"] > 1, 1.0, 0.0), rows["capacity"] != 0)


FACTORS: Mapping[str, Callable[[Query, Rows], Values | None]] = {
    "kind": kind,
    "field": field_of_knowledge,
    "stage": stage,
    "trl": trl,
    "language": language,
    "district": district,
    "capacity": capacity,
}
"""The factors beside the text. Each gives m values, 0 to 1, NaN where the entry says nothing, or None if inactive."""


def _where_known(value: NDArray[np.floating], known: NDArray[np.bool_]) -> Values:
    return np.where(known, value, np.nan).astype(np.float64)
