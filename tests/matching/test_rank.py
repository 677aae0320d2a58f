"""Scores and their shares."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import catalogue, rank
from matching.questions import Query
from matching.rank import PRIOR, Calibration
from models.types import OfferKind, Stage, SubjectKind

SCALE = Calibration(0.46, 0.10)
unit = st.floats(0, 1)
values = st.fixed_dictionaries({name: st.one_of(st.none(), unit) for name in rank.FACTORS})


def row(**facts: Any) -> np.ndarray:
    return catalogue.row(SubjectKind.OFFER, 1, {"visibility": "public", **facts}).reshape(1)


def given_values(monkeypatch: pytest.MonkeyPatch, found: dict[str, float | None]) -> None:
    """Lets the factors have these values; None for one that the question does not make active."""
    factors = {name: (lambda q, r, v=value: None if v is None else np.array([v])) for name, value in found.items()}
    monkeypatch.setattr(rank, "FACTORS", factors)


def scored(cosine: float | None, coverage: float, found: dict[str, float | None]) -> rank.Scored:
    with pytest.MonkeyPatch.context() as patch:
        given_values(patch, found)
        near = None if cosine is None else np.array([cosine])
        return rank.score(Query("x"), row(), near, np.array([coverage]), SCALE)


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
    assert PRIOR.weights.keys() == rank.FACTORS.keys()
    assert sum(PRIOR.weights.values()) < 0.4


def test_a_question_that_says_nothing_is_ranked_by_its_text() -> None:
    result = rank.score(Query("x"), row(kinds=["lab"], capacity=0), np.array([0.5]), np.array([0.0]), SCALE)
    assert result.shares.keys() == {"meaning", "words"}
    assert result.scores[0] == pytest.approx(rank.meaning(np.array([0.5]), SCALE)[0])


def test_what_the_entry_does_not_say_is_neutral() -> None:
    query = Query(
        "x", kinds=(OfferKind.LAB,), fields=("102",), stage=Stage.PILOT, trl=5, district="dong-da", language="vi"
    )
    result = rank.score(query, row(), np.array([0.5]), np.array([0.0]), SCALE)
    assert {result.values[name][0] for name in rank.FACTORS} == {PRIOR.neutral}


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


def check(found: np.ndarray | None, value: float | None) -> None:
    assert found is not None
    assert np.isnan(found[0]) if value is None else found[0] == value


@pytest.mark.parametrize("name", rank.FACTORS)
def test_a_factor_is_left_out_when_nothing_is_asked(name: str) -> None:
    assert rank.FACTORS[name](Query("x"), row(kinds=["lab"], fields=["102"], capacity=3)) is None


def test_an_encoder_nobody_measured_gets_the_default_scale() -> None:
    assert rank.calibration("hanoi-vi-en-1") != rank.calibration("somebody/else") == rank.DEFAULT_CALIBRATION


def test_words_alone_count_more() -> None:
    with_vectors = rank.score(Query("x"), row(), np.array([-1.0]), np.array([0.05]), SCALE)
    alone = rank.score(Query("x"), row(), None, np.array([0.05]), SCALE)
    assert alone.scores[0] > with_vectors.scores[0]
    assert "meaning" not in alone.shares


def test_policy_can_be_changed() -> None:
    policy = replace(PRIOR, name="other", weights={**PRIOR.weights, "kind": 0.3})
    query = Query("x", kinds=(OfferKind.FUNDING,))
    near, none = np.array([0.6]), np.array([0.0])
    assert (
        rank.score(query, row(kinds=["lab"]), near, none, SCALE, policy).scores[0]
        < rank.score(query, row(kinds=["lab"]), near, none, SCALE).scores[0]
    )
