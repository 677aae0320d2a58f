"""From candidates to scores: does the text fit, and does what is known besides agree, on both sides?

    score = text * (1 - sum of w * (1 - value))         over the factors that the question makes active

`text` is that of matching.relevance. The other factors only take away, each at most its weight: a structured factor
can never lift an unrelated text, and with nothing known the score is that of the text. Multiplied out, the score is a
sum of shares, one for each factor, which is what people are shown as reasons. A factor that the question says nothing
about is left out; where the entry says nothing, the factor takes its neutral value.

Some factors say whether the entry suits whoever asks, others whether its owner would want to be asked (OTHER_SIDE).
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
from matching.policy import PRIOR, Policy
from matching.questions import Query
from matching.relevance import evidence, likely, nearness
from matching.standing import Standing
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
class Likeness:
    """What was found in the texts of m entries: see matching.relevance. `cosine` is None without an encoder."""

    cosine: NDArray[np.floating] | None
    coverage: NDArray[np.floating]
    parts: NDArray[np.floating] | None = None


@dataclass(frozen=True)
class Scored:
    """Scores of m candidates, 0 to 1, and for each active factor its values, its shares and what it took away.

    Shares add up to scores; shares and losses add up to 1.
    """

    scores: Values
    values: Mapping[str, Values] = field(default_factory=dict)
    shares: Mapping[str, Values] = field(default_factory=dict)
    losses: Mapping[str, Values] = field(default_factory=dict)
    known: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    """Of each factor beside the text whether the entry says something about it."""
    other_side: Values | None = None
    """How far the owners would want to be asked, 0 to 1; None when nothing says so."""


def score(
    query: Query,
    rows: Rows,
    found: Likeness,
    encoder: str,
    policy: Policy = PRIOR,
    standing: Mapping[int, Standing] | None = None,
) -> Scored:
    """Ranks the candidates of one question. `standing` is by organisation; if it is empty, nothing is made of it."""
    near, text = text_values(found, encoder, policy)
    values = {name: factor(query, rows) for name, factor in FACTORS.items()}
    if standing:
        values |= {name: factor(rows, standing) for name, factor in STANDING.items()}
    given = {name: value for name, value in values.items() if value is not None}
    active = {name: np.nan_to_num(value, nan=policy.neutral) for name, value in given.items()}
    known = {name: ~np.isnan(value) for name, value in given.items()}
    kept = 1 - sum(policy.weights[name] for name in active)
    shares = {"meaning": near * kept, "words": (text - near) * kept}
    shares |= {name: text * policy.weights[name] * value for name, value in active.items()}
    losses = {"meaning": 1 - text} | {name: text * policy.weights[name] * (1 - v) for name, v in active.items()}
    if found.cosine is None:
        losses["words"] = losses.pop("meaning")
        del shares["meaning"]
    scores = np.clip(np.sum(list(shares.values()), axis=0), 0, 1)
    read = {"meaning": near, "words": np.asarray(found.coverage, dtype=np.float64), **active}
    return Scored(scores, read, shares, losses, known, _other_side(active, known, policy))


def text_values(found: Likeness, encoder: str, policy: Policy) -> tuple[Values, Values]:
    """What the meaning alone says, and what meaning and shared words say together; each 0 to 1."""
    if found.cosine is None:
        power = policy.reading(encoder).power
        word = 1 - np.exp(-policy.words_alone * np.clip(np.asarray(found.coverage, dtype=np.float64), 0, 1) ** power)
        return np.zeros(len(word)), word
    reading = policy.reading(encoder)
    unknown = np.full((len(found.cosine), 2), np.nan)
    near = nearness(found.cosine, unknown if found.parts is None else found.parts, reading)
    nothing = np.zeros(len(near))
    return likely(evidence(near, nothing, reading)), likely(evidence(near, found.coverage, reading))


def _other_side(active: Mapping[str, Values], known: Mapping[str, NDArray[np.bool_]], policy: Policy) -> Values | None:
    """The weighted mean of what is known of the owners' wishes."""
    names = [name for name in OTHER_SIDE if name in active]
    if not names:
        return None
    weights = np.array([policy.weights[name] * known[name] for name in names])
    total = weights.sum(axis=0)
    met = (weights * np.array([active[name] for name in names])).sum(axis=0)
    mean: Values = np.divide(met, total, out=np.full(len(total), np.nan), where=total > 0)
    return mean


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


def fresh(query: Query, rows: Rows) -> Values | None:
    """0 for a technology that its owner has not confirmed for too long. Takes nothing from any other entry."""
    return np.where(rows["stale"], 0.0, 1.0) if rows["stale"].any() else None


FACTORS: Mapping[str, Callable[[Query, Rows], Values | None]] = {
    "kind": kind,
    "field": field_of_knowledge,
    "stage": stage,
    "trl": trl,
    "language": language,
    "district": district,
    "capacity": capacity,
    "fresh": fresh,
}
"""The factors beside the text. Each gives m values, 0 to 1, NaN where the entry says nothing, or None if inactive."""


def record(rows: Rows, standing: Mapping[int, Standing]) -> Values:
    """How often the owner says yes to requests: (yes + 1) / (answers + 2), Laplace's rule of succession."""
    return _by_owner(rows, standing, lambda it: (it.accepted + 1) / (it.answered + 2) if it.answered else np.nan)


def load(rows: Rows, standing: Mapping[int, Standing]) -> Values:
    """1 when nothing waits for the owner's answer, .5 when as much waits as it has places (or FAIR_LOAD)."""
    places = np.where(rows["capacity"] > 1, rows["capacity"] - 1.0, FAIR_LOAD)
    waiting = _by_owner(rows, standing, lambda it: float(it.waiting))
    return 1 / (1 + waiting / places)


STANDING: Mapping[str, Callable[[Rows, Mapping[int, Standing]], Values]] = {"record": record, "load": load}
"""The factors that come from how the owners have dealt with requests so far."""

FAIR_LOAD = 5.0  # requests that wait at a body which names no number of places

OTHER_SIDE = ("field", "stage", "trl", "capacity", "record", "load")
"""The factors that say whether the owner of an entry would want to be asked."""


def _by_owner(rows: Rows, standing: Mapping[int, Standing], value: Callable[[Standing], float]) -> Values:
    nothing = Standing()
    return np.array([value(standing.get(int(owner), nothing)) for owner in rows["organisation"]], dtype=np.float64)


def _where_known(value: NDArray[np.floating], known: NDArray[np.bool_]) -> Values:
    return np.where(known, value, np.nan).astype(np.float64)
