"""What is looked for and offered in each field, and where the first is more than the second."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Field, Need, Offer, Organisation, Technology
from models.needs import need_field
from models.offers import offer_field
from models.technologies import technology_field
from models.texts import Bilingual
from models.types import NeedState, ProfileState, SupplyState

ON_THE_BOARD = (
    Need.state == NeedState.PUBLISHED,
    Need.organisation.has(Organisation.state != ProfileState.SUSPENDED),
)
"""That a need is published, by an organisation that is shown."""


@dataclass(frozen=True)
class FieldRow:
    """Published entries. What names only the broad field is counted for every field in it."""

    code: str
    name: Bilingual
    needs: int
    offers: int
    technologies: int

    @property
    def supply(self) -> int:
        return self.offers + self.technologies

    @property
    def short(self) -> bool:
        return self.needs > self.supply


@dataclass(frozen=True)
class FieldSupply:
    """`short` have more needs than offers and technologies, those with nothing first; `unmarked` needs name none."""

    short: tuple[FieldRow, ...]
    supplied: tuple[FieldRow, ...]
    unmarked: int


def field_supply(session: Session) -> FieldSupply:
    """Two statements."""
    parts: list[sa.Select[Any]] = []
    for entity, link, state in (
        (Need, need_field, NeedState.PUBLISHED),
        (Offer, offer_field, SupplyState.PUBLISHED),
        (Technology, technology_field, SupplyState.PUBLISHED),
    ):
        owner = next(column for name, column in link.c.items() if name != "field_code")
        parts.append(
            sa.select(sa.literal(entity.__tablename__).label("what"), link.c.field_code, sa.func.count().label("n"))
            .join(entity, entity.id == owner)
            .where(
                entity.state == state,
                entity.organisation.has(Organisation.state != ProfileState.SUSPENDED),
            )
            .group_by(link.c.field_code)
        )
    every = sa.union_all(*parts).subquery()
    found = sa.select(Field, every.c.what, every.c.n).outerjoin(every, every.c.field_code == Field.code)
    counts: dict[tuple[str, str], int] = {}
    known: dict[str, Field] = {}
    for field, what, number in session.execute(found.order_by(Field.code)):
        known[field.code] = field
        counts[what, field.code] = number or 0
    unmarked = sa.select(sa.func.count(Need.id)).where(*ON_THE_BOARD, ~Need.fields.any())
    rows = [
        FieldRow(
            code,
            field.name,
            counts[Need.__tablename__, code],
            *(
                sum(counts.get((what, near), 0) for near in _near(field, known))
                for what in (Offer.__tablename__, Technology.__tablename__)
            ),
        )
        for code, field in known.items()
        if counts.get((Need.__tablename__, code))
    ]
    rows.sort(key=lambda row: (bool(row.supply), row.supply - row.needs, row.code))
    return FieldSupply(
        tuple(row for row in rows if row.short),
        tuple(row for row in rows if not row.short),
        session.scalar(unmarked) or 0,
    )


def _near(field: Field, known: Mapping[str, Field]) -> set[str]:
    """The field itself, and its broad field or the fields in it."""
    inside = {code for code, other in known.items() if other.parent_code == field.code}
    return {field.code, *inside} | ({field.parent_code} if field.parent_code else set())
