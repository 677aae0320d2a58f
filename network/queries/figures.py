"""Published figures: all of them by group, and those that a chart can draw. Each carries its source and date."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import Figure, FigurePoint
from models.figures import FigureGroup, FigureSeries
from models.texts import Bilingual
from models.types import Provenance, SourceRef


@dataclass(frozen=True)
class FigureRow:
    group: FigureGroup
    label: Bilingual
    value: Bilingual
    unit: Bilingual
    period: Bilingual
    as_of: str | None
    note: Bilingual
    provenance: Provenance
    uncertain: bool
    sources: tuple[SourceRef, ...]


TOPIC_OF: dict[FigureSeries, FigureGroup] = {
    FigureSeries.ST_ENTERPRISES: FigureGroup.ENTERPRISES,
    FigureSeries.NATIONAL_SHARE: FigureGroup.INSTITUTES,
    FigureSeries.PII_SCORE: FigureGroup.RANK,
    FigureSeries.STARTUPBLINK_RANK: FigureGroup.RANK,
}
"""On whose page a chart stands."""


@dataclass(frozen=True)
class Point:
    """One number on a chart and the figure it was read in. `label` is that of the point, or else of the figure."""

    label: Bilingual
    number: float
    at: str | None
    goal: bool
    figure: FigureRow

    @property
    def year(self) -> float:
        """'2021-07' as 2021.5; a month counts from its beginning."""
        year, _, month = (self.at or "0").partition("-")
        return int(year) + (int(month) - 1) / 12 if month else float(year)


@dataclass(frozen=True)
class Chart:
    """The numbers of one series: in the course of time, or the greatest first where it has none."""

    series: FigureSeries
    points: tuple[Point, ...]

    @property
    def course(self) -> tuple[tuple[float, float, bool], ...]:
        """Year, number and whether it is a goal, as charts take them."""
        return tuple((p.year, p.number, p.goal) for p in self.points)

    @property
    def reached(self) -> tuple[Point, ...]:
        return tuple(p for p in self.points if not p.goal)

    @property
    def goal(self) -> Point | None:
        return next((p for p in self.points if p.goal), None)

    @property
    def share(self) -> float | None:
        """How much of the goal the last number is."""
        return self.reached[-1].number / self.goal.number if self.goal and self.reached else None


@dataclass(frozen=True)
class Topic:
    """One group of figures with the charts that stand on its page."""

    group: FigureGroup
    figures: tuple[FigureRow, ...]
    charts: tuple[Chart, ...]


def figures(session: Session, groups: Sequence[FigureGroup] = tuple(FigureGroup)) -> tuple[FigureRow, ...]:
    """The figures of these groups, in the order of the groups. One statement."""
    found = session.scalars(sa.select(Figure).where(Figure.group.in_(groups)).order_by(Figure.id)).all()
    return tuple(_row(figure) for figure in sorted(found, key=lambda figure: groups.index(figure.group)))


def topics(session: Session) -> tuple[Topic, ...]:
    """Every group that has figures, those that have charts and most figures first. Two statements."""
    drawn = charts(session)
    grouped = groupby(figures(session), key=lambda row: row.group)
    found = (
        Topic(group, tuple(rows), tuple(chart for chart in drawn if TOPIC_OF[chart.series] is group))
        for group, rows in grouped
    )
    return tuple(sorted(found, key=lambda topic: (not topic.charts, -len(topic.figures))))


def topic(session: Session, group: FigureGroup) -> Topic:
    """One group, which may be empty. Two statements."""
    drawn = tuple(chart for chart in charts(session) if TOPIC_OF[chart.series] is group)
    return Topic(group, figures(session, (group,)), drawn)


def charts(session: Session) -> tuple[Chart, ...]:
    """Every series that has numbers, in the order of the enumeration. One statement."""
    found = session.scalars(sa.select(FigurePoint).options(joinedload(FigurePoint.figure)).order_by(FigurePoint.id))
    by_series: dict[FigureSeries, list[Point]] = {}
    for p in found:
        point = Point(p.label or p.figure.label, p.number, p.at, p.goal, _row(p.figure))
        by_series.setdefault(p.series, []).append(point)
    return tuple(Chart(series, _ordered(by_series[series])) for series in FigureSeries if series in by_series)


def _ordered(points: Iterable[Point]) -> tuple[Point, ...]:
    return tuple(sorted(points, key=lambda p: (p.year, -p.number)))


def _row(figure: Figure) -> FigureRow:
    return FigureRow(
        figure.group,
        figure.label,
        figure.value,
        figure.unit,
        figure.period,
        figure.as_of,
        figure.note,
        figure.provenance,
        figure.uncertain,
        tuple(figure.sources),
    )
