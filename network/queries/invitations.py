"""An invitation as the invited person sees it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Invitation, User
from models.texts import Bilingual
from models.types import MembershipRole
from network.queries.cards import OrganisationRef, organisation_ref


@dataclass(frozen=True)
class InvitationView:
    """`known`: an account with the invited address exists. `mine`: the reader is signed in with it."""

    organisation: OrganisationRef
    summary: Bilingual
    name: str
    email: str
    role: MembershipRole
    invited_by: str | None
    expires_at: datetime
    known: bool
    mine: bool


def invitation_view(session: Session, viewer: User | None, invitation: Invitation) -> InvitationView:
    """At most three statements."""
    known = session.scalar(sa.select(User.id).where(User.email == invitation.email)) is not None
    return InvitationView(
        organisation_ref(invitation.organisation),
        invitation.organisation.summary,
        invitation.name,
        invitation.email,
        invitation.role,
        invitation.invited_by.name if invitation.invited_by else None,
        invitation.expires_at,
        known,
        viewer is not None and viewer.email == invitation.email,
    )
