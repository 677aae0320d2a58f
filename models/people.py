"""People with an account, and what they may do in which organisation."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Timed
from models.organisations import Organisation
from models.types import MembershipRole, PlatformRole, ProfileState, enum_type


class User(Timed, Base):
    """`email` is kept in lower case. `session_key` is part of every signed-in session: a new one ends them all."""

    __tablename__ = "user_account"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(sa.String(2), default="vi")
    role: Mapped[PlatformRole] = mapped_column(enum_type(PlatformRole), default=PlatformRole.USER)
    active: Mapped[bool] = mapped_column(default=True)
    demonstration: Mapped[bool] = mapped_column(default=False)
    session_key: Mapped[str] = mapped_column(sa.String(32), default=lambda: secrets.token_hex(16))
    consented_at: Mapped[datetime | None]

    memberships: Mapped[list["Membership"]] = relationship(back_populates="user", cascade="all, delete-orphan")

    @property
    def coordinates(self) -> bool:
        return self.role in (PlatformRole.COORDINATOR, PlatformRole.ADMINISTRATOR)

    def membership_of(self, organisation_id: int) -> "Membership | None":
        return next((m for m in self.memberships if m.organisation_id == organisation_id), None)

    @property
    def verified_member(self) -> bool:
        """Whether this person may read what is for verified members only."""
        return self.coordinates or any(m.organisation.state is ProfileState.VERIFIED for m in self.memberships)


class Membership(Timed, Base):
    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    role: Mapped[MembershipRole] = mapped_column(enum_type(MembershipRole), default=MembershipRole.MEMBER)

    user: Mapped[User] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship()
