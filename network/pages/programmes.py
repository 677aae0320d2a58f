"""Programmes of support, by whether they are open today, and each in full."""

from flask import Blueprint, render_template, request

from network.auth import Access, requires, viewer
from network.extensions import db
from network.formatting import today
from network.queries import programmes

blueprint = Blueprint("programmes", __name__, url_prefix="/programmes")


@blueprint.get("")
@requires(Access.PUBLIC)
def index() -> str:
    criteria = programmes.ProgrammeCriteria.read(request.args)
    number = request.args.get("page", 1, int)
    listing = programmes.listing(db.session, viewer(), criteria, number, today=today())
    return render_template("programmes/index.html", listing=listing)


@blueprint.get("/<int:programme_id>")
@requires(Access.PUBLIC)
def detail(programme_id: int) -> str:
    programme = programmes.programme(db.session, viewer(), programme_id, today=today())
    return render_template("programmes/detail.html", programme=programme)
