"""How well matching works, for coordinators: needs that got no answer, centres with more to do than they can, and
fields in which more is looked for than offered. Each row is something to act on."""

import enum
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import ExpressionOfInterest, Match, Need, Organisation
from models.organisations import Centre
from models.texts import Bilingual
from models.types import InterestState as S
from models.types import MatchSide, ProfileState
from network.queries.cards import OrganisationRef, organisation_ref
from network.queries.field_supply import ON_THE_BOARD, FieldSupply, field_supply
from network.queries.paging import Page, paginate

QUIET_DAYS = 30
"""After how many days a need that nobody asked about, or asked anybody for, is one without an answer."""

LOOKED_BACK = 180
"""Days whose answers count for how soon a centre answers."""

MOST = 8
"""Needs of each gap on the first page; the rest is one link away."""

MOST_CENTRES = 50

TALKS = (S.ACCEPTED, S.IN_DISCUSSION, S.AGREED, S.OUTCOME_PROPOSED, S.DISPUTED)
WAITING = (S.SENT, S.EXPIRED)


class Gap(enum.StrEnum):
    """Why a published need has no answer. The first that holds."""

    NO_SUGGESTION = "no-suggestion"
    NOT_ASKED = "not-asked"
    NOTHING_GOES_ON = "nothing-goes-on"


@dataclass(frozen=True)
class NeedRow:
    """`asked` are the requests about it that were not taken back; none waits in time or is talked over."""

    id: int
    title: Bilingual
    organisation: OrganisationRef
    published_at: datetime
    asked: int


@dataclass(frozen=True)
class Needs:
    """`groups` holds the first rows of every gap, or `page` all of the chosen one; those that wait longest first."""

    published: int
    counts: Mapping[Gap, int]
    groups: tuple[tuple[Gap, tuple[NeedRow, ...]], ...]
    page: Page[NeedRow] | None


class Strain(enum.StrEnum):
    OVERDUE = "overdue"
    OVER_CAPACITY = "over_capacity"
    SLOW = "slow"


@dataclass(frozen=True)
class CentreRow:
    """`waiting` requests are to be answered, `overdue` of them past their day; `talks` go on. `capacity` (teams at a
    time) and `promised_days` are what it says of itself; `median_days` is that of its `answers` of half a year."""

    organisation: OrganisationRef
    waiting: int
    overdue: int
    talks: int
    capacity: int | None
    promised_days: int | None
    median_days: float | None
    answers: int

    @property
    def open(self) -> int:
        return self.waiting + self.talks

    @property
    def strains(self) -> tuple[Strain, ...]:
        slow = self.median_days is not None and self.promised_days is not None
        held = {
            Strain.OVERDUE: self.overdue > 0,
            Strain.OVER_CAPACITY: self.capacity is not None and self.open > self.capacity,
            Strain.SLOW: slow and (self.median_days or 0) > (self.promised_days or 0),
        }
        return tuple(strain for strain, holds in held.items() if holds)


@dataclass(frozen=True)
class Centres:
    """`strained` have more than they can do; `keeping_up` others have requests and do."""

    strained: tuple[CentreRow, ...]
    keeping_up: int


@dataclass(frozen=True)
class Health:
    needs: Needs
    centres: Centres
    fields: FieldSupply


def health(session: Session, *, now: datetime) -> Health:
    """Seven statements, however much there is."""
    return Health(needs(session, now=now), centres(session, now=now), field_supply(session))


def _exists(*conditions: Any) -> Any:
    asked = ExpressionOfInterest
    return sa.select(asked.id).where(asked.need_id == Need.id, asked.sent_at.is_not(None), *conditions).exists()


def gap_of(now: datetime) -> Any:
    """The gap of a published need as a column; null where it has an answer or may still get one."""
    state = ExpressionOfInterest.state
    asked = _exists(state != S.WITHDRAWN)
    hope = _exists(
        sa.or_(
            state.in_((*TALKS, S.CONFIRMED)),
            sa.and_(state.in_(WAITING), ExpressionOfInterest.reply_by > now),
        )
    )
    suggested = sa.select(Match.id).where(Match.need_id == Need.id, Match.side == MatchSide.ASKER).exists()
    return sa.case(
        (sa.and_(asked, ~hope), Gap.NOTHING_GOES_ON.value),
        (asked, None),
        (~suggested, Gap.NO_SUGGESTION.value),
        (Need.published_at <= now - timedelta(days=QUIET_DAYS), Gap.NOT_ASKED.value),
    )


