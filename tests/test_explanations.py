"""Reasons in the words of both languages and for both sides."""

from typing import Any

import pytest
from flask import Flask

from matching.questions import Query, Reason
from matching.rank import FACTORS as RANKED
from matching.rank import STANDING
from models.texts import Bilingual
from models.types import MatchSide
from network.explanations import FACTORS, SENTENCES, factor_name, fit_words, is_against, reason_text, top_reasons
from network.i18n import speaking


def reason(factor: str, value: float, weight: float = 0.1, **details: Any) -> Reason:
    return Reason(factor, weight, value, {"known": True, **details} if factor not in ("meaning", "words") else {})


MEDICAL = (Bilingual("Kỹ thuật y học", "Medical engineering"),)

ENGLISH = [
    (reason("meaning", 0.8), "Both texts speak of much the same thing"),
    (reason("meaning", 0.5), "The texts are close in meaning"),
    (reason("meaning", 0.1), "The texts have little in common"),
    (reason("record", 0.8), "Says yes to most requests"),
    (reason("record", 0.5), "Says yes to some requests"),
    (reason("record", 0.2), "Seldom says yes to requests"),
    (reason("record", 0.5, known=False), "Has not answered a request yet"),
    (reason("load", 1.0), "Few requests wait there"),
    (reason("load", 0.6), "Some requests wait there"),
    (reason("load", 0.2), "Many requests wait there already"),
    (reason("words", 0.7), "Many words are the same"),
    (reason("words", 0.2), "Some words are the same"),
    (reason("words", 0.0), "Hardly a word is the same"),
    (reason("kind", 1.0, kinds=["testing", "funding"]), "Offers what you look for: Testing and certification, funding"),
    (reason("kind", 0.5, kinds=["lab"]), "Offers something close to what you look for: Laboratory use"),
    (reason("kind", 0.0, kinds=["lab"]), "Does not offer what you look for: Laboratory use"),
    (reason("kind", 0.5, kinds=["lab"], known=False), "Does not say which kind of help"),
    (reason("field", 1.0, fields=["206"], names=MEDICAL), "Works in the same field: Medical engineering"),
    (reason("field", 0.5, fields=["206"], names=MEDICAL), "Works in a field close by: Medical engineering"),
    (reason("field", 0.0, fields=["206"], names=MEDICAL), "Works in another field: Medical engineering"),
    (reason("field", 1.0, fields=["206"]), "Works in the same field"),
    (reason("stage", 1.0, stages=["prototype"]), "Right for the stage: Prototype"),
    (reason("stage", 0.5, stages=["prototype"]), "Meant for the stage before or after: Prototype"),
    (reason("stage", 0.0, stages=["prototype"]), "Meant for another stage than this: Prototype"),
    (reason("trl", 1.0, low=4, high=6), "Technology readiness fits (levels 4 to 6)"),
    (reason("trl", 0.75, low=7, high=7), "Technology readiness is near (level 7)"),
    (reason("trl", 0.25, low=7, high=9), "Technology readiness is far off (levels 7 to 9)"),
    (reason("district", 1.0, district="cau-giay"), "In the same part of the city: Cau Giay"),
    (reason("district", 0.0, district="cau-giay"), "In another part of the city: Cau Giay"),
    (reason("language", 1.0, languages=["en"]), "In the language you write in: English"),
    (reason("language", 0.0, languages=["en"]), "Not in the language you write in: English"),
    (reason("capacity", 1.0, capacity=1), "Room for 1 team at a time"),
    (reason("capacity", 1.0, capacity=12), "Room for 12 teams at a time"),
    (reason("capacity", 0.0, capacity=0), "No places at present"),
    (reason("fresh", 1.0), "Not known to be out of date"),
    (reason("fresh", 0.0), "Its owner has not confirmed it for long"),
]


