"""Who asks to take a profile over: the coordinator hands it over or refuses with a reason."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models.base import utc_now
from models.errors import Invalid
from network.auth import Access, actor, requires
from network.errors import message
from network.extensions import db
from network.indexing import refresh_now
from network.queries import claims as queries
from network.services import claims

blueprint = Blueprint("coordination_claims", __name__, url_prefix="/coordination/claims/<int:claim_id>")

Answer = str | Response | tuple[str, int]


def _page(claim_id: int, refusal: str = "") -> str:
    claim = queries.detail(db.session, actor(), claim_id)
    return render_template("coordination_claims/detail.html", claim=claim, refusal=refusal)


def _done(words: str) -> Response:
    db.session.commit()
    refresh_now()
    flash(words, "success")
    return redirect(url_for("coordination.index"))


@blueprint.get("")
@requires(Access.COORDINATOR)
def detail(claim_id: int) -> Answer:
    return _page(claim_id)


@blueprint.post("/accept")
@requires(Access.COORDINATOR)
def accept(claim_id: int) -> Answer:
    claim = claims.accept_claim(db.session, actor(), claims.find(db.session, claim_id), now=utc_now())
    words = _("Handed over to %(name)s. The profile now waits for verification.", name=claim.user.name)
    return _done(words)


@blueprint.post("/refuse")
@requires(Access.COORDINATOR)
def refuse(claim_id: int) -> Answer:
    answer = request.form.get("reason", "")
    try:
        claims.refuse_claim(db.session, actor(), claims.find(db.session, claim_id), answer, now=utc_now())
    except Invalid as error:
        return _page(claim_id, message(error)), 422
    return _done(_("Refused. The person has been told, with your reason."))
