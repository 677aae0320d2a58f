"""Mails that could not be delivered: which, to whom, why; sent again or given up. What they say is shown to nobody."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models.base import utc_now
from network.auth import Access, actor, requires
from network.extensions import db
from network.queries import notifications as queries
from network.services import outbox

blueprint = Blueprint("coordination_mails", __name__, url_prefix="/coordination/mails")


@blueprint.get("")
@requires(Access.COORDINATOR)
def index() -> str:
    mails = queries.failed_mails(db.session, request.args.get("page", 1, int))
    return render_template("coordination_mails/index.html", mails=mails)


@blueprint.post("/<int:mail_id>/again")
@requires(Access.COORDINATOR)
def again(mail_id: int) -> Response:
    outbox.try_again(db.session, actor(), mail_id, now=utc_now())
    db.session.commit()
    flash(_("It is tried again in the next minutes."), "success")
    return redirect(url_for(".index"))


@blueprint.post("/<int:mail_id>/give-up")
@requires(Access.COORDINATOR)
def give_up(mail_id: int) -> Response:
    outbox.give_up(db.session, actor(), mail_id, now=utc_now())
    db.session.commit()
    flash(_("The mail is given up. In the site the notice stays."), "success")
    return redirect(url_for(".index"))
