"""A coordinator's day in a browser: the desk, how well matching works, an action programme, tables to take away."""

import io
import re
from datetime import datetime, timedelta

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from network.formatting import HANOI
from network.services.demonstration import PASSWORD
from tests.browser.conftest import DESKTOP, PHONE, Visit, too_wide, violations

TITLE = {"vi": "Cảm biến trong cống", "en": "Sensors in the sewers"}


@pytest.fixture
def desk(visit: Visit) -> Visit:
    """desk("/vi/coordination", PHONE) opens a page as the coordinator of the demonstration."""

    def _desk(address: str, size: dict[str, int]) -> Page:
        page = visit(f"/{address.split('/')[1]}/sign-in", size)
        page.fill("input[name=email]", "coordinator@demo.example")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/coordination**")
        page.goto(address)
        return page

    return _desk


def looked(page: Page) -> list[str]:
    return violations(page) + too_wide(page)


@pytest.mark.parametrize(("lang", "size"), [("vi", DESKTOP), ("en", PHONE)], ids=["vi-desktop", "en-phone"])
def test_from_what_waits_to_what_can_be_done(desk: Visit, lang: str, size: dict[str, int]) -> None:
    base = f"/{lang}/coordination"
    page = desk(base, size)
    found = looked(page)
    page.locator("main a[href$='/matching-health']").click()
    expect(page.locator(".key-figures dt")).to_have_count(3)
    page.locator("details.more summary").first.click()
    found += looked(page)

    # From a field short of supply to the organisations in it, from a need to whom one writes to.
    page.locator("#fields ~ table a[href*='/directory?field=']").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.go_back()
    page.locator("main .entries a[href*='/coordination/organisations/']").first.click()
    expect(page.locator("#decide-title")).to_be_visible()
    found += looked(page)
    for part in ("no-suggestion", "not-asked", "nothing-goes-on"):
        page.goto(f"{base}/matching-health/{part}")
        found += looked(page)
    for part in ("organisations", "exposure", "outcomes", "audit", "mails", "intakes", "action-programmes"):
        page.goto(f"{base}/{part}")
        found += looked(page)
    assert found == []


@pytest.mark.parametrize(("lang", "size"), [("vi", PHONE), ("en", DESKTOP)], ids=["vi-phone", "en-desktop"])
def test_tables_are_taken_away_and_that_is_noted(desk: Visit, lang: str, size: dict[str, int]) -> None:
    page = desk(f"/{lang}/coordination", size)
    page.locator("main a[href$='/exports']").click()
    found = looked(page)
    with page.expect_download() as download:
        page.locator("main a[href$='/needs.xlsx']").click()
    sheet = load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    assert sheet is not None
    assert sheet.max_row > 50
    with page.expect_download() as download:
        page.locator("main a[href$='/organisations.csv']").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.startswith("\ufeff")
    assert "Trung tâm" in text
    assert download.value.suggested_filename == "organisations.csv"
    page.locator("main a[href$='/audit?event=export.take']").click()
    expect(page.locator("main")).to_contain_text({"vi": "Tổ chức", "en": "Organisations"}[lang])
    found += looked(page)
    assert found == []


@pytest.mark.parametrize(("lang", "size"), [("vi", DESKTOP), ("en", PHONE)], ids=["vi-desktop", "en-phone"])
def test_an_action_programme_is_registered_and_followed(desk: Visit, lang: str, size: dict[str, int]) -> None:
    page = desk(f"/{lang}/coordination/action-programmes", size)
    today = datetime.now(HANOI).date()
    page.locator("main a[href$='/new']").first.click()
    found = looked(page)
    words = {
        "office": "Sở",
        "title": TITLE[lang],
        "breakthrough": "Biết trước",
        "goal": "Một giờ",
        "milestones-0-title": "Mốc",
        "outputs-0-title": "Cảm biến",
    }
    for name, text in {**words, "outputs-0-unit": "cái"}.items():
        page.fill(f"[name={name}_{lang}]", text)
    days = {"starts_on": -60, "ends_on": 300, "milestones-0-due_on": -9}
    for name, ahead in days.items():
        page.fill(f"[name={name}]", (today + timedelta(days=ahead)).isoformat())
    page.fill("[name=outputs-0-target]", "40")
    page.locator("main form.form .actions button[type=submit]").click()
    page.wait_for_url(re.compile(r"/action-programmes/\d+$"))
    page.click("form[action$='/start'] button")
    expect(page.locator("#roadmap")).to_be_visible()

    def step(action: str, **values: str) -> None:
        """Opens the small form of a step, fills it in and sends it."""
        form = page.locator(f"form[action$='{action}']").first
        page.locator(f"details:has(form[action$='{action}']) > summary").first.click()
        for name, value in values.items():
            field = form.locator(f"[name={name}]")
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        form.locator("button[type=submit]").click()
        expect(page.locator(".notice-success")).to_be_visible()

    step("/count", reached="12", on=today.isoformat())
    step("/money", source="fund", promised="500", paid="100", on=today.isoformat())
    step("/done", on=today.isoformat())
    found += looked(page)
    page.goto(f"/{lang}/figures/co-investment")
    expect(page.locator("main")).to_contain_text(TITLE[lang])
    found += looked(page)
    assert found == []
