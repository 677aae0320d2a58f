"""What visitors come for, on a desktop and on a phone, in both languages."""

import re
from itertools import combinations
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Visit, settled

everywhere = pytest.mark.parametrize(
    ("lang", "size"),
    [("vi", DESKTOP), ("vi", PHONE), ("en", DESKTOP), ("en", PHONE)],
    ids=["vi-desktop", "vi-phone", "en-desktop", "en-phone"],
)
WORDS = {
    "vi": "cần phòng thí nghiệm đo cảm biến mực nước",
    "en": "we need a laboratory that measures water level sensors",
}


@everywhere
def test_a_question_is_answered_with_reasons_while_one_types(visit: Visit, lang: str, size: dict[str, int]) -> None:
    page = visit(f"/{lang}/", size)
    with page.expect_response(lambda answer: parse_qs(urlsplit(answer.url).query).get("q") == [WORDS[lang]]):
        page.locator("#q").press_sequentially(WORDS[lang])
    expect(page.locator("#searching.htmx-request")).to_have_count(0)
    first = page.locator("#suggestions .suggestion").first
    expect(first.locator(".reasons li").first).to_be_visible()
    first.locator("details.why summary").click()
    expect(first.locator("details.why table")).to_be_visible()
    title = first.locator("h3 a").inner_text()
    first.locator("h3 a").click()
    expect(page.locator("h1")).to_contain_text(title)


@everywhere
def test_the_directory_is_narrowed_to_a_profile(visit: Visit, lang: str, size: dict[str, int]) -> None:
    page = visit(f"/{lang}/directory", size)
    before = page.locator("#found").inner_text()
    filters = page.locator("details.filters")
    if not page.locator("#kind-centre").is_visible():
        filters.locator("summary").click()
    page.check("#kind-centre")
    page.wait_for_url("**kind=centre**")
    expect(page.locator("#found")).not_to_have_text(before)
    link = page.locator("#results .entries h2 a").first
    name = link.inner_text()
    link.click()
    expect(page.locator("h1")).to_contain_text(name)


@everywhere
def test_the_header_searches_the_whole_site(visit: Visit, lang: str, size: dict[str, int]) -> None:
    page = visit(f"/{lang}/about", size)
    if size is PHONE:
        page.click(".menu-button")
    page.locator("#search-box-q").press_sequentially("nuoc")
    expect(page.locator("#search-box-list a").first).to_be_visible()
    page.press("#search-box-q", "Enter")
    page.wait_for_url("**/search?q=nuoc")
    expect(page.locator("main mark").first).to_be_visible()


@everywhere
def test_the_explorer_keeps_the_choice_from_map_to_network(visit: Visit, lang: str, size: dict[str, int]) -> None:
    page = visit(f"/{lang}/explorer?view=map&kind=centre", size)
    expect(page.locator("main svg a").first).to_be_attached()
    page.locator("#districts tbody a").first.click()
    page.wait_for_url("**district=**")
    expect(page.locator("#here-title")).to_be_visible()
    page.locator('#views a[href*="view=network"]').click()
    page.wait_for_url("**view=network**")
    assert "kind=centre" in page.url
    expect(page.locator("main table").first).to_be_visible()


@everywhere
def test_the_other_language_shows_the_same_page(visit: Visit, lang: str, size: dict[str, int]) -> None:
    other = {"vi": "en", "en": "vi"}[lang]
    page = visit(f"/{lang}/directory?kind=institute", size)
    page.locator(f".languages a[hreflang={other}]").click()
    page.wait_for_url(f"**/{other}/directory?kind=institute")
    expect(page.locator("html")).to_have_attribute("lang", other)


@pytest.mark.parametrize("area", ["events", "challenges"])
@pytest.mark.parametrize(("lang", "size"), [("vi", PHONE), ("en", DESKTOP)], ids=["vi-phone", "en-desktop"])
def test_what_is_on_is_listed_and_opened(visit: Visit, area: str, lang: str, size: dict[str, int]) -> None:
    page = visit(f"/{lang}/{area}", size)
    page.locator(f'main a[href^="/{lang}/{area}/"]:not([href*="."])').first.click()
    page.wait_for_url(re.compile(rf"/{lang}/{area}/\d+"))
    expect(page.locator("h1")).to_be_visible()


@everywhere
def test_no_two_names_of_the_drawn_network_meet(visit: Visit, lang: str, size: dict[str, int]) -> None:
    page = visit(f"/{lang}/explorer?view=network", size)
    settled(page)
    boxes = page.locator(".network-graph .node-field text").evaluate_all(
        """texts => texts.filter(text => getComputedStyle(text).display !== "none").map(text => {
             const box = text.getBoundingClientRect();
             return [box.left, box.top, box.right, box.bottom, text.textContent]; })"""
    )
    assert len(boxes) >= 8
    meeting = [
        (a[4], b[4]) for a, b in combinations(boxes, 2) if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]
    assert meeting == []


@everywhere
def test_escape_closes_the_suggestions_of_the_search_box(visit: Visit, lang: str, size: dict[str, int]) -> None:
    page = visit(f"/{lang}/about", size)
    if not page.locator("#search-box-q").is_visible():
        page.locator(".menu-button").click()
    box, found = page.locator("#search-box-q"), page.locator("#search-box-list li")
    box.press_sequentially("nuoc")
    expect(found.first).to_be_visible()
    box.press("Escape")
    expect(found).to_have_count(0)
    expect(box).to_have_value("nuoc")
    expect(box).to_be_focused()
    box.press_sequentially(" s")
    expect(found.first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(found).to_have_count(0)
    expect(box).to_be_focused()
