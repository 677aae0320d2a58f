"""Commitments of support: a startup asks a centre that knows it, the centre grants or declines by a day.

A centre knows a startup when one has accepted a request of the other, or when it has accepted an application of it.
Permissions: managers of the startup ask and withdraw, managers of the centre grant and decline.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Application, Call, Commitment, ExpressionOfInterest, Organisation, Programme, User
from models.applications import ApplicationState
from models.audit import record
from models.commitments import CommitmentState as S
from models.errors import Conflict, Invalid, NotFound
from models.states import COMMITMENT, move
from models.texts import Bilingual
from models.types import DeclineReason, InterestState, OrganisationKind
from network.services import permits
from network.services.interests import days_to_reply
from network.services.outbox import coordinators, names_of, post, post_to_organisation
from network.services.texts import cleaned

TEXT_LENGTH = 3000
KNOWN = (
    InterestState.ACCEPTED,
    InterestState.IN_DISCUSSION,
    InterestState.AGREED,
    InterestState.OUTCOME_PROPOSED,
    InterestState.DISPUTED,
    InterestState.CONFIRMED,
)
"""States of a request that has led to a talk which still goes on, or to an outcome."""


@dataclass(frozen=True)
class Terms:
    """What the centre does for the startup, and from when until when."""

    commits: Bilingual
    starts_on: date
    ends_on: date


def knowing(startup_id: int) -> sa.Select[int]:
    """The ids of the centres that know a startup."""
    asked = ExpressionOfInterest
    talks = sa.or_(asked.from_organisation_id == startup_id, asked.to_organisation_id == startup_id)
    other = sa.case(
        (asked.from_organisation_id == startup_id, asked.to_organisation_id), else_=asked.from_organisation_id
    )
    taken_in = (
        sa.select(Programme.organisation_id)
        .join(Call, Call.programme_id == Programme.id)
        .join(Application, Application.call_id == Call.id)
        .where(Application.organisation_id == startup_id, Application.state == ApplicationState.ACCEPTED)
    )
    return sa.select(Organisation.id).where(
        Organisation.kind == OrganisationKind.CENTRE,
        sa.or_(
            Organisation.id.in_(sa.select(other).where(talks, asked.state.in_(KNOWN))), Organisation.id.in_(taken_in)
        ),
    )


def find(session: Session, organisation: Organisation, commitment_id: int) -> Commitment:
    """The commitment, if this organisation is one of its two sides. Raises NotFound otherwise."""
    commitment = session.get(Commitment, commitment_id)
    if commitment is None or organisation.id not in (commitment.organisation_id, commitment.centre_id):
        raise NotFound
    return commitment


def ask(
    session: Session, actor: User, startup: Organisation, centre_id: int, asks: str, *, now: datetime, reply_days: int
) -> Commitment:
    """Raises Invalid for a centre that does not know the startup or without words, Conflict when one waits already."""
    permits.manager_of(actor, startup.id)
    permits.not_suspended(startup)
    if startup.kind is not OrganisationKind.STARTUP:
        raise Invalid("startups_only")
    if not asks.strip():
        raise Invalid("asks_missing")
    if session.scalar(knowing(startup.id).where(Organisation.id == centre_id)) is None:
        raise Invalid("centre_does_not_know")
    centre = session.get_one(Organisation, centre_id)
    permits.not_suspended(centre)
    commitment = Commitment(
        organisation=startup,
        centre=centre,
        author=actor,
        asks=asks.strip()[:TEXT_LENGTH],
        state=S.ASKED,
        asked_at=now,
        reply_by=now + timedelta(days=days_to_reply(centre, reply_days)),
    )
    try:  # the unique index decides: the same form may be sent twice at the same moment
        with session.begin_nested():
            session.add(commitment)
    except IntegrityError as error:
        raise Conflict("commitment_asked") from error
    record(session, actor, "commitment.ask", commitment, now=now, organisation_id=startup.id, to=centre.id)
    post_to_organisation(session, centre, "commitment_asked", **facts(commitment))
    return commitment


def grant(session: Session, actor: User, commitment: Commitment, terms: Terms, *, now: datetime) -> None:
    """Raises Invalid without words, or where it ends before it begins."""
    _may_answer(actor, commitment)
    commits = cleaned(terms.commits)
    if not commits:
        raise Invalid("commits_missing")
    if terms.ends_on < terms.starts_on:
        raise Invalid("commitment_ends_first")
    _settle(commitment, S.GRANTED, actor, now)
    commitment.commits, commitment.starts_on, commitment.ends_on = commits, terms.starts_on, terms.ends_on
    record(session, actor, "commitment.grant", commitment, now=now, organisation_id=commitment.centre_id)
    post_to_organisation(session, commitment.organisation, "commitment_answered", **facts(commitment))


def decline(
    session: Session, actor: User, commitment: Commitment, reason: DeclineReason | None, note: str, *, now: datetime
) -> None:
    """Raises Invalid without a reason; the startup reads it."""
    _may_answer(actor, commitment)
    if reason is None:
        raise Invalid("reason_missing")
    _settle(commitment, S.DECLINED, actor, now)
    commitment.decline_reason, commitment.note = reason, note.strip()[:TEXT_LENGTH] or None
    record(
        session,
        actor,
        "commitment.decline",
        commitment,
        now=now,
        organisation_id=commitment.centre_id,
        reason=reason.value,
    )
    post_to_organisation(session, commitment.organisation, "commitment_answered", **facts(commitment))


def withdraw(session: Session, actor: User, commitment: Commitment, *, now: datetime) -> None:
    """The startup takes its request back before it was answered."""
    permits.manager_of(actor, commitment.organisation_id)
    _settle(commitment, S.WITHDRAWN, actor, now)
    record(session, actor, "commitment.withdraw", commitment, now=now, organisation_id=commitment.organisation_id)
    post_to_organisation(session, commitment.centre, "commitment_withdrawn", **facts(commitment))


def remind_and_escalate(session: Session, *, now: datetime, remind_days: int) -> tuple[int, int]:
    """Reminds the centre once, `remind_days` before the day, and tells the coordinators once after it.

    Returns the numbers of reminders and escalations. A late request may still be answered.
    """
    waiting = sa.select(Commitment).where(Commitment.state == S.ASKED).order_by(Commitment.id)
    soon = waiting.where(
        Commitment.reminded_at.is_(None),
        Commitment.reply_by > now,
        Commitment.reply_by <= now + timedelta(days=remind_days),
    )
    late = waiting.where(Commitment.escalated_at.is_(None), Commitment.reply_by <= now)
    reminded, escalated = session.scalars(soon).all(), session.scalars(late).all()
    for commitment in reminded:
        commitment.reminded_at = now
        post_to_organisation(session, commitment.centre, "commitment_reminder", **facts(commitment))
        record(session, None, "commitment.remind", commitment, now=now, organisation_id=commitment.centre_id)
    told = coordinators(session)
    for commitment in escalated:
        commitment.escalated_at = now
        post(session, told, "commitment_late", **facts(commitment))
        record(session, None, "commitment.escalate", commitment, now=now, organisation_id=commitment.centre_id)
    return len(reminded), len(escalated)


def facts(commitment: Commitment) -> dict[str, Any]:
    """What the mails name: the two sides and the day. No words of theirs."""
    return {
        "commitment_id": commitment.id,
        "startup": {**names_of(commitment.organisation), "slug": commitment.organisation.slug},
        "centre": {**names_of(commitment.centre), "slug": commitment.centre.slug},
        "reply_by": commitment.reply_by.isoformat(),
        "state": commitment.state.value,
        "reason": commitment.decline_reason.value if commitment.decline_reason else None,
    }


def _may_answer(actor: User, commitment: Commitment) -> None:
    permits.manager_of(actor, commitment.centre_id)
    permits.not_suspended(commitment.centre)


def _settle(commitment: Commitment, state: S, actor: User, now: datetime) -> None:
    commitment.state = move(COMMITMENT, commitment.state, state)
    commitment.settled_at, commitment.settled_by = now, actor
