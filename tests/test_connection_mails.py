"""Every mail of a connection, in both languages: it names who, what and by when, leads there, and tells no more."""

import os
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import OutboxMail
from models.agreements import AgreementKind
from models.base import utc_now
from models.outcomes import DisputeReason, OutcomeKind
from models.threads import EndReason
from models.types import CloseReason, InterestState
from network import duties, mail
from network.services import agreements, connections, needs, outcomes
from network.services.files import examine
from network.services.outcome_deadlines import remind_and_escalate
from tests.factories import NOW, Make
from tests.services.talks import DAY, SECRET, Talk, begin, values

TEMPLATES = {
    "connection_started",
    "connection_ended",
    "message_received",
    "agreement_recorded",
    "agreement_objected",
    "agreement_taken_back",
    "outcome_proposed",
    "outcome_correction",
    "outcome_confirmed",
    "outcome_disputed",
    "outcome_withdrawn",
    "outcome_publication",
    "outcome_reminder",
    "outcome_overdue",
    "outcome_late",
    "need_met",
}


@pytest.fixture
def talk(session: Session, make: Make, tmp_path: Any) -> Talk:
    return begin(session, make, tmp_path, InterestState.ACCEPTED)


def everything(talk: Talk) -> None:
    """A long story in which each mail leaves at least once."""
    talk.make.coordinator()
    ours, theirs = talk.by(), talk.by(talk.theirs)
    connections.start(*ours, talk.interest, now=NOW)
    connections.write_message(*theirs, talk.interest, SECRET, **talk.kept)
    recorded = [
        agreements.record(*ours, talk.interest, kind, DAY, SECRET, object_days=14, **talk.kept)
        for kind in list(AgreementKind)[:3]
    ]
    agreements.object_to(*theirs, recorded[0], SECRET, now=NOW)
    agreements.take_back(*ours, recorded[1], now=NOW)
    more = {"publish": True, "confirm_days": 14, **talk.kept}
    said = [outcomes.propose(*ours, talk.interest, values(kind=kind), **more) for kind in list(OutcomeKind)[:4]]
    outcomes.confirm(*theirs, said[0], publish=True, now=NOW)
    outcomes.set_publication(*theirs, said[0], False, now=NOW)
    outcomes.set_publication(*theirs, said[0], True, now=NOW)
    outcomes.correct(*ours, said[0], None, SECRET, **more)
    outcomes.dispute(*theirs, said[1], DisputeReason.NOT_YET, SECRET, now=NOW)
    outcomes.correct(*ours, said[1], values(kind=OutcomeKind.HIRE), SECRET, **more)
    outcomes.withdraw(*ours, said[2], now=NOW)
    remind_and_escalate(talk.session, now=NOW + timedelta(days=12), remind_days=3)
    remind_and_escalate(talk.session, now=NOW + timedelta(days=15), remind_days=3)
    need = talk.interest.need
    for state in (InterestState.SENT, InterestState.IN_DISCUSSION):
        side = talk.make.organisation(kind="centre")
        talk.make.user(side)
        talk.make.interest(need, side, state=state)
    asking = talk.make.organisation(kind="partner")
    talk.make.user(asking)
    talk.make.interest(need, talk.startup, from_organisation=asking)
    other = talk.make.connection(need, talk.institute)
    connections.end_without_result(*ours, other, EndReason.TERMS, SECRET, now=NOW)
    needs.close_need(talk.session, talk.ours, need, CloseReason.MET_IN_NETWORK, now=NOW)
    talk.session.flush()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_mail_says_what_it_is_about_and_leads_there(app: Flask, talk: Talk, language: str) -> None:
    everything(talk)
    found = talk.session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)).all()
    assert {m.template for m in found} >= TEMPLATES
    for letter in found:
        if letter.template not in TEMPLATES:
            continue
        letter.language = language
        message = mail.render(app, letter)
        body = message.get_body(("plain",)).get_content()
        words = f"{message['Subject']}\n{body}"
        assert "%(" not in words
        assert "None" not in words
        assert SECRET not in words
        assert "777" not in words
        where = (
            "coordination/outcomes"
            if letter.template == "outcome_late"
            else f"interests/{letter.context['interest_id']}"
        )
        assert f"/{language}/" in body
        assert where in body
        if "until" in letter.context:
            assert ("/2026" if language == "vi" else "2026") in body


def test_the_worker_reminds_of_outcomes_and_sweeps_stray_files(app: Flask, session: Session, make: Make) -> None:
    startup, lab = make.organisation(), make.organisation(kind="institute")
    make.user(lab)
    interest = make.connection(make.need(startup), lab, InterestState.OUTCOME_PROPOSED)
    make.outcome(interest, startup, confirm_by=NOW - timedelta(days=1))
    session.commit()
    with app.app_context():
        assert duties.watch_deadlines() == "0 reminded, 1 passed on to the coordinators"
        store = app.extensions["uploads"]
        named, stray = (store.keep(examine("a.pdf", b"%PDF-1.7")) for _ in range(2))
    message = make.message(interest, startup)
    make.attachment(interest, message_id=message.id, stored=named)
    session.commit()
    with app.app_context():
        assert duties.sweep_files() == "0 files removed"
        before = (utc_now() - duties.KEPT_UNNAMED - timedelta(minutes=1)).timestamp()
        for name in (named, stray):
            os.utime(store.path(name), (before, before))
        assert duties.sweep_files() == "1 files removed"
    assert store.path(named).is_file()
    assert not store.path(stray).exists()
