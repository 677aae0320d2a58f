"""What was done in the name of an organisation, for its managers: narrowed and to download."""

from flask import Blueprint, Response, render_template, request

from network import audit_words
from network.auth import Access, membership, organisation, requires
from network.downloads import table_file
from network.extensions import db
from network.queries import audit as queries
from network.queries.workspace import head

blueprint = Blueprint("workspace_audit", __name__, url_prefix="/workspace/<slug>/audit")


@blueprint.get("")
@requires(Access.MANAGER)
def index(slug: str) -> str:
    criteria, number = queries.AuditCriteria.read(request.args), request.args.get("page", 1, int)
    page = queries.listing(db.session, criteria, number, organisation_id=organisation().id)
    workspace, events = head(db.session, organisation(), membership()), audit_words.events()
    return render_template(
        "workspace_audit/index.html", workspace=workspace, page=page, criteria=criteria, events=events
    )


@blueprint.get("/audit.csv")
@requires(Access.MANAGER)
def download(slug: str) -> Response:
    criteria = queries.AuditCriteria.read(request.args)
    rows = queries.rows(db.session, criteria, organisation_id=organisation().id)
    return table_file(f"audit-{slug}", audit_words.trail_table(rows))
