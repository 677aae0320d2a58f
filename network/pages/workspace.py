"""The workspace of an organisation: what waits for it, and its profile. `/workspace` leads to the own one."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models.base import utc_now
from models.errors import Conflict, Invalid
from network.auth import Access, actor, is_manager, membership, organisation, requires
from network.extensions import db
from network.formatting import today
from network.forms.organisations import PROFILE_FORMS, ProfileForm
from network.indexing import refresh_now
from network.profile_words import PART_NAMES, WHY, step_name
from network.queries.cards import organisation_ref
from network.queries.claims import own_claims
from network.queries.intake_overview import intake_waiting
from network.queries.overview import overview as what_waits
from network.queries.profile_progress import progress
from network.queries.profiles import profile as find_profile
from network.queries.workspace import head
from network.services.organisations import update_profile as write_profile
from network.services.profile_steps import STEPS, Step, after, parts_of

blueprint = Blueprint("workspace", __name__, url_prefix="/workspace")

Answer = str | Response | tuple[str, int]
ALL = "all"
FIELDS = {
    "organisation_missing": "name_vi",
    "summary_missing": "summary_vi",
    "not_a_web_address": "website",
}


@blueprint.get("")
@requires(Access.SIGNED_IN)
def index() -> Answer:
    memberships = actor().memberships
    if len(memberships) == 1:
        return redirect(url_for(".overview", slug=memberships[0].organisation.slug))
    rows = [(organisation_ref(m.organisation), m.role, m.organisation.state) for m in memberships]
    return render_template("workspace/index.html", rows=rows, claims=own_claims(db.session, actor()))


@blueprint.get("/<slug>")
@requires(Access.MEMBER)
def overview(slug: str) -> Answer:
    now = utc_now()
    return render_template(
        "workspace/overview.html",
        workspace=head(db.session, organisation(), membership()),
        intake_waiting=intake_waiting(db.session, organisation(), membership(), today=today()),
        overview=what_waits(db.session, actor(), organisation(), now=now),
        now=now,
    )


@blueprint.get("/<slug>/profile")
@requires(Access.MEMBER)
def profile(slug: str) -> Answer:
    """Managers write it step by step, or with `step=all` on one page."""
    if is_manager():
        step = _step(Step.WHO)
        return _form_page(_form(step), step)
    return render_template(
        "workspace/profile_read.html",
        workspace=head(db.session, organisation(), membership()),
        profile=find_profile(db.session, actor(), slug, today=today(), now=utc_now()),
    )


@blueprint.post("/<slug>/profile")
@requires(Access.MANAGER)
def update_profile(slug: str) -> Answer:
    step = _step(None)
    form = _form(step)
    if form.validate():
        try:
            write_profile(db.session, actor(), organisation(), form.values(), now=utc_now())
        except (Invalid, Conflict) as error:
            form.refuse(error, **FIELDS)
        else:
            going_on = step is not None and "go_on" in request.form
            target = after(organisation().kind, step) if going_on and step else step or ALL
            db.session.commit()
            refresh_now()
            flash(_("The profile is saved."), "success")
            return redirect(url_for(".profile", slug=slug, step=target))
    return _form_page(form, step), 422


def _step(default: Step | None) -> Step | None:
    """The step named in the address; None is the whole profile."""
    value = request.args.get("step", default)
    if value is None or value == ALL:
        return None
    if value not in STEPS[organisation().kind]:
        abort(404)
    return Step(value)


def _form(step: Step | None) -> ProfileForm:
    return PROFILE_FORMS[organisation().kind].of(db.session, organisation(), parts_of(organisation().kind, step))


def _form_page(form: ProfileForm, step: Step | None) -> str:
    kind = organisation().kind
    return render_template(
        "workspace/profile.html",
        workspace=head(db.session, organisation(), membership()),
        form=form,
        step=step,
        parts=parts_of(kind, step),
        progress_made=progress(db.session, organisation()),
        names={each: step_name(kind, each) for each in STEPS[kind]},
        part_names=PART_NAMES,
        why=WHY,
    )
