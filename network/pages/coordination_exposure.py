"""For coordinators: who is suggested how often, beside what they offer, and who never is."""

from flask import Blueprint, Response, render_template, request

from models.base import utc_now
from models.types import OrganisationKind
from network.auth import Access, requires
from network.downloads import csv_file
from network.extensions import db, engine
from network.queries.exposure import LONG, SHORT, Exposure, exposure

blueprint = Blueprint("coordination_exposure", __name__, url_prefix="/coordination/exposure")

KINDS = tuple(kind for kind in OrganisationKind if kind is not OrganisationKind.STARTUP)


def _found() -> tuple[Exposure, OrganisationKind | None]:
    kind = next((kind for kind in KINDS if kind == request.args.get("kind")), None)
    return exposure(db.session, now=utc_now(), kind=kind), kind


@blueprint.get("")
@requires(Access.COORDINATOR)
def index() -> str:
    found, kind = _found()
    most = engine().policy(db.session).most_per_organisation
    facts = {"kinds": KINDS, "most": most, "now": utc_now(), "short": SHORT, "long": LONG}
    return render_template("coordination_exposure/index.html", found=found, kind=kind, **facts)


@blueprint.get("/exposure.csv")
@requires(Access.COORDINATOR)
def download() -> Response:
    found, _kind = _found()
    head = ("address", "name_vi", "name_en", "kind", "illustrative", "entries_offered")
    counts = tuple(f"{what}_{days}_days" for days in (SHORT, LONG) for what in ("first", "first_three"))
    rows = (
        (
            *(r.organisation.slug, r.organisation.name.vi, r.organisation.name.en, r.organisation.kind),
            *(r.organisation.illustrative, r.entries, r.short.first, r.short.three, r.long.first, r.long.three),
            *(round(r.share, 4), round(r.offered, 4)),
        )
        for r in found.rows
    )
    return csv_file("exposure", (*head, *counts, "share_of_first_places", "share_of_entries"), rows)
