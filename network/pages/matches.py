"""The queue of a supplier: needs that fit, to be shortlisted, set aside with a reason, or answered with an offer.

Nothing is marked as seen by reading: a page that is only looked at changes nothing.
"""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import Match
from models.base import utc_now
from models.types import DeclineReason, OrganisationKind
from network.auth import Access, actor, membership, organisation, requires, safe_next
from network.extensions import db, engine
from network.i18n import choices
from network.queries import matches as queries
from network.queries.workspace import head
from network.services import matches

blueprint = Blueprint("matches", __name__, url_prefix="/workspace/<slug>/matches")

SUPPLIERS = (
    OrganisationKind.CENTRE,
    OrganisationKind.INSTITUTE,
    OrganisationKind.PARTNER,
    OrganisationKind.ENTERPRISE,
)


@blueprint.get("")
@requires(Access.MEMBER, *SUPPLIERS)
def index(slug: str) -> str:
    wish = _wish()
    found = queries.queue(db.session, actor(), organisation(), wish, request.args.get("page", 1, int))
    workspace = head(db.session, organisation(), membership())
    return render_template(
        "matches/index.html",
        workspace=workspace,
        queue=found,
        wish=wish,
        reasons=choices(DeclineReason),
        fits=engine().policy(db.session).threshold,
    )


def _wish() -> queries.Wish:
    tab, sort = request.args.get("tab", "new"), request.args.get("sort", "fit")
    if tab not in queries.TABS or sort not in queries.SORTS:
        abort(404)
    return queries.Wish(tab, request.args.get("q", "")[:200], request.args.get("entry", ""), sort)


def _back(match: Match, words: str, *, undo: bool = True) -> Response:
    """To where the decision was made, with what was done and, if wished, a button that undoes it."""
    slug, target = organisation().slug, safe_next(request.form.get("next"))
    told: Any = words
    if undo:
        told = {"text": words, "undo": url_for(".restore", slug=slug, match_id=match.id), "next": target or ""}
    db.session.commit()
    flash(told, "success")
    return redirect(target or url_for(".index", slug=slug))


@blueprint.post("/<int:match_id>/shortlist")
@requires(Access.MANAGER)
def shortlist(slug: str, match_id: int) -> Response:
    return _back(matches.shortlist(db.session, actor(), match_id, now=utc_now()), _("On the shortlist."))


@blueprint.post("/<int:match_id>/restore")
@requires(Access.MANAGER)
def restore(slug: str, match_id: int) -> Response:
    return _back(
        matches.restore(db.session, actor(), match_id, now=utc_now()), _("Back among the suggestions."), undo=False
    )


@blueprint.post("/<int:match_id>/dismiss")
@requires(Access.MANAGER)
def dismiss(slug: str, match_id: int) -> Response:
    value = request.form.get("reason")
    reason = DeclineReason(value) if value in set(DeclineReason) else None
    match = matches.dismiss(db.session, actor(), match_id, reason, now=utc_now())
    return _back(match, _("Set aside. It is kept under “Set aside”, and you can bring it back."))
