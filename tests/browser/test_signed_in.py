"""A startup asks a centre to talk, and the centre accepts: the signed-in story in a browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Site, Visit, too_wide, violations

WORDS = {"vi": "Xin hẹn một buổi sáng thứ Ba.", "en": "May we meet on Tuesday morning?"}
REPLY = {"vi": "Mời anh chị đến lúc chín giờ.", "en": "Please come at nine."}


@pytest.mark.parametrize(
    ("lang", "size", "need"), [("vi", DESKTOP, 0), ("en", PHONE, 1)], ids=["vi-desktop", "en-phone"]
)
def test_a_startup_asks_and_a_centre_accepts(
    sign_in: Visit, site: Site, lang: str, size: dict[str, int], need: int
) -> None:
    centre, found = site.slugs["centre"], []

    page = sign_in("startup", f"/{lang}/workspace/{site.slugs['startup']}", size)
    found += violations(page) + too_wide(page)
    page.goto(f"/{lang}/workspace/{site.slugs['startup']}/interests/new?organisation={centre}")
    found += violations(page) + too_wide(page)
    if page.locator("select[name=need]").count():
        page.select_option("select[name=need]", index=need + 1)
    page.fill("textarea[name=message]", WORDS[lang])
    page.click("main form.form button[type=submit]")
    page.wait_for_url(re.compile(r"/interests/\d+"))
    expect(page.locator("main")).to_contain_text(WORDS[lang])
    found += violations(page) + too_wide(page)
    number = re.search(r"/interests/(\d+)", page.url)
    assert number

    desk = sign_in("centre", f"/{lang}/workspace/{centre}/interests", size)
    found += violations(desk) + too_wide(desk)
    desk.locator(f'main h3 a[href$="/interests/{number[1]}"]').click()
    expect(desk.locator("main")).to_contain_text(WORDS[lang])
    desk.locator(f'main a[href$="/interests/{number[1]}/accept"]').first.click()
    found += violations(desk) + too_wide(desk)
    desk.fill("textarea[name=reply]", REPLY[lang])
    desk.click("main form.form button[type=submit]")
    desk.wait_for_url(f"**/interests/{number[1]}")

    page.reload()
    expect(page.locator("main")).to_contain_text(REPLY[lang])
    found += violations(page) + too_wide(page)
    assert found == []
