"""Why not, saved searches, who is suggested: Axe finds nothing, nothing scrolls sideways, no script is needed."""

import pytest
from playwright.sync_api import Page, expect

from network.services.demonstration import PASSWORD
from tests.browser.conftest import DESKTOP, NARROW, PHONE, Visit, too_wide, violations

QUESTION = "cần phòng thí nghiệm đo cảm biến mực nước"


def look(page: Page, address: str) -> list[str]:
    page.goto(address)
    return violations(page) + too_wide(page)


@pytest.mark.parametrize(("lang", "size"), [("vi", DESKTOP), ("en", NARROW)], ids=["vi-desktop", "en-narrow"])
def test_why_not_from_a_question(visit: Visit, lang: str, size: dict[str, int]) -> None:
    page = visit(f"/{lang}/?q={QUESTION}", size)
    page.locator("details.why:has(#why-name) > summary").click()
    found = violations(page) + too_wide(page)
    page.fill("#why-name", "beo tay")
    page.click(".why-ask button")
    expect(page.locator(".losses li").first).to_be_visible()
    found += violations(page) + too_wide(page)
    found += look(page, f"/{lang}/why-not?q={QUESTION}&name=nuoc")
    found += look(page, f"/{lang}/why-not?q={QUESTION}&name=zzzz")
    assert found == []


def test_a_question_is_carried_to_a_saved_search_without_scripts(visit: Visit) -> None:
    page = visit("/vi/?q=zzzz+qqqq", PHONE, java_script_enabled=False)
    page.click("form.carry button[value=alert]")
    page.fill("input[name=email]", "startup@demo.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    expect(page.locator("#text")).to_have_value("zzzz qqqq")
    page.fill("#name", "Lời hỏi lạ")
    page.click("main form.form button[type=submit]")
    expect(page.locator("h1")).to_have_text("Lời hỏi lạ")


@pytest.mark.parametrize(("lang", "size"), [("en", DESKTOP), ("vi", PHONE)], ids=["en-desktop", "vi-phone"])
def test_saved_searches_and_exposure(visit: Visit, sign_in: Visit, lang: str, size: dict[str, int]) -> None:
    page = sign_in("centre", f"/{lang}/saved-searches/new?q={QUESTION}", size)
    found = violations(page) + too_wide(page)
    page.click("main form.form button[type=submit]")
    expect(page.locator(".notice-success")).to_be_visible()
    found += violations(page) + too_wide(page)
    for part in ("saved-searches", "saved-searches/new?list=needs&help=testing&q=do"):
        found += look(page, f"/{lang}/{part}")

    desk = visit(f"/{lang}/sign-in", size)
    desk.fill("input[name=email]", "coordinator@demo.example")
    desk.fill("input[name=password]", PASSWORD)
    desk.press("input[name=password]", "Enter")
    desk.wait_for_url("**/coordination**")
    found += look(desk, f"/{lang}/coordination/exposure")
    assert found == []
