"""Loads the starter registry from network/data: real organisations from public pages, and illustrative ones.

Repeatable: a record whose `key` is already in the database is left as people may have changed it; only what is missing
is added, and each new entry gets its index job in the same transaction.
"""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    ActionProgramme,
    Base,
    Challenge,
    Event,
    Field,
    Figure,
    FigurePoint,
    Need,
    Offer,
    Organisation,
    Programme,
    Stand,
    Technology,
)
from models.jobs import enqueue_embedding
from models.organisations import PROFILES
from models.technologies import Owner, PriceBasis
from models.texts import Bilingual, slugify
from models.types import (
    EnterpriseSize,
    InstituteKind,
    InvestorType,
    IpStatus,
    IpType,
    NeedState,
    OfferKind,
    OrganisationKind,
    PartnerKind,
    ProfileState,
    Provenance,
    Stage,
    SubjectKind,
    SupplyState,
    TransferForm,
    Visibility,
)
from network.services import versions
from network.services.starter_actions import action_programme
from network.services.starter_figures import figure, point
from network.services.starter_occasions import challenge, event, stand

DATA = Path(__file__).resolve().parent.parent / "data"
Record = dict[str, Any]

ENUMS: dict[str, Any] = {
    "investor_type": InvestorType,
    "size": EnterpriseSize,
    "institute_kind": InstituteKind,
    "partner_kind": PartnerKind,
    "stage": Stage,
    "ip_type": IpType,
    "ip_status": IpStatus,
    "transfer_form": TransferForm,
    "price_basis": PriceBasis,
    "provenance": Provenance,
    "visibility": Visibility,
    "state": ProfileState,
}


class BadRecord(ValueError):
    """A record of a starter file cannot be loaded; the message names file, key and what is wrong."""


@dataclass(frozen=True)
class Area:
    """One kind of record: the files it stands in, the entity it becomes, and what it has beside plain values."""

    files: tuple[str, ...]
    entity: type[Base]
    make: Callable[["Loader", Record], Any]
    subject: SubjectKind | None


def load(
    session: Session, *, now: datetime, folder: Path = DATA, progress: Callable[[str], None] = lambda _: None
) -> int:
    """Adds every record that is not there yet; returns how many were added.

    Raises BadRecord for a record that names an unknown field, organisation or value.
    """
    return Loader(session, folder, now).run(progress)


