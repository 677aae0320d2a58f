"""What every page of an organisation's workspace shows above its own content."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Commitment, ExpressionOfInterest, Match, Membership, Need, Organisation, Outcome
from models.commitments import CommitmentState
from models.outcomes import OutcomeState
from models.texts import Bilingual
from models.types import (
    InterestState,
    MatchSide,
    MatchState,
    MembershipRole,
    OrganisationKind,
    ProfileState,
    Provenance,
)
from network.queries import visible


@dataclass(frozen=True)
class WorkspaceHead:
    """`waiting_interests` are those that this side has to answer, `new_matches` needs suggested and not looked at,
    `waiting_outcomes` those that it should confirm, `waiting_commitments` those that a centre should answer."""

    slug: str
    name: Bilingual
    kind: OrganisationKind
    state: ProfileState
    waiting_interests: int
    new_matches: int
    is_manager: bool
    illustrative: bool
    waiting_outcomes: int = 0
    reviews_only: bool = False
    waiting_commitments: int = 0


def head(session: Session, organisation: Organisation, membership: Membership) -> WorkspaceHead:
    """One statement."""
    waiting = sa.select(sa.func.count(ExpressionOfInterest.id)).where(
        ExpressionOfInterest.to_organisation_id == organisation.id, ExpressionOfInterest.state == InterestState.SENT
    )
    new = (
        sa.select(sa.func.count(Match.id))
        .join(Match.need)
        .where(
            Match.organisation_id == organisation.id,
            Match.side == MatchSide.SUPPLIER,
            Match.state == MatchState.SUGGESTED,
            visible.entries(Need, membership.user),
        )
    )
    outcomes = sa.select(sa.func.count(Outcome.id)).where(
        Outcome.state == OutcomeState.PROPOSED,
        Outcome.organisation_id != organisation.id,
        Outcome.interest.has(
            sa.or_(
                ExpressionOfInterest.from_organisation_id == organisation.id,
                ExpressionOfInterest.to_organisation_id == organisation.id,
            )
        ),
    )
    commitments = sa.select(sa.func.count(Commitment.id)).where(
        Commitment.centre_id == organisation.id, Commitment.state == CommitmentState.ASKED
    )
    numbers = (query.scalar_subquery() for query in (waiting, new, outcomes, commitments))
    waiting_interests, new_matches, waiting_outcomes, waiting_commitments = session.execute(sa.select(*numbers)).one()
    return WorkspaceHead(
        organisation.slug,
        organisation.name,
        organisation.kind,
        organisation.state,
        waiting_interests,
        new_matches,
        membership.role is MembershipRole.MANAGER,
        organisation.provenance is Provenance.ILLUSTRATIVE,
        waiting_outcomes,
        membership.role is MembershipRole.REVIEWER,
        waiting_commitments,
    )
