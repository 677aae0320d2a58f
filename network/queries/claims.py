"""Claims to unclaimed profiles: what a person has asked, and what a coordinator has to decide."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import Claim, Organisation, User
from models.errors import NotFound
from models.texts import Bilingual
from models.types import ClaimState, ProfileState, SourceRef
from network.queries.cards import OrganisationRef, organisation_ref
from network.queries.profiles import public_link

RECENT = 10


@dataclass(frozen=True)
class ClaimRow:
    """`answer` is the reason of a refusal."""

    id: int
    organisation: OrganisationRef
    person: str
    state: ClaimState
    created_at: datetime
    answer: str | None


@dataclass(frozen=True)
class ClaimDetail:
    """`website` and `sources` help to check; `others` are further open claims to the same profile."""

    row: ClaimRow
    reason: str
    email: str
    account_since: datetime
    own: bool
    decidable: bool
    website: str | None
    sources: tuple[SourceRef, ...]
    others: tuple[ClaimRow, ...]


@dataclass(frozen=True)
class Claimable:
    """An unclaimed profile, and since when the reader waits for an answer about it."""

    organisation: OrganisationRef
    summary: Bilingual
    asked_at: datetime | None


def _claims() -> sa.Select[Claim]:
    return sa.select(Claim).options(joinedload(Claim.organisation), joinedload(Claim.user))


def _row(claim: Claim) -> ClaimRow:
    organisation = organisation_ref(claim.organisation)
    return ClaimRow(claim.id, organisation, claim.user.name, claim.state, claim.created_at, claim.answer)


def waiting(session: Session, organisation_id: int | None = None) -> tuple[ClaimRow, ...]:
    """Open ones, to one organisation if it is named; the oldest first. One statement."""
    found = _claims().where(Claim.state == ClaimState.OPEN).order_by(Claim.created_at, Claim.id)
    if organisation_id is not None:
        found = found.where(Claim.organisation_id == organisation_id)
    return tuple(map(_row, session.scalars(found)))


def detail(session: Session, viewer: User, claim_id: int) -> ClaimDetail:
    """Two statements. Raises NotFound."""
    claim = session.scalar(_claims().where(Claim.id == claim_id))
    if claim is None:
        raise NotFound
    others = _claims().where(
        Claim.organisation_id == claim.organisation_id, Claim.state == ClaimState.OPEN, Claim.id != claim.id
    )
    own = claim.user_id == viewer.id
    unclaimed = claim.organisation.state is ProfileState.UNCLAIMED
    return ClaimDetail(
        _row(claim),
        claim.reason,
        claim.user.email,
        claim.user.created_at,
        own,
        claim.state is ClaimState.OPEN and unclaimed and not own,
        public_link(claim.organisation.website),
        tuple(claim.organisation.sources),
        tuple(map(_row, session.scalars(others.order_by(Claim.id)))),
    )


def own_claims(session: Session, viewer: User) -> tuple[ClaimRow, ...]:
    """What this person has asked, the latest first; what was taken back is left out. One statement."""
    found = _claims().where(Claim.user_id == viewer.id, Claim.state != ClaimState.WITHDRAWN)
    return tuple(map(_row, session.scalars(found.order_by(Claim.id.desc()).limit(RECENT))))


def asked_at(session: Session, viewer: User | None, organisation_id: int) -> datetime | None:
    """When this person asked to take the profile over, if the answer is still to come. At most one statement."""
    if viewer is None:
        return None
    found = sa.select(Claim.created_at).where(
        Claim.user_id == viewer.id, Claim.organisation_id == organisation_id, Claim.state == ClaimState.OPEN
    )
    return session.scalar(found)


def find_organisation(session: Session, slug: str) -> Organisation:
    """The organisation, unless it is suspended. Raises NotFound."""
    found = sa.select(Organisation).where(Organisation.slug == slug, Organisation.state != ProfileState.SUSPENDED)
    organisation = session.scalar(found)
    if organisation is None:
        raise NotFound
    return organisation


def claimable(session: Session, viewer: User, organisation: Organisation) -> Claimable:
    """At most one statement."""
    asked = asked_at(session, viewer, organisation.id)
    return Claimable(organisation_ref(organisation), organisation.summary, asked)
