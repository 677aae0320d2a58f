"""The directory of organisations and the profile of each."""

from flask import Blueprint, Response, render_template, request

from models.base import utc_now
from network.auth import Access, actor, requires, viewer
from network.extensions import db
from network.formatting import today
from network.i18n import language
from network.queries import claims, directory, documents, outcomes
from network.queries.profiles import profile as find_profile
from network.uploads import download

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
    papers = documents.documents(db.session, viewer(), found.card.id)
    shown = outcomes.published(db.session, viewer(), found.card.id)
    return render_template("directory/profile.html", profile=found, asked_at=asked_at, papers=papers, outcomes=shown)


@blueprint.get("/<slug>/documents/<int:document_id>")
@requires(Access.SIGNED_IN)
def document(slug: str, document_id: int) -> Response:
    found = documents.shared_file(db.session, actor(), slug, document_id)
    return download(found.name, found.media_type, found.stored)
