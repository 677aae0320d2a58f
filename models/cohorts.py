"""A cohort: the teams that a call let in, what they are to reach by when, and the hours that mentors gave them."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.applications import Application
from models.base import Base, Timed, bilingual
from models.calls import Call
from models.people import User
from models.texts import Bilingual


class Cohort(Timed, Base):
    """Its teams are the accepted applications of the call."""

    __tablename__ = "cohort"
    __table_args__ = (
        CheckConstraint("coalesce(name_vi, name_en) IS NOT NULL", name="named"),
        CheckConstraint("starts_on <= ends_on", name="dates"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("programme_call.id", ondelete="CASCADE"), unique=True)
    name: Mapped[Bilingual] = bilingual("name")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    call: Mapped[Call] = relationship()
    milestones: Mapped[list["CohortMilestone"]] = relationship(
        cascade="all, delete-orphan", order_by="CohortMilestone.due_on, CohortMilestone.id", back_populates="cohort"
    )


class CohortMilestone(Base):
    """For every team of the cohort, or with `application_id` for that one."""

    __tablename__ = "cohort_milestone"
    __table_args__ = (CheckConstraint("coalesce(title_vi, title_en) IS NOT NULL", name="titled"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), index=True)
    title: Mapped[Bilingual] = bilingual("title")
    due_on: Mapped[date]

    cohort: Mapped[Cohort] = relationship(back_populates="milestones")
    application: Mapped[Application | None] = relationship()


class MilestoneDone(Base):
    """One team has reached one milestone."""

    __tablename__ = "cohort_milestone_done"

    milestone_id: Mapped[int] = mapped_column(ForeignKey("cohort_milestone.id", ondelete="CASCADE"), primary_key=True)
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    done_on: Mapped[date]
    recorded_at: Mapped[datetime]


class MentorHours(Base):
    """Time that a mentor gave to a team on one day."""

    __tablename__ = "mentor_hours"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        Index("ix_mentor_hours_application_id_on_day", "application_id", "on_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    on_day: Mapped[date]
    minutes: Mapped[int]
    mentor: Mapped[str] = mapped_column(sa.String(120))
    topic: Mapped[str]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    entered_at: Mapped[datetime]

    application: Mapped[Application] = relationship()
    entered_by: Mapped[User | None] = relationship()
