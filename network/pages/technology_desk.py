"""One technology with all that belongs to it, its versions, the quarterly word that all is right, and the pipeline."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from models import Technology
from models.base import utc_now
from network import technology_words
from network.auth import Access, actor, membership, organisation, requires
from network.extensions import db
from network.indexing import refresh_now
from network.queries import own_technologies
from network.queries import pipeline as pipelines
from network.queries.technology_versions import compare
from network.queries.workspace import head
from network.services import freshness, supply

blueprint = Blueprint("technology_desk", __name__, url_prefix="/workspace/<slug>/technologies")

Answer = str | Response


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(
        f"technology_desk/{template}.html", workspace=workspace, words=technology_words, now=utc_now(), **context
    )


def _confirmed(words: str, target: str) -> Response:
    db.session.commit()
    refresh_now()
    flash(words, "success")
    return redirect(target)


@blueprint.get("/<int:technology_id>")
@requires(Access.MEMBER, *supply.LISTING)
def detail(slug: str, technology_id: int) -> Answer:
    desk = own_technologies.desk(db.session, organisation().id, technology_id, now=utc_now())
    return _page("detail", desk=desk)


@blueprint.get("/<int:technology_id>/versions")
@requires(Access.MEMBER, *supply.LISTING)
def versions(slug: str, technology_id: int) -> Answer:
    older, newer = (request.args.get(name, type=int) for name in ("older", "newer"))
    found = compare(db.session, organisation().id, technology_id, older, newer)
    return _page("versions", comparison=found, technology_id=technology_id)


@blueprint.post("/<int:technology_id>/confirm")
@requires(Access.MANAGER, *supply.LISTING)
def confirm(slug: str, technology_id: int) -> Answer:
    entry = supply.find_own(db.session, Technology, organisation(), technology_id)
    freshness.confirm(db.session, actor(), entry, now=utc_now())
    target = url_for(".detail", slug=slug, technology_id=technology_id)
    return _confirmed(_("Thank you. The page of the technology says that it is confirmed as of today."), target)


@blueprint.get("/due")
@requires(Access.MEMBER, *supply.LISTING)
def due(slug: str) -> Answer:
    return _page("due", rows=own_technologies.due(db.session, organisation().id, now=utc_now()))


@blueprint.post("/due")
@requires(Access.MANAGER, *supply.LISTING)
def confirm_due(slug: str) -> Answer:
    ids = request.form.getlist("technology", type=int)
    entries = freshness.confirmable(db.session, organisation().id, ids)
    if not entries:
        flash(_("Tick what is still right."), "error")
        return redirect(url_for(".due", slug=slug))
    for entry in entries:
        freshness.confirm(db.session, actor(), entry, now=utc_now())
    words = ngettext("%(num)s technology is confirmed.", "%(num)s technologies are confirmed.", len(entries))
    return _confirmed(words, url_for(".due", slug=slug))


@blueprint.get("/pipeline")
@requires(Access.MEMBER, *supply.LISTING)
def pipeline(slug: str) -> Answer:
    step = next((each for each in pipelines.Step if each.value == request.args.get("step")), None)
    number = request.args.get("page", 1, int)
    return _page("pipeline", pipeline=pipelines.pipeline(db.session, organisation().id, number, step, now=utc_now()))
