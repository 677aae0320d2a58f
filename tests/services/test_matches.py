"""What people decide about a stored suggestion."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, Match, User
from models.errors import Conflict, DomainError, Invalid, NotFound, NotPermitted
from models.states import MATCH
from models.types import DeclineReason, MatchSide, MatchState, MembershipRole
from network.services import matches
from tests.factories import Make


@pytest.fixture
def match(make: Make) -> Callable[..., Match]:
    """A suggestion to the institute that could serve the need of a startup."""

    def _match(**values: Any) -> Match:
        startup, institute = make.organisation(), make.organisation(kind="institute")
        defaults = {"side": MatchSide.SUPPLIER, "score": 0.5, "policy": "test"}
        added: Match = make._add(Match(need=make.need(startup), organisation=institute, **{**defaults, **values}))
        return added

    return _match


def step(session: Session, actor: User, match: Match, target: MatchState, now: datetime) -> Match:
    if target is MatchState.SHORTLISTED:
        return matches.shortlist(session, actor, match.id, now=now)
    if target is MatchState.DISMISSED:
        return matches.dismiss(session, actor, match.id, DeclineReason.OUTSIDE_FIELD, now=now)
    return matches.restore(session, actor, match.id, now=now)


@pytest.mark.parametrize("side", list(MatchSide))
def test_a_suggestion_belongs_to_the_side_it_was_made_for(
    session: Session, make: Make, match: Callable[..., Match], side: MatchSide
) -> None:
    found = match(side=side)
    asker, supplier = make.user(found.need.organisation), make.user(found.organisation)
    owner, other = (asker, supplier) if side is MatchSide.ASKER else (supplier, asker)
    assert matches.find(session, owner, found.id) is found
    for stranger in (other, make.coordinator()):
        with pytest.raises(NotFound):
            matches.find(session, stranger, found.id)
    with pytest.raises(NotFound):
        matches.find(session, owner, 99999)


def test_shortlisted_set_aside_and_brought_back(
    session: Session, make: Make, match: Callable[..., Match], now: datetime
) -> None:
    found = match()
    manager = make.user(found.organisation)
    matches.shortlist(session, manager, found.id, now=now)
    assert (found.state, found.decided_at) == (MatchState.SHORTLISTED, now)
    matches.dismiss(session, manager, found.id, DeclineReason.NO_CAPACITY, now=now)
    session.flush()
    assert (found.state, found.dismiss_reason) == (MatchState.DISMISSED, DeclineReason.NO_CAPACITY)
    matches.restore(session, manager, found.id, now=now)
    session.flush()
    assert (found.state, found.dismiss_reason) == (MatchState.SEEN, None)
    events = session.execute(sa.select(AuditEvent.action, AuditEvent.data).order_by(AuditEvent.id)).all()
    assert [(action, data["reason"]) for action, data in events] == [
        ("match.shortlisted", None),
        ("match.dismissed", "no_capacity"),
        ("match.seen", None),
    ]


@pytest.mark.parametrize("reason", list(DeclineReason))
def test_every_reason_can_be_given(
    session: Session, make: Make, match: Callable[..., Match], now: datetime, reason: DeclineReason
) -> None:
    found = match()
    matches.dismiss(session, make.user(found.organisation), found.id, reason, now=now)
    session.flush()
    assert found.dismiss_reason is reason


def test_setting_aside_needs_a_reason(session: Session, make: Make, match: Callable[..., Match], now: datetime) -> None:
    found = match()
    with pytest.raises(Invalid, match="reason_missing"):
        matches.dismiss(session, make.user(found.organisation), found.id, None, now=now)
    assert found.state is MatchState.SUGGESTED


@pytest.mark.parametrize("role", ["manager", "member", "other side", "stranger", "coordinator"])
@pytest.mark.parametrize("target", [MatchState.SHORTLISTED, MatchState.DISMISSED, MatchState.SEEN])
@pytest.mark.parametrize("state", list(MatchState))
def test_every_step_in_every_state_by_every_role(
    session: Session,
    make: Make,
    match: Callable[..., Match],
    now: datetime,
    state: MatchState,
    target: MatchState,
    role: str,
) -> None:
    reason = DeclineReason.TERMS if state is MatchState.DISMISSED else None
    found = match(state=state, dismiss_reason=reason)
    actor = {
        "manager": lambda: make.user(found.organisation),
        "member": lambda: make.user(found.organisation, membership=MembershipRole.MEMBER),
        "other side": lambda: make.user(found.need.organisation),
        "stranger": lambda: make.user(make.organisation()),
        "coordinator": make.coordinator,
    }[role]()
    expected: type[DomainError] | None = None
    if role == "member":
        expected = NotPermitted
    elif role != "manager":
        expected = NotFound
    elif target not in MATCH[state]:
        expected = Conflict
    if expected is None:
        assert step(session, actor, found, target, now).state is target
        session.flush()
        return
    with pytest.raises(expected):
        step(session, actor, found, target, now)
    assert (found.state, found.dismiss_reason) == (state, reason)
    assert make.count(AuditEvent) == 0


def test_seeing_marks_new_ones_only_and_only_ones_own(
    session: Session, make: Make, match: Callable[..., Match]
) -> None:
    new, kept, theirs = match(), match(state=MatchState.SHORTLISTED), match()
    manager = make.user(new.organisation)
    kept.organisation = new.organisation
    matches.see(session, manager, [new, kept, theirs])
    assert [m.state for m in (new, kept, theirs)] == [
        MatchState.SEEN,
        MatchState.SHORTLISTED,
        MatchState.SUGGESTED,
    ]
