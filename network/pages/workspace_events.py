"""An organisation's own events: the list, writing one, calling it off, and who has a place."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import Event
from models.base import utc_now
from models.errors import Conflict, DomainError, Invalid
from network.auth import Access, actor, membership, organisation, requires
from network.errors import message
from network.extensions import db
from network.forms.events import CancelForm, EventForm
from network.queries import events as queries
from network.queries.workspace import head
from network.services import events

blueprint = Blueprint("workspace_events", __name__, url_prefix="/workspace/<slug>/events")

Answer = str | Response | tuple[str, int]
FIELDS = {
    "title_missing": "title_vi",
    "summary_missing": "summary_vi",
    "languages_apart": "summary_vi",
    "place_missing": "place_vi",
    "ends_before_it_begins": "ends_at",
    "registers_too_late": "register_by",
    "fewer_places_than_taken": "capacity",
    "not_a_web_address": "link",
}


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"workspace_events/{template}.html", workspace=workspace, **context)


def _own(event_id: int) -> Event:
    return events.find_own(db.session, organisation(), event_id)


def _done(words: str) -> Response:
    target = url_for(".index", slug=organisation().slug)
    db.session.commit()
    flash(words, "success")
    return redirect(target)


@blueprint.get("")
@requires(Access.MEMBER)
def index(slug: str) -> Answer:
    number = request.args.get("page", 1, int)
    return _page("index", page=queries.own_events(db.session, organisation().id, number, now=utc_now()))


@blueprint.get("/new")
@requires(Access.MANAGER)
def new(slug: str) -> Answer:
    return _page("edit", form=EventForm.of(), entry=None)


@blueprint.post("/new")
@requires(Access.MANAGER)
def create(slug: str) -> Answer:
    form = EventForm.of()
    if form.validate():
        try:
            events.create_event(db.session, actor(), organisation(), form.values(), now=utc_now())
        except DomainError as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(_("The draft is saved. Publish it when it is ready."))
    return _page("edit", form=form, entry=None), 422


@blueprint.get("/<int:event_id>/edit")
@requires(Access.MANAGER)
def edit(slug: str, event_id: int) -> Answer:
    event = _own(event_id)
    return _page("edit", form=EventForm.of(event), entry={"id": event.id, "title": event.title})


@blueprint.post("/<int:event_id>/edit")
@requires(Access.MANAGER)
def update(slug: str, event_id: int) -> Answer:
    form, event = EventForm.of(), _own(event_id)
    if form.validate():
        try:
            events.update_event(db.session, actor(), event, form.values(), now=utc_now())
        except DomainError as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(_("The changes are saved."))
    return _page("edit", form=form, entry={"id": event.id, "title": event.title}), 422


@blueprint.post("/<int:event_id>/publish")
@requires(Access.MANAGER)
def publish(slug: str, event_id: int) -> Answer:
    try:
        events.publish_event(db.session, actor(), _own(event_id), now=utc_now())
    except (Invalid, Conflict) as error:
        flash(message(error), "error")
        return redirect(url_for(".index", slug=slug))
    return _done(_("The event is published. Everybody can register."))


@blueprint.get("/<int:event_id>/cancel")
@requires(Access.MANAGER)
def cancel(slug: str, event_id: int) -> Answer:
    return _cancel_page(event_id, CancelForm())


@blueprint.post("/<int:event_id>/cancel")
@requires(Access.MANAGER)
def cancel_now(slug: str, event_id: int) -> Answer:
    event, form = _own(event_id), CancelForm()
    if not form.validate():
        return _cancel_page(event_id, form), 422
    events.cancel_event(db.session, actor(), event, form.reason.data or "", now=utc_now())
    return _done(_("The event is called off. Everybody who registered gets an e-mail."))


def _cancel_page(event_id: int, form: CancelForm) -> str:
    attendance = queries.attendance(db.session, organisation().id, event_id, now=utc_now())
    return _page("cancel", form=form, event=attendance.event)


@blueprint.post("/<int:event_id>/delete")
@requires(Access.MANAGER)
def delete(slug: str, event_id: int) -> Answer:
    events.delete_event(db.session, actor(), _own(event_id), now=utc_now())
    return _done(_("The draft is deleted."))


@blueprint.get("/<int:event_id>/people")
@requires(Access.MANAGER)
def people(slug: str, event_id: int) -> Answer:
    """Names and addresses: for the managers, who need them to receive people, and nobody else."""
    return _page("people", attendance=queries.attendance(db.session, organisation().id, event_id, now=utc_now()))
