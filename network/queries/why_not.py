"""Why an entry that somebody expected is not among the suggestions: what it would score, and what it loses where.

An entry that the reader may not read does not exist here: neither its name is found, nor its score told.
"""

import enum
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matching.questions import Query, Reason, Suggestion
from models import Organisation, User
from models.errors import NotFound
from models.texts import Bilingual
from models.types import OfferKind, OrganisationKind, SubjectKind
from network.queries.cards import OrganisationRef, organisation_ref
from network.queries.highlighting import words_of
from network.queries.search import SOURCES
from network.queries.suggestions import CONDITIONS, ENTITIES, SuggestionCard, suggestion_cards

if TYPE_CHECKING:
    from matching.engine import Engine

NAMEABLE = (SubjectKind.ORGANISATION, SubjectKind.OFFER, SubjectKind.TECHNOLOGY)
MOST_NAMED = 6
"""Entries of each kind that a name may find."""

LOOKED_AT = 60
"""Places below which an entry is compared by itself."""

OF_THE_SAME = 4
LEAST_LOSS = 0.005
"""Half a point: what is less is not told."""

Key = tuple[SubjectKind, int]


class Standing(enum.StrEnum):
    """How an entry stands to what was shown."""

    SHOWN = "shown"
    BELOW = "below"
    """Its score is below the threshold, whether or not it is shown among the nearest."""
    BEHIND = "behind"
    """It fits, but enough others fit better."""
    CROWDED = "crowded"
    """It fits, but as many of the same owner stand before it as are shown."""
    SET_ASIDE = "set_aside"
    ASKS = "asks"
    """A startup: it looks for help itself."""
    OWN = "own"
    NOT_COMPARED = "not_compared"
    """New, and not in the index yet."""


@dataclass(frozen=True)
class Named:
    """An entry found by its name."""

    subject: SubjectKind
    subject_id: int
    kind: OfferKind | OrganisationKind | SubjectKind
    title: Bilingual
    owner: OrganisationRef | None

    @property
    def value(self) -> str:
        """As it stands in an address."""
        return f"{self.subject.value}-{self.subject_id}"


@dataclass(frozen=True)
class WhyNot:
    """The entry asked about. `card` is None when it cannot be compared at all.

    `place` counts from 1 among what was shown. `losses` are the reasons that took something away, the largest first.
    `best` is the first suggestion, unless that is the entry itself; `last_shown` the score of the last one shown.
    `others` are what else the same organisation has, nearest first.
    """

    named: Named
    standing: Standing
    threshold: float
    card: SuggestionCard | None = None
    place: int | None = None
    losses: tuple[Reason, ...] = ()
    best: SuggestionCard | None = None
    last_shown: float = 0.0
    others: tuple[SuggestionCard, ...] = ()
    degraded: bool = False

    @property
    def compared(self) -> tuple[tuple[str, float, float], ...]:
        """Factor by factor the shares of the entry and of the best suggestion, in the order of the latter."""
        if self.card is None or self.best is None:
            return ()
        own = {reason.factor: reason.weight for reason in self.card.reasons}
        best = {reason.factor: reason.weight for reason in self.best.reasons}
        return tuple((factor, own.get(factor, 0.0), best.get(factor, 0.0)) for factor in {**best, **own})


def named(session: Session, viewer: User | None, words: str) -> tuple[Named, ...]:
    """Organisations, offers and technologies whose texts have the words, as this reader may find them.

    Three statements; none without words.
    """
    wanted = words_of(words)
    if not wanted:
        return ()
    found = []
    for subject in NAMEABLE:
        statement = SOURCES[subject.value].statement(viewer, wanted).limit(MOST_NAMED)
        found += [_named(subject, entry) for entry in session.scalars(statement).unique()]
    return tuple(found)


def read_key(value: str) -> Key | None:
    """Kind and id out of an address, "offer-3"."""
    kind, _dash, number = value.partition("-")
    return (SubjectKind(kind), int(number)) if kind in NAMEABLE and number.isdecimal() and len(number) < 12 else None


def why_not(
    session: Session,
    engine: "Engine",
    viewer: User | None,
    query: Query,
    key: Key,
    *,
    limit: int,
    set_aside: Collection[Key] = (),
) -> WhyNot:
    """How one entry answers `query`, of which `limit` suggestions are shown. Raises NotFound for what is not readable.

    `set_aside` are those that the asker has decided not to see.
    """
    entry = _readable(session, viewer, key)
    found = engine.suggest(session, query, limit=LOOKED_AT + len(set_aside))
    open_items = [item for item in found.items if _key(item) not in set_aside]
    shown, about = open_items[:limit], _named(key[0], entry)
    item = next((item for item in found.items if _key(item) == key), None)
    item = item or engine.compare(session, query, *key)
    if item is None:
        return WhyNot(about, _outside(query, entry), found.threshold)
    place = next((n for n, each in enumerate(shown, 1) if _key(each) == key), None)
    if key in set_aside:
        standing = Standing.SET_ASIDE
    elif item.score < found.threshold:
        standing = Standing.BELOW
    elif place:
        standing = Standing.SHOWN
    else:
        full = len(shown) == limit and item.score <= shown[-1].score
        standing = Standing.BEHIND if full else Standing.CROWDED
    first = next((each for each in shown if _key(each) != key), None) if place != 1 else None
    cards = suggestion_cards(session, replace(found, items=(item, *((first,) if first else ()))), viewer)
    by_key = {(card.subject, card.subject_id): card for card in cards}
    card = by_key[key]
    return WhyNot(
        named=about,
        standing=standing,
        threshold=found.threshold,
        card=card,
        place=place,
        losses=tuple(sorted((r for r in card.reasons if r.lost >= LEAST_LOSS), key=lambda r: -r.lost)),
        best=by_key.get(_key(first)) if first else None,
        last_shown=shown[-1].score if shown else 0.0,
        others=_others(session, engine, viewer, query, key),
        degraded=found.degraded,
    )


def _readable(session: Session, viewer: User | None, key: Key) -> object:
    subject, subject_id = key
    entity = ENTITIES[subject]
    entry = session.scalar(sa.select(entity).where(entity.id == subject_id, CONDITIONS[subject](viewer)))
    if entry is None:
        raise NotFound
    return entry


def _named(subject: SubjectKind, entry: object) -> Named:
    if isinstance(entry, Organisation):
        return Named(subject, entry.id, entry.kind, entry.name, None)
    kind = entry.kind if subject is SubjectKind.OFFER else subject  # type: ignore[attr-defined]
    return Named(subject, entry.id, kind, entry.title, organisation_ref(entry.organisation))  # type: ignore[attr-defined]


def _outside(query: Query, entry: object) -> Standing:
    """Why the question does not admit it."""
    owner = entry if isinstance(entry, Organisation) else entry.organisation  # type: ignore[attr-defined]
    if query.exclude_organisation == owner.id:
        return Standing.OWN
    if query.organisation_kinds and owner.kind not in query.organisation_kinds:
        return Standing.ASKS
    return Standing.NOT_COMPARED


def _others(
    session: Session, engine: "Engine", viewer: User | None, query: Query, key: Key
) -> tuple[SuggestionCard, ...]:
    if key[0] is not SubjectKind.ORGANISATION:
        return ()
    found = engine.suggest(session, replace(query, organisation_id=key[1]), limit=OF_THE_SAME + 1, phrases=False)
    cards = suggestion_cards(session, found, viewer)
    return tuple(card for card in cards if (card.subject, card.subject_id) != key)[:OF_THE_SAME]


def _key(item: Suggestion) -> Key:
    return item.subject, item.subject_id
