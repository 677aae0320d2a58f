"""How a person comes to act for an organisation that exists already: invited by its managers, or asking to take over.

An invitation is accepted with a secret that only the mail carries; here is its SHA-256, so that nobody who reads the
database can accept in another's place.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Timed
from models.organisations import Organisation
from models.people import User
from models.types import ClaimState, InvitationState, MembershipRole, enum_type


class Invitation(Timed, Base):
    """`email` is kept in lower case, `language` is that of the mail. At most one waits per organisation and address."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name="settled"),
        Index(
            "uq_invitation_pending",
            "organisation_id",
            "email",
            unique=True,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        ),
        Index("ix_invitation_email", "email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(sa.String(254))
    name: Mapped[str] = mapped_column(sa.String(120))
    language: Mapped[str] = mapped_column(sa.String(2))
    role: Mapped[MembershipRole] = mapped_column(enum_type(MembershipRole))
    state: Mapped[InvitationState] = mapped_column(enum_type(InvitationState), default=InvitationState.PENDING)
    secret_hash: Mapped[str] = mapped_column(sa.String(64))
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    settled_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    invited_by: Mapped[User | None] = relationship()


class Claim(Timed, Base):
    """Somebody says of an unclaimed profile: this is my organisation. A coordinator decides; a refusal has a reason."""

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("state <> 'refused' OR answer IS NOT NULL", name="refused_with_reason"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        Index(
            "uq_claim_open",
            "organisation_id",
            "user_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        Index("ix_claim_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str]
    state: Mapped[ClaimState] = mapped_column(enum_type(ClaimState), default=ClaimState.OPEN)
    answer: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User] = relationship(foreign_keys=user_id)
