"""The page behind the link of an invitation: accept it signed in, or with a new account; or say no.

Opening the page changes nothing, so that a mail scanner which follows links uses nothing up.
"""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import login_user
from werkzeug.wrappers import Response

from models import Invitation
from models.base import utc_now
from models.errors import DomainError, NotFound
from network.auth import Access, actor, requires, viewer
from network.extensions import db, limiter
from network.forms.people import JoinForm
from network.i18n import language, plain
from network.indexing import refresh_now
from network.links import read_invitation
from network.queries.invitations import invitation_view
from network.services import invitations

blueprint = Blueprint("invitations", __name__, url_prefix="/invitations/<token>")

Answer = str | Response | tuple[str, int]
FIELDS = {"weak_password": "password", "password_has_email": "password", "name_missing": "name"}


def _refused(response: Response) -> bool:
    return response.status_code >= 400


def _open(token: str) -> Invitation:
    """Raises NotFound or Conflict with the reason why this link opens nothing."""
    read = read_invitation(token)
    if read is None:
        raise NotFound("invitation_unknown")
    return invitations.open_with(db.session, *read, now=utc_now())


def _page(token: str, invitation: Invitation, form: JoinForm) -> str:
    view = invitation_view(db.session, viewer(), invitation)
    return render_template("invitations/detail.html", token=token, invitation=view, form=form)


def _welcome(invitation: Invitation) -> Response:
    slug, name = invitation.organisation.slug, plain(invitation.organisation.name)
    db.session.commit()
    refresh_now()
    flash(_("Welcome to %(organisation)s.", organisation=name), "success")
    return redirect(url_for("workspace.overview", slug=slug))


@blueprint.get("")
@requires(Access.PUBLIC)
def detail(token: str) -> Answer:
    invitation = _open(token)
    return _page(token, invitation, JoinForm(name=invitation.name))


@blueprint.post("/accept")
@requires(Access.SIGNED_IN)
def accept(token: str) -> Answer:
    invitation = _open(token)
    invitations.accept(db.session, actor(), invitation, now=utc_now())
    return _welcome(invitation)


@blueprint.post("/join")
@requires(Access.PUBLIC)
@limiter.limit("10/minute", deduct_when=_refused)
def join(token: str) -> Answer:
    invitation, form = _open(token), JoinForm()
    if viewer() is not None:
        return redirect(url_for(".detail", token=token))
    if form.validate():
        try:
            user = invitations.join(
                db.session,
                invitation,
                name=form.name.data,
                password=form.password.data,
                language=language(),
                consent=form.consent.data,
                now=utc_now(),
            )
        except DomainError as error:
            form.refuse(error, **FIELDS)
        else:
            response = _welcome(invitation)
            login_user(user)
            return response
    return _page(token, invitation, form), 422


@blueprint.get("/decline")
@requires(Access.PUBLIC)
def decline(token: str) -> Answer:
    view = invitation_view(db.session, viewer(), _open(token))
    return render_template("invitations/decline.html", token=token, invitation=view)


@blueprint.post("/decline")
@requires(Access.PUBLIC)
def decline_now(token: str) -> Answer:
    invitations.decline(db.session, _open(token), now=utc_now())
    db.session.commit()
    flash(_("You have declined. Whoever invited you has been told."), "success")
    return redirect(url_for("home.index"))
