"""Joining, signing in and out, and the page of one's own account."""

import json

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import COOKIE_NAME, login_user, logout_user
from werkzeug.wrappers import Response as Redirect

from models import User
from models.base import utc_now
from models.errors import Conflict, Invalid
from network.auth import REMEMBER, Access, actor, requires, safe_next, viewer
from network.extensions import db, limiter
from network.forms.accounts import AccountForm, EraseForm, PasswordForm, SignInForm, SignUpForm
from network.i18n import language
from network.queries.accounts import memberships_of
from network.queries.claims import own_claims
from network.queries.events import OwnRegistration, own_registrations
from network.services import accounts, personal_data

blueprint = Blueprint("accounts", __name__)

Answer = str | Redirect | tuple[str, int]
SIGN_UP_FIELDS = {
    "email_taken": "email",
    "name_taken": "organisation_name",
    "weak_password": "password",
    "password_has_email": "password",
}


def _refused(response: Response) -> bool:
    return response.status_code >= 400


def _done(response: Response) -> bool:
    return response.status_code < 400


def _end_session() -> None:
    session.clear()
    logout_user()  # after the clearing: it leaves the order to delete the cookie that remembers the person


def _start(user: User) -> str:
    """Where a person goes on after signing in."""
    return url_for("coordination.index" if user.coordinates else "workspace.index")


@blueprint.get("/sign-in")
@requires(Access.PUBLIC)
def sign_in() -> Answer:
    person = viewer()
    if person is not None:
        return redirect(safe_next(request.args.get("next")) or _start(person))
    return render_template("accounts/sign_in.html", form=SignInForm(), next=safe_next(request.args.get("next")))


@blueprint.post("/sign-in")
@requires(Access.PUBLIC)
@limiter.limit("10/minute", deduct_when=_refused)
def sign_in_post() -> Answer:
    form, target = SignInForm(), safe_next(request.form.get("next"))
    if form.validate():
        try:
            user = accounts.authenticate(db.session, form.email.data, form.password.data, now=utc_now())
        except Invalid as error:
            form.refuse(error)
        else:
            db.session.commit()
            login_user(user, remember=form.remember.data, duration=REMEMBER)
            return redirect(target or _start(user))
    return render_template("accounts/sign_in.html", form=form, next=target), 422


@blueprint.get("/sign-up")
@requires(Access.PUBLIC)
def sign_up() -> Answer:
    person = viewer()
    if person is not None:
        return redirect(safe_next(request.args.get("next")) or _start(person))
    return render_template("accounts/sign_up.html", form=SignUpForm(), next=safe_next(request.args.get("next")))


@blueprint.post("/sign-up")
@requires(Access.PUBLIC)
@limiter.limit("30/hour")
@limiter.limit("5/hour", deduct_when=_done)
def sign_up_post() -> Answer:
    form, target = SignUpForm(), safe_next(request.form.get("next"))
    if form.validate():
        try:
            user = accounts.sign_up(db.session, **form.entry(), language=language(), now=utc_now())
        except (Invalid, Conflict) as error:
            form.refuse(error, **SIGN_UP_FIELDS)
        else:
            db.session.commit()
            login_user(user)
            flash(_welcome(user), "success")
            return redirect(target or _start(user))
    return render_template("accounts/sign_up.html", form=form, next=target), 422


def _welcome(user: User) -> str:
    if not user.memberships:
        return str(_("Welcome, %(name)s.", name=user.name))
    text = _(
        "Welcome, %(name)s. A coordinator will now check your organisation; you can start at once.", name=user.name
    )
    return str(text)


@blueprint.post("/sign-out")
@requires(Access.PUBLIC)
def sign_out() -> Redirect:
    _end_session()
    flash(_("You are signed out."), "success")
    return redirect(url_for("home.index"))


@blueprint.get("/account")
@requires(Access.SIGNED_IN)
def index() -> Answer:
    form = AccountForm(name=actor().name, language=actor().language)
    return _account_page(form)


@blueprint.post("/account")
@requires(Access.SIGNED_IN)
def update() -> Answer:
    form = AccountForm()
    if not form.validate():
        return _account_page(form), 422
    accounts.update_account(db.session, actor(), name=form.name.data, language=form.language.data, now=utc_now())
    db.session.commit()
    flash(_("Your account is saved."), "success")
    return redirect(url_for("accounts.index"))


def _to_come() -> list[OwnRegistration]:
    return [row for row in own_registrations(db.session, actor().id, now=utc_now()) if not row.card.past]


def _account_page(form: AccountForm) -> str:
    return render_template(
        "accounts/index.html",
        form=form,
        person=actor(),
        memberships=memberships_of(db.session, actor()),
        registrations=_to_come(),
        claims=own_claims(db.session, actor()),
    )


@blueprint.get("/account/password")
@requires(Access.SIGNED_IN)
def password() -> Answer:
    return render_template("accounts/password.html", form=PasswordForm())


@blueprint.post("/account/password")
@requires(Access.SIGNED_IN)
@limiter.limit("10/minute", deduct_when=_refused)
def password_post() -> Answer:
    form = PasswordForm()
    if form.validate():
        try:
            user = accounts.change_password(db.session, actor(), form.old.data, form.new.data, now=utc_now())
        except Invalid as error:
            form.refuse(error, wrong_password="old", weak_password="new", password_has_email="new")
        else:
            db.session.commit()
            login_user(user, remember=COOKIE_NAME in request.cookies, duration=REMEMBER)
            flash(_("Your password is changed. Everywhere else you are signed out."), "success")
            return redirect(url_for("accounts.index"))
    return render_template("accounts/password.html", form=form), 422


@blueprint.get("/account/export")
@requires(Access.SIGNED_IN)
def export() -> Response:
    held = personal_data.export_account(db.session, actor(), now=utc_now())
    body = json.dumps(held, ensure_ascii=False, indent=2) + "\n"
    headers = {"Content-Disposition": "attachment; filename=account.json"}
    return Response(body, mimetype="application/json", headers=headers)


@blueprint.get("/account/erase")
@requires(Access.SIGNED_IN)
def erase() -> Answer:
    return render_template("accounts/erase.html", form=EraseForm())


@blueprint.post("/account/erase")
@requires(Access.SIGNED_IN)
@limiter.limit("10/minute", deduct_when=_refused)
def erase_post() -> Answer:
    form = EraseForm()
    if form.validate():
        try:
            accounts.erase_account(db.session, actor(), form.password.data, now=utc_now())
        except Invalid as error:
            form.refuse(error, wrong_password="password")
        else:
            db.session.commit()
            _end_session()
            flash(_("Your account is deleted."), "success")
            return redirect(url_for("home.index"))
    return render_template("accounts/erase.html", form=form), 422
