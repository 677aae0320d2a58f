"""A centre's commitment to support a startup: what Decree 268/2025, article 35, asks for."""

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, bilingual
from models.facts import FactsStay
from models.organisations import Organisation
from models.people import User
from models.texts import Bilingual
from models.types import DeclineReason, enum_type


class CommitmentState(enum.StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Commitment(FactsStay, Base):
    """The startup `organisation` asks `centre`, which answers by `reply_by`.

    Once granted, `commits` says what the centre does for the startup from `starts_on` to `ends_on`.
    At most one request waits between the two.
    """

    __tablename__ = "commitment"
    __table_args__ = (
        CheckConstraint("organisation_id <> centre_id", name="two_sides"),
        CheckConstraint("starts_on <= ends_on", name="dates"),
        CheckConstraint(
            "(state = 'granted') = (starts_on IS NOT NULL AND ends_on IS NOT NULL"
            " AND coalesce(commits_vi, commits_en) IS NOT NULL)",
            name="granted_whole",
        ),
        CheckConstraint("(state = 'declined') = (decline_reason IS NOT NULL)", name="declined_with_reason"),
        CheckConstraint("(state = 'asked') = (settled_at IS NULL)", name="settled_at"),
        Index(
            "uq_commitment_asked",
            "organisation_id",
            "centre_id",
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        ),
        Index("ix_commitment_state_reply_by", "state", "reply_by"),
        Index("ix_commitment_centre_id_state", "centre_id", "state"),
    )
    FACTS = ("organisation_id", "centre_id", "asks", "asked_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    centre_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    asks: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[CommitmentState] = mapped_column(enum_type(CommitmentState), default=CommitmentState.ASKED)
    asked_at: Mapped[datetime]
    reply_by: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    commits: Mapped[Bilingual] = bilingual("commits")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    decline_reason: Mapped[DeclineReason | None] = mapped_column(enum_type(DeclineReason))
    note: Mapped[str | None] = mapped_column(sa.Text)
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    organisation: Mapped[Organisation] = relationship(foreign_keys=organisation_id)
    centre: Mapped[Organisation] = relationship(foreign_keys=centre_id)
    author: Mapped[User | None] = relationship(foreign_keys=author_id)
    settled_by: Mapped[User | None] = relationship(foreign_keys=settled_by_id)
