"""The stand of a centre in the exhibition: its words, what stands on it, and what could."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models.base import utc_now
from models.errors import Conflict, DomainError
from models.types import OrganisationKind
from network.auth import Access, actor, is_manager, membership, organisation, requires
from network.errors import message
from network.extensions import db
from network.forms.stands import CaptionForm, StandForm
from network.queries.own_stand import candidates, own_stand
from network.queries.workspace import head
from network.services import stands

blueprint = Blueprint("workspace_stand", __name__, url_prefix="/workspace/<slug>/stand")

Answer = str | Response | tuple[str, int]
CENTRE = OrganisationKind.CENTRE


def _page(form: StandForm) -> str:
    stand = own_stand(db.session, organisation().id)
    words = request.args.get("q", "")[:200]
    return render_template(
        "workspace_stand/index.html",
        workspace=head(db.session, organisation(), membership()),
        stand=stand,
        form=form,
        words=words,
        found=candidates(db.session, organisation(), words) if stand and is_manager() else (),
        most=stands.MOST_EXHIBITS,
    )


def _done(words: str) -> Response:
    target = url_for(".index", slug=organisation().slug)
    db.session.commit()
    flash(words, "success")
    return redirect(target)


def _refused(error: DomainError) -> Response:
    target = url_for(".index", slug=organisation().slug)
    db.session.rollback()
    flash(message(error), "error")
    return redirect(target)


@blueprint.get("")
@requires(Access.MEMBER, CENTRE)
def index(slug: str) -> Answer:
    return _page(StandForm.of(stands.find_own(db.session, organisation())))


@blueprint.post("")
@requires(Access.MANAGER, CENTRE)
def save(slug: str) -> Answer:
    form, stand = StandForm.of(), stands.find_own(db.session, organisation())
    if form.validate():
        try:
            if stand is None:
                stands.set_up(db.session, actor(), organisation(), form.values(), now=utc_now())
            else:
                stands.update(db.session, actor(), stand, form.values(), now=utc_now())
        except DomainError as error:
            form.refuse(error, theme_missing="theme_vi")
        else:
            return _done(
                _("The changes are saved.") if stand else _("The stand is set up. It opens with its first exhibit.")
            )
    return _page(form), 422


@blueprint.post("/exhibits")
@requires(Access.MANAGER, CENTRE)
def put(slug: str) -> Response:
    stand = stands.find_own(db.session, organisation())
    if stand is None:
        return redirect(url_for(".index", slug=slug))
    chosen: dict[str, Any] = {f"{name}_id": request.form.get(name, type=int) for name in ("technology", "organisation")}
    try:
        stands.put(db.session, actor(), stand, **chosen, now=utc_now())
    except Conflict as error:
        return _refused(error)
    return _done(_("It stands on your stand. Say in a line why it is worth stopping there."))


@blueprint.post("/exhibits/<int:exhibit_id>")
@requires(Access.MANAGER, CENTRE)
def describe(slug: str, exhibit_id: int) -> Response:
    stand, exhibit = stands.find_exhibit(db.session, organisation(), exhibit_id)
    form = CaptionForm()
    if not form.validate():
        flash(next(str(text) for texts in form.errors.values() for text in texts), "error")
        return redirect(url_for(".index", slug=slug))
    stands.describe(db.session, actor(), stand, exhibit, form.caption, now=utc_now())
    return _done(_("The changes are saved."))


@blueprint.post("/exhibits/<int:exhibit_id>/move")
@requires(Access.MANAGER, CENTRE)
def move(slug: str, exhibit_id: int) -> Response:
    stand, exhibit = stands.find_exhibit(db.session, organisation(), exhibit_id)
    stands.move(db.session, actor(), stand, exhibit, up=request.form.get("to") == "up", now=utc_now())
    return _done(_("The order is changed."))


@blueprint.post("/exhibits/<int:exhibit_id>/remove")
@requires(Access.MANAGER, CENTRE)
def remove(slug: str, exhibit_id: int) -> Response:
    stand, exhibit = stands.find_exhibit(db.session, organisation(), exhibit_id)
    stands.remove(db.session, actor(), stand, exhibit, now=utc_now())
    return _done(_("It is taken off the stand."))


@blueprint.post("/close")
@requires(Access.MANAGER, CENTRE)
def close(slug: str) -> Response:
    stand = stands.find_own(db.session, organisation())
    if stand is None:
        return redirect(url_for(".index", slug=slug))
    stands.close(db.session, actor(), stand, now=utc_now())
    return _done(_("The stand is closed and its place in the hall is free."))
