"""`python -m tests.browser.pictures [name …]` draws docs/pictures anew; called by script/screenshots."""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import sync_playwright

from tests.browser.chromium import OPTIONS, chromium
from tests.browser.server import served
from tests.world import starter_site

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
LARGEST = 200_000


@dataclass(frozen=True)
class Picture:
    address: str
    width: int = 1280
    height: int = 860
    dark: bool = False
    top: str = "body"
    """What stands at the upper edge."""


PICTURES = {
    "answer": Picture("/vi/?q=" + quote("cần phòng thí nghiệm đo độ bền cảm biến mực nước trong cống")),
    "centre": Picture("/en/directory/beo-tay-green-innovation-centre"),
    "map": Picture("/en/explorer?view=map", top=".views"),
    "network": Picture("/vi/explorer?view=network&kind=centre", height=760, dark=True, top=".views"),
    "phone": Picture("/vi/", 390, 800),
}


def main(names: Sequence[str]) -> int:
    unknown = set(names) - set(PICTURES)
    if unknown:
        sys.stderr.write(f"✗ no picture is called {', '.join(sorted(unknown))}; there are {', '.join(PICTURES)}\n")
        return 2
    chosen = names or list(PICTURES)
    encoder = "" if "answer" in chosen else "hashing"  # the site's own takes longer and changes nothing elsewhere
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(lambda: starter_site(Path(folder) / "site.sqlite3", encoder=encoder)) as (address, _),
    ):
        draw(address, chosen)
    return 0


def draw(site: str, names: Sequence[str]) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(OPTIONS))
        for name in names:
            picture = PICTURES[name]
            page = browser.new_page(
                viewport={"width": picture.width, "height": picture.height},
                color_scheme="dark" if picture.dark else "light",
                reduced_motion="reduce",
            )
            page.goto(site + picture.address, wait_until="networkidle")
            page.locator(picture.top).first.evaluate("element => element.scrollIntoView()")
            data = page.screenshot()
            if len(data) > LARGEST:
                raise ValueError(f"{name} has {len(data)} bytes; up to {LARGEST} fit: make its window smaller")
            (FOLDER / f"{name}.png").write_bytes(data)
            sys.stdout.write(f"{name}.png: {len(data) // 1000} KB\n")
            page.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
