"""Reviews of applications: who is asked to judge what, ties declared beforehand, and scorecards.

Blind: a reviewer learns neither whose application it is nor what the others say, until the call is decided. Ties are
declared in two steps, so that this stays true: first the reviewer names organisations without being shown who has
applied (`ReviewerDeclaration`), then says of each application, known by its number and field only, whether there is a
conflict. Nothing of an application is shown before both.
"""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.applications import Application
from models.base import Base, Timed
from models.calls import CallCriterion
from models.people import User
from models.types import enum_type


class ReviewState(enum.StrEnum):
    """Conflict: declared by the reviewer, or found by the site. Released: the manager asks this person no more."""

    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    CONFLICT = "conflict"
    RELEASED = "released"


class Tie(enum.StrEnum):
    """How a conflict came to light: said of this application, said by name beforehand, or by belonging to the team."""

    SAID = "said"
    NAMED = "named"
    MEMBER = "member"


class Review(Timed, Base):
    """`cleared_at` is when the reviewer said that there is no conflict. `look_again` is what a manager asks to think
    over once more. Its words never reach the applicants.
    """

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("application_id", "reviewer_id"),
        CheckConstraint("(state = 'submitted') = (submitted_at IS NOT NULL)", name="submitted_at"),
        CheckConstraint("(state = 'conflict') = (tie IS NOT NULL)", name="conflict_with_tie"),
        CheckConstraint("state NOT IN ('in_progress', 'submitted') OR cleared_at IS NOT NULL", name="cleared_first"),
        Index("ix_review_reviewer_id_state", "reviewer_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    state: Mapped[ReviewState] = mapped_column(enum_type(ReviewState), default=ReviewState.ASSIGNED)
    assigned_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    tie: Mapped[Tie | None] = mapped_column(enum_type(Tie))
    tie_note: Mapped[str | None]
    comment: Mapped[str | None]
    look_again: Mapped[str | None]
    submitted_at: Mapped[datetime | None]

    application: Mapped[Application] = relationship()
    reviewer: Mapped[User | None] = relationship()
    scores: Mapped[list["ReviewScore"]] = relationship(
        cascade="all, delete-orphan", order_by="ReviewScore.criterion_id", back_populates="review"
    )


class ReviewScore(Base):
    """Points from LOWEST to HIGHEST, None while the reviewer has not made up their mind."""

    __tablename__ = "review_score"
    __table_args__ = (CheckConstraint("points BETWEEN 1 AND 5", name="points"),)

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(
        ForeignKey("call_criterion.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    points: Mapped[int | None]
    comment: Mapped[str | None]

    review: Mapped[Review] = relationship(back_populates="scores")
    criterion: Mapped[CallCriterion] = relationship()


class ReviewerDeclaration(Base):
    """The organisations a reviewer has ties with, as typed, before anything of the call was shown; may be none."""

    __tablename__ = "reviewer_declaration"

    call_id: Mapped[int] = mapped_column(ForeignKey("programme_call.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    names: Mapped[list[str]] = mapped_column(default=list)
    declared_at: Mapped[datetime]
