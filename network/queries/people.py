"""The people of an organisation, and those who are invited, as its members see them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from models import Invitation, Membership, User
from models.types import InvitationState, MembershipRole


@dataclass(frozen=True)
class MemberRow:
    """`only_manager`: this person cannot leave or become a member before somebody else manages, too."""

    id: int
    name: str
    email: str
    role: MembershipRole
    since: datetime
    is_self: bool
    only_manager: bool


@dataclass(frozen=True)
class InvitationRow:
    id: int
    name: str
    email: str
    role: MembershipRole
    sent_at: datetime
    expires_at: datetime
    expired: bool
    invited_by: str | None


@dataclass(frozen=True)
class People:
    members: tuple[MemberRow, ...]
    invitations: tuple[InvitationRow, ...]

    def member(self, membership_id: int) -> MemberRow | None:
        return next((row for row in self.members if row.id == membership_id), None)

    def invitation(self, invitation_id: int) -> InvitationRow | None:
        return next((row for row in self.invitations if row.id == invitation_id), None)

    @property
    def myself(self) -> MemberRow | None:
        return next((row for row in self.members if row.is_self), None)

    @property
    def managed(self) -> bool:
        return any(row.role is MembershipRole.MANAGER for row in self.members)


def people(session: Session, viewer: User, organisation_id: int, *, now: datetime) -> People:
    """Managers first, then by name; invitations that wait, the latest first. Two statements."""
    members = session.scalars(
        sa.select(Membership)
        .join(Membership.user)
        .where(Membership.organisation_id == organisation_id, User.active)
        .order_by(sa.case((Membership.role == MembershipRole.MANAGER, 0), else_=1), User.name, User.id)
        .options(contains_eager(Membership.user))
    ).all()
    managers = [m.id for m in members if m.role is MembershipRole.MANAGER]
    waiting = session.scalars(
        sa.select(Invitation)
        .where(Invitation.organisation_id == organisation_id, Invitation.state == InvitationState.PENDING)
        .order_by(Invitation.sent_at.desc(), Invitation.id.desc())
        .options(joinedload(Invitation.invited_by))
    )
    return People(
        tuple(
            MemberRow(m.id, m.user.name, m.user.email, m.role, m.created_at, m.user_id == viewer.id, managers == [m.id])
            for m in members
        ),
        tuple(
            InvitationRow(
                i.id,
                i.name,
                i.email,
                i.role,
                i.sent_at,
                i.expires_at,
                i.expires_at <= now,
                i.invited_by.name if i.invited_by else None,
            )
            for i in waiting
        ),
    )
