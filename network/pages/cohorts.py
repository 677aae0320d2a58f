"""The cohorts of a centre: teams, milestones, hours of mentors, and what they come to."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import Cohort
from models.base import utc_now
from models.errors import Conflict, Invalid
from models.types import OrganisationKind
from network.auth import Access, actor, membership, organisation, requires
from network.errors import message
from network.extensions import db
from network.formatting import today
from network.forms.cohorts import DoneForm, HoursForm, MilestoneForm
from network.queries import cohorts as queries
from network.queries.workspace import head
from network.services import cohorts

blueprint = Blueprint("cohorts", __name__, url_prefix="/workspace/<slug>/cohorts")

Answer = str | Response | tuple[str, int]
CENTRE = OrganisationKind.CENTRE
FIELDS = {
    "milestone_title_missing": "title_vi",
    "milestone_outside_cohort": "due_on",
    "day_to_come": "on_day",
    "hours_outside": "hours",
    "mentor_missing": "mentor",
    "topic_missing": "topic",
}


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"cohorts/{template}.html", workspace=workspace, **context)


def _own(cohort_id: int) -> Cohort:
    return cohorts.find_own(db.session, organisation(), cohort_id)


def _done(cohort_id: int, words: str) -> Response:
    target = url_for(".detail", slug=organisation().slug, cohort_id=cohort_id)
    db.session.commit()
    flash(words, "success")
    return redirect(target)


def _try(cohort_id: int, step: Callable[[], object], words: str) -> Response:
    """A step without a form of its own; a refusal is told on the page of the cohort."""
    try:
        step()
    except (Invalid, Conflict) as error:
        db.session.rollback()
        flash(message(error), "error")
        return redirect(url_for(".detail", slug=organisation().slug, cohort_id=cohort_id))
    return _done(cohort_id, words)


@blueprint.get("")
@requires(Access.MEMBER, CENTRE)
def index(slug: str) -> Answer:
    return _page("index", rows=queries.own_cohorts(db.session, organisation().id, today=today()))


@blueprint.get("/<int:cohort_id>")
@requires(Access.MEMBER, CENTRE)
def detail(slug: str, cohort_id: int) -> Answer:
    return _detail(cohort_id)


def _detail(cohort_id: int, milestone: MilestoneForm | None = None, hours: HoursForm | None = None) -> str:
    cohort = queries.own_cohort(db.session, organisation().id, cohort_id, today=today())
    forms = {"milestone": milestone or MilestoneForm.of(cohort.teams), "hours": hours or HoursForm.of(cohort.teams)}
    return _page("detail", cohort=cohort, today=today(), **forms)


@blueprint.post("/<int:cohort_id>/milestones")
@requires(Access.MEMBER, CENTRE)
def add_milestone(slug: str, cohort_id: int) -> Answer:
    cohort = _own(cohort_id)
    form = MilestoneForm.of(queries.own_cohort(db.session, organisation().id, cohort_id, today=today()).teams)
    if form.validate():
        team = cohorts.find_team(db.session, cohort, form.team.data) if form.team.data else None
        try:
            cohorts.add_milestone(db.session, actor(), cohort, form.title, form.due_on.data, team, now=utc_now())
        except Invalid as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(cohort_id, _("The milestone is set. The teams see it."))
    return _detail(cohort_id, milestone=form), 422


@blueprint.post("/<int:cohort_id>/milestones/<int:milestone_id>/remove")
@requires(Access.MEMBER, CENTRE)
def remove_milestone(slug: str, cohort_id: int, milestone_id: int) -> Answer:
    milestone = cohorts.find_milestone(db.session, _own(cohort_id), milestone_id)
    return _try(
        cohort_id,
        lambda: cohorts.remove_milestone(db.session, actor(), milestone, now=utc_now()),
        _("The milestone is removed."),
    )


@blueprint.post("/<int:cohort_id>/milestones/<int:milestone_id>/teams/<int:application_id>/done")
@requires(Access.MEMBER, CENTRE)
def done(slug: str, cohort_id: int, milestone_id: int, application_id: int) -> Answer:
    form = DoneForm()
    if not form.validate():
        flash(_("Choose a day."), "error")
        return redirect(url_for(".detail", slug=slug, cohort_id=cohort_id))
    return _set_done(cohort_id, milestone_id, application_id, form.done_on.data, _("Noted: reached."))


@blueprint.post("/<int:cohort_id>/milestones/<int:milestone_id>/teams/<int:application_id>/undone")
@requires(Access.MEMBER, CENTRE)
def undone(slug: str, cohort_id: int, milestone_id: int, application_id: int) -> Answer:
    return _set_done(cohort_id, milestone_id, application_id, None, _("Noted: not reached yet."))


def _set_done(cohort_id: int, milestone_id: int, application_id: int, day: Any, words: str) -> Response:
    cohort = _own(cohort_id)
    milestone = cohorts.find_milestone(db.session, cohort, milestone_id)
    team = cohorts.find_team(db.session, cohort, application_id)
    return _try(cohort_id, lambda: cohorts.set_done(db.session, actor(), milestone, team, day, now=utc_now()), words)


@blueprint.post("/<int:cohort_id>/hours")
@requires(Access.MEMBER, CENTRE)
def add_hours(slug: str, cohort_id: int) -> Answer:
    cohort = _own(cohort_id)
    form = HoursForm.of(queries.own_cohort(db.session, organisation().id, cohort_id, today=today()).teams)
    if form.validate():
        team = cohorts.find_team(db.session, cohort, form.team.data)
        what = (form.on_day.data, form.minutes, form.mentor.data or "", form.topic.data or "")
        try:
            cohorts.add_hours(db.session, actor(), cohort, team, *what, now=utc_now())
        except Invalid as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(cohort_id, _("The hours are entered. The team sees them."))
    return _detail(cohort_id, hours=form), 422


@blueprint.post("/<int:cohort_id>/hours/<int:hours_id>/remove")
@requires(Access.MEMBER, CENTRE)
def remove_hours(slug: str, cohort_id: int, hours_id: int) -> Answer:
    cohort = _own(cohort_id)
    return _try(
        cohort_id,
        lambda: cohorts.remove_hours(db.session, actor(), cohort, hours_id, now=utc_now()),
        _("The entry is removed."),
    )
