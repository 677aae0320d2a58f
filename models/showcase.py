"""The exhibition: one stand for each centre, and what stands on it."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Provenanced, Timed, bilingual
from models.organisations import Organisation
from models.technologies import Technology
from models.texts import Bilingual


class Stand(Timed, Provenanced, Base):
    """`number` is its place in the hall, `theme` what its exhibits have in common, `welcome` what the centre says."""

    __tablename__ = "stand"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("coalesce(theme_vi, theme_en) IS NOT NULL", name="themed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), unique=True)
    number: Mapped[int] = mapped_column(unique=True)
    theme: Mapped[Bilingual] = bilingual("theme")
    welcome: Mapped[Bilingual] = bilingual("welcome")

    organisation: Mapped[Organisation] = relationship()
    exhibits: Mapped[list["Exhibit"]] = relationship(cascade="all, delete-orphan", order_by="Exhibit.position")


class Exhibit(Base):
    """A technology, or the products of an enterprise. `caption` says why it is worth stopping here."""

    __tablename__ = "exhibit"
    __table_args__ = (
        CheckConstraint("(technology_id IS NULL) <> (organisation_id IS NULL)", name="one_subject"),
        UniqueConstraint("stand_id", "technology_id"),
        UniqueConstraint("stand_id", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stand_id: Mapped[int] = mapped_column(ForeignKey("stand.id", ondelete="CASCADE"))
    position: Mapped[int]
    technology_id: Mapped[int | None] = mapped_column(ForeignKey("technology.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    caption: Mapped[Bilingual] = bilingual("caption")

    technology: Mapped[Technology | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
