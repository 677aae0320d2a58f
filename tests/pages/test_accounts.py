"""Joining, signing in and out, and the page of one's own account, as people meet them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import gettext
from sqlalchemy.orm import Session

from models import Organisation, OutboxMail, User
from models.base import utc_now
from network import create_app, mail
from network.extensions import db, limiter
from network.i18n import speaking
from tests.factories import PASSWORD, Make

SignIn = Callable[[FlaskClient, User], FlaskClient]
LAN = {
    "name": "Nguyễn Thị Lan",
    "email": "lan@xanh.vn",
    "password": "sông-hồng-mùa-thu",
    "organisation_kind": "startup",
    "organisation_name": "Pin Xanh",
    "organisation_summary": "Dựng lại pin xe điện cũ.",
    "consent": "y",
}


def credentials(user: User, password: str = PASSWORD) -> dict[str, str]:
    return {"email": user.email, "password": password}


def said(app: Flask, lang: str, *texts: str, **values: str) -> list[str]:
    """Texts of the interface as a reader of this language sees them; Vietnamese ones must differ from the English."""
    with app.test_request_context(), speaking(lang):
        found = [str(gettext(text, **values)) for text in texts]
    assert lang == "en" or not set(found) & set(texts)
    return found


def errors(client: FlaskClient) -> list[str]:
    return client.texts(".error-summary li")


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/en/account").status_code == 200


@pytest.fixture
def person(make: Make, session: Session) -> User:
    user = make.user(make.organisation("Pin Xanh"), name="Lan", email="lan@xanh.vn")
    session.commit()
    return user


@pytest.fixture
def limited(app: Flask) -> Iterator[Flask]:
    """The site with its limits per address, which other tests do without, on the same database."""
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


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_the_page_to_sign_in_is_short(client: FlaskClient, app: Flask, lang: str) -> None:
    assert client.get(f"/{lang}/sign-in").status_code == 200
    assert client.texts("h1") == said(app, lang, "Sign in")
    assert client.texts("main label") == said(
        app, lang, "E-mail address", "Password", "Keep me signed in on this device"
    )


def test_a_member_goes_to_the_workspace_and_a_coordinator_to_coordination(
    client: FlaskClient, app: Flask, make: Make, session: Session, person: User
) -> None:
    coordinator = make.coordinator()
    session.commit()
    answer = client.submit("/en/sign-in", follow=False, **credentials(person))
    assert (answer.status_code, answer.location) == (302, "/en/workspace")
    assert is_signed_in(client)
    other = app.test_client()
    answer = other.submit("/vi/sign-in", follow=False, **credentials(coordinator))
    assert (answer.status_code, answer.location) == (302, "/vi/coordination")


def test_a_page_that_needs_an_account_is_reached_after_signing_in(client: FlaskClient, person: User) -> None:
    asked = client.get("/en/account/password")
    assert asked.location == "/en/sign-in?next=/en/account/password"
    client.get(asked.location)
    target = client.page.select_one("main input[name=next]")["value"]
    answer = client.submit("/en/sign-in", follow=False, next=target, **credentials(person))
    assert answer.location == "/en/account/password"
    assert client.get("/en/sign-in?next=/en/account").location == "/en/account"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_to_another_site(client: FlaskClient, person: User, target: str) -> None:
    client.get("/en/sign-in", query_string={"next": target})
    assert client.page.select("main input[name=next]") == []
    answer = client.submit("/en/sign-in", follow=False, next=target, **credentials(person))
    assert answer.location == "/en/workspace"


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_a_wrong_password_keeps_the_address_and_tells_nothing_about_who_has_an_account(
    client: FlaskClient, app: Flask, person: User, lang: str
) -> None:
    pages = []
    for email in (person.email, "nobody@xanh.vn"):
        answer = client.submit(f"/{lang}/sign-in", email=email, password="not-the-password")
        assert answer.status_code == 422
        assert errors(client) == said(app, lang, "The e-mail address or the password is not right.")
        assert client.page.select_one("#email")["value"] == email
        assert client.page.select_one("#password").get("value") in (None, "")
        pages.append(client.texts("main"))
    assert pages[0] == pages[1]
    assert not is_signed_in(client)


def test_a_missing_password_is_named_at_its_field(client: FlaskClient, app: Flask) -> None:
    client.submit("/vi/sign-in", email="lan@xanh.vn")
    [field, message] = said(app, "vi", "Password", "Fill this in.")
    assert errors(client) == [f"{field}: {message}"]
    assert client.texts("#password-error-1") == [message]


def test_a_device_is_remembered_only_when_asked_and_forgotten_on_signing_out(client: FlaskClient, person: User) -> None:
    client.submit("/en/sign-in", **credentials(person))
    assert client.get_cookie("remember_token") is None
    client.submit("/en/sign-out")
    client.submit("/en/sign-in", remember="y", **credentials(person))
    assert client.get_cookie("remember_token") is not None
    client.delete_cookie("session")
    assert is_signed_in(client)
    client.submit("/en/sign-out")
    assert client.get_cookie("remember_token") is None
    assert not is_signed_in(client)


def test_signing_out_twice_does_no_harm(client: FlaskClient) -> None:
    assert client.submit("/en/sign-out").status_code == 200
    assert client.texts(".notice") == ["You are signed out."]


def test_tries_to_sign_in_are_limited_but_successes_do_not_count(limited: Flask, person: User) -> None:
    client = limited.test_client()
    for _ in range(12):
        assert client.submit("/en/sign-in", follow=False, **credentials(person)).status_code == 302
    client.submit("/en/sign-out")
    wrong = [client.submit("/en/sign-in", **credentials(person, "not-the-password")).status_code for _ in range(11)]
    assert wrong == [422] * 10 + [429]
    assert client.texts("h1") == ["Too many tries"]
    assert client.submit("/en/sign-in", **credentials(person)).status_code == 429
    assert client.get("/en/sign-in").status_code == 200


def test_a_place_opens_five_accounts_an_hour_and_may_mistype_more_often(limited: Flask) -> None:
    def join(n: int, **change: str) -> int:
        values = {**LAN, "email": f"lan{n}@xanh.vn", "organisation_kind": "none", "organisation_name": "", **change}
        return limited.test_client().submit("/en/sign-up", follow=False, **values).status_code

    assert [join(n, password="short") for n in range(6)] == [422] * 6
    assert [join(n) for n in range(6)] == [302] * 5 + [429]


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_the_page_to_join_says_what_happens_next_and_assumes_no_consent(
    client: FlaskClient, app: Flask, lang: str
) -> None:
    client.get(f"/{lang}/sign-up")
    assert client.texts("h1") == said(app, lang, "Join the network")
    kinds = [i["value"] for i in client.page.select("#organisation_kind input")]
    assert kinds == ["centre", "enterprise", "startup", "institute", "partner", "none"]
    assert client.texts("#organisation_kind label")[-1:] == said(app, lang, "Without an organisation for now")
    assert client.page.select("input[checked]") == []
    assert "91/2025/QH15" in client.texts("#consent-hint")[0]
    assert len(client.texts(".steps li")) == 3


def test_a_startup_joins_and_is_at_once_in_its_workspace(client: FlaskClient, app: Flask, make: Make) -> None:
    session = make.session
    coordinator = make.coordinator()
    session.commit()

    answer = client.submit("/vi/sign-up", follow=False, **LAN)

    assert (answer.status_code, answer.location) == (302, "/vi/workspace")
    assert session.scalars(sa.select(Organisation.slug)).all() == ["pin-xanh"]
    client.get("/vi/account")
    welcome = "Welcome, %(name)s. A coordinator will now check your organisation; you can start at once."
    assert client.texts(".notice") == said(app, "vi", welcome, name=LAN["name"])
    assert client.texts(".entries li h3") == ["Pin Xanh"]
    message = mail.render(app, session.scalars(sa.select(OutboxMail)).one())
    subject = said(app, "vi", "Waiting for verification: %(organisation)s", organisation="Pin Xanh")
    assert (message["To"], [message["Subject"]]) == (coordinator.email, subject)
    assert "/vi/coordination" in message.get_content()


def test_a_person_joins_without_an_organisation(client: FlaskClient, session: Session) -> None:
    values = {**LAN, "organisation_kind": "none", "organisation_name": "", "organisation_summary": ""}
    assert client.submit("/en/sign-up", follow=False, **values).status_code == 302
    assert session.scalars(sa.select(Organisation)).all() == []
    client.get("/en/account")
    assert client.texts(".notice") == ["Welcome, Nguyễn Thị Lan."]
    assert client.texts(".entries li") == []


def test_what_was_typed_stays_when_something_is_wrong(client: FlaskClient, session: Session) -> None:
    values = {**LAN, "password": "short", "email": "lan"}
    del values["consent"]
    assert client.submit("/en/sign-up", **values).status_code == 422
    assert errors(client) == [
        "E-mail address: Write an e-mail address such as name@example.org.",
        "Password: Write between 10 and 200 characters.",
        "I agree that the network keeps my name, my e-mail address and what I do on this site.: "
        "Without your consent we may not keep your data, and cannot open an account.",
    ]
    kept = {name: client.page.select_one(f"#{name}").get("value") for name in ("name", "email", "organisation_name")}
    assert kept == {"name": LAN["name"], "email": "lan", "organisation_name": "Pin Xanh"}
    assert client.texts("#organisation_summary") == [LAN["organisation_summary"]]
    assert [i["value"] for i in client.page.select("#organisation_kind input[checked]")] == ["startup"]
    assert session.scalars(sa.select(User)).all() == []


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"email": "taken@xanh.vn"}, "E-mail address", "An account with this e-mail address exists already."),
        ({"organisation_name": "pin do"}, "Name of the organisation", "An organisation with this name exists already."),
        ({"organisation_name": " "}, "Name of the organisation", "Write the name of your organisation."),
        ({"organisation_kind": "bank"}, "What do you join with?", "Choose one of the options shown."),
        (
            {"password": "matkhau12345"},
            "Password",
            "Choose a password of at least 10 characters that is not a common one.",
        ),
        (
            {"email": "lanpham@xanh.vn", "password": "xin-chao-lanpham"},
            "Password",
            "Choose a password that does not contain your e-mail name.",
        ),
    ],
)
def test_each_refusal_stands_at_its_field(
    client: FlaskClient, app: Flask, make: Make, change: dict[str, str], field: str, message: str
) -> None:
    make.user(make.organisation("Pin Đỏ"), email="taken@xanh.vn")
    make.session.commit()
    for lang in ("en", "vi"):
        assert client.submit(f"/{lang}/sign-up", **{**LAN, **change}).status_code == 422
        assert errors(client) == [": ".join(said(app, lang, field, message))]
    assert make.count(User) == 1


def test_whoever_is_signed_in_does_not_join_again(client: FlaskClient, person: User, sign_in: SignIn) -> None:
    assert sign_in(client, person).get("/en/sign-up").location == "/en/workspace"


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_the_account_page(client: FlaskClient, app: Flask, person: User, sign_in: SignIn, lang: str) -> None:
    sign_in(client, person).get(f"/{lang}/account")
    headings = said(app, lang, "My account", "My organisations", "Saved searches", "My events", "My personal data")
    assert client.texts("main h1, main h2") == headings
    assert client.texts(".entries h3") == ["Pin Xanh"]
    assert client.page.select_one("#name")["value"] == "Lan"
    assert [i["value"] for i in client.page.select("#language input[checked]")] == ["vi"]


def test_each_membership_names_kind_role_and_state(client: FlaskClient, person: User, sign_in: SignIn) -> None:
    sign_in(client, person).get("/en/account")
    assert client.texts(".entry-meta") == ["Startup · Manager · Verified by the network"]


def test_an_invented_organisation_is_marked_on_the_account_page(
    client: FlaskClient, make: Make, sign_in: SignIn
) -> None:
    sign_in(client, make.user(make.organisation("Sen", provenance="illustrative"))).get("/en/account")
    assert client.texts(".entries h3") == ["Sen Illustrative example"]


def test_the_account_names_the_events_to_come_and_leads_to_all_of_them(
    client: Any, make: Make, person: User, sign_in: SignIn
) -> None:
    sign_in(client, person).get("/en/account")
    assert client.texts("#events-title + p") == [
        "You have registered for no event that is to come. See the events · Where I have been"
    ]
    host, now = make.organisation("Centre", "centre"), utc_now()
    for n in range(4):
        make.registration(make.event(host, f"Event {n}", starts_at=now + timedelta(days=n + 1)), person)
    make.registration(make.event(host, "Over", starts_at=now - timedelta(days=9)), person)
    make.session.commit()
    client.get("/en/account")
    assert client.texts("#events-title + ul h3") == ["Event 0", "Event 1", "Event 2"]
    assert client.page.select_one('#events-title ~ p a[href="/en/events/mine"]')


def test_a_person_changes_name_and_language(
    client: FlaskClient, session: Session, person: User, sign_in: SignIn
) -> None:
    sign_in(client, person).submit("/en/account", name=" Lan Phạm ", language="en")
    assert client.texts(".notice") == ["Your account is saved."]
    session.expire_all()
    assert (person.name, person.language) == ("Lan Phạm", "en")
    assert client.submit("/en/account", name="", language="fr").status_code == 422
    assert errors(client) == [
        "Your name: Fill this in.",
        "Language of the mails to you: Choose one of the options shown.",
    ]


def test_a_new_password_ends_the_sessions_elsewhere_and_not_this_one(
    client: FlaskClient, app: Flask, person: User
) -> None:
    elsewhere = app.test_client()
    for device in (client, elsewhere):
        device.submit("/en/sign-in", remember="y", **credentials(person))
        assert is_signed_in(device)

    client.submit("/en/account/password", old=PASSWORD, new="mười-hai-cây-cầu")

    assert client.texts(".notice") == ["Your password is changed. Everywhere else you are signed out."]
    client.delete_cookie("session")
    assert is_signed_in(client), "the device that changed it is still remembered"
    assert not is_signed_in(elsewhere)
    assert elsewhere.submit("/en/sign-in", **credentials(person)).status_code == 422
    assert elsewhere.submit("/en/sign-in", follow=False, **credentials(person, "mười-hai-cây-cầu")).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("not-the-password", "mười-hai-cây-cầu", "Present password: The password is not right."),
        (PASSWORD, "short", "New password: Write between 10 and 200 characters."),
        (
            PASSWORD,
            "1234567890",
            "New password: Choose a password of at least 10 characters that is not a common one.",
        ),
    ],
)
def test_a_password_is_not_changed_without_the_old_or_to_a_weak_one(
    client: FlaskClient, person: User, sign_in: SignIn, old: str, new: str, message: str
) -> None:
    assert sign_in(client, person).submit("/en/account/password", old=old, new=new).status_code == 422
    assert errors(client) == [message]


def test_a_person_takes_their_data_along(client: FlaskClient, person: User, sign_in: SignIn) -> None:
    answer = sign_in(client, person).get("/vi/account/export")
    assert (answer.mimetype, answer.headers["Content-Disposition"]) == (
        "application/json",
        "attachment; filename=account.json",
    )
    assert answer.headers["Cache-Control"] == "no-store"
    held = json.loads(answer.get_data(as_text=True))
    assert (held["account"]["email"], [m["organisation"] for m in held["memberships"]]) == ("lan@xanh.vn", ["Pin Xanh"])


def test_an_account_is_deleted_with_the_password_only(
    client: FlaskClient, app: Flask, make: Make, person: User, sign_in: SignIn
) -> None:
    coordinator = make.coordinator()
    sign_in(client, person).get("/en/account/erase")
    assert client.texts("h1") == ["Delete my account"]
    assert client.submit("/en/account/erase", password="not-the-password").status_code == 422
    assert errors(client) == ["Password: The password is not right."]

    client.submit("/en/account/erase", password=PASSWORD)

    assert client.texts(".notice") == ["Your account is deleted."]
    assert not is_signed_in(client)
    make.session.expire_all()
    assert make.session.scalars(sa.select(User.email)).all() == [coordinator.email]
    message = mail.render(app, make.session.scalars(sa.select(OutboxMail)).one())
    assert [message["Subject"]] == said(app, "vi", "Without a manager: %(organisation)s", organisation="Pin Xanh")
    assert "/vi/coordination" in message.get_content()


@pytest.mark.parametrize("path", ["account", "account/password", "account/export", "account/erase"])
def test_the_account_is_for_its_owner(client: FlaskClient, path: str) -> None:
    assert client.get(f"/vi/{path}").location == f"/vi/sign-in?next=/vi/{path}"


def test_forms_carry_the_token_against_forgery(app: Flask, person: User) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert app.test_client().submit("/en/sign-in", **credentials(person)).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
