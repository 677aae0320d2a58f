"""What the first page shows beside the question."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Need, Technology, User
from models.figures import FigureGroup
from network.queries import visible
from network.queries.cards import NeedCard, TechnologyCard, need_card, technology_card
from network.queries.figures import FigureRow, figures

LATEST = 3
KEY_FIGURES = 4
KEY_GROUPS = (FigureGroup.NETWORK, FigureGroup.RANK)


@dataclass(frozen=True)
class Front:
    figures: tuple[FigureRow, ...]
    needs: tuple[NeedCard, ...]
    technologies: tuple[TechnologyCard, ...]


def front(session: Session, viewer: User | None) -> Front:
    """The key figures, and the newest needs and technologies that this reader may read. Six statements."""
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
        figures(session, KEY_GROUPS)[:KEY_FIGURES],
        tuple(need_card(need) for need in session.scalars(needs)),
        tuple(technology_card(technology) for technology in session.scalars(technologies)),
    )
