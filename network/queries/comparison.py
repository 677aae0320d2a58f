"""Up to four supplies side by side for one need: what each says of itself, how it fits, and how it has answered.

Only what the reader may read is compared. What an entry does not say is None, never guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matching.questions import Suggestions
from models import ExpressionOfInterest, Need, Offer, Organisation, Outcome, Technology, User
from models.errors import NotFound
from models.organisations import Centre
from models.outcomes import counted
from models.types import Stage, SubjectKind
from network.queries.activity import Answering, answering
from network.queries.cards import FieldName, NeedCard, field_names, need_card
from network.queries.directory import EVERY_KIND
from network.queries.needs import LOADED
from network.queries.own_needs import Decision, Key, decisions_of, question
from network.queries.suggestions import SuggestionCard, suggestion_cards

if TYPE_CHECKING:
    from matching.engine import Engine

MOST = 4
LEAST = 2
Entry = Offer | Technology | Organisation


@dataclass(frozen=True)
class Facts:
    """`stages` and `languages` are empty where everything goes or nothing is said. `trl` is a lowest and a highest."""

    fields: tuple[FieldName, ...]
    stages: tuple[Stage, ...] = ()
    trl: tuple[int, int] | None = None
    district: str | None = None
    languages: tuple[str, ...] = ()
    capacity: int | None = None


@dataclass(frozen=True)
class Column:
    """`promised_days` is what a centre promises, `answers` how it has answered, `outcomes` those confirmed with it."""

    card: SuggestionCard
    decision: Decision | None
    facts: Facts
    promised_days: int | None
    answers: Answering
    outcomes: int

    @property
    def value(self) -> str:
        return f"{self.card.subject.value}-{self.card.subject_id}"


@dataclass(frozen=True)
class Comparison:
    need: NeedCard
    columns: tuple[Column, ...]
    threshold: float
    left_out: int
    """How many more were chosen than are compared, or cannot be."""


def comparison(
    session: Session,
    engine: "Engine",
    viewer: User,
    organisation_id: int,
    need_id: int,
    chosen: Sequence[Key],
    *,
    on: date,
) -> Comparison:
    """In the order in which they were chosen. Raises NotFound for a need of another organisation.

    The number of statements depends on how many are compared, at most MOST, and on nothing else.
    """
    found = sa.select(Need).where(Need.id == need_id, Need.organisation_id == organisation_id).options(*LOADED)
    need = session.scalar(found)
    if need is None:
        raise NotFound
    wanted = list(dict.fromkeys(chosen))
    asked = question(need, viewer, on=on)
    compared = [engine.compare(session, asked, *key) for key in wanted[:MOST]]
    threshold = engine.policy(session).threshold
    items = tuple(item for item in compared if item is not None)
    cards = suggestion_cards(session, Suggestions(items, threshold, ""), viewer)
    entries = _entries(session, cards)
    owners = _owners(session, {_owner_id(entry) for entry in entries.values()})
    outcomes = _outcomes(session, list(owners))
    decisions = decisions_of(session, need_id)
    columns = []
    for card in cards:
        entry = entries[card.subject, card.subject_id]
        owner = owners[_owner_id(entry)]
        columns.append(
            Column(
                card,
                decisions.get((card.subject, card.subject_id)),
                _facts(entry, owner),
                owner.reply_days if isinstance(owner, Centre) else None,
                answering(session, owner.id),
                outcomes.get(owner.id, 0),
            )
        )
    return Comparison(need_card(need), tuple(columns), threshold, len(wanted) - len(columns))


def _entries(session: Session, cards: Sequence[SuggestionCard]) -> dict[Key, Entry]:
    found: dict[Key, Entry] = {}
    entities: tuple[tuple[SubjectKind, Any], ...] = (
        (SubjectKind.OFFER, Offer),
        (SubjectKind.TECHNOLOGY, Technology),
        (SubjectKind.ORGANISATION, EVERY_KIND),
    )
    for kind, entity in entities:
        ids = [card.subject_id for card in cards if card.subject is kind]
        if ids:
            loaded = sa.select(entity).where(entity.id.in_(ids)).options(selectinload(entity.fields))
            found |= {(kind, entry.id): entry for entry in session.scalars(loaded)}
    return found


def _owner_id(entry: Entry) -> int:
    return entry.id if isinstance(entry, Organisation) else entry.organisation_id


def _owners(session: Session, ids: set[int]) -> dict[int, Organisation]:
    return {o.id: o for o in session.scalars(sa.select(EVERY_KIND).where(EVERY_KIND.id.in_(ids)))}


def _outcomes(session: Session, ids: list[int]) -> Mapping[int, int]:
    """How many confirmed outcomes each of these organisations has part in."""
    asked = ExpressionOfInterest
    total: dict[int, int] = {}
    for side in (asked.from_organisation_id, asked.to_organisation_id):
        found = (
            sa.select(side, sa.func.count(Outcome.id))
            .join(Outcome, Outcome.interest_id == asked.id)
            .where(side.in_(ids), counted())
            .group_by(side)
        )
        for organisation_id, number in session.execute(found):
            total[organisation_id] = total.get(organisation_id, 0) + number
    return total


def _facts(entry: Entry, owner: Organisation) -> Facts:
    fields = field_names(entry.fields)
    if isinstance(entry, Offer):
        bounds = (entry.trl_min or 1, entry.trl_max or 9) if entry.trl_min or entry.trl_max else None
        stages = tuple(Stage(stage) for stage in entry.stages)
        place = entry.district or owner.district
        return Facts(fields, stages, bounds, place, tuple(entry.languages), entry.capacity)
    if isinstance(entry, Technology):
        return Facts(fields, trl=(entry.trl, entry.trl) if entry.trl else None, district=owner.district)
    return Facts(fields, district=owner.district, capacity=owner.capacity if isinstance(owner, Centre) else None)
