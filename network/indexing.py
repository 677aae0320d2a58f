"""Brings index and matches up to date right after a commit, so that a text just saved is found by the next page."""

from flask import current_app

from network.extensions import db, engine

SMALL_BATCH = 8


def refresh_now() -> None:
    """Does the jobs just queued, at most a small batch, in transactions of their own. Call it after the commit.

    A failure is logged and changes nothing: the jobs stay for `flask matching work`.
    """
    try:
        engine().work(db.session, limit=SMALL_BATCH)
    except Exception:
        db.session.rollback()
        current_app.logger.exception("the index could not follow; the jobs wait for the worker")
