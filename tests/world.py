"""The whole site with the starter registry and the demonstration accounts on a database of its own, in seconds."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from models.base import utc_now
from network import create_app, duties
from network.extensions import alembic, db
from network.services import demonstration, starter
from network.settings import Settings


def site_on(database: Path, encoder: str = "hashing") -> Flask:
    url = f"sqlite:///{database}"
    return create_app(
        Settings(
            app_env="test",
            secret_key="test" * 10,
            database_url=url,
            encoder=encoder,
            rate_limits=False,
            upload_folder=str(database.parent / "uploads"),
        )
    )


def starter_site(
    database: Path, *, encoder: str = "hashing", change: Callable[[Session], None] = lambda _: None
) -> Flask:
    """`change` may alter the entries before they are indexed. `encoder=""` takes the site's own, which is slower."""
    app = site_on(database, encoder)
    with app.app_context():
        alembic.upgrade()
        starter.load(db.session, now=utc_now())
        demonstration.create_accounts(db.session, now=utc_now())
        change(db.session)
        db.session.commit()
        app.extensions["matching"].work(db.session)
        duties.draw_network()
    return app
