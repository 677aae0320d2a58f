"""A centre's own programmes: the list with their calls, writing one, publishing and withdrawing it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import Programme
from models.base import utc_now
from models.errors import Conflict, Invalid
from models.types import OrganisationKind
from network.auth import Access, actor, membership, organisation, requires
from network.errors import message
from network.extensions import db
from network.formatting import today
from network.forms.programmes import ProgrammeForm
from network.indexing import refresh_now
from network.queries import own_programmes as queries
from network.queries.workspace import head
from network.services import programmes

blueprint = Blueprint("workspace_programmes", __name__, url_prefix="/workspace/<slug>/programmes")

Answer = str | Response | tuple[str, int]
CENTRE = OrganisationKind.CENTRE
FIELDS = {
    "programme_name_missing": "programme_name_vi",
    "summary_missing": "summary_vi",
    "languages_apart": "summary_vi",
}


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"workspace_programmes/{template}.html", workspace=workspace, **context)


def _own(programme_id: int) -> Programme:
    return programmes.find_own(db.session, organisation(), programme_id)


def _done(programme_id: int | None, words: str) -> Response:
    slug = organisation().slug
    if programme_id is None:
        target = url_for(".index", slug=slug)
    else:
        target = url_for(".detail", slug=slug, programme_id=programme_id)
    db.session.commit()
    refresh_now()
    flash(words, "success")
    return redirect(target)


@blueprint.get("")
@requires(Access.MEMBER, CENTRE)
def index(slug: str) -> Answer:
    return _page("index", rows=queries.own_programmes(db.session, organisation().id, today=today()))


@blueprint.get("/new")
@requires(Access.MEMBER, CENTRE)
def new(slug: str) -> Answer:
    return _page("edit", form=ProgrammeForm.of(db.session), entry=None)


@blueprint.post("/new")
@requires(Access.MEMBER, CENTRE)
def create(slug: str) -> Answer:
    form = ProgrammeForm.of(db.session)
    if form.validate():
        try:
            made = programmes.create_programme(db.session, actor(), organisation(), form.values(), now=utc_now())
        except Invalid as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(made.id, _("The draft is saved. Publish it, then add a call with its dates."))
    return _page("edit", form=form, entry=None), 422


@blueprint.get("/<int:programme_id>")
@requires(Access.MEMBER, CENTRE)
def detail(slug: str, programme_id: int) -> Answer:
    own = queries.own_programme(db.session, organisation().id, programme_id, today=today())
    return _page("detail", own=own, card=own.card)


@blueprint.get("/<int:programme_id>/edit")
@requires(Access.MEMBER, CENTRE)
def edit(slug: str, programme_id: int) -> Answer:
    programme = _own(programme_id)
    entry = {"id": programme.id, "name": programme.name}
    return _page("edit", form=ProgrammeForm.of(db.session, programme), entry=entry)


@blueprint.post("/<int:programme_id>/edit")
@requires(Access.MEMBER, CENTRE)
def update(slug: str, programme_id: int) -> Answer:
    programme, form = _own(programme_id), ProgrammeForm.of(db.session)
    if form.validate():
        try:
            programmes.update_programme(db.session, actor(), programme, form.values(), now=utc_now())
        except Invalid as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(programme_id, _("The changes are saved."))
    return _page("edit", form=form, entry={"id": programme.id, "name": programme.name}), 422


def _step(programme_id: int, step: Callable[..., object], words: str, *, stays: bool = True) -> Response:
    """One step along the states. A refusal is told on the page of the programme, where it can be mended."""
    programme = _own(programme_id)
    try:
        step(db.session, actor(), programme, now=utc_now())
    except (Invalid, Conflict) as error:
        db.session.rollback()
        flash(message(error), "error")
        return redirect(url_for(".detail", slug=organisation().slug, programme_id=programme_id))
    return _done(programme_id if stays else None, words)


@blueprint.post("/<int:programme_id>/publish")
@requires(Access.MANAGER, CENTRE)
def publish(slug: str, programme_id: int) -> Answer:
    return _step(programme_id, programmes.publish_programme, _("Published. Everybody finds the programme."))


@blueprint.post("/<int:programme_id>/unpublish")
@requires(Access.MANAGER, CENTRE)
def unpublish(slug: str, programme_id: int) -> Answer:
    return _step(programme_id, programmes.unpublish_programme, _("The programme is a draft again."))


@blueprint.post("/<int:programme_id>/withdraw")
@requires(Access.MANAGER, CENTRE)
def withdraw(slug: str, programme_id: int) -> Answer:
    return _step(programme_id, programmes.withdraw_programme, _("Withdrawn. Nobody finds the programme any more."))


@blueprint.post("/<int:programme_id>/delete")
@requires(Access.MEMBER, CENTRE)
def delete(slug: str, programme_id: int) -> Answer:
    return _step(programme_id, programmes.delete_programme, _("The draft is deleted."), stays=False)
