"""Every page for people signed in: axe finds nothing, and nothing scrolls sideways at 200 % or 320 pixels wide.

Once light in Vietnamese and once dark in English; the second time with the last account that may open a page and the
last entry of its kind, so that the two see more than one alone.
"""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

from models import User
from network.auth import Access, access_of
from network.extensions import db
from network.services.demonstration import PEOPLE
from tests.browser.conftest import NARROW, ZOOMED, Site, Visit, site_from, too_wide, violations
from tests.browser.everything import add_everything, leads

HREF = re.compile(r'(?:href|action)="(/vi/[^"#]*)')
PER_ENDPOINT = 5
"""How many addresses of one kind the first account that finds it follows, to find the rest; the others follow one."""
ROLES = [person.email.split("@")[0] for person in PEOPLE]
PARTS = 4

NO_PAGES = {
    "accounts.export",
    "applications.letter_document",
    "commitments.document",
    "connections.file",
    "coordination_exports.download",
    "directory.document",
    "documents.file",
    "intake_applications.letter_document",
    "meetings.calendar",
    "meetings.deadline",
    "meetings.everything",
    "notifications.follow",
    "questions.need",
    "queue.result",
    "technology_uploads.ours",
    "technology_uploads.template",
    "workspace_audit.download",
    "yearly_report.document",
}
"""Files, addresses that lead on to others, and the result of a queue, which test_queue.py looks at."""


@pytest.fixture(scope="module")
def full_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_from(tmp_path_factory, change=add_everything) as site:
        yield site


@pytest.fixture(scope="module")
def addresses(full_site: Site) -> dict[str, list[tuple[str, str]]]:
    """Of each kind of page, where accounts found it: endpoint → (role, address in Vietnamese)."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(_found, full_site.app).result()


def _found(app: Flask) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for person, role in zip(PEOPLE, ROLES, strict=True):
        client = app.test_client()
        with app.app_context():
            user_id = db.session.scalars(sa.select(User).where(User.email == person.email)).one().get_id()
            further = leads(db.session).get(role, [])
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = user_id, True
        waiting = ["/vi/workspace" if person.organisation_key else "/vi/coordination", "/vi/account", *further]
        known, met, seen = set(found), set(waiting), Counter[str | None]()
        while waiting:
            address = waiting.pop(0)
            endpoint = private(app, address)
            seen[endpoint] += 1
            if endpoint is None or seen[endpoint] > (1 if endpoint in known else PER_ENDPOINT):
                continue
            answer = client.get(address)
            if answer.mimetype != "text/html" or answer.status_code != 200:
                continue
            found.setdefault(endpoint, []).append((role, address))
            for link in HREF.findall(answer.get_data(as_text=True).replace("&amp;", "&")):
                if link not in met:
                    met.add(link)
                    waiting.append(link)
    return found


def private(app: Flask, address: str) -> str | None:
    """What lies at an address, if only people signed in may read it."""
    try:
        endpoint, _ = app.url_map.bind("localhost").match(address.split("?")[0])
    except HTTPException:
        return None
    return endpoint if access_of(app, endpoint) is not Access.PUBLIC else None


def test_every_page_for_people_signed_in_is_found(full_site: Site, addresses: dict[str, list[tuple[str, str]]]) -> None:
    pages = {
        rule.endpoint
        for rule in full_site.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and access_of(full_site.app, rule.endpoint) not in (Access.PUBLIC, None)
    }
    assert pages - set(addresses) == NO_PAGES


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(
    ("lang", "scheme", "which"), [("vi", "light", 0), ("en", "dark", -1)], ids=["vi-light", "en-dark"]
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    sign_in: Visit,
    full_site: Site,
    addresses: dict[str, list[tuple[str, str]]],
    lang: str,
    scheme: str,
    which: int,
    part: int,
) -> None:
    by_role = dict[str, list[str]]()
    for endpoint in sorted(addresses)[part::PARTS]:
        role, address = addresses[endpoint][which]
        by_role.setdefault(role, []).append(f"/{lang}/{address.removeprefix('/vi/')}")
    found = list[str]()
    for role, own in by_role.items():
        page = sign_in(role, own[0], ZOOMED, base_url=full_site.address, device_scale_factor=2)
        for address in own:
            answer = page.goto(address)
            if answer is None or not answer.ok or urlsplit(page.url).path != address.split("?")[0]:
                found.append(f"{address} does not open")
            found += faults(page, scheme)
        page.context.close()
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_faulty_page_is_noticed(visit: Visit, scheme: str) -> None:
    page = visit("/vi/about", ZOOMED, device_scale_factor=2)
    assert faults(page, scheme) == []
    page.evaluate(
        """document.querySelector("main").insertAdjacentHTML("beforeend",
             '<p id="pale">Nhạt</p><p id="wide">Rộng</p><input>');
           document.querySelector("#pale").style.color = "#888";
           document.querySelector("#pale").style.background = "#777";
           document.querySelector("#wide").style.width = "400px";"""
    )
    found = "\n".join(faults(page, scheme))
    assert all(word in found for word in ("color-contrast", "label", "too wide"))


def faults(page: Page, scheme: str) -> list[str]:
    found = too_wide(page) + violations(page, scheme)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    found += too_wide(page)
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    return found
