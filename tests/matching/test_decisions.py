"""What people decided, as evidence; and how organisations have dealt with requests."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from matching.decisions import Decision, decisions
from matching.standing import SECONDS, Standing, Standings, standings
from models import ExpressionOfInterest, Match
from models.types import DeclineReason, InterestState, MatchSide, MatchState
from tests.factories import NOW, Make

REASONS = [
    {"factor": "meaning", "weight": 0.5, "value": 0.7, "lost": 0.3, "details": {}},
    {"factor": "words", "weight": 0.0, "value": 0.0, "lost": 0.0, "details": {}},
    {"factor": "field", "weight": 0.05, "value": 0.5, "lost": 0.05, "details": {}},
    {"factor": "stage", "weight": 0.0, "value": 0.0, "lost": 0.04, "details": {}},
]
ALL = {"field": 0.5, "stage": 0.0}


@pytest.fixture
def pair(session: Session, make: Make) -> Any:
    """A need and a supplier with a stored suggestion for each side, in the state given."""

    def _pair(state: MatchState, reason: DeclineReason | None = None) -> Any:
        need, supplier = make.need(make.organisation()), make.organisation(kind="centre")
        for side in MatchSide:
            match = Match(need=need, organisation=supplier, side=side, state=state, score=0.6, policy="x")
            match.reasons, match.dismiss_reason, match.created_at = REASONS, reason, NOW
            session.add(match)
        session.flush()
        return need, supplier

    return _pair


def test_a_shortlist_and_a_dismissal_count_once_for_each_side(session: Session, pair: Any) -> None:
    need, _ = pair(MatchState.SHORTLISTED)
    other, _ = pair(MatchState.DISMISSED, DeclineReason.OUTSIDE_FIELD)
    pair(MatchState.SUGGESTED)
    assert decisions(session) == [
        *[Decision(need.id, 0.7, ALL, True, 1.0)] * 2,
        *[Decision(other.id, 0.7, {"field": 0.5}, False, 1.0)] * 2,
    ]


@pytest.mark.parametrize(
    ("state", "reason", "expected"),
    [
        (InterestState.SENT, None, (0.7, ALL, True, 1.0)),
        (InterestState.ACCEPTED, None, (0.7, ALL, True, 2.0)),
        (InterestState.AGREED, None, (0.7, ALL, True, 2.0)),
        (InterestState.ENDED, None, (0.7, ALL, True, 1.0)),
        (InterestState.CONFIRMED, None, (0.7, ALL, True, 3.0)),
        (InterestState.DECLINED, DeclineReason.TOO_EARLY, (1.0, {"stage": 0.0}, False, 2.0)),
        (InterestState.DECLINED, DeclineReason.OUTSIDE_FIELD, (0.7, {"field": 0.5}, False, 2.0)),
        (InterestState.DECLINED, DeclineReason.CONFLICT_OF_INTEREST, None),
        (InterestState.WITHDRAWN, None, None),
        (InterestState.EXPIRED, None, None),
    ],
)
def test_a_request_counts_once_and_by_how_far_it_came(
    session: Session, make: Make, pair: Any, state: InterestState, reason: DeclineReason | None, expected: Any
) -> None:
    need, supplier = pair(MatchState.INTEREST)
    make.interest(need, supplier, state=state, decline_reason=reason)
    assert decisions(session) == ([Decision(need.id, *expected)] if expected else [])


def test_a_reason_that_says_nothing_about_fit_is_no_evidence(session: Session, pair: Any) -> None:
    pair(MatchState.DISMISSED, DeclineReason.OTHER_PARTNER)
    assert decisions(session) == []


def test_standing(session: Session, make: Make) -> None:
    asked, quiet = make.organisation(kind="centre"), make.organisation(kind="centre")
    states: list[tuple[InterestState, DeclineReason | None]] = [
        (InterestState.SENT, None),
        (InterestState.SENT, None),
        (InterestState.ACCEPTED, None),
        (InterestState.CONFIRMED, None),
        (InterestState.DECLINED, DeclineReason.TOO_EARLY),
        (InterestState.DECLINED, DeclineReason.CONFLICT_OF_INTEREST),
        (InterestState.EXPIRED, None),
        (InterestState.WITHDRAWN, None),
    ]
    for state, reason in states:
        make.interest(make.need(make.organisation()), asked, state=state, decline_reason=reason)
    assert standings(session) == {asked.id: Standing(accepted=2, answered=4, waiting=2)}
    assert quiet.id not in standings(session)
    assert session.query(ExpressionOfInterest).count() == len(states)


def test_standings_are_read_again_when_they_are_old(session: Session, make: Make) -> None:
    time = [100.0]
    held, asked = Standings(lambda: time[0]), make.organisation(kind="centre")
    assert held.of(session) == {}
    make.interest(make.need(make.organisation()), asked)
    session.flush()
    time[0] += SECONDS - 1
    assert held.of(session) == {}
    time[0] += 1
    assert held.of(session) == {asked.id: Standing(waiting=1)}
