"""The people of an organisation: who belongs to it, in which role, and who is invited."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models.base import utc_now
from models.errors import DomainError, NotFound
from models.types import MembershipRole
from network.auth import Access, actor, membership, organisation, requires
from network.extensions import db, limiter
from network.forms.people import InviteForm, RoleForm
from network.i18n import label, language
from network.queries import people as queries
from network.queries.workspace import head
from network.services import invitations, people

blueprint = Blueprint("people", __name__, url_prefix="/workspace/<slug>/people")

Answer = str | Response | tuple[str, int]
FIELDS = {
    "already_member": "email",
    "already_invited": "email",
    "email_missing": "email",
    "invited_name_missing": "name",
}


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"people/{template}.html", workspace=workspace, **context)


def _people() -> queries.People:
    return queries.people(db.session, actor(), organisation().id, now=utc_now())


def _member(membership_id: int) -> queries.MemberRow:
    row = _people().member(membership_id)
    if row is None:
        raise NotFound
    return row


def _invitation(invitation_id: int) -> queries.InvitationRow:
    row = _people().invitation(invitation_id)
    if row is None:
        raise NotFound
    return row


def _done(words: str) -> Response:
    target = url_for(".index", slug=organisation().slug)
    db.session.commit()
    flash(words, "success")
    return redirect(target)


def _roles() -> tuple[MembershipRole, ...]:
    return invitations.roles_of(organisation())


@blueprint.get("")
@requires(Access.MEMBER)
def index(slug: str) -> Answer:
    return _page("index", people=_people())


@blueprint.get("/invite")
@requires(Access.MANAGER)
def new(slug: str) -> Answer:
    return _page("new", form=InviteForm.of(_roles(), language=language()))


@blueprint.post("/invite")
@requires(Access.MANAGER)
@limiter.limit("30/hour")
def invite(slug: str) -> Answer:
    form = InviteForm.of(_roles())
    if form.validate():
        try:
            invitations.invite(
                db.session,
                actor(),
                organisation(),
                name=form.name.data,
                email=form.email.data,
                role=form.chosen_role(),
                language=form.language.data,
                now=utc_now(),
            )
        except DomainError as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(_("The invitation is on its way to %(address)s.", address=form.email.data))
    return _page("new", form=form), 422


@blueprint.post("/invitations/<int:invitation_id>/resend")
@requires(Access.MANAGER)
@limiter.limit("30/hour")
def resend(slug: str, invitation_id: int) -> Answer:
    found = invitations.find(db.session, organisation(), invitation_id)
    invitations.resend(db.session, actor(), found, now=utc_now())
    return _done(
        _("A new mail is on its way to %(address)s. The link of the former one has ended.", address=found.email)
    )


@blueprint.get("/invitations/<int:invitation_id>/revoke")
@requires(Access.MANAGER)
def revoke(slug: str, invitation_id: int) -> Answer:
    return _page("revoke", invitation=_invitation(invitation_id))


@blueprint.post("/invitations/<int:invitation_id>/revoke")
@requires(Access.MANAGER)
def revoke_now(slug: str, invitation_id: int) -> Answer:
    found = invitations.find(db.session, organisation(), invitation_id)
    invitations.revoke(db.session, actor(), found, now=utc_now())
    return _done(_("The invitation of %(name)s is taken back.", name=found.name))


@blueprint.get("/<int:membership_id>/role")
@requires(Access.MANAGER)
def role(slug: str, membership_id: int) -> Answer:
    row = _member(membership_id)
    return _page("role", member=row, form=RoleForm.of(_roles(), role=row.role.value))


@blueprint.post("/<int:membership_id>/role")
@requires(Access.MANAGER)
def change_role(slug: str, membership_id: int) -> Answer:
    row, form = _member(membership_id), RoleForm.of(_roles())
    if form.validate():
        found = people.find(db.session, organisation(), membership_id)
        try:
            people.change_role(db.session, actor(), found, form.chosen_role(), now=utc_now())
        except DomainError as error:
            form.refuse(error, last_manager="role")
        else:
            return _done(_("%(name)s: %(role)s.", name=row.name, role=label(found.role)))
    return _page("role", member=row, form=form), 422


@blueprint.get("/<int:membership_id>/remove")
@requires(Access.MANAGER)
def remove(slug: str, membership_id: int) -> Answer:
    row = _member(membership_id)
    return redirect(url_for(".leave", slug=slug)) if row.is_self else _page("remove", member=row)


@blueprint.post("/<int:membership_id>/remove")
@requires(Access.MANAGER)
def remove_now(slug: str, membership_id: int) -> Answer:
    row = _member(membership_id)
    if row.is_self:
        return redirect(url_for(".leave", slug=slug))
    people.remove(db.session, actor(), people.find(db.session, organisation(), membership_id), now=utc_now())
    return _done(_("%(name)s no longer belongs to the organisation and has been told.", name=row.name))


@blueprint.get("/leave")
@requires(Access.MEMBER)
def leave(slug: str) -> Answer:
    return _page("leave", people=_people())


@blueprint.post("/leave")
@requires(Access.MEMBER)
def leave_now(slug: str) -> Answer:
    people.leave(db.session, actor(), organisation(), now=utc_now())
    db.session.commit()
    flash(_("You no longer belong to the organisation."), "success")
    return redirect(url_for("workspace.index"))
