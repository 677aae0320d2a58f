"""The database of matching's tests: the tables alone, without the site. `session` and what builds on it replace those
of the whole suite. SQLite, or a schema of its own on the PostgreSQL of TEST_DATABASE_URL.
"""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from matching.engine import Engine
from models import Base, EmbeddingClock
from models.base import open_sqlite


def _create(folder: Path) -> tuple[sa.Engine, Callable[[], None]]:
    url = os.environ.get("TEST_DATABASE_URL", "")
    if not url.startswith("postgresql"):
        engine = sa.create_engine(f"sqlite:///{folder / 'matching.sqlite3'}")
        open_sqlite(engine)
        remove: Callable[[], None] = engine.dispose
    else:
        schema = f"matching_{uuid.uuid4().hex}"
        engine = sa.create_engine(url, connect_args={"options": f"-csearch_path={schema}"})
        with engine.begin() as connection:
            connection.execute(sa.text(f"CREATE SCHEMA {schema}"))

        def remove() -> None:
            with engine.begin() as connection:
                connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))
            engine.dispose()

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(EmbeddingClock(id=1, seq=0))
        session.commit()
    return engine, remove


@pytest.fixture(scope="session")
def _tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    engine, remove = _create(tmp_path_factory.mktemp("matching"))
    yield engine
    remove()


@pytest.fixture
def session(_tables: sa.Engine) -> Iterator[Session]:
    """A session in a transaction that is rolled back; its commits are savepoints."""
    with _tables.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[sessionmaker[Session]]:
    """Sessions with connections of their own, for several threads. Commits are real; the database is the test's own."""
    engine, remove = _create(tmp_path)
    yield sessionmaker(engine)
    remove()


@pytest.fixture
def engine() -> Engine:
    return Engine("hashing")


@pytest.fixture
def index(session: Session, engine: Engine) -> Callable[[], int]:
    """Commits and does the waiting jobs, as the worker would."""

    def _index() -> int:
        session.commit()
        return engine.work(session)

    return _index