@pytest.mark.parametrize(("given", "sentence"), ENGLISH)
def test_each_reason_has_its_sentence(app: Flask, given: Reason, sentence: str) -> None:
    with app.app_context(), speaking("en"):
        assert reason_text(given) == sentence


def test_the_side_that_can_help_reads_it_from_its_own_view(app: Flask) -> None:
    with app.app_context(), speaking("en"):
        assert [reason_text(reason("kind", value, kinds=["lab"]), MatchSide.SUPPLIER) for value in (1.0, 0.5, 0.0)] == [
            "Looks for what you offer: Laboratory use",
            "Looks for something close to what you offer",
            "Does not look for what you offer",
        ]


def test_every_factor_of_the_ranking_has_a_name_and_a_sentence(app: Flask) -> None:
    factors = {"meaning", "words", *RANKED, *STANDING}
    assert factors == set(FACTORS) == set(SENTENCES)
    with app.app_context(), speaking("en"):
        assert [factor_name(factor) for factor in ("kind", "trl")] == ["Kind of help", "Technology readiness"]


def test_what_is_not_said_is_worded_and_held_against_nobody(app: Flask) -> None:
    silent = [reason(factor, 0.5, known=False, kinds=["lab"], stages=["idea"], languages=["vi"]) for factor in RANKED]
    with app.app_context(), speaking("en"):
        assert all(reason_text(each) for each in silent)
    assert [each for each in silent if is_against(each)] == []
    assert top_reasons(silent) == []


def test_the_strongest_reasons_come_first_and_the_worst_objection_last() -> None:
    reasons = [
        reason("meaning", 0.8, 0.5),
        reason("kind", 1.0, 0.12, kinds=["lab"]),
        reason("words", 0.0, 0.01),
        reason("stage", 1.0, 0.04, stages=["idea"]),
        reason("district", 1.0, 0.02, district="cau-giay"),
        reason("capacity", 0.0, 0.0, capacity=0),
        reason("language", 0.0, 0.0, languages=["vi"]),
    ]
    assert [each.factor for each in top_reasons(reasons)] == ["meaning", "kind", "stage", "capacity"]
    assert [each.factor for each in top_reasons(reasons, quoted=True)] == ["kind", "stage", "district", "capacity"]


def test_a_score_in_words_depends_on_the_threshold(app: Flask) -> None:
    with app.app_context(), speaking("en"):
        words = [fit_words(score, 0.4) for score in (0.39, 0.4, 0.54, 0.56, 0.71, 1.0)]
    assert words == ["Weak fit", "Possible fit", "Possible fit", "Good fit", "Very good fit", "Very good fit"]


def test_ranking_and_wording_agree_on_the_details(app: Flask, session: Any, make: Any, index: Any) -> None:
    """Every factor in play at once, through the real engine."""
    from models.types import OfferKind, Stage

    field = make.field("206", "Medical engineering")
    lab = make.organisation("Sao Khue Laboratory", "institute")
    make.offer(
        lab,
        "Tests of medical devices",
        fields=[field],
        stages=["prototype"],
        trl_min=4,
        trl_max=6,
        capacity=3,
        languages=["en"],
        district="cau-giay",
    )
    make.interest(make.need(make.organisation()), lab)
    index()
    query = Query(
        text="tests of medical devices",
        kinds=(OfferKind.TESTING,),
        fields=("206",),
        stage=Stage.PROTOTYPE,
        trl=5,
        district="cau-giay",
        language="en",
    )
    found = app.extensions["matching"].suggest(session, query).items[0]
    with app.app_context(), speaking("en"):
        sentences = {each.factor: reason_text(each) for each in found.reasons}
    assert set(sentences) == set(FACTORS) - {"fresh"}  # nothing here is out of date
    assert sentences["kind"] == "Offers what you look for: Testing and certification"
    assert sentences["trl"] == "Technology readiness fits (levels 4 to 6)"
    assert sentences["capacity"] == "Room for 3 teams at a time"
