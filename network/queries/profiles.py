"""The profile of one organisation: what it says of itself, what is known of its kind, and what it has published."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import (
    Centre,
    Enterprise,
    Institute,
    Need,
    Offer,
    Organisation,
    Partner,
    Programme,
    Startup,
    Technology,
    User,
)
from models.errors import NotFound
from models.texts import Bilingual
from models.types import (
    EnterpriseSize,
    InstituteKind,
    InvestorType,
    OfferKind,
    OrganisationKind,
    PartnerKind,
    ProfileState,
    Provenance,
    Stage,
)
from network.queries import visible
from network.queries.cards import (
    NeedCard,
    OfferCard,
    OrganisationCard,
    TechnologyCard,
    need_card,
    offer_card,
    organisation_card,
    technology_card,
)
from network.queries.directory import EVERY_KIND
from network.queries.next_step import NextStep, next_step
from network.queries.programmes import ProgrammeRow, programme_row


@dataclass(frozen=True)
class CentreFacts:
    investor: InvestorType | None
    network_member: bool
    services: tuple[OfferKind, ...]
    capacity: int | None
    staff_count: int | None
    reply_days: int | None


@dataclass(frozen=True)
class EnterpriseFacts:
    st_enterprise: bool
    size: EnterpriseSize | None
    products: Bilingual


@dataclass(frozen=True)
class StartupFacts:
    stage: Stage | None
    team_size: int | None
    directly_supported: bool
    seeking: tuple[OfferKind, ...]


@dataclass(frozen=True)
class InstituteFacts:
    kind: InstituteKind
    transfer_office: Bilingual


@dataclass(frozen=True)
class PartnerFacts:
    kind: PartnerKind
    ticket: Bilingual


Facts = CentreFacts | EnterpriseFacts | StartupFacts | InstituteFacts | PartnerFacts


@dataclass(frozen=True)
class Profile:
    card: OrganisationCard
    description: Bilingual
    address: str | None
    website: str | None
    founded_year: int | None
    facts: Facts
    offers: tuple[OfferCard, ...]
    technologies: tuple[TechnologyCard, ...]
    programmes: tuple[ProgrammeRow, ...]
    needs: tuple[NeedCard, ...]
    step: NextStep

    @property
    def claimable(self) -> bool:
        return self.card.state is ProfileState.UNCLAIMED

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the facts that nobody has stated, for a kind word about them."""
        stated = {f.name: getattr(self.facts, f.name) for f in fields(self.facts)}
        stated |= {"district": self.card.district, "founded_year": self.founded_year}
        if self.card.origin.provenance is not Provenance.ILLUSTRATIVE:
            stated |= {"website": self.website}
        return tuple(name for name, value in stated.items() if value is not False and not value)


def profile(session: Session, viewer: User | None, slug: str, *, today: date) -> Profile:
    """Eleven statements. Raises NotFound for an unknown organisation, and for a suspended one of other people."""
    shown = sa.or_(visible.organisations(viewer), Organisation.id.in_(visible.own_organisations(viewer)))
    found = sa.select(EVERY_KIND).where(Organisation.slug == slug, shown).options(selectinload(EVERY_KIND.fields))
    organisation = session.scalar(found)
    if organisation is None:
        raise NotFound
    return Profile(
        organisation_card(organisation),
        organisation.description,
        organisation.address,
        public_link(organisation.website),
        organisation.founded_year,
        _facts(organisation),
        tuple(map(offer_card, _entries(session, viewer, Offer, organisation.id))),
        tuple(map(technology_card, _entries(session, viewer, Technology, organisation.id))),
        tuple(programme_row(p, today) for p in _programmes(session, viewer, organisation.id)),
        tuple(map(need_card, _entries(session, viewer, Need, organisation.id))),
        next_step(viewer, organisation.id, answers=organisation.kind is not OrganisationKind.STARTUP),
    )


def _entries(session: Session, viewer: User | None, entity: Any, organisation_id: int) -> Iterable[Any]:
    loads = [joinedload(entity.organisation), selectinload(entity.fields)]
    if entity is Need:
        loads.append(selectinload(Need.wanted))
    found = sa.select(entity).where(entity.organisation_id == organisation_id, visible.entries(entity, viewer))
    return session.scalars(found.order_by(entity.id).options(*loads))


def _programmes(session: Session, viewer: User | None, organisation_id: int) -> Iterable[Programme]:
    found = sa.select(Programme).where(Programme.organisation_id == organisation_id, visible.programmes(viewer))
    loads = (joinedload(Programme.organisation), selectinload(Programme.fields))
    return session.scalars(found.order_by(Programme.opens_on, Programme.id).options(*loads))


def _facts(o: Organisation) -> Facts:
    match o:
        case Centre():
            services = tuple(OfferKind(s) for s in o.services)
            return CentreFacts(o.investor_type, o.network_member, services, o.capacity, o.staff_count, o.reply_days)
        case Enterprise():
            return EnterpriseFacts(o.st_enterprise, o.size, o.products)
        case Startup():
            seeking = tuple(OfferKind(s) for s in o.seeking)
            return StartupFacts(o.stage, o.team_size, o.directly_supported, seeking)
        case Institute():
            return InstituteFacts(o.institute_kind, o.transfer_office)
        case Partner():
            return PartnerFacts(o.partner_kind, o.ticket)
    raise TypeError(f"an organisation of an unknown kind: {o!r}")


def public_link(address: str | None) -> str | None:
    """The address, if a browser may safely be led there."""
    parts = urlsplit(address or "")
    return address if parts.scheme in ("http", "https") and parts.netloc else None
