"""Action programmes that follow up Resolution 57: how far each is, and each in full."""

from flask import Blueprint, render_template, request

from network.auth import Access, requires
from network.extensions import db
from network.formatting import today
from network.queries import actions

blueprint = Blueprint("actions", __name__, url_prefix="/action-programmes")


@blueprint.get("")
@requires(Access.PUBLIC)
def index() -> str:
    criteria = actions.ActionCriteria.read(request.args)
    listing = actions.listing(db.session, criteria, request.args.get("page", 1, int), today=today())
    return render_template("actions/index.html", listing=listing, summary=actions.summary(db.session, today=today()))


@blueprint.get("/<int:action_id>")
@requires(Access.PUBLIC)
def detail(action_id: int) -> str:
    return render_template("actions/detail.html", action=actions.action(db.session, action_id, today=today()))