def needs(session: Session, gap: Gap | None = None, number: int = 1, *, now: datetime) -> Needs:
    """At most four statements."""
    gaps = sa.select(gap_of(now).label("gap")).where(*ON_THE_BOARD).subquery()
    found = session.execute(sa.select(gaps.c.gap, sa.func.count()).group_by(gaps.c.gap))
    by_gap = {value: count for value, count in found}  # noqa: C416
    published, counts = sum(by_gap.values()), {g: by_gap.get(g.value, 0) for g in Gap}
    order = (Need.published_at, Need.id)
    rows = sa.select(Need).options(joinedload(Need.organisation)).order_by(*order)
    if gap is not None:
        page = paginate(session, rows.where(*ON_THE_BOARD, gap_of(now) == gap.value), number, lambda need: need)
        return Needs(published, counts, (), Page(_rows(session, page.items), page.number, page.size, page.total))
    place = sa.func.row_number().over(partition_by=gap_of(now), order_by=order)
    ranked = sa.select(Need.id.label("id"), gap_of(now).label("gap"), place.label("place")).where(*ON_THE_BOARD)
    first = ranked.subquery()
    shown = rows.add_columns(first.c.gap).join(first, first.c.id == Need.id)
    chosen = session.execute(shown.where(first.c.gap.is_not(None), first.c.place <= MOST)).all()
    known = {row.id: row for row in _rows(session, [need for need, _ in chosen])}
    groups = ((g, tuple(known[need.id] for need, of in chosen if of == g.value)) for g in Gap)
    return Needs(published, counts, tuple(group for group in groups if group[1]), None)


def _rows(session: Session, found: Sequence[Need]) -> tuple[NeedRow, ...]:
    """With the number of requests about each. One statement."""
    about = ExpressionOfInterest
    sent = sa.select(about.need_id, sa.func.count()).where(
        about.need_id.in_([need.id for need in found]), about.sent_at.is_not(None), about.state != S.WITHDRAWN
    )
    asked = dict(session.execute(sent.group_by(about.need_id)).all())
    return tuple(
        NeedRow(n.id, n.title, organisation_ref(n.organisation), n.published_at, asked.get(n.id, 0))
        for n in found
        if n.published_at
    )


def centres(session: Session, *, now: datetime) -> Centres:
    """Two statements."""
    rows = loads(session, now=now)
    strained = sorted((row for row in rows if row.strains), key=_most_strained)
    return Centres(tuple(strained[:MOST_CENTRES]), len(rows) - len(strained))


def loads(session: Session, *, now: datetime) -> list[CentreRow]:
    """All centres with something open. Two statements."""
    about = ExpressionOfInterest
    open_ = about.state.in_((*WAITING, *TALKS))
    sides = sa.union_all(
        sa.select(
            about.to_organisation_id.label("centre"), about.state, about.reply_by, sa.literal(1).label("to")
        ).where(open_),
        sa.select(about.from_organisation_id, about.state, about.reply_by, sa.literal(0)).where(about.state.in_(TALKS)),
    ).subquery()
    waits = sa.and_(sides.c.to == 1, sides.c.state.in_(WAITING))
    counts = (
        sa.select(
            Centre,
            sa.func.count().filter(waits),
            sa.func.count().filter(waits, sides.c.reply_by <= now),
            sa.func.count().filter(sides.c.state.in_(TALKS)),
        )
        .join(sides, sides.c.centre == Centre.id)
        .where(Centre.state != ProfileState.SUSPENDED)
        .group_by(Centre.id, Organisation.id)
        .order_by(Organisation.slug)
    )
    found = session.execute(counts).all()
    days = _days(session, now)
    return [
        CentreRow(
            organisation_ref(centre),
            *(waiting, overdue, talks, centre.capacity, centre.reply_days),
            statistics.median(days[centre.id]) if centre.id in days else None,
            len(days.get(centre.id, ())),
        )
        for centre, waiting, overdue, talks in found
    ]


def _most_strained(row: CentreRow) -> tuple[Any, ...]:
    return -row.overdue, (row.capacity or 0) - row.open, row.organisation.slug


def _days(session: Session, now: datetime) -> dict[int, list[float]]:
    """How many days each centre took for its answers of the last half year. One statement."""
    about = ExpressionOfInterest
    found = (
        sa.select(about.to_organisation_id, about.sent_at, about.answered_at)
        .join(Centre, Centre.id == about.to_organisation_id)
        .where(about.answered_at >= now - timedelta(days=LOOKED_BACK), about.sent_at.is_not(None))
    )
    days: dict[int, list[float]] = {}
    for centre_id, sent, answered in session.execute(found):
        if sent and answered:
            days.setdefault(centre_id, []).append((answered - sent).total_seconds() / 86400)
    return days
