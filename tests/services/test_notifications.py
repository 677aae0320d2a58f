"""Notices as their readers deal with them: read, chosen by kind, gathered once a day, forgotten after a year."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, NoticeChoice, Notification, OutboxMail, User
from models.errors import Invalid, NotFound
from models.notices import DEFAULTS, MailChoice, NoticeKind
from network.queries.notifications import choices_of, kinds_for, listing
from network.services import notifications
from network.services.outbox import post
from tests.factories import Make

SIX = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
"""Six in the morning of 25 November in Hanoi."""
SEVEN = SIX + timedelta(hours=1)


@pytest.fixture
def lan(make: Make) -> User:
    return make.user(name="Lan")


def add(session: Session, user: User, at: datetime, **values: Any) -> Notification:
    defaults = {"kind": NoticeKind.PEOPLE, "template": "member_left", "context": {"person": "Minh"}}
    found = Notification(user_id=user.id, at=at, **{**defaults, "for_digest": True, **values})
    session.add(found)
    session.flush()
    return found


def digests(session: Session) -> list[OutboxMail]:
    return list(session.scalars(sa.select(OutboxMail).where(OutboxMail.template == "digest").order_by(OutboxMail.id)))


def test_a_notice_is_read_once_and_by_its_reader(session: Session, make: Make, lan: User, now: datetime) -> None:
    notice = add(session, lan, now)
    with pytest.raises(NotFound):
        notifications.read(session, make.user().id, notice.id, now=now)
    notifications.read(session, lan.id, notice.id, now=now)
    notifications.read(session, lan.id, notice.id, now=now + timedelta(days=1))
    assert notice.read_at == now


def test_all_that_stood_in_the_list_is_read(session: Session, make: Make, lan: User, now: datetime) -> None:
    other = add(session, make.user(), now)
    first, second, later = (add(session, lan, now) for _ in range(3))
    assert notifications.read_all(session, lan, until=second.id, now=now) == 2
    session.expire_all()
    assert [n.read_at for n in (first, second, later, other)] == [now, now, None, None]
    assert notifications.read_all(session, lan, now=now) == 1


def test_opening_what_it_is_about_reads_it(session: Session, make: Make, lan: User, now: datetime) -> None:
    ours, another = add(session, lan, now, about="interest_id:7"), add(session, lan, now, about="interest_id:77")
    theirs = add(session, make.user(), now, about="interest_id:7")
    notifications.read_about(session, lan.id, ["need_id:3", "interest_id:7"], now=now)
    session.expire_all()
    assert [n.read_at for n in (ours, another, theirs)] == [now, None, None]


def test_the_latest_stands_first(session: Session, lan: User, now: datetime) -> None:
    old = add(session, lan, now - timedelta(days=2))
    new = add(session, lan, now, read_at=now)
    assert [row.id for row in listing(session, lan.id, 1).items] == [new.id, old.id]
    assert [row.id for row in listing(session, lan.id, 1, unread_only=True).items] == [old.id]


def test_everybody_has_sensible_choices_and_may_change_them(session: Session, make: Make, now: datetime) -> None:
    lan, desk = make.user(), make.coordinator()
    assert NoticeKind.COORDINATION in kinds_for(desk)
    assert not {NoticeKind.COORDINATION, NoticeKind.ACCOUNT} & set(kinds_for(lan))
    assert choices_of(session, lan) == {kind: DEFAULTS[kind] for kind in kinds_for(lan)}
    notifications.choose(session, lan, {NoticeKind.EVENTS: MailChoice.OFF}, now=now)
    notifications.choose(session, lan, {NoticeKind.EVENTS: MailChoice.DAILY}, now=now)
    assert choices_of(session, lan)[NoticeKind.EVENTS] is MailChoice.DAILY
    assert choices_of(session, desk)[NoticeKind.EVENTS] is MailChoice.AT_ONCE
    with pytest.raises(Invalid):
        notifications.choose(session, lan, {NoticeKind.ACCOUNT: MailChoice.OFF}, now=now)
    events = session.execute(sa.select(AuditEvent.action, AuditEvent.data)).all()
    assert [tuple(row) for row in events] == [("account.notices", {})] * 2


def test_the_way_out_of_a_mail(session: Session, lan: User, now: datetime) -> None:
    waiting = add(session, lan, now)
    notifications.turn_off(session, lan.id, [NoticeKind.PEOPLE], MailChoice.OFF, now=now)
    session.flush()
    post(session, [lan], "member_left", person="Minh")
    assert (session.scalars(sa.select(OutboxMail)).all(), waiting.for_digest) == ([], False)
    assert session.scalar(sa.select(sa.func.count(Notification.id)).where(Notification.for_digest)) == 0
    with pytest.raises(Invalid):
        notifications.turn_off(session, lan.id, [NoticeKind.PEOPLE], MailChoice.AT_ONCE, now=now)
    with pytest.raises(Invalid):
        notifications.turn_off(session, lan.id, [NoticeKind.ACCOUNT], MailChoice.OFF, now=now)
    with pytest.raises(NotFound):
        notifications.turn_off(session, lan.id + 1, [NoticeKind.PEOPLE], MailChoice.OFF, now=now)


def test_the_daily_mail_is_made_at_seven_in_hanoi_and_once(session: Session, make: Make, lan: User) -> None:
    minh, gone = make.user(language="en"), make.user(active=False)
    add(session, lan, SIX - timedelta(days=1))
    add(session, lan, SIX, kind=NoticeKind.EVENTS, template="event_changed")
    add(session, lan, SIX, read_at=SIX)
    add(session, lan, SIX, for_digest=False)
    add(session, lan, SEVEN)
    add(session, minh, SIX, read_at=SIX)
    add(session, gone, SIX)
    assert notifications.send_digests(session, now=SEVEN - timedelta(seconds=1)) == 1  # what was due yesterday at seven
    [first] = digests(session)
    assert [n["template"] for n in first.context["notices"]] == ["member_left"]
    assert notifications.send_digests(session, now=SEVEN + timedelta(minutes=5)) == 1
    second = digests(session)[1]
    assert (second.to, second.user_id, second.created_at) == (lan.email, lan.id, SEVEN + timedelta(minutes=5))
    assert [(n["kind"], n["template"]) for n in second.context["notices"]] == [("events", "event_changed")]
    assert notifications.send_digests(session, now=SEVEN + timedelta(hours=20)) == 0
    assert notifications.send_digests(session, now=SEVEN + timedelta(days=1)) == 1


def test_a_year_is_enough(session: Session, lan: User, now: datetime) -> None:
    old, new = add(session, lan, now - timedelta(days=366)), add(session, lan, now - timedelta(days=364))
    assert notifications.drop_old(session, now=now) == 1
    assert session.scalars(sa.select(Notification)).all() == [new]
    assert old not in session


def test_notices_and_choices_go_with_the_account(session: Session, lan: User, now: datetime) -> None:
    add(session, lan, now)
    notifications.choose(session, lan, {NoticeKind.EVENTS: MailChoice.OFF}, now=now)
    session.flush()
    session.delete(lan)
    session.flush()
    left = [session.scalar(sa.select(sa.func.count()).select_from(e)) for e in (Notification, NoticeChoice)]
    assert left == [0, 0]
