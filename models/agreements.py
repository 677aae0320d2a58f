"""What the two sides of a connection have agreed: which kind of paper, and when. One side records it, the other may
object."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.facts import FactsStay
from models.interests import ExpressionOfInterest
from models.organisations import Organisation
from models.people import User
from models.threads import Attachment
from models.types import enum_type


class AgreementKind(enum.StrEnum):
    MOU = "mou"
    NDA = "nda"
    RESEARCH = "research"
    SERVICE_CONTRACT = "service_contract"
    TECHNOLOGY_TRANSFER = "technology_transfer"
    INCUBATION = "incubation"
    INVESTMENT = "investment"


class AgreementState(enum.StrEnum):
    RECORDED = "recorded"
    OBJECTED = "objected"
    TAKEN_BACK = "taken_back"


class Agreement(FactsStay, Base):
    """Recorded by `organisation_id`. It stands at once, and for good when nobody objects before `object_by`."""

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("(state = 'objected') = (objection IS NOT NULL)", name="objected_with_reason"),
        CheckConstraint("(state = 'recorded') = (settled_at IS NULL)", name="settled_at"),
        Index("ix_agreement_interest_id_state", "interest_id", "state"),
    )
    FACTS = ("interest_id", "organisation_id", "kind", "agreed_on", "note", "recorded_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    interest_id: Mapped[int] = mapped_column(ForeignKey("interest.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    kind: Mapped[AgreementKind] = mapped_column(enum_type(AgreementKind))
    agreed_on: Mapped[date]
    note: Mapped[str | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    recorded_at: Mapped[datetime]
    object_by: Mapped[datetime]
    state: Mapped[AgreementState] = mapped_column(enum_type(AgreementState), default=AgreementState.RECORDED)
    objection: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    interest: Mapped[ExpressionOfInterest] = relationship()
    organisation: Mapped[Organisation] = relationship()
    recorded_by: Mapped[User | None] = relationship(foreign_keys=recorded_by_id)
    settled_by: Mapped[User | None] = relationship(foreign_keys=settled_by_id)
    attachments: Mapped[list[Attachment]] = relationship(order_by=Attachment.id)
