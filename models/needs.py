"""What a startup or an enterprise looks for."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Provenanced, Searchable, Timed, bilingual
from models.organisations import Organisation
from models.taxonomy import Field, field_links
from models.texts import Bilingual
from models.types import CloseReason, NeedState, OfferKind, Stage, Visibility, enum_type

need_field = field_links("need")


class Need(Timed, Provenanced, Searchable, Base):
    """`summary` may be read by everybody who may read the need at all, `details` by verified members only."""

    __tablename__ = "need"
    __table_args__ = (
        CheckConstraint("coalesce(title_vi, title_en) IS NOT NULL", name="titled"),
        CheckConstraint("trl BETWEEN 1 AND 9", name="trl"),
        CheckConstraint("budget_vnd >= 0", name="budget"),
        CheckConstraint("(state = 'closed') = (close_reason IS NOT NULL)", name="closed_with_reason"),
        CheckConstraint("state = 'draft' OR published_at IS NOT NULL OR state = 'closed'", name="published_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    title: Mapped[Bilingual] = bilingual("title")
    summary: Mapped[Bilingual] = bilingual("summary")
    details: Mapped[Bilingual] = bilingual("details")
    stage: Mapped[Stage | None] = mapped_column(enum_type(Stage))
    trl: Mapped[int | None]
    district: Mapped[str | None] = mapped_column(sa.String(20))
    budget_vnd: Mapped[int | None] = mapped_column(sa.BigInteger)
    needed_by: Mapped[date | None]
    visibility: Mapped[Visibility] = mapped_column(enum_type(Visibility), default=Visibility.PUBLIC)
    state: Mapped[NeedState] = mapped_column(enum_type(NeedState), default=NeedState.DRAFT, index=True)
    close_reason: Mapped[CloseReason | None] = mapped_column(enum_type(CloseReason))
    published_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    fields: Mapped[list[Field]] = relationship(secondary=need_field, order_by=Field.code)
    wanted: Mapped[list["NeedKind"]] = relationship(cascade="all, delete-orphan", order_by="NeedKind.kind")

    @property
    def kinds(self) -> list[OfferKind]:
        """The kinds of help looked for."""
        return [w.kind for w in self.wanted]

    @kinds.setter
    def kinds(self, kinds: list[OfferKind]) -> None:
        present = {w.kind: w for w in self.wanted}
        self.wanted = [present.get(k) or NeedKind(kind=k) for k in dict.fromkeys(kinds)]

    def searchable_texts(self) -> tuple[Bilingual | None, ...]:
        return self.title, self.summary


class NeedKind(Base):
    __tablename__ = "need_kind"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[OfferKind] = mapped_column(enum_type(OfferKind), primary_key=True)
