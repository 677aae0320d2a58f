"""Every public entry for search engines: which there are, and when each was changed. Nothing that needs an account."""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ActionProgramme, Challenge, Event, Need, Offer, Organisation, Programme, Technology
from models.types import ChallengeState, EventState
from network.queries import visible

PAGE_SIZE = 5000
"""Entries on one map. Each has an address in both languages, far below the 50,000 that a map may hold."""


class Part(enum.StrEnum):
    ORGANISATIONS = "organisations"
    NEEDS = "needs"
    OFFERS = "offers"
    TECHNOLOGIES = "technologies"
    PROGRAMMES = "programmes"
    CHALLENGES = "challenges"
    EVENTS = "events"
    ACTIONS = "action-programmes"


@dataclass(frozen=True)
class Place:
    """`key` is what the address of the entry names it by."""

    key: str | int
    changed_at: datetime


def _source(part: Part) -> tuple[Any, Any, Any]:
    """Entity, the column its address names, and what a stranger may read of it."""
    match part:
        case Part.ORGANISATIONS:
            return Organisation, Organisation.slug, visible.organisations(None)
        case Part.PROGRAMMES:
            return Programme, Programme.id, visible.programmes(None)
        case Part.CHALLENGES:
            shown = Challenge.organisation.has(visible.organisations(None))
            return Challenge, Challenge.id, sa.and_(Challenge.state != ChallengeState.DRAFT, shown)
        case Part.EVENTS:
            shown = Event.organisation.has(visible.organisations(None))
            return Event, Event.id, sa.and_(Event.state != EventState.DRAFT, shown)
        case Part.ACTIONS:
            return ActionProgramme, ActionProgramme.id, sa.true()
        case _:
            entity: Any = {Part.NEEDS: Need, Part.OFFERS: Offer, Part.TECHNOLOGIES: Technology}[part]
            return entity, entity.id, visible.entries(entity, None)


def pages(session: Session) -> dict[Part, int]:
    """How many maps each part fills; none for a part without entries. One statement."""
    counts = []
    for part in Part:
        entity, _, condition = _source(part)
        counts.append(sa.select(sa.func.count()).select_from(entity).where(condition).scalar_subquery())
    numbers = session.execute(sa.select(*counts)).one()
    return {part: -(-n // PAGE_SIZE) for part, n in zip(Part, numbers, strict=True)}


def places(session: Session, part: Part, number: int) -> tuple[Place, ...]:
    """One map of a part, counted from 1. One statement."""
    entity, key, condition = _source(part)
    found = sa.select(key, entity.updated_at).select_from(entity).where(condition).order_by(entity.id)
    rows = session.execute(found.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return tuple(Place(*row) for row in rows)
