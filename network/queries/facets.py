"""Lists that readers narrow: words, facets with the number of results behind each value, and the address of a choice.

The number beside a value answers 'how many would I see if I chose this': a facet is counted with every condition of
the list except its own.
"""

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Generic, Self, TypeVar, get_args, get_type_hints

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


def _words(text: str) -> str:
    return " ".join(text.split())[:200]


def _field_code(text: str) -> str | None:
    return text if text.isascii() and text.isdigit() and len(text) in (1, 3) else None


def _district(text: str) -> str | None:
    return text if text in DISTRICTS else None


TEXTS: Mapping[str, Callable[[str], str | None]] = {"q": _words, "field": _field_code, "district": _district}
"""How the criteria are read that are no enumerations."""


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """What a reader chose; every attribute is the parameter of that name in the address.

    A list adds its own: enumerations, or a `district`.
    """

    q: str = ""
    field: str | None = None
    provenance: Provenance | None = None
    sort: Sort | None = None

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Self:
        """The criteria in an address. What is unknown or empty counts as not chosen."""
        hints = get_type_hints(cls)
        read = {name: _read(name, hint, args[name]) for name, hint in hints.items() if args.get(name)}
        return cls(**{name: value for name, value in read.items() if value is not None})

    @property
    def args(self) -> dict[str, str]:
        return {f.name: str(value) for f in fields(self) if (value := getattr(self, f.name))}

    @property
    def narrowed(self) -> bool:
        """Whether anything but an order was chosen."""
        return bool(self.without("sort"))

    def without(self, *keys: str) -> dict[str, str]:
        return {key: value for key, value in self.args.items() if key not in keys}


def _read(name: str, hint: Any, text: str) -> Any:
    words = next((t for t in get_args(hint) if issubclass(t, enum.StrEnum)), None)
    if words is None:
        return TEXTS[name](text)
    return next((word for word in words if word.value == text), None)


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
            counts |= dict(self.session.execute(statement).all())
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
