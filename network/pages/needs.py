"""The board of published needs, and each need as others read it."""

from flask import Blueprint, render_template, request

from network.auth import Access, requires, viewer
from network.extensions import db
from network.queries import needs

blueprint = Blueprint("needs", __name__, url_prefix="/needs")


@blueprint.get("")
@requires(Access.PUBLIC)
def index() -> str:
    criteria = needs.NeedCriteria.read(request.args)
    listing = needs.board(db.session, viewer(), criteria, request.args.get("page", 1, int))
    return render_template("needs/index.html", listing=listing)


@blueprint.get("/<int:need_id>")
@requires(Access.PUBLIC)
def detail(need_id: int) -> str:
    return render_template("needs/detail.html", need=needs.detail(db.session, viewer(), need_id))
