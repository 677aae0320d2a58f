"""What waits for an organisation: the first page of its workspace. A fixed number of statements for each kind."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from matching.matches import SUPPLIERS
from models import Match, Need, Offer, Organisation, Technology, User
from models.texts import Bilingual
from models.types import MatchSide, MatchState, NeedState, OrganisationKind, SubjectKind, SupplyState
from network.queries import interests, visible
from network.queries.cards import NeedCard, need_card
from network.queries.interests import InterestRow
from network.queries.next_step import ASKING_KINDS
from network.queries.own_needs import KEPT, OwnNeed, own_needs
from network.queries.own_technologies import due

MOST = 5  # of each sort; the full lists are one link away


@dataclass(frozen=True)
class IncomingMatch:
    """A need that this organisation could serve; `title` names its offer or technology, empty for the whole profile."""

    need: NeedCard
    title: Bilingual
    score: float
    state: MatchState


@dataclass(frozen=True)
class Supply:
    """An own offer or technology, and how many needs it could serve."""

    subject: SubjectKind
    id: int
    title: Bilingual
    state: SupplyState
    needs: int


@dataclass(frozen=True)
class Overview:
    """A list is None where it does not belong to the kind of organisation. `due` technologies wait to be confirmed."""

    to_answer: tuple[InterestRow, ...]
    asked: tuple[InterestRow, ...]
    needs: tuple[OwnNeed, ...] | None
    matches: tuple[IncomingMatch, ...] | None
    technologies: tuple[Supply, ...] | None
    offers: tuple[Supply, ...] | None
    due: int = 0


def overview(session: Session, viewer: User, organisation: Organisation, *, now: datetime) -> Overview:
    """At most thirteen statements."""
    supplies = organisation.kind in SUPPLIERS
    institute = organisation.kind is OrganisationKind.INSTITUTE
    waiting = interests.waiting(session, organisation.id, now=now)
    return Overview(
        to_answer=tuple(row for row in waiting if row.incoming),
        asked=tuple(row for row in waiting if not row.incoming),
        needs=_open_needs(session, organisation) if organisation.kind in ASKING_KINDS else None,
        matches=_matches(session, viewer, organisation) if supplies else None,
        technologies=_supplies(session, viewer, organisation, Technology) if institute else None,
        offers=_supplies(session, viewer, organisation, Offer) if supplies else None,
        due=len(due(session, organisation.id, now=now)) if institute else 0,
    )


def _open_needs(session: Session, organisation: Organisation) -> tuple[OwnNeed, ...]:
    needs = own_needs(session, organisation.id)
    return tuple(row for row in needs if row.card.state is not NeedState.CLOSED)[:MOST]


def _matches(session: Session, viewer: User, organisation: Organisation) -> tuple[IncomingMatch, ...]:
    """New ones first, then the best; a need that several offers or technologies fit stands there once."""
    need = contains_eager(Match.need)
    found = (
        sa.select(Match)
        .join(Match.need)
        .where(
            Match.organisation_id == organisation.id,
            Match.side == MatchSide.SUPPLIER,
            Match.state.in_(KEPT),
            visible.entries(Need, viewer),
        )
        .options(
            need.joinedload(Need.organisation),
            need.selectinload(Need.fields),
            need.selectinload(Need.wanted),
            joinedload(Match.offer),
            joinedload(Match.technology),
        )
        .order_by(sa.case((Match.state == MatchState.SUGGESTED, 0), else_=1), Match.score.desc(), Match.id)
        .limit(MOST * MOST)
    )
    best: dict[int, Match] = {}
    for match in session.scalars(found):
        best.setdefault(match.need_id, match)
    return tuple(IncomingMatch(need_card(m.need), _subject(m), m.score, m.state) for m in list(best.values())[:MOST])


def _subject(match: Match) -> Bilingual:
    subject = match.offer or match.technology
    return subject.title if subject else Bilingual()


def _supplies(
    session: Session, viewer: User, organisation: Organisation, entity: type[Offer] | type[Technology]
) -> tuple[Supply, ...]:
    """What is published first, then by the number of needs it could serve."""
    column = Match.offer_id if entity is Offer else Match.technology_id
    serving = (
        sa.select(sa.func.count(Match.id))
        .join(Match.need)
        .where(
            column == entity.id,
            Match.side == MatchSide.SUPPLIER,
            Match.state.in_(KEPT),
            visible.entries(Need, viewer),
        )
        .scalar_subquery()
    )
    found = (
        sa.select(entity, serving)
        .where(entity.organisation_id == organisation.id, entity.state != SupplyState.WITHDRAWN)
        .order_by(sa.case((entity.state == SupplyState.PUBLISHED, 0), else_=1), serving.desc(), entity.id)
        .limit(MOST)
    )
    kind = SubjectKind.OFFER if entity is Offer else SubjectKind.TECHNOLOGY
    return tuple(Supply(kind, s.id, s.title, s.state, number) for s, number in session.execute(found))
