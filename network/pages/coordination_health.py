"""How well matching works: needs without an answer, centres with too much to do, fields without supply."""

from flask import Blueprint, render_template, request

from models.base import utc_now
from network.auth import Access, requires
from network.extensions import db
from network.queries import matching_health as queries

blueprint = Blueprint("coordination_health", __name__, url_prefix="/coordination/matching-health")


@blueprint.get("")
@requires(Access.COORDINATOR)
def index() -> str:
    now = utc_now()
    health = queries.health(db.session, now=now)
    facts = {"quiet_days": queries.QUIET_DAYS, "looked_back": queries.LOOKED_BACK, "now": now}
    return render_template("coordination_health/index.html", health=health, **facts)


GAPS = ", ".join(f'"{gap.value}"' for gap in queries.Gap)


@blueprint.get(f"/<any({GAPS}):gap>")
@requires(Access.COORDINATOR)
def needs(gap: str) -> str:
    """All needs of one kind, those that wait longest first."""
    chosen, now = queries.Gap(gap), utc_now()
    found = queries.needs(db.session, chosen, request.args.get("page", 1, int), now=now)
    facts = {"quiet_days": queries.QUIET_DAYS, "now": now}
    return render_template("coordination_health/needs.html", found=found, gap=chosen, **facts)
