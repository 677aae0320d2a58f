"""The short forms in which entries appear in lists, suggestions and search results. Public level only."""

from dataclasses import dataclass
from datetime import date, datetime

from models import Field, Need, Offer, Organisation, Programme, Technology
from models.base import Provenanced
from models.organisations import Centre, Enterprise, Startup
from models.texts import Bilingual
from models.types import (
    CloseReason,
    NeedState,
    OfferKind,
    OrganisationKind,
    ProfileState,
    Provenance,
    SourceRef,
    Stage,
    SupplyState,
    TransferForm,
    Visibility,
)


@dataclass(frozen=True)
class Origin:
    """Where an entry comes from, as shown beside it."""

    provenance: Provenance
    uncertain: bool
    note: Bilingual
    sources: tuple[SourceRef, ...]


def origin(entry: Provenanced) -> Origin:
    return Origin(entry.provenance, entry.uncertain, entry.note or Bilingual(), tuple(entry.sources))


@dataclass(frozen=True)
class FieldName:
    code: str
    name: Bilingual


def field_names(fields: list[Field]) -> tuple[FieldName, ...]:
    return tuple(FieldName(f.code, f.name) for f in fields)


@dataclass(frozen=True)
class OrganisationRef:
    """Just enough to name an organisation and link to it."""

    id: int
    slug: str
    kind: OrganisationKind
    name: Bilingual
    illustrative: bool


def organisation_ref(o: Organisation) -> OrganisationRef:
    return OrganisationRef(o.id, o.slug, o.kind, o.name, o.provenance is Provenance.ILLUSTRATIVE)


@dataclass(frozen=True)
class OrganisationCard:
    """`distinctions` set it apart in its kind: 'network_member', 'st_enterprise', 'directly_supported'. `capacity` and
    `reply_days` only centres state; `offers`, `technologies` and `needs` count what it has published, for lists."""

    id: int
    slug: str
    kind: OrganisationKind
    name: Bilingual
    summary: Bilingual
    district: str | None
    fields: tuple[FieldName, ...]
    state: ProfileState
    distinctions: tuple[str, ...]
    origin: Origin
    capacity: int | None = None
    reply_days: int | None = None
    offers: int = 0
    technologies: int = 0
    needs: int = 0


def organisation_card(o: Organisation) -> OrganisationCard:
    distinctions: list[str] = []
    match o:
        case Centre(network_member=True):
            distinctions.append("network_member")
        case Enterprise(st_enterprise=True):
            distinctions.append("st_enterprise")
        case Startup(directly_supported=True):
            distinctions.append("directly_supported")
        case _:
            pass
    return OrganisationCard(
        o.id,
        o.slug,
        o.kind,
        o.name,
        o.summary,
        o.district,
        field_names(o.fields),
        o.state,
        tuple(distinctions),
        origin(o),
        o.capacity if isinstance(o, Centre) else None,
        o.reply_days if isinstance(o, Centre) else None,
    )


@dataclass(frozen=True)
class OfferCard:
    id: int
    kind: OfferKind
    title: Bilingual
    summary: Bilingual
    fields: tuple[FieldName, ...]
    stages: tuple[Stage, ...]
    trl_min: int | None
    trl_max: int | None
    capacity: int | None
    district: str | None
    state: SupplyState
    visibility: Visibility
    organisation: OrganisationRef
    origin: Origin


def offer_card(o: Offer) -> OfferCard:
    return OfferCard(
        o.id,
        o.kind,
        o.title,
        o.summary,
        field_names(o.fields),
        tuple(Stage(s) for s in o.stages),
        o.trl_min,
        o.trl_max,
        o.capacity,
        o.district,
        o.state,
        o.visibility,
        organisation_ref(o.organisation),
        origin(o),
    )


@dataclass(frozen=True)
class TechnologyCard:
    id: int
    title: Bilingual
    summary: Bilingual
    fields: tuple[FieldName, ...]
    trl: int | None
    transfer_form: TransferForm | None
    state: SupplyState
    visibility: Visibility
    organisation: OrganisationRef
    origin: Origin


def technology_card(t: Technology) -> TechnologyCard:
    return TechnologyCard(
        t.id,
        t.title,
        t.summary,
        field_names(t.fields),
        t.trl,
        t.transfer_form,
        t.state,
        t.visibility,
        organisation_ref(t.organisation),
        origin(t),
    )


@dataclass(frozen=True)
class NeedCard:
    id: int
    title: Bilingual
    summary: Bilingual
    kinds: tuple[OfferKind, ...]
    fields: tuple[FieldName, ...]
    stage: Stage | None
    trl: int | None
    district: str | None
    needed_by: date | None
    visibility: Visibility
    state: NeedState
    close_reason: CloseReason | None
    published_at: datetime | None
    organisation: OrganisationRef
    origin: Origin


def need_card(n: Need) -> NeedCard:
    return NeedCard(
        n.id,
        n.title,
        n.summary,
        tuple(n.kinds),
        field_names(n.fields),
        n.stage,
        n.trl,
        n.district,
        n.needed_by,
        n.visibility,
        n.state,
        n.close_reason,
        n.published_at,
        organisation_ref(n.organisation),
        origin(n),
    )


@dataclass(frozen=True)
class ProgrammeCard:
    id: int
    name: Bilingual
    summary: Bilingual
    gives: Bilingual
    who: Bilingual
    status: Bilingual
    operator: Bilingual
    organisation: OrganisationRef | None
    opens_on: date | None
    closes_on: date | None
    capacity: int | None
    fields: tuple[FieldName, ...]
    stages: tuple[Stage, ...]
    origin: Origin


def programme_card(p: Programme) -> ProgrammeCard:
    return ProgrammeCard(
        p.id,
        p.name,
        p.summary,
        p.gives,
        p.who,
        p.status,
        p.operator,
        organisation_ref(p.organisation) if p.organisation else None,
        p.opens_on,
        p.closes_on,
        p.capacity,
        field_names(p.fields),
        tuple(Stage(s) for s in p.stages),
        origin(p),
    )
