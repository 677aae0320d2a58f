"""Who did what when. Rows are written by the use case itself, in its transaction, and never changed.

What may be written stands in models/audit_events.py. Anything else is left out and logged; where `strict` is set, as in
every test, it is refused.
"""

import logging
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.audit_events import fitting
from models.base import Base
from models.organisations import Organisation
from models.people import User

strict = False
log = logging.getLogger(__name__)


class Undeclared(Exception):
    """A use case writes something that the table of events does not know."""


class AuditEvent(Base):
    """`action` is a verb such as 'interest.send'; `subject` names the entry as '<table>:<id>'."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject", "subject"),
        Index("ix_audit_event_actor_id_at", "actor_id", "at"),
        Index("ix_audit_event_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"), index=True)
    action: Mapped[str] = mapped_column(sa.String(60))
    subject: Mapped[str] = mapped_column(sa.String(60))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)

    actor: Mapped[User | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


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

    Organisations of every kind stand under 'organisation'. Raises Undeclared where `strict` is set.
    """
    kept, wrong = fitting(action, data)
    if wrong and strict:
        raise Undeclared("; ".join(wrong))
    if wrong:
        log.error("not in the audit trail: %s", "; ".join(wrong))
    session.flush()
    table = sa.inspect(type(subject)).base_mapper.local_table.name
    session.add(
        AuditEvent(
            at=now,
            actor_id=actor.id if actor else None,
            organisation_id=organisation_id,
            action=action,
            subject=f"{table}:{subject.id}",  # type: ignore[attr-defined]
            data=kept,
        )
    )
