"""A university's or institute's own technologies, and the needs that each could serve."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matching.text import query_for_technology
from models import Technology
from models.base import utc_now
from models.errors import DomainError
from network.auth import Access, actor, membership, organisation, requires
from network.extensions import db, engine
from network.forms.supply import TechnologyForm
from network.indexing import refresh_now
from network.queries import visible
from network.queries.suggestions import suggestion_cards
from network.queries.supply import own_technologies
from network.queries.workspace import head
from network.services import supply

blueprint = Blueprint("workspace_technologies", __name__, url_prefix="/workspace/<slug>/technologies")

Answer = str | Response | tuple[str, int]
FIELDS = {"title_missing": "title_vi", "summary_missing": "summary_vi"}


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"workspace_technologies/{template}.html", workspace=workspace, **context)


def _own(entry_id: int) -> Technology:
    return supply.find_own(db.session, Technology, organisation(), entry_id)


def _saved(words: str) -> Response:
    target = url_for(".index", slug=organisation().slug)
    db.session.commit()
    refresh_now()
    flash(words, "success")
    return redirect(target)


@blueprint.get("")
@requires(Access.MEMBER, *supply.LISTING)
def index(slug: str) -> Answer:
    return _page("index", page=own_technologies(db.session, organisation().id, request.args.get("page", 1, int)))


@blueprint.get("/new")
@requires(Access.MEMBER, *supply.LISTING)
def new(slug: str) -> Answer:
    return _page("edit", form=TechnologyForm.of(db.session), entry=None)


@blueprint.post("/new")
@requires(Access.MEMBER, *supply.LISTING)
def create(slug: str) -> Answer:
    form = TechnologyForm.of(db.session)
    if form.validate():
        try:
            supply.create(
                db.session, actor(), Technology, organisation(), form.values(), form.fields.data or [], now=utc_now()
            )
        except DomainError as error:
            db.session.rollback()
            form.refuse(error, **FIELDS)
        else:
            return _saved(_("The draft is saved. Publish it when it is ready."))
    return _page("edit", form=form, entry=None), 422


@blueprint.get("/<int:technology_id>/edit")
@requires(Access.MEMBER, *supply.LISTING)
def edit(slug: str, technology_id: int) -> Answer:
    entry = _own(technology_id)
    return _page("edit", form=TechnologyForm.of(db.session, entry), entry={"id": entry.id, "title": entry.title})


@blueprint.post("/<int:technology_id>/edit")
@requires(Access.MEMBER, *supply.LISTING)
def update(slug: str, technology_id: int) -> Answer:
    form, entry = TechnologyForm.of(db.session), _own(technology_id)
    shown = {"id": entry.id, "title": entry.title}
    if form.validate():
        try:
            supply.update(db.session, actor(), entry, form.values(), form.fields.data or [], now=utc_now())
        except DomainError as error:
            db.session.rollback()
            form.refuse(error, **FIELDS)
        else:
            return _saved(_("The changes are saved."))
    return _page("edit", form=form, entry=shown), 422


@blueprint.post("/<int:technology_id>/publish")
@requires(Access.MANAGER, *supply.LISTING)
def publish(slug: str, technology_id: int) -> Answer:
    supply.publish(db.session, actor(), _own(technology_id), now=utc_now())
    return _saved(_("Published. Those who look for it can now find it."))


@blueprint.post("/<int:technology_id>/unpublish")
@requires(Access.MANAGER, *supply.LISTING)
def unpublish(slug: str, technology_id: int) -> Answer:
    supply.unpublish(db.session, actor(), _own(technology_id), now=utc_now())
    return _saved(_("It is a draft again."))


@blueprint.post("/<int:technology_id>/withdraw")
@requires(Access.MANAGER, *supply.LISTING)
def withdraw(slug: str, technology_id: int) -> Answer:
    supply.withdraw(db.session, actor(), _own(technology_id), now=utc_now())
    return _saved(_("Withdrawn. You can take it back to the drafts."))


@blueprint.get("/<int:technology_id>/needs")
@requires(Access.MEMBER, *supply.LISTING)
def needs(slug: str, technology_id: int) -> Answer:
    entry = _own(technology_id)
    answer = engine().suggest(db.session, query_for_technology(entry, visible.clearance(actor())), limit=20)
    cards = suggestion_cards(db.session, answer, actor())
    return _page(
        "needs", entry={"id": entry.id, "title": entry.title}, cards=cards, threshold=answer.threshold, answer=answer
    )
