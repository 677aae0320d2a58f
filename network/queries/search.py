"""Search over everything: entries of every kind that have all the words, in either language, with or without marks.

A word is found where it begins a word: 'uom' finds 'Ươm' and 'sensor' finds 'sensors', but 'ai' does not find 'trái'.
Every kind is searched under the reader's own conditions (queries/visible.py), so nothing is found, counted or quoted
that he may not read; only the public texts are searched (models.base.Searchable), never details.

A new kind of entry is one more `Source`, and its caption in templates/macros/search.html.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import Challenge, Event, Need, Offer, Organisation, Programme, Technology, User
from models.texts import Bilingual
from models.types import ChallengeKind, EventKind, OfferKind, OrganisationKind, Provenance, Visibility
from network.queries import visible
from network.queries.cards import OrganisationRef, Origin, organisation_ref, origin
from network.queries.directory import EVERY_KIND
from network.queries.facets import has_words
from network.queries.highlighting import Passage, Words, excerpt, found_words, in_language, words_of
from network.queries.paging import Page, paginate

SHOWN = 4
"""Entries of each kind on the page of all kinds."""

SUGGESTED, SUGGESTED_PER_KIND = 8, 4
SHORTEST = 2
"""Letters before anything is suggested."""

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Source:
    """One kind of entry: the names of its texts, and the endpoint of its page with what the address names it by."""

    key: str
    entity: Any
    condition: Callable[[User | None], Condition]
    title: str
    page: tuple[str, str, str]
    select: Any = None
    summary: str = "summary"
    owned: bool = True

    def column(self, name: str) -> Any:
        return getattr(self.entity, name)

    def found(self, viewer: User | None, words: Words) -> Condition:
        return sa.and_(self.condition(viewer), *_all_words(self.entity.folded, words))

    def order(self, words: Words) -> tuple[Any, ...]:
        """Found in the title first, then the words in their order, then by name. The folded text begins with the title
        in both languages."""
        folded = self.entity.folded
        titles = [sa.func.coalesce(self.column(f"{self.title}_{code}"), "") for code in ("vi", "en")]
        title = sa.func.substr(folded, 1, sum(map(sa.func.length, titles), 1))
        in_title = sa.and_(*(title.regexp_match(_beginning(word)) for word in words))
        together = folded.regexp_match(_beginning("[^a-z0-9]+".join(words)))
        return sa.case((in_title, 0), else_=1), sa.case((together, 0), else_=1), folded, self.entity.id

    def statement(self, viewer: User | None, words: Words) -> sa.Select[Any]:
        found = sa.select(self.select or self.entity).where(self.found(viewer, words)).order_by(*self.order(words))
        return found.options(joinedload(self.entity.organisation)) if self.owned else found


SOURCES: Mapping[str, Source] = {
    source.key: source
    for source in (
        Source(
            "organisation",
            Organisation,
            visible.organisations,
            "name",
            ("directory.profile", "slug", "slug"),
            select=EVERY_KIND,
            owned=False,
        ),
        Source("need", Need, lambda viewer: visible.entries(Need, viewer), "title", ("needs.detail", "need_id", "id")),
        Source(
            "offer", Offer, lambda viewer: visible.entries(Offer, viewer), "title", ("offers.detail", "offer_id", "id")
        ),
        Source(
            "technology",
            Technology,
            lambda viewer: visible.entries(Technology, viewer),
            "title",
            ("technologies.detail", "technology_id", "id"),
        ),
        Source("programme", Programme, visible.programmes, "name", ("programmes.detail", "programme_id", "id")),
        Source(
            "challenge",
            Challenge,
            visible.challenges,
            "title",
            ("challenges.detail", "challenge_id", "id"),
            summary="problem",
        ),
        Source("event", Event, visible.events, "title", ("events.detail", "event_id", "id")),
    )
}
"""By the word for them in the address, in the order of the page."""


@dataclass(frozen=True)
class Hit:
    """`more` quotes where the words stand when neither title nor summary, as shown, has them all. `mark_name` is what
    the mark of an organisation is drawn from; None for other entries."""

    key: str
    title: Passage
    summary: Passage
    more: Passage | None
    endpoint: str
    arguments: Mapping[str, Any]
    kind: OfferKind | OrganisationKind | ChallengeKind | EventKind | None
    organisation: OrganisationRef | None
    operator: Bilingual
    origin: Origin
    visibility: Visibility | None
    mark_name: Bilingual | None

    @property
    def illustrative(self) -> bool:
        owner = self.organisation is not None and self.organisation.illustrative
        return owner or self.origin.provenance is Provenance.ILLUSTRATIVE


@dataclass(frozen=True)
class Group:
    key: str
    total: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Results:
    """What was found for `text`. `kind` and `page` when one kind alone is read through."""

    text: str
    words: Words
    counts: Mapping[str, int]
    groups: tuple[Group, ...] = ()
    kind: str | None = None
    page: Page[Hit] | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def search(session: Session, viewer: User | None, text: str, *, language: str) -> Results:
    """The best of each kind and how many there are. One statement for each kind."""
    words = words_of(text)
    groups = [_group(session, viewer, source, words, language) for source in SOURCES.values()] if words else []
    found = tuple(group for group in groups if group.total)
    return Results(text, words, {group.key: group.total for group in found}, found)


def search_kind(session: Session, viewer: User | None, text: str, kind: str, number: int, *, language: str) -> Results:
    """One kind, page by page. Three statements."""
    words = words_of(text)
    if not words:
        return Results(text, words, {}, kind=kind)
    source = SOURCES[kind]
    page = paginate(
        session, source.statement(viewer, words), number, lambda entry: _hit(source, entry, words, language)
    )
    return Results(text, words, _counts(session, viewer, words), kind=kind, page=page)


def _group(session: Session, viewer: User | None, source: Source, words: Words, language: str) -> Group:
    counted = source.statement(viewer, words).add_columns(sa.func.count().over()).limit(SHOWN)
    rows = session.execute(counted).unique().all()
    hits = tuple(_hit(source, entry, words, language) for entry, _ in rows)
    return Group(source.key, rows[0][1] if rows else 0, hits)


def _counts(session: Session, viewer: User | None, words: Words) -> dict[str, int]:
    counts = (
        sa.select(sa.literal(source.key), sa.func.count()).select_from(source.entity).where(source.found(viewer, words))
        for source in SOURCES.values()
    )
    return {key: number for key, number in session.execute(sa.union_all(*counts)) if number}


def _hit(source: Source, entry: Any, words: Words, language: str) -> Hit:
    title = in_language(getattr(entry, source.title), language, words)
    summary = in_language(getattr(entry, source.summary), language, words)
    missing = set(words) - found_words(title.text, words) - found_words(summary.text, words)
    texts = entry.searchable_texts()
    endpoint, argument, attribute = source.page
    owner = entry.organisation if source.owned else None
    return Hit(
        source.key,
        title,
        summary,
        excerpt(texts, language, tuple(word for word in words if word in missing)) if missing else None,
        endpoint,
        {argument: getattr(entry, attribute)},
        getattr(entry, "kind", None),
        organisation_ref(owner) if owner else None,
        getattr(entry, "operator", None) or Bilingual(),
        origin(entry),
        getattr(entry, "visibility", None),
        entry.name if isinstance(entry, Organisation) else None,
    )


@dataclass(frozen=True)
class Suggested:
    """A title that has the words. `other` is the title in the other language, when only that one has them."""

    key: str
    title: Passage
    other: Passage | None
    endpoint: str
    arguments: Mapping[str, Any]


def suggest(session: Session, viewer: User | None, text: str, *, language: str) -> tuple[Suggested, ...]:
    """Entries whose title has the words typed so far, the last one perhaps not finished. One statement."""
    words = words_of(text)
    if sum(map(len, words)) < SHORTEST:
        return ()
    rows = session.execute(sa.union_all(*(_titles(source, viewer, words) for source in SOURCES.values())))
    found = [_suggested(SOURCES[row.key], row, words, language) for row in rows]
    return _mixed([entry for entry in found if entry is not None])


def _titles(source: Source, viewer: User | None, words: Words) -> sa.Select[Any]:
    attribute = source.page[2]
    best = (
        sa.select(
            sa.literal(source.key).label("key"),
            sa.cast(source.column(attribute), sa.Text).label("named"),
            source.column(f"{source.title}_vi").label("vi"),
            source.column(f"{source.title}_en").label("en"),
        )
        .where(source.found(viewer, words))
        .order_by(*source.order(words))
        .limit(SUGGESTED_PER_KIND)
        .subquery()
    )
    return sa.select(best)


def _suggested(source: Source, row: Any, words: Words, language: str) -> Suggested | None:
    title = Bilingual(row.vi, row.en)
    shown = in_language(title, language, words)
    other = in_language(title, "en" if language == "vi" else "vi", words)
    if not any(found_words(text.text, words) == set(words) for text in (shown, other)):
        return None
    endpoint, argument, attribute = source.page
    named = row.named if attribute == "slug" else int(row.named)
    only_other = found_words(shown.text, words) != set(words)
    return Suggested(source.key, shown, other if only_other else None, endpoint, {argument: named})


def _mixed(found: Sequence[Suggested]) -> tuple[Suggested, ...]:
    """At most SUGGESTED, every kind having its turn, in the order of the kinds."""
    turns: dict[str, int] = {}
    ranked = []
    for entry in found:
        turns[entry.key] = turns.get(entry.key, 0) + 1
        ranked.append((turns[entry.key], entry))
    kept = {id(entry) for _, entry in sorted(ranked, key=lambda pair: pair[0])[:SUGGESTED]}
    return tuple(entry for entry in found if id(entry) in kept)


def _beginning(word: str) -> str:
    """A pattern, read alike by both databases, for `word` at the beginning of a word of a folded text."""
    return f"(^|[^a-z0-9]){word}"


def _all_words(column: Any, words: Words) -> list[Condition]:
    """That every word begins a word of the text. The first condition is the quicker one and says no to most texts."""
    anywhere = has_words(column, " ".join(words))
    return [] if anywhere is None else [anywhere, *(column.regexp_match(_beginning(word)) for word in words)]