class Loader:
    def __init__(self, session: Session, folder: Path, now: datetime) -> None:
        self.session, self.folder, self.now = session, folder, now
        self.fields: dict[str, Field] = {}
        self.organisations: dict[str, int] = {}
        self.slugs: set[str] = set()

    def run(self, progress: Callable[[str], None]) -> int:
        self._load_fields()
        self.slugs = set(self.session.scalars(sa.select(Organisation.slug)))
        added = 0
        for area in AREAS:
            count = self._load_area(area)
            added += count
            progress(f"{area.entity.__tablename__}: {count}")
            if area.entity is Organisation:
                keyed = sa.select(Organisation.starter_key, Organisation.id).where(
                    Organisation.starter_key.is_not(None)
                )
                self.organisations = {str(key): id_ for key, id_ in self.session.execute(keyed)}
        return added

    def _load_fields(self) -> None:
        self.fields = {f.code: f for f in self.session.scalars(sa.select(Field))}
        with (self.folder / "fields.tsv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                if row["code"] not in self.fields:
                    parent = row["code"][0] if len(row["code"]) > 1 else None
                    field = Field(code=row["code"], parent_code=parent, name=Bilingual(row["name_vi"], row["name_en"]))
                    self.session.add(field)
                    self.fields[field.code] = field
        self.session.flush()

    def _load_area(self, area: Area) -> int:
        known = set(self.session.scalars(sa.select(area.entity.starter_key)))  # type: ignore[attr-defined]
        entries = []
        for path, record in self._records(area.files):
            if record["key"] in known:
                continue
            known.add(record["key"])
            try:
                entry = area.make(self, record)
            except (KeyError, ValueError, TypeError, sa.exc.NoResultFound) as error:
                raise BadRecord(f"{path.name}, record {record['key']}: {error!r}") from error
            self.session.add(entry)
            entries.append(entry)
        self.session.flush()
        if area.subject:
            for entry in entries:
                enqueue_embedding(self.session, area.subject, entry.id)
        return len(entries)

    def _records(self, patterns: tuple[str, ...]) -> Iterator[tuple[Path, Record]]:
        for pattern in patterns:
            for path in sorted(self.folder.glob(f"*/{pattern}.jsonl")):
                for line in path.read_text(encoding="utf-8").splitlines():
                    if line.strip():
                        yield path, json.loads(line)

    def common(self, record: Record, *bilingual: str) -> dict[str, Any]:
        """The values every entry shares, the named bilingual texts, and the enumerations present."""
        values: dict[str, Any] = {
            "starter_key": record["key"],
            "provenance": Provenance(record["provenance"]),
            "sources": record.get("sources") or [],
            "uncertain": bool(record.get("uncertain")),
        }
        for name in (*bilingual, "note"):
            values[name] = Bilingual(record.get(f"{name}_vi") or None, record.get(f"{name}_en") or None)
        return values

    def fields_of(self, record: Record) -> list[Field]:
        return [self.fields[code] for code in dict.fromkeys(record.get("fields") or [])]

    def organisation_id(self, record: Record) -> int:
        return self.organisations[record["organisation"]]

    def new_slug(self, name: str) -> str:
        base = slugify(name)[:80] or "organisation"
        slug, n = base, 2
        while slug in self.slugs:
            slug, n = f"{base}-{n}", n + 1
        self.slugs.add(slug)
        return slug


def _enum(record: Record, name: str) -> Any:
    return ENUMS[name](record[name]) if record.get(name) else None


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


PROFILE_VALUES: dict[OrganisationKind, tuple[str, ...]] = {
    OrganisationKind.CENTRE: ("investor_type", "network_member", "services", "capacity", "staff_count", "reply_days"),
    OrganisationKind.ENTERPRISE: ("st_enterprise", "size", "products"),
    OrganisationKind.STARTUP: ("stage", "team_size", "directly_supported", "seeking"),
    OrganisationKind.INSTITUTE: ("institute_kind", "transfer_office"),
    OrganisationKind.PARTNER: ("partner_kind", "ticket"),
}


def _organisation(loader: Loader, record: Record) -> Organisation:
    kind = OrganisationKind(record["kind"])
    values = loader.common(record, "name", "summary", "description")
    default_state = ProfileState.VERIFIED if record["provenance"] == "illustrative" else ProfileState.UNCLAIMED
    for name in PROFILE_VALUES[kind]:
        if name in ENUMS:
            values[name] = _enum(record, name)
        elif name in ("products", "transfer_office", "ticket"):
            values[name] = Bilingual(record.get(f"{name}_vi") or None, record.get(f"{name}_en") or None)
        elif record.get(name) is not None:
            values[name] = record[name]
    return PROFILES[kind](
        slug=loader.new_slug(record.get("name_en") or record["name_vi"]),
        district=record.get("district"),
        address=record.get("address"),
        website=record.get("website"),
        founded_year=record.get("founded_year"),
        state=_enum(record, "state") or default_state,
        fields=loader.fields_of(record),
        **values,
    )


def _offer(loader: Loader, record: Record) -> Offer:
    return Offer(
        organisation_id=loader.organisation_id(record),
        kind=OfferKind(record["kind"]),
        stages=[Stage(s).value for s in record.get("stages") or []],
        trl_min=record.get("trl_min"),
        trl_max=record.get("trl_max"),
        capacity=record.get("capacity"),
        languages=record.get("languages") or [],
        district=record.get("district"),
        state=SupplyState.PUBLISHED,
        fields=loader.fields_of(record),
        **loader.common(record, "title", "summary", "details"),
    )


def _technology(loader: Loader, record: Record) -> Technology:
    technology = Technology(
        organisation_id=loader.organisation_id(record),
        trl=record.get("trl"),
        ip_type=_enum(record, "ip_type"),
        ip_status=_enum(record, "ip_status"),
        ip_territory=record.get("territory"),
        price_basis=_enum(record, "price_basis"),
        price_low=record.get("price_low"),
        price_high=record.get("price_high"),
        state=SupplyState.PUBLISHED,
        confirmed_at=loader.now,
        fields=loader.fields_of(record),
        **loader.common(record, *versions.TEXTS),
    )
    forms = filter(None, (record.get("transfer_form"), *record.get("other_forms", ())))
    technology.transfer_forms = [TransferForm(form) for form in forms]
    technology.owners = [Owner(name, share) for name, share in record.get("owners", ())]
    return technology


def _programme(loader: Loader, record: Record) -> Programme:
    return Programme(
        organisation_id=loader.organisation_id(record) if record.get("organisation") else None,
        stages=[Stage(s).value for s in record.get("stages") or []],
        opens_on=_date(record.get("opens_on")),
        closes_on=_date(record.get("closes_on")),
        capacity=record.get("capacity"),
        state=SupplyState.PUBLISHED,
        fields=loader.fields_of(record),
        **loader.common(record, "operator", "name", "summary", "gives", "who", "status"),
    )


def _need(loader: Loader, record: Record) -> Need:
    need = Need(
        organisation_id=loader.organisation_id(record),
        stage=_enum(record, "stage"),
        trl=record.get("trl"),
        district=record.get("district"),
        budget_vnd=record.get("budget_vnd"),
        needed_by=_date(record.get("needed_by")),
        visibility=_enum(record, "visibility") or Visibility.PUBLIC,
        state=NeedState.PUBLISHED,
        published_at=loader.now,
        fields=loader.fields_of(record),
        **loader.common(record, "title", "summary", "details"),
    )
    need.kinds = [OfferKind(k) for k in record["kinds"]]
    return need


def _action(loader: Loader, record: Record) -> ActionProgramme:
    texts = ("office", "title", "breakthrough", "goal", "drop_reason")
    return action_programme(loader.common(record, *texts), record)


AREAS: tuple[Area, ...] = (
    Area(
        ("organisations", "centres", "enterprises*", "institutes*", "partners", "startups*"),
        Organisation,
        _organisation,
        SubjectKind.ORGANISATION,
    ),
    Area(("offers*",), Offer, _offer, SubjectKind.OFFER),
    Area(("technologies",), Technology, _technology, SubjectKind.TECHNOLOGY),
    Area(("programmes",), Programme, _programme, SubjectKind.PROGRAMME),
    Area(("needs*",), Need, _need, SubjectKind.NEED),
    Area(("figures",), Figure, figure, None),
    Area(("figure_points",), FigurePoint, point, None),
    Area(("action_programmes",), ActionProgramme, _action, None),
    Area(("events",), Event, event, None),
    Area(("challenges",), Challenge, challenge, None),
    Area(("stands",), Stand, stand, None),
)
