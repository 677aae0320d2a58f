"""The page of the design system, for those who build."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from network import create_app
from network.settings import Settings


@pytest.mark.parametrize("language", ["vi", "en"])
def test_it_shows_every_part(client: Any, language: str) -> None:
    assert client.get(f"/{language}/design").status_code == 200
    assert len(client.page.select("main section")) >= 12
    for part in (".colour", ".org-mark", ".tag", ".btn:disabled", ".error-summary", "td[data-label]", ".course"):
        assert client.page.select(part), part
    for part in ("progress", ".stepper", ".score", ".notice", ".empty", ".skeleton", ".failed", ".pagination-nav"):
        assert client.page.select(part), part


def test_every_colour_of_the_tokens_is_on_it(client: Any, root: Path) -> None:
    client.get("/en/design")
    shown = {
        next(c for c in e["class"] if c != "colour").removeprefix("colour-") for e in client.page.select(".colour")
    }
    tokens = (root / "network" / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    assert shown == set(re.findall(r"--([\w-]+):\s*#", tokens))


def test_production_has_no_such_page(tmp_path: Path) -> None:
    settings = Settings(app_env="production", secret_key="k" * 40, database_url=f"sqlite:///{tmp_path / 'x.sqlite3'}")
    app: Flask = create_app(settings)
    assert app.test_client().get("/en/design").status_code == 404
