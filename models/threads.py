"""What the two sides of an accepted expression of interest write to each other, the files beside it, and the steps.

Nothing here is changed or taken away later: a thread is what both sides can show afterwards.
"""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.facts import FactsStay
from models.interests import ExpressionOfInterest
from models.organisations import Organisation
from models.people import User
from models.types import enum_type


class StepKind(enum.StrEnum):
    """What happened in a connection after it was accepted. Those of the request itself stand on the interest."""

    STARTED = "started"
    AGREEMENT_RECORDED = "agreement_recorded"
    AGREEMENT_OBJECTED = "agreement_objected"
    AGREEMENT_TAKEN_BACK = "agreement_taken_back"
    OUTCOME_PROPOSED = "outcome_proposed"
    OUTCOME_CONFIRMED = "outcome_confirmed"
    OUTCOME_DISPUTED = "outcome_disputed"
    OUTCOME_WITHDRAWN = "outcome_withdrawn"
    OUTCOME_REMINDED = "outcome_reminded"
    OUTCOME_LATE = "outcome_late"
    ENDED = "ended"


class EndReason(enum.StrEnum):
    """Why a connection ended without result. The last one is said by the site when the need was met by another."""

    NOT_SUITABLE = "not_suitable"
    NO_REPLY = "no_reply"
    TERMS = "terms"
    NO_FUNDING = "no_funding"
    NO_CAPACITY = "no_capacity"
    POSTPONED = "postponed"
    OTHER_PARTNER = "other_partner"
    NEED_MET = "need_met"


class Message(FactsStay, Base):
    """One letter of the thread. `organisation_id` is the side that wrote it."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_interest_id_at", "interest_id", "at"),)
    FACTS = ("interest_id", "organisation_id", "text", "at")

    id: Mapped[int] = mapped_column(primary_key=True)
    interest_id: Mapped[int] = mapped_column(ForeignKey("interest.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    text: Mapped[str]
    at: Mapped[datetime]

    interest: Mapped[ExpressionOfInterest] = relationship()
    organisation: Mapped[Organisation] = relationship()
    author: Mapped[User | None] = relationship()
    attachments: Mapped[list["Attachment"]] = relationship(order_by="Attachment.id")


class Attachment(FactsStay, Base):
    """A file of a thread, beside a message, an agreement or an outcome. Only the two sides of the interest get it.

    `name` is the name it came with, `stored` that of the file in the folder of uploads, `media_type` what was found
    in it, `size` in bytes.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN message_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN agreement_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN outcome_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_place",
        ),
        CheckConstraint("size > 0", name="size"),
    )
    FACTS = ("interest_id", "message_id", "agreement_id", "outcome_id", "name", "media_type", "size", "stored")

    id: Mapped[int] = mapped_column(primary_key=True)
    interest_id: Mapped[int] = mapped_column(ForeignKey("interest.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"), index=True)
    outcome_id: Mapped[int | None] = mapped_column(ForeignKey("outcome.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(150))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    stored: Mapped[str] = mapped_column(sa.String(64), unique=True)


class ConnectionStep(FactsStay, Base):
    """One step of a connection. `organisation_id` took it; None is the clock. Why stands on what it is about, or here
    as `reason` and `note` when the connection ended."""

    __tablename__ = "connection_step"
    __table_args__ = (
        CheckConstraint("(kind = 'ended') = (reason IS NOT NULL)", name="ended_with_reason"),
        Index("ix_connection_step_interest_id_at", "interest_id", "at"),
    )
    FACTS = ("interest_id", "kind", "at", "organisation_id", "reason", "note")

    id: Mapped[int] = mapped_column(primary_key=True)
    interest_id: Mapped[int] = mapped_column(ForeignKey("interest.id", ondelete="CASCADE"))
    kind: Mapped[StepKind] = mapped_column(enum_type(StepKind))
    at: Mapped[datetime]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"))
    outcome_id: Mapped[int | None] = mapped_column(ForeignKey("outcome.id", ondelete="CASCADE"))
    reason: Mapped[EndReason | None] = mapped_column(enum_type(EndReason))
    note: Mapped[str | None]

    author: Mapped[User | None] = relationship()
