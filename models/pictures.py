"""Pictures of a technology, kept in the database: outside the web root, and gone with the entry they belong to."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, bilingual
from models.technologies import Technology
from models.texts import Bilingual


class TechnologyPicture(Base):
    """`content` and `small` are WebP that we wrote ourselves, never the file as it was sent; `digest` is the SHA-256 of
    `content` and names it in addresses. Until `alt` is there in both languages, only the owner sees the picture.
    """

    __tablename__ = "technology_picture"
    __table_args__ = (
        UniqueConstraint("technology_id", "digest"),
        CheckConstraint("width > 0 AND height > 0", name="size"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    technology_id: Mapped[int] = mapped_column(ForeignKey("technology.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    digest: Mapped[str] = mapped_column(sa.String(64))
    alt: Mapped[Bilingual] = bilingual("alt")
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    small: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    added_at: Mapped[datetime]

    technology: Mapped[Technology] = relationship(back_populates="pictures")

    @property
    def described(self) -> bool:
        return bool(self.alt and self.alt.vi and self.alt.en)
