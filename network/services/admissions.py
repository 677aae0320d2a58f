"""Places: given, waited for, refused and given up, with the letter that says so.

Nobody is accepted where no place is free, except by a coordinator with a reason, which stands in the trail. When a
place becomes free before the cohort begins, whoever waits first gets it without anybody doing anything.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Application, Call, DecisionLetter, User
from models.applications import ApplicationState, Verdict
from models.audit import record
from models.calls import CallState
from models.errors import Conflict, Invalid
from models.states import APPLICATION, move
from models.types import DeclineReason
from network.services import permits
from network.services.intake import count, impartial, lock, mail_facts, runner, today
from network.services.outbox import managers_of, names_of, post, post_to_organisation

ACCEPTED, WAITLISTED = ApplicationState.ACCEPTED, ApplicationState.WAITLISTED
NOTE_LENGTH = 2000


def free_places(session: Session, call: Call) -> int:
    """How many places are left; below zero where a coordinator let more in."""
    return call.capacity - count(session, call, ACCEPTED)


def accept_waiting(session: Session, actor: User, application: Application, note: str = "", *, now: datetime) -> None:
    """The manager gives a free place to one who waits, whatever the order of the list.

    Raises Conflict('programme_full') when no place is free.
    """
    call = application.call
    _manages(actor, application)
    lock(session, call)
    _was_waiting(application)
    if free_places(session, call) < 1:
        raise Conflict("programme_full")
    decide(session, actor, application, Verdict.ACCEPTED, note=note, moved_up=True, now=now)


def reject_waiting(
    session: Session, actor: User, application: Application, reason: DeclineReason | None, note: str, *, now: datetime
) -> None:
    """The manager ends the waiting, with a reason. Raises Invalid without one."""
    _manages(actor, application)
    if reason is None:
        raise Invalid("reason_missing")
    lock(session, application.call)
    _was_waiting(application)
    decide(session, actor, application, Verdict.REJECTED, reason=reason, note=note, now=now)


def accept_beyond(session: Session, actor: User, application: Application, reason: str, *, now: datetime) -> None:
    """A coordinator lets one who waits in although no place is free. The reason stands in the trail and is sent to both
    sides. Raises Invalid without a reason, Conflict where a place is free and the centre can give it itself.
    """
    permits.coordinator(actor)
    impartial(actor, [application])
    reason = reason.strip()[:NOTE_LENGTH]
    if not reason:
        raise Invalid("override_reason_missing")
    call = application.call
    lock(session, call)
    _was_waiting(application)
    if free_places(session, call) > 0:
        raise Conflict("places_are_free")
    application.over_capacity = True
    record(
        session,
        actor,
        "application.override",
        application,
        now=now,
        organisation_id=runner(call).id,
        reason=reason,
        capacity=call.capacity,
    )
    decide(session, actor, application, Verdict.ACCEPTED, moved_up=True, now=now)
    post_to_organisation(session, runner(call), "application_override", **_facts(application), reason=reason)


def withdraw(session: Session, actor: User, application: Application, *, now: datetime) -> None:
    """The applicant takes the application back, at any time before a refusal. A draft stays readable. A place that
    becomes free goes to whoever waits first.
    """
    permits.manager_of(actor, application.organisation_id)
    call = application.call
    lock(session, call)
    sent = application.submitted_at is not None
    application.state = move(APPLICATION, application.state, ApplicationState.WITHDRAWN)
    application.waitlist_rank = None
    record(session, actor, "application.withdraw", application, now=now, organisation_id=application.organisation_id)
    if sent:
        post_to_organisation(session, runner(call), "application_withdrawn", **_facts(application))
    take_over(session, call, now=now)


def take_over(session: Session, call: Call, *, now: datetime) -> list[Application]:
    """Gives what places are free to those who wait, in their order, until the cohort begins. Call it under `lock`."""
    if call.state is not CallState.DECIDED or (call.starts_on and today(now) >= call.starts_on):
        return []
    session.flush()
    waiting = sa.select(Application).where(Application.call_id == call.id, Application.state == WAITLISTED)
    waiting = waiting.order_by(Application.waitlist_rank, Application.id)
    moved = list(session.scalars(waiting.limit(max(0, free_places(session, call)))))
    for application in moved:
        decide(session, None, application, Verdict.ACCEPTED, moved_up=True, now=now)
        post_to_organisation(session, runner(call), "application_moved_up", **_facts(application))
    return moved


def decide(
    session: Session,
    actor: User | None,
    application: Application,
    verdict: Verdict,
    *,
    now: datetime,
    reason: DeclineReason | None = None,
    note: str = "",
    rank: int | None = None,
    place: int | None = None,
    moved_up: bool = False,
) -> DecisionLetter:
    """One step to a decision, with its letter, its row in the trail and its mail. Who may, and whether there is room,
    is asked before. `rank` orders the waiting list, `place` is what the letter calls it.
    """
    application.state = move(APPLICATION, application.state, ApplicationState(verdict.value))
    application.reason, application.waitlist_rank, application.decided_at = reason, rank, now
    letter = DecisionLetter(
        verdict=verdict,
        reason=reason,
        note=note.strip()[:NOTE_LENGTH] or None,
        place=place,
        moved_up=moved_up,
        issued_at=now,
        issued_by=actor,
    )
    application.letters.append(letter)
    record(
        session,
        actor,
        f"application.{verdict.value}",
        application,
        now=now,
        organisation_id=runner(application.call).id,
        reason=reason.value if reason else None,
        moved_up=moved_up,
    )
    people = managers_of(session, application.organisation_id)
    author = application.author
    if author is not None and author.active and author.membership_of(application.organisation_id):
        people = list(dict.fromkeys([*people, author]))
    post(session, people, "application_decided", **letter_facts(letter))
    return letter


def letter_facts(letter: DecisionLetter) -> dict[str, Any]:
    """Everything the letter says, for the mail, the page and the document, which put it into words alike."""
    application, call = letter.application, letter.application.call
    return {
        **_facts(application),
        "title": application.title,
        "letter_id": letter.id,
        "verdict": letter.verdict.value,
        "reason": letter.reason.value if letter.reason else None,
        "note": letter.note,
        "place": letter.place,
        "moved_up": letter.moved_up,
        "issued_at": letter.issued_at.isoformat(),
        "starts_on": call.starts_on.isoformat() if call.starts_on else None,
        "ends_on": call.ends_on.isoformat() if call.ends_on else None,
    }


def _manages(actor: User, application: Application) -> None:
    centre = runner(application.call)
    permits.manager_of(actor, centre.id)
    permits.not_suspended(centre)
    impartial(actor, [application])


def _was_waiting(application: Application) -> None:
    """Raises Conflict for one that is not on the waiting list: all others are decided on together."""
    if application.state is not WAITLISTED:
        raise Conflict("not_waiting", current=application.state.value)


def _facts(application: Application) -> dict[str, Any]:
    applicant = application.organisation
    return {
        "application_id": application.id,
        **mail_facts(application.call),
        "applicant": {**names_of(applicant), "slug": applicant.slug},
    }
