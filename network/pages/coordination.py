"""The coordinator's desk: what waits, which profiles to verify, and the trail of each organisation."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models.base import utc_now
from models.errors import Conflict, Invalid
from models.types import MembershipRole, ProfileState
from network.auth import Access, actor, requires
from network.errors import message
from network.extensions import db
from network.forms.people import InviteManagerForm
from network.i18n import language
from network.indexing import refresh_now
from network.queries import coordination as queries
from network.queries.claims import waiting as waiting_claims
from network.queries.notifications import dead_count
from network.queries.people import people as people_of
from network.services import coordination, invitations

blueprint = Blueprint("coordination", __name__, url_prefix="/coordination")

Answer = str | Response | tuple[str, int]


@blueprint.get("")
@requires(Access.COORDINATOR)
def index() -> str:
    desk, dead_mails = queries.desk(db.session, now=utc_now()), dead_count(db.session)
    return render_template("coordination/index.html", desk=desk, dead_mails=dead_mails, now=utc_now())


@blueprint.get("/organisations")
@requires(Access.COORDINATOR)
def organisations() -> str:
    value = request.args.get("state", "")
    state = ProfileState(value) if value in set(ProfileState) else None
    words = request.args.get("q", "")[:200]
    page = queries.profiles(db.session, state, words, request.args.get("page", 1, int))
    return render_template(
        "coordination/organisations.html", page=page, state=state, words=words, states=list(ProfileState)
    )


@blueprint.get("/organisations/<slug>")
@requires(Access.COORDINATOR)
def organisation(slug: str) -> str:
    profile, now = queries.profile(db.session, slug), utc_now()
    number = profile.row.organisation.id
    people, claims = people_of(db.session, actor(), number, now=now), waiting_claims(db.session, number)
    return render_template("coordination/organisation.html", profile=profile, people=people, claims=claims, now=now)


@blueprint.get("/organisations/<slug>/invite")
@requires(Access.COORDINATOR)
def invite(slug: str) -> str:
    return _invite_page(slug, InviteManagerForm(language=language()))


@blueprint.post("/organisations/<slug>/invite")
@requires(Access.COORDINATOR)
def invite_now(slug: str) -> Answer:
    form = InviteManagerForm()
    if form.validate():
        try:
            invitations.invite(
                db.session,
                actor(),
                queries.find(db.session, slug),
                name=form.name.data,
                email=form.email.data,
                role=MembershipRole.MANAGER,
                language=form.language.data,
                now=utc_now(),
            )
        except (Invalid, Conflict) as error:
            form.refuse(error, already_member="email", already_invited="email", email_missing="email")
        else:
            return _done(slug, _("The invitation is on its way to %(address)s.", address=form.email.data))
    return _invite_page(slug, form), 422


def _invite_page(slug: str, form: InviteManagerForm) -> str:
    """Only where nobody manages the organisation: elsewhere its managers invite."""
    profile = queries.profile(db.session, slug)
    if people_of(db.session, actor(), profile.row.organisation.id, now=utc_now()).managed:
        raise Conflict("managed_already")
    return render_template("coordination/invite.html", profile=profile, form=form)


def _done(slug: str, words: str) -> Response:
    db.session.commit()
    refresh_now()
    flash(words, "success")
    return redirect(url_for(".organisation", slug=slug))


@blueprint.post("/organisations/<slug>/verify")
@requires(Access.COORDINATOR)
def verify(slug: str) -> Response:
    coordination.verify(db.session, actor(), queries.find(db.session, slug), now=utc_now())
    return _done(slug, _("Verified. Its managers have been told."))


def _with_reason(decide: Callable[..., object], slug: str, words: str) -> Response:
    """A decision against an organisation; without a reason nothing happens and the page says so."""
    try:
        decide(db.session, actor(), queries.find(db.session, slug), request.form.get("reason", ""), now=utc_now())
    except Invalid as error:
        db.session.rollback()
        flash(message(error), "error")
        return redirect(url_for(".organisation", slug=slug))
    return _done(slug, words)


@blueprint.post("/organisations/<slug>/unverify")
@requires(Access.COORDINATOR)
def unverify(slug: str) -> Response:
    return _with_reason(coordination.unverify, slug, _("The profile waits for verification again."))


@blueprint.post("/organisations/<slug>/suspend")
@requires(Access.COORDINATOR)
def suspend(slug: str) -> Response:
    return _with_reason(coordination.suspend, slug, _("Suspended. The profile and its entries are hidden."))


@blueprint.post("/organisations/<slug>/reinstate")
@requires(Access.COORDINATOR)
def reinstate(slug: str) -> Response:
    coordination.reinstate(db.session, actor(), queries.find(db.session, slug), now=utc_now())
    return _done(slug, _("Shown again. The profile waits for verification."))
