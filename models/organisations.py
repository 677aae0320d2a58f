"""Organisations of every kind: what all share, and the profile that each kind adds.

Exactly seven centres are members of the network; `Centre.network_member` says which. A real organisation may only
be marked a member with a public source that says so.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Provenanced, Searchable, Timed, bilingual
from models.taxonomy import Field, field_links
from models.texts import Bilingual
from models.types import (
    EnterpriseSize,
    InstituteKind,
    InvestorType,
    OrganisationKind,
    PartnerKind,
    ProfileState,
    Stage,
    enum_type,
)

organisation_field = field_links("organisation")


class Organisation(Timed, Provenanced, Searchable, Base):
    __tablename__ = "organisation"
    __table_args__: Any = (
        CheckConstraint("coalesce(name_vi, name_en) IS NOT NULL", name="named"),
        CheckConstraint("founded_year BETWEEN 1800 AND 2100", name="founded_year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(100), unique=True)
    kind: Mapped[OrganisationKind] = mapped_column(enum_type(OrganisationKind), index=True)
    name: Mapped[Bilingual] = bilingual("name")
    summary: Mapped[Bilingual] = bilingual("summary")
    description: Mapped[Bilingual] = bilingual("description")
    district: Mapped[str | None] = mapped_column(sa.String(20), index=True)
    address: Mapped[str | None]
    website: Mapped[str | None]
    founded_year: Mapped[int | None]
    state: Mapped[ProfileState] = mapped_column(enum_type(ProfileState), default=ProfileState.CLAIMED)

    fields: Mapped[list[Field]] = relationship(secondary=organisation_field, order_by=Field.code)

    __mapper_args__ = {"polymorphic_on": "kind"}

    def searchable_texts(self) -> tuple[Bilingual | None, ...]:
        return self.name, self.summary, self.description


class Centre(Organisation):
    __tablename__ = "centre"
    __mapper_args__ = {"polymorphic_identity": OrganisationKind.CENTRE}
    __table_args__ = (
        CheckConstraint("capacity >= 0", name="capacity"),
        CheckConstraint("reply_days > 0", name="reply_days"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    investor_type: Mapped[InvestorType | None] = mapped_column(enum_type(InvestorType))
    network_member: Mapped[bool] = mapped_column(default=False)
    services: Mapped[list[str]] = mapped_column(default=list)
    capacity: Mapped[int | None]
    staff_count: Mapped[int | None]
    reply_days: Mapped[int | None]


class Enterprise(Organisation):
    __tablename__ = "enterprise"
    __mapper_args__ = {"polymorphic_identity": OrganisationKind.ENTERPRISE}

    id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    st_enterprise: Mapped[bool] = mapped_column(default=False)
    size: Mapped[EnterpriseSize | None] = mapped_column(enum_type(EnterpriseSize))
    products: Mapped[Bilingual] = bilingual("products")

    def searchable_texts(self) -> tuple[Bilingual | None, ...]:
        return *super().searchable_texts(), self.products


class Startup(Organisation):
    __tablename__ = "startup"
    __mapper_args__ = {"polymorphic_identity": OrganisationKind.STARTUP}
    __table_args__ = (CheckConstraint("team_size > 0", name="team_size"),)

    id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    stage: Mapped[Stage | None] = mapped_column(enum_type(Stage))
    team_size: Mapped[int | None]
    directly_supported: Mapped[bool] = mapped_column(default=False)
    seeking: Mapped[list[str]] = mapped_column(default=list)


class Institute(Organisation):
    __tablename__ = "institute"
    __mapper_args__ = {"polymorphic_identity": OrganisationKind.INSTITUTE}

    id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    institute_kind: Mapped[InstituteKind] = mapped_column(enum_type(InstituteKind), default=InstituteKind.INSTITUTE)
    transfer_office: Mapped[Bilingual] = bilingual("transfer_office")


class Partner(Organisation):
    __tablename__ = "partner"
    __mapper_args__ = {"polymorphic_identity": OrganisationKind.PARTNER}

    id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    partner_kind: Mapped[PartnerKind] = mapped_column(enum_type(PartnerKind), default=PartnerKind.SUPPORT)
    ticket: Mapped[Bilingual] = bilingual("ticket")

    def searchable_texts(self) -> tuple[Bilingual | None, ...]:
        return *super().searchable_texts(), self.ticket


PROFILES: dict[OrganisationKind, type[Organisation]] = {
    OrganisationKind.CENTRE: Centre,
    OrganisationKind.ENTERPRISE: Enterprise,
    OrganisationKind.STARTUP: Startup,
    OrganisationKind.INSTITUTE: Institute,
    OrganisationKind.PARTNER: Partner,
}
