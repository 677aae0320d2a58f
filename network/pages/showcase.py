"""The exhibition: the hall, and each stand."""

from flask import Blueprint, render_template

from network.auth import Access, requires, viewer
from network.extensions import db
from network.queries import showcase

blueprint = Blueprint("showcase", __name__, url_prefix="/showcase")


@blueprint.get("")
@requires(Access.PUBLIC)
def index() -> str:
    return render_template("showcase/index.html", stands=showcase.hall(db.session, viewer()))


@blueprint.get("/<slug>")
@requires(Access.PUBLIC)
def stand(slug: str) -> str:
    return render_template("showcase/stand.html", page=showcase.stand(db.session, viewer(), slug))
