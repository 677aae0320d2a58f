"""Action programmes at the coordinator's desk: registering one, following it, settling what holds it up, its money."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import Contribution, Milestone, Output
from models.base import utc_now
from models.errors import Conflict, DomainError, Invalid
from network.auth import Access, actor, requires
from network.errors import message
from network.extensions import db
from network.formatting import today
from network.forms.actions import (
    ActionForm,
    AmountForm,
    CountForm,
    DoneForm,
    MilestoneRow,
    MoneyForm,
    OutputRow,
    SettleForm,
    WordsForm,
)
from network.forms.base import Form
from network.queries import actions as queries
from network.services import action_plans as plans
from network.services import actions

blueprint = Blueprint("coordination_actions", __name__, url_prefix="/coordination/action-programmes")

Answer = str | Response | tuple[str, int]
FIELDS = {
    "title_missing": "title_vi",
    "office_missing": "office_vi",
    "goal_missing": "goal_vi",
    "action_dates": "ends_on",
}


@blueprint.get("")
@requires(Access.COORDINATOR)
def index() -> str:
    criteria = queries.ActionCriteria.read(request.args)
    listing = queries.listing(db.session, criteria, request.args.get("page", 1, int), today=today())
    return render_template("coordination_actions/index.html", listing=listing)


@blueprint.get("/new")
@requires(Access.COORDINATOR)
def new() -> str:
    return _form_page(ActionForm.of())


@blueprint.post("/new")
@requires(Access.COORDINATOR)
def create() -> Answer:
    form = ActionForm.of()
    if "more" in request.form:
        form.more()
        return _form_page(form)
    if form.validate():
        try:
            programme = actions.register(db.session, actor(), form.plan(), now=utc_now())
        except Invalid as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(programme.id, _("Registered. Everybody can read it as planned."))
    return _form_page(form), 422


@blueprint.get("/<int:action_id>")
@requires(Access.COORDINATOR)
def detail(action_id: int) -> str:
    return render_template(
        "coordination_actions/detail.html",
        action=queries.desk(db.session, action_id, today=today()),
        forms_of={
            "milestone": MilestoneRow(formdata=None, prefix="milestone-"),
            "output": OutputRow(formdata=None, prefix="output-"),
            "money": MoneyForm(formdata=None, on=today()),
        },
        today=today(),
    )


@blueprint.get("/<int:action_id>/edit")
@requires(Access.COORDINATOR)
def edit(action_id: int) -> str:
    programme = plans.find(db.session, action_id)
    return _form_page(ActionForm.of(programme), queries.heading(programme))


@blueprint.post("/<int:action_id>/edit")
@requires(Access.COORDINATOR)
def update(action_id: int) -> Answer:
    form, programme = ActionForm.of(), plans.find(db.session, action_id)
    if "more" in request.form:
        form.more()
        return _form_page(form, queries.heading(programme))
    if form.validate():
        try:
            plans.rewrite(db.session, actor(), programme, form.plan(), now=utc_now())
        except DomainError as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(action_id, _("The changes are saved."))
    return _form_page(form, queries.heading(programme)), 422


def _form_page(form: ActionForm, programme: queries.Heading | None = None) -> str:
    return render_template("coordination_actions/edit.html", form=form, programme=programme)


def _done(action_id: int, words: str) -> Response:
    target = url_for(".detail", action_id=action_id)
    db.session.commit()
    flash(words, "success")
    return redirect(target)


def _step(action_id: int, words: str, do: Callable[[], object], form: Form | None = None) -> Response:
    """One step on the page of a programme. What is refused is said there; nothing has happened then."""
    if form is not None and not form.validate():
        flash(next(str(text) for texts in form.errors.values() for text in texts), "error")
        return redirect(url_for(".detail", action_id=action_id))
    try:
        do()
    except (Invalid, Conflict) as error:
        db.session.rollback()
        flash(message(error), "error")
        return redirect(url_for(".detail", action_id=action_id))
    return _done(action_id, words)


@blueprint.post("/<int:action_id>/start")
@requires(Access.COORDINATOR)
def start(action_id: int) -> Response:
    programme = plans.find(db.session, action_id)
    return _step(
        action_id, _("The programme is running."), lambda: actions.start(db.session, actor(), programme, now=utc_now())
    )


@blueprint.post("/<int:action_id>/finish")
@requires(Access.COORDINATOR)
def finish(action_id: int) -> Response:
    programme = plans.find(db.session, action_id)
    return _step(
        action_id,
        _("The programme is completed."),
        lambda: actions.finish(db.session, actor(), programme, now=utc_now()),
    )


@blueprint.post("/<int:action_id>/drop")
@requires(Access.COORDINATOR)
def drop(action_id: int) -> Response:
    programme, form = plans.find(db.session, action_id), WordsForm()
    return _step(
        action_id,
        _("The programme is given up. The reason stands on its page."),
        lambda: actions.drop(db.session, actor(), programme, form.words, now=utc_now()),
        form,
    )


@blueprint.post("/<int:action_id>/take-back")
@requires(Access.COORDINATOR)
def take_back(action_id: int) -> Response:
    programme = plans.find(db.session, action_id)
    try:
        plans.take_back(db.session, actor(), programme, now=utc_now())
    except Conflict as error:
        flash(message(error), "error")
        return redirect(url_for(".detail", action_id=action_id))
    db.session.commit()
    flash(_("Taken back: it was never registered."), "success")
    return redirect(url_for(".index"))


@blueprint.post("/<int:action_id>/milestones")
@requires(Access.COORDINATOR)
def add_milestone(action_id: int) -> Response:
    programme, form = plans.find(db.session, action_id), MilestoneRow(prefix="milestone-")
    return _step(
        action_id,
        _("The milestone is added."),
        lambda: plans.add_milestone(db.session, actor(), programme, _filled(form).planned(), now=utc_now()),
        form,
    )


@blueprint.post("/<int:action_id>/outputs")
@requires(Access.COORDINATOR)
def add_output(action_id: int) -> Response:
    programme, form = plans.find(db.session, action_id), OutputRow(prefix="output-")
    return _step(
        action_id,
        _("The output is added."),
        lambda: plans.add_output(db.session, actor(), programme, _filled(form).planned(), now=utc_now()),
        form,
    )


def _filled(form: Any) -> Any:
    """Raises Invalid for a line in which nothing stands."""
    if form.empty:
        raise Invalid("title_missing")
    return form


@blueprint.post("/<int:action_id>/outputs/<int:output_id>/count")
@requires(Access.COORDINATOR)
def count(action_id: int, output_id: int) -> Response:
    output, form = plans.find_part(db.session, Output, action_id, output_id), CountForm()
    return _step(
        action_id,
        _("The count is saved."),
        lambda: actions.count(db.session, actor(), output, form.reached.data, on=form.on.data, now=utc_now()),
        form,
    )


@blueprint.post("/<int:action_id>/money")
@requires(Access.COORDINATOR)
def promise(action_id: int) -> Response:
    programme, form = plans.find(db.session, action_id), MoneyForm()
    return _step(
        action_id,
        _("The source of money is added."),
        lambda: plans.promise(db.session, actor(), programme, form.money(), now=utc_now()),
        form,
    )


@blueprint.post("/<int:action_id>/money/<int:contribution_id>")
@requires(Access.COORDINATOR)
def pay(action_id: int, contribution_id: int) -> Response:
    contribution, form = plans.find_part(db.session, Contribution, action_id, contribution_id), AmountForm()
    return _step(
        action_id,
        _("The amounts are saved."),
        lambda: plans.pay(
            db.session, actor(), contribution, form.promised_vnd, form.paid_vnd, on=form.on.data, now=utc_now()
        ),
        form,
    )


def _milestone(action_id: int, milestone_id: int) -> Milestone:
    return plans.find_part(db.session, Milestone, action_id, milestone_id)


@blueprint.post("/<int:action_id>/milestones/<int:milestone_id>/done")
@requires(Access.COORDINATOR)
def milestone_done(action_id: int, milestone_id: int) -> Response:
    entry, form = _milestone(action_id, milestone_id), DoneForm()
    return _step(
        action_id,
        _("The milestone is completed."),
        lambda: actions.finish_milestone(db.session, actor(), entry, on=form.on.data, now=utc_now()),
        form,
    )


@blueprint.post("/<int:action_id>/milestones/<int:milestone_id>/escalate")
@requires(Access.COORDINATOR)
def escalate(action_id: int, milestone_id: int) -> Response:
    entry, form = _milestone(action_id, milestone_id), WordsForm()
    return _step(
        action_id,
        _("What holds it up stands on the page; the milestone waits for a decision."),
        lambda: actions.escalate(db.session, actor(), entry, form.words, on=today(), now=utc_now()),
        form,
    )


@blueprint.post("/<int:action_id>/milestones/<int:milestone_id>/settle")
@requires(Access.COORDINATOR)
def settle(action_id: int, milestone_id: int) -> Response:
    entry, form = _milestone(action_id, milestone_id), SettleForm()
    return _step(
        action_id,
        _("Settled. The milestone has its new day."),
        lambda: actions.settle(db.session, actor(), entry, form.words, form.due_on.data, on=today(), now=utc_now()),
        form,
    )


@blueprint.post("/<int:action_id>/milestones/<int:milestone_id>/pass-on")
@requires(Access.COORDINATOR)
def pass_on(action_id: int, milestone_id: int) -> Response:
    entry, form = _milestone(action_id, milestone_id), WordsForm()
    return _step(
        action_id,
        _("Passed on to a higher authority, with the reason."),
        lambda: actions.pass_on(db.session, actor(), entry, form.words, on=today(), now=utc_now()),
        form,
    )
