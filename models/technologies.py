"""A technology that a university or an institute lists for transfer."""

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Provenanced, Searchable, Timed, bilingual
from models.organisations import Organisation
from models.taxonomy import Field, field_links
from models.texts import Bilingual
from models.types import IpStatus, IpType, SupplyState, TransferForm, Visibility, enum_type

technology_field = field_links("technology")


class Technology(Timed, Provenanced, Searchable, Base):
    """`trl` is the technology readiness level, 1 to 9; `ip_territory` a country code or 'WO'."""

    __tablename__ = "technology"
    __table_args__ = (
        CheckConstraint("coalesce(title_vi, title_en) IS NOT NULL", name="titled"),
        CheckConstraint("trl BETWEEN 1 AND 9", name="trl"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    title: Mapped[Bilingual] = bilingual("title")
    summary: Mapped[Bilingual] = bilingual("summary")
    details: Mapped[Bilingual] = bilingual("details")
    trl: Mapped[int | None]
    ip_type: Mapped[IpType | None] = mapped_column(enum_type(IpType))
    ip_status: Mapped[IpStatus | None] = mapped_column(enum_type(IpStatus))
    ip_territory: Mapped[str | None] = mapped_column(sa.String(40))
    transfer_form: Mapped[TransferForm | None] = mapped_column(enum_type(TransferForm))
    visibility: Mapped[Visibility] = mapped_column(enum_type(Visibility), default=Visibility.PUBLIC)
    state: Mapped[SupplyState] = mapped_column(enum_type(SupplyState), default=SupplyState.DRAFT, index=True)

    organisation: Mapped[Organisation] = relationship()
    fields: Mapped[list[Field]] = relationship(secondary=technology_field, order_by=Field.code)

    def searchable_texts(self) -> tuple[Bilingual | None, ...]:
        return self.title, self.summary
