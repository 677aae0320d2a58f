"""The site on a home screen: how it is installed, and what it says without a connection."""

import json

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _

from network.assets import asset
from network.auth import Access, requires
from network.i18n import language

blueprint = Blueprint("installed", __name__)

GROUND, ACCENT = "#fefdfa", "#0b5d56"
"""--paper and --accent of static/css/tokens.css."""


@blueprint.get("/manifest.webmanifest")
@requires(Access.PUBLIC)
def manifest() -> Response:
    icons = [
        {"src": asset(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    shortcuts = [
        (_("Directory"), "directory.index"),
        (_("Needs"), "needs.index"),
        (_("My workspace"), "workspace.index"),
    ]
    body = {
        "id": "/",
        "name": _("Hanoi Innovation Network"),
        "short_name": _("Innovation Network"),
        "description": _("Say what you need; see who in Hanoi fits, and why."),
        "lang": language(),
        "start_url": url_for("home.index"),
        "scope": url_for("root"),
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": ACCENT,
        "icons": icons,
        "shortcuts": [{"name": name, "url": url_for(endpoint)} for name, endpoint in shortcuts],
    }
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/manifest+json")


@blueprint.get("/offline")
@requires(Access.PUBLIC)
def offline() -> str:
    """Kept in the browser by the service worker, so it knows no person."""
    return render_template("installed/offline.html")
