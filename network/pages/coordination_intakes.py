"""For coordinators: full programmes with somebody waiting, decisions that are late, and letting one more in."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import Application
from models.base import utc_now
from models.errors import Conflict, Invalid
from network.auth import Access, actor, requires
from network.extensions import db
from network.formatting import today
from network.forms.intake import OverrideForm
from network.queries.full_calls import full_call_of, full_calls, late_decisions
from network.services.admissions import accept_beyond

blueprint = Blueprint("coordination_intakes", __name__, url_prefix="/coordination/intakes")

Answer = str | Response | tuple[str, int]


@blueprint.get("")
@requires(Access.COORDINATOR)
def index() -> Answer:
    day = today()
    return render_template(
        "coordination_intakes/index.html",
        calls=full_calls(db.session, today=day),
        late=late_decisions(db.session, today=day),
    )


@blueprint.get("/<int:application_id>/override")
@requires(Access.COORDINATOR)
def override(application_id: int) -> Answer:
    return _override_page(application_id, OverrideForm())


@blueprint.post("/<int:application_id>/override")
@requires(Access.COORDINATOR)
def override_now(application_id: int) -> Answer:
    _call, row = full_call_of(db.session, application_id, today=today())
    application, form = db.session.get_one(Application, row.application_id), OverrideForm()
    if form.validate():
        try:
            accept_beyond(db.session, actor(), application, form.reason.data or "", now=utc_now())
        except (Invalid, Conflict) as error:
            form.refuse(error, override_reason_missing="reason")
        else:
            db.session.commit()
            flash(_("Accepted beyond the places. Both sides have been told."), "success")
            return redirect(url_for(".index"))
    return _override_page(application_id, form), 422


def _override_page(application_id: int, form: OverrideForm) -> str:
    call, row = full_call_of(db.session, application_id, today=today())
    return render_template("coordination_intakes/override.html", call=call, row=row, form=form)
