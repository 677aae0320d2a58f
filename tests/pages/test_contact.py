"""Writing to the coordinators: what goes out, what is kept, and how often one may."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import OutboxMail
from network import create_app, mail
from network.extensions import db, limiter
from network.services import outbox
from tests.factories import NOW, Make

WORDS = {"name": "Mai", "email": "mai@example.org", "topic": "access", "message": "The map cannot be read aloud here."}


def test_a_message_goes_to_every_coordinator_and_is_then_forgotten(
    client: Any, app: Flask, session: Session, make: Make
) -> None:
    readers = [make.coordinator(), make.coordinator()]
    session.commit()
    assert client.post("/en/contact", data=WORDS).location == "/en/contact/sent"
    client.get("/en/contact/sent")
    assert client.texts("h1") == ["Your message is on its way"]
    waiting = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)).all()
    assert [m.to for m in waiting] == [person.email for person in readers]
    letter = mail.render(app, waiting[0]).get_content()
    assert "Mai (mai@example.org)" in letter
    assert "The map cannot be read aloud here." in letter
    assert "trở ngại" in letter
    outbox.send_waiting(session, lambda _: None, now=NOW)
    assert [m.context for m in waiting] == [{"topic": "access"}] * 2


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("email", "mai"), ("topic", "sales"), ("message", "too short")]
)
def test_what_is_missing_is_said_at_its_field(
    client: Any, session: Session, make: Make, field: str, value: str
) -> None:
    make.coordinator()
    session.commit()
    assert client.post("/en/contact", data={**WORDS, field: value}).status_code == 422
    assert [a["href"] for a in client.page.select(".error-summary a")] == [f"#{field}"]
    assert make.count(OutboxMail) == 0


def test_without_a_coordinator_nothing_is_promised(client: Any, make: Make) -> None:
    assert client.post("/en/contact", data=WORDS).status_code == 422
    assert "Nobody reads messages here at the moment." in client.texts(".error-summary")[0]


def test_a_known_person_need_not_write_their_name_again(client: Any, make: Make, sign_in: Any) -> None:
    person = make.user(make.organisation())
    sign_in(client, person).get("/en/contact?topic=privacy")
    assert client.page.select_one("#name")["value"] == person.name
    assert client.page.select_one("#email")["value"] == person.email
    assert client.page.select_one("#topic option[selected]")["value"] == "privacy"


def test_five_messages_an_hour(app: Flask, session: Session, make: Make) -> None:
    make.coordinator()
    session.commit()
    strict = create_app(replace(app.config["SETTINGS"], rate_limits=True))
    strict.config.update(WTF_CSRF_ENABLED=False)
    with app.app_context():
        connection = db.sessionmaker.kw["bind"]
    with strict.app_context():
        db.sessionmaker.configure(bind=connection, join_transaction_mode="create_savepoint")
    try:
        refused = strict.test_client().post("/en/contact", data={**WORDS, "email": "mai"}).status_code
        answers = [strict.test_client().post("/en/contact", data=WORDS).status_code for _ in range(6)]
    finally:
        limiter.reset()
        limiter.enabled = False
    assert (refused, answers) == (422, [302] * 5 + [429])
