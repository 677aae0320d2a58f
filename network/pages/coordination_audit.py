"""Who did what, when, to what: the whole audit trail, narrowed as one likes."""

from flask import Blueprint, render_template, request

from network import audit_words
from network.auth import Access, requires
from network.extensions import db
from network.queries import audit as queries

blueprint = Blueprint("coordination_audit", __name__, url_prefix="/coordination/audit")
blueprint.add_app_template_filter(audit_words.subject, "audit_subject")
blueprint.add_app_template_filter(audit_words.fields, "audit_fields")


@blueprint.get("")
@requires(Access.COORDINATOR)
def index() -> str:
    criteria = queries.AuditCriteria.read(request.args)
    page = queries.listing(db.session, criteria, request.args.get("page", 1, int))
    events = audit_words.events()
    return render_template("coordination_audit/index.html", page=page, criteria=criteria, events=events)
