"""Work that must follow a change, and mail that must leave: rows written in the transaction of the change itself."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, utc_now
from models.types import SubjectKind


class Job(Base):
    """`kind` names a function of the worker, `key` what it works on.

    Every change adds its own row, also when one with the same key still waits: the worker may already have read the
    entry for that one. It marks done exactly the rows it saw before it read.
    """

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_done_at", "done_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    key: Mapped[str] = mapped_column(sa.String(60))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    done_at: Mapped[datetime | None]


class OutboxMail(Base):
    """A mail to be rendered in `language` from `template` with `context` and sent after the commit.

    `user_id` is the reader, if the reader has an account. A mail that failed waits until `next_try_at`; one that failed
    for good has `failed_at` and stays until a coordinator sends it again or gives it up.
    """

    __tablename__ = "outbox_mail"
    __table_args__ = (Index("ix_outbox_mail_sent_at", "sent_at"), Index("ix_outbox_mail_failed_at", "failed_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    to: Mapped[str] = mapped_column("recipient", sa.String(254))
    language: Mapped[str] = mapped_column(sa.String(2))
    template: Mapped[str] = mapped_column(sa.String(60))
    context: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    next_try_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]


def enqueue(session: Session, kind: str, key: str) -> None:
    session.add(Job(kind=kind, key=key))


def enqueue_embedding(session: Session, kind: SubjectKind, subject_id: int) -> None:
    """The text, state or visibility of an entry has changed: its index row must follow."""
    enqueue(session, "embed", f"{kind.value}:{subject_id}")
