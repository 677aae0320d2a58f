"""Expressions of interest as the two sides see them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import ExpressionOfInterest, Need, Offer, Organisation, Technology, User
from models.errors import NotFound
from models.texts import Bilingual
from models.types import DeclineReason, InterestState, NeedState
from network.queries import visible
from network.queries.cards import NeedCard, OrganisationRef, need_card, organisation_ref


@dataclass(frozen=True)
class InterestRow:
    """One question between two organisations, seen from one of them: `incoming` if the other one asks."""

    id: int
    incoming: bool
    other: OrganisationRef
    need: Bilingual
    subject: Bilingual | None
    state: InterestState
    sent_at: datetime
    reply_by: datetime
    late: bool

    @property
    def waits_for_us(self) -> bool:
        return self.incoming and self.state in (InterestState.SENT, InterestState.EXPIRED)


@dataclass(frozen=True)
class InterestDetail:
    row: InterestRow
    need: NeedCard
    message: str
    reply: str | None
    decline_reason: DeclineReason | None
    answered_at: datetime | None
    reminded_at: datetime | None
    escalated_at: datetime | None
    author: str | None
    answered_by: str | None


@dataclass(frozen=True)
class Lists:
    """`to_answer` and `asked` are open, by their deadline; `settled` the latest first."""

    to_answer: tuple[InterestRow, ...]
    asked: tuple[InterestRow, ...]
    settled: tuple[InterestRow, ...]


def _row(interest: ExpressionOfInterest, own_id: int, now: datetime) -> InterestRow:
    incoming = interest.to_organisation_id == own_id
    other = interest.from_organisation if incoming else interest.to_organisation
    subject = interest.offer or interest.technology
    assert interest.sent_at is not None
    assert interest.reply_by is not None
    return InterestRow(
        interest.id,
        incoming,
        organisation_ref(other),
        interest.need.title,
        subject.title if subject else None,
        interest.state,
        interest.sent_at,
        interest.reply_by,
        interest.state is InterestState.SENT and interest.reply_by <= now,
    )


def _sent(organisation_id: int) -> sa.Select[ExpressionOfInterest]:
    loads = (
        joinedload(ExpressionOfInterest.need),
        joinedload(ExpressionOfInterest.from_organisation),
        joinedload(ExpressionOfInterest.to_organisation),
        joinedload(ExpressionOfInterest.offer),
        joinedload(ExpressionOfInterest.technology),
    )
    ours = sa.or_(
        ExpressionOfInterest.from_organisation_id == organisation_id,
        ExpressionOfInterest.to_organisation_id == organisation_id,
    )
    sent = ExpressionOfInterest.sent_at.is_not(None)
    return sa.select(ExpressionOfInterest).where(ours, sent).options(*loads)


def lists(session: Session, organisation_id: int, *, now: datetime) -> Lists:
    """One statement."""
    found = session.scalars(_sent(organisation_id).order_by(ExpressionOfInterest.reply_by, ExpressionOfInterest.id))
    rows = [_row(interest, organisation_id, now) for interest in found]
    open_ = [row for row in rows if row.state is InterestState.SENT]
    return Lists(
        tuple(row for row in open_ if row.incoming),
        tuple(row for row in open_ if not row.incoming),
        tuple(sorted((row for row in rows if row not in open_), key=lambda row: row.sent_at, reverse=True)),
    )


def find(session: Session, organisation_id: int, interest_id: int) -> ExpressionOfInterest:
    """The question, if the organisation is one of its two sides. Raises NotFound otherwise."""
    interest = session.scalar(_sent(organisation_id).where(ExpressionOfInterest.id == interest_id))
    if interest is None:
        raise NotFound
    return interest


def detail(session: Session, organisation_id: int, interest_id: int, *, now: datetime) -> InterestDetail:
    """At most eight statements. Raises NotFound for all but the two sides."""
    interest = find(session, organisation_id, interest_id)
    return InterestDetail(
        _row(interest, organisation_id, now),
        need_card(interest.need),
        interest.message,
        interest.reply,
        interest.decline_reason,
        interest.answered_at,
        interest.reminded_at,
        interest.escalated_at,
        interest.author.name if interest.author else None,
        interest.answered_by.name if interest.answered_by else None,
    )


@dataclass(frozen=True)
class Question:
    """What is about to be asked. `needs` are those to choose from, when none is named in the address."""

    needs: tuple[NeedCard, ...]
    other: OrganisationRef
    offer_id: int | None
    technology_id: int | None
    subject: Bilingual | None
    days: int


def question(
    session: Session,
    viewer: User,
    own: Organisation,
    *,
    need_id: int | None,
    offer_id: int | None,
    technology_id: int | None,
    slug: str | None,
    reply_days: int,
) -> Question:
    """Whom `own` would ask about what. Raises NotFound for an entry that the viewer may not see."""
    subject: Offer | Technology | None = None
    if offer_id:
        subject = session.scalar(sa.select(Offer).where(Offer.id == offer_id, visible.entry(Offer, viewer)))
    elif technology_id:
        found = sa.select(Technology).where(Technology.id == technology_id, visible.entry(Technology, viewer))
        subject = session.scalar(found)
    needs = _needs(session, viewer, own, need_id)
    if ((offer_id or technology_id) and subject is None) or (need_id and not needs):
        raise NotFound
    other: Organisation | None = subject.organisation if subject else None
    if slug:
        other = session.scalar(sa.select(Organisation).where(Organisation.slug == slug, visible.organisations(viewer)))
    if needs and need_id and needs[0].organisation_id != own.id:
        other = needs[0].organisation
    if other is None:
        raise NotFound
    promised = getattr(other, "reply_days", None)
    cards = tuple(need_card(need) for need in needs)
    days = min(reply_days, promised or reply_days)
    title = subject.title if subject else None
    return Question(cards, organisation_ref(other), offer_id, technology_id, title, days)


def _needs(session: Session, viewer: User, own: Organisation, need_id: int | None) -> list[Need]:
    loads = (joinedload(Need.organisation), selectinload(Need.fields), selectinload(Need.wanted))
    statement = sa.select(Need).options(*loads).order_by(Need.id)
    if need_id:
        statement = statement.where(Need.id == need_id, visible.entry(Need, viewer))
    else:
        published = Need.state.in_((NeedState.PUBLISHED, NeedState.MATCHED))
        statement = statement.where(Need.organisation_id == own.id, published)
    return list(session.scalars(statement))
