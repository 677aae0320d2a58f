"""From a question that nothing answers well to a need, or to an alert: its text is carried over, past a sign-in too."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from network.auth import Access, actor, requires, viewer
from network.queries.cards import organisation_ref
from network.queries.suggestions import MAX_LENGTH
from network.services.needs import OWNERS

blueprint = Blueprint("questions", __name__, url_prefix="/question")


@blueprint.post("")
@requires(Access.PUBLIC)
def carry() -> Response:
    """Keeps the text in the cookie of the session, where a sign-in does not lose it, and goes on."""
    session["question"] = request.form.get("q", "").strip()[:MAX_LENGTH]
    if viewer() is None:
        flash(_("Your question is kept. Sign in or join, and go on with it."), "success")
    if request.form.get("then") == "alert":
        return redirect(url_for("saved_searches.new", carried=1))
    return redirect(url_for(".need"))


@blueprint.get("/need")
@requires(Access.SIGNED_IN)
def need() -> str | Response:
    """To the form of a new need; for whom, if there is a choice; what to do, if there is no organisation to need it."""
    owners = [organisation_ref(m.organisation) for m in actor().memberships if m.organisation.kind in OWNERS]
    if len(owners) == 1:
        return redirect(url_for("workspace_needs.new", slug=owners[0].slug, carried=1))
    member = bool(actor().memberships)
    return render_template("questions/need.html", owners=owners, member=member, question=session.get("question", ""))
