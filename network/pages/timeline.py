"""The timeline of an organisation: everything that happened to it, by kind."""

from flask import Blueprint, abort, render_template, request

from network.auth import Access, actor, is_manager, membership, organisation, requires
from network.extensions import db
from network.queries import timeline as queries
from network.queries.workspace import head
from network.services import permits
from network.trail import TIMELINE_KINDS

blueprint = Blueprint("timeline", __name__, url_prefix="/workspace/<slug>/timeline")


@blueprint.get("")
@requires(Access.MEMBER)
def index(slug: str) -> str:
    """Not for those who only review applications here."""
    permits.speaker_of(actor(), organisation().id)
    kind = request.args.get("kind") or None
    if kind is not None and kind not in queries.KINDS:
        abort(404)
    return render_template(
        "timeline/index.html",
        workspace=head(db.session, organisation(), membership()),
        page=queries.timeline(db.session, organisation(), kind, request.args.get("page", 1, int), manages=is_manager()),
        kind=kind,
        kinds=TIMELINE_KINDS,
    )
