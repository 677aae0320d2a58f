"""Answers to challenges: what an organisation has sent, and each answer for its two sides."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import ChallengeAnswer
from models.base import utc_now
from models.errors import DomainError, NotFound
from network.auth import Access, actor, membership, organisation, requires
from network.extensions import db, limiter
from network.formatting import today
from network.forms.challenges import AcceptAnswerForm, AnswerForm, DeclineAnswerForm
from network.queries import answers as queries
from network.queries.challenges import detail as challenge_detail
from network.queries.workspace import head
from network.services import challenges

blueprint = Blueprint("answers", __name__, url_prefix="/workspace/<slug>/answers")

Answer = str | Response | tuple[str, int]
FIELDS = {"answer_missing": "text"}


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"answers/{template}.html", workspace=workspace, **context)


def _sent(answer_id: int) -> ChallengeAnswer:
    """The answer, if this organisation sent it."""
    answer = challenges.find_answer(db.session, organisation(), answer_id)
    if answer.organisation_id != organisation().id:
        raise NotFound
    return answer


def _received(answer_id: int) -> ChallengeAnswer:
    """The answer, if it is for this organisation to decide on."""
    answer = challenges.find_answer(db.session, organisation(), answer_id)
    if answer.challenge.organisation_id != organisation().id:
        raise NotFound
    return answer


def _done(answer_id: int, words: str) -> Response:
    target = url_for(".detail", slug=organisation().slug, answer_id=answer_id)
    db.session.commit()
    flash(words, "success")
    return redirect(target)


@blueprint.get("")
@requires(Access.MEMBER)
def index(slug: str) -> Answer:
    number = request.args.get("page", 1, int)
    return _page("index", page=queries.sent_answers(db.session, organisation().id, number))


@blueprint.get("/new/<int:challenge_id>")
@requires(Access.MANAGER)
def new(slug: str, challenge_id: int) -> Answer:
    return _form_page(challenge_id, _form(request.args.get("subject", "")))


@blueprint.post("/new/<int:challenge_id>")
@requires(Access.MANAGER)
@limiter.limit("30/hour")
def send(slug: str, challenge_id: int) -> Answer:
    form = _form()
    if form.validate():
        technology, offer = form.subject_id("technology"), form.subject_id("offer")
        try:
            answer = challenges.send_answer(
                db.session,
                actor(),
                organisation(),
                challenge_id,
                form.text.data or "",
                now=utc_now(),
                technology_id=technology,
                offer_id=offer,
            )
        except DomainError as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(answer.id, _("Sent. You get an e-mail as soon as the owner has decided."))
    return _form_page(challenge_id, form), 422


def _form(subject: str = "") -> AnswerForm:
    return AnswerForm.of(queries.own_subjects(db.session, organisation().id), subject)


def _form_page(challenge_id: int, form: AnswerForm) -> str:
    challenge = challenge_detail(db.session, actor(), challenge_id, today=today())
    return _page("new", card=challenge.card, form=form)


@blueprint.get("/<int:answer_id>")
@requires(Access.MEMBER)
def detail(slug: str, answer_id: int) -> Answer:
    return _detail(answer_id)


def _detail(answer_id: int, accept: AcceptAnswerForm | None = None, decline: DeclineAnswerForm | None = None) -> str:
    row = queries.answer(db.session, organisation().id, answer_id)
    return _page(
        "detail",
        answer=row,
        owner=row.owner.id == organisation().id,
        accept=accept or AcceptAnswerForm(prefix="accept"),
        decline=decline or DeclineAnswerForm(prefix="decline"),
    )


@blueprint.post("/<int:answer_id>/withdraw")
@requires(Access.MANAGER)
def withdraw(slug: str, answer_id: int) -> Answer:
    challenges.withdraw_answer(db.session, actor(), _sent(answer_id), now=utc_now())
    return _done(answer_id, _("Your answer is withdrawn."))


@blueprint.post("/<int:answer_id>/shortlist")
@requires(Access.MANAGER)
def shortlist(slug: str, answer_id: int) -> Answer:
    challenges.shortlist_answer(db.session, actor(), _received(answer_id), now=utc_now())
    return _done(answer_id, _("On the shortlist. The other side has been told."))


@blueprint.post("/<int:answer_id>/accept")
@requires(Access.MANAGER)
def accept(slug: str, answer_id: int) -> Answer:
    answer, form = _received(answer_id), AcceptAnswerForm(prefix="accept")
    if not form.validate():
        return _detail(answer_id, accept=form), 422
    challenges.accept_answer(db.session, actor(), answer, form.reply.data or "", now=utc_now())
    return _done(answer_id, _("Accepted. The other side has been told."))


@blueprint.post("/<int:answer_id>/decline")
@requires(Access.MANAGER)
def decline(slug: str, answer_id: int) -> Answer:
    answer, form = _received(answer_id), DeclineAnswerForm(prefix="decline")
    if not form.validate():
        return _detail(answer_id, decline=form), 422
    challenges.decline_answer(db.session, actor(), answer, form.reason.data, form.reply.data or "", now=utc_now())
    return _done(answer_id, _("Declined. The other side reads the reason."))
