"""What was published between two moments, as one reader may find it, and as he may read what was found for him."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import Need, Organisation, Publication, SavedSearch, Technology, User
from models.alerts import SearchKind
from models.texts import Bilingual
from models.types import OfferKind, OrganisationKind, SubjectKind
from network.queries import directory, needs, technologies, visible
from network.queries.cards import OrganisationRef, organisation_ref
from network.queries.facets import Narrowing
from network.queries.suggestions import CONDITIONS, ENTITIES, PAGES

Key = tuple[SubjectKind, int]
Owned = tuple[Key, int | None]

LISTS: Mapping[SearchKind, tuple[SubjectKind, Any, Any, Any]] = {
    SearchKind.DIRECTORY: (SubjectKind.ORGANISATION, Organisation, directory.DirectoryCriteria, directory.narrow),
    SearchKind.NEEDS: (SubjectKind.NEED, Need, needs.NeedCriteria, needs.narrow),
    SearchKind.TECHNOLOGIES: (
        SubjectKind.TECHNOLOGY,
        Technology,
        technologies.TechnologyCriteria,
        technologies.narrow,
    ),
}
"""The lists that can be saved as they were narrowed."""


@dataclass(frozen=True)
class EntryRef:
    """Just enough to name an entry of any kind and link to it."""

    subject: SubjectKind
    subject_id: int
    kind: OfferKind | OrganisationKind | SubjectKind
    title: Bilingual
    owner: OrganisationRef | None
    illustrative: bool
    endpoint: str
    arguments: Mapping[str, Any]


def published(
    session: Session, viewer: User, subjects: Iterable[SubjectKind], since: datetime, until: datetime
) -> list[Owned]:
    """Entries of these kinds after `since` and not after `until`, none of the own organisations. One statement."""
    wanted = sorted(set(subjects))
    parts = [_fresh(viewer, subject, since, until).where(CONDITIONS[subject](viewer)) for subject in wanted]
    return _read(session, sa.union_all(*parts)) if parts else []


def narrowed(session: Session, viewer: User, search: SavedSearch, since: datetime, until: datetime) -> list[Owned]:
    """Entries of a saved list, in the same way. One statement."""
    subject, _entity, criteria, narrow = LISTS[search.kind]
    narrowing: Narrowing = narrow(session, viewer, criteria.read(search.criteria))
    fresh = _fresh(viewer, subject, since, until)
    if subject is SubjectKind.ORGANISATION:
        fresh = fresh.select_from(directory.EVERY_KIND)
    return _read(session, fresh.where(*narrowing.where()))


def references(session: Session, viewer: User, keys: Iterable[Key]) -> dict[Key, EntryRef]:
    """Those among `keys` that this reader may read now. One statement for each kind of entry."""
    wanted, found = set(keys), {}
    for subject in {kind for kind, _ in wanted}:
        entity = ENTITIES[subject]
        ids = [id_ for kind, id_ in wanted if kind is subject]
        statement = sa.select(entity).where(entity.id.in_(ids), CONDITIONS[subject](viewer))
        if entity is not Organisation:
            statement = statement.options(joinedload(entity.organisation))
        for entry in session.scalars(statement):
            found[subject, entry.id] = _reference(subject, entry)
    return found


def _fresh(viewer: User, subject: SubjectKind, since: datetime, until: datetime) -> sa.Select[Any]:
    entity = ENTITIES[subject]
    owner = entity.id if subject is SubjectKind.ORGANISATION else entity.organisation_id
    statement = (
        sa.select(sa.literal(subject.value).label("subject"), entity.id.label("id"), owner.label("owner"))
        .join(Publication, sa.and_(Publication.subject_kind == subject, Publication.subject_id == entity.id))
        .where(Publication.at > since, Publication.at <= until)
    )
    own = visible.own_organisations(viewer)
    return statement.where(sa.or_(owner.is_(None), owner.not_in(own))) if own else statement


def _read(session: Session, statement: Any) -> list[Owned]:
    rows = session.execute(statement).all()
    return sorted(((SubjectKind(row.subject), int(row.id)), row.owner) for row in rows)


def _reference(subject: SubjectKind, entry: Any) -> EntryRef:
    endpoint, argument = PAGES[subject]
    itself = subject is SubjectKind.ORGANISATION
    owner = None if itself or entry.organisation is None else organisation_ref(entry.organisation)
    return EntryRef(
        subject,
        entry.id,
        entry.kind if subject in (SubjectKind.ORGANISATION, SubjectKind.OFFER) else subject,
        entry.name if subject in (SubjectKind.ORGANISATION, SubjectKind.PROGRAMME) else entry.title,
        owner,
        entry.provenance == "illustrative" or (owner is not None and owner.illustrative),
        endpoint,
        {argument: entry.slug if itself else entry.id},
    )
