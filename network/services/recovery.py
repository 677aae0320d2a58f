"""A new password when the old one is forgotten, and another e-mail address: both proved by a secret sent by mail.

Whoever asks for a new password gets the same answer whether the address is known or not. Each use of a secret ends it
and every other one of its kind, and all sessions of the person.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import AccountSecret, OutboxMail, User
from models.account_secrets import SecretUse
from models.audit import record
from models.errors import Conflict, Invalid
from models.notices import NoticeKind
from network.services.accounts import new_session, normal_email
from network.services.notice_table import notice
from network.services.outbox import mail_to, post
from network.services.passwords import check_password, hash_password, verify_password

VALID = {SecretUse.PASSWORD: timedelta(hours=1), SecretUse.EMAIL: timedelta(days=1)}
MOST_IN_AN_HOUR = 3
"""Secrets of one kind for one person: nobody's mailbox is filled from here."""
KEPT = timedelta(days=1)


def ask_for_password(session: Session, email: str, *, now: datetime) -> None:
    """A mail to the person with this address, if there is one; says nothing of whether there is."""
    user = session.scalar(sa.select(User).where(User.email == normal_email(email), User.active))
    secret = secrets.token_urlsafe(32)
    if user is None or not _room_for_one(session, user, SecretUse.PASSWORD, now):
        return
    _keep(session, user, SecretUse.PASSWORD, secret, None, now)
    record(session, None, "account.ask_password", user, now=now)
    _drop_waiting(session, user, "password_forgotten")
    post(session, [user], "password_forgotten", name=user.name, secret=secret)


def open_password(session: Session, secret: str, *, now: datetime) -> AccountSecret:
    """The secret of a mail that still sets a password. Raises Conflict('secret_over')."""
    return _open(session, SecretUse.PASSWORD, secret, now)


def set_password(session: Session, secret: str, password: str, *, now: datetime) -> User:
    """Raises Conflict('secret_over'), Invalid for a weak password."""
    found = _open(session, SecretUse.PASSWORD, secret, now)
    user = found.user
    check_password(password, user.email)
    user.password_hash = hash_password(password)
    new_session(user)
    _use(session, found, now)
    record(session, user, "account.reset_password", user, now=now)
    post(session, [user], "password_changed")
    return user


def ask_for_email(session: Session, actor: User, password: str, email: str, *, now: datetime) -> None:
    """A mail to the new address, whose reader confirms it, and a word to the present one.

    Where the new address has an account already no mail goes there, and nobody learns of it. Raises Invalid for a wrong
    password or no address, Conflict('too_many_secrets').
    """
    if not verify_password(actor.password_hash, password):
        raise Invalid("wrong_password")
    email = normal_email(email)
    if "@" not in email or email == actor.email:
        raise Invalid("email_missing" if "@" not in email else "email_same")
    if not _room_for_one(session, actor, SecretUse.EMAIL, now):
        raise Conflict("too_many_secrets")
    secret = secrets.token_urlsafe(32)
    _keep(session, actor, SecretUse.EMAIL, secret, email, now)
    record(session, actor, "account.ask_email", actor, now=now)
    _drop_waiting(session, actor, "email_to_confirm")
    post(session, [actor], "email_change_asked", new_email=_veiled(email))
    if session.scalar(sa.select(User.id).where(User.email == email)) is None:
        letter = mail_to(session, actor, "email_to_confirm", {"name": actor.name, "secret": secret}, now)
        letter.to = email


def open_email(session: Session, secret: str, *, now: datetime) -> AccountSecret:
    """The secret of a mail that still confirms an address. Raises Conflict('secret_over')."""
    return _open(session, SecretUse.EMAIL, secret, now)


def confirm_email(session: Session, secret: str, *, now: datetime) -> User:
    """The new address takes the place of the old one, which is told; mails that wait go to the new one.

    Raises Conflict: 'secret_over', 'email_taken'.
    """
    found = _open(session, SecretUse.EMAIL, secret, now)
    user, email = found.user, found.email
    assert email is not None
    post(session, [user], "email_changed", new_email=_veiled(email))
    session.flush()
    unsent = sa.select(OutboxMail).where(OutboxMail.user_id == user.id, OutboxMail.sent_at.is_(None))
    waiting = [letter for letter in session.scalars(unsent) if notice(letter.template).kind is not NoticeKind.ACCOUNT]
    try:  # the unique address decides: somebody may have joined with it since
        with session.begin_nested():
            user.email = email
            session.flush()
    except IntegrityError as error:
        raise Conflict("email_taken") from error
    for letter in waiting:
        letter.to = email
    new_session(user)
    _use(session, found, now)
    record(session, user, "account.change_email", user, now=now)
    return user


def drop_old_secrets(session: Session, *, now: datetime) -> int:
    """Secrets that have been of no use for a day. Returns how many."""
    old = sa.delete(AccountSecret).where(AccountSecret.expires_at < now - KEPT)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]


def _veiled(email: str) -> str:
    """Enough for its owner to know it again, too little for anybody else."""
    local, _, host = email.partition("@")
    return f"{local[0]}…@{host}"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _room_for_one(session: Session, user: User, use: SecretUse, now: datetime) -> bool:
    made = sa.select(sa.func.count(AccountSecret.id)).where(
        AccountSecret.user_id == user.id, AccountSecret.use == use, AccountSecret.made_at > now - timedelta(hours=1)
    )
    return (session.scalar(made) or 0) < MOST_IN_AN_HOUR


def _keep(session: Session, user: User, use: SecretUse, secret: str, email: str | None, now: datetime) -> None:
    """A newer secret takes the place of the others."""
    _end_others(session, user.id, use, now)
    session.add(
        AccountSecret(
            user=user, use=use, email=email, secret_hash=_hash(secret), made_at=now, expires_at=now + VALID[use]
        )
    )


def _end_others(session: Session, user_id: int, use: SecretUse, now: datetime) -> None:
    others = sa.update(AccountSecret).where(
        AccountSecret.user_id == user_id, AccountSecret.use == use, AccountSecret.used_at.is_(None)
    )
    session.execute(others.values(used_at=now))


def _open(session: Session, use: SecretUse, secret: str, now: datetime) -> AccountSecret:
    found = session.scalar(
        sa.select(AccountSecret).where(AccountSecret.secret_hash == _hash(secret), AccountSecret.use == use)
    )
    if found is None or found.used_at is not None or found.expires_at <= now or not found.user.active:
        raise Conflict("secret_over")
    return found


def _use(session: Session, found: AccountSecret, now: datetime) -> None:
    """It works once, even when it is sent twice at the same moment; every other secret of the person ends with it."""
    used = (
        sa.update(AccountSecret)
        .where(AccountSecret.id == found.id, AccountSecret.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session="fetch")
    )
    if session.execute(used).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("secret_over")
    for use in SecretUse:
        _end_others(session, found.user_id, use, now)


def _drop_waiting(session: Session, user: User, template: str) -> None:
    """Mails with a former secret that have not left yet must not leave any more."""
    waiting = sa.delete(OutboxMail).where(
        OutboxMail.user_id == user.id, OutboxMail.template == template, OutboxMail.sent_at.is_(None)
    )
    session.execute(waiting)
