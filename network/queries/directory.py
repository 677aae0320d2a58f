"""The directory of organisations: its overview and the list to narrow. Profiles are in queries/profiles.py."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload, with_polymorphic

from models import Need, Offer, Organisation, Technology, User
from models.organisations import organisation_field
from models.types import InvestorType, OrganisationKind, Provenance, Stage
from network.queries import visible
from network.queries.cards import OrganisationCard, organisation_card
from network.queries.facets import (
    Choice,
    Condition,
    Criteria,
    Facet,
    Listing,
    Narrowing,
    equals,
    facet,
    has_words,
    in_field,
    order,
)
from network.queries.paging import paginate

EVERY_KIND = with_polymorphic(Organisation, "*")

DISTINGUISHED = sa.func.coalesce(
    EVERY_KIND.Centre.network_member, EVERY_KIND.Enterprise.st_enterprise, EVERY_KIND.Startup.directly_supported
)


class Standing(enum.StrEnum):
    """Whether an organisation has what sets some of its kind apart: a centre that is a member of the network, an
    enterprise proven to be a science and technology enterprise, a startup that is supported directly."""

    DISTINGUISHED = "distinguished"
    OTHER = "other"


OF_ONE_KIND = ("standing", "investor", "stage")
KINDS_WITH_STANDING = (OrganisationKind.CENTRE, OrganisationKind.ENTERPRISE, OrganisationKind.STARTUP)


@dataclass(frozen=True, kw_only=True)
class DirectoryCriteria(Criteria):
    kind: OrganisationKind | None = None
    standing: Standing | None = None
    investor: InvestorType | None = None
    stage: Stage | None = None
    district: str | None = None

    def __post_init__(self) -> None:
        """What belongs to one kind counts for that kind only."""
        if self.kind not in KINDS_WITH_STANDING:
            object.__setattr__(self, "standing", None)
        if self.kind is not OrganisationKind.CENTRE:
            object.__setattr__(self, "investor", None)
        if self.kind is not OrganisationKind.STARTUP:
            object.__setattr__(self, "stage", None)

    def without(self, *keys: str) -> dict[str, str]:
        return super().without(*keys, *(OF_ONE_KIND if "kind" in keys else ()))


@dataclass(frozen=True)
class Overview:
    """How many organisations of each sort the reader can find."""

    network_centres: int
    st_enterprises: int
    supported_startups: int
    institutes: int
    partners: int
    illustrative: int
    total: int


def overview(session: Session, viewer: User | None) -> Overview:
    """One statement."""
    illustrative = Organisation.provenance == Provenance.ILLUSTRATIVE
    rows = session.execute(
        sa.select(Organisation.kind, DISTINGUISHED, illustrative, sa.func.count())
        .select_from(EVERY_KIND)
        .where(visible.organisations(viewer))
        .group_by(Organisation.kind, DISTINGUISHED, illustrative)
    ).all()

    def number(kind: OrganisationKind, distinguished: bool | None) -> int:
        return sum(n for k, d, _, n in rows if k is kind and d == distinguished)

    return Overview(
        network_centres=number(OrganisationKind.CENTRE, True),
        st_enterprises=number(OrganisationKind.ENTERPRISE, True),
        supported_startups=number(OrganisationKind.STARTUP, True),
        institutes=number(OrganisationKind.INSTITUTE, None),
        partners=number(OrganisationKind.PARTNER, None),
        illustrative=sum(n for _, _, invented, n in rows if invented),
        total=sum(n for *_, n in rows),
    )


def _standing(standing: Standing | None) -> Condition | None:
    return None if standing is None else DISTINGUISHED.is_(standing is Standing.DISTINGUISHED)


def narrow(session: Session, viewer: User | None, criteria: DirectoryCriteria) -> Narrowing:
    """The organisations that this reader may see and has chosen, to be listed, counted or drawn."""
    return Narrowing(
        session,
        EVERY_KIND,
        {
            "visible": visible.organisations(viewer),
            "q": has_words(Organisation.folded, criteria.q),
            "kind": equals(Organisation.kind, criteria.kind),
            "standing": _standing(criteria.standing),
            "investor": equals(EVERY_KIND.Centre.investor_type, criteria.investor),
            "stage": equals(EVERY_KIND.Startup.stage, criteria.stage),
            "field": in_field(Organisation.fields, criteria.field),
            "district": equals(Organisation.district, criteria.district),
            "provenance": equals(Organisation.provenance, criteria.provenance),
        },
    )


def listing(
    session: Session, viewer: User | None, criteria: DirectoryCriteria, number: int, *, language: str
) -> Listing[OrganisationCard]:
    """Ten statements, and one more for each facet of the kind chosen: at most twelve. By name, the members of the
    network come first."""
    narrowing = narrow(session, viewer, criteria)
    found = sa.select(EVERY_KIND).where(*narrowing.where()).options(selectinload(EVERY_KIND.fields))
    if not criteria.sort:
        found = found.order_by(sa.case((EVERY_KIND.Centre.network_member.is_(True), 0), else_=1))
    found = found.order_by(*order(Organisation, "name", criteria.sort, language))
    page = paginate(session, found, number, organisation_card)
    page = replace(page, items=_counted(session, viewer, page.items))
    return Listing(criteria, page, tuple(_facets(narrowing, criteria)))


def _counted(session: Session, viewer: User | None, cards: Sequence[OrganisationCard]) -> tuple[OrganisationCard, ...]:
    """The cards with how much each has published that this reader may read. One statement."""
    entities: dict[str, Any] = {"offers": Offer, "technologies": Technology, "needs": Need}
    numbers: dict[int, dict[str, Any]] = {card.id: {} for card in cards}
    counts = [
        sa.select(sa.literal(name), entity.organisation_id, sa.func.count())
        .where(entity.organisation_id.in_(numbers), visible.entries(entity, viewer))
        .group_by(entity.organisation_id)
        for name, entity in entities.items()
    ]
    for name, number, count in session.execute(sa.union_all(*counts)):
        numbers[number][name] = count
    return tuple(replace(card, **numbers[card.id]) for card in cards)


def _facets(narrowing: Narrowing, criteria: DirectoryCriteria) -> list[Facet]:
    # What belongs to one kind is dropped with it: the numbers of the kinds are those of whole kinds.
    kinds = narrowing.counts(Organisation.kind, "kind", *OF_ONE_KIND)
    facets = [facet("kind", criteria.kind, (Choice(k.value, k, kinds.get(k, 0)) for k in OrganisationKind))]
    if criteria.kind in KINDS_WITH_STANDING:
        numbers = narrowing.counts(DISTINGUISHED, "standing")
        choices = (Choice(s.value, None, numbers.get(s is Standing.DISTINGUISHED, 0)) for s in Standing)
        facets.append(facet("standing", criteria.standing, choices))
    if criteria.kind is OrganisationKind.CENTRE:
        facets.append(narrowing.words("investor", EVERY_KIND.Centre.investor_type, InvestorType, criteria.investor))
    if criteria.kind is OrganisationKind.STARTUP:
        facets.append(narrowing.words("stage", EVERY_KIND.Startup.stage, Stage, criteria.stage))
    facets += [
        narrowing.fields(Organisation.id, organisation_field, criteria.field),
        narrowing.districts(Organisation.district, criteria.district),
        narrowing.words("provenance", Organisation.provenance, Provenance, criteria.provenance),
    ]
    return facets
