"""What every page must keep, checked on every HTML answer of the test client."""

import itertools
from collections import Counter
from urllib.parse import urlsplit

import html5lib
from bs4 import BeautifulSoup, Tag
from bs4.builder import HTML5TreeBuilder

CONTROLS = ("input", "select", "textarea")
NO_LABEL_NEEDED = ("hidden", "submit", "button", "image", "reset")


class _Builder(HTML5TreeBuilder):
    """Keeps what html5lib found wrong, so that a page is parsed once."""

    errors: list[tuple[tuple[int, int], str, object]]

    def feed(self, markup: str) -> None:  # type: ignore[override]
        parser = html5lib.HTMLParser(tree=self.create_treebuilder)
        self.underlying_builder.parser = parser  # type: ignore[union-attr]
        parser.parse(markup)
        self.errors = parser.errors


def check_page(html: str) -> BeautifulSoup:
    """Raises AssertionError with every rule the page breaks; returns it parsed."""
    builder = _Builder()
    page = BeautifulSoup(html, builder=builder)
    problems = [f"invalid HTML at {position}: {code} {data}" for position, code, data in builder.errors]
    problems += _structure(page) + _labels(page) + _policy(page)
    assert not problems, "\n".join(problems)
    return page


def _structure(page: BeautifulSoup) -> list[str]:
    problems = []
    if len(page.find_all("h1")) != 1:
        problems.append(f"{len(page.find_all('h1'))} h1 on the page")
    if not page.title or not page.title.get_text(strip=True) or page.title.get_text(strip=True).startswith("–"):
        problems.append("no title")
    if page.html is None or page.html.get("lang") not in ("vi", "en"):
        problems.append("no language")
    ids = Counter(str(element["id"]) for element in page.find_all(id=True))
    problems += [f"id '{name}' stands {n} times" for name, n in ids.items() if n > 1]
    levels = [int(heading.name[1]) for heading in page.select("main h1, main h2, main h3, main h4, main h5")]
    problems += [f"h{a} is followed by h{b}" for a, b in itertools.pairwise(levels) if b > a + 1]
    for attribute in ("aria-describedby", "aria-labelledby", "for"):
        for element in page.find_all(attrs={attribute: True}):
            problems += [f"{attribute} names no element: {n}" for n in str(element[attribute]).split() if n not in ids]
    problems += [f"link without text: {a}" for a in page.find_all("a") if not _name(a)]
    problems += [f"button without text: {b}" for b in page.find_all("button") if not _name(b)]
    problems += [f"picture without alt: {i}" for i in page.find_all("img") if i.get("alt") is None]
    return problems


def _name(element: Tag) -> str:
    return element.get_text(strip=True) or str(element.get("aria-label") or "")


def _labels(page: BeautifulSoup) -> list[str]:
    problems = []
    for control in page.find_all(CONTROLS):
        if control.get("type") in NO_LABEL_NEEDED or control.get("aria-label"):
            continue
        label = page.find("label", attrs={"for": control.get("id")}) if control.get("id") else None
        if not (label and label.get_text(strip=True)) and not control.find_parent("label"):
            problems.append(f"control without label: {control}")
    for form in page.find_all("form", attrs={"method": "post"}):
        if not form.find("input", attrs={"name": "csrf_token"}):
            problems.append(f"form without csrf_token: {form.get('action')}")
    return problems


def _policy(page: BeautifulSoup) -> list[str]:
    problems = []
    for element in page.find_all(True):
        if element.name == "style" or element.has_attr("style"):
            problems.append(f"inline style: <{element.name}>")
        if element.name == "script" and not element.get("src"):
            problems.append("inline script")
        problems += [f"inline handler {a}" for a in element.attrs if a.startswith(("on", "hx-on"))]
        loaded = element.get("src") or (element.get("href") if element.name in ("link", "use", "image") else None)
        if element.get("rel") in (["canonical"], ["alternate"]):  # name the page itself and load nothing
            continue
        if {"canonical", "alternate"} & set(element.get("rel") or ()):
            loaded = None  # names a page, loads nothing
        if loaded and urlsplit(str(loaded)).netloc:
            problems.append(f"loaded from another site: {loaded}")
    return problems
