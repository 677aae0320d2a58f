"""A partner's deals from the request to the confirmed outcome, and what it offers and looks for."""

from flask import Blueprint, render_template, request

from models.base import utc_now
from models.types import OrganisationKind
from network.auth import Access, actor, membership, organisation, requires
from network.extensions import db
from network.queries import deals as queries
from network.queries.workspace import head

blueprint = Blueprint("deals", __name__, url_prefix="/workspace/<slug>/deals")


@blueprint.get("")
@requires(Access.MEMBER, OrganisationKind.PARTNER)
def index(slug: str) -> str:
    criteria, now = queries.DealCriteria.read(request.args), utc_now()
    board = queries.board(db.session, organisation().id, criteria, request.args.get("page", 1, int), now=now)
    workspace = head(db.session, organisation(), membership())
    ways = list(queries.Direction)
    return render_template("deals/index.html", workspace=workspace, board=board, ways=ways, now=now)


@blueprint.get("/terms")
@requires(Access.MEMBER, OrganisationKind.PARTNER)
def terms(slug: str) -> str:
    """What is offered and looked for, and where to change it."""
    found = queries.terms(db.session, actor(), organisation().id)
    workspace = head(db.session, organisation(), membership())
    return render_template("deals/terms.html", workspace=workspace, terms=found)
