"""The pages for what goes wrong: in the reader's language, and without a database."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.factories import Make


@pytest.fixture
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site whose database does not answer."""

    def fail(*_arguments: Any, **_values: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    for name in ("execute", "scalar", "scalars", "connection", "get"):
        monkeypatch.setattr(Session, name, fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)


@pytest.mark.parametrize(("language", "title"), [("vi", "Không có trang này"), ("en", "There is no such page")])
def test_an_unknown_address(client: Any, broken: None, language: str, title: str) -> None:
    assert client.get(f"/{language}/nothing-here").status_code == 404
    assert client.texts("h1") == [title]
    assert client.page.html["lang"] == language


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_page_that_fails_says_so_and_leads_on(client: Any, broken: None, language: str) -> None:
    answer = client.get(f"/{language}/directory")
    assert answer.status_code == 500
    assert len(client.texts("h1")) == 1
    assert [a["href"] for a in client.page.select("main a")] == [f"/{language}/", f"/{language}/directory"]
    assert "gone" not in answer.text


def test_a_page_that_is_not_open_to_somebody(client: Any, make: Make, sign_in: Any) -> None:
    assert sign_in(client, make.user(make.organisation())).get("/en/coordination").status_code == 403
    assert client.texts("h1") == ["This page is not open to you"]


def test_the_interface_for_programs_fails_in_one_shape(client: Any, broken: None) -> None:
    answer = client.post("/api/v1/suggestions", json={"text": "a clean room"})
    assert (answer.status_code, answer.get_json()["ok"]) == (500, False)
    assert sorted(answer.get_json()["error"]) == ["code", "details", "message"]


@pytest.mark.parametrize(
    ("language", "title", "limit", "files"),
    [("vi", "Dữ liệu quá lớn", "2,1 MB", "11,5 MB"), ("en", "That is too large", "2.1 MB", "11.5 MB")],
)
def test_what_is_too_large_says_how_much_may_be_sent_and_what_to_do(
    client: Any, make: Make, sign_in: Any, language: str, title: str, limit: str, files: str
) -> None:
    startup = make.organisation()
    sign_in(client, make.user(startup))
    for page, size, most in (("needs/new", 3, limit), ("documents/new", 40, files)):
        sent = {"title": "x" * size * 1024 * 1024}
        assert client.post(f"/{language}/workspace/{startup.slug}/{page}", data=sent).status_code == 413
        assert client.texts("h1") == [title]
        assert most in client.texts(".lead")[0]
