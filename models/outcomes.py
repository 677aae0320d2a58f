"""What came of a connection. It counts when both sides say so, and afterwards it is corrected, never edited.

A correction is an outcome of its own that names the one it corrects. It is confirmed like any other; only then does
the old one stop counting, and it stays readable. A correction that `annuls` says that the old one never was.
"""

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.facts import FactsStay
from models.interests import ExpressionOfInterest
from models.organisations import Organisation
from models.people import User
from models.threads import Attachment
from models.types import enum_type


class OutcomeKind(enum.StrEnum):
    INCUBATED = "incubated"
    PILOT = "pilot"
    CONTRACT = "contract"
    LICENCE = "licence"
    INVESTMENT = "investment"
    HIRE = "hire"
    PRODUCT = "product"


class OutcomeState(enum.StrEnum):
    """Corrected: confirmed or disputed once, and replaced by a correction that both sides confirmed."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"


class DisputeReason(enum.StrEnum):
    NOT_HAPPENED = "not_happened"
    NOT_YET = "not_yet"
    OTHER_KIND = "other_kind"
    OTHER_DATE = "other_date"
    OTHER_VALUE = "other_value"
    NOT_FROM_THIS = "not_from_this"


class Outcome(FactsStay, Base):
    """Proposed by `organisation_id`, to be confirmed by the other side until `confirm_by`.

    `settled_at` and `settled_by` are those of the last answer: confirmed, disputed, withdrawn or corrected. It is shown
    in public when both `publish_proposer` and `publish_other` are set; never its value, evidence or file.
    """

    __tablename__ = "outcome"
    __table_args__ = (
        CheckConstraint("value_vnd >= 0", name="value"),
        CheckConstraint("corrects_id IS NOT NULL OR NOT annuls", name="annuls_something"),
        CheckConstraint("(corrects_id IS NULL) = (correction_reason IS NULL)", name="corrects_with_reason"),
        CheckConstraint("state <> 'disputed' OR dispute_reason IS NOT NULL", name="disputed_with_reason"),
        CheckConstraint("(state = 'proposed') = (settled_at IS NULL)", name="settled_at"),
        Index(
            "uq_outcome_open_correction",
            "corrects_id",
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        ),
        Index("ix_outcome_state_confirm_by", "state", "confirm_by"),
    )
    FACTS = (
        "interest_id",
        "organisation_id",
        "corrects_id",
        "annuls",
        "correction_reason",
        "kind",
        "happened_on",
        "value_vnd",
        "evidence",
        "proposed_at",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interest_id: Mapped[int] = mapped_column(ForeignKey("interest.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("outcome.id", ondelete="CASCADE"))
    annuls: Mapped[bool] = mapped_column(default=False)
    correction_reason: Mapped[str | None]
    kind: Mapped[OutcomeKind] = mapped_column(enum_type(OutcomeKind))
    happened_on: Mapped[date]
    value_vnd: Mapped[int | None] = mapped_column(sa.BigInteger)
    evidence: Mapped[str]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    proposed_at: Mapped[datetime]
    confirm_by: Mapped[datetime]
    state: Mapped[OutcomeState] = mapped_column(enum_type(OutcomeState), default=OutcomeState.PROPOSED)
    dispute_reason: Mapped[DisputeReason | None] = mapped_column(enum_type(DisputeReason))
    dispute_note: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    publish_proposer: Mapped[bool] = mapped_column(default=False)
    publish_other: Mapped[bool] = mapped_column(default=False)
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]

    interest: Mapped[ExpressionOfInterest] = relationship()
    organisation: Mapped[Organisation] = relationship()
    corrects: Mapped["Outcome | None"] = relationship(remote_side=id)
    proposed_by: Mapped[User | None] = relationship(foreign_keys=proposed_by_id)
    settled_by: Mapped[User | None] = relationship(foreign_keys=settled_by_id)
    attachments: Mapped[list[Attachment]] = relationship(order_by=Attachment.id)

    @property
    def published(self) -> bool:
        return self.publish_proposer and self.publish_other


def counted() -> sa.ColumnElement[bool]:
    """The one condition for an outcome to be counted anywhere."""
    return sa.and_(Outcome.state == OutcomeState.CONFIRMED, Outcome.annuls.is_(False))
