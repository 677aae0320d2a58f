"""One application that a centre received, for its managers: reviews, talking it over, the waiting list, the letter."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import Application
from models.base import utc_now
from models.errors import Conflict, Invalid
from models.types import OrganisationKind
from network.auth import Access, actor, membership, organisation, requires
from network.errors import message
from network.extensions import db
from network.formatting import today
from network.forms.base import Form
from network.forms.intake import LookAgainForm, RejectForm, ReviewersForm, TalkedOverForm
from network.letters import document, paragraphs
from network.queries.applications import letter as find_letter
from network.queries.intake import received_one
from network.queries.workspace import head
from network.services import admissions, reviewing
from network.services.intake import find_received

blueprint = Blueprint("intake_applications", __name__, url_prefix="/workspace/<slug>/received/<int:application_id>")

Answer = str | Response | tuple[str, int]
CENTRE = OrganisationKind.CENTRE


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"intake_applications/{template}.html", workspace=workspace, **context)


def _own(application_id: int) -> Application:
    return find_received(db.session, organisation(), application_id)


def _here(application_id: int) -> str:
    return url_for(".detail", slug=organisation().slug, application_id=application_id)


def _done(application_id: int, words: str) -> Response:
    target = _here(application_id)
    db.session.commit()
    flash(words, "success")
    return redirect(target)


def _try(application_id: int, step: Callable[[Application], object], words: str) -> Response:
    """A step without a form; a refusal is told on the page of the application."""
    try:
        step(_own(application_id))
    except (Invalid, Conflict) as error:
        db.session.rollback()
        flash(message(error), "error")
        return redirect(_here(application_id))
    return _done(application_id, words)


@blueprint.get("")
@requires(Access.MANAGER, CENTRE)
def detail(slug: str, application_id: int) -> Answer:
    return _detail(application_id)


def _detail(application_id: int, **forms: Form) -> str:
    found = received_one(db.session, organisation().id, application_id, today=today())
    asked = {r.reviewer_id for r in found.row.reviews}
    left = [r for r in found.received.reviewers if r.id not in asked]
    given = {"people": ReviewersForm.of(left), "talk": TalkedOverForm(prefix="talk"), **forms}
    return _page("detail", received=found, row=found.row, call=found.received.call, left=left, **given)


@blueprint.post("/assign")
@requires(Access.MANAGER, CENTRE)
def assign(slug: str, application_id: int) -> Answer:
    found = received_one(db.session, organisation().id, application_id, today=today())
    form = ReviewersForm.of(found.received.reviewers)
    if form.validate():
        try:
            reviewing.assign(db.session, actor(), _own(application_id), form.people.data or [], now=utc_now())
        except (Invalid, Conflict) as error:
            form.refuse(error, reviewer_missing="people")
        else:
            return _done(application_id, _("Asked. They get an e-mail."))
    return _detail(application_id, people=form), 422


@blueprint.post("/reviews/<int:review_id>/release")
@requires(Access.MANAGER, CENTRE)
def release(slug: str, application_id: int, review_id: int) -> Answer:
    def step(application: Application) -> object:
        review = reviewing.find_review(db.session, application, review_id)
        return reviewing.release(db.session, actor(), review, now=utc_now())

    return _try(application_id, step, _("Taken back. Ask somebody else."))


@blueprint.get("/reviews/<int:review_id>/again")
@requires(Access.MANAGER, CENTRE)
def again(slug: str, application_id: int, review_id: int) -> Answer:
    return _again_page(application_id, review_id, LookAgainForm())


@blueprint.post("/reviews/<int:review_id>/again")
@requires(Access.MANAGER, CENTRE)
def again_now(slug: str, application_id: int, review_id: int) -> Answer:
    form, review = LookAgainForm(), reviewing.find_review(db.session, _own(application_id), review_id)
    if form.validate():
        try:
            reviewing.look_again(db.session, actor(), review, form.words.data or "", now=utc_now())
        except (Invalid, Conflict) as error:
            form.refuse(error, look_again_missing="words")
        else:
            return _done(application_id, _("Given back. The reviewer gets an e-mail."))
    return _again_page(application_id, review_id, form), 422


def _again_page(application_id: int, review_id: int, form: LookAgainForm) -> str:
    reviewing.find_review(db.session, _own(application_id), review_id)
    found = received_one(db.session, organisation().id, application_id, today=today())
    review = next((r for r in found.row.reviews if r.id == review_id), None)
    return _page("again", form=form, row=found.row, review=review, call=found.received.call)


@blueprint.post("/talked-over")
@requires(Access.MANAGER, CENTRE)
def talked_over(slug: str, application_id: int) -> Answer:
    form = TalkedOverForm(prefix="talk")
    if form.validate():
        try:
            reviewing.talk_over(db.session, actor(), _own(application_id), form.words.data or "", now=utc_now())
        except (Invalid, Conflict) as error:
            form.refuse(error, talked_over_missing="words")
        else:
            return _done(application_id, _("Noted."))
    return _detail(application_id, talk=form), 422


@blueprint.post("/accept")
@requires(Access.MANAGER, CENTRE)
def accept(slug: str, application_id: int) -> Answer:
    note = request.form.get("note", "")
    return _try(
        application_id,
        lambda a: admissions.accept_waiting(db.session, actor(), a, note, now=utc_now()),
        _("Accepted. The team gets a letter."),
    )


@blueprint.get("/reject")
@requires(Access.MANAGER, CENTRE)
def reject(slug: str, application_id: int) -> Answer:
    return _reject_page(application_id, RejectForm())


@blueprint.post("/reject")
@requires(Access.MANAGER, CENTRE)
def reject_now(slug: str, application_id: int) -> Answer:
    form, application = RejectForm(), _own(application_id)
    if form.validate():
        try:
            admissions.reject_waiting(
                db.session, actor(), application, form.reason.data, form.note.data or "", now=utc_now()
            )
        except (Invalid, Conflict) as error:
            form.refuse(error, reason_missing="reason")
        else:
            return _done(application_id, _("Not accepted. The team reads the reason in its letter."))
    return _reject_page(application_id, form), 422


def _reject_page(application_id: int, form: RejectForm) -> str:
    found = received_one(db.session, organisation().id, application_id, today=today())
    return _page("reject", form=form, row=found.row, call=found.received.call)


@blueprint.get("/letters/<int:letter_id>")
@requires(Access.MANAGER, CENTRE)
def letter(slug: str, application_id: int, letter_id: int) -> Answer:
    facts = find_letter(db.session, application_id, letter_id, organisation().id)
    return _page("letter", facts=facts, paragraphs=paragraphs(facts))


@blueprint.get("/letters/<int:letter_id>/document")
@requires(Access.MANAGER, CENTRE)
def letter_document(slug: str, application_id: int, letter_id: int) -> Response:
    return document(find_letter(db.session, application_id, letter_id, organisation().id))
