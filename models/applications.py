"""Applications to a call, and the letters that say what was decided on them."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Timed
from models.calls import Call, CallQuestion
from models.facts import FactsStay
from models.organisations import Organisation
from models.people import User
from models.types import DeclineReason, Stage, enum_type

_STANDING = "state <> 'withdrawn'"


class ApplicationState(enum.StrEnum):
    """The order is the order of lists."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    ACCEPTED = "accepted"
    WAITLISTED = "waitlisted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Verdict(enum.StrEnum):
    """What a call can decide on an application."""

    ACCEPTED = "accepted"
    WAITLISTED = "waitlisted"
    REJECTED = "rejected"


class Application(Timed, Base):
    """At most one of an organisation stands at a call. `number` names it to reviewers, who do not read whose it is:
    they see `title`, `summary`, `stage` and the answers, never `team`.

    `fixed`, `planned_reason` and `planned_note` are what the manager has in mind before everything is decided at once.
    `over_capacity` marks the one a coordinator let in although no place was free.
    """

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        CheckConstraint("state = 'draft' OR state = 'withdrawn' OR submitted_at IS NOT NULL", name="submitted_at"),
        CheckConstraint("(submitted_at IS NULL) = (number IS NULL)", name="numbered"),
        CheckConstraint("(state = 'rejected') = (reason IS NOT NULL)", name="rejected_with_reason"),
        CheckConstraint("(state = 'waitlisted') = (waitlist_rank IS NOT NULL)", name="waitlist_rank"),
        Index(
            "uq_application_standing",
            "call_id",
            "organisation_id",
            unique=True,
            sqlite_where=sa.text(_STANDING),
            postgresql_where=sa.text(_STANDING),
        ),
        Index("ix_application_call_id_state", "call_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("programme_call.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    number: Mapped[int | None]
    title: Mapped[str] = mapped_column(sa.Text, default="")
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    stage: Mapped[Stage | None] = mapped_column(enum_type(Stage))
    team: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[ApplicationState] = mapped_column(enum_type(ApplicationState), default=ApplicationState.DRAFT)
    submitted_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    fixed: Mapped[Verdict | None] = mapped_column(enum_type(Verdict))
    planned_reason: Mapped[DeclineReason | None] = mapped_column(enum_type(DeclineReason, "planned_reason"))
    planned_note: Mapped[str | None]
    talked_over: Mapped[str | None]
    reason: Mapped[DeclineReason | None] = mapped_column(enum_type(DeclineReason))
    waitlist_rank: Mapped[int | None]
    over_capacity: Mapped[bool] = mapped_column(default=False)
    decided_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship()
    organisation: Mapped[Organisation] = relationship()
    author: Mapped[User | None] = relationship()
    answers: Mapped[list["ApplicationAnswer"]] = relationship(
        cascade="all, delete-orphan", order_by="ApplicationAnswer.question_id", back_populates="application"
    )
    letters: Mapped[list["DecisionLetter"]] = relationship(
        cascade="all, delete-orphan", order_by="DecisionLetter.id", back_populates="application"
    )


class ApplicationAnswer(Base):
    __tablename__ = "application_answer"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[int] = mapped_column(
        ForeignKey("call_question.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    text: Mapped[str]

    application: Mapped[Application] = relationship(back_populates="answers")
    question: Mapped[CallQuestion] = relationship()


class DecisionLetter(FactsStay, Base):
    """What the applicant was told, as it was told. Its words are put together for each language when it is read.

    `place` is that on the waiting list; `moved_up` says that a place had become free.
    """

    __tablename__ = "decision_letter"
    __table_args__ = (
        CheckConstraint("(verdict = 'rejected') = (reason IS NOT NULL)", name="rejected_with_reason"),
        CheckConstraint("(verdict = 'waitlisted') = (place IS NOT NULL)", name="waitlisted_with_place"),
    )
    FACTS = ("application_id", "verdict", "reason", "note", "place", "moved_up", "issued_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), index=True)
    verdict: Mapped[Verdict] = mapped_column(enum_type(Verdict))
    reason: Mapped[DeclineReason | None] = mapped_column(enum_type(DeclineReason))
    note: Mapped[str | None]
    place: Mapped[int | None]
    moved_up: Mapped[bool] = mapped_column(default=False)
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    application: Mapped[Application] = relationship(back_populates="letters")
    issued_by: Mapped[User | None] = relationship()
