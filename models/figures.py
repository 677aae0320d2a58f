"""A published indicator, shown with its date and source."""

import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

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
