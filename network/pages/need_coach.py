"""The coach beside the form of a need: what is missing, what it seems to be about, who could help.

Asked while one types, and by a button without scripts. What has been typed about a need that exists is kept each time.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import Need
from models.base import utc_now
from network.auth import Access, actor, membership, organisation, requires
from network.extensions import db, engine, limiter
from network.formatting import today
from network.forms.needs import NeedForm
from network.queries.coaching import coach
from network.queries.workspace import head
from network.services import drafts, needs

blueprint = Blueprint("need_coach", __name__, url_prefix="/workspace/<slug>/needs")

Answer = str | Response | tuple[str, int]


@blueprint.post("/coach")
@requires(Access.MEMBER, *needs.OWNERS)
@limiter.limit("60/minute")
def ask(slug: str) -> Answer:
    """About a need that does not exist yet. Nothing is kept here: the browser does it."""
    return _answer("new", None)


@blueprint.post("/<int:need_id>/coach")
@requires(Access.MEMBER, *needs.OWNERS)
@limiter.limit("60/minute")
def ask_about(slug: str, need_id: int) -> Answer:
    need = needs.find_own(db.session, actor(), organisation(), need_id)
    return _answer("edit", need)


@blueprint.post("/<int:need_id>/drop")
@requires(Access.MEMBER, *needs.OWNERS)
def drop(slug: str, need_id: int) -> Answer:
    drafts.drop(db.session, actor(), needs.find_own(db.session, actor(), organisation(), need_id))
    db.session.commit()
    flash(_("What you had begun is dropped. The form shows the need as it stands."), "success")
    return redirect(url_for("workspace_needs.edit", slug=slug, need_id=need_id))


def _answer(template: str, need: Need | None) -> Answer:
    form, took = NeedForm.of(db.session), _take(request.form.get("take", ""))
    if took:
        name, value = took
        form[name].data = [*(form[name].data or []), value]
    typed = form.typed()
    if took:
        typed[took[0]] = list(dict.fromkeys([*typed.get(took[0], []), took[1]]))
    values = form.so_far()
    facts, kept = {"need_id": need.id, "title": need.title} if need else {}, None
    if need is not None and (form.differs(need) or drafts.find(db.session, actor(), need)):
        kept = drafts.keep(db.session, actor(), need, typed, now=utc_now()).saved_at
    db.session.commit()  # the lock for writing is not held while the engine thinks
    said = coach(db.session, engine(), actor(), organisation().id, values, on=today(), kept_at=kept)
    if "HX-Request" in request.headers:
        return render_template("workspace_needs/_coach.html", coach=said, live=True)
    return _page(template, form=form, coach=said, **facts)


def _take(wish: str) -> tuple[str, str] | None:
    """A kind or a field to be ticked, out of 'kinds:testing'."""
    name, _colon, value = wish.partition(":")
    return (name, value[:40]) if name in ("kinds", "fields") and value else None


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"workspace_needs/{template}.html", workspace=workspace, **context)
