"""What goes on without anybody asking: the index follows the database, saved searches look at what is new, deadlines
are watched, mails leave, the network is drawn."""

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask, current_app

from models import Attachment, DocumentVersion
from models.base import utc_now
from network import mail, uploads
from network.extensions import db, engine
from network.formatting import today
from network.services import (
    alerts,
    commitments,
    invitations,
    layouts,
    news,
    notifications,
    outbox,
    outcome_deadlines,
    recovery,
)
from network.services.actions import mark_late
from network.services.applications import remind
from network.services.calls import follow_days
from network.services.freshness import remind_and_mark
from network.services.interests import remind_and_escalate
from network.services.technology_uploads import forget_old
from network.settings import Settings

MAILS_AT_ONCE = 100
KEPT_UNNAMED = timedelta(days=1)
"""How long a file may lie without a row: its request may still be under way."""


def follow_index() -> str:
    """Does the waiting index jobs and renews the matches they touch. Commits."""
    return f"{engine().work(db.session)} entries looked at"


def watch_saved_searches() -> str:
    """Notes what is newly published and lets every saved search look at it, each in a transaction of its own."""
    now, found = utc_now(), 0
    _writing()
    alerts.note_publications(db.session, now=now)
    db.session.commit()
    for search_id in alerts.waiting(db.session, engine()):
        db.session.rollback()
        _writing()
        found += alerts.look(db.session, engine(), search_id, now=now)
        db.session.commit()
    return f"{found} entries found for saved searches"


def write_news() -> str:
    """Writes the mails that tell people what is new, when their turn has come. Commits after each."""
    now, written = utc_now(), 0
    for user_id in news.due(db.session, now=now):
        db.session.rollback()
        _writing()
        written += news.send_news(db.session, user_id, now=now)
        db.session.commit()
    return f"{written} mails of news written"


def _writing() -> None:
    """Begins a transaction that may read first and write then (models.base.open_sqlite)."""
    db.session.connection(execution_options={"writes": True})


def watch_deadlines() -> str:
    """Reminds those who have to answer or to confirm soon, and tells the coordinators of what is late, once each.

    Commits.
    """
    settings: Settings = current_app.config["SETTINGS"]
    reminded = escalated = 0
    for watch in (remind_and_escalate, commitments.remind_and_escalate, outcome_deadlines.remind_and_escalate):
        soon, late = watch(db.session, now=utc_now(), remind_days=settings.remind_days)
        reminded, escalated = reminded + soon, escalated + late
    db.session.commit()
    return f"{reminded} reminded, {escalated} passed on to the coordinators"


def watch_milestones() -> str:
    """Milestones of action programmes whose day has passed are late from now on. Commits."""
    found = mark_late(db.session, today=today(), now=utc_now())
    db.session.commit()
    return f"{found} milestones late"


def watch_listings() -> str:
    """Asks owners to confirm technologies, marks what nobody confirmed, forgets spreadsheets left lying. Commits."""
    now = utc_now()
    reminded, marked = remind_and_mark(db.session, now=now)
    forgotten = forget_old(db.session, now=now)
    db.session.commit()
    return f"{reminded} technologies to confirm, {marked} not confirmed in time, {forgotten} spreadsheets forgotten"


def watch_calls() -> str:
    """Closes what has closed, gives programmes the dates of their next call, reminds of drafts not sent. Commits."""
    closed, moved = follow_days(db.session, now=utc_now())
    reminded = remind(db.session, now=utc_now())
    db.session.commit()
    return f"{closed} calls closed, {moved} programmes moved on, {reminded} drafts reminded of"


def send_mail(limit: int = MAILS_AT_ONCE) -> str:
    """Sends what waits in the outbox; without a mail server everything stays there. Commits after each mail."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    settings: Settings = app.config["SETTINGS"]
    if not settings.mail_host:
        return f"{len(outbox.waiting(db.session, limit))} mails wait: MAIL_HOST is not set"
    sent, failed = outbox.send_waiting(db.session, lambda letter: mail.send(app, letter), now=utc_now(), limit=limit)
    return f"{sent} sent, {failed} failed"


def gather_notices() -> str:
    """Makes the daily mails of those who chose them, and lets notices of a year ago go. Commits."""
    _writing()
    sent = notifications.send_digests(db.session, now=utc_now())
    notifications.drop_old(db.session, now=utc_now())
    db.session.commit()
    return f"{sent} daily mails made"


def forget_people() -> str:
    """Forgets invitations that expired a month ago, of people without an account, and secrets out of use. Commits."""
    _writing()
    forgotten = invitations.purge(db.session, now=utc_now())
    recovery.drop_old_secrets(db.session, now=utc_now())
    db.session.commit()
    return f"{forgotten} invitations forgotten"


def sweep_files() -> str:
    """Removes uploaded files that no entry names: left by a request that failed, or by a connection that was erased."""
    named = sa.union_all(sa.select(Attachment.stored), sa.select(DocumentVersion.stored))
    known = set(db.session.scalars(named))
    return f"{uploads.store().sweep(known, before=utc_now() - KEPT_UNNAMED)} files removed"


def draw_network() -> str:
    """Draws the network of the explorer anew where it has changed. Keeps no transaction open meanwhile. Commits."""
    outdated = layouts.outdated(db.session)
    db.session.rollback()
    for drawing in outdated:
        positions = drawing.draw()
        layouts.store(db.session, drawing, positions, now=utc_now())
        db.session.commit()
    return f"{len(outdated)} drawings made"


DUTIES: tuple[Callable[[], str], ...] = (
    follow_index,
    watch_saved_searches,
    write_news,
    watch_deadlines,
    watch_milestones,
    watch_listings,
    gather_notices,
    forget_people,
    watch_calls,
    send_mail,
    draw_network,
    sweep_files,
)


def one_round(app: Flask) -> None:
    """Each duty in a context and transaction of its own: one that fails is logged and keeps none of the others."""
    for duty in DUTIES:
        with app.app_context():
            try:
                duty()
            except Exception:
                app.logger.exception("%s failed; the next round tries again", duty.__name__)
