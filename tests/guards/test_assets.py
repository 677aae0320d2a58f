"""One small stylesheet at an address of its content, compressed, kept for a year; and no class without a rule."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from network.assets import Assets, assets
from network.assets.stylesheet import bootstrap, classes_in, used_elements, written_classes
from network.assets.typeface import characters

HOOKS: set[str] = set()
"""Classes that need no rule of their own: they are only found by scripts and tests, or say what a thing is."""

LARGEST_STYLE = 20_000
LARGEST_TYPEFACE = 24_000


@pytest.fixture
def made(app: Flask) -> Iterator[Assets]:
    with app.test_request_context("/vi/"):
        yield assets()


def test_a_page_loads_one_stylesheet_and_waits_for_no_script(client: FlaskClient) -> None:
    client.get("/vi/")
    page = client.page  # type: ignore[attr-defined]
    styles = [link["href"] for link in page.select("link[rel=stylesheet]")]
    assert len(styles) == 1
    assert re.fullmatch(r"/assets/site\.[0-9a-f]{10}\.css", styles[0])
    assert all(script.has_attr("defer") for script in page.select("script"))


def test_files_are_kept_for_a_year_at_an_address_of_their_content(client: FlaskClient, made: Assets) -> None:
    for address in made.by_address:
        answer = client.get(f"/assets/{address}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_yesterdays_address_gives_todays_file_and_is_not_kept(client: FlaskClient, made: Assets) -> None:
    answer = client.get("/assets/site.0000000000.css")
    assert (answer.status_code, answer.data) == (200, made.by_name["site.css"].body)
    assert "max-age=0" in answer.headers["Cache-Control"]
    assert client.get("/assets/nothing.0000000000.css").status_code == 404
    assert client.get("/assets/..%2fsettings.py").status_code == 404


@pytest.mark.parametrize(("asked", "got"), [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)])
def test_the_style_travels_as_the_browser_can_take_it(
    client: FlaskClient, made: Assets, asked: str, got: str | None
) -> None:
    style = made.by_name["site.css"]
    answer = client.get(f"/assets/{style.address}", headers={"Accept-Encoding": asked})
    assert answer.content_encoding == got
    assert "Accept-Encoding" in answer.vary
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[got]
    assert unpack(answer.data) == style.body


def test_pages_travel_compressed_and_hide_their_length(app: Flask) -> None:
    plain = FlaskClient(app)  # the client of the tests reads pages as they are
    answers = [plain.get("/vi/needs", headers={"Accept-Encoding": "gzip"}) for _ in range(6)]
    assert {answer.content_encoding for answer in answers} == {"gzip"}
    assert gzip.decompress(answers[0].data).decode().startswith("<!doctype html>")
    assert len({len(answer.data) for answer in answers}) > 1


def test_style_and_typeface_stay_small(made: Assets) -> None:
    assert len(made.by_name["site.css"].compressed["br"]) < LARGEST_STYLE
    for weight in (400, 600):
        assert len(made.by_name[f"text-{weight}.woff2"].body) < LARGEST_TYPEFACE


def test_the_typeface_has_every_letter_of_both_languages(root: Path) -> None:
    words = (root / "network" / "translations" / "vi" / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
    letters = {letter for letter in words if letter.isalpha() and ord(letter) < 0x2000}
    assert {letter for letter in letters if ord(letter) not in set(characters())} == set()


def test_bootstrap_keeps_what_is_used_and_nothing_else() -> None:
    kept = bootstrap({"btn", "btn-primary"}, used_elements())
    assert ".btn-primary" in kept
    assert ".btn:hover" in kept
    assert ".btn-danger" not in kept
    assert ".carousel" not in kept
    assert len(kept) < 40_000


def test_classes_are_found_where_templates_write_them() -> None:
    template = """<p class="lead {{ "soft" if x }}{% if y %} small{% endif %}">{{ _("large words") }}</p>"""
    assert classes_in(template) == {"lead", "soft", "small"}
    assert written_classes(template) == {"lead", "small"}


def test_no_class_of_a_template_is_without_a_rule(root: Path, made: Assets) -> None:
    ruled = set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", made.by_name["site.css"].body.decode()))
    scripts = (root / "network" / "static" / "site.js").read_text(encoding="utf-8")
    bare = {
        f"{path.relative_to(root)}: {word}"
        for path in (root / "templates").rglob("*.html")
        for word in written_classes(path.read_text(encoding="utf-8")) - ruled - HOOKS
        if word not in scripts
    }
    assert bare == set()


def test_the_service_worker_keeps_no_page_of_a_person(client: FlaskClient, made: Assets) -> None:
    answer = client.get("/service-worker.js")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    named = set(re.findall(r'"(/[^"]*)"', answer.text.splitlines()[0]))
    assert {name for name in named if not name.startswith("/assets/")} == {"/vi/offline", "/en/offline"}
    assert all(client.get(name).status_code == 200 for name in named)
    assert not client.get("/vi/offline").headers.getlist("Set-Cookie")
