"""`python -m tests.browser.approve [page …]` takes the pictures that tests/browser/test_likeness.py compares with.

Look at them before they are kept: whoever approves them says that this is how the pages should look.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import OPTIONS, chromium
from tests.browser.server import served
from tests.browser.still import APPROVED, PAGES, SIGHTS, approved, opened, seen, stopped_clock
from tests.world import starter_site


def main(names: Sequence[str]) -> int:
    unknown = set(names) - set(PAGES)
    if unknown:
        sys.stderr.write(f"✗ no page is called {', '.join(sorted(unknown))}; there are {', '.join(PAGES)}\n")
        return 2
    APPROVED.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        stopped_clock(),
        served(lambda: starter_site(Path(folder) / "site.sqlite3")) as (address, _),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(OPTIONS))
        for name in names or PAGES:
            for sight_name, sight in SIGHTS.items():
                file = approved(name, sight_name)
                with opened(browser, address, name, sight) as page:
                    seen(page, sight).save(file, quality=45, method=6)
                sys.stdout.write(f"{file.name}: {file.stat().st_size // 1000} KB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
