"""Documents of an organisation: pitch deck, certificate, registration. Who reads one is said for each."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.facts import FactsStay
from models.organisations import Organisation
from models.people import User
from models.types import enum_type


class DocumentKind(enum.StrEnum):
    PITCH_DECK = "pitch_deck"
    CERTIFICATE = "certificate"
    REGISTRATION = "registration"
    OTHER = "other"


class DocumentLevel(enum.StrEnum):
    """Who reads it besides the own organisation. Each level is wider than the one before."""

    OWN = "own"
    SIDES = "sides"
    """The other side of a request that was accepted and has not ended without result."""
    MEMBERS = "members"
    """Verified members of the network."""


class Document(Base):
    """`title` says what it is; the file itself, and what it was before, are its versions, the newest first."""

    __tablename__ = "document"
    __table_args__ = (CheckConstraint("title <> ''", name="titled"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    kind: Mapped[DocumentKind] = mapped_column(enum_type(DocumentKind))
    title: Mapped[str] = mapped_column(sa.String(150))
    level: Mapped[DocumentLevel] = mapped_column(enum_type(DocumentLevel), default=DocumentLevel.OWN)
    added_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    versions: Mapped[list["DocumentVersion"]] = relationship(
        back_populates="document", order_by="DocumentVersion.number.desc()", cascade="all, delete-orphan"
    )


class DocumentVersion(FactsStay, Base):
    """One file. `name` is the name it came with, `stored` that in the folder of uploads, `size` in bytes."""

    __tablename__ = "document_version"
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("size > 0", name="size"),
    )
    FACTS = ("document_id", "number", "name", "media_type", "size", "stored", "at")

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(150))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    stored: Mapped[str] = mapped_column(sa.String(64), unique=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    at: Mapped[datetime]

    document: Mapped[Document] = relationship(back_populates="versions")
    author: Mapped[User | None] = relationship()
