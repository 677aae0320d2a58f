"""What the first page and the page about the network show beside the question."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Figure, Need, Technology, User
from models.figures import FigureGroup
from models.texts import Bilingual
from models.types import SourceRef
from network.queries import visible
from network.queries.cards import NeedCard, TechnologyCard, need_card, technology_card

LATEST = 3
KEY_FIGURES = 4


@dataclass(frozen=True)
class FigureRow:
    group: FigureGroup
    label: Bilingual
    value: Bilingual
    unit: Bilingual
    period: Bilingual
    as_of: str | None
    note: Bilingual
    uncertain: bool
    sources: tuple[SourceRef, ...]


@dataclass(frozen=True)
class FigureTable:
    group: FigureGroup
    figures: tuple[FigureRow, ...]


@dataclass(frozen=True)
class Front:
    figures: tuple[FigureRow, ...]
    needs: tuple[NeedCard, ...]
    technologies: tuple[TechnologyCard, ...]


def front(session: Session, viewer: User | None) -> Front:
    """The key figures, and the newest needs and technologies that this reader may read. Six statements."""
    key = [group for group in FigureGroup if group in (FigureGroup.NETWORK, FigureGroup.RANK)]
    needs = (
        sa.select(Need)
        .where(visible.entries(Need, viewer))
        .options(joinedload(Need.organisation), selectinload(Need.fields), selectinload(Need.wanted))
        .order_by(Need.published_at.desc(), Need.id.desc())
        .limit(LATEST)
    )
    technologies = (
        sa.select(Technology)
        .where(visible.entries(Technology, viewer))
        .options(joinedload(Technology.organisation), selectinload(Technology.fields))
        .order_by(Technology.created_at.desc(), Technology.id.desc())
        .limit(LATEST)
    )
    return Front(
        tuple(_figures(session, key))[:KEY_FIGURES],
        tuple(need_card(need) for need in session.scalars(needs)),
        tuple(technology_card(technology) for technology in session.scalars(technologies)),
    )


def figure_tables(session: Session) -> tuple[FigureTable, ...]:
    """Every figure, by group in the order of the enumeration. One statement."""
    rows = _figures(session, list(FigureGroup))
    return tuple(FigureTable(group, tuple(figures)) for group, figures in groupby(rows, key=lambda row: row.group))


def _figures(session: Session, groups: Sequence[FigureGroup]) -> Iterable[FigureRow]:
    found = session.scalars(sa.select(Figure).where(Figure.group.in_(groups)).order_by(Figure.id)).all()
    for figure in sorted(found, key=lambda figure: groups.index(figure.group)):
        yield FigureRow(
            figure.group,
            figure.label,
            figure.value,
            figure.unit,
            figure.period,
            figure.as_of,
            figure.note,
            figure.uncertain,
            tuple(figure.sources),
        )
