"""The people of an organisation: their roles, who leaves, and that one manager always stays."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Membership, Organisation, User
from models.audit import record
from models.errors import Conflict, Invalid, NotFound
from models.types import MembershipRole
from network.services import permits
from network.services.invitations import roles_of
from network.services.outbox import managers_of, names_of, post


def find(session: Session, organisation: Organisation, membership_id: int) -> Membership:
    """A membership of the organisation. Raises NotFound otherwise."""
    membership = session.get(Membership, membership_id)
    if membership is None or membership.organisation_id != organisation.id:
        raise NotFound
    return membership


def change_role(
    session: Session, actor: User, membership: Membership, role: MembershipRole | None, *, now: datetime
) -> Membership:
    """Another role for a member, who is told by mail. The same role once more changes nothing.

    Raises Invalid for a role that nobody is given here, Conflict('last_manager').
    """
    permits.manager_of(actor, membership.organisation_id)
    if role not in roles_of(membership.organisation):
        raise Invalid("role_missing")
    if role is membership.role:
        return membership
    if role is not MembershipRole.MANAGER:
        _another_manager_stays(session, membership)
    membership.role = role
    _record(session, actor, "membership.role", membership, now, role=role.value)
    if membership.user_id != actor.id:
        _tell(session, membership, "membership_role", role=role.value)
    return membership


def remove(session: Session, actor: User, membership: Membership, *, now: datetime) -> None:
    """Takes a member out, who is told by mail. Raises Conflict('last_manager')."""
    permits.manager_of(actor, membership.organisation_id)
    if membership.user_id == actor.id:
        return leave(session, actor, membership.organisation, now=now)
    _another_manager_stays(session, membership)
    _record(session, actor, "membership.remove", membership, now, person_id=membership.user_id)
    _tell(session, membership, "membership_removed")
    _end(session, membership)


def leave(session: Session, actor: User, organisation: Organisation, *, now: datetime) -> None:
    """The actor leaves; the managers are told. Raises NotPermitted for a stranger, Conflict('last_manager')."""
    permits.member_of(actor, organisation.id)
    membership = actor.membership_of(organisation.id)
    assert membership is not None
    _another_manager_stays(session, membership)
    _record(session, actor, "membership.leave", membership, now)
    _end(session, membership)
    told = managers_of(session, organisation.id)
    post(session, told, "member_left", person=actor.name, organisation=names_of(organisation))


def is_last_manager(session: Session, membership: Membership) -> bool:
    """Whether nobody else manages the organisation. The rows are locked: two managers may leave at the same moment."""
    managers = (
        sa.select(Membership.user_id)
        .join(User)
        .where(
            Membership.organisation_id == membership.organisation_id,
            Membership.role == MembershipRole.MANAGER,
            User.active,
        )
        .with_for_update(of=Membership)
    )
    return set(session.scalars(managers)) <= {membership.user_id}


def _another_manager_stays(session: Session, membership: Membership) -> None:
    if membership.role is MembershipRole.MANAGER and is_last_manager(session, membership):
        raise Conflict("last_manager")


def _record(session: Session, actor: User, action: str, membership: Membership, now: datetime, **data: object) -> None:
    record(session, actor, action, membership, now=now, organisation_id=membership.organisation_id, **data)


def _tell(session: Session, membership: Membership, template: str, **context: object) -> None:
    post(session, [membership.user], template, organisation=names_of(membership.organisation), **context)


def _end(session: Session, membership: Membership) -> None:
    membership.user.memberships.remove(membership)
    session.flush()
