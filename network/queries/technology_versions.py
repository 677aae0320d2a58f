"""Two versions of a technology side by side, field by field, for its owner."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Field, Technology, TechnologyVersion
from models.errors import NotFound
from models.texts import Bilingual
from network.queries.own_technologies import VersionRow, version_rows
from network.services.versions import changed


@dataclass(frozen=True)
class Difference:
    """`before` and `after` as network.services.versions keeps them."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Comparison:
    """What differs between two versions; with one version only, `older` is None and everything is new."""

    title: Bilingual
    versions: tuple[VersionRow, ...]
    older: VersionRow | None
    newer: VersionRow
    differences: tuple[Difference, ...]
    fields: Mapping[str, Bilingual]


def compare(
    session: Session, organisation_id: int, technology_id: int, older: int | None, newer: int | None
) -> Comparison:
    """Version `newer` (the latest unless given) with `older` (the one before it unless given). Four statements.

    Raises NotFound for a technology of somebody else, for one without versions, and for numbers that do not exist.
    """
    technology = session.scalar(
        sa.select(Technology).where(Technology.id == technology_id, Technology.organisation_id == organisation_id)
    )
    rows = version_rows(session, technology_id) if technology else ()
    by_number = {row.number: row for row in rows}
    last = by_number.get(newer if newer is not None else max(by_number, default=0))
    if technology is None or last is None:
        raise NotFound
    first = by_number.get(older if older is not None else last.number - 1)
    if older is not None and first is None:
        raise NotFound
    if first is not None and first.number > last.number:
        first, last = last, first
    contents = _contents(session, technology_id, [row.number for row in (first, last) if row])
    before, after = contents.get(first.number, {}) if first else {}, contents[last.number]
    names = [name for name in changed(before, after) if first or not _empty(after[name])]
    differences = tuple(Difference(name, before.get(name), after[name]) for name in names)
    codes = {code for content in contents.values() for code in content["fields"]}
    fields = {f.code: f.name for f in session.scalars(sa.select(Field).where(Field.code.in_(codes)))}
    return Comparison(technology.title, rows, first, last, differences, fields)


def _contents(session: Session, technology_id: int, numbers: list[int]) -> dict[int, dict[str, Any]]:
    found = sa.select(TechnologyVersion.number, TechnologyVersion.content).where(
        TechnologyVersion.technology_id == technology_id, TechnologyVersion.number.in_(numbers)
    )
    return {row.number: row.content for row in session.execute(found)}


def _empty(value: Any) -> bool:
    return not any(value) if isinstance(value, list) else value is None
