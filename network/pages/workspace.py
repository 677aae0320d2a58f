"""The workspace of an organisation: what waits for it, and its profile. `/workspace` leads to the own one."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models.base import utc_now
from models.errors import Conflict, Invalid
from network.auth import Access, actor, is_manager, membership, organisation, requires
from network.extensions import db
from network.formatting import today
from network.forms.organisations import PROFILE_FORMS, ProfileForm
from network.indexing import refresh_now
from network.queries.cards import organisation_ref
from network.queries.claims import own_claims
from network.queries.overview import overview as what_waits
from network.queries.profiles import profile as find_profile
from network.queries.workspace import head
from network.services.organisations import update_profile as write_profile

blueprint = Blueprint("workspace", __name__, url_prefix="/workspace")

Answer = str | Response | tuple[str, int]
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
        overview=what_waits(db.session, actor(), organisation(), now=now),
        now=now,
    )


@blueprint.get("/<slug>/profile")
@requires(Access.MEMBER)
def profile(slug: str) -> Answer:
    if is_manager():
        return _form_page(_form())
    return render_template(
        "workspace/profile_read.html",
        workspace=head(db.session, organisation(), membership()),
        profile=find_profile(db.session, actor(), slug, today=today(), now=utc_now()),
    )


@blueprint.post("/<slug>/profile")
@requires(Access.MANAGER)
def update_profile(slug: str) -> Answer:
    form = _form()
    if form.validate():
        try:
            write_profile(db.session, actor(), organisation(), form.values(), now=utc_now())
        except (Invalid, Conflict) as error:
            form.refuse(error, **FIELDS)
        else:
            db.session.commit()
            refresh_now()
            flash(_("The profile is saved."), "success")
            return redirect(url_for(".profile", slug=slug))
    return _form_page(form), 422


def _form() -> ProfileForm:
    return PROFILE_FORMS[organisation().kind].of(db.session, organisation())


def _form_page(form: ProfileForm) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template("workspace/profile.html", workspace=workspace, form=form)
