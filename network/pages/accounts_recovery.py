"""A forgotten password and another e-mail address, both by way of a link sent by mail.

Opening such a link changes nothing, so that a mail scanner which follows it uses nothing up.
"""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import COOKIE_NAME, login_user
from werkzeug.wrappers import Response

from models.base import utc_now
from models.errors import Conflict, Invalid
from network.auth import REMEMBER, Access, actor, requires, viewer
from network.extensions import db, limiter
from network.forms.accounts import EmailForm, ForgottenForm, NewPasswordForm
from network.services import recovery

blueprint = Blueprint("accounts_recovery", __name__)

Answer = str | Response | tuple[str, int]


def _refused(response: Response) -> bool:
    return response.status_code >= 400


def _kept_nowhere(page: str, status: int = 200) -> Response:
    """A page whose address is a secret."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/forgotten-password")
@requires(Access.PUBLIC)
def forgotten() -> Answer:
    return render_template("accounts_recovery/forgotten.html", form=ForgottenForm())


@blueprint.post("/forgotten-password")
@requires(Access.PUBLIC)
@limiter.limit("10/hour")
def forgotten_post() -> Answer:
    form = ForgottenForm()
    if not form.validate():
        return render_template("accounts_recovery/forgotten.html", form=form), 422
    recovery.ask_for_password(db.session, form.email.data, now=utc_now())
    db.session.commit()
    return redirect(url_for(".sent"))


@blueprint.get("/forgotten-password/sent")
@requires(Access.PUBLIC)
def sent() -> str:
    return render_template("accounts_recovery/sent.html")


@blueprint.get("/new-password/<token>")
@requires(Access.PUBLIC)
def new_password(token: str) -> Answer:
    recovery.open_password(db.session, token, now=utc_now())
    return _new_password_page(token, NewPasswordForm())


@blueprint.post("/new-password/<token>")
@requires(Access.PUBLIC)
@limiter.limit("30/hour", deduct_when=_refused)
def new_password_post(token: str) -> Answer:
    form = NewPasswordForm()
    if form.validate():
        try:
            recovery.set_password(db.session, token, form.new.data, now=utc_now())
        except Invalid as error:
            form.refuse(error, weak_password="new", password_has_email="new")
        else:
            db.session.commit()
            flash(_("Your password is changed. Everywhere you are signed out: sign in with the new one."), "success")
            return redirect(url_for("accounts.sign_in"))
    return _new_password_page(token, form, 422)


def _new_password_page(token: str, form: NewPasswordForm, status: int = 200) -> Response:
    return _kept_nowhere(render_template("accounts_recovery/new_password.html", form=form, token=token), status)


@blueprint.get("/account/email")
@requires(Access.SIGNED_IN)
def email() -> Answer:
    return render_template("accounts_recovery/email.html", form=EmailForm(), person=actor())


@blueprint.post("/account/email")
@requires(Access.SIGNED_IN)
@limiter.limit("10/minute", deduct_when=_refused)
def email_post() -> Answer:
    form = EmailForm()
    if form.validate():
        try:
            recovery.ask_for_email(db.session, actor(), form.password.data, form.new_email.data, now=utc_now())
        except (Invalid, Conflict) as error:
            form.refuse(error, wrong_password="password", email_missing="new_email", email_same="new_email")
        else:
            db.session.commit()
            flash(_("If the address is free, a mail is on its way to it. Open the link there."), "success")
            return redirect(url_for("accounts.index"))
    return render_template("accounts_recovery/email.html", form=form, person=actor()), 422


@blueprint.get("/confirm-email/<token>")
@requires(Access.PUBLIC)
def confirm_email(token: str) -> Answer:
    address = recovery.open_email(db.session, token, now=utc_now()).email
    return _kept_nowhere(render_template("accounts_recovery/confirm_email.html", token=token, new_address=address))


@blueprint.post("/confirm-email/<token>")
@requires(Access.PUBLIC)
@limiter.limit("30/hour", deduct_when=_refused)
def confirm_email_now(token: str) -> Answer:
    person = viewer()
    user = recovery.confirm_email(db.session, token, now=utc_now())
    db.session.commit()
    flash(_("Your e-mail address is changed. Use it to sign in from now on."), "success")
    if person is None or person.id != user.id:
        return redirect(url_for("accounts.sign_in"))
    login_user(user, remember=COOKIE_NAME in request.cookies, duration=REMEMBER)
    return redirect(url_for("accounts.index"))
