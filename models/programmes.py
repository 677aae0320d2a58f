"""A programme of support: a centre's intake, or a public scheme that an authority runs."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Provenanced, Searchable, Timed, bilingual
from models.organisations import Organisation
from models.taxonomy import Field, field_links
from models.texts import Bilingual
from models.types import SupplyState, enum_type

programme_field = field_links("programme")


class Programme(Timed, Provenanced, Searchable, Base):
    """Run by `organisation`, or by a body outside the directory named in `operator`.

    Dates and places are those of the call that is open or comes next (network.services.calls), where it has calls.
    """

    __tablename__ = "programme"
    __table_args__ = (
        CheckConstraint("coalesce(name_vi, name_en) IS NOT NULL", name="named"),
        CheckConstraint(
            "organisation_id IS NOT NULL OR coalesce(operator_vi, operator_en) IS NOT NULL", name="operated"
        ),
        CheckConstraint("opens_on <= closes_on", name="dates"),
        CheckConstraint("capacity >= 0", name="capacity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    operator: Mapped[Bilingual] = bilingual("operator")
    name: Mapped[Bilingual] = bilingual("name")
    summary: Mapped[Bilingual] = bilingual("summary")
    gives: Mapped[Bilingual] = bilingual("gives")
    who: Mapped[Bilingual] = bilingual("who")
    status: Mapped[Bilingual] = bilingual("status")
    stages: Mapped[list[str]] = mapped_column(default=list)
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    capacity: Mapped[int | None]
    state: Mapped[SupplyState] = mapped_column(
        enum_type(SupplyState), default=SupplyState.DRAFT, server_default=SupplyState.PUBLISHED.value
    )

    organisation: Mapped[Organisation | None] = relationship()
    fields: Mapped[list[Field]] = relationship(secondary=programme_field, order_by=Field.code)

    def searchable_texts(self) -> tuple[Bilingual | None, ...]:
        return self.name, self.summary, self.gives, self.who
