"""'Is this your organisation?': asking to take an unclaimed profile over, and taking the question back."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import Organisation
from models.base import utc_now
from models.errors import Conflict, DomainError
from models.types import ProfileState
from network.auth import Access, actor, requires
from network.extensions import db, limiter
from network.forms.people import ClaimForm
from network.queries import claims as queries
from network.services import claims

blueprint = Blueprint("claims", __name__, url_prefix="/directory/<slug>/claim")

Answer = str | Response | tuple[str, int]


def _page(organisation: Organisation, form: ClaimForm) -> str:
    claimable = queries.claimable(db.session, actor(), organisation)
    return render_template("claims/new.html", claimable=claimable, form=form)


@blueprint.get("")
@requires(Access.SIGNED_IN)
def new(slug: str) -> Answer:
    organisation = queries.find_organisation(db.session, slug)
    if organisation.state is not ProfileState.UNCLAIMED:
        raise Conflict("not_claimable")
    return _page(organisation, ClaimForm())


@blueprint.post("")
@requires(Access.SIGNED_IN)
@limiter.limit("20/hour")
def send(slug: str) -> Answer:
    organisation, form = queries.find_organisation(db.session, slug), ClaimForm()
    if form.validate():
        try:
            claims.send_claim(db.session, actor(), organisation, form.reason.data or "", now=utc_now())
        except DomainError as error:
            form.refuse(error, claim_reason_missing="reason")
        else:
            db.session.commit()
            flash(_("Your request is with the coordinators. You get a mail when they have decided."), "success")
            return redirect(url_for("directory.profile", slug=slug))
    return _page(organisation, form), 422


@blueprint.get("/withdraw")
@requires(Access.SIGNED_IN)
def withdraw(slug: str) -> Answer:
    organisation = queries.find_organisation(db.session, slug)
    claims.own_open(db.session, actor(), organisation)
    return render_template("claims/withdraw.html", claimable=queries.claimable(db.session, actor(), organisation))


@blueprint.post("/withdraw")
@requires(Access.SIGNED_IN)
def withdraw_now(slug: str) -> Answer:
    claim = claims.own_open(db.session, actor(), queries.find_organisation(db.session, slug))
    claims.withdraw_claim(db.session, actor(), claim, now=utc_now())
    db.session.commit()
    flash(_("Your request is taken back."), "success")
    return redirect(url_for("directory.profile", slug=slug))
