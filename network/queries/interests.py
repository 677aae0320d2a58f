"""Expressions of interest as the two sides see them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import ExpressionOfInterest, Membership, Need, Offer, Organisation, Technology, User
from models.errors import NotFound
from models.interests import OPEN_STATES
from models.texts import Bilingual
from models.types import DeclineReason, InterestState, MembershipRole, NeedState, SubjectKind
from network.queries import visible
from network.queries.cards import (
    NeedCard,
    OrganisationCard,
    OrganisationRef,
    need_card,
    organisation_card,
    organisation_ref,
)
from network.queries.paging import Page, paginate

WAITING = (InterestState.SENT, InterestState.EXPIRED)
TALKING = tuple(InterestState(state) for state in OPEN_STATES if state != InterestState.SENT)


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
    answered_at: datetime | None
    late: bool
    message: str
    answer: str | None
    subject_key: tuple[SubjectKind, int]

    @property
    def closed(self) -> bool:
        """It may be asked again."""
        return self.state.value not in OPEN_STATES and self.state is not InterestState.CONFIRMED

    @property
    def waits(self) -> bool:
        """For an answer of the asked side, in time or late."""
        return self.state in WAITING

    @property
    def waits_for_us(self) -> bool:
        return self.incoming and self.waits

    @property
    def agreed_to_talk(self) -> bool:
        """The asked side has said yes: from then on the two sides know whom to write to."""
        return self.state in TALKING or self.state is InterestState.CONFIRMED


@dataclass(frozen=True)
class Contact:
    name: str
    email: str


@dataclass(frozen=True)
class InterestDetail:
    """`other` is the other side as the directory shows it; `contacts` its people, once it has agreed to talk."""

    row: InterestRow
    other: OrganisationCard
    contacts: tuple[Contact, ...]
    need: NeedCard
    own_need: bool
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
    """`to_answer` and `asked` wait, the nearest deadline first; the others are answered, the latest first."""

    to_answer: tuple[InterestRow, ...]
    asked: tuple[InterestRow, ...]
    talking: tuple[InterestRow, ...]
    settled: Page[InterestRow]


def interest_row(interest: ExpressionOfInterest, own_id: int, now: datetime) -> InterestRow:
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
        interest.answered_at,
        interest.state in WAITING and interest.reply_by <= now,
        interest.message,
        interest.reply,
        _subject_key(interest),
    )


def _subject_key(interest: ExpressionOfInterest) -> tuple[SubjectKind, int]:
    """What was asked about, as suggestions name it; the whole organisation when no entry was named."""
    if interest.offer_id is not None:
        return SubjectKind.OFFER, interest.offer_id
    if interest.technology_id is not None:
        return SubjectKind.TECHNOLOGY, interest.technology_id
    owner, asking, asked = interest.need.organisation_id, interest.from_organisation_id, interest.to_organisation_id
    return SubjectKind.ORGANISATION, asked if asking == owner else asking


def sent(organisation_id: int) -> sa.Select[ExpressionOfInterest]:
    """Every question of which the organisation is one of the two sides, with what a row names."""
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
    return sa.select(ExpressionOfInterest).where(ours, ExpressionOfInterest.sent_at.is_not(None)).options(*loads)


def waiting(session: Session, organisation_id: int, *, now: datetime) -> tuple[InterestRow, ...]:
    """What waits for an answer of either side, the nearest deadline first. One statement."""
    found = sent(organisation_id).where(ExpressionOfInterest.state.in_(WAITING))
    ordered = found.order_by(ExpressionOfInterest.reply_by, ExpressionOfInterest.id)
    return tuple(interest_row(interest, organisation_id, now) for interest in session.scalars(ordered))


def about(session: Session, organisation_id: int, need_id: int, *, now: datetime) -> tuple[InterestRow, ...]:
    """Everything asked about one need, the latest first. One statement."""
    found = sent(organisation_id).where(ExpressionOfInterest.need_id == need_id)
    ordered = found.order_by(ExpressionOfInterest.sent_at.desc(), ExpressionOfInterest.id.desc())
    return tuple(interest_row(interest, organisation_id, now) for interest in session.scalars(ordered))


def lists(session: Session, organisation_id: int, number: int = 1, *, now: datetime) -> Lists:
    """Four statements; `number` is the page of what is settled."""
    open_ = waiting(session, organisation_id, now=now)
    latest = sa.func.coalesce(ExpressionOfInterest.answered_at, ExpressionOfInterest.sent_at).desc()
    answered = sent(organisation_id).order_by(latest, ExpressionOfInterest.id.desc())
    talking = session.scalars(answered.where(ExpressionOfInterest.state.in_(TALKING)))
    settled = answered.where(ExpressionOfInterest.state.not_in((*WAITING, *TALKING)))
    return Lists(
        tuple(row for row in open_ if row.incoming),
        tuple(row for row in open_ if not row.incoming),
        tuple(interest_row(interest, organisation_id, now) for interest in talking),
        paginate(session, settled, number, lambda interest: interest_row(interest, organisation_id, now)),
    )


def find(session: Session, organisation_id: int, interest_id: int) -> ExpressionOfInterest:
    """The question, if the organisation is one of its two sides. Raises NotFound otherwise."""
    interest = session.scalar(sent(organisation_id).where(ExpressionOfInterest.id == interest_id))
    if interest is None:
        raise NotFound
    return interest


def detail(session: Session, organisation_id: int, interest_id: int, *, now: datetime) -> InterestDetail:
    """At most ten statements. Raises NotFound for all but the two sides."""
    interest = find(session, organisation_id, interest_id)
    row = interest_row(interest, organisation_id, now)
    other = interest.from_organisation if row.incoming else interest.to_organisation
    person = interest.author if row.incoming else interest.answered_by
    return InterestDetail(
        row,
        organisation_card(other),
        _contacts(session, other, person) if row.agreed_to_talk else (),
        need_card(interest.need),
        interest.need.organisation_id == organisation_id,
        interest.message,
        interest.reply,
        interest.decline_reason,
        interest.answered_at,
        interest.reminded_at,
        interest.escalated_at,
        interest.author.name if interest.author else None,
        interest.answered_by.name if interest.answered_by else None,
    )


def _contacts(session: Session, other: Organisation, person: User | None) -> tuple[Contact, ...]:
    """The person who wrote for the other side; if that account is gone, the managers of the organisation."""
    if person is not None and person.active:
        return (Contact(person.name, person.email),)
    managers = (
        sa.select(User)
        .join(Membership)
        .where(Membership.organisation_id == other.id, Membership.role == MembershipRole.MANAGER, User.active)
        .order_by(User.name)
    )
    return tuple(Contact(user.name, user.email) for user in session.scalars(managers))


@dataclass(frozen=True)
class Question:
    """What is about to be asked. `needs` are those to choose from, when none is named in the address.

    `open_id` is the same question, if it is still open: it cannot be asked twice.
    """

    needs: tuple[NeedCard, ...]
    own_need: bool
    other: OrganisationCard
    offer_id: int | None
    technology_id: int | None
    subject: Bilingual | None
    days: int
    open_id: int | None


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
    open_id = _open(session, need_id, own.id, other.id, offer_id, technology_id) if need_id else None
    own_need = all(need.organisation_id == own.id for need in needs)
    return Question(cards, own_need, organisation_card(other), offer_id, technology_id, title, days, open_id)


def _open(
    session: Session, need_id: int, from_id: int, to_id: int, offer: int | None, technology: int | None
) -> int | None:
    found = sa.select(ExpressionOfInterest.id).where(
        ExpressionOfInterest.need_id == need_id,
        ExpressionOfInterest.from_organisation_id == from_id,
        ExpressionOfInterest.to_organisation_id == to_id,
        ExpressionOfInterest.offer_id.is_not_distinct_from(offer),
        ExpressionOfInterest.technology_id.is_not_distinct_from(technology),
        ExpressionOfInterest.state.in_(OPEN_STATES),
    )
    return session.scalar(found.limit(1))


def _needs(session: Session, viewer: User, own: Organisation, need_id: int | None) -> list[Need]:
    loads = (joinedload(Need.organisation), selectinload(Need.fields), selectinload(Need.wanted))
    statement = sa.select(Need).options(*loads).order_by(Need.id)
    if need_id:
        statement = statement.where(Need.id == need_id, visible.entry(Need, viewer))
    else:
        published = Need.state.in_((NeedState.PUBLISHED, NeedState.MATCHED))
        statement = statement.where(Need.organisation_id == own.id, published)
    return list(session.scalars(statement))
