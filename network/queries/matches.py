"""The suggestions kept for a supplier: needs that it, one of its offers or one of its technologies could serve."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from matching.explain import other_side_of
from matching.questions import Reason
from models import Match, Need, Offer, Organisation, Technology, User
from models.texts import Bilingual, fold
from models.types import DeclineReason, MatchSide, MatchState
from network.queries import visible
from network.queries.cards import NeedCard, need_card
from network.queries.paging import Page, paginate

ENTRIES: Mapping[str, Any] = {"offer": Match.offer_id, "technology": Match.technology_id}
TABS: Mapping[str, tuple[MatchState, ...]] = {
    "new": (MatchState.SUGGESTED, MatchState.SEEN),
    "shortlisted": (MatchState.SHORTLISTED,),
    "set-aside": (MatchState.DISMISSED,),
}


SORTS: Mapping[str, tuple[Any, ...]] = {
    "fit": (Match.score.desc(),),
    "deadline": (Need.needed_by.is_(None), Need.needed_by, Match.score.desc()),
    "latest": (Need.published_at.desc(),),
}

LOADED = (
    contains_eager(Match.need).options(
        contains_eager(Need.organisation), selectinload(Need.fields), selectinload(Need.wanted)
    ),
    joinedload(Match.offer),
    joinedload(Match.technology),
)
"""What a row names, for a statement that joins the need and its organisation."""


@dataclass(frozen=True)
class Wish:
    """What the queue is narrowed to: words of the need or of who has it, an own entry ("offer-3"), and the order."""

    tab: str = "new"
    words: str = ""
    entry: str = ""
    sort: str = "fit"

    @property
    def narrowed(self) -> bool:
        return bool(self.words or self.entry)

    def arguments(self) -> dict[str, str]:
        """For the address of the next page: only what was chosen."""
        chosen = {"q": self.words, "entry": self.entry, "sort": self.sort if self.sort != "fit" else ""}
        return {"tab": self.tab, **{name: value for name, value in chosen.items() if value}}


@dataclass(frozen=True)
class Entry:
    """An own offer or technology for which something is suggested."""

    value: str
    title: Bilingual


@dataclass(frozen=True)
class Queue:
    """`numbers` counts each tab, whatever it is narrowed to."""

    page: Page["MatchRow"]
    numbers: Mapping[str, int]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class MatchRow:
    """`title` names the offer or technology that fits; None for the profile as a whole. `score` says how well it serves
    the need, `other_side`, where known, how well the need suits the organisation."""

    id: int
    need: NeedCard
    title: Bilingual | None
    offer_id: int | None
    technology_id: int | None
    score: float
    reasons: tuple[Reason, ...]
    state: MatchState
    dismiss_reason: DeclineReason | None
    other_side: float | None


def queue(session: Session, viewer: User, organisation: Organisation, wish: Wish, number: int) -> Queue:
    """The matches of one tab with needs the viewer may read. At most eight statements."""
    mine = (
        Match.organisation_id == organisation.id,
        Match.side == MatchSide.SUPPLIER,
        visible.entries(Need, viewer),
    )
    statement = (
        sa.select(Match)
        .join(Match.need)
        .join(Need.organisation)
        .where(*mine, Match.state.in_(TABS[wish.tab]), *_conditions(wish))
        .options(*LOADED)
        .order_by(*SORTS[wish.sort], Match.id)
    )
    counted = sa.select(Match.state, sa.func.count()).join(Match.need).where(*mine).group_by(Match.state)
    by_state = {state: count for state, count in session.execute(counted)}  # noqa: C416
    numbers = {tab: sum(by_state.get(state, 0) for state in states) for tab, states in TABS.items()}
    return Queue(paginate(session, statement, number, match_row), numbers, _entries(session, mine))


def _conditions(wish: Wish) -> list[visible.Condition]:
    found = []
    for word in fold(wish.words).split():
        found.append(sa.or_(*(c.contains(word, autoescape=True) for c in (Need.folded, Organisation.folded))))
    kind, _dash, entry_id = wish.entry.partition("-")
    if kind in ENTRIES and entry_id.isdecimal():
        found.append(ENTRIES[kind] == int(entry_id))
    return found


def _entries(session: Session, mine: tuple[visible.Condition, ...]) -> tuple[Entry, ...]:
    entries = []
    for kind, entity in (("offer", Offer), ("technology", Technology)):
        matched = sa.select(ENTRIES[kind]).join(Match.need).where(*mine, ENTRIES[kind].is_not(None))
        found = session.execute(sa.select(entity.id, entity.title).where(entity.id.in_(matched)).order_by(entity.id))
        entries += [Entry(f"{kind}-{entry_id}", title) for entry_id, title in found]
    return tuple(entries)


def match_row(match: Match) -> MatchRow:
    subject = match.offer or match.technology
    return MatchRow(
        match.id,
        need_card(match.need),
        subject.title if subject else None,
        match.offer_id,
        match.technology_id,
        match.score,
        tuple(_reason(stored, match.need) for stored in match.reasons),
        match.state,
        match.dismiss_reason,
        other_side_of(match.reasons),
    )


def _reason(stored: Mapping[str, Any], need: Need) -> Reason:
    """With the names of the fields that the two have in common, as far as the need has them."""
    details = dict(stored.get("details") or {})
    if names := [field.name for field in need.fields if field.code in details.get("fields", ())]:
        details["names"] = names
    return Reason(stored["factor"], stored["weight"], stored["value"], details)
