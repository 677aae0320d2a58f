"""Commitments of support: a startup asks a centre, the centre answers, and both download the paper."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import Commitment
from models.base import utc_now
from models.commitments import CommitmentState
from models.errors import Conflict, DomainError, Invalid, NotFound
from models.types import OrganisationKind
from network import commitment_paper as paper
from network.auth import Access, actor, membership, organisation, requires
from network.errors import message
from network.extensions import db, limiter
from network.forms.commitments import AskForm, DeclineForm, GrantForm
from network.i18n import plain
from network.queries import commitments as queries
from network.queries.workspace import head
from network.services import commitments, permits
from network.word import word_file

blueprint = Blueprint("commitments", __name__, url_prefix="/workspace/<slug>/commitments")

Answer = str | Response | tuple[str, int]
STARTUP, CENTRE = OrganisationKind.STARTUP, OrganisationKind.CENTRE
FIELDS = {
    "asks_missing": "asks",
    "centre_does_not_know": "centre",
    "commits_missing": "commits_vi",
    "commitment_ends_first": "ends_on",
    "reason_missing": "reason",
}


def _page(template: str, **context: Any) -> str:
    permits.speaker_of(actor(), organisation().id)
    workspace = head(db.session, organisation(), membership())
    return render_template(f"commitments/{template}.html", workspace=workspace, now=utc_now(), **context)


def _find(commitment_id: int) -> Commitment:
    return commitments.find(db.session, organisation(), commitment_id)


def _done(commitment_id: int, words: str) -> Response:
    target = url_for(".detail", slug=organisation().slug, commitment_id=commitment_id)
    db.session.commit()
    flash(words, "success")
    return redirect(target)


def _too_late(commitment_id: int, error: Conflict) -> Response:
    """Somebody has answered or withdrawn it meanwhile: its page says how it stands."""
    target = url_for(".detail", slug=organisation().slug, commitment_id=commitment_id)
    db.session.rollback()
    flash(message(error), "error")
    return redirect(target)


@blueprint.get("")
@requires(Access.MEMBER, STARTUP, CENTRE)
def index(slug: str) -> Answer:
    number = request.args.get("page", 1, int)
    page = queries.commitments(db.session, organisation().id, number, now=utc_now())
    asks = organisation().kind is STARTUP
    return _page("index", page=page, centres=queries.centres_to_ask(db.session, organisation().id) if asks else [])


@blueprint.get("/new")
@requires(Access.MANAGER, STARTUP)
def new(slug: str) -> Answer:
    return _page("new", form=_ask_form(request.args.get("centre", None, int)))


@blueprint.post("/new")
@requires(Access.MANAGER, STARTUP)
@limiter.limit("30/hour")
def ask(slug: str) -> Answer:
    form = _ask_form()
    if form.validate():
        days = current_app.config["SETTINGS"].reply_days
        what = (organisation(), form.centre.data, form.asks.data or "")
        try:
            asked = commitments.ask(db.session, actor(), *what, now=utc_now(), reply_days=days)
        except DomainError as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(asked.id, _("Sent. You get an e-mail as soon as the centre has answered."))
    return _page("new", form=form), 422


def _ask_form(centre_id: int | None = None) -> AskForm:
    return AskForm.of(queries.centres_to_ask(db.session, organisation().id), centre_id)


@blueprint.get("/<int:commitment_id>")
@requires(Access.MEMBER, STARTUP, CENTRE)
def detail(slug: str, commitment_id: int) -> Answer:
    return _detail(commitment_id)


def _detail(commitment_id: int, grant: GrantForm | None = None, decline: DeclineForm | None = None) -> str:
    return _page(
        "detail",
        row=queries.commitment(db.session, organisation().id, commitment_id, now=utc_now()),
        grant=grant or GrantForm(prefix="grant"),
        decline=decline or DeclineForm(prefix="decline"),
    )


@blueprint.post("/<int:commitment_id>/withdraw")
@requires(Access.MANAGER, STARTUP)
def withdraw(slug: str, commitment_id: int) -> Answer:
    found = _find(commitment_id)
    try:
        commitments.withdraw(db.session, actor(), found, now=utc_now())
    except Conflict as error:
        return _too_late(commitment_id, error)
    return _done(commitment_id, _("Your request is withdrawn."))


@blueprint.post("/<int:commitment_id>/grant")
@requires(Access.MANAGER, CENTRE)
def grant(slug: str, commitment_id: int) -> Answer:
    found, form = _find(commitment_id), GrantForm(prefix="grant")
    if not form.validate():
        return _detail(commitment_id, grant=form), 422
    try:
        commitments.grant(db.session, actor(), found, form.terms, now=utc_now())
    except Invalid as error:
        form.refuse(error, **FIELDS)
        return _detail(commitment_id, grant=form), 422
    except Conflict as error:
        return _too_late(commitment_id, error)
    return _done(commitment_id, _("Granted. The startup can download the paper."))


@blueprint.post("/<int:commitment_id>/decline")
@requires(Access.MANAGER, CENTRE)
def decline(slug: str, commitment_id: int) -> Answer:
    found, form = _find(commitment_id), DeclineForm(prefix="decline")
    if not form.validate():
        return _detail(commitment_id, decline=form), 422
    try:
        commitments.decline(db.session, actor(), found, form.reason.data, form.note.data or "", now=utc_now())
    except Conflict as error:
        return _too_late(commitment_id, error)
    return _done(commitment_id, _("Declined. The startup reads the reason."))


@blueprint.get("/<int:commitment_id>/document")
@requires(Access.MEMBER, STARTUP, CENTRE)
def document(slug: str, commitment_id: int) -> Answer:
    """Of one that was granted; NotFound otherwise."""
    permits.speaker_of(actor(), organisation().id)
    row = queries.commitment(db.session, organisation().id, commitment_id, now=utc_now())
    if row.state is not CommitmentState.GRANTED:
        raise NotFound
    author = plain(row.centre.reference.name)
    return word_file(f"commitment-of-support-{row.id}", paper.title(row), author, paper.blocks(row))
