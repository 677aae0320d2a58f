"""The explorer: organisations as a list, on a map of the districts, and as a network, under one address."""

from flask import Blueprint, render_template, request

from network.auth import Access, requires, viewer
from network.extensions import db
from network.i18n import language
from network.queries import directory
from network.queries.explorer import ExplorerCriteria, View, city_map
from network.queries.graph import network
from network.queries.labels import lines

blueprint = Blueprint("explorer", __name__, url_prefix="/explorer")


@blueprint.get("")
@requires(Access.PUBLIC)
def index() -> str:
    criteria = ExplorerCriteria.read(request.args)
    number = request.args.get("page", 1, int)
    listing = directory.listing(db.session, viewer(), criteria, number, language=language())
    narrowing = directory.narrow(db.session, viewer(), criteria)
    return render_template(
        "explorer/index.html",
        listing=listing,
        map=city_map(narrowing, criteria) if criteria.shown is View.MAP else None,
        network=network(narrowing, viewer(), criteria) if criteria.shown is View.NETWORK else None,
        label_lines=lines,
    )
