"""Notices as people meet them: the number in the head, the list, the choices, and the way out of a mail."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import NoticeChoice, Notification, OutboxMail, User
from models.base import utc_now
from models.notices import MailChoice, NoticeKind
from network import mail
from network.links import read_unsubscribe, sign_unsubscribe
from network.services import notifications
from network.services.interests import send_interest
from network.services.outbox import post
from tests.factories import Make


@pytest.fixture
def asked(session: Session, make: Make) -> tuple[User, User, int]:
    """Who was asked, who asked, and the number of the question."""
    startup, lab = make.organisation("Seeker", slug="seeker"), make.organisation("Lab", "institute", slug="lab")
    asker, answerer = make.user(startup, language="en"), make.user(lab, language="en")
    need = make.need(startup, "A clean room")
    interest = send_interest(session, asker, startup, need.id, lab.id, "May we?", now=utc_now(), reply_days=10)
    session.commit()
    return answerer, asker, interest.id


def unread_in_head(client: Any) -> list[str]:
    return [text.split()[0] for text in client.texts("header .personal .unread-count")]


def read(session: Session) -> list[bool]:
    session.expire_all()
    return [n.read_at is not None for n in session.scalars(sa.select(Notification).order_by(Notification.id))]


def test_a_notice_is_counted_listed_and_leads_to_the_matter(
    client: FlaskClient, session: Session, asked: Any, sign_in: Any
) -> None:
    answerer, _, number = asked
    sign_in(client, answerer).get("/en/directory")
    assert unread_in_head(client) == ["1"]
    client.get("/en/notifications")
    assert client.texts(".notices h2") == ["Seeker would like to talk"]
    assert client.texts(".notices .entry-excerpt") == ["Seeker would like to talk with you about: A clean room"]
    client.get("/vi/notifications")
    assert client.texts(".notices h2") == ["Seeker muốn trao đổi"]
    link = client.page.select_one(".notices h2 a")["href"]
    assert client.get(link).location == f"/vi/workspace/lab/interests/{number}"
    assert read(session) == [True]
    client.get("/en/notifications")
    assert (unread_in_head(client), client.texts(".notices button")) == ([], [])


def test_opening_the_matter_reads_the_notice_whatever_way_one_came(
    client: FlaskClient, session: Session, asked: Any, sign_in: Any
) -> None:
    answerer, asker, number = asked
    sign_in(client, asker).get(f"/en/workspace/seeker/interests/{number}")
    assert read(session) == [False]
    sign_in(client, answerer)
    assert client.get(f"/en/workspace/lab/interests/{number + 1}").status_code == 404
    assert client.get(f"/en/workspace/seeker/interests/{number}").status_code == 403
    assert read(session) == [False]
    client.get(f"/en/workspace/lab/interests/{number}")
    assert unread_in_head(client) == []
    assert read(session) == [True]


def test_one_or_all_are_marked_as_read(client: FlaskClient, session: Session, make: Make, sign_in: Any) -> None:
    lan, other = make.user(language="en"), make.user()
    for person in (lan, lan, lan, other):
        post(session, [person], "member_left", person="Minh", organisation={"vi": "Lab", "en": "Lab"})
    sign_in(client, lan).get("/en/notifications?show=unread")
    form = client.page.select_one(".notices form")
    client.submit(form["action"], next=form.select_one("[name=next]")["value"])
    assert client.texts(".tabs [aria-current]") == ["Unread (2)"]
    form = client.page.select_one(".notice-tools form")
    client.submit(form["action"], until=form.select_one("[name=until]")["value"])
    assert client.texts(".notice") == ["2 notices marked as read."]
    assert read(session) == [True, True, True, False]
    theirs = session.scalars(sa.select(Notification.id).order_by(Notification.id.desc())).first()
    assert client.post(f"/en/notifications/{theirs}/read").status_code == 404
    assert client.get(f"/en/notifications/{theirs}").status_code == 404


def test_a_notice_of_former_days_breaks_no_list(
    client: FlaskClient, session: Session, make: Make, sign_in: Any
) -> None:
    lan = make.user()
    session.add(Notification(user_id=lan.id, kind=NoticeKind.EVENTS, template="gone", context={}, at=utc_now()))
    post(session, [lan], "interest_received")
    sign_in(client, lan).get("/en/notifications")
    assert client.texts(".notices h2") == ["A notice of former days that can no longer be shown"] * 2
    link = client.get(f"/en/notifications/{session.scalars(sa.select(Notification.id)).first()}")
    assert link.location == "/en/notifications"


def test_the_list_takes_as_many_statements_for_twenty_as_for_two(
    client: FlaskClient, session: Session, make: Make, sign_in: Any
) -> None:
    lan = make.user()
    sent: list[str] = []
    connection = session.connection()

    def statements() -> int:
        sent.clear()
        client.get("/en/notifications")
        return len([s for s in sent if s.startswith(("SELECT", "UPDATE"))])

    sa.event.listen(connection, "before_cursor_execute", lambda c, cursor, sql, *_: sent.append(sql))
    post(session, [lan] * 2, "member_left", person="Minh", organisation={"vi": "Lab", "en": "Lab"})
    sign_in(client, lan)
    few = statements()
    post(session, [lan] * 18, "member_left", person="Minh", organisation={"vi": "Lab", "en": "Lab"})
    session.commit()
    assert statements() == few <= 5


def test_each_kind_is_chosen_about(client: FlaskClient, session: Session, make: Make, sign_in: Any) -> None:
    lan = make.user(language="en")
    sign_in(client, lan).get("/en/notifications/settings")
    kinds = {row["id"]: row for row in client.page.select("tbody tr")}
    assert "coordination" not in kinds
    assert "account" not in kinds
    chosen = {name: row.select_one("input[checked]")["value"] for name, row in kinds.items()}
    assert (chosen["requests"], chosen["people"]) == ("at_once", "daily")
    client.submit("/en/notifications/settings", **{**chosen, "requests": "off"})
    assert client.texts(".notice") == ["Your choice is saved."]
    assert session.scalar(sa.select(NoticeChoice.mail).where(NoticeChoice.kind == "requests")) is MailChoice.OFF
    refused = client.post("/en/notifications/settings", data={**chosen, "requests": "hourly"})
    assert (refused.status_code, len(client.texts(".error-summary li"))) == (422, 1)


def address_of(message: Any) -> str:
    return str(re.sub(r"^https?://[^/]+", "", message["List-Unsubscribe"].strip("<>")))


def test_the_way_out_of_a_mail_needs_no_account_and_no_second_thought(app: Flask, session: Session, asked: Any) -> None:
    answerer, _, _ = asked
    letter = session.scalars(sa.select(OutboxMail)).one()
    stranger, address = app.test_client(), address_of(mail.render(app, letter))
    stranger.get(address)
    assert stranger.texts("main ul li") == ["Requests to talk and their answers"]
    assert session.scalars(sa.select(NoticeChoice)).all() == []  # opening it changes nothing
    assert not re.search(re.escape(answerer.email), str(stranger.page))
    stranger.submit(address, choice="daily")
    session.expire_all()
    assert [c.mail for c in session.scalars(sa.select(NoticeChoice))] == [MailChoice.DAILY]
    stranger.submit(address, choice="off")
    session.expire_all()
    [choice] = session.scalars(sa.select(NoticeChoice))
    assert (choice.user_id, choice.kind, choice.mail) == (answerer.id, NoticeKind.REQUESTS, MailChoice.OFF)


def test_one_click_of_a_mail_program_is_enough(app: Flask, session: Session, asked: Any) -> None:
    """RFC 8058: a POST without cookies and without a forgery token."""
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        address = address_of(mail.render(app, session.scalars(sa.select(OutboxMail)).one()))
        answer = app.test_client().post(address, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert [c.mail for c in session.scalars(sa.select(NoticeChoice))] == [MailChoice.OFF]


def test_nobody_makes_a_way_out_for_somebody_else(app: Flask, client: FlaskClient, make: Make) -> None:
    lan = make.user()
    make.session.commit()
    with app.app_context():
        token = sign_unsubscribe(lan.id, [NoticeKind.EVENTS])
        account = sign_unsubscribe(lan.id, [NoticeKind.ACCOUNT])
        assert read_unsubscribe(token) == (lan.id, (NoticeKind.EVENTS,))
    for wrong in (token[:-2] + "xx", "nonsense", account):
        assert client.get(f"/en/unsubscribe/{wrong}").status_code == 404
        assert client.post(f"/en/unsubscribe/{wrong}").status_code == 404


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_daily_mail_gathers_by_kind_with_a_way_out_for_each(
    app: Flask, session: Session, make: Make, lang: str
) -> None:
    lan = make.user(language=lang)
    names = {"vi": "Phòng <Lab>", "en": "The <Lab>"}
    for kind, template, context in (
        (NoticeKind.PEOPLE, "member_left", {"person": "Minh", "organisation": names}),
        (NoticeKind.EVENTS, "gone", {}),
        (NoticeKind.REQUESTS, "interest_withdrawn", {"sender": names, "receiver": names, "need": names}),
        (NoticeKind.PEOPLE, "invitation_accepted", {"person": "Hoa", "organisation": names}),
    ):
        at = utc_now().replace(year=2025)
        values = {"kind": kind, "template": template, "context": context, "at": at, "for_digest": True}
        session.add(Notification(user_id=lan.id, **values))
    session.flush()
    assert notifications.send_digests(session, now=utc_now()) == 1
    message = mail.render(app, session.scalars(sa.select(OutboxMail)).one())
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    text, page = plain.get_content(), BeautifulSoup(html.get_content(), "html5lib")
    assert names[lang] in text
    assert "\n\n\n" not in text
    assert text.count(f"/{lang}/unsubscribe/") == 3  # one for each kind and one for all of them
    assert len(page.find_all("h2")) == 2
    assert page.find("lab") is None
    with app.app_context():
        token = address_of(message).rpartition("/")[2]
        user_id, kinds = read_unsubscribe(token) or (0, ())
    assert (user_id, set(kinds)) == (lan.id, {NoticeKind.REQUESTS, NoticeKind.EVENTS, NoticeKind.PEOPLE})


def test_a_coordinator_sees_what_did_not_arrive(
    client: FlaskClient, session: Session, make: Make, sign_in: Any
) -> None:
    lan, desk = make.user(name="Lan"), make.coordinator()
    post(session, [lan], "interest_received", need={"vi": "secret title", "en": "secret title"})
    letter = session.scalars(sa.select(OutboxMail)).one()
    letter.failed_at, letter.attempts, letter.error = utc_now(), 6, "TimeoutError: timed out"
    session.add(OutboxMail(to="x@y.vn", language="vi", template="digest", context={}, attempts=2, error="Away"))
    sign_in(client, desk).get("/en/coordination/mails")
    assert client.texts("main h3") == [f"Lan {lan.email}", "x@y.vn"]
    assert client.texts("main code") == ["TimeoutError: timed out", "Away"]
    assert "secret title" not in str(client.page)
    client.submit(f"/en/coordination/mails/{letter.id}/again")
    session.expire_all()
    assert (letter.failed_at, letter.attempts) == (None, 0)
    assert client.post(f"/en/coordination/mails/{letter.id}/give-up").status_code == 404
    letter.failed_at = utc_now()
    session.commit()
    client.submit(f"/en/coordination/mails/{letter.id}/give-up")
    assert client.texts(".notice") == ["The mail is given up. In the site the notice stays."]
    assert session.scalars(sa.select(OutboxMail.to)).all() == ["x@y.vn"]
