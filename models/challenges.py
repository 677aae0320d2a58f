"""Problems of the city and of enterprises that any organisation may answer, and the answers, which two sides read."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Provenanced, Searchable, Timed, bilingual
from models.offers import Offer
from models.organisations import Organisation
from models.people import User
from models.taxonomy import Field, field_links
from models.technologies import Technology
from models.texts import Bilingual
from models.types import (
    AnswerState,
    ChallengeKind,
    ChallengeResult,
    ChallengeState,
    DeclineReason,
    enum_type,
)

challenge_field = field_links("challenge")

OPEN_ANSWERS = (AnswerState.SENT, AnswerState.SHORTLISTED)
"""Answers that wait for the owner."""

_STANDING = "state IN ('sent', 'shortlisted', 'accepted')"


class Challenge(Timed, Provenanced, Searchable, Base):
    """Answers are taken up to and including `answer_by`, a day in Hanoi. `outcome` is what is told when it closes."""

    __tablename__ = "challenge"
    __table_args__ = (
        CheckConstraint("coalesce(title_vi, title_en) IS NOT NULL", name="titled"),
        CheckConstraint("budget_vnd >= 0", name="budget"),
        CheckConstraint("(state = 'closed') = (result IS NOT NULL)", name="closed_with_result"),
        CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name="published_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ChallengeKind] = mapped_column(enum_type(ChallengeKind))
    title: Mapped[Bilingual] = bilingual("title")
    problem: Mapped[Bilingual] = bilingual("problem")
    wanted: Mapped[Bilingual] = bilingual("wanted")
    reward: Mapped[Bilingual] = bilingual("reward")
    budget_vnd: Mapped[int | None] = mapped_column(sa.BigInteger)
    answer_by: Mapped[date]
    state: Mapped[ChallengeState] = mapped_column(enum_type(ChallengeState), default=ChallengeState.DRAFT, index=True)
    published_at: Mapped[datetime | None]
    result: Mapped[ChallengeResult | None] = mapped_column(enum_type(ChallengeResult))
    outcome: Mapped[Bilingual] = bilingual("outcome")

    organisation: Mapped[Organisation] = relationship()
    fields: Mapped[list[Field]] = relationship(secondary=challenge_field, order_by=Field.code)

    def searchable_texts(self) -> tuple[Bilingual | None, ...]:
        return self.title, self.problem, self.wanted


class ChallengeAnswer(Timed, Base):
    """What `organisation` says to a challenge, with one of its technologies or offers if it names one.

    At most one answer of an organisation to a challenge stands at a time.
    """

    __tablename__ = "challenge_answer"
    __table_args__ = (
        CheckConstraint("offer_id IS NULL OR technology_id IS NULL", name="one_subject"),
        CheckConstraint("(state = 'declined') = (decline_reason IS NOT NULL)", name="declined_with_reason"),
        Index(
            "uq_challenge_answer_standing",
            "challenge_id",
            "organisation_id",
            unique=True,
            sqlite_where=sa.text(_STANDING),
            postgresql_where=sa.text(_STANDING),
        ),
        Index("ix_challenge_answer_challenge_id_state", "challenge_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    text: Mapped[str]
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id", ondelete="SET NULL"))
    technology_id: Mapped[int | None] = mapped_column(ForeignKey("technology.id", ondelete="SET NULL"))
    state: Mapped[AnswerState] = mapped_column(enum_type(AnswerState), default=AnswerState.SENT)
    decline_reason: Mapped[DeclineReason | None] = mapped_column(enum_type(DeclineReason))
    reply: Mapped[str | None]
    sent_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    challenge: Mapped[Challenge] = relationship()
    organisation: Mapped[Organisation] = relationship()
    author: Mapped[User | None] = relationship(foreign_keys=author_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)
    offer: Mapped[Offer | None] = relationship()
    technology: Mapped[Technology | None] = relationship()
