"""What people decided about suggestions, as evidence for the ranking.

A request that was accepted or that led to a confirmed outcome says more than a shortlist. A refusal speaks against the
factors that its reason names, and not against the others; one whose reason has nothing to do with fit says nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.interests import ExpressionOfInterest
from models.matches import Match
from models.types import DeclineReason, InterestState, MatchSide, MatchState

BLAMED: Mapping[DeclineReason, frozenset[str]] = {
    DeclineReason.TOO_EARLY: frozenset({"stage", "trl"}),
    DeclineReason.OUTSIDE_FIELD: frozenset({"field", "meaning"}),
    DeclineReason.NO_CAPACITY: frozenset({"capacity", "load"}),
    DeclineReason.BENEFIT_UNCLEAR: frozenset({"meaning", "kind"}),
    DeclineReason.ROUTE_UNCLEAR: frozenset({"meaning", "kind", "stage"}),
}
"""The factors that a reason speaks about. Reasons that are absent here say nothing about fit."""

WEIGHTS: Mapping[InterestState, float] = {
    InterestState.SENT: 1.0,
    InterestState.CONFIRMED: 3.0,
    InterestState.DECLINED: 2.0,
    InterestState.ENDED: 1.0,  # welcome, but nothing came of it
}
ACCEPTED = 2.0  # and every state after it that is not named above
SILENT = (InterestState.DRAFT, InterestState.WITHDRAWN, InterestState.EXPIRED)


@dataclass(frozen=True)
class Decision:
    """`values` are those of the factors beside the text that the decision speaks about, `text` what the text said.

    `counts` is how much the decision weighs.
    """

    need_id: int
    text: float
    values: Mapping[str, float]
    good: bool
    counts: float


def decisions(session: Session) -> list[Decision]:
    """All there are, oldest first."""
    return list(_shortlisted_or_set_aside(session)) + list(_asked(session))


def _shortlisted_or_set_aside(session: Session) -> Iterator[Decision]:
    decided = sa.select(Match).where(Match.state.in_((MatchState.SHORTLISTED, MatchState.DISMISSED)))
    for match in session.scalars(decided.order_by(Match.id)):
        yield from _decision(match, match.dismiss_reason, 1.0)


def _asked(session: Session) -> Iterator[Decision]:
    """A request about a pair is one decision, whichever side's suggestion led to it."""
    interest = ExpressionOfInterest
    same = sa.and_(
        interest.need_id == Match.need_id,
        Match.organisation_id.in_((interest.from_organisation_id, interest.to_organisation_id)),
        interest.offer_id.is_not_distinct_from(Match.offer_id),
        interest.technology_id.is_not_distinct_from(Match.technology_id),
    )
    found = sa.select(interest, Match).join(Match, same).where(interest.state.not_in(SILENT))
    seen = set()
    for asked, match in session.execute(found.order_by(interest.id, Match.side == MatchSide.SUPPLIER, Match.id)):
        if asked.id not in seen:
            seen.add(asked.id)
            yield from _decision(match, asked.decline_reason, WEIGHTS.get(asked.state, ACCEPTED))


def _decision(match: Match, reason: DeclineReason | None, counts: float) -> Iterator[Decision]:
    if reason is not None and reason not in BLAMED:
        return
    values = {row["factor"]: row["value"] for row in match.reasons if row["factor"] not in ("meaning", "words")}
    lost = next(
        (row["lost"] for row in match.reasons if row["factor"] in ("meaning", "words") and row.get("lost")), 0.0
    )
    text = 1 - lost
    if reason is not None:
        values = {factor: value for factor, value in values.items() if factor in BLAMED[reason]}
        text = text if "meaning" in BLAMED[reason] else 1.0
    yield Decision(match.need_id, text, values, reason is None, counts)
