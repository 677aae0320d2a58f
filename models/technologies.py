"""A technology that a university or an institute lists for transfer."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Provenanced, Searchable, Timed, bilingual
from models.organisations import Organisation
from models.taxonomy import Field, field_links
from models.texts import Bilingual
from models.types import IpStatus, IpType, SupplyState, TransferForm, Visibility, enum_type

if TYPE_CHECKING:
    from models.pictures import TechnologyPicture

technology_field = field_links("technology")


class PriceBasis(enum.StrEnum):
    """What the amounts of a price indication are for. Only a lump sum and a yearly fee have amounts."""

    ON_REQUEST = "on_request"
    LUMP_SUM = "lump_sum"
    YEARLY = "yearly"
    ROYALTY = "royalty"
    FREE = "free"


@dataclass(frozen=True)
class Owner:
    """Who owns the rights; `share` in hundredths of a percent, None where it is not said."""

    name: str
    share: int | None = None


class Technology(Timed, Provenanced, Searchable, Base):
    """What is said stands on four levels: everything but two texts is for whoever may read the entry (`visibility`),
    `details` for verified members, `confidential` for the two sides of a request that was accepted.

    `trl` is the technology readiness level, 1 to 9, `evidence` what shows it; `ip_territory` country codes or 'WO';
    `reference` the number by which its owner knows it. `transfer_form` is the form the owner prefers.
    `confirmed_at` is when the owner last said that all is right; `stale_at` since when that is too long ago.
    """

    __tablename__ = "technology"
    __table_args__ = (
        CheckConstraint("coalesce(title_vi, title_en) IS NOT NULL", name="titled"),
        CheckConstraint("trl BETWEEN 1 AND 9", name="trl"),
        CheckConstraint("price_low >= 0", name="price_low"),
        CheckConstraint("price_high >= price_low", name="price_high"),
        Index("uq_technology_reference", "organisation_id", "reference", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    reference: Mapped[str | None] = mapped_column(sa.String(60))
    title: Mapped[Bilingual] = bilingual("title")
    summary: Mapped[Bilingual] = bilingual("summary")
    ready_for: Mapped[Bilingual] = bilingual("ready_for")
    details: Mapped[Bilingual] = bilingual("details")
    confidential: Mapped[Bilingual] = bilingual("confidential")
    trl: Mapped[int | None]
    evidence: Mapped[Bilingual] = bilingual("evidence")
    ip_type: Mapped[IpType | None] = mapped_column(enum_type(IpType))
    ip_number: Mapped[str | None] = mapped_column(sa.String(120))
    ip_status: Mapped[IpStatus | None] = mapped_column(enum_type(IpStatus))
    ip_territory: Mapped[str | None] = mapped_column(sa.String(40))
    transfer_form: Mapped[TransferForm | None] = mapped_column(enum_type(TransferForm))
    price_basis: Mapped[PriceBasis | None] = mapped_column(enum_type(PriceBasis))
    price_low: Mapped[int | None] = mapped_column(sa.BigInteger)
    price_high: Mapped[int | None] = mapped_column(sa.BigInteger)
    price_note: Mapped[Bilingual] = bilingual("price_note")
    visibility: Mapped[Visibility] = mapped_column(enum_type(Visibility), default=Visibility.PUBLIC)
    state: Mapped[SupplyState] = mapped_column(enum_type(SupplyState), default=SupplyState.DRAFT, index=True)
    confirmed_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    stale_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    fields: Mapped[list[Field]] = relationship(secondary=technology_field, order_by=Field.code)
    owner_rows: Mapped[list["TechnologyOwner"]] = relationship(
        cascade="all, delete-orphan", order_by="TechnologyOwner.position"
    )
    other_forms: Mapped[list["TechnologyTransfer"]] = relationship(
        cascade="all, delete-orphan", order_by="TechnologyTransfer.form"
    )
    pictures: Mapped[list["TechnologyPicture"]] = relationship(
        cascade="all, delete-orphan", order_by="TechnologyPicture.position", back_populates="technology"
    )

    @property
    def owners(self) -> tuple[Owner, ...]:
        return tuple(Owner(row.name, row.share) for row in self.owner_rows)

    @owners.setter
    def owners(self, owners: Iterable[Owner]) -> None:
        owners = tuple(owners)
        if owners != self.owners:
            self.owner_rows = [TechnologyOwner(position=n, name=o.name, share=o.share) for n, o in enumerate(owners)]

    @property
    def transfer_forms(self) -> tuple[TransferForm, ...]:
        """The form preferred, then the others that are possible."""
        others = {row.form for row in self.other_forms}
        preferred = (self.transfer_form,) if self.transfer_form else ()
        return *preferred, *(form for form in TransferForm if form in others)

    @transfer_forms.setter
    def transfer_forms(self, forms: Iterable[TransferForm]) -> None:
        preferred, *others = tuple(dict.fromkeys(forms)) or (None,)
        self.transfer_form = preferred
        present = {row.form: row for row in self.other_forms}
        self.other_forms = [present.get(form) or TechnologyTransfer(form=form) for form in others if form]

    @property
    def last_confirmed(self) -> datetime:
        """When its owner last stood by it; entries from before that was asked count from their making."""
        return self.confirmed_at or self.created_at

    def searchable_texts(self) -> tuple[Bilingual | None, ...]:
        return self.title, self.summary, self.ready_for


class TechnologyOwner(Base):
    """`share` in hundredths of a percent."""

    __tablename__ = "technology_owner"
    __table_args__ = (CheckConstraint("share BETWEEN 1 AND 10000", name="share"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    technology_id: Mapped[int] = mapped_column(ForeignKey("technology.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(200))
    share: Mapped[int | None]


class TechnologyTransfer(Base):
    """A form of transfer that is possible beside the one preferred."""

    __tablename__ = "technology_transfer"

    technology_id: Mapped[int] = mapped_column(ForeignKey("technology.id", ondelete="CASCADE"), primary_key=True)
    form: Mapped[TransferForm] = mapped_column(enum_type(TransferForm), primary_key=True)
