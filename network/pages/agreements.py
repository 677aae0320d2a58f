"""Agreements of a connection: recording one, objecting to it, taking it back."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models.agreements import AgreementKind
from models.base import utc_now
from models.connections import ConnectionAction
from models.errors import Conflict, Invalid
from network.auth import Access, actor, membership, organisation, requires
from network.errors import message
from network.extensions import db
from network.formatting import today
from network.forms.connections import AgreementForm, ObjectionForm
from network.indexing import refresh_now
from network.queries import interests, threads
from network.queries.workspace import head
from network.services import agreements
from network.uploads import store, takes_files, uploads

blueprint = Blueprint("agreements", __name__, url_prefix="/workspace/<slug>/connections/<int:interest_id>/agreements")

Answer = str | Response | tuple[str, int]
FIELDS = {"date_in_future": "agreed_on", "before_the_request": "agreed_on"}


def _sheet(interest_id: int) -> threads.Sheet:
    return threads.sheet(db.session, organisation().id, interest_id, now=utc_now())


def _page(template: str, sheet: threads.Sheet, agreement_id: int | None = None, **context: Any) -> str:
    if agreement_id is not None:
        context["agreement"] = sheet.thread.agreement(agreement_id)
    workspace = head(db.session, organisation(), membership())
    return render_template(f"agreements/{template}.html", workspace=workspace, sheet=sheet, now=utc_now(), **context)


def _ask(template: str, interest_id: int, agreement_id: int, action: ConnectionAction, **context: Any) -> Answer:
    """A page that asks before a step, or the page of the connection where the step is not possible (any more)."""
    sheet = _sheet(interest_id)
    agreement = sheet.thread.agreement(agreement_id)
    if action not in agreement.steps:
        return redirect(_address(interest_id))
    return _page(template, sheet, agreement_id, **context)


def _address(interest_id: int) -> str:
    return url_for("interests.detail", slug=organisation().slug, interest_id=interest_id)


def _step(interest_id: int, step: Callable[[], object], words: str) -> Response:
    """One step; what comes too late is said on the page of the connection."""
    target = _address(interest_id)
    try:
        step()
    except Conflict as error:
        db.session.rollback()
        flash(message(error), "error")
        return redirect(target)
    db.session.commit()
    refresh_now()
    flash(words, "success")
    return redirect(target)


@blueprint.get("/new")
@requires(Access.MANAGER)
def new(slug: str, interest_id: int) -> Answer:
    sheet = _sheet(interest_id)
    if ConnectionAction.RECORD_AGREEMENT not in sheet.thread.actions:
        return redirect(_address(interest_id))
    return _page("new", sheet, form=AgreementForm(agreed_on=today()))


@blueprint.post("/new")
@requires(Access.MANAGER)
@takes_files(1)
def record(slug: str, interest_id: int) -> Answer:
    interest, form = interests.find(db.session, organisation().id, interest_id), AgreementForm()
    if form.validate():
        try:
            file = next(iter(uploads([form.file.data])), None)
            return _step(
                interest_id,
                lambda: agreements.record(
                    db.session,
                    actor(),
                    organisation(),
                    interest,
                    AgreementKind(form.kind.data),
                    form.agreed_on.data,
                    form.note.data or "",
                    file,
                    store=store(),
                    now=utc_now(),
                    object_days=current_app.config["SETTINGS"].confirm_days,
                ),
                _("Recorded. The other side has been told and may object."),
            )
        except Invalid as error:
            form.refuse(error, **FIELDS)
    db.session.rollback()
    form.forget_files()
    return _page("new", _sheet(interest_id), form=form), 422


@blueprint.get("/<int:agreement_id>/object")
@requires(Access.MANAGER)
def object_to(slug: str, interest_id: int, agreement_id: int) -> Answer:
    return _ask("object", interest_id, agreement_id, ConnectionAction.OBJECT, form=ObjectionForm())


@blueprint.post("/<int:agreement_id>/object")
@requires(Access.MANAGER)
def object_now(slug: str, interest_id: int, agreement_id: int) -> Answer:
    form = ObjectionForm()
    if not form.validate():
        return _page("object", _sheet(interest_id), agreement_id, form=form), 422
    agreement = agreements.find(db.session, interests.find(db.session, organisation().id, interest_id), agreement_id)
    return _step(
        interest_id,
        lambda: agreements.object_to(
            db.session, actor(), organisation(), agreement, form.reason.data or "", now=utc_now()
        ),
        _("Your objection is recorded. The other side has been told."),
    )


@blueprint.get("/<int:agreement_id>/take-back")
@requires(Access.MANAGER)
def take_back(slug: str, interest_id: int, agreement_id: int) -> Answer:
    return _ask("take_back", interest_id, agreement_id, ConnectionAction.TAKE_BACK)


@blueprint.post("/<int:agreement_id>/take-back")
@requires(Access.MANAGER)
def take_back_now(slug: str, interest_id: int, agreement_id: int) -> Answer:
    agreement = agreements.find(db.session, interests.find(db.session, organisation().id, interest_id), agreement_id)
    return _step(
        interest_id,
        lambda: agreements.take_back(db.session, actor(), organisation(), agreement, now=utc_now()),
        _("Taken back. The other side has been told."),
    )
