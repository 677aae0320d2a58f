"""A person's saved searches, and what was found for each."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Field, NewsChoice, SavedSearch, SavedSearchHit, User
from models.alerts import Frequency, SearchKind
from models.notices import MailChoice, NoticeKind
from models.taxonomy import DISTRICTS
from models.types import MembershipRole, SubjectKind
from network.queries.facets import Choice
from network.queries.new_entries import LISTS, EntryRef, references
from network.queries.notifications import choices_of
from network.queries.paging import PAGE_SIZE, Page

ADDRESSES: Mapping[SearchKind, str] = {
    SearchKind.QUESTION: "home.index",
    SearchKind.DIRECTORY: "directory.index",
    SearchKind.NEEDS: "needs.index",
    SearchKind.TECHNOLOGIES: "technologies.index",
}
"""Where a saved search can be asked anew."""


@dataclass(frozen=True)
class SearchRow:
    """`endpoint` and `arguments` are the page that asks it now; `hits` counts what was found since it was saved."""

    id: int
    name: str
    kind: SearchKind
    text: str | None
    criteria: Mapping[str, Any]
    subjects: tuple[SubjectKind, ...]
    frequency: Frequency
    created_at: datetime
    endpoint: str
    arguments: Mapping[str, Any]
    hits: int


@dataclass(frozen=True)
class HitRow:
    entry: EntryRef
    score: float | None
    found_at: datetime


@dataclass(frozen=True)
class Overview:
    """`news` is how often the person is told of what fits the own organisations; None if there is none to manage.

    `mails` is False where the person has turned all mails of this kind off.
    """

    searches: tuple[SearchRow, ...]
    news: Frequency | None
    mails: bool


def overview(session: Session, actor: User) -> Overview:
    """Three statements, and one more for whoever manages an organisation."""
    mine = sa.select(SavedSearch).where(SavedSearch.user_id == actor.id)
    searches = session.scalars(mine.order_by(SavedSearch.created_at.desc(), SavedSearch.id.desc())).all()
    counted = (
        sa.select(SavedSearchHit.search_id, sa.func.count())
        .where(SavedSearchHit.search_id.in_([search.id for search in searches]))
        .group_by(SavedSearchHit.search_id)
    )
    hits = {search_id: number for search_id, number in session.execute(counted)}  # noqa: C416
    mails = choices_of(session, actor)[NoticeKind.NEWS] is not MailChoice.OFF
    rows = tuple(search_row(search, hits.get(search.id, 0)) for search in searches)
    return Overview(rows, _news(session, actor), mails)


def hits(session: Session, actor: User, search: SavedSearch, number: int) -> Page[HitRow]:
    """What was found and can still be read, the latest first. At most two statements and one for each kind of entry."""
    mine = sa.select(SavedSearchHit).where(SavedSearchHit.search_id == search.id)
    hit = SavedSearchHit
    rows = session.scalars(mine.order_by(hit.found_at.desc(), hit.score.desc(), hit.subject_kind, hit.subject_id)).all()
    readable = references(session, actor, {(row.subject_kind, row.subject_id) for row in rows})
    found = [
        HitRow(readable[row.subject_kind, row.subject_id], row.score, row.found_at)
        for row in rows
        if (row.subject_kind, row.subject_id) in readable
    ]
    last = max(1, -(-len(found) // PAGE_SIZE))
    number = min(max(1, number), last)
    shown = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return Page(tuple(shown), number, PAGE_SIZE, len(found))


def described(session: Session, kind: SearchKind, criteria: Mapping[str, str]) -> tuple[tuple[str, Choice], ...]:
    """What a list was narrowed by, each with the key of its facet, to be put into words. At most one statement."""
    read, found = LISTS[kind][2].read(criteria), []
    for key in read.without("q", "sort"):
        value = getattr(read, key)
        name: Any = value if isinstance(value, enum.StrEnum) else DISTRICTS.get(value)
        if key == "field":
            field = session.get(Field, value)
            name = field.name if field else None
        found.append((key, Choice(str(value), name, 0)))
    return tuple(found)


def name_of(session: Session, search_id: int) -> str | None:
    """For whoever holds the link that stops it. None if it is gone."""
    return session.scalar(sa.select(SavedSearch.name).where(SavedSearch.id == search_id))


def _news(session: Session, actor: User) -> Frequency | None:
    if not any(m.role is MembershipRole.MANAGER for m in actor.memberships):
        return None
    choice = session.get(NewsChoice, actor.id)
    return choice.frequency if choice else Frequency.WEEKLY


def search_row(search: SavedSearch, number: int = 0) -> SearchRow:
    question = search.kind is SearchKind.QUESTION
    return SearchRow(
        search.id,
        search.name,
        search.kind,
        search.text,
        search.criteria,
        tuple(SubjectKind(value) for value in search.subjects),
        search.frequency,
        search.created_at,
        ADDRESSES[search.kind],
        {"q": search.text} if question else dict(search.criteria),
        number,
    )
