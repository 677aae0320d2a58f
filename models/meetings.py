"""Meetings of the two sides of a connection: one side proposes times, the other picks one or asks for others."""

import enum
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.interests import ExpressionOfInterest
from models.organisations import Organisation
from models.people import User
from models.types import enum_type

MOST_SLOTS = 5


class MeetingState(enum.StrEnum):
    """Others asked: none of the times suits the other side, who said so; either side may propose anew."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    OTHERS_ASKED = "others_asked"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class Meeting(Base):
    """`organisation` proposed it. `starts_at` is the time that was picked; `answer` what was said with the last step.

    At most one proposal waits in a connection. `revision` counts what calendars have to be told.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("(state IN ('agreed', 'cancelled')) = (starts_at IS NOT NULL)", name="picked"),
        CheckConstraint("(state = 'proposed') = (settled_at IS NULL)", name="settled"),
        CheckConstraint("minutes BETWEEN 15 AND 480", name="minutes"),
        CheckConstraint("place IS NOT NULL OR link IS NOT NULL", name="somewhere"),
        Index(
            "uq_meeting_proposed",
            "interest_id",
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        ),
        Index("ix_meeting_interest_id", "interest_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interest_id: Mapped[int] = mapped_column(ForeignKey("interest.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    subject: Mapped[str] = mapped_column(sa.String(200))
    minutes: Mapped[int]
    place: Mapped[str | None] = mapped_column(sa.String(300))
    link: Mapped[str | None] = mapped_column(sa.String(500))
    state: Mapped[MeetingState] = mapped_column(enum_type(MeetingState), default=MeetingState.PROPOSED)
    proposed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    answer: Mapped[str | None]
    starts_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)

    interest: Mapped[ExpressionOfInterest] = relationship()
    organisation: Mapped[Organisation] = relationship()
    author: Mapped[User | None] = relationship(foreign_keys=author_id)
    settled_by: Mapped[User | None] = relationship(foreign_keys=settled_by_id)
    slots: Mapped[list["MeetingSlot"]] = relationship(order_by="MeetingSlot.starts_at", cascade="all, delete-orphan")

    @property
    def ends_at(self) -> datetime | None:
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None


class MeetingSlot(Base):
    """One of the times proposed."""

    __tablename__ = "meeting_slot"
    __table_args__ = (UniqueConstraint("meeting_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
