"""What a technology said when, and the spreadsheets that brought many of them at once."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.organisations import Organisation
from models.people import User
from models.technologies import Technology
from models.types import enum_type


class TechnologyVersion(Base):
    """The entry as it stood after a change that others could read. `content`: see network.services.versions."""

    __tablename__ = "technology_version"
    __table_args__ = (UniqueConstraint("technology_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    technology_id: Mapped[int] = mapped_column(ForeignKey("technology.id", ondelete="CASCADE"))
    number: Mapped[int]
    at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    content: Mapped[dict[str, Any]]

    technology: Mapped[Technology] = relationship()
    author: Mapped[User | None] = relationship()


class UploadState(enum.StrEnum):
    """Of a spreadsheet: looked through and waiting for a yes, carried out, taken back again, or given up."""

    CHECKED = "checked"
    APPLIED = "applied"
    UNDONE = "undone"
    DISCARDED = "discarded"


class TechnologyUpload(Base):
    """`sheet` holds the cells as they were read, kept until the upload is carried out or given up; `items` what it did
    to which entry, with what stood there before, so that it can be undone."""

    __tablename__ = "technology_upload"
    __table_args__ = (
        CheckConstraint("state NOT IN ('applied', 'undone') OR applied_at IS NOT NULL", name="applied_at"),
        Index("ix_technology_upload_organisation_id", "organisation_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    file_name: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[UploadState] = mapped_column(enum_type(UploadState), default=UploadState.CHECKED)
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    sheet: Mapped[dict[str, Any]] = mapped_column(default=dict)
    items: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)

    organisation: Mapped[Organisation] = relationship()
    author: Mapped[User | None] = relationship()
