"""The calls of a centre's programmes: writing one, publishing it, calling it off."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import Call
from models.base import utc_now
from models.errors import Conflict, Invalid
from models.types import OrganisationKind
from network.auth import Access, actor, membership, organisation, requires
from network.errors import message
from network.extensions import db
from network.formatting import today
from network.forms.programmes import CallForm, CancelCallForm
from network.indexing import refresh_now
from network.queries import own_programmes as queries
from network.queries.workspace import head
from network.services import calls, programmes
from network.services.intake import find_call

blueprint = Blueprint("workspace_calls", __name__, url_prefix="/workspace/<slug>/calls")

Answer = str | Response | tuple[str, int]
CENTRE = OrganisationKind.CENTRE
FIELDS = {
    "call_name_missing": "name_vi",
    "call_closes_before": "closes_on",
    "call_closes_earlier": "closes_on",
    "call_being_read": "closes_on",
    "decides_before": "decide_by",
    "cohort_dates": "ends_on",
    "minimum_over_capacity": "minimum",
    "fewer_places_than_given": "capacity",
    "criteria_missing": "criterion_0_vi",
    "criterion_incomplete": "criterion_0_vi",
}


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"workspace_calls/{template}.html", workspace=workspace, **context)


def _own(call_id: int) -> Call:
    return find_call(db.session, organisation(), call_id)


def _done(call_id: int, words: str) -> Response:
    target = url_for(".detail", slug=organisation().slug, call_id=call_id)
    db.session.commit()
    refresh_now()
    flash(words, "success")
    return redirect(target)


@blueprint.get("/new/<int:programme_id>")
@requires(Access.MEMBER, CENTRE)
def new(slug: str, programme_id: int) -> Answer:
    return _new_page(programme_id, CallForm.of())


@blueprint.post("/new/<int:programme_id>")
@requires(Access.MEMBER, CENTRE)
def create(slug: str, programme_id: int) -> Answer:
    programme, form = programmes.find_own(db.session, organisation(), programme_id), CallForm.of()
    if form.validate():
        try:
            made = calls.create_call(db.session, actor(), programme, form.values(), now=utc_now())
        except Invalid as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(made.id, _("The draft is saved. Publish it when dates, questions and criteria are right."))
    return _new_page(programme_id, form), 422


def _new_page(programme_id: int, form: CallForm) -> str:
    programme = programmes.find_own(db.session, organisation(), programme_id)
    return _page("edit", form=form, entry=None, programme={"id": programme.id, "name": programme.name})


@blueprint.get("/<int:call_id>")
@requires(Access.MEMBER, CENTRE)
def detail(slug: str, call_id: int) -> Answer:
    own = queries.own_call(db.session, organisation().id, call_id, today=today())
    return _page("detail", own=own, card=own.card)


@blueprint.get("/<int:call_id>/edit")
@requires(Access.MEMBER, CENTRE)
def edit(slug: str, call_id: int) -> Answer:
    call = _own(call_id)
    return _edit_page(call, CallForm.of(call))


@blueprint.post("/<int:call_id>/edit")
@requires(Access.MEMBER, CENTRE)
def update(slug: str, call_id: int) -> Answer:
    call = _own(call_id)
    form = CallForm.of(call)
    if form.validate():
        try:
            calls.update_call(db.session, actor(), call, form.values(), now=utc_now())
        except (Invalid, Conflict) as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(call_id, _("The changes are saved."))
    return _edit_page(call, form), 422


def _edit_page(call: Call, form: CallForm) -> str:
    programme = {"id": call.programme_id, "name": call.programme.name}
    return _page("edit", form=form, entry={"id": call.id, "name": call.name}, programme=programme)


def _step(call_id: int, step: Callable[..., object], words: str) -> Response:
    """One step along the states. A refusal is told on the page of the call, where it can be mended."""
    call = _own(call_id)
    try:
        step(db.session, actor(), call, now=utc_now())
    except (Invalid, Conflict) as error:
        db.session.rollback()
        flash(message(error), "error")
        return redirect(url_for(".detail", slug=organisation().slug, call_id=call_id))
    return _done(call_id, words)


@blueprint.post("/<int:call_id>/publish")
@requires(Access.MANAGER, CENTRE)
def publish(slug: str, call_id: int) -> Answer:
    return _step(call_id, calls.publish_call, _("Published. One can apply from its first day on."))


@blueprint.post("/<int:call_id>/unpublish")
@requires(Access.MANAGER, CENTRE)
def unpublish(slug: str, call_id: int) -> Answer:
    return _step(call_id, calls.unpublish_call, _("The call is a draft again."))


@blueprint.get("/<int:call_id>/cancel")
@requires(Access.MANAGER, CENTRE)
def cancel(slug: str, call_id: int) -> Answer:
    return _cancel_page(call_id, CancelCallForm())


@blueprint.post("/<int:call_id>/cancel")
@requires(Access.MANAGER, CENTRE)
def cancel_now(slug: str, call_id: int) -> Answer:
    call, form = _own(call_id), CancelCallForm()
    if form.validate():
        try:
            calls.cancel_call(db.session, actor(), call, form.reason.data or "", now=utc_now())
        except (Invalid, Conflict) as error:
            form.refuse(error, call_cancel_reason_missing="reason")
        else:
            return _done(call_id, _("Called off. Everybody who applied gets a letter."))
    return _cancel_page(call_id, form), 422


def _cancel_page(call_id: int, form: CancelCallForm) -> str:
    return _page("cancel", form=form, own=queries.own_call(db.session, organisation().id, call_id, today=today()))


@blueprint.post("/<int:call_id>/delete")
@requires(Access.MEMBER, CENTRE)
def delete(slug: str, call_id: int) -> Answer:
    call = _own(call_id)
    target = url_for("workspace_programmes.detail", slug=slug, programme_id=call.programme_id)
    calls.delete_call(db.session, actor(), call, now=utc_now())
    db.session.commit()
    flash(_("The draft is deleted."), "success")
    return redirect(target)
