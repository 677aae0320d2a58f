"""All connections of an organisation by stage, and the thread of one: beginning, writing, files, ending.

The page of one connection is `interests.detail`; what is done there comes back to it.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models.base import utc_now
from models.connections import ConnectionAction
from models.errors import Conflict, Invalid
from models.threads import EndReason
from network.auth import Access, actor, membership, organisation, requires
from network.errors import message
from network.extensions import db, limiter
from network.forms.connections import EndForm, MessageForm
from network.indexing import refresh_now
from network.queries import connections as queries
from network.queries import interests, threads
from network.queries.workspace import head
from network.services import connections, permits
from network.uploads import download, store, takes_files, uploads

blueprint = Blueprint("connections", __name__, url_prefix="/workspace/<slug>/connections")

Answer = str | Response | tuple[str, int]


@blueprint.get("")
@requires(Access.MEMBER)
def index(slug: str) -> Answer:
    value = request.args.get("stage", "")
    stage = queries.Stage(value) if value in set(queries.Stage) else None
    now = utc_now()
    found = queries.pipeline(db.session, organisation().id, stage, request.args.get("page", 1, int), now=now)
    workspace = head(db.session, organisation(), membership())
    return render_template("connections/index.html", workspace=workspace, pipeline=found, stage=stage, now=now)


def _address(interest_id: int, anchor: str | None = None) -> str:
    return url_for("interests.detail", slug=organisation().slug, interest_id=interest_id, _anchor=anchor)


def _done(interest_id: int, words: str, anchor: str | None = None) -> Response:
    target = _address(interest_id, anchor)
    db.session.commit()
    refresh_now()
    flash(words, "success")
    return redirect(target)


def _refused(interest_id: int, error: Conflict | Invalid) -> Response:
    """Said on the page of the connection, which shows how it stands by now."""
    target = _address(interest_id)
    db.session.rollback()
    flash(message(error), "error")
    return redirect(target)


@blueprint.post("/<int:interest_id>/start")
@requires(Access.MEMBER)
def start(slug: str, interest_id: int) -> Answer:
    interest = interests.find(db.session, organisation().id, interest_id)
    try:
        connections.start(db.session, actor(), organisation(), interest, now=utc_now())
    except Conflict as error:
        return _refused(interest_id, error)
    return _done(interest_id, _("In discussion. The other side has been told."))


@blueprint.post("/<int:interest_id>/messages")
@requires(Access.MEMBER)
@limiter.limit("60/hour")
@takes_files(connections.MOST_FILES)
def write(slug: str, interest_id: int) -> Answer:
    interest, form = interests.find(db.session, organisation().id, interest_id), MessageForm()
    if form.validate():
        try:
            connections.write_message(
                db.session,
                actor(),
                organisation(),
                interest,
                form.text.data or "",
                uploads(form.files.data or ()),
                store=store(),
                now=utc_now(),
            )
        except Invalid as error:
            form.refuse(error, thread_message_missing="text")
        except Conflict as error:
            return _refused(interest_id, error)
        else:
            return _done(interest_id, _("Sent. The other side has been told."), "write")
    db.session.rollback()
    form.forget_files()
    sheet = threads.sheet(db.session, organisation().id, interest_id, now=utc_now())
    return _page("interests/detail", sheet=sheet, form=form), 422


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"{template}.html", workspace=workspace, now=utc_now(), **context)


@blueprint.get("/<int:interest_id>/files/<int:file_id>")
@requires(Access.MEMBER)
def file(slug: str, interest_id: int, file_id: int) -> Response:
    permits.speaker_of(actor(), organisation().id)
    interest = interests.find(db.session, organisation().id, interest_id)
    found = threads.file(db.session, interest.id, file_id)
    return download(found.name, found.media_type, found.stored)


@blueprint.get("/<int:interest_id>/end")
@requires(Access.MANAGER)
def end(slug: str, interest_id: int) -> Answer:
    sheet = threads.sheet(db.session, organisation().id, interest_id, now=utc_now())
    if ConnectionAction.END not in sheet.thread.actions:
        return redirect(_address(interest_id))
    return _page("connections/end", sheet=sheet, form=EndForm())


@blueprint.post("/<int:interest_id>/end")
@requires(Access.MANAGER)
def end_now(slug: str, interest_id: int) -> Answer:
    form = EndForm()
    if not form.validate():
        sheet = threads.sheet(db.session, organisation().id, interest_id, now=utc_now())
        return _page("connections/end", sheet=sheet, form=form), 422
    interest = interests.find(db.session, organisation().id, interest_id)
    reason, note = EndReason(form.reason.data), form.note.data or ""
    try:
        connections.end_without_result(db.session, actor(), organisation(), interest, reason, note, now=utc_now())
    except Conflict as error:
        return _refused(interest_id, error)
    return _done(interest_id, _("Ended. The other side reads your reason."))
