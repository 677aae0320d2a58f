"""A forgotten password and another address: proved by a mail, once, in time, and every other session ends."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AccountSecret, AuditEvent, OutboxMail, User
from models.account_secrets import SecretUse
from models.errors import Conflict, Invalid
from network.services import accounts, recovery
from network.services.outbox import send_waiting
from tests.factories import PASSWORD, Make

NEW = "sông-hồng-mùa-thu"
HOUR = timedelta(hours=1)


@pytest.fixture
def lan(make: Make) -> User:
    return make.user(email="lan@lab.vn", name="Lan")


def mails(session: Session) -> list[tuple[str, str]]:
    return [(m.to, m.template) for m in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))]


def secret(session: Session, template: str = "password_forgotten") -> str:
    found = sa.select(OutboxMail).where(OutboxMail.template == template).order_by(OutboxMail.id.desc())
    return str(session.scalars(found).all()[0].context["secret"])


def actions(session: Session) -> list[str]:
    return list(session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)))


def test_a_forgotten_password_is_replaced_by_way_of_the_mailbox(session: Session, lan: User, now: datetime) -> None:
    key = lan.session_key
    recovery.ask_for_password(session, " LAN@lab.vn ", now=now)
    assert mails(session) == [("lan@lab.vn", "password_forgotten")]
    recovery.set_password(session, secret(session), NEW, now=now + HOUR - timedelta(seconds=1))
    assert accounts.authenticate(session, "lan@lab.vn", NEW, now=now) is lan
    assert lan.session_key != key
    assert mails(session)[1:] == [("lan@lab.vn", "password_changed")]
    assert actions(session) == ["account.ask_password", "account.reset_password"]
    assert session.scalars(sa.select(AuditEvent.data)).all() == [{}, {}]


def test_the_database_holds_no_secret_and_the_outbox_forgets_it(session: Session, lan: User, now: datetime) -> None:
    recovery.ask_for_password(session, lan.email, now=now)
    kept = session.scalars(sa.select(AccountSecret)).one()
    assert secret(session) not in kept.secret_hash
    assert len(secret(session)) >= 40
    session.commit()
    send_waiting(session, lambda _: None, now=now)
    assert session.scalars(sa.select(OutboxMail.context)).one() == {"name": "Lan"}


@pytest.mark.parametrize("email", ["nobody@lab.vn", "gone@lab.vn"])
def test_an_unknown_address_is_answered_in_silence(session: Session, make: Make, now: datetime, email: str) -> None:
    make.user(email="gone@lab.vn", active=False)
    recovery.ask_for_password(session, email, now=now)
    assert (mails(session), actions(session), make.count(AccountSecret)) == ([], [], 0)


def test_a_link_works_once_for_an_hour_and_only_the_latest(session: Session, lan: User, now: datetime) -> None:
    recovery.ask_for_password(session, lan.email, now=now)
    first = secret(session)
    recovery.ask_for_password(session, lan.email, now=now)
    assert len(mails(session)) == 1  # the former one had not left yet
    for wrong, moment in ((first, now), ("guessed", now), (secret(session), now + HOUR)):
        with pytest.raises(Conflict, match="secret_over"):
            recovery.open_password(session, wrong, now=moment)
    recovery.open_password(session, secret(session), now=now)
    recovery.open_password(session, secret(session), now=now)  # looking uses nothing up
    with pytest.raises(Invalid, match="weak_password"):
        recovery.set_password(session, secret(session), "short", now=now)
    recovery.set_password(session, secret(session), NEW, now=now)
    with pytest.raises(Conflict, match="secret_over"):
        recovery.set_password(session, secret(session), "another-good-password", now=now)


def test_one_mailbox_gets_three_mails_an_hour_and_nobody_learns_of_it(
    session: Session, lan: User, now: datetime
) -> None:
    for _ in range(5):
        recovery.ask_for_password(session, lan.email, now=now)
        session.execute(sa.update(OutboxMail).values(sent_at=now))
    assert len(mails(session)) == 3
    recovery.ask_for_password(session, lan.email, now=now + HOUR)
    assert len(mails(session)) == 4


def test_a_new_address_is_confirmed_from_its_mailbox_and_the_old_one_is_told(
    session: Session, lan: User, now: datetime
) -> None:
    key = lan.session_key
    recovery.ask_for_email(session, lan, PASSWORD, " Lan@Home.vn", now=now)
    assert mails(session) == [("lan@lab.vn", "email_change_asked"), ("lan@home.vn", "email_to_confirm")]
    assert lan.email == "lan@lab.vn"
    assert "lan@home.vn" not in str(session.scalars(sa.select(OutboxMail.context)).all())
    waiting = OutboxMail(user_id=lan.id, to=lan.email, language="vi", template="interest_received")
    session.add(waiting)
    recovery.confirm_email(session, secret(session, "email_to_confirm"), now=now + timedelta(hours=23))
    assert (lan.email, waiting.to) == ("lan@home.vn", "lan@home.vn")
    assert lan.session_key != key
    assert ("lan@lab.vn", "email_changed") in mails(session)
    assert accounts.authenticate(session, "lan@home.vn", PASSWORD, now=now) is lan
    assert actions(session) == ["account.ask_email", "account.change_email"]
    with pytest.raises(Conflict, match="secret_over"):
        recovery.confirm_email(session, secret(session, "email_to_confirm"), now=now)


@pytest.mark.parametrize(
    ("password", "email", "code"),
    [
        ("wrong", "new@lab.vn", "wrong_password"),
        (PASSWORD, "new", "email_missing"),
        (PASSWORD, "LAN@lab.vn", "email_same"),
    ],
)
def test_what_is_wrong_is_said(
    session: Session, lan: User, now: datetime, password: str, email: str, code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        recovery.ask_for_email(session, lan, password, email, now=now)
    assert mails(session) == []


def test_an_address_of_somebody_else_is_not_given_away_and_not_taken(
    session: Session, make: Make, lan: User, now: datetime
) -> None:
    make.user(email="minh@lab.vn")
    recovery.ask_for_email(session, lan, PASSWORD, "minh@lab.vn", now=now)
    assert mails(session) == [("lan@lab.vn", "email_change_asked")]
    recovery.ask_for_email(session, lan, PASSWORD, "free@lab.vn", now=now)
    make.user(email="free@lab.vn")
    session.commit()
    with pytest.raises(Conflict, match="email_taken"):
        recovery.confirm_email(session, secret(session, "email_to_confirm"), now=now)
    session.rollback()
    assert lan.email == "lan@lab.vn"
    recovery.ask_for_email(session, lan, PASSWORD, "third@lab.vn", now=now)
    with pytest.raises(Conflict, match="too_many_secrets"):
        recovery.ask_for_email(session, lan, PASSWORD, "fourth@lab.vn", now=now)


def test_a_new_password_ends_an_address_that_was_asked_for(session: Session, lan: User, now: datetime) -> None:
    """Whoever got in with the old password has prepared nothing for later."""
    recovery.ask_for_email(session, lan, PASSWORD, "thief@else.vn", now=now)
    recovery.ask_for_password(session, lan.email, now=now)
    recovery.set_password(session, secret(session), NEW, now=now)
    with pytest.raises(Conflict, match="secret_over"):
        recovery.open_email(session, secret(session, "email_to_confirm"), now=now)


def test_secrets_out_of_use_go(session: Session, make: Make, lan: User, now: datetime) -> None:
    recovery.ask_for_password(session, lan.email, now=now)
    assert recovery.drop_old_secrets(session, now=now + HOUR + timedelta(days=1)) == 0
    assert recovery.drop_old_secrets(session, now=now + HOUR + timedelta(days=1, seconds=1)) == 1
    assert {use.value for use in SecretUse} == {"password", "email"}
