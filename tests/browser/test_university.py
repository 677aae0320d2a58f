"""An institute lists a technology, adds a picture and looks after what it has listed, in a browser."""

import io
import re

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from network.services.technology_rows import COLUMNS
from tests.browser.conftest import DESKTOP, PHONE, Site, Visit, too_wide, violations
from tests.services.test_pictures import picture

TITLE = {"vi": "Màng lọc cho làng nghề dệt", "en": "A membrane for weavers' waste water"}


@pytest.mark.parametrize(("lang", "size"), [("vi", DESKTOP), ("en", PHONE)], ids=["vi-desktop", "en-phone"])
def test_an_institute_lists_a_technology(sign_in: Visit, site: Site, lang: str, size: dict[str, int]) -> None:
    base, found = f"/{lang}/workspace/{site.slugs['university']}/technologies", []
    page = sign_in("university", base, size)

    def look() -> None:
        nonlocal found
        found += [f"{page.url}: {problem}" for problem in violations(page) + too_wide(page)]

    look()
    page.goto(f"{base}/new")
    look()
    page.click("button[name=more_owners]")  # grows the rows, saves nothing
    expect(page.locator(".owner-row")).to_have_count(5)
    page.fill(f"input[name=title_{lang}]", TITLE[lang])
    page.fill(f"textarea[name=summary_{lang}]", TITLE[lang])
    page.fill("input[name=owner_1]", "Viện Nước")
    page.fill("input[name=share_1]", "100")
    page.click("main form.form .actions button[type=submit]")
    page.wait_for_url(re.compile(r"/technologies/\d+$"))
    expect(page.locator("h1")).to_contain_text(TITLE[lang])
    look()
    here = page.url

    page.goto(f"{here}/pictures")
    file = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture("JPEG", (900, 700))}
    page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]
    page.fill("input[name=alt_vi] >> nth=-1", "Mô-đun màng lọc trên bàn")
    page.fill("input[name=alt_en] >> nth=-1", "A membrane module on a table")
    page.click("main form.form button[type=submit]")
    shown = page.locator(".picture-row img")
    shown.scroll_into_view_if_needed()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 480
    look()

    page.goto(here)
    page.click("form[action$='/publish'] button")
    expect(page.locator("form[action$='/publish']")).to_have_count(0)
    for part in ("/versions", "/needs"):
        page.goto(here + part)
        look()
    for part in ("/pipeline", "/due", "/uploads"):
        page.goto(base + part)
        look()
    page.goto(f"/{lang}/technologies/{here.rpartition('/')[2]}")
    expect(page.locator(".pictures img")).to_be_visible()
    look()
    assert found == []


def test_a_spreadsheet_is_filled_in_sent_and_undone(sign_in: Visit, site: Site) -> None:
    page = sign_in("university", f"/vi/workspace/{site.slugs['university']}/technologies/uploads", PHONE)
    with page.expect_download() as download:
        page.click("a[href$='template.xlsx']")
    book, file = load_workbook(io.BytesIO(download.value.path().read_bytes())), io.BytesIO()
    for column, value in (("title_vi", "Bơm tiết kiệm điện"), ("summary_vi", "Giảm một nửa điện năng"), ("trl", 5)):
        book.worksheets[0].cell(2, COLUMNS.index(column) + 1, value)
    book.worksheets[0].cell(3, COLUMNS.index("title_vi") + 1, "Không mô tả")
    book.save(file)
    sheet = {"name": "danh-muc.xlsx", "mimeType": "application/octet-stream", "buffer": file.getvalue()}
    page.set_input_files("input[type=file]", sheet)  # type: ignore[arg-type]
    page.click("main form.form button[type=submit]")
    expect(page.locator(".troubles")).to_contain_text("E3")
    found = violations(page) + too_wide(page)
    page.click("form[action$='/apply'] button")
    expect(page.locator("tbody tr")).to_have_count(1)
    found += violations(page) + too_wide(page)
    page.click("form[action$='/undo'] button")
    expect(page.locator("form[action$='/undo']")).to_have_count(0)
    assert found == []
