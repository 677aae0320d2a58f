"""What the first page shows beside the question."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Exhibit, Need, Stand, Technology, User
from models.figures import FigureGroup
from network.queries import visible
from network.queries.activity import open_challenges, upcoming_events
from network.queries.cards import NeedCard, TechnologyCard, need_card, technology_card
from network.queries.challenges import ChallengeCard
from network.queries.events import EventCard
from network.queries.figures import FigureRow, figures

LATEST = 3
KEY_FIGURES = 4
KEY_GROUPS = (FigureGroup.NETWORK, FigureGroup.RANK)


@dataclass(frozen=True)
class Hall:
    """The exhibition in two numbers."""

    stands: int
    exhibits: int


@dataclass(frozen=True)
class Front:
    figures: tuple[FigureRow, ...]
    needs: tuple[NeedCard, ...]
    technologies: tuple[TechnologyCard, ...]
    events: tuple[EventCard, ...]
    challenges: tuple[ChallengeCard, ...]
    hall: Hall


def front(session: Session, viewer: User | None, *, today: date, now: datetime) -> Front:
    """The key figures; the newest needs and technologies that this reader may read; what is on. Ten statements."""
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
        upcoming_events(session, viewer, now, limit=LATEST),
        open_challenges(session, viewer, today, limit=LATEST),
        _hall(session, viewer),
    )


def _hall(session: Session, viewer: User | None) -> Hall:
    stands = sa.select(sa.func.count()).select_from(Stand).where(visible.stands(viewer))
    exhibits = (
        sa.select(sa.func.count())
        .select_from(Exhibit)
        .where(visible.exhibits(viewer), Exhibit.stand_id.in_(sa.select(Stand.id).where(visible.stands(viewer))))
    )
    return Hall(*session.execute(sa.select(stands.scalar_subquery(), exhibits.scalar_subquery())).one())
