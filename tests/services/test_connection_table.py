"""The whole table of a connection: every state, every step, everybody who might try it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, ConnectionStep, OutboxMail, User
from models.agreements import AgreementKind
from models.connections import ConnectionAction as A
from models.errors import Conflict, DomainError, NotFound, NotPermitted
from models.outcomes import DisputeReason, OutcomeKind, OutcomeState
from models.threads import EndReason
from models.types import DeclineReason, MembershipRole
from models.types import InterestState as I
from network.services import agreements, connections, outcomes
from network.services.files import FileStore
from network.services.outcomes import OutcomeValues
from tests.factories import Make

OURS, THEIRS = "manager of the side that said it", "manager of the other side"
SPEAK = {OURS, THEIRS, "member of the side that said it", "member of the other side"}
ROLES = (*sorted(SPEAK), "reviewer", "manager of a third", "coordinator")
TALKS = {I.ACCEPTED, I.IN_DISCUSSION, I.AGREED, I.OUTCOME_PROPOSED, I.DISPUTED, I.CONFIRMED}

TABLE: dict[A, tuple[set[str], dict[I, I]]] = {
    A.START: (SPEAK, {I.ACCEPTED: I.IN_DISCUSSION}),
    A.WRITE: (SPEAK, {state: I.IN_DISCUSSION if state is I.ACCEPTED else state for state in TALKS}),
    A.RECORD_AGREEMENT: (
        {OURS, THEIRS},
        {state: I.AGREED if state in (I.ACCEPTED, I.IN_DISCUSSION) else state for state in TALKS},
    ),
    A.OBJECT: ({THEIRS}, {I.AGREED: I.IN_DISCUSSION, I.OUTCOME_PROPOSED: I.OUTCOME_PROPOSED, I.DISPUTED: I.DISPUTED}),
    A.TAKE_BACK: ({OURS}, {I.AGREED: I.IN_DISCUSSION}),
    A.PROPOSE: (
        {OURS, THEIRS},
        {
            I.AGREED: I.OUTCOME_PROPOSED,
            I.OUTCOME_PROPOSED: I.OUTCOME_PROPOSED,
            I.DISPUTED: I.OUTCOME_PROPOSED,
            I.CONFIRMED: I.CONFIRMED,
        },
    ),
    A.CONFIRM: ({THEIRS}, dict.fromkeys((I.OUTCOME_PROPOSED, I.DISPUTED, I.CONFIRMED), I.CONFIRMED)),
    A.DISPUTE: ({THEIRS}, {I.OUTCOME_PROPOSED: I.DISPUTED, I.CONFIRMED: I.CONFIRMED}),
    A.WITHDRAW: ({OURS}, {I.OUTCOME_PROPOSED: I.AGREED, I.DISPUTED: I.AGREED, I.CONFIRMED: I.CONFIRMED}),
    A.CORRECT: (
        {OURS, THEIRS},
        {I.OUTCOME_PROPOSED: I.OUTCOME_PROPOSED, I.DISPUTED: I.OUTCOME_PROPOSED, I.CONFIRMED: I.CONFIRMED},
    ),
    A.PUBLISH: ({OURS, THEIRS}, {I.CONFIRMED: I.CONFIRMED}),
    A.END: ({OURS, THEIRS}, dict.fromkeys((I.ACCEPTED, I.IN_DISCUSSION, I.AGREED, I.DISPUTED), I.ENDED)),
}
"""Who may take a step, and where it leads from which state. What is not here is refused."""


@dataclass
class Case:
    """A connection in one state, with an agreement and an outcome that the startup has spoken of."""

    make: Make
    interest: Any
    startup: Any
    institute: Any
    agreement: Any
    outcome: Any

    def person(self, role: str) -> tuple[User, Any]:
        """Somebody with this role, and the organisation for which the step is tried."""
        if role == "coordinator":
            return self.make.coordinator(), self.institute
        if role == "manager of a third":
            third = self.make.organisation()
            return self.make.user(third), third
        side = self.startup if role.endswith("that said it") else self.institute
        word = role.split()[0]
        return self.make.user(side, membership=MembershipRole(word)), side


def case(make: Make, state: I, action: A) -> Case:
    startup, institute = make.organisation(), make.organisation(kind="institute")
    sent = {"sent_at": None, "reply_by": None} if state is I.DRAFT else {}
    declined = {"decline_reason": DeclineReason.TERMS} if state is I.DECLINED else {}
    interest = make.connection(make.need(startup), institute, state, **sent, **declined)
    agreed = None if state in (I.ACCEPTED, I.IN_DISCUSSION) else make.agreement(interest, startup)
    agreement = agreed or make.agreement(interest, startup, state="taken_back", settled_at=interest.sent_at)
    outcome = None
    if state not in (I.ACCEPTED, I.IN_DISCUSSION, I.AGREED):
        if state is I.CONFIRMED:
            counted = make.outcome(interest, startup, state=OutcomeState.CONFIRMED)
            outcome = counted if action in (A.CORRECT, A.PUBLISH) else None
        if state is I.DISPUTED or (action is A.CORRECT and outcome is None):
            outcome = make.outcome(interest, startup, state=OutcomeState.DISPUTED, kind=OutcomeKind.CONTRACT)
        if outcome is None or state is I.OUTCOME_PROPOSED:
            waiting = make.outcome(interest, startup, kind=OutcomeKind.LICENCE)
            outcome = outcome or waiting
    outcome = outcome or make.outcome(interest, startup, state=OutcomeState.WITHDRAWN)
    make.session.flush()
    return Case(make, interest, startup, institute, agreement, outcome)


def tried(session: Session, case: Case, action: A, role: str, now: datetime, store: FileStore) -> Callable[[], Any]:
    actor, side = case.person(role)
    by: tuple[Any, ...] = (session, actor, side)
    values = OutcomeValues(OutcomeKind.HIRE, date(2026, 11, 20), "A contract of employment.")
    kept = {"store": store, "now": now}
    steps: dict[A, Callable[[], Any]] = {
        A.START: lambda: connections.start(*by, case.interest, now=now),
        A.WRITE: lambda: connections.write_message(*by, case.interest, "Hello", **kept),
        A.RECORD_AGREEMENT: lambda: agreements.record(
            *by, case.interest, AgreementKind.NDA, date(2026, 11, 20), object_days=14, **kept
        ),
        A.OBJECT: lambda: agreements.object_to(*by, case.agreement, "We did not sign it.", now=now),
        A.TAKE_BACK: lambda: agreements.take_back(*by, case.agreement, now=now),
        A.PROPOSE: lambda: outcomes.propose(*by, case.interest, values, publish=False, confirm_days=14, **kept),
        A.CONFIRM: lambda: outcomes.confirm(*by, case.outcome, publish=False, now=now),
        A.DISPUTE: lambda: outcomes.dispute(*by, case.outcome, DisputeReason.OTHER_DATE, now=now),
        A.WITHDRAW: lambda: outcomes.withdraw(*by, case.outcome, now=now),
        A.CORRECT: lambda: outcomes.correct(
            *by, case.outcome, values, "It was a person.", publish=False, confirm_days=14, **kept
        ),
        A.PUBLISH: lambda: outcomes.set_publication(*by, case.outcome, True, now=now),
        A.END: lambda: connections.end_without_result(*by, case.interest, EndReason.TERMS, "", now=now),
    }
    return steps[action]


def trace(session: Session) -> list[int]:
    session.flush()
    return [
        session.scalar(sa.select(sa.func.count()).select_from(e)) or 0 for e in (AuditEvent, ConnectionStep, OutboxMail)
    ]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", list(A))
@pytest.mark.parametrize("state", list(I))
def test_every_step_in_every_state_by_everybody(
    session: Session, make: Make, now: datetime, tmp_path: Path, state: I, action: A, role: str
) -> None:
    found = case(make, state, action)
    for side in (found.startup, found.institute):
        make.user(side)
    step = tried(session, found, action, role, now, FileStore(tmp_path))
    before = trace(session)
    roles, ways = TABLE[action]
    if role in roles and state in ways:
        step()
        session.flush()
        assert found.interest.state is ways[state]
        after = trace(session)
        assert after[0] > before[0]
        assert (after[1] > before[1]) is (action not in (A.PUBLISH, A.WRITE) or state is I.ACCEPTED)
        assert after[2] > before[2]
        return
    refusals: tuple[type[DomainError], ...] = (Conflict,)
    if role == "manager of a third" or state is I.DRAFT:
        refusals = (NotFound,)
    elif role not in roles:
        refusals = (NotPermitted, Conflict) if role in (OURS, THEIRS) else (NotPermitted,)
    with pytest.raises(refusals):
        step()
    assert (found.interest.state, trace(session)) == (state, before)
