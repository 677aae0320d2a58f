"""Reasons and phrases."""

import json

import numpy as np
import pytest

from matching import catalogue, explain, rank
from matching.encoder import HashingEncoder
from matching.questions import Phrase, Query, Reason, Suggestion
from matching.standing import Standing
from matching.store import Spans
from models.types import OfferKind, Stage, SubjectKind

ENCODER = HashingEncoder()


def row_of(*spans: str) -> Spans:
    return Spans("hash", json.dumps(spans), ENCODER.encode(list(spans)).astype(np.float16))


def test_best_pairs_first_and_each_phrase_once() -> None:
    asked = ["clean room for sensors", "money for a first batch of thirty"]
    row = row_of("money for the first batch", "clean room for sensors", "clean room for a sensor")
    found = explain.phrases(asked, ENCODER.encode(asked), row)
    assert [(each.asked, each.found) for each in found] == [
        (asked[0], "clean room for sensors"),
        (asked[1], "money for the first batch"),
    ]
    assert 1 >= found[0].similarity >= found[1].similarity >= explain.PHRASE_FLOOR


def test_no_phrase_below_the_floor_and_none_without_spans() -> None:
    asked = ["clean room"]
    assert explain.phrases(asked, ENCODER.encode(asked), row_of("zzz qqq")) == ()
    assert explain.phrases(asked, ENCODER.encode(asked), row_of()) == ()
    assert explain.phrases(asked, ENCODER.encode(asked), None) == ()
    assert explain.phrases([], ENCODER.encode([]), row_of("clean room")) == ()


def reasons(query: Query, **facts: object) -> dict[str, Reason]:
    rows = catalogue.row(SubjectKind.OFFER, 1, {"visibility": "public", **facts}).reshape(1)
    scored = rank.score(query, rows, rank.Likeness(np.array([0.5]), np.array([0.1])), "hashing-256")
    found = explain.reasons(scored, 0, rows[0], query)
    assert sum(reason.weight for reason in found) == pytest.approx(scored.scores[0])
    assert [reason.weight for reason in found] == sorted((reason.weight for reason in found), reverse=True)
    return {reason.factor: reason for reason in found}


FULL = Query(
    "x",
    kinds=(OfferKind.LAB, OfferKind.TESTING),
    fields=("102", "201"),
    stage=Stage.PILOT,
    trl=5,
    district="dong-da",
    language="vi",
)


def test_details_say_what_met() -> None:
    found = reasons(
        FULL,
        kinds=["lab", "funding"],
        fields=["102", "301"],
        stages=["pilot"],
        trl_min=4,
        trl_max=6,
        district="dong-da",
        languages=["vi"],
        capacity=3,
    )
    assert found["kind"].details == {"kinds": ["lab"], "known": True}
    assert found["field"].details == {"fields": ["102"], "broad": False, "known": True}
    assert found["stage"].details == {"stages": ["pilot"], "known": True}
    assert found["trl"].details == {"low": 4, "high": 6, "known": True}
    assert found["district"].details == {"district": "dong-da", "known": True}
    assert found["language"].details == {"languages": ["vi"], "known": True}
    assert found["capacity"].details == {"capacity": 3, "known": True}


def test_details_say_what_is_not_known() -> None:
    found = reasons(FULL)
    assert {name for name in rank.FACTORS if name in found and found[name].details["known"]} == set()


def test_kept_explanation_is_json_and_comes_back() -> None:
    reason = Reason("meaning", 0.51234, 0.7, {})
    other = Reason("kind", 0.12, 1.0, {"kinds": ["lab"], "known": True})
    suggestion = Suggestion(SubjectKind.OFFER, 1, 2, 0.63, (reason, other), (Phrase("a", "b", 0.51239),))
    kept = json.loads(json.dumps(explain.to_json(suggestion)))
    assert explain.from_json(kept) == (
        (Reason("meaning", 0.5123, 0.7, {}), other),
        (Phrase("a", "b", 0.512),),
    )


def other_side(query: Query, standing: dict[int, Standing], **facts: object) -> float | None:
    facts = {"visibility": "public", "organisation_id": 7, **facts}
    rows = catalogue.row(SubjectKind.OFFER, 1, facts).reshape(1)
    likeness = rank.Likeness(np.array([0.5]), np.array([0.1]))
    return explain.other_side(rank.score(query, rows, likeness, "hashing-256", standing=standing), 0)


def test_the_other_side_is_told_only_where_something_of_it_is_known() -> None:
    text, pilot = Query("x"), Query("x", stage=Stage.PILOT)
    assert other_side(text, {}) is None
    assert other_side(text, {8: Standing(1, 1, 0)}) is None, "nothing waits there, as almost everywhere"
    assert other_side(pilot, {}, stages=[]) is None
    assert other_side(pilot, {}, stages=["pilot"]) == 1
    assert other_side(pilot, {}, stages=["growth"]) == 0
    assert other_side(text, {7: Standing(0, 6, 0)}) == pytest.approx((0.04 * 0.125 + 0.03) / 0.07)


@pytest.mark.parametrize("value", [None, 0.0, 0.4])
def test_the_other_side_is_kept_with_the_reasons(value: float | None) -> None:
    reason = Reason("meaning", 0.5, 0.7, {})
    suggestion = Suggestion(SubjectKind.OFFER, 1, 2, 0.6, (reason,), (), other_side=value)
    kept = json.loads(json.dumps(explain.to_json(suggestion)))
    assert explain.other_side_of(kept) == value
    assert explain.from_json(kept) == ((reason,), ())
    assert explain.other_side_of([{"factor": "kind", "weight": 0.1, "value": 1, "details": {}}]) is None
