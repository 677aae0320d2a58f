"""Mails of use cases: written as rows in the same transaction, sent after the commit by `flask mail send`."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Invitation, Membership, Organisation, OutboxMail, User
from models.texts import LANGUAGES, Bilingual
from models.types import MembershipRole, PlatformRole

MAX_ATTEMPTS = 5


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
    """One mail to each person, in the language of that person. `context` must be JSON.

    `secret` in the context is forgotten once the mail has gone.
    """
    for person in people:
        session.add(OutboxMail(to=person.email, language=person.language, template=template, context=context))


def post_to_organisation(session: Session, organisation: Organisation, template: str, **context: Any) -> None:
    post(session, managers_of(session, organisation.id), template, **context)


def waiting(session: Session, limit: int) -> list[OutboxMail]:
    """The oldest mails that have not gone and have not failed for good."""
    unsent = sa.select(OutboxMail).where(OutboxMail.sent_at.is_(None), OutboxMail.attempts < MAX_ATTEMPTS)
    return list(session.scalars(unsent.order_by(OutboxMail.id).limit(limit)))


def send_waiting(
    session: Session, send: Callable[[OutboxMail], None], *, now: datetime, limit: int = 100
) -> tuple[int, int]:
    """Sends what waits, each mail in a transaction of its own; returns how many went and how many failed.

    A mail that fails is tried again the next time, MAX_ATTEMPTS times in all; its last error stays with it. A crash
    between sending and committing sends one mail twice: rather twice than never.
    """
    sent = failed = 0
    for mail_id in [mail.id for mail in waiting(session, limit)]:
        mail = session.get_one(OutboxMail, mail_id)
        mail.attempts += 1
        try:
            send(mail)
        except OSError as error:  # smtplib's errors are OSErrors
            mail.error, failed = f"{type(error).__name__}: {error}", failed + 1
        else:
            mail.sent_at, mail.error, sent = now, None, sent + 1
            mail.context = {key: value for key, value in mail.context.items() if key != "secret"}
        session.commit()
    return sent, failed
