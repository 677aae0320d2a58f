"""Every table to take away, on one page; that somebody took one is kept in the trail."""

from flask import Blueprint, Response, abort, render_template, request

from models.base import utc_now
from network.auth import Access, actor, requires
from network.downloads import table_file
from network.export_words import FORMS
from network.exports import EXPORTS, SECTIONS
from network.extensions import db
from network.services import exports

blueprint = Blueprint("coordination_exports", __name__, url_prefix="/coordination/exports")


@blueprint.get("")
@requires(Access.COORDINATOR)
def index() -> str:
    return render_template("coordination_exports/index.html", sections=SECTIONS, forms=FORMS)


@blueprint.get("/<name>.<any(csv, xlsx):form>")
@requires(Access.COORDINATOR)
def download(name: str, form: str) -> Response:
    """Narrowed by what stands in the address, as the page with the same rows is."""
    export, now = EXPORTS.get(name), utc_now()
    if export is None:
        abort(404)
    table = export.make(db.session, now, request.args)
    exports.note(db.session, actor(), name, form, len(table.rows), now=now)
    db.session.commit()
    return table_file(name, table, form)
