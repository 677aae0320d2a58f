"""When a need is met, everybody else who still waits because of it is told so, and waits no longer.

What was only asked is withdrawn or declined, a talk without an agreement ends. Where there is an agreement, the two
sides go on.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Agreement, ConnectionStep, ExpressionOfInterest, Need, User
from models.agreements import AgreementState
from models.audit import record
from models.interests import OPEN_STATES
from models.states import INTEREST, move
from models.threads import EndReason, StepKind
from models.types import DeclineReason, InterestState, MatchState
from network.services.matches import release
from network.services.outbox import in_both, names_of, post_to_organisation


def has_agreement(session: Session, need: Need) -> bool:
    """Whether an agreement about the need stands, on a connection that has not ended."""
    found = (
        sa.select(Agreement.id)
        .join(ExpressionOfInterest, ExpressionOfInterest.id == Agreement.interest_id)
        .where(
            ExpressionOfInterest.need_id == need.id,
            ExpressionOfInterest.state != InterestState.ENDED,
            Agreement.state == AgreementState.RECORDED,
        )
    )
    return session.scalar(found.limit(1)) is not None


def settle_others(session: Session, actor: User, need: Need, *, now: datetime) -> int:
    """Ends what waits about a need that has been met, and tells the other sides; returns how many."""
    found = sa.select(ExpressionOfInterest).where(
        ExpressionOfInterest.need_id == need.id, ExpressionOfInterest.state.in_(OPEN_STATES)
    )
    told = 0
    for interest in session.scalars(found.order_by(ExpressionOfInterest.id)).all():
        if not _settle(session, actor, interest, now):
            continue
        told += 1
        ours = interest.from_organisation_id == need.organisation_id
        other = interest.to_organisation if ours else interest.from_organisation
        post_to_organisation(
            session,
            other,
            "need_met",
            owner=names_of(need.organisation),
            need=in_both(need.title),
            interest_id=interest.id,
            slug=other.slug,
            state=interest.state.value,
        )
    return told


def _settle(session: Session, actor: User, interest: ExpressionOfInterest, now: datetime) -> bool:
    """Whether there was something to end."""
    owner = interest.need.organisation_id
    verb, reason = "end", EndReason.NEED_MET.value
    if interest.state is InterestState.SENT and interest.from_organisation_id == owner:
        interest.state = move(INTEREST, interest.state, InterestState.WITHDRAWN)
        release(session, interest, MatchState.SEEN, now=now)
        verb = "withdraw"
    elif interest.state is InterestState.SENT:
        interest.state = move(INTEREST, interest.state, InterestState.DECLINED)
        interest.decline_reason = DeclineReason.OTHER_PARTNER
        interest.answered_at, interest.answered_by = now, actor
        release(session, interest, MatchState.DECLINED, now=now)
        verb, reason = "decline", DeclineReason.OTHER_PARTNER.value
    elif interest.state in (InterestState.ACCEPTED, InterestState.IN_DISCUSSION):
        interest.state = move(INTEREST, interest.state, InterestState.ENDED)
        session.add(
            ConnectionStep(
                interest_id=interest.id,
                kind=StepKind.ENDED,
                at=now,
                organisation_id=owner,
                author=actor,
                reason=EndReason.NEED_MET,
            )
        )
    else:
        return False
    record(session, actor, f"interest.{verb}", interest, now=now, organisation_id=owner, reason=reason)
    return True
