"""The stand of a centre as its managers arrange it, and what could still be put on it."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectin_polymorphic, selectinload

from models import Enterprise, Exhibit, Organisation, Stand, Technology
from models.organisations import organisation_field
from models.technologies import technology_field
from models.texts import Bilingual
from network.queries import visible
from network.queries.cards import OrganisationRef, organisation_ref
from network.queries.facets import has_words

FOUND = 8


@dataclass(frozen=True)
class OwnExhibit:
    """`shown` is false for what others cannot read any more, and therefore do not see here."""

    id: int
    title: Bilingual
    caption: Bilingual
    organisation: OrganisationRef
    technology_id: int | None
    shown: bool


@dataclass(frozen=True)
class OwnStand:
    number: int
    theme: Bilingual
    welcome: Bilingual
    exhibits: tuple[OwnExhibit, ...]

    @property
    def open(self) -> bool:
        return any(exhibit.shown for exhibit in self.exhibits)


@dataclass(frozen=True)
class Candidate:
    """What could be exhibited: a technology, or else the products of an enterprise."""

    technology_id: int | None
    title: Bilingual
    organisation: OrganisationRef


def own_stand(session: Session, organisation_id: int) -> OwnStand | None:
    """Five statements at most."""
    found = (
        sa.select(Stand)
        .where(Stand.organisation_id == organisation_id)
        .options(
            selectinload(Stand.exhibits).options(
                joinedload(Exhibit.technology).joinedload(Technology.organisation),
                selectinload(Exhibit.organisation).options(selectin_polymorphic(Organisation, [Enterprise])),
            )
        )
    )
    stand = session.scalar(found)
    if stand is None:
        return None
    shown = set(session.scalars(sa.select(Exhibit.id).where(Exhibit.stand_id == stand.id, visible.exhibits(None))))
    return OwnStand(stand.number, stand.theme, stand.welcome, tuple(_exhibit(e, e.id in shown) for e in stand.exhibits))


def _exhibit(e: Exhibit, shown: bool) -> OwnExhibit:
    if e.technology is not None:
        owner = organisation_ref(e.technology.organisation)
        return OwnExhibit(e.id, e.technology.title, e.caption, owner, e.technology.id, shown)
    assert e.organisation is not None
    return OwnExhibit(e.id, _products(e.organisation), e.caption, organisation_ref(e.organisation), None, shown)


def _products(enterprise: Organisation) -> Bilingual:
    return (enterprise.products if isinstance(enterprise, Enterprise) else None) or enterprise.name


def candidates(session: Session, centre: Organisation, words: str) -> tuple[Candidate, ...]:
    """Technologies and enterprises with these words or, without words, in the fields of the centre. What stands there
    already is left out. Three statements."""
    stand = sa.select(Stand.id).where(Stand.organisation_id == centre.id).scalar_subquery()
    there = sa.select(Exhibit.technology_id).where(Exhibit.stand_id == stand, Exhibit.technology_id.is_not(None))
    technologies = (
        sa.select(Technology)
        .where(visible.entries(Technology, None), Technology.id.not_in(there))
        .options(joinedload(Technology.organisation))
        .order_by(Technology.id.desc())
        .limit(FOUND)
    )
    here = sa.select(Exhibit.organisation_id).where(Exhibit.stand_id == stand, Exhibit.organisation_id.is_not(None))
    enterprises = (
        sa.select(Enterprise)
        .where(visible.organisations(None), Enterprise.id.not_in(here))
        .order_by(Enterprise.folded)
        .limit(FOUND)
    )
    named, called = has_words(Technology.folded, words), has_words(Organisation.folded, words)
    if named is not None and called is not None:
        technologies, enterprises = technologies.where(named), enterprises.where(called)
    else:
        own = sa.select(organisation_field.c.field_code).where(organisation_field.c.organisation_id == centre.id)
        in_fields = sa.select(technology_field.c.technology_id).where(technology_field.c.field_code.in_(own))
        technologies = technologies.where(Technology.id.in_(in_fields))
        enterprises = enterprises.where(sa.false())
    return (
        *(Candidate(t.id, t.title, organisation_ref(t.organisation)) for t in session.scalars(technologies)),
        *(Candidate(None, _products(e), organisation_ref(e)) for e in session.scalars(enterprises)),
    )
