"""Telling people: a notice in the site and a mail, as rows in the same transaction; mails leave after the commit.

`post` is the one way. Whether a mail comes at once, in the daily digest or not at all is the choice of its reader, by
the kind that the table of notices gives.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Invitation, Membership, NoticeChoice, Notification, Organisation, OutboxMail, User
from models.audit import record
from models.base import utc_now
from models.errors import NotFound
from models.notices import DEFAULTS, WITHOUT_CHOICE, MailChoice, NoticeKind
from models.texts import LANGUAGES, Bilingual
from models.types import MembershipRole, PlatformRole
from network.services import permits
from network.services.notice_table import Notice, notice

RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
)
"""How long a mail waits after each failure. After one more it has failed for good."""
MAX_ATTEMPTS = len(RETRY_AFTER) + 1
MOST_IN_A_ROW = 3
"""After so many failures one after the other the mail server is taken to be away, and the rest waits."""

log = logging.getLogger(__name__)


class Refused(OSError):
    """The mail server will never take this mail: trying again is of no use."""


def managers_of(session: Session, organisation_id: int) -> list[User]:
    return list(
        session.scalars(
            sa.select(User)
            .join(Membership)
            .where(
                Membership.organisation_id == organisation_id, Membership.role == MembershipRole.MANAGER, User.active
            )
            .order_by(User.id)
        )
    )


def coordinators(session: Session) -> list[User]:
    roles = (PlatformRole.COORDINATOR, PlatformRole.ADMINISTRATOR)
    return list(session.scalars(sa.select(User).where(User.role.in_(roles), User.active).order_by(User.id)))


def names_of(organisation: Organisation) -> dict[str, str]:
    """The name for mails, whose language is known only when they are sent."""
    return in_both(organisation.name)


def in_both(text: Bilingual) -> dict[str, str]:
    """A text for mails: in each language as it is, or else as it is in the other."""
    return {code: text.pick(code)[0] for code in LANGUAGES}


def post(session: Session, people: Iterable[User | Invitation], template: str, **context: Any) -> None:
    """Tells each person, in the language of that person. `context` must be JSON.

    `secret` in the context goes by mail alone and is forgotten once the mail has gone.
    """
    readers, what, at = list(people), notice(template), utc_now()
    choices = mail_choices(session, [reader.id for reader in readers if isinstance(reader, User)], what.kind)
    for reader in readers:
        choice = choices.get(reader.id, MailChoice.AT_ONCE) if isinstance(reader, User) else MailChoice.AT_ONCE
        if isinstance(reader, User) and what.in_site:
            _add_notice(session, reader, template, what, context, choice, at)
        elif choice is MailChoice.DAILY:
            choice = MailChoice.AT_ONCE  # what does not stand in the site cannot wait for the digest
        if choice is MailChoice.AT_ONCE:
            mail_to(session, reader, template, context, at)


def _add_notice(
    session: Session, user: User, template: str, what: Notice, context: dict[str, Any], choice: MailChoice, at: datetime
) -> None:
    session.add(
        Notification(
            user_id=user.id,
            kind=what.kind,
            template=template,
            context=without_secret(context),
            about=_about(context),
            at=at,
            for_digest=choice is MailChoice.DAILY,
        )
    )


def mail_to(
    session: Session, reader: User | Invitation, template: str, context: dict[str, Any], at: datetime
) -> OutboxMail:
    """The mail alone, whatever its reader has chosen; `post` asks first."""
    mail = OutboxMail(
        user_id=reader.id if isinstance(reader, User) else None,
        to=reader.email,
        language=reader.language,
        template=template,
        context=context,
        created_at=at,
    )
    session.add(mail)
    return mail


def without_secret(context: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in context.items() if key != "secret"}


def _about(context: dict[str, Any]) -> str | None:
    """The page that the notice leads to, if it is that of one entry."""
    found = ((key, value) for key, value in context.items() if key.endswith("_id") and isinstance(value, int))
    return next((f"{key}:{value}" for key, value in found), None)


def mail_choices(session: Session, user_ids: Sequence[int], kind: NoticeKind) -> dict[int, MailChoice]:
    """What each of these people has chosen about a kind, or the default."""
    choices = dict.fromkeys(user_ids, DEFAULTS[kind])
    if user_ids and kind not in WITHOUT_CHOICE:
        made = sa.select(NoticeChoice.user_id, NoticeChoice.mail).where(
            NoticeChoice.user_id.in_(user_ids), NoticeChoice.kind == kind
        )
        choices |= dict(session.execute(made).all())
    return choices


def post_to_organisation(session: Session, organisation: Organisation, template: str, **context: Any) -> None:
    post(session, managers_of(session, organisation.id), template, **context)


def waiting(session: Session, limit: int, *, now: datetime | None = None) -> list[OutboxMail]:
    """The oldest mails that have not gone and have not failed for good; with `now`, those whose turn it is."""
    unsent = sa.select(OutboxMail).where(OutboxMail.sent_at.is_(None), OutboxMail.failed_at.is_(None))
    if now is not None:
        unsent = unsent.where(sa.or_(OutboxMail.next_try_at.is_(None), OutboxMail.next_try_at <= now))
    return list(session.scalars(unsent.order_by(OutboxMail.id).limit(limit)))


def send_waiting(
    session: Session, send: Callable[[OutboxMail], None], *, now: datetime, limit: int = 100
) -> tuple[int, int]:
    """Sends what waits, each mail in a transaction of its own; returns how many went and how many failed.

    A mail that fails is tried again after a while that grows, MAX_ATTEMPTS times in all; its last error stays with it.
    A crash between sending and committing sends one mail twice: rather twice than never.
    """
    sent = failed = in_a_row = 0
    for mail_id in [mail.id for mail in waiting(session, limit, now=now)]:
        mail = session.get_one(OutboxMail, mail_id)
        mail.attempts += 1
        try:
            send(mail)
        except Exception as error:
            ours = not isinstance(error, OSError)  # smtplib's errors are OSErrors; anything else is a mistake of ours
            if ours:
                log.exception("mail %s (%s) could not be made", mail.id, mail.template)
            _put_off(mail, error, now)
            failed, in_a_row = failed + 1, 0 if ours or isinstance(error, Refused) else in_a_row + 1
        else:
            mail.sent_at, mail.error, mail.next_try_at, sent = now, None, None, sent + 1
            mail.context, in_a_row = without_secret(mail.context), 0
        session.commit()
        if in_a_row == MOST_IN_A_ROW:
            break
    return sent, failed


def _put_off(mail: OutboxMail, error: Exception, now: datetime) -> None:
    mail.error = f"{type(error).__name__}: {error}"
    if isinstance(error, Refused) or mail.attempts >= MAX_ATTEMPTS:
        mail.failed_at, mail.next_try_at = now, None
    else:
        mail.next_try_at = now + RETRY_AFTER[mail.attempts - 1]


def try_again(session: Session, actor: User, mail_id: int, *, now: datetime) -> OutboxMail:
    """A coordinator has a mail that failed for good sent once more. Raises NotFound for any other."""
    mail = _dead(session, actor, mail_id)
    mail.attempts, mail.failed_at, mail.next_try_at = 0, None, None
    record(session, actor, "mail.retry", mail, now=now)
    return mail


def give_up(session: Session, actor: User, mail_id: int, *, now: datetime) -> None:
    """A coordinator takes a mail that failed for good off the list. Raises NotFound for any other."""
    mail = _dead(session, actor, mail_id)
    record(session, actor, "mail.discard", mail, now=now)
    session.delete(mail)


def _dead(session: Session, actor: User, mail_id: int) -> OutboxMail:
    permits.coordinator(actor)
    mail = session.get(OutboxMail, mail_id)
    if mail is None or mail.failed_at is None:
        raise NotFound
    return mail
