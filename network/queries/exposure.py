"""Who is suggested, and how often first: counted from the suggestions kept for those who look for help.

A need counts once for an organisation, at the best place that any of its entries has among the suggestions for it. What
was set aside or asked about since counts as well: it was shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matching.matches import SUPPLIERS
from models import Match, Offer, Organisation, Programme, Technology
from models.types import MatchSide, OrganisationKind, ProfileState, SupplyState
from network.queries.cards import OrganisationRef, organisation_ref

SHORT, LONG = 30, 90
"""Days looked back."""

FIRST_PLACES = 3
FAR = 2.0
"""How many times more or fewer first places than its entries would give it are far more or far fewer."""

ENOUGH = 3
"""First places, had or to be expected, below which a comparison says nothing."""


@dataclass(frozen=True)
class Shown:
    """For how many needs an organisation was suggested first, and among the first three."""

    first: int = 0
    three: int = 0


@dataclass(frozen=True)
class ExposureRow:
    """`entries` are what it offers: published offers, technologies and programmes.

    `share` is its share of all first places of the last LONG days, `offered` its share of all entries; `expected` is
    how many first places it would have if they went by entries alone.
    """

    organisation: OrganisationRef
    entries: int
    short: Shown
    long: Shown
    share: float
    offered: float
    expected: float

    @property
    def far_more(self) -> bool:
        return self.long.first >= ENOUGH and self.long.first >= FAR * self.expected

    @property
    def far_less(self) -> bool:
        return self.expected >= ENOUGH and FAR * self.long.first <= self.expected

    @property
    def suggested(self) -> bool:
        return bool(self.long.three)


@dataclass(frozen=True)
class Exposure:
    """`centres` and `others` were suggested, or are centres that offer something: the most often first. `never` were
    not: those with most to offer first.

    `needs_short` and `needs_long` are how many needs had suggestions in that time.
    """

    centres: tuple[ExposureRow, ...]
    others: tuple[ExposureRow, ...]
    never: tuple[ExposureRow, ...]
    needs_short: int
    needs_long: int

    @property
    def rows(self) -> tuple[ExposureRow, ...]:
        return self.centres + self.others + self.never

    @property
    def never_with_entries(self) -> tuple[ExposureRow, ...]:
        return tuple(row for row in self.never if row.entries)

    @property
    def never_without(self) -> tuple[ExposureRow, ...]:
        return tuple(row for row in self.never if not row.entries)


def exposure(session: Session, *, now: datetime, kind: OrganisationKind | None = None) -> Exposure:
    """Four statements. `kind` narrows the rows; shares are of the whole all the same."""
    short, long = now - timedelta(days=SHORT), now - timedelta(days=LONG)
    shown = {row[0]: row[1:] for row in session.execute(_places(short, long))}
    entries = _entries(session)
    first, offered = sum(numbers[2] for numbers in shown.values()), sum(entries.values())
    rows = [
        ExposureRow(
            organisation_ref(organisation),
            entries.get(organisation.id, 0),
            Shown(*shown.get(organisation.id, (0,) * 4)[:2]),
            Shown(*shown.get(organisation.id, (0,) * 4)[2:4]),
            shown[organisation.id][2] / first if first and organisation.id in shown else 0.0,
            entries.get(organisation.id, 0) / offered if offered else 0.0,
            first * entries.get(organisation.id, 0) / offered if offered else 0.0,
        )
        for organisation in _organisations(session)
        if kind is None or organisation.kind is kind
    ]
    centres = [row for row in rows if _centre(row) and (row.suggested or row.entries)]
    others = [row for row in rows if not _centre(row) and row.suggested]
    never = [row for row in rows if not row.suggested and not (_centre(row) and row.entries)]
    return Exposure(
        tuple(sorted(centres, key=_most_shown)),
        tuple(sorted(others, key=_most_shown)),
        tuple(sorted(never, key=_most_to_offer)),
        *_needs(session, short, long),
    )


def _centre(row: ExposureRow) -> bool:
    return row.organisation.kind is OrganisationKind.CENTRE


def _most_shown(row: ExposureRow) -> tuple[Any, ...]:
    return -row.long.first, -row.long.three, -row.entries, row.organisation.slug


def _most_to_offer(row: ExposureRow) -> tuple[Any, ...]:
    return -row.entries, row.organisation.slug


def _places(short: datetime, long: datetime) -> sa.Select[Any]:
    place = sa.func.row_number().over(partition_by=Match.need_id, order_by=(Match.score.desc(), Match.id))
    ranked = (
        sa.select(Match.need_id, Match.organisation_id, Match.created_at, place.label("place"))
        .where(Match.side == MatchSide.ASKER)
        .subquery()
    )
    counts = [
        sa.func.count(
            sa.distinct(sa.case((sa.and_(ranked.c.place <= places, ranked.c.created_at >= since), ranked.c.need_id)))
        )
        for since in (short, long)
        for places in (1, FIRST_PLACES)
    ]
    return sa.select(ranked.c.organisation_id, *counts).group_by(ranked.c.organisation_id)


def _needs(session: Session, short: datetime, long: datetime) -> tuple[int, int]:
    counts = [
        sa.func.count(sa.distinct(sa.case((Match.created_at >= since, Match.need_id)))) for since in (short, long)
    ]
    found = session.execute(sa.select(*counts).where(Match.side == MatchSide.ASKER)).one()
    return int(found[0]), int(found[1])


def _entries(session: Session) -> dict[int, int]:
    """What each organisation offers. One statement."""
    parts = [
        sa.select(entity.organisation_id.label("owner"), sa.func.count().label("number"))
        .where(entity.organisation_id.is_not(None), entity.state == SupplyState.PUBLISHED)
        .group_by(entity.organisation_id)
        for entity in (Offer, Technology, Programme)
    ]
    every = sa.union_all(*parts).subquery()
    total = sa.select(every.c.owner, sa.func.sum(every.c.number)).group_by(every.c.owner)
    return {owner: int(number) for owner, number in session.execute(total)}


def _organisations(session: Session) -> Iterable[Organisation]:
    """Those that can be suggested."""
    found = sa.select(Organisation).where(
        Organisation.kind.in_(SUPPLIERS), Organisation.state != ProfileState.SUSPENDED
    )
    return session.scalars(found.order_by(Organisation.id))
