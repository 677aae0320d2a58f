"""A forgotten password and another address, as people meet them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import OutboxMail, User
from network import create_app, mail
from network.extensions import db, limiter
from tests.factories import PASSWORD, Make

NEW = "sông-hồng-mùa-thu"


@pytest.fixture
def lan(make: Make, session: Session) -> User:
    user = make.user(make.organisation("Lab", slug="lab"), email="lan@lab.vn", name="Lan", language="en")
    session.commit()
    return user


def link(app: Flask, session: Session, template: str) -> str:
    found = sa.select(OutboxMail).where(OutboxMail.template == template).order_by(OutboxMail.id.desc())
    text = mail.render(app, session.scalars(found).all()[0]).get_content()
    return str(re.findall(r"https?://[^/\s]+(/\S+)", text)[0])


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/en/account").status_code == 200


def test_from_a_forgotten_password_to_a_new_one(app: Flask, session: Session, lan: User) -> None:
    elsewhere, here = app.test_client(), app.test_client()
    elsewhere.submit("/en/sign-in", email=lan.email, password=PASSWORD)
    assert is_signed_in(elsewhere)
    here.get("/en/sign-in")
    here.get(here.page.find("a", string="Forgotten your password?")["href"])
    here.submit("/en/forgotten-password", email="Lan@lab.vn")
    assert here.texts("h1") == ["Look into your mailbox"]
    address = link(app, session, "password_forgotten")
    page = here.get(address)
    assert (page.headers["Cache-Control"], here.texts("h1")) == ("no-store", ["Choose a new password"])
    assert here.submit(address, new="short").status_code == 422
    here.submit(address, new=NEW)
    assert here.texts(".notice") == [
        "Your password is changed. Everywhere you are signed out: sign in with the new one."
    ]
    assert not is_signed_in(elsewhere)
    here.submit("/en/sign-in", email=lan.email, password=NEW)
    assert is_signed_in(here)
    assert here.get(address).status_code == 409
    assert "has been used" in here.texts("main")[0]


def test_the_answer_is_the_same_whether_the_address_is_known(app: Flask, session: Session, lan: User) -> None:
    answers = []
    for email in (lan.email, "nobody@lab.vn"):
        client = app.test_client()
        answer = client.post("/en/forgotten-password", data={"email": email})
        client.get(answer.location)
        answers.append((answer.status_code, answer.location, str(client.page.main)))
    assert answers[0] == answers[1]
    assert answers[0][:2] == (302, "/en/forgotten-password/sent")


@pytest.mark.parametrize("path", ["new-password", "confirm-email"])
def test_a_link_that_was_made_up_opens_nothing(client: FlaskClient, lan: User, path: str) -> None:
    assert client.get(f"/en/{path}/made-up").status_code == 409
    assert client.post(f"/en/{path}/made-up", data={"new": NEW}).status_code == 409


def test_another_address(app: Flask, session: Session, lan: User, sign_in: Any) -> None:
    here, elsewhere, mailbox = (app.test_client() for _ in range(3))
    sign_in(here, lan).get("/en/account")
    here.get(here.page.find("a", string="Change e-mail address")["href"])
    assert here.submit("/en/account/email", new_email="lan@home.vn", password="wrong").status_code == 422
    sign_in(elsewhere, lan)
    here.submit("/en/account/email", new_email="lan@home.vn", password=PASSWORD)
    assert here.texts(".notice") == ["If the address is free, a mail is on its way to it. Open the link there."]
    address = link(app, session, "email_to_confirm")
    mailbox.get(address)
    assert "lan@home.vn" in mailbox.texts("main")[0]
    session.expire_all()
    assert lan.email == "lan@lab.vn"  # looking changes nothing
    here.submit(address)
    assert here.texts("main .lead") == ["lan@home.vn"]
    assert not is_signed_in(elsewhere)
    assert mailbox.get(address).status_code == 409
    told = [mail.render(app, m) for m in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))]
    assert [(m["To"], m["Subject"]) for m in told] == [
        ("lan@lab.vn", "A new e-mail address was asked for"),
        ("lan@home.vn", "Confirm your new e-mail address"),
        ("lan@lab.vn", "Your e-mail address has been changed"),
    ]


def test_whoever_is_not_signed_in_confirms_as_well(app: Flask, session: Session, lan: User, sign_in: Any) -> None:
    sign_in(app.test_client(), lan).submit("/en/account/email", new_email="lan@home.vn", password=PASSWORD)
    mailbox = app.test_client()
    mailbox.submit(link(app, session, "email_to_confirm"))
    assert mailbox.texts("h1") == ["Sign in"]
    mailbox.submit("/en/sign-in", email="lan@home.vn", password=PASSWORD)
    assert is_signed_in(mailbox)


@pytest.fixture
def limited(app: Flask) -> Iterator[Flask]:
    strict = create_app(replace(app.config["SETTINGS"], rate_limits=True))
    strict.config.update(WTF_CSRF_ENABLED=False)
    strict.test_client_class = app.test_client_class
    with app.app_context():
        connection = db.sessionmaker.kw["bind"]
    with strict.app_context():
        db.sessionmaker.configure(bind=connection, join_transaction_mode="create_savepoint")
    yield strict
    limiter.reset()
    limiter.enabled = False


def test_one_address_asks_ten_times_an_hour_for_whomever(limited: Flask, lan: User) -> None:
    client = limited.test_client()
    codes = [client.post("/en/forgotten-password", data={"email": f"{n}@lab.vn"}).status_code for n in range(11)]
    assert codes == [302] * 10 + [429]
