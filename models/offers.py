"""What a centre, an institute, a partner or an enterprise can give."""

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Provenanced, Searchable, Timed, bilingual
from models.organisations import Organisation
from models.taxonomy import Field, field_links
from models.texts import Bilingual
from models.types import OfferKind, SupplyState, Visibility, enum_type

offer_field = field_links("offer")


class Offer(Timed, Provenanced, Searchable, Base):
    """`stages` lists the stages served (empty: all), `languages` those it is given in, `capacity` teams at a time."""

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint("coalesce(title_vi, title_en) IS NOT NULL", name="titled"),
        CheckConstraint("trl_min BETWEEN 1 AND 9 AND trl_max BETWEEN 1 AND 9 AND trl_min <= trl_max", name="trl"),
        CheckConstraint("capacity >= 0", name="capacity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    kind: Mapped[OfferKind] = mapped_column(enum_type(OfferKind), index=True)
    title: Mapped[Bilingual] = bilingual("title")
    summary: Mapped[Bilingual] = bilingual("summary")
    details: Mapped[Bilingual] = bilingual("details")
    stages: Mapped[list[str]] = mapped_column(default=list)
    trl_min: Mapped[int | None]
    trl_max: Mapped[int | None]
    capacity: Mapped[int | None]
    languages: Mapped[list[str]] = mapped_column(default=list)
    district: Mapped[str | None] = mapped_column(sa.String(20))
    visibility: Mapped[Visibility] = mapped_column(enum_type(Visibility), default=Visibility.PUBLIC)
    state: Mapped[SupplyState] = mapped_column(enum_type(SupplyState), default=SupplyState.DRAFT, index=True)

    organisation: Mapped[Organisation] = relationship()
    fields: Mapped[list[Field]] = relationship(secondary=offer_field, order_by=Field.code)

    def searchable_texts(self) -> tuple[Bilingual | None, ...]:
        return self.title, self.summary
