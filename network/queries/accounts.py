"""The organisations a person belongs to, for the page of their account."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from models import Membership, Organisation, User
from models.types import MembershipRole, ProfileState
from network.queries.cards import OrganisationRef, organisation_ref


@dataclass(frozen=True)
class MembershipRow:
    organisation: OrganisationRef
    role: MembershipRole
    state: ProfileState


def memberships_of(session: Session, user: User) -> tuple[MembershipRow, ...]:
    """One statement."""
    statement = (
        sa.select(Membership)
        .join(Membership.organisation)
        .where(Membership.user_id == user.id)
        .order_by(Organisation.id)
        .options(contains_eager(Membership.organisation))
    )
    return tuple(
        MembershipRow(organisation_ref(m.organisation), m.role, m.organisation.state)
        for m in session.scalars(statement)
    )
