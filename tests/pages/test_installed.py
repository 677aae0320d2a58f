"""The site on a home screen, and how others refer to its pages."""

from typing import Any

from tests.factories import Make


def test_the_manifest_makes_the_site_installable(client: Any) -> None:
    answer = client.get("/vi/manifest.webmanifest")
    manifest = answer.get_json(force=True)
    assert answer.mimetype == "application/manifest+json"
    assert (manifest["lang"], manifest["start_url"], manifest["display"]) == ("vi", "/vi/", "standalone")
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).data.startswith(b"\x89PNG")
    client.get("/vi/")
    assert client.page.select_one("link[rel=manifest]")["href"] == "/vi/manifest.webmanifest"


def test_the_offline_page_speaks_both_languages(client: Any) -> None:
    client.get("/en/offline")
    assert client.texts("h1") == ["No connection"]
    client.get("/vi/offline")
    assert client.texts("h1") == ["Không có kết nối"]


def test_a_page_has_one_address_and_names_its_other_language(client: Any) -> None:
    client.get("/en/directory", query_string={"kind": "centre", "q": "lab", "sort": "newest", "page": "1"})
    assert client.page.select_one("link[rel=canonical]")["href"] == "http://localhost/en/directory?kind=centre"
    others = {link["hreflang"]: link["href"] for link in client.page.select("link[rel=alternate]")}
    assert others == {
        "vi": "http://localhost/vi/directory?kind=centre",
        "en": "http://localhost/en/directory?kind=centre",
        "x-default": "http://localhost/vi/directory?kind=centre",
    }


def test_a_shared_link_brings_title_and_picture(client: Any, make: Make) -> None:
    client.get(f"/vi/directory/{make.organisation('Sen').slug}")
    seen = {meta["property"]: meta["content"] for meta in client.page.select("meta[property]")}
    assert (seen["og:title"], seen["og:locale"]) == ("Sen", "vi_VN")
    picture = client.get(seen["og:image"].removeprefix("http://localhost"))
    assert picture.data.startswith(b"\x89PNG")
    assert len(picture.data) < 300_000


def test_what_nobody_else_may_open_is_not_indexed(client: Any, make: Make, sign_in: Any) -> None:
    sign_in(client, make.user(make.organisation())).get("/vi/account")
    assert client.page.select_one("link[rel=canonical]") is None
    assert client.page.select_one("meta[name=robots]")["content"] == "noindex"


def test_search_engines_are_told_what_is_private(client: Any) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    assert "Disallow: /vi/workspace" in lines
    assert "Sitemap: http://localhost/sitemap.xml" in lines
