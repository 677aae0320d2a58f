"""Writing a need with the coach in a browser: it answers while one types, and nothing that is typed is lost."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Site, Visit, too_wide, violations

TEXT = "Cần phòng thí nghiệm đo độ bền cảm biến mực nước trong cống, đã thử hai loại vỏ"


def test_a_need_is_coached_kept_and_saved(sign_in: Visit, site: Site) -> None:
    address = f"/vi/workspace/{site.slugs['startup']}/needs/new"
    page = sign_in("startup", address, DESKTOP)
    page.fill("#summary_vi", TEXT)
    expect(page.locator("#coach .checks li")).to_have_count(8, timeout=10_000)
    expect(page.locator("#coach .checks li.said")).to_have_count(1, timeout=10_000)
    expect(page.locator("#coach-found h3").first).to_be_visible()
    found = violations(page) + too_wide(page)

    # one click takes a guess over, and it is no guess any more
    guess = page.locator(".hints button").first
    if guess.count():
        name, value = guess.get_attribute("data-take"), guess.get_attribute("data-value")
        guess.click()
        expect(page.locator(f'input[name="{name}"][value="{value}"]')).to_be_checked()
    page.select_option("#stage", "pilot")
    expect(page.locator("#coach .checks li.said")).not_to_have_count(1, timeout=10_000)

    # another tab, another day: what was begun is put back, in the other language of the page too
    page.context.new_page().close()
    page.goto(address.replace("/vi/", "/en/"))
    expect(page.locator("[data-kept]")).to_be_visible()
    expect(page.locator("#summary_vi")).to_have_value(TEXT)
    expect(page.locator("#stage")).to_have_value("pilot")

    # saved, it is let go
    page.fill("#title_vi", "Đo độ bền cảm biến")
    page.click("#need-form .btn-primary")
    expect(page.locator(".notice-success")).to_be_visible()
    page.wait_for_function("Object.keys(localStorage).every((key) => !key.startsWith('draft:'))")
    page.goto(address)
    expect(page.locator("#summary_vi")).to_have_value("")
    expect(page.locator("[data-kept]")).to_be_hidden()
    assert found == []


def test_what_is_begun_in_a_need_that_exists_is_kept_by_the_site(sign_in: Visit, site: Site) -> None:
    slug = site.slugs["startup"]
    page = sign_in("startup", f"/en/workspace/{slug}/needs", PHONE)
    page.locator("main h2 a").first.click()
    page.wait_for_url(re.compile(r"/needs/\d+$"))
    page.goto(f"{page.url}/edit")
    before = page.input_value("#summary_vi")
    with page.expect_response(
        lambda answer: answer.url.endswith("/coach") and "Begun" in (answer.request.post_data or "")
    ):
        page.fill("#title_en", "Begun and not saved")
    other = sign_in("startup", page.url.split("127.0.0.1")[1].split("/", 1)[1].join(["/", ""]), PHONE)
    expect(other.locator(".kept").first).to_contain_text("has been put back")
    expect(other.locator("#title_en")).to_have_value("Begun and not saved")
    other.locator(".kept button.link").first.click()
    expect(other.locator("#title_en")).not_to_have_value("Begun and not saved")
    expect(other.locator("#summary_vi")).to_have_value(before)
    assert violations(other) + too_wide(other) == []
