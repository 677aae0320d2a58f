"""A partner at work in a browser: what fits, an answer, the deal on its board, what it offers and looks for."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Site, Visit, too_wide, violations

ANSWER = {"vi": "Mời nhóm tới xem mạng lưới vào tuần tới.", "en": "Come and see our network next week."}


@pytest.mark.parametrize(("lang", "size"), [("vi", DESKTOP), ("en", PHONE)], ids=["vi-desktop", "en-phone"])
def test_a_partner_follows_a_request_to_a_deal(sign_in: Visit, site: Site, lang: str, size: dict[str, int]) -> None:
    own, found = f"/{lang}/workspace/{site.slugs['partner']}", []
    page = sign_in("partner", own, size)

    def look(part: str | None = None) -> None:
        nonlocal found
        if part is not None:
            page.goto(own + part)
        found += violations(page) + too_wide(page)

    look()
    page.locator(".subnav a[href$='/deals']").click()
    expect(page.locator(".subnav [aria-current]")).to_have_attribute("href", f"{own}/deals")
    rows = page.locator("main tbody tr")
    everything = rows.count()
    assert everything >= 2
    expect(page.locator("main thead")).to_be_attached()
    look()

    # Narrowed by a stage, by who asked, and by a word that no deal has.
    page.locator(".steps-count a[href*='stage=outcome']").click()
    expect(page.locator(".chosen li")).to_have_count(1)
    look()
    page.locator(".chosen a").click()
    expect(rows).to_have_count(everything)
    page.select_option("#direction", "outgoing")
    page.wait_for_url("**direction=outgoing**")
    look()
    page.goto(f"{own}/deals?q=zzzz")
    expect(page.locator(".empty")).to_be_visible()
    look()

    # What waits is answered, and stands one stage further.
    page.goto(f"{own}/deals?stage=waiting&direction=incoming")
    if rows.count():
        rows.first.locator("th a").click()
        page.wait_for_url(re.compile(r"/interests/\d+$"))
        look()
        number = page.url.rsplit("/", 1)[1]
        page.locator("main a[href$='/accept']").first.click()
        look()
        page.locator("main textarea").first.fill(ANSWER[lang])
        page.click("main form.form button[type=submit]")
        expect(page.locator(".notice-success")).to_be_visible()
        page.goto(f"{own}/deals?stage=talking")
        expect(page.locator(f"main tbody a[href$='/interests/{number}']")).to_be_visible()
        look()

    # What it offers and looks for leads to where that is changed.
    page.locator("main a[href$='/deals/terms']").click()
    expect(page.locator("h1")).to_be_visible()
    look()
    page.locator("main a[href*='/saved-searches/new']").first.click()
    expect(page.locator("main form.form")).to_be_visible()
    found += violations(page) + too_wide(page)
    for part in ("/matches", "/interests", "/connections", "/offers", "/offers/new", "/profile", "/challenges"):
        look(part)
    assert found == []
