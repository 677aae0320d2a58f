"""A suggestion that became a request follows it: declined with it, seen again when it was taken back."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Match
from models.states import MATCH
from models.types import DeclineReason, InterestState, MatchSide, MatchState
from network.services import interests
from tests.factories import Make


@pytest.fixture
def asked(session: Session, make: Make, now: datetime) -> Any:
    """A request about an offer, the two suggestions that led to it, and one of the same pair about something else."""
    startup, lab = make.organisation(), make.organisation(kind="institute")
    need, offer, manager = make.need(startup), make.offer(lab), make.user(startup)
    kept = {"need": need, "organisation": lab, "score": 0.5, "policy": "test"}
    matches = [Match(offer=offer, side=side, **kept) for side in MatchSide]
    other = Match(technology=make.technology(lab), side=MatchSide.ASKER, state=MatchState.INTEREST, **kept)
    session.add_all([*matches, other])
    send = {"now": now, "reply_days": 10, "offer_id": offer.id}

    def again() -> Any:
        return interests.send_interest(session, manager, startup, need.id, lab.id, "May we talk?", **send)

    return again, matches, other, manager, make.user(lab)


def states(matches: list[Match]) -> set[MatchState]:
    return {match.state for match in matches}


def test_a_declined_request_leaves_declined_suggestions(session: Session, asked: Any, now: datetime) -> None:
    again, matches, other, _, theirs = asked
    interest = again()
    assert states(matches) == {MatchState.INTEREST}
    interests.decline_interest(session, theirs, interest, DeclineReason.NO_CAPACITY, "", now=now)
    assert states(matches) == {MatchState.DECLINED}
    assert other.state is MatchState.INTEREST
    again()
    assert states(matches) == {MatchState.INTEREST}


def test_a_request_taken_back_leaves_seen_suggestions(session: Session, asked: Any, now: datetime) -> None:
    again, matches, _, manager, _ = asked
    interests.withdraw_interest(session, manager, again(), now=now)
    assert states(matches) == {MatchState.SEEN}


def test_an_accepted_request_keeps_its_suggestions(session: Session, asked: Any, now: datetime) -> None:
    again, matches, _, _, theirs = asked
    interest = again()
    interests.accept_interest(session, theirs, interest, "Gladly.", now=now)
    assert (interest.state, states(matches)) == (InterestState.ACCEPTED, {MatchState.INTEREST})


def test_a_declined_suggestion_can_be_asked_again_or_set_aside_and_nothing_else() -> None:
    assert MATCH[MatchState.DECLINED] == {MatchState.INTEREST, MatchState.DISMISSED}
