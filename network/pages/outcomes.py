"""Outcomes of a connection: proposing, confirming, disputing, withdrawing, correcting, showing them to others."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import ExpressionOfInterest, Outcome
from models.base import utc_now
from models.connections import ConnectionAction
from models.errors import Conflict, Invalid
from models.outcomes import DisputeReason
from network.auth import Access, actor, membership, organisation, requires
from network.errors import message
from network.extensions import db
from network.forms.connections import AnnulForm, ConfirmForm, CorrectionForm, DisputeForm, OutcomeForm
from network.indexing import refresh_now
from network.queries import interests, threads
from network.queries.workspace import head
from network.services import outcomes
from network.uploads import store, takes_files, uploads

blueprint = Blueprint("outcomes", __name__, url_prefix="/workspace/<slug>/connections/<int:interest_id>/outcomes")

Answer = str | Response | tuple[str, int]
FIELDS = {"date_in_future": "happened_on", "before_the_request": "happened_on", "evidence_missing": "evidence"}


def _sheet(interest_id: int) -> threads.Sheet:
    return threads.sheet(db.session, organisation().id, interest_id, now=utc_now())


def _page(template: str, sheet: threads.Sheet, outcome_id: int | None = None, **context: Any) -> str:
    if outcome_id is not None:
        context["outcome"] = sheet.thread.outcome(outcome_id)
    workspace = head(db.session, organisation(), membership())
    return render_template(f"outcomes/{template}.html", workspace=workspace, sheet=sheet, now=utc_now(), **context)


def _ask(template: str, interest_id: int, outcome_id: int, action: ConnectionAction, **context: Any) -> Answer:
    """A page that asks before a step, or the page of the connection where the step is not possible (any more)."""
    sheet = _sheet(interest_id)
    outcome = sheet.thread.outcome(outcome_id)
    if action not in outcome.steps or (template == "annul" and not outcome.annullable):
        return redirect(_address(interest_id))
    return _page(template, sheet, outcome_id, **context)


def _address(interest_id: int) -> str:
    return url_for("interests.detail", slug=organisation().slug, interest_id=interest_id, _anchor="outcomes")


def _interest(interest_id: int) -> ExpressionOfInterest:
    return interests.find(db.session, organisation().id, interest_id)


def _outcome(interest_id: int, outcome_id: int) -> Outcome:
    return outcomes.find(db.session, _interest(interest_id), outcome_id)


def _days() -> int:
    return int(current_app.config["SETTINGS"].confirm_days)


def _step(interest_id: int, step: Callable[[], object], words: str) -> Response:
    """One step; what comes too late is said on the page of the connection."""
    target = _address(interest_id)
    try:
        step()
    except Conflict as error:
        db.session.rollback()
        flash(message(error), "error")
        return redirect(target)
    db.session.commit()
    refresh_now()
    flash(words, "success")
    return redirect(target)


@blueprint.get("/new")
@requires(Access.MANAGER)
def new(slug: str, interest_id: int) -> Answer:
    sheet = _sheet(interest_id)
    if ConnectionAction.PROPOSE not in sheet.thread.actions:
        return redirect(_address(interest_id))
    return _page("new", sheet, form=OutcomeForm())


@blueprint.post("/new")
@requires(Access.MANAGER)
@takes_files(1)
def propose(slug: str, interest_id: int) -> Answer:
    interest, form = _interest(interest_id), OutcomeForm()
    if form.validate():
        try:
            values = form.values(next(iter(uploads([form.file.data])), None))
            return _step(
                interest_id,
                lambda: outcomes.propose(
                    db.session,
                    actor(),
                    organisation(),
                    interest,
                    values,
                    publish=form.publish.data,
                    store=store(),
                    now=utc_now(),
                    confirm_days=_days(),
                ),
                _("Proposed. It counts as soon as the other side has confirmed it."),
            )
        except Invalid as error:
            form.refuse(error, **FIELDS)
    db.session.rollback()
    form.forget_files()
    return _page("new", _sheet(interest_id), form=form), 422


@blueprint.get("/<int:outcome_id>/correct")
@requires(Access.MANAGER)
def correct(slug: str, interest_id: int, outcome_id: int) -> Answer:
    old = _outcome(interest_id, outcome_id)
    form = CorrectionForm(kind=old.kind.value, happened_on=old.happened_on, value=old.value_vnd, evidence=old.evidence)
    return _ask("correct", interest_id, outcome_id, ConnectionAction.CORRECT, form=form)


@blueprint.post("/<int:outcome_id>/correct")
@requires(Access.MANAGER)
@takes_files(1)
def correct_now(slug: str, interest_id: int, outcome_id: int) -> Answer:
    old, form = _outcome(interest_id, outcome_id), CorrectionForm()
    if form.validate():
        try:
            values = form.values(next(iter(uploads([form.file.data])), None))
            return _step(
                interest_id,
                lambda: outcomes.correct(
                    db.session,
                    actor(),
                    organisation(),
                    old,
                    values,
                    form.why.data or "",
                    publish=form.publish.data,
                    store=store(),
                    now=utc_now(),
                    confirm_days=_days(),
                ),
                _("The correction is proposed. The old entry stands until the other side has confirmed it."),
            )
        except Invalid as error:
            form.refuse(error, **FIELDS)
    db.session.rollback()
    form.forget_files()
    return _page("correct", _sheet(interest_id), outcome_id, form=form), 422


@blueprint.get("/<int:outcome_id>/annul")
@requires(Access.MANAGER)
def annul(slug: str, interest_id: int, outcome_id: int) -> Answer:
    return _ask("annul", interest_id, outcome_id, ConnectionAction.CORRECT, form=AnnulForm())


@blueprint.post("/<int:outcome_id>/annul")
@requires(Access.MANAGER)
def annul_now(slug: str, interest_id: int, outcome_id: int) -> Answer:
    form = AnnulForm()
    if not form.validate():
        return _page("annul", _sheet(interest_id), outcome_id, form=form), 422
    old = _outcome(interest_id, outcome_id)
    return _step(
        interest_id,
        lambda: outcomes.correct(
            db.session,
            actor(),
            organisation(),
            old,
            None,
            form.why.data or "",
            publish=False,
            store=store(),
            now=utc_now(),
            confirm_days=_days(),
        ),
        _("Proposed. The entry counts until the other side has confirmed that it should not."),
    )


@blueprint.get("/<int:outcome_id>/confirm")
@requires(Access.MANAGER)
def confirm(slug: str, interest_id: int, outcome_id: int) -> Answer:
    return _ask("confirm", interest_id, outcome_id, ConnectionAction.CONFIRM, form=ConfirmForm())


@blueprint.post("/<int:outcome_id>/confirm")
@requires(Access.MANAGER)
def confirm_now(slug: str, interest_id: int, outcome_id: int) -> Answer:
    found, form = _outcome(interest_id, outcome_id), ConfirmForm()
    return _step(
        interest_id,
        lambda: outcomes.confirm(db.session, actor(), organisation(), found, publish=form.publish.data, now=utc_now()),
        _("Confirmed by both sides. It is counted from now on."),
    )


@blueprint.get("/<int:outcome_id>/dispute")
@requires(Access.MANAGER)
def dispute(slug: str, interest_id: int, outcome_id: int) -> Answer:
    return _ask("dispute", interest_id, outcome_id, ConnectionAction.DISPUTE, form=DisputeForm())


@blueprint.post("/<int:outcome_id>/dispute")
@requires(Access.MANAGER)
def dispute_now(slug: str, interest_id: int, outcome_id: int) -> Answer:
    form = DisputeForm()
    if not form.validate():
        return _page("dispute", _sheet(interest_id), outcome_id, form=form), 422
    found, reason = _outcome(interest_id, outcome_id), DisputeReason(form.reason.data)
    return _step(
        interest_id,
        lambda: outcomes.dispute(
            db.session, actor(), organisation(), found, reason, form.note.data or "", now=utc_now()
        ),
        _("Disputed. The other side reads your reason; nothing is counted."),
    )


@blueprint.get("/<int:outcome_id>/withdraw")
@requires(Access.MANAGER)
def withdraw(slug: str, interest_id: int, outcome_id: int) -> Answer:
    return _ask("withdraw", interest_id, outcome_id, ConnectionAction.WITHDRAW)


@blueprint.post("/<int:outcome_id>/withdraw")
@requires(Access.MANAGER)
def withdraw_now(slug: str, interest_id: int, outcome_id: int) -> Answer:
    found = _outcome(interest_id, outcome_id)
    return _step(
        interest_id,
        lambda: outcomes.withdraw(db.session, actor(), organisation(), found, now=utc_now()),
        _("Withdrawn. The other side has been told."),
    )


@blueprint.post("/<int:outcome_id>/publication")
@requires(Access.MANAGER)
def publication(slug: str, interest_id: int, outcome_id: int) -> Answer:
    found, publish = _outcome(interest_id, outcome_id), request.form.get("publish") == "yes"
    words = (
        _("You agree that it is shown. It stands on both profiles as soon as both sides agree.")
        if publish
        else _("It is not shown any more.")
    )
    return _step(
        interest_id,
        lambda: outcomes.set_publication(db.session, actor(), organisation(), found, publish, now=utc_now()),
        words,
    )
