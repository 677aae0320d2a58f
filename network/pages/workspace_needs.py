"""An organisation's own needs: the list, writing one, its suggestions, and its way from draft to closed."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import Need
from models.base import utc_now
from models.errors import Conflict, Invalid
from models.types import DeclineReason
from network.auth import Access, actor, membership, organisation, requires
from network.errors import message
from network.extensions import db, engine
from network.formatting import today
from network.forms.needs import CloseForm, NeedForm
from network.i18n import choices
from network.indexing import refresh_now
from network.queries import interests, own_needs
from network.queries.coaching import Coach, coach
from network.queries.why_not import named, read_key
from network.queries.workspace import head
from network.services import drafts, needs

blueprint = Blueprint("workspace_needs", __name__, url_prefix="/workspace/<slug>/needs")

Answer = str | Response | tuple[str, int]
FIELDS = {
    "title_missing": "title_vi",
    "summary_missing": "summary_vi",
    "languages_apart": "summary_vi",
    "date_past": "needed_by",
}


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"workspace_needs/{template}.html", workspace=workspace, **context)


def _own(need_id: int) -> Need:
    return needs.find_own(db.session, actor(), organisation(), need_id)


def _saved(need: Need, words: str) -> Response:
    """The end of every change: commit, bring the suggestions up to date, say so, and go on to the need."""
    target = url_for(".detail", slug=organisation().slug, need_id=need.id)
    db.session.commit()
    refresh_now()
    flash(words, "success")
    return redirect(target)


@blueprint.get("")
@requires(Access.MEMBER, *needs.OWNERS)
def index(slug: str) -> Answer:
    return _page("index", needs=own_needs.own_needs(db.session, organisation().id))


@blueprint.get("/new")
@requires(Access.MEMBER, *needs.OWNERS)
def new(slug: str) -> Answer:
    """`q` takes over a text that was typed as a question, `carried` one that was kept past a sign-in."""
    question = session.get("question", "") if "carried" in request.args else request.args.get("q", "")
    form = NeedForm.of(db.session, question=question)
    return _page("new", form=form, carried=bool(question), **({"coach": _coach(form)} if question else {}))


@blueprint.post("/new")
@requires(Access.MEMBER, *needs.OWNERS)
def create(slug: str) -> Answer:
    form = NeedForm.of(db.session)
    if form.validate():
        try:
            need = needs.create_need(db.session, actor(), organisation(), form.values(), now=utc_now())
        except Invalid as error:
            form.refuse(error, **FIELDS)
        else:
            session.pop("question", None)
            return _saved(need, _("The draft is saved. See below who could help, and publish it when it is ready."))
    return _page("new", form=form), 422


@blueprint.get("/<int:need_id>")
@requires(Access.MEMBER, *needs.OWNERS)
def detail(slug: str, need_id: int) -> Answer:
    tab = request.args.get("tab", "suggested")
    if tab not in own_needs.TABS:
        abort(404)
    sheet = own_needs.sheet(db.session, engine(), actor(), organisation().id, need_id, on=today())
    now = utc_now()
    talks = interests.about(db.session, organisation().id, need_id, now=now)
    return _page("detail", sheet=sheet, need=sheet.card, talks=talks, now=now, reasons=choices(DeclineReason), tab=tab)


@blueprint.get("/<int:need_id>/edit")
@requires(Access.MEMBER, *needs.OWNERS)
def edit(slug: str, need_id: int) -> Answer:
    need = _own(need_id)
    draft = drafts.find(db.session, actor(), need)
    form = NeedForm.of(db.session, need, draft=draft)
    begun = draft.saved_at if draft else None
    return _page("edit", form=form, need_id=need_id, title=need.title, begun=begun, coach=_coach(form))


def _coach(form: NeedForm) -> Coach:
    """What the coach says before anything is typed."""
    return coach(db.session, engine(), actor(), organisation().id, form.so_far(), on=today())


@blueprint.post("/<int:need_id>/edit")
@requires(Access.MEMBER, *needs.OWNERS)
def update(slug: str, need_id: int) -> Answer:
    need, form = _own(need_id), NeedForm.of(db.session)
    if form.validate():
        try:
            needs.update_need(db.session, actor(), need, form.values(), now=utc_now())
        except Invalid as error:
            form.refuse(error, **FIELDS)
        else:
            drafts.drop(db.session, actor(), need)
            return _saved(need, _("The changes are saved."))
    return _page("edit", form=form, need_id=need_id, title=need.title), 422


@blueprint.post("/<int:need_id>/publish")
@requires(Access.MANAGER, *needs.OWNERS)
def publish(slug: str, need_id: int) -> Answer:
    return _step(need_id, needs.publish_need, _("The need is published. Others can now find it and answer."))


@blueprint.post("/<int:need_id>/unpublish")
@requires(Access.MANAGER, *needs.OWNERS)
def unpublish(slug: str, need_id: int) -> Answer:
    return _step(need_id, needs.unpublish_need, _("The need is a draft again. Nobody else can read it now."))


def _step(need_id: int, step: Callable[..., Need], words: str) -> Response:
    """One step along the states. A refusal is told on the page of the need, where it can be mended."""
    need = _own(need_id)
    try:
        step(db.session, actor(), need, now=utc_now())
    except (Invalid, Conflict) as error:
        flash(message(error), "error")
        return redirect(url_for(".detail", slug=organisation().slug, need_id=need_id))
    return _saved(need, words)


@blueprint.get("/<int:need_id>/why-not")
@requires(Access.MEMBER, *needs.OWNERS)
def why_not(slug: str, need_id: int) -> Answer:
    """Why an entry that the reader names, or has chosen among those named so, is not suggested."""
    need, words, key = (
        _own(need_id),
        request.args.get("name", "").strip()[:200],
        read_key(request.args.get("entry", "")),
    )
    found = () if key else named(db.session, actor(), words)
    if len(found) == 1:
        key = (found[0].subject, found[0].subject_id)
    answer = own_needs.why_not(db.session, engine(), actor(), need, key, on=today()) if key else None
    return _page("why_not", need=need, title=need.title, words=words, found=found, answer=answer)


@blueprint.get("/<int:need_id>/close")
@requires(Access.MANAGER, *needs.OWNERS)
def close(slug: str, need_id: int) -> Answer:
    return _close_page(_own(need_id), CloseForm())


@blueprint.post("/<int:need_id>/close")
@requires(Access.MANAGER, *needs.OWNERS)
def close_now(slug: str, need_id: int) -> Answer:
    need, form = _own(need_id), CloseForm()
    if not form.validate():
        return _close_page(need, form), 422
    try:
        needs.close_need(db.session, actor(), need, form.chosen, now=utc_now())
    except Invalid as error:
        form.refuse(error, met_without_agreement="reason")
        return _close_page(need, form), 422
    return _saved(need, _("The need is closed."))


def _close_page(need: Need, form: CloseForm) -> str:
    interests = needs.open_interests(db.session, need)
    return _page("close", form=form, need_id=need.id, title=need.title, interests=interests)


@blueprint.get("/<int:need_id>/delete")
@requires(Access.MEMBER, *needs.OWNERS)
def delete(slug: str, need_id: int) -> Answer:
    return _page("delete", need_id=need_id, title=_own(need_id).title)


@blueprint.post("/<int:need_id>/delete")
@requires(Access.MEMBER, *needs.OWNERS)
def delete_now(slug: str, need_id: int) -> Answer:
    target = url_for(".index", slug=organisation().slug)
    needs.delete_need(db.session, actor(), _own(need_id), now=utc_now())
    db.session.commit()
    refresh_now()
    flash(_("The draft is deleted."), "success")
    return redirect(target)
