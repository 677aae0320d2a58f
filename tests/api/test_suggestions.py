"""The question as JSON."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.types import Provenance, Visibility
from network import create_app
from network.extensions import limiter
from tests.factories import Make

ADDRESS = "/api/v1/suggestions"


@pytest.fixture
def laboratory(make: Make) -> Any:
    return make.organisation("Sao Khue Institute", "institute", provenance=Provenance.ILLUSTRATIVE)


def test_a_program_gets_the_answer_of_the_page(
    client: Any, make: Make, laboratory: Any, index: Callable[[], None]
) -> None:
    offer = make.offer(laboratory, "Salt spray tests for marine sensors")
    index()
    response = client.post(ADDRESS, json={"text": "salt spray tests for marine sensors", "language": "en", "limit": 1})
    assert response.status_code == 200
    body = response.get_json()
    assert sorted(body) == ["degraded", "suggestions", "threshold"]
    (found,) = body["suggestions"]
    assert {k: v for k, v in found.items() if k not in ("score", "reasons", "phrases")} == {
        "kind": "offer",
        "title": "Salt spray tests for marine sensors",
        "url": f"http://localhost/en/offers/{offer.id}",
        "illustrative": True,
        "organisation": "Sao Khue Institute",
    }
    assert found["score"] == pytest.approx(sum(reason["weight"] for reason in found["reasons"]), abs=0.001)
    assert sorted(found["reasons"][0]) == ["factor", "text", "weight"]
    assert found["phrases"][0]["found"].startswith("Salt spray tests")
    client.get("/en/", query_string={"q": "salt spray tests for marine sensors"})
    assert client.texts(".suggestion h3")[0] == found["title"]


def test_the_answer_is_in_the_language_asked_for(
    client: Any, make: Make, laboratory: Any, index: Callable[[], None]
) -> None:
    make.offer(laboratory, "Salt spray tests")
    index()

    def titles(**options: Any) -> list[tuple[str, str]]:
        headers = options.pop("headers", {})
        found = client.post(
            ADDRESS, json={"text": "salt spray tests", "limit": 1, **options}, headers=headers
        ).get_json()
        return [(item["title"], item["url"].split("/")[3]) for item in found["suggestions"]]

    assert titles(language="vi") == [("Salt spray tests (vi)", "vi")]
    assert titles(language="en") == [("Salt spray tests", "en")]
    assert titles(headers={"Accept-Language": "en"}) == [("Salt spray tests", "en")]
    assert titles() == [("Salt spray tests (vi)", "vi")]


def test_the_session_decides_what_may_be_read(
    client: Any, make: Make, laboratory: Any, index: Callable[[], None], sign_in: Callable[..., FlaskClient]
) -> None:
    make.offer(laboratory, "Salt spray tests", visibility=Visibility.MEMBERS)
    index()

    def kinds() -> list[str]:
        body = client.post(ADDRESS, json={"text": "salt spray tests"}).get_json()
        return [item["kind"] for item in body["suggestions"]]

    assert kinds() == ["organisation"]
    sign_in(client, make.user(make.organisation()))
    assert "offer" in kinds()


BAD = [
    ({}, {"text": "Fill this in."}),
    ({"text": "  "}, {"text": "Fill this in."}),
    ({"text": 5}, {"text": "This has the wrong type."}),
    ({"text": "a" * 2001}, {"text": "Write at most 2000 characters."}),
    ({"text": "a", "limit": 0}, {"limit": "Write a whole number from 1 to 50."}),
    ({"text": "a", "limit": 51}, {"limit": "Write a whole number from 1 to 50."}),
    ({"text": "a", "limit": "many"}, {"limit": "Write a whole number from 1 to 50."}),
    (
        {"text": "a", "language": "fr", "colour": 1},
        {"language": "Write vi or en.", "colour": "There is no such field."},
    ),
    (["a"], {"body": "This has the wrong type."}),
]


@pytest.mark.parametrize(("sent", "complaints"), BAD)
def test_a_wrong_question_is_told_what_is_wrong(client: Any, sent: Any, complaints: dict[str, str]) -> None:
    response = client.post(ADDRESS, json=sent, headers={"Accept-Language": "en"})
    assert response.status_code == 422
    body = response.get_json()
    assert (body["ok"], body["error"]["code"]) == (False, "invalid")
    assert body["error"]["details"] == {"fields": complaints}


def test_what_is_not_json_is_refused(client: Any) -> None:
    for response in (client.post(ADDRESS, data="{", content_type="application/json"), client.post(ADDRESS, data="a=1")):
        assert response.status_code == 400
        assert response.get_json()["ok"] is False
    assert client.get(ADDRESS).status_code == 405


def test_no_forgery_token_is_needed(app: Flask, client: Any) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert client.post(ADDRESS, json={"text": "salt"}).status_code == 200
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_more_than_sixty_a_minute_are_too_many(app: Flask) -> None:
    client = create_app(replace(app.config["SETTINGS"], rate_limits=True)).test_client()
    try:
        answers = [client.post(ADDRESS, json={"text": "salt"}).status_code for _ in range(61)]
    finally:
        limiter.reset()
        limiter.enabled = False
    assert (set(answers[:60]), answers[60]) == ({200}, 429)
