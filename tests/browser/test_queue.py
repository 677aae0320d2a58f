"""A centre manager clears a queue of twenty with the keyboard alone: no pointer is used from the sign-in to the end."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from models import Match
from models.base import utc_now
from models.types import InterestState, MatchSide, MatchState
from network.extensions import alembic, db
from tests.browser.conftest import DESKTOP, PHONE, Visit, too_wide, violations
from tests.factories import PASSWORD, Make
from tests.world import site_on

SIZES = pytest.mark.parametrize(("lang", "size"), [("vi", DESKTOP), ("en", PHONE)], ids=["vi-desktop", "en-phone"])
CENTRES = ("vi", "en", "plain", "off")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site on which twenty things wait for each of four centres."""
    with ThreadPoolExecutor(1) as beside:
        app = beside.submit(_prepare, tmp_path_factory.mktemp("queue") / "site.sqlite3").result()
        server = make_server("127.0.0.1", 0, app, threaded=True)
        beside.submit(server.serve_forever)
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _prepare(database: Path) -> Any:
    app = site_on(database)
    with app.app_context():
        alembic.upgrade()
        for name in CENTRES:
            _twenty(db.session, name)
        db.session.commit()
        db.engine.dispose()
    return app


def _twenty(session: Session, name: str) -> None:
    """Twelve requests, five suggestions, an answer, an outcome and a message."""
    make, now = Make(session), utc_now()
    centre = make.organisation(f"Centre {name}", "centre", slug=f"centre-{name}")
    make.user(centre, email=f"{name}@example.org", name="Manager", language=name if name == "vi" else "en")
    for number in range(12):
        startup = make.organisation(f"Startup {number}", slug=f"startup-{name}-{number}")
        need = make.need(startup, f"Need {number:02}")
        make.interest(need, centre, author=None, reply_by=now + timedelta(days=number - 2, hours=1))
    for number in range(5):
        need = make.need(make.organisation(f"Maker {number}", slug=f"maker-{name}-{number}"), f"Wish {number}")
        values = {"side": MatchSide.SUPPLIER, "state": MatchState.SUGGESTED, "score": 0.6, "policy": "prior"}
        make._add(Match(need=need, organisation=centre, **values))
    other = make.organisation("Talker", slug=f"talker-{name}")
    make.answer(make.challenge(centre, f"Flood {name}"), other)
    tested = make.connection(make.need(other, "Tested"), centre, InterestState.OUTCOME_PROPOSED)
    make.outcome(tested, other, confirm_by=now + timedelta(days=40))
    make.message(make.connection(make.need(other, "Talked"), centre), other, "And the price?")


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the focus is on what the selector names."""
    for _press in range(150):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector} on {page.url}")


def enter(page: Page, house: str, name: str, lang: str) -> None:
    page.goto(f"{house}/{lang}/sign-in")
    tab_to(page, "input[name=email]")
    page.keyboard.type(f"{name}@example.org")
    tab_to(page, "input[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/workspace/**")
    to_queue(page)


def to_queue(page: Page) -> None:
    tab_to(page, ".subnav a[href$='/queue']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")
    expect(page.locator("[data-shortcuts]").or_(page.locator(".empty"))).to_be_visible()


def shown(page: Page, number: int) -> None:
    expect(page.locator(".queue-row")).to_have_count(number)


def at_row(page: Page, title: str) -> None:
    expect(page.locator(".queue-row:focus h2")).to_contain_text(title)


def looked_at(page: Page) -> list[str]:
    return violations(page) + too_wide(page)


@SIZES
def test_twenty_are_cleared_with_the_keyboard_alone(visit: Visit, house: str, lang: str, size: dict[str, int]) -> None:
    page = visit(f"{house}/{lang}/", size)
    enter(page, house, lang, lang)
    shown(page, 20)
    page.keyboard.press("?")
    expect(page.locator(".shortcuts dl")).to_be_visible()
    found = looked_at(page)
    page.keyboard.press("?")
    page.keyboard.press("j")
    at_row(page, "Need 00")
    page.keyboard.press("j")
    page.keyboard.press("k")
    at_row(page, "Need 00")

    # the first is accepted with words of its own, the second declined; each time the next row has the focus
    page.keyboard.press("a")
    expect(page.locator("textarea[name=reply]")).to_be_focused()
    found += looked_at(page)
    page.keyboard.type("Come on Tuesday.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    at_row(page, "Need 01")
    shown(page, 19)
    found += looked_at(page)
    page.keyboard.press("d")
    expect(page.locator("input[name=reason]").first).to_be_focused()
    found += looked_at(page)
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    at_row(page, "Need 02")
    shown(page, 18)

    # five requests get the same reason and the same note
    for number in range(2, 7):
        at_row(page, f"Need {number:02}")
        page.keyboard.press("x")
        page.keyboard.press("j")
    expect(page.locator("[data-ticked]")).to_contain_text("5")
    page.keyboard.press("d")
    expect(page.locator("input[name=reason]").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    tab_to(page, "textarea[name=reply]")
    page.keyboard.type("Ask again in spring.")
    found += looked_at(page)
    tab_to(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("main .tag-refused")).to_have_count(5)
    found += looked_at(page)
    expect(page.locator(".page-head a.btn")).to_be_focused()
    page.keyboard.press("Enter")
    at_row(page, "Need 07")
    shown(page, 13)

    # the outcome is read and confirmed, the message answered, each on its own page
    for _row in range(5):
        page.keyboard.press("j")
    at_row(page, "Tested")
    page.keyboard.press("o")
    page.wait_for_url("**/interests/*")
    tab_to(page, "a[href$='/confirm']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm")
    tab_to(page, "main form button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/interests/**")
    to_queue(page)
    shown(page, 12)
    for _row in range(6):
        page.keyboard.press("j")
    at_row(page, "Talked")
    page.keyboard.press("o")
    page.wait_for_url("**/interests/*")
    tab_to(page, "textarea[name=text]")
    page.keyboard.type("As on our page.")
    tab_to(page, "main form:has(textarea) button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator(".notice-success")).to_be_visible()
    to_queue(page)

    # what is left is ticked whole: requests and the answer are accepted, suggestions go on the shortlist
    shown(page, 11)
    tab_to(page, "a[href*='all=yes']")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=item]:checked")).to_have_count(11)
    page.keyboard.press("a")
    expect(page.locator("textarea[name=reply]")).to_be_focused()
    page.keyboard.type("Gladly: call us in the mornings.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main .tag-refused")).to_have_count(0)
    expect(page.locator("main .entries > li")).to_have_count(11)
    expect(page.locator(".page-head a.btn")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".empty h2")).to_be_visible()
    found += looked_at(page)
    assert found == []


def test_without_the_script_tab_space_and_enter_do_the_same(visit: Visit, house: str) -> None:
    page = visit(f"{house}/en/", DESKTOP)
    page.route("**/queue.*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{house}/en/sign-in")
    tab_to(page, "input[name=email]")
    page.keyboard.type("plain@example.org")
    tab_to(page, "input[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/workspace/**")
    tab_to(page, ".subnav a[href$='/queue']")
    page.keyboard.press("Enter")
    shown(page, 20)
    expect(page.locator("[data-shortcuts]")).to_be_hidden()
    tab_to(page, ".queue-row:nth-child(1) [data-step=decline]")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=reason]").first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    at_row(page, "Need 01")
    page.keyboard.press("Tab")
    expect(page.locator(".queue-row:nth-child(1) input[name=item]")).to_be_focused()
    page.keyboard.press("Space")
    tab_to(page, ".queue-row:nth-child(2) input[name=item]")
    page.keyboard.press("Space")
    tab_to(page, ".queue-bar button[value=accept]")
    page.keyboard.press("Enter")
    expect(page.locator("textarea[name=reply]")).to_be_focused()
    page.keyboard.type("Come.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main .entries > li")).to_have_count(2)
    expect(page.locator(".page-head a.btn")).to_be_focused()
    page.keyboard.press("Enter")
    shown(page, 17)
    at_row(page, "Need 03")


def test_the_keys_can_be_switched_off_and_stay_off(visit: Visit, house: str) -> None:
    page = visit(f"{house}/en/", DESKTOP)
    enter(page, house, "off", "en")
    page.keyboard.press("?")
    page.keyboard.press("Tab")
    expect(page.locator("[data-keys]")).to_be_focused()
    page.keyboard.press("Space")
    for key in ("j", "x", "d"):
        page.keyboard.press(key)
    expect(page.locator("[data-keys]")).to_be_focused()
    page.reload()
    expect(page.locator("[data-shortcuts]")).to_be_visible()
    expect(page.locator("[data-keys]")).not_to_be_checked()
    page.keyboard.press("j")
    expect(page.locator(".queue-row:focus")).to_have_count(0)
    tab_to(page, ".shortcuts summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("j")
    at_row(page, "Need 00")
