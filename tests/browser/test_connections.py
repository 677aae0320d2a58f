"""Two sides write to each other, and one confirms what the other says came of it: the connection in a browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from network.services.demonstration import PASSWORD
from tests.browser.conftest import DESKTOP, PHONE, Site, Visit, too_wide, violations

WORDS = {"vi": "Chúng tôi gửi kế hoạch trong tệp kèm theo.", "en": "Our plan is in the file."}
CONFIRMED = {
    "vi": "Hai bên đã xác nhận. Kết quả được tính từ bây giờ.",
    "en": "Confirmed by both sides. It is counted from now on.",
}
PAGES = ("agreements/new", "outcomes/new", "end")


@pytest.mark.parametrize(("lang", "size"), [("vi", PHONE), ("en", DESKTOP)], ids=["vi-phone", "en-desktop"])
def test_two_sides_talk_and_confirm(
    visit: Visit, sign_in: Visit, site: Site, tmp_path: Path, lang: str, size: dict[str, int]
) -> None:
    own = f"/{lang}/workspace/{site.slugs['startup']}"
    page = sign_in("startup", f"{own}/connections", size)
    found = violations(page) + too_wide(page)

    # A letter with a file; every form that a talk can lead to.
    page.goto(f"{own}/connections?stage=talking")
    page.locator("main h3 a").first.click()
    found += violations(page) + too_wide(page)
    number = re.search(r"/interests/(\d+)", page.url)
    assert number
    plan = tmp_path / "plan.pdf"
    plan.write_bytes(b"%PDF-1.7 plan")
    page.fill("textarea[name=text]", WORDS[lang])
    page.set_input_files("input[name=files]", plan)
    page.click("#write button[type=submit]")
    expect(page.locator(".thread")).to_contain_text(WORDS[lang])
    with page.expect_download() as download:
        page.locator(".thread .files a").last.click()
    assert download.value.path().read_bytes() == plan.read_bytes()
    for part in PAGES:
        page.goto(f"{own}/connections/{number[1]}/{part}")
        found += violations(page) + too_wide(page)

    # An outcome to confirm, where there is still one.
    page.goto(f"{own}/connections?stage=outcome")
    talk = page.locator("main .entry-row").filter(has=page.locator(".tag-good")).locator("h3 a")
    if talk.count():
        talk.first.click()
        found += violations(page) + too_wide(page)
        page.locator("#outcomes a[href$='/dispute']").first.click()
        found += violations(page) + too_wide(page)
        page.go_back()
        page.locator("#outcomes a[href$='/confirm']").first.click()
        found += violations(page) + too_wide(page)
        page.click("main form.form button[type=submit]")
        expect(page.locator(".notice-success")).to_contain_text(CONFIRMED[lang])
        page.locator("#outcomes a[href$='/correct']").first.click()
        found += violations(page) + too_wide(page)

    desk = visit(f"/{lang}/sign-in", size)
    desk.fill("input[name=email]", "coordinator@demo.example")
    desk.fill("input[name=password]", PASSWORD)
    desk.press("input[name=password]", "Enter")
    desk.wait_for_url("**/coordination**")
    desk.goto(f"/{lang}/coordination/outcomes?tab=confirmed")
    found += violations(desk) + too_wide(desk)
    assert found == []
