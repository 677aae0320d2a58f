"""Rows of a thread, as one of the two sides reads them: files, agreements, outcomes, and what this side can do with
each."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from models import Agreement, Outcome
from models.agreements import AgreementKind, AgreementState
from models.connections import ACTIONS, ConnectionAction
from models.outcomes import DisputeReason, OutcomeKind, OutcomeState
from models.threads import EndReason, StepKind
from models.types import DeclineReason, InterestState

A = ConnectionAction


class EntryKind(enum.StrEnum):
    """What a row of the thread is: a letter (asked, answered, message), or a step that was taken."""

    ASKED = "asked"
    REMINDED = "reminded"
    LATE = "late"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    MESSAGE = "message"
    STEP = "step"


@dataclass(frozen=True)
class FileRow:
    id: int
    name: str
    size: int


@dataclass(frozen=True)
class AgreementRow:
    """`steps` are those that managers of this side can take with it now."""

    id: int
    kind: AgreementKind
    agreed_on: date
    note: str | None
    ours: bool
    recorded_at: datetime
    object_by: datetime
    state: AgreementState
    objection: str | None
    settled_at: datetime | None
    files: tuple[FileRow, ...]
    steps: frozenset[ConnectionAction]


@dataclass(frozen=True)
class OutcomeRow:
    """`ours` when this side proposed it; `waiting` while a correction of it waits for an answer."""

    id: int
    kind: OutcomeKind
    happened_on: date
    value_vnd: int | None
    evidence: str
    ours: bool
    proposed_at: datetime
    confirm_by: datetime
    late: bool
    state: OutcomeState
    dispute_reason: DisputeReason | None
    dispute_note: str | None
    settled_at: datetime | None
    annuls: bool
    corrects_id: int | None
    correction_reason: str | None
    publish_ours: bool
    publish_theirs: bool
    files: tuple[FileRow, ...]
    waiting: bool
    steps: frozenset[ConnectionAction]

    @property
    def counted(self) -> bool:
        return self.state is OutcomeState.CONFIRMED and not self.annuls

    @property
    def annullable(self) -> bool:
        return self.counted and A.CORRECT in self.steps


@dataclass(frozen=True)
class Entry:
    """`ours` is None for what the clock did. `reason` is why it was declined or ended."""

    at: datetime
    kind: EntryKind
    ours: bool | None
    person: str | None = None
    text: str | None = None
    files: tuple[FileRow, ...] = ()
    step: StepKind | None = None
    reason: DeclineReason | EndReason | None = None
    agreement: AgreementRow | None = None
    outcome: OutcomeRow | None = None


def actions(state: InterestState) -> frozenset[ConnectionAction]:
    """The steps that a connection in this state allows."""
    return frozenset(action for action, states in ACTIONS.items() if state in states)


def agreement_row(
    agreement: Agreement, own_id: int, files: Iterable[FileRow], allowed: frozenset[A], now: datetime
) -> AgreementRow:
    a, ours = agreement, agreement.organisation_id == own_id
    open_ = a.state is AgreementState.RECORDED and a.object_by > now
    return AgreementRow(
        a.id,
        a.kind,
        a.agreed_on,
        a.note,
        ours,
        a.recorded_at,
        a.object_by,
        a.state,
        a.objection,
        a.settled_at,
        tuple(files),
        frozenset({A.TAKE_BACK if ours else A.OBJECT}) & allowed if open_ else frozenset(),
    )


def outcome_row(
    outcome: Outcome, own_id: int, files: Iterable[FileRow], waiting: bool, allowed: frozenset[A], now: datetime
) -> OutcomeRow:
    o, ours = outcome, outcome.organisation_id == own_id
    return OutcomeRow(
        o.id,
        o.kind,
        o.happened_on,
        o.value_vnd,
        o.evidence,
        ours,
        o.proposed_at,
        o.confirm_by,
        o.state is OutcomeState.PROPOSED and o.confirm_by <= now,
        o.state,
        o.dispute_reason,
        o.dispute_note,
        o.settled_at,
        o.annuls,
        o.corrects_id,
        o.correction_reason,
        o.publish_proposer if ours else o.publish_other,
        o.publish_other if ours else o.publish_proposer,
        tuple(files),
        waiting,
        _outcome_steps(o, ours, waiting) & allowed,
    )


def _outcome_steps(outcome: Outcome, ours: bool, waiting: bool) -> frozenset[A]:
    steps: set[A] = set()
    if outcome.state is OutcomeState.PROPOSED:
        steps |= {A.WITHDRAW} if ours else {A.CONFIRM, A.DISPUTE}
    elif outcome.state is OutcomeState.DISPUTED:
        steps |= {A.WITHDRAW} if ours else {A.CONFIRM}
    elif outcome.state is OutcomeState.CONFIRMED and not outcome.annuls:
        steps.add(A.PUBLISH)
    if outcome.state in (OutcomeState.CONFIRMED, OutcomeState.DISPUTED) and not outcome.annuls and not waiting:
        steps.add(A.CORRECT)
    return frozenset(steps)
