"""New ranking policies from judged pairs and from what people decided, and the guard that a worse one never serves.

Judged pairs (folders in BEIR form) say how texts are to be read: the weights of parts, clauses and words minimise the
cross-entropy of each right document against all worse ones (ListNet, Cao et al. 2007, one right document at a time);
then the scale is set so that likelihoods are honest (Platt 1999), and the threshold so that one answerable question in
twenty is refused. Decisions say how much the other factors count: the posterior mode around the prior weights, so that
few decisions change little. Every figure reported is cross-validated over questions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logsumexp

from matching.decisions import Decision
from matching.encoder import Encoder
from matching.evaluate import Collection, Likenesses, best, compare, interval, leg_scores, load, ndcg
from matching.policy import Policy, Reading
from matching.relevance import evidence, nearness

Array = NDArray[np.float64]

FOLDS = 5
GRADES = {2: 1.0, 1: 0.4}  # weight of a right document by its grade
CALIBRATED_ON = 5  # first documents of each question that set the scale
REFUSED = 0.05  # share of answerable questions that the threshold may refuse
SPREAD = 0.04  # standard deviation of a factor's weight around its prior
MOST_WEIGHT, MOST_IN_ALL = 0.3, 0.6  # of one factor, of all: the text stays the greater part
LEAST_WIDTH = 0.01  # where right and wrong never overlap, any scale would do
TOLERANCE = 0.002  # nDCG by which chance may make an equal policy look worse


@dataclass(frozen=True)
class Judged:
    """A folder with its texts compared; `grades` (n, m)."""

    name: str
    collection: Collection
    likenesses: Likenesses
    grades: NDArray[np.int64]

    def take(self, places: NDArray[np.int64]) -> "Judged":
        """The same documents with some of the questions."""
        kept, found = self.collection, self.likenesses
        queries, grades = [kept.queries[i] for i in places], [kept.grades[i] for i in places]
        part = Collection(kept.document_ids, kept.documents, queries, grades)
        parts = None if found.parts is None else found.parts[places]
        likenesses = Likenesses(found.cosine[places], found.coverage[places], parts)
        return Judged(self.name, part, likenesses, self.grades[places])


@dataclass(frozen=True)
class Fitted:
    """The new policy, the report that is stored with it, and whether it may serve."""

    policy: Policy
    report: dict[str, Any]
    better: bool


def judged(folder: Path, split: str, encoder: Encoder) -> Judged:
    """Raises BadFolder."""
    collection = load(folder, split)
    grades = np.array([[row.get(id_, 0) for id_ in collection.document_ids] for row in collection.grades])
    return Judged(folder.name, collection, compare(collection, encoder, parts=True), grades)


def fit(sets: Sequence[Judged], decided: Sequence[Decision], encoder: str, current: Policy, name: str) -> Fitted:
    """A policy called `name`, compared with `current` on questions and decisions that did not make it."""
    policy = _fitted(sets, decided, encoder, current, name)
    judgements = {one.name: _cross_validated(one, sets, encoder, current) for one in sets}
    decisions = _decisions_compared(decided, current)
    lost = [row["new"] < row["current"] - TOLERANCE for row in judgements.values()]
    worse = decisions is not None and decisions["new"] > decisions["current"] + 1e-6
    report = {
        "encoder": encoder,
        "compared_with": current.name,
        "ndcg_at_10": judgements,
        "decisions": {"number": len(decided), "log_loss": decisions},
        "changes": _changes(current, policy, encoder),
    }
    return Fitted(policy, report, better=not any(lost) and not worse)


def _fitted(sets: Sequence[Judged], decided: Sequence[Decision], encoder: str, current: Policy, name: str) -> Policy:
    readings, threshold = dict(current.readings), current.threshold
    if sets:
        readings[encoder] = reading = fit_reading(sets, current.reading(encoder))
        threshold = fit_threshold(sets, reading)
    weights = fit_weights(decided, current)
    return replace(current, name=name, readings=readings, threshold=threshold, weights=weights)


def fit_reading(sets: Sequence[Judged], start: Reading) -> Reading:
    """How the likenesses are best read on these questions; every folder counts the same."""
    targets = [_targets(one) for one in sets]

    def loss(values: Array) -> float:
        reading, sharpness = _reading(values[:-1], start), np.exp(values[-1])
        losses = (_listwise(one, rows, reading, sharpness) for one, rows in zip(sets, targets, strict=True))
        return float(np.mean(list(losses))) + 0.002 * float(np.square(values[:-1] - first[:-1]).sum())

    first = np.log([start.part + 0.05, start.clauses + 0.05, start.words + 0.05, start.power, 1 / start.width])
    limits = [(np.log(0.05), np.log(3)), (np.log(0.05), np.log(3)), (np.log(0.1), np.log(20)), (0, np.log(3)), (0, 6)]
    found = minimize(loss, first, method="L-BFGS-B", bounds=limits).x
    return _scaled(sets, _reading(found[:-1], start))


def fit_threshold(sets: Sequence[Judged], reading: Reading) -> float:
    """The score that in every folder all but REFUSED of the questions reach with their best document."""
    return round(float(min(np.quantile(_likely(one, reading).max(axis=1), REFUSED) for one in sets)), 3)


def fit_weights(decided: Sequence[Decision], current: Policy) -> dict[str, float]:
    """The weights of the factors beside the text: those of `current`, moved by the decisions."""
    names = sorted(current.weights)
    prior = np.array([current.weights[name] for name in names])
    if not decided:
        return dict(current.weights)
    losses, texts, good, counts = _arrays(decided, names)

    def loss(values: Array) -> float:
        weights, slope, level = values[:-2], values[-2], values[-1]
        away = np.square((weights - prior) / SPREAD).sum() + np.square([slope - 3, level - 1.5]).sum() / 4
        return float(counts @ _log_loss(_chance(losses, texts, weights, slope, level), good)) + float(away) / 2

    limits = [(0.0, MOST_WEIGHT)] * len(names) + [(0.1, 20.0), (-5.0, 20.0)]
    found = minimize(loss, np.array([*prior, 3.0, 1.5]), method="L-BFGS-B", bounds=limits).x[:-2]
    found *= min(1.0, MOST_IN_ALL / max(found.sum(), 1e-9))
    return {name: round(float(value), 4) for name, value in zip(names, found, strict=True)}


def _reading(values: Array, start: Reading) -> Reading:
    part, clauses, words, power = np.exp(values)
    return replace(start, part=part - 0.05, clauses=clauses - 0.05, words=words - 0.05, power=power)


def _targets(one: Judged) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_], Array]:
    """Of every right document: its row, its column, which documents of the row are not worse, and its weight."""
    rows, columns = np.nonzero(one.grades > 0)
    grades = one.grades[rows, columns]
    alike = one.grades[rows] >= grades[:, None]
    weights = np.array([GRADES.get(int(grade), 1.0) for grade in grades])
    return rows, columns, alike, weights / weights.sum()


def _listwise(one: Judged, targets: Any, reading: Reading, sharpness: float) -> float:
    rows, columns, alike, weights = targets
    logits = _near(one, reading) * sharpness
    right = logits[rows, columns]
    worse = np.where(alike, -np.inf, logits[rows])
    return float(weights @ (np.logaddexp(right, logsumexp(worse, axis=1)) - right))


def _near(one: Judged, reading: Reading) -> Array:
    """`middle` and `width` left out."""
    return evidence(_nearness(one, reading), one.likenesses.coverage, replace(reading, middle=0.0, width=1.0))


def _nearness(one: Judged, reading: Reading) -> Array:
    found = one.likenesses
    assert found.parts is not None
    flat = nearness(found.cosine.ravel(), found.parts.reshape(-1, 2), reading)
    return flat.reshape(found.cosine.shape)


def _likely(one: Judged, reading: Reading) -> Array:
    likelihoods: Array = expit(evidence(_nearness(one, reading), one.likenesses.coverage, reading))
    return likelihoods


def _scaled(sets: Sequence[Judged], reading: Reading) -> Reading:
    """`middle` and `width` such that the first documents of a question are as often right as their scores say."""
    near, right, counts = [], [], []
    for one in sets:
        values = _near(one, reading)
        first = np.argsort(-values, axis=1)[:, :CALIBRATED_ON]
        near.append(np.take_along_axis(values, first, axis=1).ravel())
        right.append(np.take_along_axis(one.grades > 0, first, axis=1).ravel().astype(float))
        counts.append(np.full(first.size, 1 / first.size))
    all_near, all_right, weights = np.concatenate(near), np.concatenate(right), np.concatenate(counts)

    def loss(values: Array) -> float:
        return float(weights @ _log_loss(expit((all_near - values[0]) * np.exp(values[1])), all_right))

    limits = [(-5.0, 20.0), (0.0, -np.log(LEAST_WIDTH))]
    first = np.array([reading.middle, -np.log(reading.width)])
    middle, sharpness = minimize(loss, first, method="Nelder-Mead", bounds=limits).x
    return replace(reading, middle=round(float(middle), 4), width=round(float(np.exp(-sharpness)), 4))


def _arrays(decided: Sequence[Decision], names: Sequence[str]) -> tuple[Array, Array, Array, Array]:
    """What each factor lacks (n, factors), what the text says, whether it went well, and how much that counts."""
    losses = np.array([[1 - one.values.get(name, 1.0) for name in names] for one in decided])
    texts = np.array([max(one.text, 1e-3) for one in decided])
    return losses, texts, np.array([float(one.good) for one in decided]), np.array([one.counts for one in decided])


def _chance(losses: Array, texts: Array, weights: Array, slope: float, level: float) -> Array:
    """That it goes well: logistic in the logarithm of the score."""
    chance: Array = expit(level + slope * np.log(np.clip(texts * (1 - losses @ weights), 1e-6, 1)))
    return chance


def _log_loss(chance: Array, good: Array) -> Array:
    chance = np.clip(chance, 1e-9, 1 - 1e-9)
    return -(good * np.log(chance) + (1 - good) * np.log(1 - chance))


def _cross_validated(one: Judged, sets: Sequence[Judged], encoder: str, current: Policy) -> dict[str, Any]:
    """nDCG@10 on the questions of one folder, each by a reading made without it, beside the current reading."""
    rows = np.zeros((2, len(one.grades)))
    for places in _folds(len(one.grades)):
        rest = np.setdiff1d(np.arange(len(one.grades)), places)
        reading = fit_reading([each.take(rest) if each is one else each for each in sets], current.reading(encoder))
        new = replace(current, readings={**current.readings, encoder: reading})
        for row, policy in zip(rows, (current, new), strict=True):
            row[places] = _gains(one.take(places), encoder, policy)
    difference = rows[1] - rows[0]
    means = {"current": round(float(rows[0].mean()), 4), "new": round(float(rows[1].mean()), 4)}
    return {"questions": len(one.grades), **means, "difference_interval": interval(difference.tolist())}


def _gains(one: Judged, encoder: str, policy: Policy) -> list[float]:
    scores = leg_scores(one.likenesses, "full", policy, encoder)
    kept = one.collection
    return [ndcg(best(row, kept.document_ids), grades, 10) for row, grades in zip(scores, kept.grades, strict=True)]


def _decisions_compared(decided: Sequence[Decision], current: Policy) -> dict[str, float] | None:
    """Mean log loss of the decisions about some needs by weights made from the rest; None when there are too few."""
    needs = sorted({one.need_id for one in decided})
    if len(needs) < FOLDS:
        return None
    sums = {"current": 0.0, "new": 0.0}
    names = sorted(current.weights)
    for places in _folds(len(needs)):
        held = {needs[i] for i in places}
        rest, apart = [d for d in decided if d.need_id not in held], [d for d in decided if d.need_id in held]
        for which, weights in (("current", dict(current.weights)), ("new", fit_weights(rest, current))):
            losses, texts, good, counts = _arrays(apart, names)
            chance = _chance(losses, texts, np.array([weights[name] for name in names]), *_line(rest, weights))
            sums[which] += float(counts @ _log_loss(chance, good))
    total = sum(one.counts for one in decided)
    return {which: round(value / total, 4) for which, value in sums.items()}


def _line(decided: Sequence[Decision], weights: dict[str, float]) -> tuple[float, float]:
    """Slope and level of the chance, for these weights."""
    names = sorted(weights)
    losses, texts, good, counts = _arrays(decided, names)
    fixed = np.array([weights[name] for name in names])

    def loss(values: Array) -> float:
        away = np.square(values - np.array([3, 1.5])).sum() / 8
        return float(counts @ _log_loss(_chance(losses, texts, fixed, *values), good)) + float(away)

    slope, level = minimize(loss, np.array([3.0, 1.5]), method="L-BFGS-B", bounds=[(0.1, 20.0), (-5.0, 20.0)]).x
    return float(slope), float(level)


def _folds(number: int) -> list[NDArray[np.int64]]:
    """The same in every run."""
    order = np.random.default_rng(0).permutation(number)
    return [part for part in np.array_split(order, min(FOLDS, number)) if len(part)]


def _changes(current: Policy, new: Policy, encoder: str) -> dict[str, list[float]]:
    """Every number that is another one now: what it was, what it is."""
    pairs: dict[str, tuple[float, float]] = {"threshold": (current.threshold, new.threshold)}
    pairs |= {name: (current.weights[name], new.weights[name]) for name in current.weights}
    was, now = current.reading(encoder), new.reading(encoder)
    get: Callable[[Reading, str], float] = getattr
    pairs |= {f"{encoder}.{name}": (get(was, name), get(now, name)) for name in Reading.__dataclass_fields__}
    return {name: [round(a, 4), round(b, 4)] for name, (a, b) in pairs.items() if round(a, 4) != round(b, 4)}
