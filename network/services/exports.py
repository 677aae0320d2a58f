"""That a table was taken away is kept in the trail: which one, in which form, how many rows. Never what it holds."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import User
from models.audit import record
from network.services.permits import coordinator


def note(session: Session, actor: User, name: str, form: str, rows: int, *, now: datetime) -> None:
    """Raises NotPermitted for all but coordinators."""
    coordinator(actor)
    record(session, actor, "export.take", actor, now=now, name=name, kind=form, number=rows)
