"""Scores and their shares."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import catalogue, rank
from matching.policy import PRIOR, UNMEASURED, Reading
from matching.questions import Query
from matching.rank import Likeness
from matching.relevance import evidence, likely
from matching.standing import Standing
from models.types import OfferKind, Stage, SubjectKind

ENCODER = "hashing-256"
POLICY = replace(PRIOR, readings={ENCODER: Reading(0.3, 0.5, 3.0, 1.5, 0.46, 0.10)})
unit = st.floats(0, 1)
values = st.fixed_dictionaries({name: st.one_of(st.none(), unit) for name in rank.FACTORS})


def row(**facts: Any) -> np.ndarray:
    return catalogue.row(SubjectKind.OFFER, 1, {"visibility": "public", **facts}).reshape(1)


def like(cosine: float | None, coverage: float = 0.0) -> Likeness:
    return Likeness(None if cosine is None else np.array([cosine]), np.array([coverage]))


def given_values(monkeypatch: pytest.MonkeyPatch, found: dict[str, float | None]) -> None:
    """Lets the factors have these values; None for one that the question does not make active."""
    factors = {name: (lambda q, r, v=value: None if v is None else np.array([v])) for name, value in found.items()}
    monkeypatch.setattr(rank, "FACTORS", factors)


def scored(cosine: float | None, coverage: float, found: dict[str, float | None]) -> rank.Scored:
    with pytest.MonkeyPatch.context() as patch:
        given_values(patch, found)
        return rank.score(Query("x"), row(), like(cosine, coverage), ENCODER, POLICY)


@given(st.one_of(st.none(), st.floats(-1, 1)), unit, values)
def test_score_is_between_0_and_1_and_the_sum_of_its_shares(
    cosine: float | None, coverage: float, found: dict[str, float | None]
) -> None:
    result = scored(cosine, coverage, found)
    assert 0 <= result.scores[0] <= 1
    assert sum(share[0] for share in result.shares.values()) == pytest.approx(result.scores[0], abs=1e-9)
    assert all(share[0] >= 0 for share in result.shares.values())
    active = {name for name, value in found.items() if value is not None}
    assert result.shares.keys() - {"meaning", "words"} == active
    for name in active:
        assert result.shares[name][0] <= PRIOR.weights[name] + 1e-9


@given(st.floats(-1, 1), unit, values, st.sampled_from(["cosine", "coverage", *rank.FACTORS]), unit)
def test_score_never_falls_when_a_factor_rises(
    cosine: float, coverage: float, found: dict[str, float | None], name: str, rise: float
) -> None:
    before = scored(cosine, coverage, found).scores[0]
    if name == "cosine":
        cosine = cosine + rise * (1 - cosine)
    elif name == "coverage":
        coverage = coverage + rise * (1 - coverage)
    elif found[name] is not None:
        found = {**found, name: found[name] + rise * (1 - found[name])}  # type: ignore[operator]
    assert scored(cosine, coverage, found).scores[0] >= before - 1e-9


@given(values, values)
def test_nothing_lifts_an_unrelated_text_above_a_fitting_one(
    worst: dict[str, float | None], best: dict[str, float | None]
) -> None:
    fitting, unrelated = scored(0.60, 0.02, worst), scored(0.35, 0.02, best)
    assert fitting.scores[0] > unrelated.scores[0]


def test_weights_leave_most_to_the_text() -> None:
    assert PRIOR.weights.keys() == rank.FACTORS.keys() | rank.STANDING.keys()
    assert sum(PRIOR.weights.values()) < 0.5


def test_a_question_that_says_nothing_is_ranked_by_its_text() -> None:
    result = rank.score(Query("x"), row(kinds=["lab"], capacity=0), like(0.5), ENCODER, POLICY)
    assert result.shares.keys() == {"meaning", "words"}
    near, none = np.array([0.5]), np.array([0.0])
    assert result.scores[0] == pytest.approx(likely(evidence(near, none, POLICY.reading(ENCODER)))[0])


def test_what_the_entry_does_not_say_is_neutral() -> None:
    query = Query(
        "x", kinds=(OfferKind.LAB,), fields=("102",), stage=Stage.PILOT, trl=5, district="dong-da", language="vi"
    )
    result = rank.score(query, row(), like(0.5), ENCODER, POLICY)
    assert {result.values[name][0] for name in rank.FACTORS.keys() - {"fresh"}} == {PRIOR.neutral}


@pytest.mark.parametrize(
    ("kinds", "value"),
    [(["lab"], 1), (["lab", "funding"], 1), (["testing"], 0.5), (["funding"], 0), ([], None)],
)
def test_kind(kinds: list[str], value: float | None) -> None:
    check(rank.kind(Query("x", kinds=(OfferKind.LAB, OfferKind.PILOT)), row(kinds=kinds)), value)


@pytest.mark.parametrize(
    ("fields", "value"), [(["102"], 1), (["101"], 0.5), (["1"], 0.5), (["202"], 0), ([], None), (["202", "102"], 1)]
)
def test_field(fields: list[str], value: float | None) -> None:
    check(rank.field_of_knowledge(Query("x", fields=("102",)), row(fields=fields)), value)


@pytest.mark.parametrize(
    ("stages", "value"), [(["pilot"], 1), (["prototype"], 0.5), (["revenue"], 0.5), (["idea"], 0), ([], None)]
)
def test_stage(stages: list[str], value: float | None) -> None:
    check(rank.stage(Query("x", stage=Stage.PILOT), row(stages=stages)), value)


@pytest.mark.parametrize(
    ("low", "high", "value"), [(3, 6, 1), (5, None, 1), (6, 9, 0.75), (1, 3, 0.5), (9, 9, 0), (None, None, None)]
)
def test_trl(low: int | None, high: int | None, value: float | None) -> None:
    check(rank.trl(Query("x", trl=5), row(trl_min=low, trl_max=high)), value)


@pytest.mark.parametrize(("languages", "value"), [(["vi", "en"], 1), (["en"], 0), ([], None)])
def test_language(languages: list[str], value: float | None) -> None:
    check(rank.language(Query("x", language="vi"), row(languages=languages)), value)


@pytest.mark.parametrize(("district", "value"), [("dong-da", 1), ("ba-vi", 0), (None, None), ("atlantis", None)])
def test_district(district: str | None, value: float | None) -> None:
    check(rank.district(Query("x", district="dong-da"), row(district=district)), value)


@pytest.mark.parametrize(("capacity", "value"), [(4, 1), (0, 0), (None, None)])
def test_capacity(capacity: int | None, value: float | None) -> None:
    check(rank.capacity(Query("x", kinds=(OfferKind.LAB,)), row(capacity=capacity)), value)


def test_what_is_not_confirmed_loses_and_nothing_else_changes() -> None:
    fresh, stale = row(), row(stale=True)
    both = np.concatenate([fresh, stale])
    scores = rank.score(Query("x"), both, Likeness(np.full(2, 0.55), np.zeros(2)), ENCODER, POLICY).scores
    alone = rank.score(Query("x"), fresh, like(0.55), ENCODER, POLICY).scores
    assert scores[0] == pytest.approx(alone[0])
    assert scores[1] == pytest.approx(alone[0] * (1 - POLICY.weights["fresh"]))


def check(found: np.ndarray | None, value: float | None) -> None:
    assert found is not None
    assert np.isnan(found[0]) if value is None else found[0] == value


@pytest.mark.parametrize("name", rank.FACTORS)
def test_a_factor_is_left_out_when_nothing_is_asked(name: str) -> None:
    assert rank.FACTORS[name](Query("x"), row(kinds=["lab"], fields=["102"], capacity=3)) is None


def test_an_encoder_nobody_measured_gets_the_default_scale() -> None:
    assert PRIOR.reading("hanoi-vi-en-2") != PRIOR.reading("somebody/else") == UNMEASURED


def test_words_alone_count_more() -> None:
    with_vectors = rank.score(Query("x"), row(), like(-1.0, 0.05), ENCODER, POLICY)
    alone = rank.score(Query("x"), row(), like(None, 0.05), ENCODER, POLICY)
    assert alone.scores[0] > with_vectors.scores[0]
    assert "meaning" not in alone.shares


def test_policy_can_be_changed() -> None:
    policy = replace(POLICY, name="other", weights={**PRIOR.weights, "kind": 0.3})
    query = Query("x", kinds=(OfferKind.FUNDING,))
    stricter, usual = (rank.score(query, row(kinds=["lab"]), like(0.6), ENCODER, p) for p in (policy, POLICY))
    assert stricter.scores[0] < usual.scores[0]


@given(st.floats(-1, 1), unit, values)
def test_shares_and_losses_make_one(cosine: float, coverage: float, found: dict[str, float | None]) -> None:
    result = scored(cosine, coverage, found)
    lost = sum(loss[0] for loss in result.losses.values())
    assert result.scores[0] + lost == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(
    ("standing", "value"),
    [(Standing(), None), (Standing(3, 3, 0), 0.8), (Standing(0, 3, 0), 0.2), (Standing(0, 0, 4), None)],
)
def test_record(standing: Standing, value: float | None) -> None:
    check(rank.record(row(organisation_id=7), {7: standing}), value)


@pytest.mark.parametrize(
    ("waiting", "capacity", "value"), [(0, None, 1), (5, None, 0.5), (4, 4, 0.5), (12, 4, 0.25), (5, 0, 0.5)]
)
def test_load(waiting: int, capacity: int | None, value: float) -> None:
    check(rank.load(row(organisation_id=7, capacity=capacity), {7: Standing(0, 0, waiting)}), value)


def test_who_refuses_or_is_flooded_comes_after_an_equal_who_is_not() -> None:
    rows = np.concatenate([row(organisation_id=1), row(organisation_id=2), row(organisation_id=3)])
    texts = Likeness(np.array([0.6, 0.6, 0.6]), np.zeros(3))
    standing = {1: Standing(0, 6, 0), 2: Standing(6, 6, 0), 3: Standing(6, 6, 40)}
    result = rank.score(Query("x"), rows, texts, ENCODER, POLICY, standing)
    assert np.argsort(-result.scores).tolist() == [1, 2, 0]
    assert result.other_side is not None
    assert np.argsort(-result.other_side).tolist() == [1, 2, 0]


def test_nothing_known_of_the_other_side_is_said_so() -> None:
    assert rank.score(Query("x"), row(), like(0.5), ENCODER, POLICY).other_side is None
    unsaid = rank.score(Query("x", stage=Stage.PILOT), row(), like(0.5), ENCODER, POLICY).other_side
    assert unsaid is not None
    assert np.isnan(unsaid[0])
