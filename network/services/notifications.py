"""Notices as their readers deal with them: read, choose how a kind comes by mail, and the daily mail.

Permissions: everybody their own. Whoever holds the signed address in a mail may turn its kind off without signing in.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import NoticeChoice, Notification, User
from models.audit import record
from models.errors import Invalid, NotFound
from models.notices import WITHOUT_CHOICE, MailChoice, NoticeKind
from network.services.needs import HANOI
from network.services.notice_table import DIGEST
from network.services.outbox import mail_to

DIGEST_AT = time(7, tzinfo=HANOI)
"""When the daily mails are made, by the clock of Hanoi."""
KEPT = timedelta(days=365)
"""How long a notice stands in the list."""


def read(session: Session, user_id: int, notification_id: int, *, now: datetime) -> Notification:
    """What was read once stays read since then. Raises NotFound for a notice to somebody else."""
    found = session.get(Notification, notification_id)
    if found is None or found.user_id != user_id:
        raise NotFound
    found.read_at = found.read_at or now
    return found


def read_about(session: Session, user_id: int, pages: Sequence[str], *, now: datetime) -> None:
    """The person has seen what these notices lead to; `pages` as Notification.about names them."""
    unread = sa.update(Notification).where(Notification.user_id == user_id, Notification.read_at.is_(None))
    session.execute(unread.where(Notification.about.in_(pages)).values(read_at=now))


def read_all(session: Session, actor: User, *, until: int | None = None, now: datetime) -> int:
    """All that stood in the list: none that came later than number `until`. Returns how many."""
    unread = sa.update(Notification).where(Notification.user_id == actor.id, Notification.read_at.is_(None))
    if until is not None:
        unread = unread.where(Notification.id <= until)
    done = session.execute(unread.values(read_at=now))
    return int(done.rowcount)  # type: ignore[attr-defined]


def choose(session: Session, actor: User, choices: Mapping[NoticeKind, MailChoice], *, now: datetime) -> None:
    """How the mails of each kind come from now on. Raises Invalid for a kind that nobody chooses about."""
    _choose(session, actor.id, choices)
    record(session, actor, "account.notices", actor, now=now)


def turn_off(session: Session, user_id: int, kinds: Sequence[NoticeKind], choice: MailChoice, *, now: datetime) -> None:
    """The way out that every mail names. Raises NotFound for an account that is gone, Invalid for no way out."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound
    if choice is MailChoice.AT_ONCE:
        raise Invalid("choice_missing")
    _choose(session, user_id, dict.fromkeys(kinds, choice))
    record(session, None, "account.notices", user, now=now)


def _choose(session: Session, user_id: int, choices: Mapping[NoticeKind, MailChoice]) -> None:
    if WITHOUT_CHOICE & choices.keys():
        raise Invalid("choice_missing")
    for kind, mail in choices.items():
        session.merge(NoticeChoice(user_id=user_id, kind=kind, mail=mail))
        if mail is not MailChoice.DAILY:
            waiting = sa.update(Notification).where(Notification.user_id == user_id, Notification.kind == kind)
            session.execute(waiting.where(Notification.for_digest).values(for_digest=False))


def send_digests(session: Session, *, now: datetime) -> int:
    """One mail to everybody for whom something waits since before the last DIGEST_AT; returns how many.

    What was read in the site meanwhile is not mailed. Run it as often as you like.
    """
    due = _last_hour(now)
    found = sa.select(Notification).where(Notification.for_digest, Notification.at < due)
    by_reader: dict[int, list[Notification]] = defaultdict(list)
    for notification in session.scalars(found.order_by(Notification.at, Notification.id)):
        notification.for_digest = False
        if notification.read_at is None:
            by_reader[notification.user_id].append(notification)
    readers = sa.select(User).where(User.id.in_(by_reader), User.active).order_by(User.id)
    sent = 0
    for user in session.scalars(readers):
        notices = [{"kind": n.kind.value, "template": n.template, "context": n.context} for n in by_reader[user.id]]
        mail_to(session, user, DIGEST, {"notices": notices}, now)
        sent += 1
    return sent


def _last_hour(now: datetime) -> datetime:
    """The last time that daily mails were due."""
    there = now.astimezone(HANOI)
    today = datetime.combine(there.date(), DIGEST_AT)
    return today if today <= there else today - timedelta(days=1)


def drop_old(session: Session, *, now: datetime) -> int:
    """Notices of more than a year ago go. Returns how many."""
    old = sa.delete(Notification).where(Notification.at < now - KEPT)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]
