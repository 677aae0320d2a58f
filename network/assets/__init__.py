"""Style, scripts, typeface and pictures: made once per process, at addresses that name their content.

Nothing made here is kept in the repository. One stylesheet carries what is used of Bootstrap and all our own rules
(stylesheet.py); the typeface is cut to Vietnamese and English (typeface.py); pictures that others show are painted
from our SVG (pictures.py). Every file is compressed beforehand and may be cached for a year, because its address
changes with its content; an address of yesterday answers with the file of today, and is not kept.
"""

import functools
import threading
from collections.abc import Iterator

from flask import Flask, Response, current_app, g, request, url_for

from network.assets import pictures, stylesheet, typeface
from network.assets.files import STATIC, Asset, package_file

YEAR = 365 * 24 * 3600

_lock = threading.Lock()


class Assets:
    """All files by name, as of one state of their sources."""

    def __init__(self, assets: Iterator[Asset]) -> None:
        self.by_name: dict[str, Asset] = {}
        for asset in assets:
            self.by_name[asset.name] = asset
        self.by_address = {asset.address: asset for asset in self.by_name.values()}

    def today(self, address: str) -> Asset | None:
        """The present file for an address with any fingerprint."""
        stem, _, ending = address.rpartition(".")
        return self.by_name.get(f"{stem.rpartition('.')[0]}.{ending}")


def _made() -> Iterator[Asset]:
    linked = {}
    for asset in (*_sources(), *typeface.cuts(), *pictures.painted()):
        linked[asset.name] = asset
        yield asset
    yield Asset.made("site.css", stylesheet.text(linked), "text/css")


def _sources() -> Iterator[Asset]:
    """Our own files as they are, and htmx."""
    for path in sorted(STATIC.glob("*.*")):
        yield Asset.read(path)
    yield Asset.read(package_file("js_lib_htmx", "static/htmx/htmx.min.js"))


def assets() -> Assets:
    """The files as they are now. In development they are made anew when a source has changed."""
    if not current_app.config["TEMPLATES_AUTO_RELOAD"]:
        return _assets_at(0)
    if "assets" not in g:
        g.assets = _assets_at(stylesheet.changed())
    found: Assets = g.assets
    return found


def _assets_at(state: int) -> Assets:
    with _lock:
        return _cached(state)


@functools.lru_cache(maxsize=1)
def _cached(state: int) -> Assets:
    return Assets(_made())


def asset(name: str) -> str:
    """The address of a file by its name, as in `asset("site.css")`. KeyError when there is no such file."""
    return url_for("assets.static", address=assets().by_name[name].address)


def _serve(address: str) -> Response:
    found = assets().by_address.get(address)
    kept = found is not None
    found = found or assets().today(address)
    if found is None:
        return Response(status=404, mimetype="text/plain")
    coding = request.accept_encodings.best_match(["br", "gzip"]) if found.compressed else None
    response = Response(found.compressed.get(coding or "", found.body), mimetype=found.mimetype)
    if coding:
        response.content_encoding = coding
    if found.compressed:
        response.vary.add("Accept-Encoding")
    response.cache_control.public = True
    response.cache_control.max_age = YEAR if kept else 0
    response.cache_control.immutable = kept
    response.set_etag(f"{found.fingerprint}{coding or ''}")
    response.make_conditional(request)
    return response


def init_app(app: Flask) -> None:
    app.add_url_rule("/assets/<path:address>", endpoint="assets.static", view_func=_serve)
    app.jinja_env.globals.update(asset=asset)


__all__ = ["STATIC", "Asset", "Assets", "asset", "assets", "init_app"]
