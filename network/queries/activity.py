"""What is going on: events to come and open challenges, of everybody or of one organisation; and how an organisation
answers and exhibits."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Challenge, Event, Exhibit, ExpressionOfInterest, Registration, Stand, Technology, User
from models.texts import Bilingual
from models.types import ChallengeState, EventState, InterestState, RegistrationState
from network.queries import visible
from network.queries.cards import OrganisationRef, organisation_ref
from network.queries.challenges import ChallengeCard, challenge_card
from network.queries.events import EventCard, event_card

LATEST_ANSWERS = 50
ENOUGH = 3
"""Fewer answers or talks than this are not told: one could be traced to somebody."""

TALKING = frozenset(
    {InterestState.ACCEPTED, InterestState.IN_DISCUSSION, InterestState.AGREED, InterestState.OUTCOME_PROPOSED}
)


@dataclass(frozen=True)
class Answering:
    """How soon an organisation has answered: the median of its last answers in days, and how many they are. `talks` are
    those it has under way. Each is None where there are too few to tell."""

    median_days: float | None
    answers: int
    talks: int | None


@dataclass(frozen=True)
class StandRef:
    """A stand of the exhibition. `own` when it is that of the organisation itself, not only shows something of it."""

    number: int
    theme: Bilingual
    centre: OrganisationRef
    own: bool


@dataclass(frozen=True)
class Activity:
    answering: Answering
    events: tuple[EventCard, ...]
    challenges: tuple[ChallengeCard, ...]
    stands: tuple[StandRef, ...]


def activity(session: Session, viewer: User | None, organisation_id: int, *, today: date, now: datetime) -> Activity:
    """Five statements, however much there is."""
    return Activity(
        answering(session, organisation_id),
        upcoming_events(session, viewer, now, organisation_id=organisation_id),
        open_challenges(session, viewer, today, organisation_id=organisation_id),
        _stands(session, viewer, organisation_id),
    )


def answering(session: Session, organisation_id: int) -> Answering:
    """One statement."""
    asked = ExpressionOfInterest
    found = session.execute(
        sa.select(asked.sent_at, asked.answered_at, asked.state)
        .where(asked.to_organisation_id == organisation_id, asked.answered_at.is_not(None))
        .order_by(asked.answered_at.desc())
        .limit(LATEST_ANSWERS)
    ).all()
    days = [(answered - sent).total_seconds() / 86400 for sent, answered, _ in found if sent and answered]
    talks = sum(state in TALKING for *_, state in found)
    return Answering(
        statistics.median(days) if len(days) >= ENOUGH else None, len(days), talks if talks >= ENOUGH else None
    )


def upcoming_events(
    session: Session, viewer: User | None, now: datetime, *, limit: int = 3, organisation_id: int | None = None
) -> tuple[EventCard, ...]:
    """What comes first, without what was called off. One statement."""
    found = (
        sa.select(Event)
        .where(visible.events(viewer), Event.state != EventState.CANCELLED, Event.ends_at > now)
        .options(joinedload(Event.organisation))
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
    )
    if organisation_id is not None:
        found = found.where(Event.organisation_id == organisation_id)
    return tuple(event_card(event, now) for event in session.scalars(found))


def free_places(session: Session, events: Iterable[EventCard]) -> dict[int, int]:
    """How many places are left at each of these events where places are counted. One statement."""
    taken = sa.func.count(sa.case((Registration.state == RegistrationState.REGISTERED, 1)))
    rows = session.execute(
        sa.select(Event.id, Event.capacity, taken)
        .outerjoin(Registration, Registration.event_id == Event.id)
        .where(Event.id.in_([event.id for event in events]), Event.capacity.is_not(None))
        .group_by(Event.id, Event.capacity)
    )
    return {number: max(0, (capacity or 0) - places) for number, capacity, places in rows}


def open_challenges(
    session: Session, viewer: User | None, today: date, *, limit: int = 3, organisation_id: int | None = None
) -> tuple[ChallengeCard, ...]:
    """Those that still take answers, what ends soonest first. Two statements."""
    found = (
        sa.select(Challenge)
        .where(visible.challenges(viewer), Challenge.state == ChallengeState.PUBLISHED, Challenge.answer_by >= today)
        .options(joinedload(Challenge.organisation), selectinload(Challenge.fields))
        .order_by(Challenge.answer_by, Challenge.id)
        .limit(limit)
    )
    if organisation_id is not None:
        found = found.where(Challenge.organisation_id == organisation_id)
    return tuple(challenge_card(challenge, today) for challenge in session.scalars(found))


def _stands(session: Session, viewer: User | None, organisation_id: int) -> tuple[StandRef, ...]:
    """Its own stand, and those that show its products or a technology of it. One statement."""
    technologies = sa.select(Technology.id).where(
        Technology.organisation_id == organisation_id, visible.entries(Technology, viewer)
    )
    shown = sa.select(Exhibit.stand_id).where(
        sa.or_(Exhibit.organisation_id == organisation_id, Exhibit.technology_id.in_(technologies))
    )
    found = (
        sa.select(Stand)
        .where(
            visible.stands(viewer),
            sa.or_(Stand.organisation_id == organisation_id, Stand.id.in_(shown)),
        )
        .options(joinedload(Stand.organisation))
        .order_by(Stand.number)
    )
    return tuple(
        StandRef(s.number, s.theme, organisation_ref(s.organisation), s.organisation_id == organisation_id)
        for s in session.scalars(found)
    )


def stands_of_technology(session: Session, viewer: User | None, technology_id: int) -> tuple[StandRef, ...]:
    """Where it is exhibited. One statement."""
    found = (
        sa.select(Stand)
        .where(
            visible.stands(viewer),
            Stand.id.in_(sa.select(Exhibit.stand_id).where(Exhibit.technology_id == technology_id)),
        )
        .options(joinedload(Stand.organisation))
        .order_by(Stand.number)
    )
    return tuple(StandRef(s.number, s.theme, organisation_ref(s.organisation), False) for s in session.scalars(found))
