"""The ten main pages, standing still: at a fixed moment, with everything loaded and nothing in motion."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page

APPROVED = Path(__file__).parent / "approved"
MOMENT = datetime(2026, 11, 2, 2, tzinfo=UTC)
PAGES = {
    "home": "",
    "answer": "?q=" + quote("cần phòng thí nghiệm đo cảm biến mực nước"),
    "directory": "directory",
    "centre": "directory/beo-tay-green-innovation-centre",
    "startup": "directory/trieu-cong-sensors-co-ltd",
    "technologies": "technologies",
    "map": "explorer?view=map",
    "figures": "figures",
    "challenges": "challenges",
    "search": "search?q=nuoc",
}


@dataclass(frozen=True)
class Sight:
    """How a page is looked at. `picture_width`: of the approved picture."""

    lang: str
    width: int
    height: int
    scheme: str
    picture_width: int


SIGHTS = {"desktop": Sight("vi", 1280, 900, "light", 480), "phone": Sight("en", 390, 800, "dark", 195)}
LOADED = """async () => {
  await document.fonts.ready;
  await Promise.all([...document.images].map(image => {
    image.loading = "eager";
    return image.complete || new Promise(done => { image.onload = image.onerror = done; });
  }));
}"""


class _Stopped(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return MOMENT.astimezone(tz)


@contextmanager
def stopped_clock() -> Iterator[None]:
    """The site's one clock, models.base.utc_now, stands at MOMENT."""
    with patch("models.base.datetime", _Stopped):
        yield


def approved(name: str, sight: str) -> Path:
    return APPROVED / f"{name}-{sight}.webp"


@contextmanager
def opened(browser: Browser, site: str, name: str, sight: Sight) -> Iterator[Page]:
    """A main page of the site at that address."""
    context = browser.new_context(
        viewport={"width": sight.width, "height": sight.height},
        color_scheme=sight.scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        service_workers="block",
    )
    page = context.new_page()
    page.goto(f"{site}/{sight.lang}/{PAGES[name]}", wait_until="networkidle")
    yield page
    context.close()


def seen(page: Page, sight: Sight) -> Image.Image:
    """The whole page as it stands, as small as approved pictures are."""
    page.evaluate(LOADED)
    shot = page.screenshot(full_page=True, animations="disabled", caret="hide")
    whole = Image.open(io.BytesIO(shot)).convert("RGB")
    height = round(whole.height * sight.picture_width / whole.width)
    return whole.resize((sight.picture_width, height), Image.Resampling.BOX)
