"""Policies made from judgements and decisions, and the guard."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.decisions import Decision
from matching.evaluate import Collection, Likenesses
from matching.fit import Judged, fit, fit_weights
from matching.policy import PRIOR, Policy, Reading

ENCODER = "made"
START = replace(PRIOR, name="start", readings={ENCODER: Reading(0.3, 0.3, 2.0, 1.5, 0.5, 0.1)})


def made(seed: int, *, speaks: str, questions: int = 30, documents: int = 15) -> Judged:
    """Questions with one right document each, told apart by one of the likenesses; the others are chance."""
    rng = np.random.default_rng(seed)
    right = rng.integers(documents, size=questions)
    size = (questions, documents)
    figures = {name: rng.normal(0.4, 0.1, size) for name in ("whole", "part", "clauses")}
    figures["words"] = rng.uniform(0, 0.3, size)
    figures[speaks][np.arange(questions), right] += 0.4
    ids = [f"d{i}" for i in range(documents)]
    grades = np.zeros(size, dtype=np.int64)
    grades[np.arange(questions), right] = 2
    collection = Collection(ids, ids, [f"q{i}" for i in range(questions)], [{ids[i]: 2} for i in right])
    parts = np.stack([figures["part"], figures["clauses"]], axis=-1)
    found = Likenesses(figures["whole"].astype(np.float32), figures["words"].astype(np.float32), parts)
    return Judged(f"{speaks}-{seed}", collection, found, grades)


@pytest.mark.parametrize(("speaks", "name"), [("part", "part"), ("clauses", "clauses"), ("words", "words")])
def test_what_tells_right_from_wrong_gains_weight(speaks: str, name: str) -> None:
    deaf = replace(START, readings={ENCODER: replace(START.reading(ENCODER), **{name: 0.05})})
    result = fit([made(1, speaks=speaks)], [], ENCODER, deaf, "new")
    assert getattr(result.policy.reading(ENCODER), name) > 0.05
    judged = result.report["ndcg_at_10"][f"{speaks}-1"]
    assert judged["new"] > judged["current"]
    assert judged["difference_interval"][0] > 0
    assert result.better
    assert result.report["changes"][f"{ENCODER}.{name}"][1] > result.report["changes"][f"{ENCODER}.{name}"][0]


def test_likelihoods_are_honest_and_the_threshold_refuses_one_in_twenty() -> None:
    one = made(2, speaks="part", questions=200)
    policy = fit([one], [], ENCODER, START, "new").policy
    from matching.evaluate import abstention, leg_scores

    scores = leg_scores(one.likenesses, "full", policy, ENCODER)
    first = scores.argmax(axis=1)
    right = one.grades[np.arange(len(first)), first] > 0
    assert scores.max(axis=1).mean() == pytest.approx(right.mean(), abs=0.1)
    answered, refused = abstention(scores, one.collection, policy)
    assert answered == pytest.approx(0.95, abs=0.01)
    assert refused > 0.5


def test_a_policy_that_loses_does_not_serve() -> None:
    """Two folders that contradict each other: what gains on the many questions of one would lose on the other."""
    words, whole = made(3, speaks="words"), made(4, speaks="whole")
    for_words = fit([words], [], ENCODER, START, "for words").policy
    best_for_whole = replace(for_words, readings={ENCODER: Reading(0.05, 0.05, 0.05, 1.0, 0.5, 0.1)})
    contradiction = fit([whole, *(made(seed, speaks="words") for seed in (5, 6))], [], ENCODER, best_for_whole, "x")
    assert (
        contradiction.report["ndcg_at_10"]["whole-4"]["new"] < contradiction.report["ndcg_at_10"]["whole-4"]["current"]
    )
    assert not contradiction.better


def decided(number: int, factor: str, *, hurts: bool, seed: int = 1) -> list[Decision]:
    """Decisions that went well, or badly where `factor` did not agree, if that `hurts`."""
    rng = random.Random(seed)
    found = []
    for need in range(number):
        values = {name: rng.choice([0.0, 1.0]) for name in PRIOR.weights}
        good = rng.random() < (0.2 if hurts and values[factor] == 0 else 0.85)
        found.append(Decision(need, 0.8, values, good, 1.0))
    return found


def test_without_decisions_the_weights_stay() -> None:
    result = fit([], [], ENCODER, START, "new")
    assert result.policy.weights == START.weights
    assert result.report["changes"] == {}
    assert result.better


def test_a_factor_that_decides_gains_weight_and_few_decisions_change_little() -> None:
    many = fit_weights(decided(400, "stage", hurts=True), START)
    few = fit_weights(decided(6, "stage", hurts=True), START)
    assert many["stage"] > few["stage"] > START.weights["stage"] - 0.01
    assert many["stage"] > START.weights["stage"] + 0.05
    assert abs(few["stage"] - START.weights["stage"]) < 0.04


def test_decisions_are_compared_on_needs_held_out() -> None:
    report = fit([], decided(300, "trl", hurts=True), ENCODER, START, "new").report
    assert report["decisions"]["number"] == 300
    assert report["decisions"]["log_loss"]["new"] < report["decisions"]["log_loss"]["current"]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 40), st.integers(0, 10**6))
def test_weights_stay_within_their_bounds(number: int, seed: int) -> None:
    rng = random.Random(seed)
    factor = rng.choice(sorted(PRIOR.weights))
    weights = fit_weights(decided(number, factor, hurts=rng.random() < 0.5, seed=seed), START)
    assert weights.keys() == PRIOR.weights.keys()
    assert all(0 <= weight <= 0.3 for weight in weights.values())
    assert sum(weights.values()) <= 0.6 + 1e-3


def test_the_same_input_gives_the_same_policy() -> None:
    sets, decisions = [made(1, speaks="part")], decided(50, "kind", hurts=True)
    assert fit(sets, decisions, ENCODER, START, "new") == fit(sets, decisions, ENCODER, START, "new")


def test_a_policy_is_kept_as_json_and_read_back() -> None:
    assert Policy.from_json("start", START.to_json()) == START
    later = {**START.to_json(), "weights": {"kind": 0.2}, "something": "that an older site does not know"}
    assert Policy.from_json("later", later).weights == {**PRIOR.weights, "kind": 0.2}
