"""The technologies listed for transfer, each in full, and its pictures."""

from flask import Blueprint, Response, render_template, request

from network import technology_words
from network.auth import Access, requires, viewer
from network.extensions import db
from network.i18n import language
from network.queries import technologies
from network.queries.technology_facts import picture_content

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
        "technologies/detail.html",
        technology=technologies.technology(db.session, viewer(), technology_id),
        words=technology_words,
    )


@blueprint.get("/<int:technology_id>/pictures/<digest>.webp")
@requires(Access.PUBLIC)
def picture(technology_id: int, digest: str) -> Response:
    """A picture, for whoever may read the technology; the small one with `?size=small`."""
    small = request.args.get("size") == "small"
    content = picture_content(db.session, viewer(), technology_id, digest, small=small)
    response = Response(content, content_type="image/webp")
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
