"""Needs as their owner sees them: the list with what waits, and one need with its suggestions and decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matching.explain import other_side_of
from matching.matches import MOST, SUPPLIED, SUPPLIERS
from matching.questions import Query, Reason, Suggestion, Suggestions
from matching.text import query_for_need
from models import ExpressionOfInterest, Match, Need, User
from models.errors import NotFound
from models.interests import OPEN_STATES
from models.texts import Bilingual
from models.types import DeclineReason, MatchSide, MatchState, NeedState, SubjectKind
from network.queries import visible
from network.queries.cards import NeedCard, need_card
from network.queries.needs import LOADED
from network.queries.suggestions import Answer, SuggestionCard, suggestion_cards
from network.queries.why_not import WhyNot
from network.queries.why_not import why_not as why_not_among

if TYPE_CHECKING:
    from matching.engine import Engine

MOST_PROGRAMMES = 3
TABS = ("suggested", "shortlist", "set-aside")
KEPT = (MatchState.SUGGESTED, MatchState.SEEN, MatchState.SHORTLISTED)


@dataclass(frozen=True)
class OwnNeed:
    """`suggestions` fit and are not decided on, `interests` are under way."""

    card: NeedCard
    suggestions: int
    interests: int


@dataclass(frozen=True)
class Decision:
    """What the owner has done with a suggestion."""

    match_id: int
    state: MatchState
    reason: DeclineReason | None


Key = tuple[SubjectKind, int]


@dataclass(frozen=True)
class NeedSheet:
    """One need for its owner. `answer` holds the suggestions not set aside; `shortlisted` and `set_aside` what was
    decided so, whether or not it would still be suggested.

    `decisions` has an entry for every suggestion that is stored as a match, by kind and id of what is suggested.
    """

    card: NeedCard
    details: Bilingual
    budget_vnd: int | None
    interests: int
    answer: Answer
    shortlisted: tuple[SuggestionCard, ...]
    set_aside: tuple[SuggestionCard, ...]
    programmes: Answer
    decisions: Mapping[Key, Decision]

    def decision(self, card: SuggestionCard) -> Decision | None:
        return self.decisions.get((card.subject, card.subject_id))

    def of_tab(self, tab: str) -> tuple[SuggestionCard, ...]:
        return {"shortlist": self.shortlisted, "set-aside": self.set_aside}.get(tab, self.answer.cards)


def own_needs(session: Session, organisation_id: int) -> tuple[OwnNeed, ...]:
    """Five statements. What others can read first, closed needs last, each newest first."""
    order = sa.case(
        (Need.state.in_((NeedState.PUBLISHED, NeedState.MATCHED)), 0), (Need.state == NeedState.DRAFT, 1), else_=2
    )
    found = sa.select(Need).where(Need.organisation_id == organisation_id).options(*LOADED)
    needs = session.scalars(found.order_by(order, Need.updated_at.desc(), Need.id.desc())).all()
    of_these = [need.id for need in needs]
    suggestions = _numbers(session, Match.need_id, of_these, Match.side == MatchSide.ASKER, Match.state.in_(KEPT))
    interests = _numbers(session, ExpressionOfInterest.need_id, of_these, ExpressionOfInterest.state.in_(OPEN_STATES))
    return tuple(OwnNeed(need_card(n), suggestions.get(n.id, 0), interests.get(n.id, 0)) for n in needs)


def _numbers(session: Session, need_id: Any, needs: list[int], *conditions: visible.Condition) -> dict[int, int]:
    found = sa.select(need_id, sa.func.count()).where(need_id.in_(needs), *conditions).group_by(need_id)
    return {need: number for need, number in session.execute(found)}  # noqa: C416


def sheet(
    session: Session, engine: "Engine", viewer: User, organisation_id: int, need_id: int, *, on: date
) -> NeedSheet:
    """Asks the engine what fits the need now. Raises NotFound for a need of another organisation."""
    found = sa.select(Need).where(Need.id == need_id, Need.organisation_id == organisation_id).options(*LOADED)
    need = session.scalar(found)
    if need is None:
        raise NotFound
    matches = _matches(session, need_id)
    decisions = {_subject(match): _decision(match) for match in matches}
    dismissed = {key for key, decision in decisions.items() if decision.state is MatchState.DISMISSED}
    suggested = programmes = Answer((), 0.0, False)
    shortlisted: tuple[SuggestionCard, ...] = ()
    set_aside: tuple[SuggestionCard, ...] = ()
    if need.state is not NeedState.CLOSED:
        supplies = question(need, viewer, on=on)
        suggested = _answer(session, engine, supplies, viewer, MOST + len(dismissed))
        programme = replace(supplies, subjects=frozenset({SubjectKind.PROGRAMME}), organisation_kinds=frozenset())
        programmes = _answer(session, engine, programme, viewer, MOST_PROGRAMMES)
        shortlisted, set_aside = _decided(session, viewer, matches, suggested.cards)
    return NeedSheet(
        need_card(need),
        need.details or Bilingual(),
        need.budget_vnd,
        _numbers(session, ExpressionOfInterest.need_id, [need_id], ExpressionOfInterest.state.in_(OPEN_STATES)).get(
            need_id, 0
        ),
        replace(suggested, cards=tuple(c for c in suggested.cards if _key(c) not in dismissed)),
        shortlisted,
        set_aside,
        replace(programmes, cards=tuple(c for c in programmes.cards if c.score >= programmes.threshold)),
        decisions,
    )


def question(need: Need, viewer: User, *, on: date) -> Query:
    """What is asked of the engine for a need of the reader's own organisation."""
    asked = query_for_need(need, visible.clearance(viewer), on=on)
    return replace(asked, subjects=SUPPLIED, organisation_kinds=SUPPLIERS)


