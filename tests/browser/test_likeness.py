"""The ten main pages look as they were approved, wide and light in Vietnamese, narrow and dark in English.

When a page was changed on purpose: `python -m tests.browser.approve PAGE`, and a look at the picture.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserType, Page

from tests.browser.conftest import Site, site_from
from tests.browser.likeness import unlike
from tests.browser.still import APPROVED, PAGES, SIGHTS, approved, opened, seen, stopped_clock

LARGEST = 1_500_000
LOOKS = 3

CHANGES = {
    "a section is gone": ("home", "document.querySelector('.home-section').remove()"),
    "two sections have changed places": (
        "home",
        "document.querySelector('.columns').after(document.querySelector('.home-section'))",
    ),
    "an entry is gone": ("directory", "document.querySelector('.entries > li:nth-child(3)').remove()"),
    "a column stands on the other side": (
        "home",
        "document.querySelector('.columns').style.flexDirection = 'row-reverse';"
        "document.querySelector('.columns').style.direction = 'rtl'",
    ),
    "the button has another colour": ("home", "document.querySelector('.btn-primary').style.background = '#b4232a'"),
    "the style is missing": ("figures", "document.querySelector('link[rel=stylesheet]').remove()"),
    "the drawing is empty": ("map", "document.querySelector('main svg').innerHTML = ''"),
}


@pytest.fixture(scope="module")
def still_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with stopped_clock(), site_from(tmp_path_factory, "still") as site:
        yield site


def difference(page: Page, name: str, sight: str, kept: Path | None = None) -> str | None:
    """How the page differs from the approved picture after several looks; the last is left in `kept`."""
    wanted = Image.open(approved(name, sight))
    for _ in range(LOOKS):
        picture = seen(page, SIGHTS[sight])
        found = unlike(wanted, picture)
        if found is None:
            return None
        page.wait_for_timeout(500)
    if kept:
        picture.save(kept)
    return found


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("name", PAGES)
def test_a_main_page_looks_as_approved(
    browser: Browser, still_site: Site, tmp_path: Path, name: str, sight: str
) -> None:
    now = tmp_path / f"{name}-{sight}.png"
    with opened(browser, still_site.address, name, SIGHTS[sight]) as page:
        assert difference(page, name, sight, now) is None, f"compare {now} with {approved(name, sight)}"


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_page_is_noticed(browser: Browser, still_site: Site, change: str, sight: str) -> None:
    name, script = CHANGES[change]
    with opened(browser, still_site.address, name, SIGHTS[sight]) as page:
        page.evaluate(script)
        assert unlike(Image.open(approved(name, sight)), seen(page, SIGHTS[sight])) is not None


@pytest.mark.parametrize(
    "fonts",
    [
        ["--disable-font-subpixel-positioning", "--font-render-hinting=full"],
        ["--font-render-hinting=none", "--disable-lcd-text"],
    ],
    ids=["hinted", "smooth"],
)
def test_letters_drawn_in_another_way_are_borne(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], still_site: Site, fonts: list[str]
) -> None:
    args = {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], *fonts]}
    browser = browser_type.launch(**args)
    for sight in SIGHTS:
        with opened(browser, still_site.address, "answer", SIGHTS[sight]) as page:
            assert difference(page, "answer", sight) is None
    browser.close()


def test_the_approved_pictures_are_those_of_the_pages_and_small() -> None:
    files = list(APPROVED.iterdir())
    assert set(files) == {approved(name, sight) for name in PAGES for sight in SIGHTS}
    assert sum(file.stat().st_size for file in files) < LARGEST
