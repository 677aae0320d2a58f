"""Pages about the site, and the maps of it for people and for search engines."""

from typing import Any
from urllib.parse import urlsplit

import html5lib
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models.types import NeedState, ProfileState, Visibility
from network.auth import Access, access_of
from network.queries import sitemap
from network.sitemaps import SECTIONS
from tests.factories import Make
from tests.statements import statements_of

LEFT_OUT = {
    "accounts_recovery.sent",
    "contact.sent",
    "events.feed",
    "home.suggestions",
    "installed.manifest",
    "installed.offline",
    "search.suggest",
    "why_not.index",
}
"""Public addresses that are no page of their own."""


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("page", ["privacy", "accessibility", "sitemap", "about"])
def test_pages_about_the_site(client: Any, language: str, page: str) -> None:
    assert client.get(f"/{language}/{page}").status_code == 200


def test_privacy_names_the_law_and_leads_to_the_rights(client: Any) -> None:
    client.get("/vi/privacy")
    text = client.page.get_text()
    assert "91/2025/QH15" in text
    assert "Im lặng không phải là đồng ý" in text
    assert client.page.select_one("main a[href='/vi/contact?topic=privacy']") is not None


def test_every_public_page_stands_on_the_map(app: Flask) -> None:
    """A new page goes into network/sitemaps.py, or above if it is none."""
    listed = {endpoint for _title, pages in SECTIONS for endpoint, _caption in pages}
    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.arguments == {"lang"}
        and access_of(app, rule.endpoint) is Access.PUBLIC
    }
    pages = {endpoint for endpoint in public if not endpoint.startswith(("design.",))}
    assert pages - LEFT_OUT - listed == set()
    assert listed <= set(app.view_functions)


def addresses(client: Any, path: str) -> list[str]:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "application/xml")
    page = html5lib.parse(response.get_data(as_text=True), namespaceHTMLElements=False)
    return [str(loc.text) for loc in page.iter("loc")]


def test_search_engines_find_what_is_public_and_nothing_else(client: Any, session: Session, make: Make) -> None:
    shown = make.organisation("Lotus")
    make.organisation("Hidden", state=ProfileState.SUSPENDED)
    need = make.need(shown)
    make.need(shown, visibility=Visibility.MEMBERS)
    make.need(shown, state=NeedState.DRAFT, published_at=None)
    programme = make.action()
    session.commit()
    maps = [urlsplit(address).path for address in addresses(client, "/sitemap.xml")]
    assert maps == [
        "/sitemap-pages-1.xml",
        "/sitemap-organisations-1.xml",
        "/sitemap-needs-1.xml",
        "/sitemap-action-programmes-1.xml",
    ]
    found = [urlsplit(address).path for path in maps[1:] for address in addresses(client, path)]
    assert found == [
        f"/{code}/{path}"
        for path in (f"directory/{shown.slug}", f"needs/{need.id}", f"action-programmes/{programme.id}")
        for code in ("vi", "en")
    ]
    assert all(client.get(path).status_code == 200 for path in found)
    for path in (urlsplit(address).path for address in addresses(client, maps[0])):
        assert client.get(path).status_code == 200, path


def test_every_address_names_the_other_language(client: Any) -> None:
    text = client.get("/sitemap-pages-1.xml").get_data(as_text=True)
    assert text.count('hreflang="vi"') == text.count('hreflang="en"') == text.count("<loc>")
    assert text.count('hreflang="x-default"') == text.count("<loc>")
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").get_data(as_text=True)


def test_long_lists_fill_several_maps(
    client: Any, session: Session, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "PAGE_SIZE", 2)
    for _ in range(5):
        make.programme()
    session.commit()
    with statements_of(session) as sent:
        assert sitemap.pages(session)[sitemap.Part.PROGRAMMES] == 3
    assert len(sent) == 1
    with statements_of(session) as sent:
        assert len(sitemap.places(session, sitemap.Part.PROGRAMMES, 3)) == 1
    assert len(sent) == 1
    for path in ("/sitemap-programmes-4.xml", "/sitemap-people-1.xml", "/sitemap-pages-2.xml"):
        assert client.get(path).status_code == 404
