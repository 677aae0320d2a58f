"""The profile of one organisation: what it says of itself, what is known of its kind, and what it has published."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
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
from network.queries.activity import Activity, activity
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
from network.queries.programmes import Intake, ProgrammeRow, programme_row


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
class Whom:
    """For whom the offers are, taken together: no `stages` means all, no `trl` that none of them limits it."""

    stages: tuple[Stage, ...]
    trl: tuple[int, int] | None


@dataclass(frozen=True)
class Profile:
    """`programmes` has those that are open first."""

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
    activity: Activity
    step: NextStep
    changed_at: datetime

    @property
    def helps_with(self) -> tuple[tuple[OfferKind, tuple[OfferCard, ...]], ...]:
        """The kinds of help, in the order of the enumeration, each with its offers; those only named have none."""
        named: tuple[OfferKind, ...] = self.facts.services if isinstance(self.facts, CentreFacts) else ()
        offered = {kind: tuple(o for o in self.offers if o.kind is kind) for kind in OfferKind}
        return tuple((kind, offered[kind]) for kind in OfferKind if offered[kind] or kind in named)

    @property
    def whom(self) -> Whom | None:
        """None without offers."""
        if not self.offers:
            return None
        every = any(not o.stages for o in self.offers)
        stages = {stage for o in self.offers for stage in o.stages}
        bounds = [(o.trl_min or 1, o.trl_max or 9) for o in self.offers]
        trl = (min(low for low, _ in bounds), max(high for _, high in bounds))
        served = () if every or len(stages) == len(Stage) else tuple(s for s in Stage if s in stages)
        return Whom(served, None if trl == (1, 9) else trl)

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
        return tuple(name for name, value in stated.items() if not value and value != 0)


def profile(session: Session, viewer: User | None, slug: str, *, today: date, now: datetime) -> Profile:
    """Sixteen statements. Raises NotFound for an unknown organisation, and for a suspended one of other people."""
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
        _programmes(session, viewer, organisation.id, today),
        tuple(map(need_card, _entries(session, viewer, Need, organisation.id))),
        activity(session, viewer, organisation.id, today=today, now=now),
        next_step(viewer, organisation.id, answers=organisation.kind is not OrganisationKind.STARTUP),
        organisation.updated_at,
    )


def _entries(session: Session, viewer: User | None, entity: Any, organisation_id: int) -> Iterable[Any]:
    loads = [joinedload(entity.organisation), selectinload(entity.fields)]
    if entity is Need:
        loads.append(selectinload(Need.wanted))
    found = sa.select(entity).where(entity.organisation_id == organisation_id, visible.entries(entity, viewer))
    return session.scalars(found.order_by(entity.id).options(*loads))


def _programmes(session: Session, viewer: User | None, organisation_id: int, today: date) -> tuple[ProgrammeRow, ...]:
    found = sa.select(Programme).where(Programme.organisation_id == organisation_id, visible.programmes(viewer))
    loads = (joinedload(Programme.organisation), selectinload(Programme.fields))
    ordered = session.scalars(found.order_by(Programme.opens_on, Programme.id).options(*loads))
    return tuple(sorted((programme_row(p, today) for p in ordered), key=lambda row: list(Intake).index(row.intake)))


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
