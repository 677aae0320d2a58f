"""Pages about the site itself: privacy, accessibility, and the map of the site."""

from flask import Blueprint, render_template

from network import sitemaps
from network.auth import Access, requires

blueprint = Blueprint("information", __name__)


@blueprint.get("/privacy")
@requires(Access.PUBLIC)
def privacy() -> str:
    return render_template("information/privacy.html")


@blueprint.get("/accessibility")
@requires(Access.PUBLIC)
def accessibility() -> str:
    return render_template("information/accessibility.html")


@blueprint.get("/sitemap")
@requires(Access.PUBLIC)
def sitemap() -> str:
    return render_template("information/sitemap.html", sections=sitemaps.sections())
