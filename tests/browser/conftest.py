"""The site as people meet it: in a real browser, on the starter registry, over 127.0.0.1."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy.orm import Session

from models import Organisation
from network.extensions import db
from network.services.demonstration import PASSWORD, PEOPLE
from tests.browser.chromium import OPTIONS, chromium
from tests.browser.server import served
from tests.world import site_on, starter_site

HERE = Path(__file__).parent
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP, PHONE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 800}, {"width": 320, "height": 640}
ZOOMED = {"width": 640, "height": 450}
"""What a window of 1280 shows at 200 %."""


@pytest.fixture(scope="session", autouse=True)
def clock() -> None:
    """The real one: the browser has no other."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = chromium() is None
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.browser)
            if missing:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: apt install chromium"))


@dataclass(frozen=True)
class Site:
    """The running site. `slugs`: the organisation of each demonstration account, as it stands in addresses."""

    address: str
    slugs: dict[str, str]
    app: Flask


@contextmanager
def site_from(
    tmp_path_factory: pytest.TempPathFactory, name: str = "starter", change: Callable[[Session], None] = lambda _: None
) -> Iterator[Site]:
    """A site on a copy of the database `name`, which the first of parallel runs fills, with what `change` adds."""
    mine = tmp_path_factory.mktemp("site") / "site.sqlite3"
    parallel = "PYTEST_XDIST_WORKER" in os.environ
    common = tmp_path_factory.getbasetemp().parent if parallel else tmp_path_factory.getbasetemp()
    slugs = dict[str, str]()
    with served(lambda: _prepare(common / f"{name}.sqlite3", mine, change, slugs)) as (address, app):
        yield Site(address, slugs, app)


def _prepare(common: Path, mine: Path, change: Callable[[Session], None], slugs: dict[str, str]) -> Flask:
    with common.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not common.exists():
            half = common.with_suffix(".half")
            first = starter_site(half)
            with first.app_context():
                db.session.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
                db.engine.dispose()
            half.rename(common)
        shutil.copy(common, mine)
    app = site_on(mine)
    with app.app_context():
        change(db.session)
        db.session.commit()
        rows = db.session.execute(sa.select(Organisation.starter_key, Organisation.slug))
        by_key = {key: slug for key, slug in rows if key}
    slugs |= {p.email.split("@")[0]: by_key[p.organisation_key] for p in PEOPLE if p.organisation_key}
    return app


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_from(tmp_path_factory) as site:
        yield site


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    return site.address


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": chromium(), "args": list(OPTIONS)}


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, base_url: str) -> Iterator[Visit]:
    """visit("/vi/", PHONE) opens an address in a browser of its own. What the page's scripts break fails the test."""
    contexts: list[BrowserContext] = []
    broken: list[str] = []

    def _visit(address: str, size: dict[str, int] = DESKTOP, **options: Any) -> Page:
        still = {"reduced_motion": "reduce", "service_workers": "block"}
        context = browser.new_context(**{"base_url": base_url, "viewport": size, **still, **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(f"{page.url}: {error}"))
        page.on("console", lambda m: broken.append(f"{page.url}: {m.text}") if m.type == "error" else None)
        page.goto(address)
        return page

    yield _visit
    for context in contexts:
        context.close()
    assert broken == []


@pytest.fixture
def sign_in(visit: Visit) -> Visit:
    """sign_in("startup", "/vi/workspace") signs a demonstration account in by the form."""

    def _sign_in(role: str, address: str, size: dict[str, int] = DESKTOP, **options: Any) -> Page:
        page = visit(f"/{address.split('/')[1]}/sign-in", size, **options)
        page.fill("input[name=email]", f"{role}@demo.example")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda address: "/sign-in" not in address)
        page.goto(address)
        return page

    return _sign_in


def settled(page: Page) -> None:
    """Waits until the page and its letters are there."""
    page.wait_for_load_state()
    page.evaluate("async () => { await document.fonts.ready }")


def violations(page: Page, *schemes: str) -> list[str]:
    """What axe finds on the page in these schemes; as it stands: everything in light, contrast again in dark."""
    settled(page)
    page.evaluate(AXE)  # through the debugger: the policy of the site forbids it as a script of the page
    contrast = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
    asked = [(scheme, {"runOnly": RULES}) for scheme in schemes] or [("light", {"runOnly": RULES}), ("dark", contrast)]
    found = []
    for scheme, options in asked:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        options = {**options, "resultTypes": ["violations"]}
        for rule in page.evaluate("async options => (await axe.run(document, options)).violations", options):
            places = [json.dumps(node["target"]) + " " + node["html"][:120] for node in rule["nodes"][:3]]
            found.append(f"{page.url} {scheme} {rule['id']} ({len(rule['nodes'])}): " + " | ".join(places))
    page.emulate_media(color_scheme="light")
    return found


def too_wide(page: Page) -> list[str]:
    """The page, if it scrolls sideways."""
    settled(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{page.url} is {wide}px too wide"] if wide > 0 else []