def why_not(session: Session, engine: "Engine", viewer: User, need: Need, key: Key, *, on: date) -> WhyNot:
    """How one entry answers the need, beside the suggestions of its sheet. Raises NotFound for what is not readable."""
    decisions = decisions_of(session, need.id)
    dismissed = {each for each, decision in decisions.items() if decision.state is MatchState.DISMISSED}
    asked = question(need, viewer, on=on)
    return why_not_among(session, engine, viewer, asked, key, limit=MOST, set_aside=dismissed)


def _answer(session: Session, engine: "Engine", query: Query, viewer: User, limit: int) -> Answer:
    suggestions = engine.suggest(session, query, limit=limit)
    return Answer(suggestion_cards(session, suggestions, viewer), suggestions.threshold, suggestions.degraded)


def decisions_of(session: Session, need_id: int) -> dict[Key, Decision]:
    """One statement."""
    return {_subject(match): _decision(match) for match in _matches(session, need_id)}


def _matches(session: Session, need_id: int) -> Sequence[Match]:
    found = sa.select(Match).where(Match.need_id == need_id, Match.side == MatchSide.ASKER)
    return session.scalars(found.order_by(Match.score.desc(), Match.id)).all()


def _decision(match: Match) -> Decision:
    return Decision(match.id, match.state, match.dismiss_reason)


def _decided(
    session: Session, viewer: User, matches: Sequence[Match], fresh: tuple[SuggestionCard, ...]
) -> tuple[tuple[SuggestionCard, ...], tuple[SuggestionCard, ...]]:
    """What is on the shortlist and what is set aside, as it is suggested now or as it was suggested last."""
    now = {_key(card): card for card in fresh}
    decided = [m for m in matches if m.state in (MatchState.SHORTLISTED, MatchState.DISMISSED)]
    stored = tuple(_stored(match) for match in decided if _subject(match) not in now)
    now |= {_key(card): card for card in suggestion_cards(session, Suggestions(stored, 0.0, ""), viewer)}
    by_state = {
        state: tuple(now[_subject(m)] for m in decided if m.state is state and _subject(m) in now)
        for state in (MatchState.SHORTLISTED, MatchState.DISMISSED)
    }
    return by_state[MatchState.SHORTLISTED], by_state[MatchState.DISMISSED]


def _stored(match: Match) -> Suggestion:
    subject, subject_id = _subject(match)
    reasons = tuple(Reason(r["factor"], r["weight"], r["value"], dict(r.get("details") or {})) for r in match.reasons)
    other_side = other_side_of(match.reasons)
    return Suggestion(subject, subject_id, match.organisation_id, match.score, reasons, other_side=other_side)


def _subject(match: Match) -> Key:
    if match.offer_id is not None:
        return SubjectKind.OFFER, match.offer_id
    if match.technology_id is not None:
        return SubjectKind.TECHNOLOGY, match.technology_id
    return SubjectKind.ORGANISATION, match.organisation_id


def _key(card: SuggestionCard) -> Key:
    return card.subject, card.subject_id
