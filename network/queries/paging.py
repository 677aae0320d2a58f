"""One page of a longer list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

T = TypeVar("T")
PAGE_SIZE = 20


@dataclass(frozen=True)
class Page(Generic[T]):
    items: tuple[T, ...]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)

    @property
    def window(self) -> tuple[int | None, ...]:
        """Page numbers to offer: first, last and those around this one; None for a gap."""
        near = {1, self.pages, *range(max(1, self.number - 2), min(self.pages, self.number + 2) + 1)}
        numbers: list[int | None] = []
        for n in sorted(near):
            if numbers and numbers[-1] is not None and n > numbers[-1] + 1:
                numbers.append(None)
            numbers.append(n)
        return tuple(numbers)


def paginate(
    session: Session,
    statement: sa.Select[Any],
    number: int,
    make: Callable[[Any], T],
    size: int = PAGE_SIZE,
) -> Page[T]:
    """Runs `statement` (entities in its first column) for one page; a number past the end gives the last page."""
    total = session.scalar(sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())) or 0
    number = min(max(1, number), max(1, -(-total // size)))
    rows: Sequence[Any] = session.scalars(statement.limit(size).offset((number - 1) * size)).unique().all()
    return Page(tuple(make(row) for row in rows), number, size, total)
