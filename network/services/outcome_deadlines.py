"""The deadline of a proposed outcome: a reminder to the side that should confirm, then a word to the coordinators."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Organisation, Outcome
from models.outcomes import OutcomeState
from models.threads import StepKind
from network.services.connections import step, tell
from network.services.outbox import coordinators, in_both, names_of, post, post_to_organisation
from network.services.outcomes import audit


def remind_and_escalate(session: Session, *, now: datetime, remind_days: int) -> tuple[int, int]:
    """Reminds the confirming side once, `remind_days` before the deadline; tells the coordinators once after it.

    Returns the numbers of reminders and escalations. A late outcome may still be confirmed or disputed.
    """
    waiting = sa.select(Outcome).where(Outcome.state == OutcomeState.PROPOSED)
    soon = waiting.where(
        Outcome.reminded_at.is_(None), Outcome.confirm_by > now, Outcome.confirm_by <= now + timedelta(days=remind_days)
    )
    reminded = session.scalars(soon.order_by(Outcome.id)).all()
    for outcome in reminded:
        outcome.reminded_at = now
        reader = _other(outcome)
        facts = {"kind": outcome.kind.value, "until": outcome.confirm_by.isoformat()}
        tell(session, outcome.interest, reader, "outcome_reminder", by=outcome.organisation, **facts)
        step(session, outcome.interest, StepKind.OUTCOME_REMINDED, None, None, now, outcome_id=outcome.id)
        audit(session, None, reader, outcome, "remind", now)
    late = waiting.where(Outcome.escalated_at.is_(None), Outcome.confirm_by <= now)
    escalated = session.scalars(late.order_by(Outcome.id)).all()
    told = coordinators(session) if escalated else []
    for outcome in escalated:
        outcome.escalated_at = now
        reader = _other(outcome)
        names = {"proposer": names_of(outcome.organisation), "other": names_of(reader)}
        names["need"] = in_both(outcome.interest.need.title)
        post(session, told, "outcome_late", **names)
        post_to_organisation(
            session, reader, "outcome_overdue", **names, interest_id=outcome.interest_id, slug=reader.slug
        )
        step(session, outcome.interest, StepKind.OUTCOME_LATE, None, None, now, outcome_id=outcome.id)
        audit(session, None, reader, outcome, "escalate", now)
    return len(reminded), len(escalated)


def _other(outcome: Outcome) -> Organisation:
    interest = outcome.interest
    ours = interest.from_organisation_id == outcome.organisation_id
    return interest.to_organisation if ours else interest.from_organisation
