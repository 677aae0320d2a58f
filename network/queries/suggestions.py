"""Suggestions as people see them: the entries behind the numbers, read again from the database.

The index is a cache and may be a moment behind; here every entry is fetched anew under the reader's own conditions, so
nothing that has been withdrawn, restricted or suspended meanwhile is shown, and no phrase that its text has lost.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matching.matches import SUPPLIERS
from matching.questions import SUPPLY, Phrase, Query, Reason, Suggestion, Suggestions
from models import Field, Need, Offer, Organisation, Programme, Technology, User
from models.texts import Bilingual, fold
from models.types import OfferKind, OrganisationKind, Provenance, SubjectKind
from network.queries import visible
from network.queries.cards import OrganisationRef, Origin, organisation_ref, origin

if TYPE_CHECKING:
    from matching.engine import Engine

MAX_LENGTH = 2000
"""Characters of a question."""

SHOWN = 10
"""Suggestions for a question."""


@dataclass(frozen=True)
class SuggestionCard:
    """One suggestion for the macro `suggestion_list` (templates/macros/suggestions.html) and for the API.

    `kind` says in one word for `label()` what it is. `organisation` owns the entry and is None when the entry is an
    organisation itself, or a programme run by a body outside the directory, then named by `operator`. `score` is 0 to
    1, and so is `other_side`, how far the owner would want to be asked, where that is known. Reasons about fields carry
    the names of the fields in their details as `names`.
    """

    subject: SubjectKind
    subject_id: int
    kind: OfferKind | OrganisationKind | SubjectKind
    title: Bilingual
    summary: Bilingual
    endpoint: str
    arguments: Mapping[str, Any]
    organisation: OrganisationRef | None
    operator: Bilingual
    origin: Origin
    score: float
    reasons: tuple[Reason, ...]
    phrases: tuple[Phrase, ...]
    other_side: float | None = None

    @property
    def illustrative(self) -> bool:
        owner = self.organisation is not None and self.organisation.illustrative
        return owner or self.origin.provenance is Provenance.ILLUSTRATIVE

    @property
    def quote(self) -> str | None:
        """The phrase of the entry that is closest to the question, unless the title says it already."""
        title = fold(f"{self.title.vi} {self.title.en}")
        return next((phrase.found for phrase in self.phrases if fold(phrase.found) not in title), None)


@dataclass(frozen=True)
class Answer:
    """Best first. Cards below `threshold` are only the nearest; `degraded` says that words alone were compared."""

    cards: tuple[SuggestionCard, ...]
    threshold: float
    degraded: bool

    @property
    def fits(self) -> bool:
        return any(card.score >= self.threshold for card in self.cards)


def answer(
    session: Session, engine: "Engine", text: str, viewer: User | None, limit: int, *, on: date | None = None
) -> Answer:
    """What the network has for a question, as its reader may see it. The same for page, API and command line.

    `on` leaves out programmes that have closed by that day.
    """
    suggestions = engine.suggest(session, question(text, viewer, on=on), limit=limit)
    return Answer(suggestion_cards(session, suggestions, viewer), suggestions.threshold, suggestions.degraded)


def question(text: str, viewer: User | None, *, on: date | None = None) -> Query:
    """What is asked of the engine for a text typed by this reader."""
    return Query(text=text, subjects=SUPPLY, organisation_kinds=SUPPLIERS, clearance=visible.clearance(viewer), on=on)


def suggestion_cards(session: Session, suggestions: Suggestions, viewer: User | None) -> tuple[SuggestionCard, ...]:
    """The suggestions whose entries this reader may read, in their order. At most six statements for any number."""
    entries = {
        (kind, entry.id): entry
        for kind in {s.subject for s in suggestions.items}
        for entry in _entries(session, kind, [s.subject_id for s in suggestions.items if s.subject is kind], viewer)
    }
    names = _field_names(session, chain.from_iterable(s.reasons for s in suggestions.items))
    return tuple(
        _card(suggestion, entries[suggestion.subject, suggestion.subject_id], names)
        for suggestion in suggestions.items
        if (suggestion.subject, suggestion.subject_id) in entries
    )


ENTITIES: Mapping[SubjectKind, type[Any]] = {
    SubjectKind.ORGANISATION: Organisation,
    SubjectKind.OFFER: Offer,
    SubjectKind.TECHNOLOGY: Technology,
    SubjectKind.PROGRAMME: Programme,
    SubjectKind.NEED: Need,
}

PAGES: Mapping[SubjectKind, tuple[str, str]] = {
    SubjectKind.ORGANISATION: ("directory.profile", "slug"),
    SubjectKind.OFFER: ("offers.detail", "offer_id"),
    SubjectKind.TECHNOLOGY: ("technologies.detail", "technology_id"),
    SubjectKind.PROGRAMME: ("programmes.detail", "programme_id"),
    SubjectKind.NEED: ("needs.detail", "need_id"),
}
"""Endpoint of the page of an entry and the part of its address that names the entry."""


def _entries(session: Session, kind: SubjectKind, ids: list[int], viewer: User | None) -> Iterable[Any]:
    entity = ENTITIES[kind]
    statement = sa.select(entity).where(entity.id.in_(ids), CONDITIONS[kind](viewer))
    if entity is not Organisation:
        statement = statement.options(joinedload(entity.organisation))
    return session.scalars(statement)


CONDITIONS: Mapping[SubjectKind, Callable[[User | None], visible.Condition]] = {
    SubjectKind.ORGANISATION: visible.organisations,
    SubjectKind.OFFER: lambda viewer: visible.entries(Offer, viewer),
    SubjectKind.TECHNOLOGY: lambda viewer: visible.entries(Technology, viewer),
    SubjectKind.PROGRAMME: visible.programmes,
    SubjectKind.NEED: lambda viewer: visible.entries(Need, viewer),
}


def _field_names(session: Session, reasons: Iterable[Reason]) -> dict[str, Bilingual]:
    codes = {code for reason in reasons for code in _codes(reason)}
    if not codes:
        return {}
    return {field.code: field.name for field in session.scalars(sa.select(Field).where(Field.code.in_(codes)))}


def _codes(reason: Reason) -> list[str]:
    fields = reason.details.get("fields", ())
    return [str(code) for code in fields] if isinstance(fields, list | tuple) else []


def _named(reason: Reason, names: Mapping[str, Bilingual]) -> Reason:
    codes = _codes(reason)
    if not codes:
        return reason
    return replace(reason, details={**reason.details, "names": tuple(names[c] for c in codes if c in names)})


def _card(suggestion: Suggestion, entry: Any, names: Mapping[str, Bilingual]) -> SuggestionCard:
    kind, itself = suggestion.subject, suggestion.subject is SubjectKind.ORGANISATION
    endpoint, argument = PAGES[kind]
    owner = None if itself else entry.organisation
    return SuggestionCard(
        subject=kind,
        subject_id=entry.id,
        kind=entry.kind if kind in (SubjectKind.ORGANISATION, SubjectKind.OFFER) else kind,
        title=entry.name if kind in (SubjectKind.ORGANISATION, SubjectKind.PROGRAMME) else entry.title,
        summary=entry.summary,
        endpoint=endpoint,
        arguments={argument: entry.slug if itself else entry.id},
        organisation=organisation_ref(owner) if owner else None,
        operator=entry.operator if kind is SubjectKind.PROGRAMME else Bilingual(),
        origin=origin(entry),
        score=suggestion.score,
        reasons=tuple(_named(reason, names) for reason in suggestion.reasons),
        phrases=tuple(phrase for phrase in suggestion.phrases if fold(phrase.found) in entry.folded),
        other_side=suggestion.other_side,
    )
