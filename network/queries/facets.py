"""Lists that readers narrow: words, facets with the number of results behind each value, and the address of a choice.

The number beside a value answers 'how many would I see if I chose this': a facet is counted with every condition of
the list except its own.
"""

import dataclasses
import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Field
from models.taxonomy import DISTRICTS
from models.texts import Bilingual, fold
from models.types import Provenance
from network.queries.paging import Page

T = TypeVar("T")
Condition = sa.ColumnElement[bool]


class Sort(enum.StrEnum):
    NAME = "name"
    NEWEST = "newest"


@dataclass(frozen=True)
class Choice:
    """`name` is None where the page itself has the wording for `value`."""

    value: str
    name: Bilingual | enum.StrEnum | None
    count: int


@dataclass(frozen=True)
class Facet:
    key: str
    chosen: str | None
    choices: tuple[Choice, ...]


def facet(key: str, chosen: str | None, choices: Iterable[Choice]) -> Facet:
    """A facet without the values that lead nowhere, unless chosen."""
    return Facet(key, str(chosen) if chosen else None, tuple(c for c in choices if c.count or c.value == chosen))


def one_of(values: type[enum.StrEnum]) -> Any:
    """A criterion whose value is one of an enumeration; anything else in the address is ignored."""
    return dataclasses.field(default=None, metadata={"read": {v.value: v for v in values}.get})


def district_code() -> Any:
    return dataclasses.field(default=None, metadata={"read": lambda text: text if text in DISTRICTS else None})


def _field_code(text: str) -> str | None:
    return text if text.isascii() and text.isdigit() and len(text) in (1, 3) else None


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """What a reader chose; every attribute is the parameter of that name in the address."""

    q: str = dataclasses.field(default="", metadata={"read": lambda text: " ".join(text.split())[:200]})
    field: str | None = dataclasses.field(default=None, metadata={"read": _field_code})
    provenance: Provenance | None = one_of(Provenance)
    sort: Sort | None = one_of(Sort)

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Self:
        """The criteria in an address. What is unknown or empty counts as not chosen."""
        return cls(**{f.name: f.metadata["read"](args[f.name]) for f in dataclasses.fields(cls) if args.get(f.name)})

    @property
    def args(self) -> dict[str, str]:
        return {f.name: str(value) for f in dataclasses.fields(self) if (value := getattr(self, f.name))}

    @property
    def narrowed(self) -> bool:
        """Whether anything but an order was chosen."""
        return bool(self.without("sort"))

    def without(self, *keys: str) -> dict[str, str]:
        return {key: value for key, value in self.args.items() if key not in keys}


@dataclass(frozen=True)
class Listing(Generic[T]):
    """One page of a list, its facets in the order in which they are shown, and what was chosen."""

    criteria: Criteria
    page: Page[T]
    facets: tuple[Facet, ...]


def has_words(column: Any, text: str) -> Condition | None:
    """That every word of `text` stands in a folded column, with whatever marks it was typed; None without words."""
    words = fold(text).split()
    return sa.and_(*(column.contains(word, autoescape=True) for word in words)) if words else None


def in_field(relationship: Any, code: str | None) -> Condition | None:
    """That an entry has the field, or one of the fields below a broad one."""
    return relationship.any(sa.or_(Field.code == code, Field.parent_code == code)) if code else None


def equals(column: Any, value: object) -> Condition | None:
    return None if value is None else column == value


class Narrowing:
    """The conditions of one list by the key of their facet, and the counts under them. None stands for no condition."""

    def __init__(self, session: Session, source: Any, conditions: Mapping[str, Condition | None]) -> None:
        self.session, self.source = session, source
        self.conditions = {key: c for key, c in conditions.items() if c is not None}

    def where(self, *but: str) -> list[Condition]:
        return [condition for key, condition in self.conditions.items() if key not in but]

    def counts(self, column: Any, *but: str) -> dict[Any, int]:
        statement = (
            sa.select(column, sa.func.count()).select_from(self.source).where(*self.where(*but)).group_by(column)
        )
        return {value: n for value, n in self.session.execute(statement) if value is not None}

    def words(self, key: str, column: Any, words: type[enum.StrEnum], chosen: enum.StrEnum | None) -> Facet:
        """The facet of an enumeration, in its order."""
        counts = self.counts(column, key)
        return facet(key, chosen, (Choice(word.value, word, counts.get(word, 0)) for word in words))

    def districts(self, column: Any, chosen: str | None) -> Facet:
        counts = self.counts(column, "district")
        return facet("district", chosen, (Choice(c, name, counts.get(c, 0)) for c, name in DISTRICTS.items()))

    def fields(self, entry_id: Any, link: sa.Table, chosen: str | None) -> Facet:
        """Broad fields, each followed by its fields. An entry in two fields of one broad field counts once for that."""
        owner = next(column for name, column in link.c.items() if name != "field_code")
        counts: dict[str, int] = {}
        for code in (sa.func.coalesce(Field.parent_code, Field.code), Field.code):
            statement = (
                sa.select(code, sa.func.count(entry_id.distinct()))
                .select_from(self.source)
                .join(link, owner == entry_id)
                .join(Field, Field.code == link.c.field_code)
                .where(*self.where("field"))
                .group_by(code)
            )
            counts |= {value: n for value, n in self.session.execute(statement)}
        names = self.session.scalars(sa.select(Field).order_by(Field.code))
        return facet("field", chosen, (Choice(f.code, f.name, counts.get(f.code, 0)) for f in names))


def order(entity: Any, name: str, sort: Sort | None, language: str) -> tuple[Any, ...]:
    """By the name as the reader sees it, or newest first.

    No database sorts Vietnamese names everywhere alike: the folded text, which begins with the Vietnamese name, stands
    in for them.
    """
    if sort is Sort.NEWEST:
        return (entity.created_at.desc(), entity.id.desc())
    english = sa.func.lower(sa.func.coalesce(getattr(entity, f"{name}_en"), getattr(entity, f"{name}_vi")))
    return (entity.folded if language == "vi" else english, entity.id)
