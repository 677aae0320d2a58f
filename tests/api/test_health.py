"""The health check."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from tests.factories import Make


def test_a_fresh_process_is_healthy_and_has_loaded_nothing(client: Any, app: Flask) -> None:
    response = client.get("/healthz")
    body = response.get_json()
    assert response.status_code == 200
    assert body["status"] == "ok"
    assert body["database"]["ok"] is True
    assert body["database"]["dialect"] in ("sqlite", "postgresql")
    assert (body["encoder"]["loaded"], body["index"]["size"]) == (False, 0)
    assert sorted(body["index"]) == ["applied", "head", "model", "size"]


def test_after_a_question_the_index_is_at_its_head(client: Any, make: Make, index: Callable[[], None]) -> None:
    make.offer(make.organisation(kind="institute"), "Salt spray tests")
    index()
    client.get("/en/", query_string={"q": "salt"})
    body = client.get("/healthz").get_json()
    assert body["encoder"] == {"name": "hashing-256", "loaded": True}
    assert body["index"]["size"] == 2
    assert body["index"]["applied"] == body["index"]["head"] > 0


def test_without_an_encoder_it_says_so_and_stays_up(client: Any, app: Flask) -> None:
    from matching.engine import Engine

    app.extensions["matching"] = Engine("no/such/model")
    client.get("/en/", query_string={"q": "salt"})
    response = client.get("/healthz")
    assert (response.status_code, response.get_json()["status"]) == (200, "degraded")


def test_without_a_database_it_is_down(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr("sqlalchemy.orm.Session.execute", fail)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.get_json() == {
        "status": "degraded",
        "database": {"ok": False, "dialect": response.get_json()["database"]["dialect"]},
    }
