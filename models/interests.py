"""One side asks the other for a talk about a need; the other answers by a deadline."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Timed
from models.needs import Need
from models.offers import Offer
from models.organisations import Organisation
from models.people import User
from models.technologies import Technology
from models.types import DeclineReason, InterestState, enum_type

OPEN_STATES = ("sent", "accepted", "in_discussion", "agreed", "outcome_proposed", "disputed")
_OPEN = "state IN ('" + "', '".join(OPEN_STATES) + "')"


class ExpressionOfInterest(Timed, Base):
    """`from_organisation` asks `to_organisation`; one owns the need, the other the offer or technology, if named.

    At most one open interest exists per need, pair of organisations and subject.
    """

    __tablename__ = "interest"
    __table_args__ = (
        CheckConstraint("from_organisation_id <> to_organisation_id", name="two_sides"),
        CheckConstraint("offer_id IS NULL OR technology_id IS NULL", name="one_subject"),
        CheckConstraint("state <> 'declined' OR decline_reason IS NOT NULL", name="declined_with_reason"),
        CheckConstraint("state = 'draft' OR (sent_at IS NOT NULL AND reply_by IS NOT NULL)", name="sent_with_deadline"),
        Index(
            "uq_interest_open",
            "need_id",
            "from_organisation_id",
            "to_organisation_id",
            sa.text("coalesce(offer_id, 0)"),
            sa.text("coalesce(technology_id, 0)"),
            unique=True,
            sqlite_where=sa.text(_OPEN),
            postgresql_where=sa.text(_OPEN),
        ),
        Index("ix_interest_state_reply_by", "state", "reply_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    from_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    to_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id", ondelete="SET NULL"))
    technology_id: Mapped[int | None] = mapped_column(ForeignKey("technology.id", ondelete="SET NULL"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    message: Mapped[str]
    state: Mapped[InterestState] = mapped_column(enum_type(InterestState), default=InterestState.DRAFT)
    decline_reason: Mapped[DeclineReason | None] = mapped_column(enum_type(DeclineReason))
    reply: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    reply_by: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]

    need: Mapped[Need] = relationship()
    from_organisation: Mapped[Organisation] = relationship(foreign_keys=from_organisation_id)
    to_organisation: Mapped[Organisation] = relationship(foreign_keys=to_organisation_id)
    offer: Mapped[Offer | None] = relationship()
    technology: Mapped[Technology | None] = relationship()
    author: Mapped[User | None] = relationship(foreign_keys=author_id)
    answered_by: Mapped[User | None] = relationship(foreign_keys=answered_by_id)
