"""The directory of organisations and the profile of each."""

from flask import Blueprint, render_template, request

from models.base import utc_now
from network.auth import Access, requires, viewer
from network.extensions import db
from network.formatting import today
from network.i18n import language
from network.queries import claims, directory
from network.queries.profiles import profile as find_profile

blueprint = Blueprint("directory", __name__, url_prefix="/directory")


@blueprint.get("")
@requires(Access.PUBLIC)
def index() -> str:
    criteria = directory.DirectoryCriteria.read(request.args)
    number = request.args.get("page", 1, int)
    listing = directory.listing(db.session, viewer(), criteria, number, language=language())
    overview = None if criteria.narrowed or number > 1 else directory.overview(db.session, viewer())
    return render_template("directory/index.html", listing=listing, overview=overview)


@blueprint.get("/<slug>")
@requires(Access.PUBLIC)
def profile(slug: str) -> str:
    found = find_profile(db.session, viewer(), slug, today=today(), now=utc_now())
    asked_at = claims.asked_at(db.session, viewer(), found.card.id) if found.claimable else None
    return render_template("directory/profile.html", profile=found, asked_at=asked_at)
