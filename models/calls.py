"""Calls of a programme: when one can apply, how many places there are, what is asked, and by what it is judged."""

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Timed, bilingual
from models.programmes import Programme
from models.texts import Bilingual
from models.types import enum_type

LOWEST, HIGHEST = 1, 5
"""Points on one criterion."""


class CallState(enum.StrEnum):
    """Whether a published call is to come, open or being read is a matter of the day: see `Call.open_on`."""

    DRAFT = "draft"
    PUBLISHED = "published"
    DECIDED = "decided"
    CANCELLED = "cancelled"


class Call(Timed, Base):
    """Applications are taken from `opens_on` to `closes_on`, both included, by the days of Hanoi; the centre promises a
    decision by `decide_by`. At least `minimum` teams begin on `starts_on`, at most `capacity`.

    Reviewers give LOWEST to HIGHEST points on each criterion. Who has less than `pass_mark` on average is not taken;
    where two reviewers are more than `spread` points apart on one criterion, the application is talked over.
    """

    __tablename__ = "programme_call"
    __table_args__ = (
        CheckConstraint("coalesce(name_vi, name_en) IS NOT NULL", name="named"),
        CheckConstraint("opens_on <= closes_on AND closes_on <= decide_by", name="dates"),
        CheckConstraint("starts_on <= ends_on", name="cohort_dates"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("minimum BETWEEN 0 AND capacity", name="minimum"),
        CheckConstraint("reviews_wanted BETWEEN 1 AND 9", name="reviews_wanted"),
        CheckConstraint("spread BETWEEN 1 AND 4", name="spread"),
        CheckConstraint("pass_mark BETWEEN 1 AND 5", name="pass_mark"),
        CheckConstraint("(state = 'cancelled') = (cancel_reason IS NOT NULL)", name="cancelled_with_reason"),
        CheckConstraint("(state = 'decided') = (decided_at IS NOT NULL)", name="decided_at"),
        Index("ix_programme_call_state_closes_on", "state", "closes_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"), index=True)
    name: Mapped[Bilingual] = bilingual("name")
    expects: Mapped[Bilingual] = bilingual("expects")
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    decide_by: Mapped[date]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    capacity: Mapped[int]
    minimum: Mapped[int] = mapped_column(default=0)
    reviews_wanted: Mapped[int] = mapped_column(default=2)
    spread: Mapped[int] = mapped_column(default=1)
    pass_mark: Mapped[float] = mapped_column(sa.Double, default=3.0)
    state: Mapped[CallState] = mapped_column(enum_type(CallState), default=CallState.DRAFT)
    cancel_reason: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    programme: Mapped[Programme] = relationship()
    criteria: Mapped[list["CallCriterion"]] = relationship(
        cascade="all, delete-orphan", order_by="CallCriterion.position, CallCriterion.id", back_populates="call"
    )
    questions: Mapped[list["CallQuestion"]] = relationship(
        cascade="all, delete-orphan", order_by="CallQuestion.position, CallQuestion.id", back_populates="call"
    )

    def open_on(self, day: date) -> bool:
        """Whether applications are taken on this day in Hanoi."""
        return self.state is CallState.PUBLISHED and self.opens_on <= day <= self.closes_on


class CallCriterion(Base):
    """What reviewers judge. Its share of the whole is its weight among all weights of the call."""

    __tablename__ = "call_criterion"
    __table_args__ = (
        CheckConstraint("coalesce(name_vi, name_en) IS NOT NULL", name="named"),
        CheckConstraint("weight BETWEEN 1 AND 100", name="weight"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("programme_call.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[Bilingual] = bilingual("name")
    weight: Mapped[int]

    call: Mapped[Call] = relationship(back_populates="criteria")


class CallQuestion(Base):
    """What applicants are asked. An answer that `names_people` is not shown to reviewers."""

    __tablename__ = "call_question"
    __table_args__ = (CheckConstraint("coalesce(text_vi, text_en) IS NOT NULL", name="asked"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("programme_call.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    text: Mapped[Bilingual] = bilingual("text")
    required: Mapped[bool] = mapped_column(default=True)
    names_people: Mapped[bool] = mapped_column(default=False)

    call: Mapped[Call] = relationship(back_populates="questions")
