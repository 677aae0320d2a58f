"""Reading entries for the index: each kind with all that `describe` looks at, in a fixed number of statements."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectin_polymorphic, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from matching.facts import Subject
from matching.store import Key
from models.needs import Need
from models.offers import Offer
from models.organisations import PROFILES, Organisation
from models.programmes import Programme
from models.technologies import Technology
from models.types import SubjectKind

Owned = type[Need] | type[Offer] | type[Technology] | type[Programme]

OWNED: dict[SubjectKind, Owned] = {
    SubjectKind.NEED: Need,
    SubjectKind.OFFER: Offer,
    SubjectKind.TECHNOLOGY: Technology,
    SubjectKind.PROGRAMME: Programme,
}

CHUNK = 500


def load(session: Session, keys: Iterable[Key]) -> dict[Key, Subject]:
    """The entries among `keys` that exist."""
    found: dict[Key, Subject] = {}
    wanted = list(keys)
    for kind in SubjectKind:
        ids = [id_ for each, id_ in wanted if each is kind]
        for start in range(0, len(ids), CHUNK):
            for entry in _select(session, kind, ids[start : start + CHUNK]):
                found[kind, entry.id] = entry
    return found


def owned_by(session: Session, organisation_ids: Sequence[int]) -> list[Key]:
    """The keys of all needs, offers, technologies and programmes of these organisations."""
    return [
        (kind, id_)
        for kind, entity in OWNED.items()
        for id_ in session.scalars(sa.select(entity.id).where(entity.organisation_id.in_(organisation_ids)))
    ]


def everything(session: Session) -> Iterator[Key]:
    """The keys of all entries, whatever their state."""
    for id_ in session.scalars(sa.select(Organisation.id)):
        yield SubjectKind.ORGANISATION, id_
    for kind, entity in OWNED.items():
        for id_ in session.scalars(sa.select(entity.id)):
            yield kind, id_


def _select(session: Session, kind: SubjectKind, ids: list[int]) -> Sequence[Subject]:
    if kind is SubjectKind.ORGANISATION:
        profiles = selectin_polymorphic(Organisation, list(PROFILES.values()))
        named = sa.select(Organisation).where(Organisation.id.in_(ids))
        return session.scalars(_fresh(named.options(profiles, selectinload(Organisation.fields)))).all()
    entity = OWNED[kind]
    options: list[ORMOption] = [joinedload(entity.organisation), selectinload(entity.fields)]
    if entity is Need:
        options.append(selectinload(Need.wanted))
    if entity is Technology:
        options.append(selectinload(Technology.other_forms))
    found: Sequence[Subject] = session.scalars(
        _fresh(sa.select(entity).where(entity.id.in_(ids)).options(*options))
    ).all()
    return found


def _fresh(statement: sa.Select[Any]) -> sa.Select[Any]:
    """As the database has it now, also where the session remembers an older state."""
    return statement.execution_options(populate_existing=True)
