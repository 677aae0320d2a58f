"""The suggestions kept for a supplier: needs that it, one of its offers or one of its technologies could serve."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from matching.questions import Reason
from models import Match, Need, Organisation, User
from models.texts import Bilingual
from models.types import DeclineReason, MatchSide, MatchState
from network.queries import visible
from network.queries.cards import NeedCard, need_card
from network.queries.paging import Page, paginate

TABS: Mapping[str, tuple[MatchState, ...]] = {
    "new": (MatchState.SUGGESTED, MatchState.SEEN),
    "shortlisted": (MatchState.SHORTLISTED,),
    "set-aside": (MatchState.DISMISSED,),
}


@dataclass(frozen=True)
class MatchRow:
    """`title` names the offer or technology that fits; None for the profile as a whole."""

    id: int
    need: NeedCard
    title: Bilingual | None
    offer_id: int | None
    technology_id: int | None
    score: float
    reasons: tuple[Reason, ...]
    state: MatchState
    dismiss_reason: DeclineReason | None


def queue(session: Session, viewer: User, organisation: Organisation, tab: str, number: int) -> Page[MatchRow]:
    """The matches of one tab, the best first, with needs the viewer may read. At most six statements."""
    statement = (
        sa.select(Match)
        .join(Match.need)
        .where(
            Match.organisation_id == organisation.id,
            Match.side == MatchSide.SUPPLIER,
            Match.state.in_(TABS[tab]),
            visible.entries(Need, viewer),
        )
        .options(
            contains_eager(Match.need).options(
                joinedload(Need.organisation), selectinload(Need.fields), selectinload(Need.wanted)
            ),
            joinedload(Match.offer),
            joinedload(Match.technology),
        )
        .order_by(Match.score.desc(), Match.id)
    )
    return paginate(session, statement, number, _row)


def _row(match: Match) -> MatchRow:
    subject = match.offer or match.technology
    return MatchRow(
        match.id,
        need_card(match.need),
        subject.title if subject else None,
        match.offer_id,
        match.technology_id,
        match.score,
        tuple(map(_reason, match.reasons)),
        match.state,
        match.dismiss_reason,
    )


def _reason(stored: Mapping[str, Any]) -> Reason:
    return Reason(stored["factor"], stored["weight"], stored["value"], stored.get("details") or {})
