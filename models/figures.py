"""A published indicator, shown with its date and source, and the numbers of figures that a chart can draw."""

import enum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Provenanced, Timed, bilingual
from models.texts import Bilingual
from models.types import enum_type


class FigureGroup(enum.StrEnum):
    NETWORK = "network"
    RANK = "rank"
    ENTERPRISES = "enterprises"
    FINANCE = "finance"
    INSTITUTES = "institutes"
    GOALS = "goals"


class Figure(Timed, Provenanced, Base):
    """Values are kept as the source words them ('hơn 1.000', 'over 1,000'): most are not plain numbers."""

    __tablename__ = "figure"

    id: Mapped[int] = mapped_column(primary_key=True)
    group: Mapped[FigureGroup] = mapped_column("figure_group", enum_type(FigureGroup))
    label: Mapped[Bilingual] = bilingual("label")
    value: Mapped[Bilingual] = bilingual("value")
    unit: Mapped[Bilingual] = bilingual("unit")
    period: Mapped[Bilingual] = bilingual("period")
    as_of: Mapped[str | None] = mapped_column(sa.String(10))


class FigureSeries(enum.StrEnum):
    """What belongs on one chart, in the order of the page."""

    ST_ENTERPRISES = "st_enterprises"
    NATIONAL_SHARE = "national_share"
    PII_SCORE = "pii_score"
    STARTUPBLINK_RANK = "startupblink_rank"


class FigurePoint(Base):
    """One plain number out of a figure, for the chart of a series: date and source are those of the figure.

    `at` is the month it holds for ('2021-12'), None where a series compares and has no course. `goal` marks what is to
    be reached instead of what was.
    """

    __tablename__ = "figure_point"

    id: Mapped[int] = mapped_column(primary_key=True)
    starter_key: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    figure_id: Mapped[int] = mapped_column(ForeignKey("figure.id", ondelete="CASCADE"), index=True)
    series: Mapped[FigureSeries] = mapped_column(enum_type(FigureSeries))
    label: Mapped[Bilingual] = bilingual("label")
    number: Mapped[float]
    at: Mapped[str | None] = mapped_column(sa.String(7))
    goal: Mapped[bool] = mapped_column(default=False)

    figure: Mapped[Figure] = relationship()
