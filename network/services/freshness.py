"""Technologies are confirmed once a quarter: their owners are reminded, and what stays unconfirmed is marked.

Nothing is marked without a reminder two weeks before. Entries that we wrote from public pages, and whose owner is not
here, have nobody to confirm them: they carry the date of their source instead.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import Organisation, Technology, User
from models.audit import record
from models.errors import Conflict
from models.jobs import enqueue_embedding
from models.types import ProfileState, SubjectKind, SupplyState
from network.services import permits
from network.services.outbox import in_both, names_of, post_to_organisation

QUARTER = timedelta(days=92)
NOTICE = timedelta(days=14)
NAMED_IN_MAIL = 10
"""A mail names so many technologies; the page it leads to lists them all."""


def confirm(session: Session, actor: User, technology: Technology, *, now: datetime) -> Technology:
    """The owner says that the published entry is still right. Raises Conflict for one that is not published."""
    permits.manager_of(actor, technology.organisation_id)
    permits.not_suspended(technology.organisation)
    if technology.state is not SupplyState.PUBLISHED:
        raise Conflict("not_published", current=technology.state.value)
    made_fresh(session, technology, now=now)
    record(session, actor, "technology.confirm", technology, now=now, organisation_id=technology.organisation_id)
    return technology


def made_fresh(session: Session, technology: Technology, *, now: datetime) -> None:
    """From now on the entry counts as confirmed."""
    if technology.stale_at is not None:
        enqueue_embedding(session, SubjectKind.TECHNOLOGY, technology.id)
    technology.confirmed_at, technology.reminded_at, technology.stale_at = now, None, None


def confirmable(session: Session, organisation_id: int, ids: Sequence[int]) -> list[Technology]:
    """Those of the organisation's published technologies that are named, in the order of their making."""
    found = sa.select(Technology).where(
        Technology.organisation_id == organisation_id,
        Technology.id.in_(ids),
        Technology.state == SupplyState.PUBLISHED,
    )
    return list(session.scalars(found.options(joinedload(Technology.organisation)).order_by(Technology.id)))


def remind_and_mark(session: Session, *, now: datetime) -> tuple[int, int]:
    """Reminds each owner once of what falls due within two weeks, and marks what is overdue since its reminder.

    Returns the numbers of technologies reminded of and of technologies marked.
    """
    last = sa.func.coalesce(Technology.confirmed_at, Technology.created_at)
    owned = Technology.organisation.has(Organisation.state.in_((ProfileState.CLAIMED, ProfileState.VERIFIED)))
    shown = sa.select(Technology).where(Technology.state == SupplyState.PUBLISHED, owned)
    shown = shown.options(joinedload(Technology.organisation)).order_by(last, Technology.id)
    due = shown.where(Technology.reminded_at.is_(None), last <= now - QUARTER + NOTICE)
    overdue = shown.where(Technology.stale_at.is_(None), Technology.reminded_at <= now - NOTICE, last <= now - QUARTER)
    reminded = _remind(session, session.scalars(due).all(), now)
    marked = session.scalars(overdue).all()
    for technology in marked:
        technology.stale_at = now
        enqueue_embedding(session, SubjectKind.TECHNOLOGY, technology.id)
        record(session, None, "technology.stale", technology, now=now, organisation_id=technology.organisation_id)
    return reminded, len(marked)


def _remind(session: Session, technologies: Sequence[Technology], now: datetime) -> int:
    """One mail to each owner, however many technologies it is about."""
    by_owner: dict[int, list[Technology]] = defaultdict(list)
    for technology in technologies:
        by_owner[technology.organisation_id].append(technology)
        technology.reminded_at = now
        record(session, None, "technology.remind", technology, now=now, organisation_id=technology.organisation_id)
    for theirs in by_owner.values():
        owner = theirs[0].organisation
        post_to_organisation(
            session,
            owner,
            "technologies_due",
            name=names_of(owner),
            slug=owner.slug,
            titles=[in_both(technology.title) for technology in theirs[:NAMED_IN_MAIL]],
            number=len(theirs),
            until=max(now + NOTICE, theirs[0].last_confirmed + QUARTER).isoformat(),
        )
    return len(technologies)
