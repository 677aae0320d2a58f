"""The migrations make exactly the tables of the models, on both databases."""

import pytest
import sqlalchemy as sa
from flask import Flask

from models import Base, EmbeddingClock
from network.extensions import alembic, db


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection", "ignore:autogenerate skipping")
def test_migrations_equal_models(app: Flask) -> None:
    with app.app_context():
        assert alembic.compare_metadata() == []


def test_expression_indexes_which_no_comparison_sees(app: Flask) -> None:
    """Databases cannot be asked for unique indexes over expressions in one way, so their names are looked up."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            names = set(db.session.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'index'")))
        else:
            names = set(db.session.scalars(sa.text("SELECT indexname FROM pg_indexes")))
    declared = {str(index.name) for table in Base.metadata.tables.values() for index in table.indexes}
    assert declared - names == set()


def test_the_clock_starts_with_one_row(app: Flask) -> None:
    with app.app_context():
        assert [(row.id, row.seq) for row in db.session.scalars(sa.select(EmbeddingClock))] == [(1, 0)]
