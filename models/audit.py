"""Who did what when. Rows are written by the use case itself, in its transaction, and never changed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.people import User


class AuditEvent(Base):
    """`action` is a verb such as 'interest.send'; `subject` names the entry as '<table>:<id>'."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"), index=True)
    action: Mapped[str] = mapped_column(sa.String(60))
    subject: Mapped[str] = mapped_column(sa.String(60))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(
    session: Session,
    actor: User | None,
    action: str,
    subject: object,
    *,
    now: datetime,
    organisation_id: int | None = None,
    **data: Any,
) -> None:
    """Adds the audit row of one step of a use case. `subject` is an entity; it is flushed first so that it has its id.

    Organisations of every kind stand under 'organisation'.
    """
    session.flush()
    table = sa.inspect(type(subject)).base_mapper.local_table.name
    session.add(
        AuditEvent(
            at=now,
            actor_id=actor.id if actor else None,
            organisation_id=organisation_id,
            action=action,
            subject=f"{table}:{subject.id}",  # type: ignore[attr-defined]
            data=data,
        )
    )
