"""Looking out for people: what is new is noted once, and compared with every saved search that has not seen it.

The clock runs it (network.duties). Nothing is found that its person may not read, nothing of their own organisations,
and no entry twice for one search.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, contains_eager

from matching.matches import SUPPLIERS
from matching.news import among
from matching.questions import SUPPLY, Query
from models import Embedding, Membership, Publication, SavedSearch, SavedSearchHit, User
from models.alerts import SearchKind
from models.types import SubjectKind
from network.queries import visible
from network.queries.new_entries import Key, Owned, narrowed, published
from network.queries.suggestions import ENTITIES
from network.services.needs import HANOI

if TYPE_CHECKING:
    from matching.engine import Engine

Found = tuple[Key, float | None]


def note_publications(session: Session, *, now: datetime) -> None:
    """Gives every entry that can be found by now its place among the publications.

    What the index holds is published. Rows of entries that are gone are dropped: a number may come again. Six
    statements.
    """
    known = sa.exists().where(
        Publication.subject_kind == Embedding.subject_kind, Publication.subject_id == Embedding.subject_id
    )
    found = sa.select(Embedding.subject_kind, Embedding.subject_id, sa.literal(now, Publication.at.type)).distinct()
    found = found.where(Embedding.deleted.is_(False), ~known)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    noted = insert(Publication).from_select(["subject_kind", "subject_id", "at"], found)
    session.execute(noted.on_conflict_do_nothing())  # another process may note the same at this moment
    for subject, entity in ENTITIES.items():
        gone = sa.and_(Publication.subject_kind == subject, Publication.subject_id.not_in(sa.select(entity.id)))
        session.execute(sa.delete(Publication).where(gone))


def waiting(session: Session, engine: "Engine") -> list[int]:
    """The saved searches that have something new to look at. Without an encoder all of them wait. Two statements."""
    if engine.encoder(session) is None:
        return []
    newest = sa.select(sa.func.max(Publication.at)).scalar_subquery()
    outdated = sa.select(SavedSearch.id).join(SavedSearch.user).where(SavedSearch.checked_at < newest, User.active)
    return list(session.scalars(outdated.order_by(SavedSearch.id)))


def look(session: Session, engine: "Engine", search_id: int, *, now: datetime) -> int:
    """Lets one search look at what was published since it last did; returns how many hits there were.

    A fixed number of statements, however many searches there are and however much was found before.
    """
    found = sa.select(SavedSearch).join(SavedSearch.user).where(SavedSearch.id == search_id)
    person = contains_eager(SavedSearch.user).selectinload(User.memberships).joinedload(Membership.organisation)
    search = session.scalar(found.options(person).execution_options(populate_existing=True))
    if search is None:
        return 0
    if search.kind is SearchKind.QUESTION:
        fitting = list(_answers(session, engine, search, now))
    else:
        fitting = [(key, None) for key, _ in narrowed(session, search.user, search, search.checked_at, now)]
    known = _known(session, search, [key for key, _ in fitting])
    new = [(key, score) for key, score in fitting if key not in known]
    rows = [
        {"search_id": search.id, "subject_kind": kind, "subject_id": id_, "score": score, "found_at": now}
        for (kind, id_), score in new
    ]
    if rows:
        session.execute(sa.insert(SavedSearchHit), rows)
    search.checked_at = now
    session.flush()
    return len(new)


def _answers(session: Session, engine: "Engine", search: SavedSearch, now: datetime) -> Iterator[Found]:
    """Help is asked of those who can give it, needs of everybody: one question to the engine for each."""
    viewer, subjects = search.user, [SubjectKind(value) for value in search.subjects]
    fresh = published(session, viewer, subjects, search.checked_at, now)
    for kinds, owners in ((SUPPLY, SUPPLIERS), (frozenset({SubjectKind.NEED}), frozenset())):
        entries: list[Owned] = [entry for entry in fresh if entry[0][0] in kinds]
        if entries:
            query = Query(
                text=search.text or "",
                subjects=kinds,
                organisation_kinds=owners,
                clearance=visible.clearance(viewer),
                on=now.astimezone(HANOI).date(),
            )
            yield from (((it.subject, it.subject_id), it.score) for it in among(session, engine, query, entries))


def _known(session: Session, search: SavedSearch, keys: list[Key]) -> set[Key]:
    """Those that this search has found before."""
    if not keys:
        return set()
    hit = SavedSearchHit
    statement = sa.select(hit.subject_kind, hit.subject_id).where(
        hit.search_id == search.id, hit.subject_id.in_(sorted({id_ for _, id_ in keys}))
    )
    return {(kind, id_) for kind, id_ in session.execute(statement)}
