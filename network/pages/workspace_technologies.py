"""A university's or institute's own technologies: the list, writing and publishing, and the needs each could serve."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matching.text import query_for_technology
from models import Need, Technology
from models.base import utc_now
from models.errors import DomainError, NotFound
from network import technology_words
from network.auth import Access, actor, membership, organisation, requires
from network.errors import message
from network.extensions import db, engine
from network.forms.technologies import TechnologyForm
from network.indexing import refresh_now
from network.queries import own_technologies, visible
from network.queries.suggestions import suggestion_cards
from network.queries.workspace import head
from network.services import interests, supply

blueprint = Blueprint("workspace_technologies", __name__, url_prefix="/workspace/<slug>/technologies")

Answer = str | Response | tuple[str, int]
FIELDS = {
    "title_missing": "title_vi",
    "summary_missing": "summary_vi",
    "contact_data": "summary_vi",
    "reference_taken": "reference",
    "owner_missing": "owner_1",
    "owner_twice": "owner_1",
    "shares_over": "share_1",
    "shares_short": "share_1",
    "price_order": "price_high",
    "price_missing": "price_low",
    "price_without_basis": "price_basis",
    "protection_contradicts": "ip_type",
}


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"workspace_technologies/{template}.html", workspace=workspace, **context)


def _own(entry_id: int) -> Technology:
    return supply.find_own(db.session, Technology, organisation(), entry_id)


def _desk(entry_id: int) -> str:
    return url_for("technology_desk.detail", slug=organisation().slug, technology_id=entry_id)


def _saved(words: str, target: str | None = None) -> Response:
    target = target or url_for(".index", slug=organisation().slug)
    db.session.commit()
    refresh_now()
    flash(words, "success")
    return redirect(target)


def _moved(words: str, entry_id: int) -> Response:
    """Back to the page of the one technology, if the button stood there."""
    return _saved(words, _desk(entry_id) if request.form.get("back") == "desk" else None)


@blueprint.get("")
@requires(Access.MEMBER, *supply.LISTING)
def index(slug: str) -> Answer:
    number, now = request.args.get("page", 1, int), utc_now()
    return _page("index", own=own_technologies.own_list(db.session, organisation().id, number, now=now))


@blueprint.get("/new")
@requires(Access.MEMBER, *supply.LISTING)
def new(slug: str) -> Answer:
    return _page("edit", form=TechnologyForm.of(db.session), entry=None)


@blueprint.post("/new")
@requires(Access.MEMBER, *supply.LISTING)
def create(slug: str) -> Answer:
    form = TechnologyForm.of(db.session)
    if _wants_more_owners(form):
        return _page("edit", form=form, entry=None)
    if form.validate():
        values, fields = form.values(), form.fields.data or []
        try:
            entry = supply.create(db.session, actor(), Technology, organisation(), values, fields, now=utc_now())
        except DomainError as error:
            db.session.rollback()
            form.refuse(error, **FIELDS)
        else:
            return _saved(_("The draft is saved. Publish it when it is ready."), _desk(entry.id))
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
    if _wants_more_owners(form):
        return _page("edit", form=form, entry=shown)
    if form.validate():
        try:
            supply.update(db.session, actor(), entry, form.values(), form.fields.data or [], now=utc_now())
        except DomainError as error:
            db.session.rollback()
            form.refuse(error, **FIELDS)
        else:
            return _saved(_("The changes are saved."), _desk(technology_id))
    return _page("edit", form=form, entry=shown), 422


def _wants_more_owners(form: TechnologyForm) -> bool:
    """The button in the middle of the form: nothing is saved, the page comes again with more rows."""
    if "more_owners" not in request.form:
        return False
    form.show_more_owners()
    return True


@blueprint.post("/<int:technology_id>/publish")
@requires(Access.MANAGER, *supply.LISTING)
def publish(slug: str, technology_id: int) -> Answer:
    supply.publish(db.session, actor(), _own(technology_id), now=utc_now())
    return _moved(_("Published. Those who look for it can now find it."), technology_id)


@blueprint.post("/<int:technology_id>/unpublish")
@requires(Access.MANAGER, *supply.LISTING)
def unpublish(slug: str, technology_id: int) -> Answer:
    supply.unpublish(db.session, actor(), _own(technology_id), now=utc_now())
    return _moved(_("It is a draft again."), technology_id)


@blueprint.post("/<int:technology_id>/withdraw")
@requires(Access.MANAGER, *supply.LISTING)
def withdraw(slug: str, technology_id: int) -> Answer:
    supply.withdraw(db.session, actor(), _own(technology_id), now=utc_now())
    return _moved(_("Withdrawn. You can take it back to the drafts."), technology_id)


@blueprint.get("/<int:technology_id>/needs")
@requires(Access.MEMBER, *supply.LISTING)
def needs(slug: str, technology_id: int) -> Answer:
    entry, now = _own(technology_id), utc_now()
    answer = engine().suggest(db.session, query_for_technology(entry, visible.clearance(actor())), limit=20)
    cards = suggestion_cards(db.session, answer, actor())
    shown = {"id": entry.id, "title": entry.title, "state": entry.state}
    return _page(
        "needs",
        entry=shown,
        cards=cards,
        threshold=answer.threshold,
        degraded=answer.degraded,
        asked=own_technologies.asked_about(db.session, organisation().id, entry.id, now=now),
        letter=technology_words.offer_letter(entry.title, entry.trl, entry.title),
        now=now,
    )


@blueprint.post("/<int:technology_id>/needs/<int:need_id>/offer")
@requires(Access.MANAGER, *supply.LISTING)
def offer(slug: str, technology_id: int, need_id: int) -> Answer:
    """One click: the prepared letter goes to whoever has the need."""
    entry, need = _own(technology_id), db.session.get(Need, need_id)
    if need is None:
        raise NotFound
    target = url_for(".needs", slug=slug, technology_id=technology_id)
    try:
        interests.send_interest(
            db.session,
            actor(),
            organisation(),
            need_id,
            need.organisation_id,
            technology_words.offer_letter(entry.title, entry.trl, need.title),
            now=utc_now(),
            reply_days=current_app.config["SETTINGS"].reply_days,
            technology_id=technology_id,
        )
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        db.session.rollback()
        flash(message(error), "error")
        return redirect(target)
    return _saved(_("Sent. The other side has a deadline to answer, and you will get an e-mail when it does."), target)
