"""An institute's own technologies as it works on them: the list, what has to be confirmed, and one in full."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from models import Technology, TechnologyVersion
from models.errors import NotFound
from models.texts import Bilingual
from models.types import SupplyState
from network.queries.cards import TechnologyCard, technology_card
from network.queries.paging import Page, paginate
from network.queries.pipeline import PipelineInterest, Step, interests_of
from network.queries.technology_facts import Freshness, PictureRef, freshness, picture_ref
from network.services.freshness import NOTICE, QUARTER


@dataclass(frozen=True)
class OwnRow:
    """`asking` are requests that go on about it."""

    card: TechnologyCard
    reference: str | None
    freshness: Freshness | None
    asking: int


@dataclass(frozen=True)
class OwnList:
    """`due` is how many published ones have to be confirmed now, whatever page is shown."""

    page: Page[OwnRow]
    due: int
    drafts: int


@dataclass(frozen=True)
class DueRow:
    id: int
    title: Bilingual
    freshness: Freshness


@dataclass(frozen=True)
class VersionRow:
    """A version by its number; `author` is None for one from before versions, or whose account is gone."""

    number: int
    at: datetime
    author: str | None


@dataclass(frozen=True)
class Desk:
    """One technology with what has to do with it. `missing` names what a reader would look for and not find."""

    card: TechnologyCard
    freshness: Freshness | None
    pictures: tuple[PictureRef, ...]
    interests: tuple[PipelineInterest, ...]
    step: Step
    versions: tuple[VersionRow, ...]
    missing: tuple[str, ...]


def own_list(session: Session, organisation_id: int, number: int = 1, *, now: datetime) -> OwnList:
    """Six statements. Drafts first, what is withdrawn last."""
    order = sa.case((Technology.state == SupplyState.DRAFT, 0), (Technology.state == SupplyState.PUBLISHED, 1), else_=2)
    found = (
        sa.select(Technology)
        .where(Technology.organisation_id == organisation_id)
        .options(joinedload(Technology.organisation), selectinload(Technology.fields))
        .order_by(order, Technology.id.desc())
    )
    page = paginate(session, found, number, lambda technology: technology)
    interests = interests_of(session, organisation_id, [technology.id for technology in page.items], now=now)
    rows = tuple(
        OwnRow(
            technology_card(technology),
            technology.reference,
            freshness(technology, now),
            sum(1 for interest in interests.get(technology.id, ()) if interest.step),
        )
        for technology in page.items
    )
    counted = sa.select(
        sa.func.count(sa.case((_is_due(now), 1))),
        sa.func.count(sa.case((Technology.state == SupplyState.DRAFT, 1))),
    ).where(Technology.organisation_id == organisation_id)
    due, drafts = session.execute(counted).one()
    return OwnList(Page(rows, page.number, page.size, page.total), due, drafts)


def due(session: Session, organisation_id: int, *, now: datetime) -> tuple[DueRow, ...]:
    """The published ones that have to be confirmed, the longest unconfirmed first. One statement."""
    last = sa.func.coalesce(Technology.confirmed_at, Technology.created_at)
    found = sa.select(Technology).where(Technology.organisation_id == organisation_id, _is_due(now))
    rows = []
    for technology in session.scalars(found.options(joinedload(Technology.organisation)).order_by(last, Technology.id)):
        fresh = freshness(technology, now)
        if fresh is not None:
            rows.append(DueRow(technology.id, technology.title, fresh))
    return tuple(rows)


def asked_about(
    session: Session, organisation_id: int, technology_id: int, *, now: datetime
) -> dict[int, PipelineInterest]:
    """The request about this technology that goes on, or came to a result, by the need it is about. Two statements."""
    found = interests_of(session, organisation_id, [technology_id], now=now).get(technology_id, [])
    return {interest.need_id: interest for interest in reversed(found) if interest.step}


def desk(session: Session, organisation_id: int, technology_id: int, *, now: datetime) -> Desk:
    """Eight statements at most. Raises NotFound for what is not the organisation's."""
    found = (
        sa.select(Technology)
        .where(Technology.id == technology_id, Technology.organisation_id == organisation_id)
        .options(joinedload(Technology.organisation), selectinload(Technology.fields))
        .options(selectinload(Technology.owner_rows), selectinload(Technology.pictures))
    )
    technology = session.scalar(found)
    if technology is None:
        raise NotFound
    interests = interests_of(session, organisation_id, [technology.id], now=now).get(technology.id, [])
    own = Step.DRAFT if technology.state is SupplyState.DRAFT else Step.LISTED
    return Desk(
        technology_card(technology),
        freshness(technology, now),
        tuple(map(picture_ref, technology.pictures)),
        tuple(interests),
        next((interest.step for interest in interests if interest.step), own),
        version_rows(session, technology.id),
        _missing(technology),
    )


def version_rows(session: Session, technology_id: int) -> tuple[VersionRow, ...]:
    """All versions, newest first. One statement."""
    found = (
        sa.select(TechnologyVersion)
        .where(TechnologyVersion.technology_id == technology_id)
        .options(joinedload(TechnologyVersion.author), defer(TechnologyVersion.content))
        .order_by(TechnologyVersion.number.desc())
    )
    return tuple(VersionRow(v.number, v.at, v.author.name if v.author else None) for v in session.scalars(found))


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    last = sa.func.coalesce(Technology.confirmed_at, Technology.created_at)
    return sa.and_(Technology.state == SupplyState.PUBLISHED, last <= now - QUARTER + NOTICE)


def _missing(technology: Technology) -> tuple[str, ...]:
    """What those who look for a technology ask about first, in the order of the form."""
    there = {
        "fields": technology.fields,
        "trl": technology.trl,
        "evidence": technology.evidence,
        "ip_type": technology.ip_type,
        "owners": technology.owners,
        "transfer_forms": technology.transfer_form,
        "price_basis": technology.price_basis or technology.price_note,
        "pictures": [picture for picture in technology.pictures if picture.described],
    }
    return tuple(name for name, value in there.items() if not value)
