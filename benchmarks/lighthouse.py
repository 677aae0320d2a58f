"""Lighthouse on the main pages of a running site: a phone on a slow line, as a visitor in a café has it.

    script/server                          # in production settings for figures to be written down
    python -m benchmarks.lighthouse http://127.0.0.1:8000
    python -m benchmarks.lighthouse http://127.0.0.1:8000 --markdown --pages home --desktop

Lighthouse comes from the npm registry into .cache/lighthouse (it is no part of the site), Chromium from the system
(CHROME_PATH names another). Prints a table, and ends with 1 when a page misses a target.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / ".cache" / "lighthouse"
VERSION = "12.8.2"
"""The newest Lighthouse that runs on Node 18 and 20."""

PAGES = {
    "home": "/vi/",
    "answer": "/vi/?q=" + quote("cần phòng thí nghiệm đo cảm biến nước"),
    "home (en)": "/en/",
    "directory": "/vi/directory",
    "profile": "/vi/directory/beo-tay-green-innovation-centre",
    "needs": "/vi/needs",
    "offers": "/en/offers",
    "technologies": "/vi/technologies",
    "programmes": "/vi/programmes",
    "about": "/vi/about",
    "explorer": "/vi/explorer",
}
CATEGORIES = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
"""Least points of each."""
FIRST_PAGE_KB = 150
SHIFT = 0.001
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")


@dataclass(frozen=True)
class Result:
    """What one page got. `kilobytes` is everything that travelled; `shift` the layout shift; times in milliseconds."""

    page: str
    points: dict[str, int]
    kilobytes: float
    shift: float
    first_paint: float
    largest_paint: float
    blocked: float
    faults: tuple[str, ...]

    @property
    def misses(self) -> list[str]:
        found = [f"{name} {self.points[name]}" for name, least in CATEGORIES.items() if self.points[name] < least]
        if self.kilobytes > FIRST_PAGE_KB:
            found.append(f"{self.kilobytes:.0f} KB")
        if self.shift > SHIFT:
            found.append(f"shift {self.shift:.3f}")
        return found


def lighthouse() -> str:
    """The path of the program, installed when it is not there."""
    program = TOOL / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        if shutil.which("npm") is None:
            sys.exit("npm is needed to install Lighthouse: apt install npm")
        TOOL.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {"PUPPETEER_SKIP_DOWNLOAD": "1"}
        command = [
            "npm",
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--prefix",
            str(TOOL),
            f"lighthouse@{VERSION}",
        ]
        subprocess.run(command, check=True, env=environment)
    return str(program)


def chromium() -> str:
    found = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    return found or sys.exit("a system Chromium is needed: apt install chromium")


def measure(page: str, address: str, desktop: bool) -> Result:
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [lighthouse(), address, "--quiet", "--output=json", f"--output-path={report.name}"]
        command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={' '.join(FLAGS)}"]
        if desktop:
            command.append("--preset=desktop")
        environment = os.environ | {"CHROME_PATH": chromium()}
        for last in (
            False,
            False,
            True,
        ):  # on a busy machine the browser now and then misses the start of its own trace
            done = subprocess.run(command, env=environment, capture_output=True, text=True)
            if done.returncode == 0:
                break
            if last:
                sys.exit(done.stderr)
        return read(page, json.loads(Path(report.name).read_text()))


def read(page: str, report: dict) -> Result:
    audits, categories = report["audits"], report["categories"]
    value = {name: float(audits[name].get("numericValue") or 0) for name in audits}
    faults = [
        f"{name}: {audits[ref['id']]['title']}"
        for name in CATEGORIES
        for ref in categories[name]["auditRefs"]
        if ref["weight"] and (audits[ref["id"]]["score"] if audits[ref["id"]]["score"] is not None else 1) < 0.9
    ]
    return Result(
        page,
        {name: round((categories[name]["score"] or 0) * 100) for name in CATEGORIES},
        value["total-byte-weight"] / 1024,
        value["cumulative-layout-shift"],
        value["first-contentful-paint"],
        value["largest-contentful-paint"],
        value["total-blocking-time"],
        tuple(faults),
    )


HEAD = ("page", "perf.", "access.", "best pr.", "SEO", "KB", "shift", "first paint", "largest paint", "blocked")


def row(result: Result) -> tuple[str, ...]:
    times = (f"{result.first_paint / 1000:.1f} s", f"{result.largest_paint / 1000:.1f} s", f"{result.blocked:.0f} ms")
    points = (str(result.points[name]) for name in CATEGORIES)
    return (result.page, *points, f"{result.kilobytes:.0f}", f"{result.shift:.3f}", *times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", help="address of the running site")
    parser.add_argument("--pages", help="only these, separated by commas")
    parser.add_argument("--desktop", action="store_true", help="a desktop on a fast line instead of a phone")
    parser.add_argument("--markdown", action="store_true", help="print the table for docs/benchmarks.md")
    options = parser.parse_args()
    chosen = options.pages.split(",") if options.pages else list(PAGES)
    line = "| " + " | ".join(["{}"] * len(HEAD)) + " |" if options.markdown else "{:14}" + "{:>14}" * (len(HEAD) - 1)
    print(line.format(*HEAD))
    if options.markdown:
        print(line.format(*["---"] * len(HEAD)))
    failed = []
    for page in chosen:
        address = options.site.rstrip("/") + PAGES[page]
        urllib.request.urlopen(address).read()  # the first question loads the encoder; that is not the page's fault
        result = measure(page, address, options.desktop)
        print(line.format(*row(result)), flush=True)
        if result.misses:
            failed.append(
                f"✗ {page}: {', '.join(result.misses)}" + "".join(f"\n    {fault}" for fault in result.faults)
            )
    print("\n".join(failed) if failed else "every target is met")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
