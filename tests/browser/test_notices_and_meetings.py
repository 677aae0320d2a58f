"""From a notice to a meeting in both calendars, in a browser: what is read, chosen, proposed, picked and traced."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from network.services.demonstration import PASSWORD
from tests.browser.conftest import DESKTOP, PHONE, Site, Visit, too_wide, violations

SUBJECT = {"vi": "Xem thử phòng thí nghiệm", "en": "A look at the laboratory"}


def look(page: Page, address: str) -> list[str]:
    page.goto(address)
    return violations(page) + too_wide(page)


def coordinator(visit: Visit, address: str, size: dict[str, int]) -> Page:
    page = visit("/vi/sign-in", size)
    page.fill("input[name=email]", "coordinator@demo.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/coordination**")
    page.goto(address)
    return page


@pytest.mark.parametrize(
    ("lang", "size", "need"), [("vi", DESKTOP, 1), ("en", PHONE, 2)], ids=["vi-desktop", "en-phone"]
)
def test_from_a_notice_to_a_meeting_in_both_calendars(
    visit: Visit, sign_in: Visit, site: Site, lang: str, size: dict[str, int], need: int
) -> None:
    startup, institute, found = site.slugs["startup"], site.slugs["university"], []
    page = sign_in("startup", f"/{lang}/workspace/{startup}/interests/new?organisation={institute}", size)
    page.select_option("select[name=need]", index=need)
    page.fill("textarea[name=message]", "Xin hẹn gặp.")
    page.click("main form.form button[type=submit]")
    page.wait_for_url(re.compile(r"/interests/\d+"))
    number = page.url.split("?")[0].rstrip("/").rpartition("/")[2]

    desk = sign_in("university", f"/{lang}/notifications", size)
    found += violations(desk) + too_wide(desk)
    desk.locator(".notices .unread h2 a").first.click()
    desk.wait_for_url(f"**/workspace/{institute}/interests/{number}")
    desk.goto(f"/{lang}/workspace/{institute}/interests/{number}/accept")
    desk.fill("textarea[name=reply]", "Rất sẵn lòng.")
    desk.click("main form.form button[type=submit]")
    desk.wait_for_url(f"**/interests/{number}")

    found += look(page, f"/{lang}/workspace/{startup}/connections/{number}/meetings/new")
    page.fill("[name=subject]", SUBJECT[lang])
    page.fill("[name=slot_1]", (datetime.now() + timedelta(days=3)).strftime("%Y-%m-%dT09:00"))  # noqa: DTZ005
    page.fill("[name=slot_2]", (datetime.now() + timedelta(days=4)).strftime("%Y-%m-%dT14:30"))  # noqa: DTZ005
    page.fill("[name=place]", "Hồ Tây")
    page.click("main form.form button[type=submit]")
    page.wait_for_url(f"**/interests/{number}#meetings")
    expect(page.locator("#meetings")).to_contain_text(SUBJECT[lang])
    found += violations(page) + too_wide(page)

    found += look(desk, f"/{lang}/workspace/{institute}/interests/{number}")
    desk.locator("#meetings .slots button").nth(1).click()
    desk.wait_for_url(f"**/interests/{number}#meetings")
    expect(desk.locator("#meetings strong")).to_contain_text("14:30")
    found += violations(desk) + too_wide(desk)
    with desk.expect_download() as file:
        desk.locator("#meetings a[href$='meeting.ics']").click()
    assert file.value.suggested_filename.endswith(".ics")

    found += look(page, f"/{lang}/notifications/settings")
    page.locator("#people input[value=off]").check()
    page.click("main form button[type=submit]")
    expect(page.locator(".notice-success")).to_be_visible()
    expect(page.locator("#people input[value=off]")).to_be_checked()
    found += look(page, f"/{lang}/account/email")
    found += look(page, f"/{lang}/workspace/{startup}/audit")

    office = coordinator(visit, f"/{lang}/coordination/audit?event=meeting.agree", size)
    expect(office.locator("table.audit tbody tr").first).to_be_visible()
    found += violations(office) + too_wide(office)
    found += look(office, f"/{lang}/coordination/mails")
    assert found == []


@pytest.mark.parametrize(("lang", "size"), [("vi", PHONE), ("en", DESKTOP)], ids=["vi-phone", "en-desktop"])
def test_a_forgotten_password(visit: Visit, lang: str, size: dict[str, int]) -> None:
    page = visit(f"/{lang}/forgotten-password", size)
    found = violations(page) + too_wide(page)
    page.fill("[name=email]", "nobody@example.org")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/forgotten-password/sent")
    found += violations(page) + too_wide(page)
    assert found == []
