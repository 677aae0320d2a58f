"""Secrets that prove a mailbox: one sets a new password, the other confirms a new address.

A secret leaves only by mail; here is its SHA-256. It works once and for a short time, and a newer one for the same use
takes its place.
"""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.people import User
from models.types import enum_type


class SecretUse(enum.StrEnum):
    PASSWORD = "password"
    EMAIL = "email"


class AccountSecret(Base):
    """`email` is the address to be confirmed, in lower case."""

    __tablename__ = "account_secret"
    __table_args__ = (
        CheckConstraint("(use = 'email') = (email IS NOT NULL)", name="address"),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    use: Mapped[SecretUse] = mapped_column(enum_type(SecretUse))
    email: Mapped[str | None] = mapped_column(sa.String(254))
    secret_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
