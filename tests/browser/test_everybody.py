"""Axe finds nothing, nothing scrolls sideways, the keyboard is enough, and so is a browser without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, NARROW, PHONE, ZOOMED, Visit, settled, too_wide, violations

QUESTION = "?q=c%E1%BA%A7n+ph%C3%B2ng+th%C3%AD+nghi%E1%BB%87m+%C4%91o+c%E1%BA%A3m+bi%E1%BA%BFn"
PAGES = (
    "",
    QUESTION,
    "?q=zzzz",
    "directory",
    "directory?q=zzzz",
    "directory/beo-tay-green-innovation-centre",
    "explorer?view=list",
    "explorer?view=map",
    "explorer?view=network",
    "search?q=nuoc",
    "needs",
    "offers?kind=testing",
    "technologies",
    "programmes",
    "events",
    "challenges",
    "showcase",
    "figures",
    "figures/rank",
    "figures/from-need-to-outcome",
    "figures/co-investment",
    "action-programmes",
    "help",
    "privacy",
    "accessibility",
    "contact",
    "sitemap",
    "about",
    "sign-in",
    "sign-up",
)
FIRST_OF = (
    "needs",
    "offers",
    "technologies",
    "programmes",
    "events",
    "challenges",
    "showcase",
    "action-programmes",
    "help",
)
"""Lists whose first entry is looked at as well."""


def first_of(page: Page, area: str) -> str | None:
    """The address of the first entry in the list now shown."""
    links = page.locator("main a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    return next((a for a in links if a and re.fullmatch(rf"/../{area}/[\w-]+", a)), None)


@pytest.mark.parametrize(("lang", "size"), [("vi", PHONE), ("en", DESKTOP)], ids=["vi-phone", "en-desktop"])
@pytest.mark.parametrize("part", range(3))
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    visit: Visit, lang: str, size: dict[str, int], part: int
) -> None:
    page, found = visit(f"/{lang}/about", size), list[str]()
    for address in PAGES[part::3]:
        page.goto(f"/{lang}/{address}")
        entry = first_of(page, address) if address in FIRST_OF else None
        found += faults(page, size)
        if entry:
            page.goto(entry)
            found += faults(page, size)
    assert found == []


def faults(page: Page, size: dict[str, int]) -> list[str]:
    found = violations(page) + too_wide(page)
    for smaller in (ZOOMED, NARROW):
        page.set_viewport_size(smaller)  # type: ignore[arg-type]
        found += too_wide(page)
    page.set_viewport_size(size)  # type: ignore[arg-type]
    return found


def test_the_first_key_skips_to_the_content(visit: Visit) -> None:
    page = visit("/vi/directory")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_menu_of_a_phone_opens_with_the_keyboard(visit: Visit, lang: str) -> None:
    page = visit(f"/{lang}/about", PHONE)
    button = page.locator(".menu-button")
    link = page.locator("#menu nav a").nth(1)
    expect(link).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(link).to_be_visible()
    assert violations(page) == []
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{lang}/directory")


def test_the_question_is_asked_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit("/en/")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "q":
            break
    page.keyboard.type("laboratory that measures water sensors")
    expect(page.locator("#suggestions .suggestion").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".question button")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/?q=*")
    expect(page.locator("#suggestions .suggestion").first).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_without_scripts_the_question_is_answered_by_the_button(visit: Visit, size: dict[str, int]) -> None:
    page = visit("/vi/", size, java_script_enabled=False)
    page.fill("#q", "cần phòng thí nghiệm đo cảm biến nước")
    page.click(".question button")
    expect(page.locator("#suggestions .suggestion .reasons").first).to_be_visible()


def test_without_scripts_the_menu_and_the_filters_are_there(visit: Visit) -> None:
    page = visit("/vi/directory", PHONE, java_script_enabled=False)
    expect(page.locator("#menu nav a").first).to_be_visible()
    page.locator("details.filters summary").click()
    page.check("#kind-centre")
    page.locator("#facets button").click()
    page.wait_for_url("**kind=centre**")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_main_navigation_stands_on_one_line(visit: Visit, lang: str) -> None:
    page = visit(f"/{lang}/directory", DESKTOP)
    settled(page)
    tops = page.locator(".site-header nav li").evaluate_all("items => items.map(item => item.offsetTop)")
    assert len(set(tops)) == 1
