"""Search over everything, and suggestions while one types in the box of the header."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from network.auth import Access, requires, viewer
from network.extensions import db
from network.i18n import language
from network.queries import search as queries
from network.queries.search import SOURCES, Results

blueprint = Blueprint("search", __name__, url_prefix="/search")

LONGEST = 200


def _asked() -> str:
    return " ".join(request.args.get("q", "").split())[:LONGEST]


def _found() -> Results:
    text, kind = _asked(), request.args.get("kind", "")
    if kind in SOURCES:
        number = request.args.get("page", 1, int)
        return queries.search_kind(db.session, viewer(), text, kind, number, language=language())
    return queries.search(db.session, viewer(), text, language=language())


@blueprint.get("")
@requires(Access.PUBLIC)
def index() -> str:
    return render_template("search/index.html", results=_found(), kinds=tuple(SOURCES))


@blueprint.get("/suggest")
@requires(Access.PUBLIC)
def suggest() -> Response:
    """The list below the search box; opened by itself it leads to the full page."""
    text = _asked()
    if "HX-Request" not in request.headers:
        return redirect(url_for("search.index", q=text or None))
    found = queries.suggest(db.session, viewer(), text, language=language())
    return make_response(render_template("search/_suggestions.html", text=text, suggestions=found))
