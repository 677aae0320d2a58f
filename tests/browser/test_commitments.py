"""A commitment of support in a browser: the startup asks and takes back, the centre reads what waits."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Site, Visit, too_wide, violations

SIZES = pytest.mark.parametrize(("lang", "size"), [("vi", DESKTOP), ("en", PHONE)], ids=["vi-desktop", "en-phone"])


def looked_at(page: Page) -> list[str]:
    return violations(page) + too_wide(page)


@SIZES
def test_a_startup_takes_its_paper_along_asks_anew_and_withdraws(
    sign_in: Visit, site: Site, lang: str, size: dict[str, int]
) -> None:
    page = sign_in("startup", f"/{lang}/workspace/{site.slugs['startup']}/commitments", size)
    found = looked_at(page)
    page.locator("main .entry-row:has(.tag-good) h2 a").click()
    found += looked_at(page)
    with page.expect_download() as download:
        page.click("main a[href$='/document']")
    assert download.value.suggested_filename.startswith("commitment-of-support-")
    page.click(".breadcrumbs a")
    page.click("main a[href$='/commitments/new']")
    found += looked_at(page)
    page.fill("textarea[name=asks]", "Một phòng và một người cố vấn.")
    page.click("main form.form button[type=submit]")
    expect(page.locator(".tags .tag-waiting")).to_be_visible()
    found += looked_at(page)
    page.click("form[action$='/withdraw'] button")
    expect(page.locator(".tags .tag-closed")).to_be_visible()
    assert found == []


@SIZES
def test_a_centre_reads_what_waits_and_what_it_has_granted(
    sign_in: Visit, site: Site, lang: str, size: dict[str, int]
) -> None:
    home = f"/{lang}/workspace/{site.slugs['centre']}"
    page = sign_in("centre", home, size)
    page.click("main .notice a[href$='/commitments']")
    found = looked_at(page)
    page.locator("main .entry-row:has(.tag-waiting) h2 a").first.click()
    found += looked_at(page)
    page.goto(f"{home}/commitments")
    page.locator("main .entry-row:has(.tag-good) h2 a").first.click()
    found += looked_at(page)
    assert found == []
