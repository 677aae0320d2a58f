"""For coordinators: who is suggested how often, beside what they offer, and who never is."""

from flask import Blueprint, render_template, request

from models.base import utc_now
from models.types import OrganisationKind
from network.auth import Access, requires
from network.extensions import db, engine
from network.queries.exposure import LONG, SHORT, exposure

blueprint = Blueprint("coordination_exposure", __name__, url_prefix="/coordination/exposure")

KINDS = tuple(kind for kind in OrganisationKind if kind is not OrganisationKind.STARTUP)


@blueprint.get("")
@requires(Access.COORDINATOR)
def index() -> str:
    now = utc_now()
    kind = next((kind for kind in KINDS if kind == request.args.get("kind")), None)
    found = exposure(db.session, now=now, kind=kind)
    most = engine().policy(db.session).most_per_organisation
    facts = {"kinds": KINDS, "most": most, "now": now, "short": SHORT, "long": LONG}
    return render_template("coordination_exposure/index.html", found=found, kind=kind, **facts)
