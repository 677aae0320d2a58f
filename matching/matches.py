"""The matches kept for both sides of a need: renewed when the need or a supply changes, never against a decision.

What people have decided (shortlisted, set aside, asked) keeps its state. Suggestions still open follow the ranking:
new ones are added, scores and reasons brought up to date, those that no longer fit removed.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matching import entries
from matching.questions import Query, Reason, Suggestion
from matching.store import Key
from matching.text import query_for_need, query_for_offer, query_for_organisation, query_for_technology
from models.matches import Match
from models.needs import Need
from models.offers import Offer
from models.organisations import Organisation
from models.technologies import Technology
from models.types import (
    MatchSide,
    MatchState,
    NeedState,
    OrganisationKind,
    ProfileState,
    SubjectKind,
    Visibility,
)

if TYPE_CHECKING:
    from matching.engine import Engine

MOST = 20  # suppliers kept for one need
SUPPLIED = frozenset({SubjectKind.OFFER, SubjectKind.TECHNOLOGY, SubjectKind.ORGANISATION})
SUPPLIERS = frozenset(OrganisationKind) - {OrganisationKind.STARTUP}
OPEN = (MatchState.SUGGESTED, MatchState.SEEN)

Subject = tuple[int, int | None, int | None]
"""Supplier, offer, technology: what a match of one need and side is told apart by."""


def touched_needs(session: Session, engine: "Engine", key: Key) -> set[int]:
    """The needs whose matches a change of this entry may alter: itself, or those it would be suggested for."""
    if key[0] is SubjectKind.NEED:
        return {key[1]}
    entry = entries.load(session, [key]).get(key)
    query: Query | None = None
    if isinstance(entry, Offer):
        query = query_for_offer(entry, Visibility.MEMBERS)
    elif isinstance(entry, Technology):
        query = query_for_technology(entry, Visibility.MEMBERS)
    elif isinstance(entry, Organisation) and entry.kind in SUPPLIERS:
        query = query_for_organisation(entry, Visibility.MEMBERS)
    near = {item.subject_id for item in engine.suggest(session, query, limit=MOST).items} if query else set()
    return near | _needs_with_matches(session, key)


def refresh(session: Session, engine: "Engine", need_id: int, *, now: datetime) -> int:
    """Brings the matches of one need up to date on both sides; returns how many it has now. Does not commit."""
    need = entries.load(session, [(SubjectKind.NEED, need_id)]).get((SubjectKind.NEED, need_id))
    if not isinstance(need, Need):
        return 0
    stored = session.scalars(sa.select(Match).where(Match.need_id == need_id)).all()
    kept = {(match.side, _subject(match)): match for match in stored}
    wanted: dict[tuple[MatchSide, Subject], Suggestion] = {}
    policy = ""
    if need.state in (NeedState.PUBLISHED, NeedState.MATCHED) and need.organisation.state is not ProfileState.SUSPENDED:
        policy, wanted = _wanted(session, engine, need)
    for key, match in kept.items():
        if match.state in OPEN and key not in wanted:
            session.delete(match)
    for (side, subject), item in wanted.items():
        found = kept.get((side, subject))
        if found is None:
            organisation_id, offer_id, technology_id = subject
            found = Match(
                need_id=need_id,
                organisation_id=organisation_id,
                offer_id=offer_id,
                technology_id=technology_id,
                side=side,
                state=MatchState.SUGGESTED,
                created_at=now,
            )
            session.add(found)
        if found.state in (None, *OPEN):
            found.score, found.reasons, found.policy = item.score, as_json(item.reasons), policy
    session.flush()
    return len(wanted)


def as_json(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    return [
        {"factor": r.factor, "weight": round(r.weight, 4), "value": round(r.value, 4), "details": dict(r.details)}
        for r in reasons
    ]


def _wanted(session: Session, engine: "Engine", need: Need) -> tuple[str, dict[tuple[MatchSide, Subject], Suggestion]]:
    """What each side may see of the fits: a side that is not verified sees nothing that is for members only."""
    base = query_for_need(need, Visibility.MEMBERS)
    query = Query(**{**base.__dict__, "subjects": SUPPLIED, "organisation_kinds": SUPPLIERS})
    answer = engine.suggest(session, query, limit=MOST)
    fits = [item for item in answer.items if item.score >= answer.threshold and item.organisation_id]
    hidden = _members_only(session, fits)
    verified = _verified(session, {item.organisation_id or 0 for item in fits} | {need.organisation_id})
    wanted: dict[tuple[MatchSide, Subject], Suggestion] = {}
    for item in fits:
        supplier = item.organisation_id or 0
        offer_id = item.subject_id if item.subject is SubjectKind.OFFER else None
        technology_id = item.subject_id if item.subject is SubjectKind.TECHNOLOGY else None
        subject: Subject = (supplier, offer_id, technology_id)
        if (item.subject, item.subject_id) not in hidden or need.organisation_id in verified:
            wanted[MatchSide.ASKER, subject] = item
        if need.visibility is Visibility.PUBLIC or supplier in verified:
            wanted[MatchSide.SUPPLIER, subject] = item
    return answer.policy, wanted


def _members_only(session: Session, fits: list[Suggestion]) -> set[Key]:
    found = entries.load(session, [(item.subject, item.subject_id) for item in fits])
    return {
        key
        for key, entry in found.items()
        if isinstance(entry, Offer | Technology) and entry.visibility is Visibility.MEMBERS
    }


def _verified(session: Session, organisation_ids: set[int]) -> set[int]:
    statement = sa.select(Organisation.id).where(Organisation.id.in_(organisation_ids))
    return set(session.scalars(statement.where(Organisation.state == ProfileState.VERIFIED)))


def _needs_with_matches(session: Session, key: Key) -> set[int]:
    column = {
        SubjectKind.OFFER: Match.offer_id,
        SubjectKind.TECHNOLOGY: Match.technology_id,
        SubjectKind.ORGANISATION: Match.organisation_id,
    }[key[0]]
    return set(session.scalars(sa.select(Match.need_id).where(column == key[1], Match.state.in_(OPEN))))


def _subject(match: Match) -> Subject:
    return match.organisation_id, match.offer_id, match.technology_id
