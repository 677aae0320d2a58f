"""What an organisation applies to: its applications, writing one, sending and taking it back, the letters."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import Application
from models.applications import ApplicationState
from models.base import utc_now
from models.errors import Conflict, Invalid
from models.types import OrganisationKind
from network.auth import Access, actor, membership, organisation, requires
from network.errors import message
from network.extensions import db, limiter
from network.formatting import today
from network.forms.applications import ApplicationForm
from network.letters import document, paragraphs
from network.queries import applications as queries
from network.queries.calls import open_calls, public_call
from network.queries.cohorts import team_page
from network.queries.workspace import head
from network.services import admissions, applications

blueprint = Blueprint("applications", __name__, url_prefix="/workspace/<slug>/applications")

Answer = str | Response | tuple[str, int]
APPLYING = (OrganisationKind.STARTUP, OrganisationKind.ENTERPRISE)


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"applications/{template}.html", workspace=workspace, **context)


def _own(application_id: int) -> Application:
    return applications.find_own(db.session, organisation(), application_id)


def _read(application_id: int) -> queries.ApplicationDetail:
    return queries.own_application(db.session, organisation().id, application_id, today=today())


def _done(endpoint: str, application_id: int, words: str) -> Response:
    target = url_for(endpoint, slug=organisation().slug, application_id=application_id)
    db.session.commit()
    flash(words, "success")
    return redirect(target)


@blueprint.get("")
@requires(Access.MEMBER, *APPLYING)
def index(slug: str) -> Answer:
    rows = queries.own_applications(db.session, organisation().id, today=today())
    standing = {row.call.id for row in rows if row.state is not ApplicationState.WITHDRAWN}
    left = tuple(c for c in open_calls(db.session, actor(), today=today()) if c.id not in standing)
    return _page("index", rows=rows, calls=left)


@blueprint.get("/new/<int:call_id>")
@requires(Access.MEMBER, *APPLYING)
def new(slug: str, call_id: int) -> Answer:
    return _page("new", call=public_call(db.session, actor(), call_id, today=today()))


@blueprint.post("/new/<int:call_id>")
@requires(Access.MEMBER, *APPLYING)
@limiter.limit("60/hour")
def begin(slug: str, call_id: int) -> Answer:
    made = applications.begin(db.session, actor(), organisation(), call_id, now=utc_now())
    target = ".edit" if made.state is ApplicationState.DRAFT else ".detail"
    return _done(target, made.id, _("Your draft is open. Save it as often as you like; only your people read it."))


@blueprint.get("/<int:application_id>")
@requires(Access.MEMBER, *APPLYING)
def detail(slug: str, application_id: int) -> Answer:
    found = _read(application_id)
    gaps = applications.missing(_own(application_id), applications.said(_own(application_id)))
    return _page("detail", application=found, row=found.row, call=found.call, gaps=gaps)


@blueprint.get("/<int:application_id>/edit")
@requires(Access.MEMBER, *APPLYING)
def edit(slug: str, application_id: int) -> Answer:
    found = _read(application_id)
    return _page("edit", application=found, row=found.row, call=found.call, form=ApplicationForm.of(found))


@blueprint.post("/<int:application_id>/edit")
@requires(Access.MEMBER, *APPLYING)
def save(slug: str, application_id: int) -> Answer:
    """Both buttons of the form: it is kept in any case; `step` 'check' leads on to sending it."""
    found = _read(application_id)
    form = ApplicationForm.of(found)
    if form.validate():
        try:
            applications.save(db.session, actor(), _own(application_id), form.values(), now=utc_now())
        except Invalid as error:
            form.refuse(error)
            for name in error.details.get("missing", ()):  # type: ignore[attr-defined]
                form[name].errors = [_("Fill this in.")]
        else:
            checking = request.form.get("step") == "check"
            return _done(".check" if checking else ".edit", application_id, _("Saved."))
    return _page("edit", application=found, row=found.row, call=found.call, form=form), 422


@blueprint.get("/<int:application_id>/submit")
@requires(Access.MANAGER, *APPLYING)
def check(slug: str, application_id: int) -> Answer:
    """Everything once more as it will be read, with what is missing, before it is sent."""
    found = _read(application_id)
    gaps = applications.missing(_own(application_id), applications.said(_own(application_id)))
    return _page("check", application=found, row=found.row, call=found.call, gaps=gaps)


@blueprint.post("/<int:application_id>/submit")
@requires(Access.MANAGER, *APPLYING)
def submit(slug: str, application_id: int) -> Answer:
    try:
        applications.submit(db.session, actor(), _own(application_id), now=utc_now())
    except (Invalid, Conflict) as error:
        db.session.rollback()
        flash(message(error), "error")
        return redirect(url_for(".detail", slug=slug, application_id=application_id))
    return _done(".detail", application_id, _("Sent. You and the centre get an e-mail."))


@blueprint.get("/<int:application_id>/withdraw")
@requires(Access.MANAGER, *APPLYING)
def withdraw(slug: str, application_id: int) -> Answer:
    found = _read(application_id)
    return _page("withdraw", application=found, row=found.row)


@blueprint.post("/<int:application_id>/withdraw")
@requires(Access.MANAGER, *APPLYING)
def withdraw_now(slug: str, application_id: int) -> Answer:
    admissions.withdraw(db.session, actor(), _own(application_id), now=utc_now())
    return _done(".detail", application_id, _("Withdrawn. What you wrote stays here to read."))


@blueprint.get("/<int:application_id>/letters/<int:letter_id>")
@requires(Access.MEMBER, *APPLYING)
def letter(slug: str, application_id: int, letter_id: int) -> Answer:
    facts = queries.letter(db.session, application_id, letter_id, organisation().id)
    return _page("letter", facts=facts, paragraphs=paragraphs(facts))


@blueprint.get("/<int:application_id>/letters/<int:letter_id>/document")
@requires(Access.MEMBER, *APPLYING)
def letter_document(slug: str, application_id: int, letter_id: int) -> Response:
    return document(queries.letter(db.session, application_id, letter_id, organisation().id))


@blueprint.get("/<int:application_id>/team")
@requires(Access.MEMBER, *APPLYING)
def team(slug: str, application_id: int) -> Answer:
    """The cohort of an accepted application: what is to be reached by when, and the hours of mentors."""
    cohort, found = team_page(db.session, organisation().id, application_id, today=today())
    return _page("team", cohort=cohort, team=found)
