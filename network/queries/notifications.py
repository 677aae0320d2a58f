"""The notices of one person, what the person has chosen, and mails that failed, as pages show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import NoticeChoice, Notification, OutboxMail, User
from models.notices import DEFAULTS, WITHOUT_CHOICE, MailChoice, NoticeKind
from network.queries.paging import Page, paginate
from network.services.notice_table import DIGEST, notice


@dataclass(frozen=True)
class NoticeRow:
    """`template` and `context` are put into words by the page."""

    id: int
    kind: NoticeKind
    template: str
    context: dict[str, Any]
    at: datetime
    unread: bool


def notice_row(found: Notification) -> NoticeRow:
    return NoticeRow(found.id, found.kind, found.template, found.context, found.at, found.read_at is None)


def listing(session: Session, user_id: int, number: int, *, unread_only: bool = False) -> Page[NoticeRow]:
    """The latest first. Two statements."""
    found = sa.select(Notification).where(Notification.user_id == user_id)
    if unread_only:
        found = found.where(Notification.read_at.is_(None))
    return paginate(session, found.order_by(Notification.at.desc(), Notification.id.desc()), number, notice_row)


def unread_count() -> Any:
    """How many notices the person of the outer query has not read."""
    unread = sa.select(sa.func.count(Notification.id)).where(
        Notification.user_id == User.id, Notification.read_at.is_(None)
    )
    return unread.correlate(User).scalar_subquery()


def unread_about(session: Session, user_id: int, pages: list[str]) -> int:
    """How many unread notices lead to one of these pages ('<argument>:<number>'). One statement."""
    found = sa.select(sa.func.count(Notification.id)).where(
        Notification.user_id == user_id, Notification.read_at.is_(None), Notification.about.in_(pages)
    )
    return session.scalar(found) or 0


def kinds_for(user: User) -> tuple[NoticeKind, ...]:
    """The kinds that can come to this person, and about which there is a choice."""
    hidden = WITHOUT_CHOICE if user.coordinates else WITHOUT_CHOICE | {NoticeKind.COORDINATION}
    return tuple(kind for kind in NoticeKind if kind not in hidden)


def choices_of(session: Session, user: User) -> dict[NoticeKind, MailChoice]:
    """What the person has chosen, or the default, for each kind. One statement."""
    made = sa.select(NoticeChoice.kind, NoticeChoice.mail).where(NoticeChoice.user_id == user.id)
    chosen = dict(session.execute(made).all())
    return {kind: chosen.get(kind, DEFAULTS[kind]) for kind in kinds_for(user)}


@dataclass(frozen=True)
class FailedMail:
    """A mail that has not gone. `kind` is None for a daily mail. What it says is shown to nobody."""

    id: int
    to: str
    reader: str | None
    kind: NoticeKind | None
    created_at: datetime
    attempts: int
    error: str | None
    next_try_at: datetime | None
    failed_at: datetime | None


@dataclass(frozen=True)
class FailedMails:
    """`dead` are not tried any more, `waiting` are."""

    dead: Page[FailedMail]
    waiting: tuple[FailedMail, ...]


def failed_mails(session: Session, number: int = 1) -> FailedMails:
    """Three statements."""
    unsent = sa.select(OutboxMail).where(OutboxMail.sent_at.is_(None))
    dead = unsent.where(OutboxMail.failed_at.is_not(None)).order_by(OutboxMail.failed_at.desc(), OutboxMail.id.desc())
    waiting = unsent.where(OutboxMail.failed_at.is_(None), OutboxMail.attempts > 0).order_by(OutboxMail.id).limit(50)
    page, rows = paginate(session, dead, number, lambda mail: mail), session.scalars(waiting).all()
    ids = {mail.user_id for mail in (*page.items, *rows) if mail.user_id}
    names = dict(session.execute(sa.select(User.id, User.name).where(User.id.in_(ids))).all())
    dead_rows = tuple(_failed(mail, names) for mail in page.items)
    return FailedMails(
        Page(dead_rows, page.number, page.size, page.total), tuple(_failed(mail, names) for mail in rows)
    )


def _failed(mail: OutboxMail, names: dict[int, str]) -> FailedMail:
    return FailedMail(
        mail.id,
        mail.to,
        names.get(mail.user_id or 0),
        None if mail.template == DIGEST else notice(mail.template).kind,
        mail.created_at,
        mail.attempts,
        mail.error,
        mail.next_try_at,
        mail.failed_at,
    )


def dead_count(session: Session) -> int:
    """How many mails have failed for good. One statement."""
    return session.scalar(sa.select(sa.func.count(OutboxMail.id)).where(OutboxMail.failed_at.is_not(None))) or 0
