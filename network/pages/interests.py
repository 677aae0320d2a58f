"""Expressions of interest of an organisation: asking, answering by the deadline, taking back."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import ExpressionOfInterest
from models.base import utc_now
from models.errors import Conflict, DomainError
from models.types import DeclineReason
from network.auth import Access, actor, membership, organisation, requires
from network.errors import message
from network.extensions import db
from network.forms.connections import MessageForm
from network.forms.interests import AcceptForm, DeclineForm, InterestForm
from network.i18n import plain
from network.queries import interests as queries
from network.queries import threads
from network.queries.workspace import head
from network.services import interests, permits

blueprint = Blueprint("interests", __name__, url_prefix="/workspace/<slug>/interests")

Answer = str | Response | tuple[str, int]


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"interests/{template}.html", workspace=workspace, now=utc_now(), **context)


def _detail(interest_id: int) -> queries.InterestDetail:
    return queries.detail(db.session, organisation().id, interest_id, now=utc_now())


def _find(interest_id: int) -> ExpressionOfInterest:
    return queries.find(db.session, organisation().id, interest_id)


def _address(interest_id: int) -> str:
    return url_for(".detail", slug=organisation().slug, interest_id=interest_id)


def _done(interest_id: int, words: str) -> Response:
    target = _address(interest_id)
    db.session.commit()
    flash(words, "success")
    return redirect(target)


def _too_late(interest_id: int, error: Conflict) -> Response:
    """Somebody else has answered, or the question was withdrawn meanwhile: its page says how it stands."""
    target = _address(interest_id)
    db.session.rollback()
    flash(message(error), "error")
    return redirect(target)


@blueprint.get("")
@requires(Access.MEMBER)
def index(slug: str) -> Answer:
    number = request.args.get("page", 1, int)
    return _page("index", lists=queries.lists(db.session, organisation().id, number, now=utc_now()))


@blueprint.get("/<int:interest_id>")
@requires(Access.MEMBER)
def detail(slug: str, interest_id: int) -> Answer:
    permits.speaker_of(actor(), organisation().id)
    everything = "all" in request.args
    sheet = threads.sheet(db.session, organisation().id, interest_id, now=utc_now(), everything=everything)
    return _page("detail", sheet=sheet, form=MessageForm())


def _question(values: Any) -> queries.Question:
    return queries.question(
        db.session,
        actor(),
        organisation(),
        need_id=values.get("need", type=int),
        offer_id=values.get("offer", type=int),
        technology_id=values.get("technology", type=int),
        slug=values.get("organisation") or None,
        reply_days=current_app.config["SETTINGS"].reply_days,
    )


def _form(question: queries.Question) -> InterestForm:
    form = InterestForm(request.form if request.method == "POST" else request.args)
    form.need.choices = [(str(need.id), plain(need.title)) for need in question.needs]
    return form


def _ask(question: queries.Question, form: InterestForm) -> str:
    return _page("new", question=question, form=form, answer_by=utc_now() + timedelta(days=question.days))


@blueprint.get("/new")
@requires(Access.MANAGER)
def new(slug: str) -> Answer:
    question = _question(request.args)
    return _ask(question, _form(question))


@blueprint.post("/new")
@requires(Access.MANAGER)
def send(slug: str) -> Answer:
    question = _question(request.form)
    form = _form(question)
    if form.validate():
        try:
            interest = interests.send_interest(
                db.session,
                actor(),
                organisation(),
                form.need.data,
                question.other.id,
                form.message.data,
                now=utc_now(),
                reply_days=current_app.config["SETTINGS"].reply_days,
                offer_id=question.offer_id,
                technology_id=question.technology_id,
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return _done(
                interest.id,
                _("Sent. The other side has a deadline to answer, and you will get an e-mail when it does."),
            )
    return _ask(question, form), 422


@blueprint.get("/<int:interest_id>/accept")
@requires(Access.MANAGER)
def accept(slug: str, interest_id: int) -> Answer:
    interest = _detail(interest_id)
    if not interest.row.waits_for_us:
        return redirect(_address(interest_id))
    return _page("accept", interest=interest, form=AcceptForm())


@blueprint.post("/<int:interest_id>/accept")
@requires(Access.MANAGER)
def accept_now(slug: str, interest_id: int) -> Answer:
    form = AcceptForm()
    if not form.validate():
        return _page("accept", interest=_detail(interest_id), form=form), 422
    try:
        interests.accept_interest(db.session, actor(), _find(interest_id), form.reply.data or "", now=utc_now())
    except Conflict as error:
        return _too_late(interest_id, error)
    return _done(interest_id, _("Accepted. The other side has been told, and its contact is on this page."))


@blueprint.get("/<int:interest_id>/decline")
@requires(Access.MANAGER)
def decline(slug: str, interest_id: int) -> Answer:
    interest = _detail(interest_id)
    if not interest.row.waits_for_us:
        return redirect(_address(interest_id))
    return _page("decline", interest=interest, form=DeclineForm())


@blueprint.post("/<int:interest_id>/decline")
@requires(Access.MANAGER)
def decline_now(slug: str, interest_id: int) -> Answer:
    form = DeclineForm()
    if not form.validate():
        return _page("decline", interest=_detail(interest_id), form=form), 422
    reason = DeclineReason(form.reason.data)
    reply = form.reply.data or ""
    try:
        interests.decline_interest(db.session, actor(), _find(interest_id), reason, reply, now=utc_now())
    except Conflict as error:
        return _too_late(interest_id, error)
    return _done(interest_id, _("Declined. The other side reads your reason."))


@blueprint.get("/<int:interest_id>/withdraw")
@requires(Access.MANAGER)
def withdraw(slug: str, interest_id: int) -> Answer:
    return _page("withdraw", interest=_detail(interest_id))


@blueprint.post("/<int:interest_id>/withdraw")
@requires(Access.MANAGER)
def withdraw_now(slug: str, interest_id: int) -> Answer:
    try:
        interests.withdraw_interest(db.session, actor(), _find(interest_id), now=utc_now())
    except DomainError as error:
        db.session.rollback()
        return _page("withdraw", interest=_detail(interest_id), refusal=message(error)), 409
    return _done(interest_id, _("The request is withdrawn. The other side has been told."))
