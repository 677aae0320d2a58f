"""What the network answers to a need still being written: who could help, what it is about, who wanted the same."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matching.matches import SUPPLIED, SUPPLIERS
from matching.news import among
from matching.questions import Query
from models import Need, Offer, User
from models.texts import LANGUAGES, Bilingual
from models.types import NeedState, OfferKind, SubjectKind
from network.coaching import Check, checks
from network.queries import visible
from network.queries.cards import NeedCard, need_card
from network.queries.needs import LOADED
from network.queries.suggestions import Answer, suggestion_cards
from network.services.needs import NeedValues

if TYPE_CHECKING:
    from matching.engine import Engine

FEW_WORDS = 5
"""Words below which nothing is asked yet."""

NEAREST = 6
"""Offers that are asked what the need is about."""

NEAR_ENOUGH = 0.75
"""Of the threshold: an offer that nearly fits still tells what the need is about."""

SHARED = 2
"""Offers that must have a kind or a field in common for it to be suggested."""

MOST_HINTS, MOST_SIMILAR, MOST_SHOWN = 3, 3, 4
COMPARED = 60


@dataclass(frozen=True)
class Hint:
    """A kind of help or a field that `number` of the nearest offers share, and the need does not name yet."""

    value: str
    name: OfferKind | Bilingual
    number: int


@dataclass(frozen=True)
class Advice:
    """`asked` says that there was enough text to ask with; `nearest` is how many offers the hints come from."""

    asked: bool
    kinds: tuple[Hint, ...] = ()
    fields: tuple[Hint, ...] = ()
    nearest: int = 0
    similar: tuple[NeedCard, ...] = ()
    answer: Answer = Answer((), 0.0, False)  # noqa: RUF009


@dataclass(frozen=True)
class Coach:
    """What the coach says about a form as it stands. `kept_at`: when that was kept for its writer, if it was."""

    checks: tuple[Check, ...]
    advice: Advice
    kept_at: datetime | None = None


def coach(
    session: Session,
    engine: "Engine",
    viewer: User,
    organisation_id: int,
    values: NeedValues,
    *,
    on: date,
    kept_at: datetime | None = None,
) -> Coach:
    return Coach(checks(values), advice(session, engine, viewer, organisation_id, values, on=on), kept_at)


def advice(
    session: Session, engine: "Engine", viewer: User, organisation_id: int, values: NeedValues, *, on: date
) -> Advice:
    """Three questions to the engine and a fixed number of statements, whatever is typed."""
    query = question(viewer, organisation_id, values, on=on)
    if len(query.text.split()) < FEW_WORDS:
        return Advice(asked=False)
    offers = _nearest_offers(session, engine, viewer, query)
    suggestions = engine.suggest(session, query, limit=MOST_SHOWN)
    shown = Answer(suggestion_cards(session, suggestions, viewer), suggestions.threshold, suggestions.degraded)
    return Advice(
        asked=True,
        kinds=_hints(((offer.kind.value, offer.kind) for offer in offers), {kind.value for kind in values.kinds}),
        fields=_hints(((f.code, f.name) for offer in offers for f in offer.fields), set(values.fields)),
        nearest=len(offers),
        similar=_similar(session, engine, viewer, query),
        answer=shown,
    )


def question(viewer: User, organisation_id: int, values: NeedValues, *, on: date) -> Query:
    """The same question that the need will ask once it is saved (matching.text)."""
    texts = {code: _text(values, code) for code in LANGUAGES}
    written = [code for code in LANGUAGES if texts[code]]
    return Query(
        text=texts[written[0]] if written else "",
        subjects=SUPPLIED,
        organisation_kinds=SUPPLIERS,
        exclude_organisation=organisation_id,
        kinds=values.kinds,
        fields=values.fields,
        stage=values.stage,
        trl=values.trl,
        district=values.district,
        language=written[0] if len(written) == 1 else None,
        clearance=visible.clearance(viewer),
        on=on,
    )


def _text(values: NeedValues, code: str) -> str:
    parts = (getattr(text, code) for text in (values.title, values.summary))
    return " ".join(" ".join(part for part in parts if part).split())


def _nearest_offers(session: Session, engine: "Engine", viewer: User, query: Query) -> list[Offer]:
    """By the text alone: what is ticked already must not decide what else is suggested."""
    plain = Query(
        text=query.text,
        subjects=frozenset({SubjectKind.OFFER}),
        exclude_organisation=query.exclude_organisation,
        clearance=query.clearance,
    )
    found = engine.suggest(session, plain, limit=NEAREST, phrases=False)
    ids = [item.subject_id for item in found.items if item.score >= NEAR_ENOUGH * found.threshold]
    statement = sa.select(Offer).where(Offer.id.in_(ids), visible.entries(Offer, viewer))
    return list(session.scalars(statement.options(selectinload(Offer.fields))))


def _hints(found: Iterable[tuple[str, OfferKind | Bilingual]], chosen: set[str]) -> tuple[Hint, ...]:
    counts, names = Counter[str](), dict[str, OfferKind | Bilingual]()
    for value, name in found:
        counts[value] += 1
        names[value] = name
    shared = [(value, n) for value, n in counts.items() if n >= SHARED and value not in chosen]
    best = sorted(shared, key=lambda pair: (-pair[1], pair[0]))[:MOST_HINTS]
    return tuple(Hint(value, names[value], number) for value, number in best)


def _similar(session: Session, engine: "Engine", viewer: User, query: Query) -> tuple[NeedCard, ...]:
    """Needs of others that ask for much the same and have led to a match; that they have is shown on their pages."""
    matched = (
        sa.select(Need.id, Need.organisation_id)
        .where(
            visible.entries(Need, viewer),
            Need.state == NeedState.MATCHED,
            Need.organisation_id != query.exclude_organisation,
        )
        .order_by(Need.published_at.desc(), Need.id.desc())
        .limit(COMPARED)
    )
    keys = [((SubjectKind.NEED, need_id), owner) for need_id, owner in session.execute(matched)]
    asked = replace(query, subjects=frozenset({SubjectKind.NEED}), organisation_kinds=frozenset())
    found = [item.subject_id for item in among(session, engine, asked, keys)][:MOST_SIMILAR] if keys else []
    needs = {need.id: need for need in session.scalars(sa.select(Need).where(Need.id.in_(found)).options(*LOADED))}
    return tuple(need_card(needs[need_id]) for need_id in found)
