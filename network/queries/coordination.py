"""What waits for the coordinator: profiles to hand over and to verify, late questions, needs nobody has answered,
outcomes that are late or disputed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import AuditEvent, ExpressionOfInterest, Need, Organisation, User
from models.errors import NotFound
from models.texts import Bilingual
from models.types import InterestState, NeedState, ProfileState
from network.queries import visible
from network.queries.cards import OrganisationRef, organisation_ref
from network.queries.claims import ClaimRow
from network.queries.claims import waiting as waiting_claims
from network.queries.facets import has_words
from network.queries.outcomes import BoardRow, unsettled
from network.queries.paging import Page, paginate

UNANSWERED_DAYS = 30
SOON_DAYS = 3


@dataclass(frozen=True)
class Waiting:
    """A question that somebody should answer."""

    id: int
    asking: OrganisationRef
    answering: OrganisationRef
    need: Bilingual
    reply_by: datetime
    reminded_at: datetime | None
    escalated_at: datetime | None


@dataclass(frozen=True)
class ProfileRow:
    organisation: OrganisationRef
    state: ProfileState
    created_at: datetime


@dataclass(frozen=True)
class UnansweredNeed:
    id: int
    title: Bilingual
    organisation: OrganisationRef
    published_at: datetime


@dataclass(frozen=True)
class Desk:
    claims: tuple[ClaimRow, ...]
    to_verify: tuple[ProfileRow, ...]
    late: tuple[Waiting, ...]
    soon: tuple[Waiting, ...]
    unanswered: tuple[UnansweredNeed, ...]
    outcomes: tuple[BoardRow, ...]


@dataclass(frozen=True)
class AuditRow:
    at: datetime
    actor: str | None
    action: str
    reason: str | None


@dataclass(frozen=True)
class ProfileDetail:
    """`waiting` are the questions that this organisation should answer, the latest first in line."""

    row: ProfileRow
    summary: Bilingual
    website: str | None
    address: str | None
    waiting: tuple[Waiting, ...]
    events: tuple[AuditRow, ...]


def desk(session: Session, *, now: datetime) -> Desk:
    """Five statements."""
    claimed = (
        sa.select(Organisation).where(Organisation.state == ProfileState.CLAIMED).order_by(Organisation.created_at)
    )
    waiting = _waiting(session, ExpressionOfInterest.reply_by <= now + timedelta(days=SOON_DAYS))
    return Desk(
        waiting_claims(session),
        tuple(map(_profile, session.scalars(claimed))),
        tuple(row for row in waiting if row.reply_by <= now),
        tuple(row for row in waiting if row.reply_by > now),
        _unanswered(session, now - timedelta(days=UNANSWERED_DAYS)),
        unsettled(session, now=now),
    )


def _waiting(session: Session, *conditions: visible.Condition) -> list[Waiting]:
    statement = (
        sa.select(ExpressionOfInterest)
        .where(ExpressionOfInterest.state == InterestState.SENT, *conditions)
        .options(
            joinedload(ExpressionOfInterest.need),
            joinedload(ExpressionOfInterest.from_organisation),
            joinedload(ExpressionOfInterest.to_organisation),
        )
        .order_by(ExpressionOfInterest.reply_by)
    )
    return [
        Waiting(
            e.id,
            organisation_ref(e.from_organisation),
            organisation_ref(e.to_organisation),
            e.need.title,
            e.reply_by,
            e.reminded_at,
            e.escalated_at,
        )
        for e in session.scalars(statement)
        if e.reply_by
    ]


def _unanswered(session: Session, before: datetime) -> tuple[UnansweredNeed, ...]:
    asked = sa.select(ExpressionOfInterest.id).where(ExpressionOfInterest.need_id == Need.id)
    statement = (
        sa.select(Need)
        .where(Need.state == NeedState.PUBLISHED, Need.published_at <= before, ~asked.exists())
        .options(joinedload(Need.organisation))
        .order_by(Need.published_at)
        .limit(50)
    )
    return tuple(
        UnansweredNeed(n.id, n.title, organisation_ref(n.organisation), n.published_at)
        for n in session.scalars(statement)
        if n.published_at
    )


def _profile(organisation: Organisation) -> ProfileRow:
    return ProfileRow(organisation_ref(organisation), organisation.state, organisation.created_at)


def profiles(session: Session, state: ProfileState | None, words: str, number: int) -> Page[ProfileRow]:
    """Two statements."""
    statement = sa.select(Organisation).order_by(Organisation.folded, Organisation.id)
    if state:
        statement = statement.where(Organisation.state == state)
    if (condition := has_words(Organisation.folded, words)) is not None:
        statement = statement.where(condition)
    return paginate(session, statement, number, _profile)


def find(session: Session, slug: str) -> Organisation:
    organisation = session.scalar(sa.select(Organisation).where(Organisation.slug == slug))
    if organisation is None:
        raise NotFound
    return organisation


def profile(session: Session, slug: str) -> ProfileDetail:
    """Three statements. Raises NotFound."""
    organisation = find(session, slug)
    waiting = _waiting(session, ExpressionOfInterest.to_organisation_id == organisation.id)
    events = (
        sa.select(AuditEvent, User.name)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(AuditEvent.organisation_id == organisation.id)
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
        .limit(100)
    )
    rows = tuple(AuditRow(e.at, name, e.action, e.data.get("reason")) for e, name in session.execute(events))
    return ProfileDetail(
        _profile(organisation), organisation.summary, organisation.website, organisation.address, tuple(waiting), rows
    )
