"""Brings the index up to date right after a commit, so that a text just saved is found by the next page."""

from flask import current_app

from network.extensions import db, engine

SMALL_BATCH = 8


def refresh_now() -> None:
    """Does the jobs just queued, at most a small batch, in a second transaction of the request. Call after the commit.

    A failure is logged and changes nothing: the jobs stay for `flask matching work`.
    """
    try:
        db.session.connection(execution_options={"writes": True})
        engine().work(db.session, limit=SMALL_BATCH)
        db.session.commit()
    except Exception:
        db.session.rollback()
        current_app.logger.exception("the index could not follow; the jobs wait for the worker")
