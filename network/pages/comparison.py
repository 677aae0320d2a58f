"""Supplies side by side for one of the own needs. What is compared stands in the address, so it can be sent on."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from models.types import DeclineReason
from network.auth import Access, actor, membership, organisation, requires
from network.extensions import db, engine
from network.formatting import today
from network.i18n import choices
from network.queries import comparison as queries
from network.queries.why_not import read_key
from network.queries.workspace import head
from network.services import needs

blueprint = Blueprint("comparison", __name__, url_prefix="/workspace/<slug>/needs/<int:need_id>/compare")


@blueprint.get("")
@requires(Access.MEMBER, *needs.OWNERS)
def index(slug: str, need_id: int) -> str | Response:
    keys = [key for key in map(read_key, request.args.getlist("entry")) if key is not None]
    found = queries.comparison(db.session, engine(), actor(), organisation().id, need_id, keys, on=today())
    return render_template(
        "comparison/index.html",
        workspace=head(db.session, organisation(), membership()),
        comparison=found,
        need=found.need,
        most=queries.MOST,
        least=queries.LEAST,
        reasons=choices(DeclineReason),
    )
