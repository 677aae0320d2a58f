"""What people decide about a stored suggestion: shortlist it, set it aside with a reason, bring it back."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ExpressionOfInterest, Match, User
from models.audit import record
from models.errors import Invalid, NotFound
from models.states import MATCH, move
from models.types import DeclineReason, MatchSide, MatchState
from network.services import permits


def owner_of(match: Match) -> int:
    """The organisation for which the match was suggested."""
    return match.need.organisation_id if match.side is MatchSide.ASKER else match.organisation_id


def find(session: Session, actor: User, match_id: int) -> Match:
    """The match, if it was suggested to an organisation of the actor. Raises NotFound otherwise."""
    match = session.get(Match, match_id)
    if match is None or actor.membership_of(owner_of(match)) is None:
        raise NotFound
    return match


def see(session: Session, actor: User, matches: list[Match]) -> None:
    """Marks new suggestions as seen when their list has been opened."""
    for match in matches:
        if match.state is MatchState.SUGGESTED and actor.membership_of(owner_of(match)):
            match.state = MatchState.SEEN


def shortlist(session: Session, actor: User, match_id: int, *, now: datetime) -> Match:
    return _decide(session, actor, match_id, MatchState.SHORTLISTED, None, now)


def dismiss(session: Session, actor: User, match_id: int, reason: DeclineReason | None, *, now: datetime) -> Match:
    """Sets a suggestion aside. Raises Invalid without a reason: it improves the next ranking."""
    if reason is None:
        raise Invalid("reason_missing")
    return _decide(session, actor, match_id, MatchState.DISMISSED, reason, now)


def restore(session: Session, actor: User, match_id: int, *, now: datetime) -> Match:
    """Brings a dismissed or shortlisted suggestion back among the seen ones."""
    return _decide(session, actor, match_id, MatchState.SEEN, None, now)


def release(session: Session, interest: ExpressionOfInterest, state: MatchState, *, now: datetime) -> None:
    """The suggestions that had become this request are no open request any more: declined, or among the seen ones."""
    supplier = interest.to_organisation_id
    if supplier == interest.need.organisation_id:
        supplier = interest.from_organisation_id
    asked = sa.select(Match).where(
        Match.need_id == interest.need_id,
        Match.organisation_id == supplier,
        Match.offer_id.is_not_distinct_from(interest.offer_id),
        Match.technology_id.is_not_distinct_from(interest.technology_id),
        Match.state == MatchState.INTEREST,
    )
    for match in session.scalars(asked):
        match.state, match.decided_at = move(MATCH, match.state, state), now


def _decide(
    session: Session, actor: User, match_id: int, state: MatchState, reason: DeclineReason | None, now: datetime
) -> Match:
    match = find(session, actor, match_id)
    permits.manager_of(actor, owner_of(match))
    match.state = move(MATCH, match.state, state)
    match.dismiss_reason, match.decided_at = reason, now
    record(
        session,
        actor,
        f"match.{state.value}",
        match,
        now=now,
        organisation_id=owner_of(match),
        reason=reason.value if reason else None,
    )
    return match
