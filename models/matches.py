"""A suggestion kept for one side: this need and that offer, technology or organisation."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Timed
from models.needs import Need
from models.offers import Offer
from models.organisations import Organisation
from models.technologies import Technology
from models.types import DeclineReason, MatchSide, MatchState, enum_type


class Match(Timed, Base):
    """`organisation_id` is the supplier; `offer_id` or `technology_id` says with what, neither means the whole profile.

    `score` is between 0 and 1, `reasons` the explanation at the time (see matching.explain), `policy` the name of
    the ranking policy that made it.
    """

    __tablename__ = "match"
    __table_args__ = (
        CheckConstraint("offer_id IS NULL OR technology_id IS NULL", name="one_subject"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score"),
        CheckConstraint("(state = 'dismissed') = (dismiss_reason IS NOT NULL)", name="dismissed_with_reason"),
        Index(
            "uq_match_pair_side",
            "need_id",
            "organisation_id",
            sa.text("coalesce(offer_id, 0)"),
            sa.text("coalesce(technology_id, 0)"),
            "side",
            unique=True,
        ),
        Index("ix_match_supplier_state", "organisation_id", "side", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), index=True)
    technology_id: Mapped[int | None] = mapped_column(ForeignKey("technology.id", ondelete="CASCADE"), index=True)
    side: Mapped[MatchSide] = mapped_column(enum_type(MatchSide))
    state: Mapped[MatchState] = mapped_column(enum_type(MatchState), default=MatchState.SUGGESTED)
    dismiss_reason: Mapped[DeclineReason | None] = mapped_column(enum_type(DeclineReason))
    score: Mapped[float]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    policy: Mapped[str] = mapped_column(sa.String(40))
    decided_at: Mapped[datetime | None]

    need: Mapped[Need] = relationship()
    organisation: Mapped[Organisation] = relationship()
    offer: Mapped[Offer | None] = relationship()
    technology: Mapped[Technology | None] = relationship()
