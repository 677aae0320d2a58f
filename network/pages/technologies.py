"""The technologies listed for transfer, and each in full."""

from flask import Blueprint, render_template, request

from network.auth import Access, requires, viewer
from network.extensions import db
from network.i18n import language
from network.queries import technologies

blueprint = Blueprint("technologies", __name__, url_prefix="/technologies")


@blueprint.get("")
@requires(Access.PUBLIC)
def index() -> str:
    criteria = technologies.TechnologyCriteria.read(request.args)
    number = request.args.get("page", 1, int)
    listing = technologies.listing(db.session, viewer(), criteria, number, language=language())
    return render_template("technologies/index.html", listing=listing)


@blueprint.get("/<int:technology_id>")
@requires(Access.PUBLIC)
def detail(technology_id: int) -> str:
    return render_template(
        "technologies/detail.html", technology=technologies.technology(db.session, viewer(), technology_id)
    )
