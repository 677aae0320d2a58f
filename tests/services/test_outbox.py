"""Telling people: by the way they chose; mails that fail are tried again later and later, and then seen."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, NoticeChoice, Notification, OutboxMail, User
from models.errors import NotFound, NotPermitted
from models.notices import MailChoice, NoticeKind
from network.services import outbox
from network.services.outbox import RETRY_AFTER, Refused, post, send_waiting
from tests.factories import Make

Send = Callable[[OutboxMail], None]


def broken(_: OutboxMail) -> None:
    raise ConnectionRefusedError("nobody there")


def told(session: Session) -> list[tuple[int, bool]]:
    found = session.scalars(sa.select(Notification).order_by(Notification.id))
    return [(n.user_id, n.for_digest) for n in found]


def mailed(session: Session) -> list[str]:
    return list(session.scalars(sa.select(OutboxMail.to).order_by(OutboxMail.id)))


def test_one_post_is_a_notice_and_a_mail_by_the_choice_of_each(session: Session, make: Make) -> None:
    at_once, daily, off = make.user(), make.user(), make.user()
    session.add(NoticeChoice(user_id=daily.id, kind=NoticeKind.REQUESTS, mail=MailChoice.DAILY))
    session.add(NoticeChoice(user_id=off.id, kind=NoticeKind.REQUESTS, mail=MailChoice.OFF))
    session.add(NoticeChoice(user_id=at_once.id, kind=NoticeKind.OUTCOMES, mail=MailChoice.OFF))
    post(session, [at_once, daily, off], "interest_received", interest_id=7, need={"vi": "a", "en": "b"})
    assert told(session) == [(at_once.id, False), (daily.id, True), (off.id, False)]
    assert mailed(session) == [at_once.email]
    notice = session.scalars(sa.select(Notification)).first()
    assert notice is not None
    assert (notice.kind, notice.about, notice.read_at) == (NoticeKind.REQUESTS, "interest_id:7", None)
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert (mail.user_id, mail.language, mail.context["interest_id"]) == (at_once.id, "vi", 7)


def test_a_secret_goes_by_mail_alone(session: Session, make: Make) -> None:
    person = make.user()
    post(session, [person], "interest_received", secret="x", interest_id=1)
    post(session, [person], "password_forgotten", secret="y", name="Lan")
    assert [n.context for n in session.scalars(sa.select(Notification))] == [{"interest_id": 1}]
    assert [m.context["secret"] for m in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))] == ["x", "y"]


def test_nobody_turns_mails_about_the_account_off(session: Session, make: Make) -> None:
    person = make.user()
    session.add(NoticeChoice(user_id=person.id, kind=NoticeKind.ACCOUNT, mail=MailChoice.OFF))
    post(session, [person], "password_changed")
    assert mailed(session) == [person.email]


def test_what_does_not_stand_in_the_site_cannot_wait_for_the_daily_mail(session: Session, make: Make) -> None:
    person = make.user()
    session.add(NoticeChoice(user_id=person.id, kind=NoticeKind.EVENTS, mail=MailChoice.DAILY))
    post(session, [person], "event_registered", event_id=1)
    assert (told(session), mailed(session)) == ([], [person.email])


def test_an_invited_person_without_an_account_gets_the_mail(session: Session, make: Make) -> None:
    invitation, _ = make.invitation(make.organisation())
    post(session, [invitation], "invitation", secret="z")
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert (mail.to, mail.user_id, told(session)) == (invitation.email, None, [])


@pytest.fixture
def letter(session: Session, now: datetime) -> OutboxMail:
    mail = OutboxMail(to="lan@lab.vn", language="vi", template="interest_received", created_at=now)
    session.add(mail)
    session.commit()
    return mail


def test_a_failing_mail_is_tried_after_longer_and_longer_whiles_and_then_given_up(
    session: Session, letter: OutboxMail, now: datetime
) -> None:
    moment = now
    for n, pause in enumerate(RETRY_AFTER, start=1):
        assert send_waiting(session, broken, now=moment) == (0, 1)
        assert (letter.attempts, letter.next_try_at, letter.failed_at) == (n, moment + pause, None)
        assert send_waiting(session, broken, now=moment + pause - timedelta(seconds=1)) == (0, 0)
        moment += pause
    assert send_waiting(session, broken, now=moment) == (0, 1)
    assert (letter.failed_at, letter.next_try_at) == (moment, None)
    assert letter.error == "ConnectionRefusedError: nobody there"
    assert moment - now > timedelta(days=1)
    assert send_waiting(session, broken, now=moment + timedelta(days=99)) == (0, 0)


def test_one_that_goes_in_the_end_is_done(session: Session, letter: OutboxMail, now: datetime) -> None:
    send_waiting(session, broken, now=now)
    later = now + RETRY_AFTER[0]
    assert send_waiting(session, lambda _: None, now=later) == (1, 0)
    assert (letter.sent_at, letter.error, letter.next_try_at, letter.failed_at) == (later, None, None, None)


def test_a_refused_address_is_not_tried_again(session: Session, letter: OutboxMail, now: datetime) -> None:
    def refuse(_: OutboxMail) -> None:
        raise Refused("the address is refused (550)")

    assert send_waiting(session, refuse, now=now) == (0, 1)
    assert (letter.attempts, letter.failed_at) == (1, now)


def test_a_mail_that_cannot_be_made_holds_up_no_other(
    session: Session, letter: OutboxMail, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    session.add(OutboxMail(to="minh@lab.vn", language="vi", template="interest_received"))
    session.commit()

    def send(mail: OutboxMail) -> None:
        if mail.to == letter.to:
            raise KeyError("need")

    assert send_waiting(session, send, now=now) == (1, 1)
    assert (letter.attempts, letter.error) == (1, "KeyError: 'need'")
    assert "could not be made" in caplog.text


def test_when_the_server_is_away_the_rest_waits(session: Session, letter: OutboxMail, now: datetime) -> None:
    for n in range(6):
        session.add(OutboxMail(to=f"{n}@lab.vn", language="vi", template="interest_received"))
    session.commit()
    assert send_waiting(session, broken, now=now) == (0, 3)
    assert len(outbox.waiting(session, 100)) == 7
    assert len(outbox.waiting(session, 100, now=now)) == 4


def test_a_coordinator_sends_again_or_gives_up(session: Session, make: Make, letter: OutboxMail, now: datetime) -> None:
    desk, stranger = make.coordinator(), make.user(make.organisation())
    for actor, refusal in ((desk, NotFound), (stranger, NotPermitted)):  # it has not failed yet
        with pytest.raises(refusal):
            outbox.try_again(session, actor, letter.id, now=now)
    letter.failed_at, letter.attempts = now, 6
    with pytest.raises(NotPermitted):
        outbox.give_up(session, stranger, letter.id, now=now)
    outbox.try_again(session, desk, letter.id, now=now)
    assert send_waiting(session, lambda _: None, now=now) == (1, 0)
    other = OutboxMail(to="x@lab.vn", language="vi", template="interest_received", failed_at=now)
    session.add(other)
    session.flush()
    outbox.give_up(session, desk, other.id, now=now)
    assert session.scalars(sa.select(OutboxMail)).all() == [letter]
    assert session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all() == ["mail.retry", "mail.discard"]
    assert all(isinstance(person, User) for person in (desk, stranger))
