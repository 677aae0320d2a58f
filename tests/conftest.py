"""One database for all tests, migrated once; every test runs inside a transaction that is rolled back.

SQLite by default; TEST_DATABASE_URL points the same tests at PostgreSQL (script/test does both).
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask import Flask, before_render_template, template_rendered
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from matching.engine import Engine
from models import User, audit
from network import create_app
from network.extensions import alembic, db
from network.settings import Settings
from tests.checks import check_page
from tests.factories import NOW, Make

DATABASE_FIXTURES = {"app", "client", "session", "make"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.database)


audit.strict = True  # what the table of events does not declare is refused


class Client(FlaskClient):
    """Checks every HTML page it is given (tests/checks.py) and keeps the last one parsed in `page`."""

    page: BeautifulSoup

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.status_code not in (301, 302, 303, 308):
            if response.get_data(as_text=True).lstrip().startswith("<!doctype"):
                self.page = check_page(response.get_data(as_text=True))
            else:
                self.page = BeautifulSoup(response.get_data(as_text=True), "html5lib")
        return response

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements that match, in order, with white space folded."""
        return [" ".join(element.get_text(" ").split()) for element in self.page.select(selector)]

    def submit(self, address: str, follow: bool = True, **values: Any) -> TestResponse:
        """Posts a form as the page would; the forgery token is switched off in tests."""
        return self.post(address, data=values, follow_redirects=follow)


class _Clock(datetime):
    """Ten in the morning in Hanoi on the day of NOW when the tests begin: no test meets midnight or another day."""

    begun = time.monotonic()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return (NOW + timedelta(seconds=time.monotonic() - cls.begun)).astimezone(tz)


@pytest.fixture(scope="session", autouse=True)
def clock() -> Iterator[None]:
    """The site's one clock, models.base.utc_now."""
    with patch("models.base.datetime", _Clock):
        yield


@pytest.fixture(scope="session")
def _app(tmp_path_factory: pytest.TempPathFactory, clock: None) -> Iterator[Flask]:
    url = os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{tmp_path_factory.mktemp('db') / 'test.sqlite3'}"
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and not url.startswith("sqlite"):
        url = _database_for(url, worker)
    settings = Settings(
        app_env="test",
        secret_key="test" * 10,
        database_url=url,
        encoder="hashing",
        rate_limits=False,
        upload_folder=str(tmp_path_factory.mktemp("uploads")),
    )
    app = create_app(settings)
    app.config.update(WTF_CSRF_ENABLED=False)
    app.test_client_class = Client
    with app.app_context():
        alembic.upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


def _database_for(url: str, worker: str) -> str:
    """A PostgreSQL database of its own for each parallel worker."""
    base = sa.make_url(url)
    name = f"{base.database}_{worker}"
    admin = sa.create_engine(base, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}"'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    return base.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def app(_app: Flask) -> Iterator[Flask]:
    """The site on an empty database with a fresh index. All sessions share one connection and one transaction."""
    with _app.app_context():
        connection = db.engine.connect()
        transaction = connection.begin()
        db.sessionmaker.configure(bind=connection, join_transaction_mode="create_savepoint")
    _app.extensions["matching"] = Engine("hashing")
    with no_query_in_template(connection.engine):
        yield _app
    transaction.rollback()
    connection.close()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with app.app_context():
        session = db.sessionmaker()
    yield session  # outside the context: a request takes over an open one, and with it what the last request left in g
    session.close()


@pytest.fixture
def make(session: Session) -> Make:
    return Make(session)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in(session: Session) -> Callable[[FlaskClient, User], FlaskClient]:
    """Signs a person in without the form; commits what the story has made so far."""

    def _sign_in(client: FlaskClient, user: User) -> FlaskClient:
        session.commit()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = user.get_id()  # type: ignore[attr-defined]
            cookie["_fresh"] = True
        return client

    return _sign_in


@pytest.fixture
def index(app: Flask, session: Session) -> Callable[[], None]:
    """Commits and does the waiting index jobs, as the worker would."""

    def _index() -> None:
        session.commit()
        app.extensions["matching"].work(session)

    return _index


class no_query_in_template:  # noqa: N801
    """Collects every statement sent while a template is rendered, and fails the test with them at its end."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine, self.rendering, self.statements = engine, 0, list[str]()

    def __enter__(self) -> None:
        before_render_template.connect(self._begin)
        template_rendered.connect(self._end)
        event.listen(self.engine, "before_cursor_execute", self._statement)

    def __exit__(self, *error: object) -> None:
        before_render_template.disconnect(self._begin)
        template_rendered.disconnect(self._end)
        event.remove(self.engine, "before_cursor_execute", self._statement)
        assert not self.statements, "a template ran a query:\n" + "\n".join(self.statements)

    def _begin(self, sender: Flask, template: Any, **_: Any) -> None:
        self.rendering += 1
        self.template = template.name

    def _end(self, sender: Flask, **_: Any) -> None:
        self.rendering -= 1

    def _statement(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if self.rendering:
            self.statements.append(f"{self.template}: {statement}")


@pytest.fixture
def root() -> Path:
    return Path(__file__).resolve().parent.parent
