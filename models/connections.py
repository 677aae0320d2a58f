"""What the two sides of a connection can do, in which of its states, and where its agreements and outcomes have led it.

A connection is an expression of interest that was accepted. Its state is never set by hand: it follows from what
stands between the two sides (`standing`). Which outcome or agreement a step is about is checked by tables of their own
(models.states.AGREEMENT and OUTCOME).
"""

import enum
from collections.abc import Iterable, Mapping

from models.agreements import Agreement, AgreementState
from models.errors import Conflict
from models.outcomes import Outcome, OutcomeState
from models.types import InterestState as I
from models.types import MembershipRole


class ConnectionAction(enum.StrEnum):
    START = "start"
    WRITE = "write"
    RECORD_AGREEMENT = "record_agreement"
    OBJECT = "object"
    TAKE_BACK = "take_back"
    PROPOSE = "propose"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    WITHDRAW = "withdraw"
    CORRECT = "correct"
    PUBLISH = "publish"
    END = "end"


A = ConnectionAction
OPEN = frozenset({I.ACCEPTED, I.IN_DISCUSSION, I.AGREED, I.OUTCOME_PROPOSED, I.DISPUTED, I.CONFIRMED})
"""States in which the two sides read and write in the thread."""
WITH_OUTCOME = frozenset({I.OUTCOME_PROPOSED, I.DISPUTED, I.CONFIRMED})

ACTIONS: Mapping[A, frozenset[I]] = {
    A.START: frozenset({I.ACCEPTED}),
    A.WRITE: OPEN,
    A.RECORD_AGREEMENT: OPEN,
    A.OBJECT: frozenset({I.AGREED, I.OUTCOME_PROPOSED, I.DISPUTED}),
    A.TAKE_BACK: frozenset({I.AGREED}),
    A.PROPOSE: WITH_OUTCOME | {I.AGREED},
    A.CONFIRM: WITH_OUTCOME,
    A.DISPUTE: WITH_OUTCOME - {I.DISPUTED},
    A.WITHDRAW: WITH_OUTCOME,
    A.CORRECT: WITH_OUTCOME,
    A.PUBLISH: frozenset({I.CONFIRMED}),
    A.END: frozenset({I.ACCEPTED, I.IN_DISCUSSION, I.AGREED, I.DISPUTED}),
}
"""Everything else is refused. What waits for the other side is settled before a connection ends without result."""

SPEAKERS = frozenset({MembershipRole.MEMBER, MembershipRole.MANAGER})
"""Who writes in the thread. Every other step is for managers; reviewers do neither."""


def may_take(action: A, role: MembershipRole) -> bool:
    return role in SPEAKERS if action in (A.START, A.WRITE) else role is MembershipRole.MANAGER


def check(action: A, state: I) -> None:
    """Raises Conflict with the states that would allow the step."""
    if state not in ACTIONS[action]:
        allowed = sorted(s.value for s in ACTIONS[action])
        raise Conflict("forbidden_transition", current=state.value, target=action.value, allowed=allowed)


def standing(agreements: Iterable[Agreement], outcomes: Iterable[Outcome]) -> I:
    """Where a connection stands that has begun and not ended: at the furthest thing that both sides hold to be true,
    or at what is about to become so."""
    found = tuple(outcomes)
    states = {outcome.state for outcome in found}
    if any(outcome.state is OutcomeState.CONFIRMED and not outcome.annuls for outcome in found):
        return I.CONFIRMED
    if OutcomeState.PROPOSED in states:
        return I.OUTCOME_PROPOSED
    if OutcomeState.DISPUTED in states:
        return I.DISPUTED
    if any(agreement.state is AgreementState.RECORDED for agreement in agreements):
        return I.AGREED
    return I.IN_DISCUSSION
