"""Co-investment: how much public money went in, how much outside capital it drew, per programme and overall.

Leverage is outside capital divided by public money; without public money there is none. Invented examples and real
money are never added up together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import ActionProgramme, Contribution
from models.actions import PUBLIC_MONEY, CapitalSource
from models.texts import Bilingual
from models.types import Provenance, SourceRef


@dataclass(frozen=True)
class Part:
    source: CapitalSource
    promised: int
    paid: int


@dataclass(frozen=True)
class Money:
    """Amounts in dong; `parts` by source in the order of the enumeration, `as_of` the day of the oldest amount."""

    parts: tuple[Part, ...]
    as_of: date | None
    illustrative: bool
    sources: tuple[SourceRef, ...]

    def _sum(self, name: str, public: bool) -> int:
        return sum(getattr(p, name) for p in self.parts if (p.source in PUBLIC_MONEY) is public)

    @property
    def public(self) -> int:
        return self._sum("promised", True)

    @property
    def outside(self) -> int:
        return self._sum("promised", False)

    @property
    def public_paid(self) -> int:
        return self._sum("paid", True)

    @property
    def outside_paid(self) -> int:
        return self._sum("paid", False)

    @property
    def leverage(self) -> float | None:
        return self.outside / self.public if self.public else None

    @property
    def leverage_paid(self) -> float | None:
        return self.outside_paid / self.public_paid if self.public_paid else None


@dataclass(frozen=True)
class ProgrammeMoney:
    id: int
    title: Bilingual
    office: Bilingual
    money: Money


@dataclass(frozen=True)
class CoInvestment:
    """`real` and `invented` are the totals of both kinds, None where there is nothing of the kind."""

    programmes: tuple[ProgrammeMoney, ...]
    real: Money | None
    invented: Money | None


def money(contributions: Iterable[Contribution]) -> Money:
    """The sum of contributions of one kind."""
    rows = list(contributions)
    parts = tuple(
        Part(source, sum(c.promised_vnd for c in of), sum(c.paid_vnd for c in of))
        for source in CapitalSource
        if (of := [c for c in rows if c.source is source])
    )
    sources = {source["url"]: source for c in rows for source in c.sources}
    invented = any(c.provenance is Provenance.ILLUSTRATIVE for c in rows)
    return Money(parts, min((c.as_of for c in rows), default=None), invented, tuple(sources.values()))


def contributions(session: Session) -> tuple[tuple[Contribution, ActionProgramme], ...]:
    """Every contribution with its programme. One statement."""
    found = (
        sa.select(Contribution)
        .options(joinedload(Contribution.programme))
        .order_by(Contribution.programme_id, Contribution.id)
    )
    return tuple((c, c.programme) for c in session.scalars(found))


def co_investment(session: Session) -> CoInvestment:
    """Programmes with the most money first. One statement, however many there are."""
    by_programme: dict[ActionProgramme, list[Contribution]] = {}
    for c, programme in contributions(session):
        by_programme.setdefault(programme, []).append(c)
    rows = [ProgrammeMoney(p.id, p.title, p.office, money(of)) for p, of in by_programme.items()]
    rows.sort(key=lambda row: (-(row.money.public + row.money.outside), row.id))
    whole = [c for of in by_programme.values() for c in of]
    kinds = [[c for c in whole if (c.provenance is Provenance.ILLUSTRATIVE) is invented] for invented in (False, True)]
    real, invented = (money(of) if of else None for of in kinds)
    return CoInvestment(tuple(rows), real, invented)
