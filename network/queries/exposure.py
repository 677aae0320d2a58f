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
MUCH, LITTLE = 2.0, 0.5
"""Shares of the first places, as multiples of the share in all entries, from which and up to which it is said so."""


@dataclass(frozen=True)
class Shown:
    """For how many needs an organisation was suggested first, and among the first three."""

    first: int = 0
    three: int = 0


@dataclass(frozen=True)
class ExposureRow:
    """`entries` are what it offers: published offers, technologies and programmes.

    `share` is its share of all first places of the last LONG days, `offered` its share of all entries.
    """

    organisation: OrganisationRef
    entries: int
    short: Shown
    long: Shown
    share: float
    offered: float

    @property
    def ratio(self) -> float | None:
        """How many times its share of the first places is that of what it offers; None without entries."""
        return self.share / self.offered if self.offered else None

    @property
    def suggested(self) -> bool:
        return bool(self.long.three)


@dataclass(frozen=True)
class Exposure:
    """`suggested`: centres first, then by how often they were; `never`: the others, those with most to offer first.

    `needs_short` and `needs_long` are how many needs had suggestions in that time.
    """

    suggested: tuple[ExposureRow, ...]
    never: tuple[ExposureRow, ...]
    needs_short: int
    needs_long: int

    @property
    def rows(self) -> tuple[ExposureRow, ...]:
        return self.suggested + self.never

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
        )
        for organisation in _organisations(session)
        if kind is None or organisation.kind is kind
    ]
    centre = OrganisationKind.CENTRE
    suggested = sorted((r for r in rows if r.suggested or r.organisation.kind is centre), key=_most_shown)
    never = sorted((r for r in rows if not r.suggested and r.organisation.kind is not centre), key=_most_to_offer)
    return Exposure(tuple(suggested), tuple(never), *_needs(session, short, long))


def _most_shown(row: ExposureRow) -> tuple[Any, ...]:
    kind = row.organisation.kind is not OrganisationKind.CENTRE
    return kind, -row.long.first, -row.long.three, row.organisation.slug


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
