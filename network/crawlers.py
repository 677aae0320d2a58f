"""Two files that must lie at the root: what search engines may read, and the worker that keeps the site's files."""

import hashlib
import json

from flask import Flask, Response, url_for

from models.texts import LANGUAGES
from network.assets import asset, assets
from network.auth import Access, requires
from network.linking import site_address

PRIVATE = ("workspace", "account", "coordination", "offline", "suggestions", "why-not", "question", "saved-searches")
"""First parts of addresses, below the language, that are of no use to a search engine."""

KEPT = ("site.css", "site.js", "text-400.woff2", "text-600.woff2", "mark.svg", "border.svg", "tiles.svg")


@requires(Access.PUBLIC)
def robots() -> Response:
    lines = ["User-agent: *", *(f"Disallow: /{code}/{part}" for code in LANGUAGES for part in PRIVATE)]
    lines += ["Allow: /", f"Sitemap: {site_address()}/sitemap.xml", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@requires(Access.PUBLIC)
def service_worker() -> Response:
    """The script of static/service-worker.js, with what it keeps named before it; a new number for every new state."""
    files = [asset(name) for name in KEPT]
    pages = {code: url_for("installed.offline", lang=code) for code in LANGUAGES}
    script = assets().by_name["service-worker.js"].body.decode()
    version = hashlib.sha256((script + "".join(files)).encode()).hexdigest()[:10]
    head = f"const VERSION = {json.dumps(version)}, FILES = {json.dumps(files)}, OFFLINE = {json.dumps(pages)};\n"
    response = Response(head + script, mimetype="text/javascript")
    response.cache_control.no_cache = True
    return response


def init_app(app: Flask) -> None:
    app.add_url_rule("/robots.txt", endpoint="robots", view_func=robots)
    app.add_url_rule("/service-worker.js", endpoint="service_worker", view_func=service_worker)
