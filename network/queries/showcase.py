"""The exhibition: the hall with its stands, and one stand with what stands on it."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectin_polymorphic, selectinload

from models import Enterprise, Exhibit, Organisation, Stand, Technology, User
from models.errors import NotFound
from models.texts import Bilingual
from network.queries import visible
from network.queries.cards import FieldName, OrganisationRef, Origin, field_names, organisation_ref, origin


@dataclass(frozen=True)
class ExhibitCard:
    """A technology with its owner, or the products of an enterprise; `technology_id` is None for the latter."""

    technology_id: int | None
    organisation: OrganisationRef
    title: Bilingual
    caption: Bilingual
    summary: Bilingual
    trl: int | None
    origin: Origin


@dataclass(frozen=True)
class StandCard:
    number: int
    theme: Bilingual
    welcome: Bilingual
    centre: OrganisationRef
    district: str | None
    fields: tuple[FieldName, ...]
    exhibits: tuple[ExhibitCard, ...]
    origin: Origin


@dataclass(frozen=True)
class StandPage:
    """`before` and `after` are the neighbours in the hall."""

    stand: StandCard
    before: StandCard | None
    after: StandCard | None


def hall(session: Session, viewer: User | None) -> tuple[StandCard, ...]:
    """All stands on which something is to be seen, in the order of the hall. Five statements."""
    found = (
        sa.select(Stand)
        .where(visible.stands(viewer))
        .options(joinedload(Stand.organisation).selectinload(Organisation.fields))
        .order_by(Stand.number)
    )
    stands = session.scalars(found).unique().all()
    exhibits: dict[int, list[ExhibitCard]] = {stand.id: [] for stand in stands}
    for exhibit in session.scalars(_exhibits(viewer, list(exhibits))):
        exhibits[exhibit.stand_id].append(_exhibit(exhibit))
    return tuple(_stand(stand, exhibits[stand.id]) for stand in stands)


def stand(session: Session, viewer: User | None, slug: str) -> StandPage:
    """The stand of the centre with this address. Raises NotFound when it has none. As many statements as the hall."""
    stands = hall(session, viewer)
    at = next((n for n, card in enumerate(stands) if card.centre.slug == slug), None)
    if at is None:
        raise NotFound
    return StandPage(stands[at], stands[at - 1] if at else None, stands[at + 1] if at + 1 < len(stands) else None)


def _exhibits(viewer: User | None, stands: list[int]) -> sa.Select[Exhibit]:
    return (
        sa.select(Exhibit)
        .where(Exhibit.stand_id.in_(stands), visible.exhibits(viewer))
        .options(
            joinedload(Exhibit.technology).joinedload(Technology.organisation),
            selectinload(Exhibit.organisation).options(selectin_polymorphic(Organisation, [Enterprise])),
        )
        .order_by(Exhibit.stand_id, Exhibit.position, Exhibit.id)
    )


def _exhibit(e: Exhibit) -> ExhibitCard:
    if e.technology is not None:
        t = e.technology
        return ExhibitCard(t.id, organisation_ref(t.organisation), t.title, e.caption, t.summary, t.trl, origin(t))
    enterprise = e.organisation
    assert enterprise is not None
    products = enterprise.products if isinstance(enterprise, Enterprise) else Bilingual()
    return ExhibitCard(
        None,
        organisation_ref(enterprise),
        products or enterprise.name,
        e.caption,
        enterprise.summary,
        None,
        origin(enterprise),
    )


def _stand(s: Stand, exhibits: list[ExhibitCard]) -> StandCard:
    return StandCard(
        s.number,
        s.theme,
        s.welcome,
        organisation_ref(s.organisation),
        s.organisation.district,
        field_names(s.organisation.fields),
        tuple(exhibits),
        origin(s),
    )
