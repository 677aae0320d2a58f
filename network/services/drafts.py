"""What somebody has begun to change in a need: kept with every look at the coach, so that nothing typed is lost.

A draft belongs to its writer alone and changes nothing of the need. It ends when the form is saved or dropped.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Need, NeedDraft, User
from models.errors import Conflict
from models.types import NeedState
from network.services import permits


def keep(session: Session, actor: User, need: Need, values: dict[str, Any], *, now: datetime) -> NeedDraft:
    """In place of what was kept before. Raises Conflict for a closed need, which nobody can change."""
    permits.member_of(actor, need.organisation_id)
    if need.state is NeedState.CLOSED:
        raise Conflict("need_closed")
    draft = find(session, actor, need)
    if draft is None:
        draft = NeedDraft(need_id=need.id, user_id=actor.id)
        session.add(draft)
    draft.values, draft.saved_at = values, now
    session.flush()
    return draft


def find(session: Session, actor: User, need: Need) -> NeedDraft | None:
    """What this person has begun, if anything."""
    return session.get(NeedDraft, (need.id, actor.id))


def drop(session: Session, actor: User, need: Need) -> None:
    """It is saved, or not wanted any more."""
    draft = find(session, actor, need)
    if draft is not None:
        session.delete(draft)
