"""Outcomes for coordinators: what waits to be confirmed, what is disputed, what counts."""

from flask import Blueprint, render_template, request

from models.base import utc_now
from network.auth import Access, requires
from network.extensions import db
from network.queries import outcomes as queries

blueprint = Blueprint("coordination_outcomes", __name__, url_prefix="/coordination/outcomes")


@blueprint.get("")
@requires(Access.COORDINATOR)
def index() -> str:
    tab = request.args.get("tab", "")
    tab = tab if tab in queries.TABS else "waiting"
    now = utc_now()
    board = queries.board(db.session, tab, request.args.get("page", 1, int), now=now)
    return render_template("coordination_outcomes/index.html", board=board, tab=tab, now=now)
