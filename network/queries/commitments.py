"""Commitments of support, as their two sides read them."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import Centre, Commitment, Organisation, Startup
from models.commitments import CommitmentState
from models.errors import NotFound
from models.texts import Bilingual
from models.types import DeclineReason, InvestorType, Stage
from network.queries.cards import OrganisationRef, organisation_ref
from network.queries.paging import Page, paginate
from network.services.commitments import knowing


@dataclass(frozen=True)
class Side:
    """What the paper says about one of the two."""

    reference: OrganisationRef
    address: str | None
    website: str | None
    founded_year: int | None
    stage: Stage | None = None
    investor: InvestorType | None = None


@dataclass(frozen=True)
class CommitmentRow:
    id: int
    startup: Side
    centre: Side
    asks: str
    author: str | None
    state: CommitmentState
    asked_at: datetime
    reply_by: datetime
    late: bool
    commits: Bilingual
    starts_on: date | None
    ends_on: date | None
    decline_reason: DeclineReason | None
    note: str | None
    settled_at: datetime | None
    settled_by: str | None

    @property
    def illustrative(self) -> bool:
        return self.startup.reference.illustrative or self.centre.reference.illustrative


def commitments(session: Session, organisation_id: int, number: int, *, now: datetime) -> Page[CommitmentRow]:
    """Of either side: what waits first and is due first, then the latest. Two statements."""
    asked = Commitment.state == CommitmentState.ASKED
    found = _of(organisation_id).order_by(
        sa.case((asked, 0), else_=1),
        sa.case((asked, Commitment.reply_by), else_=None),
        Commitment.settled_at.desc(),
        Commitment.id.desc(),
    )
    return paginate(session, found, number, lambda row: _row(row, now))


def commitment(session: Session, organisation_id: int, commitment_id: int, *, now: datetime) -> CommitmentRow:
    """For one of its two sides; NotFound for everybody else. One statement."""
    found = session.scalar(_of(organisation_id).where(Commitment.id == commitment_id))
    if found is None:
        raise NotFound
    return _row(found, now)


def waiting(session: Session, centre_id: int, *, now: datetime) -> tuple[CommitmentRow, ...]:
    """What a centre has to answer, what is due first. One statement."""
    found = _of(centre_id).where(Commitment.centre_id == centre_id, Commitment.state == CommitmentState.ASKED)
    return tuple(_row(row, now) for row in session.scalars(found.order_by(Commitment.reply_by, Commitment.id)))


def centres_to_ask(session: Session, startup_id: int) -> list[tuple[int, Bilingual]]:
    """Centres that know the startup and have no request of it waiting. One statement."""
    waits = sa.select(Commitment.centre_id).where(
        Commitment.organisation_id == startup_id, Commitment.state == CommitmentState.ASKED
    )
    found = sa.select(Centre).where(Centre.id.in_(knowing(startup_id)), Centre.id.not_in(waits))
    return [(centre.id, centre.name) for centre in session.scalars(found.order_by(Centre.folded, Centre.id))]


def granted(session: Session, centre_id: int, when: sa.ColumnElement[bool]) -> int:
    """How many a centre granted at a time that fits `when`. One statement."""
    found = sa.select(sa.func.count(Commitment.id)).where(
        Commitment.centre_id == centre_id, Commitment.state == CommitmentState.GRANTED, when
    )
    return session.scalar(found) or 0


def _of(organisation_id: int) -> sa.Select[Commitment]:
    return (
        sa.select(Commitment)
        .where(sa.or_(Commitment.organisation_id == organisation_id, Commitment.centre_id == organisation_id))
        .options(
            joinedload(Commitment.organisation.of_type(Startup)),
            joinedload(Commitment.centre.of_type(Centre)),
            joinedload(Commitment.author),
            joinedload(Commitment.settled_by),
        )
    )


def _side(organisation: Organisation) -> Side:
    return Side(
        organisation_ref(organisation),
        organisation.address,
        organisation.website,
        organisation.founded_year,
        organisation.stage if isinstance(organisation, Startup) else None,
        organisation.investor_type if isinstance(organisation, Centre) else None,
    )


def _row(row: Commitment, now: datetime) -> CommitmentRow:
    return CommitmentRow(
        row.id,
        _side(row.organisation),
        _side(row.centre),
        row.asks,
        row.author.name if row.author else None,
        row.state,
        row.asked_at,
        row.reply_by,
        row.state is CommitmentState.ASKED and row.reply_by <= now,
        row.commits,
        row.starts_on,
        row.ends_on,
        row.decline_reason,
        row.note,
        row.settled_at,
        row.settled_by.name if row.settled_by else None,
    )
