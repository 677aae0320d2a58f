"""The matches kept for both sides of a need: renewed when the need or a supply changes, never against a decision.

What people have decided (shortlisted, set aside, asked) keeps its state, score and reasons. Suggestions still open
follow the ranking: new ones are added, scores and reasons brought up to date, those that no longer fit removed.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matching import entries
from matching.explain import to_json
from matching.questions import Query, Suggestion
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

MOST = 20  # suggestions kept for one need and side
SUPPLIED = frozenset({SubjectKind.OFFER, SubjectKind.TECHNOLOGY, SubjectKind.ORGANISATION})
SUPPLIERS = frozenset(OrganisationKind) - {OrganisationKind.STARTUP}
OPEN = (MatchState.SUGGESTED, MatchState.SEEN)

Subject = tuple[int, int | None, int | None]
"""Supplier, offer, technology: what a match of one need and side is told apart by."""


def refresh(session: Session, engine: "Engine", need_id: int, *, now: datetime) -> int:
    """Brings the open matches of one need up to date on both sides; returns how many fit now. Does not commit.

    A need that is not published has none. Without an encoder everything stays as it is.
    """
    need = entries.load(session, [(SubjectKind.NEED, need_id)]).get((SubjectKind.NEED, need_id))
    if not isinstance(need, Need):
        return 0
    wanted: dict[tuple[MatchSide, Subject], Suggestion] = {}
    policy = ""
    if need.state is NeedState.PUBLISHED and need.organisation.state is not ProfileState.SUSPENDED:
        if engine.encoder(session) is None:
            return 0
        policy, wanted = _wanted(session, engine, need)
    # locked, so that what somebody decides at this moment comes before or after, not in between
    stored = session.scalars(
        sa.select(Match).where(Match.need_id == need_id).with_for_update().execution_options(populate_existing=True)
    )
    kept = {(match.side, _subject(match)): match for match in stored}
    for key, match in kept.items():
        if match.state is MatchState.SUGGESTED and key not in wanted:
            session.delete(match)
    for (side, subject), item in wanted.items():
        found = kept.get((side, subject))
        if found is None:
            supplier, offer_id, technology_id = subject
            found = Match(need_id=need_id, organisation_id=supplier, offer_id=offer_id, technology_id=technology_id)
            found.side, found.state, found.created_at = side, MatchState.SUGGESTED, now
            session.add(found)
        if found.state in OPEN:
            found.score, found.reasons, found.policy = item.score, to_json(item), policy
    session.flush()
    return len(wanted)


def touched_needs(session: Session, engine: "Engine", key: Key) -> set[int]:
    """The needs whose matches a change of this entry may alter: itself, those it fits, those it is suggested for."""
    if key[0] is SubjectKind.NEED:
        return {key[1]}
    query = _question(entries.load(session, [key]).get(key))
    found = engine.suggest(session, query, limit=MOST, phrases=False).items if query else ()
    return {item.subject_id for item in found} | _needs_with_matches(session, key)


def open_needs(session: Session) -> set[int]:
    """The needs that have matches to be kept: the published ones, and any with a suggestion left over."""
    published = session.scalars(sa.select(Need.id).where(Need.state == NeedState.PUBLISHED))
    return {
        *published,
        *session.scalars(sa.select(Match.need_id).where(Match.state == MatchState.SUGGESTED).distinct()),
    }


def _question(entry: object) -> Query | None:
    """What needs `entry` could answer. None for an entry that is not kept as a match."""
    if isinstance(entry, Offer):
        return query_for_offer(entry, Visibility.MEMBERS)
    if isinstance(entry, Technology):
        return query_for_technology(entry, Visibility.MEMBERS)
    if isinstance(entry, Organisation) and entry.kind in SUPPLIERS:
        return query_for_organisation(entry, Visibility.MEMBERS)
    return None


def _wanted(session: Session, engine: "Engine", need: Need) -> tuple[str, dict[tuple[MatchSide, Subject], Suggestion]]:
    """What each side is to be shown. A side that is not verified is shown nothing that is for members only."""
    everything = replace(query_for_need(need, Visibility.MEMBERS), subjects=SUPPLIED, organisation_kinds=SUPPLIERS)
    policy, fits = _fits(session, engine, everything)
    verified = _verified(session, {item.organisation_id or 0 for item in fits} | {need.organisation_id})
    for_asker = fits
    if need.organisation_id not in verified:
        for_asker = _fits(session, engine, replace(everything, clearance=Visibility.PUBLIC))[1]
    wanted = {(MatchSide.ASKER, _supplied(item)): item for item in for_asker}
    for item in fits:
        if need.visibility is Visibility.PUBLIC or item.organisation_id in verified:
            wanted[MatchSide.SUPPLIER, _supplied(item)] = item
    return policy, wanted


def _fits(session: Session, engine: "Engine", query: Query) -> tuple[str, list[Suggestion]]:
    answer = engine.suggest(session, query, limit=MOST)
    return answer.policy, [item for item in answer.items if item.score >= answer.threshold]


def _verified(session: Session, organisation_ids: Iterable[int]) -> set[int]:
    statement = sa.select(Organisation.id).where(Organisation.id.in_(sorted(organisation_ids)))
    return set(session.scalars(statement.where(Organisation.state == ProfileState.VERIFIED)))


def _needs_with_matches(session: Session, key: Key) -> set[int]:
    own = {
        SubjectKind.OFFER: Match.offer_id == key[1],
        SubjectKind.TECHNOLOGY: Match.technology_id == key[1],
        SubjectKind.ORGANISATION: Match.organisation_id == key[1],
    }
    if key[0] not in own:
        return set()
    return set(session.scalars(sa.select(Match.need_id).where(own[key[0]], Match.state.in_(OPEN)).distinct()))


def _supplied(item: Suggestion) -> Subject:
    return (
        item.organisation_id or 0,
        item.subject_id if item.subject is SubjectKind.OFFER else None,
        item.subject_id if item.subject is SubjectKind.TECHNOLOGY else None,
    )


def _subject(match: Match) -> Subject:
    return match.organisation_id, match.offer_id, match.technology_id
