"""Outcomes: one side says what came of a connection, the other confirms or disputes it by a deadline.

Permissions: managers of either side propose, correct and publish; managers of the other side confirm and dispute; the
proposing side withdraws. What is counted, and why a correction is a row of its own: models.outcomes and ADR 13.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ExpressionOfInterest, Organisation, Outcome, User
from models.audit import record
from models.connections import ConnectionAction
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.outcomes import DisputeReason, OutcomeKind, OutcomeState
from models.states import OUTCOME, move
from models.threads import StepKind
from network.services.connections import TEXT_LENGTH, attach, check_day, enter, follow, step, tell
from network.services.files import FileStore, Upload

CORRECTABLE = (OutcomeState.CONFIRMED, OutcomeState.DISPUTED)


@dataclass(frozen=True)
class OutcomeValues:
    """What is said to have come of a connection. `value_vnd` in dong, if it has a value."""

    kind: OutcomeKind | None
    happened_on: date | None
    evidence: str
    value_vnd: int | None = None
    file: Upload | None = None


def find(session: Session, interest: ExpressionOfInterest, outcome_id: int) -> Outcome:
    """The outcome, if it belongs to this connection. Raises NotFound otherwise."""
    outcome = session.get(Outcome, outcome_id)
    if outcome is None or outcome.interest_id != interest.id:
        raise NotFound
    return outcome


def propose(
    session: Session,
    actor: User,
    organisation: Organisation,
    interest: ExpressionOfInterest,
    values: OutcomeValues,
    *,
    publish: bool,
    store: FileStore,
    now: datetime,
    confirm_days: int,
) -> Outcome:
    """Raises Invalid for values that could not be checked, Conflict for one that was proposed or confirmed already."""
    other = enter(session, actor, organisation, interest, ConnectionAction.PROPOSE)
    _check(interest, values, now)
    same = sa.select(Outcome.id).where(
        Outcome.interest_id == interest.id,
        Outcome.kind == values.kind,
        Outcome.happened_on == values.happened_on,
        Outcome.state.in_((OutcomeState.PROPOSED, OutcomeState.CONFIRMED)),
    )
    if session.scalar(same.limit(1)) is not None:
        raise Conflict("outcome_proposed")
    outcome = Outcome(interest=interest, kind=values.kind, happened_on=values.happened_on)
    return _propose(session, actor, organisation, other, outcome, values, publish, store, now, confirm_days)


def correct(
    session: Session,
    actor: User,
    organisation: Organisation,
    outcome: Outcome,
    values: OutcomeValues | None,
    reason: str,
    *,
    publish: bool,
    store: FileStore,
    now: datetime,
    confirm_days: int,
) -> Outcome:
    """A new outcome in the place of one that was confirmed or disputed; without `values` it says that there was none.

    Nothing changes before the other side has confirmed it. Raises Invalid without a reason or for values that could not
    be checked, Conflict while another correction of the same outcome waits.
    """
    interest = outcome.interest
    other = enter(session, actor, organisation, interest, ConnectionAction.CORRECT)
    if outcome.state not in CORRECTABLE or outcome.annuls or (values is None and outcome.state is not CORRECTABLE[0]):
        raise Conflict("not_correctable", current=outcome.state.value)
    if not reason.strip():
        raise Invalid("correction_reason_missing")
    waiting = sa.select(Outcome.id).where(Outcome.corrects_id == outcome.id, Outcome.state == OutcomeState.PROPOSED)
    if session.scalar(waiting.limit(1)) is not None:
        raise Conflict("correction_waits")
    annuls = values is None
    if values is None:
        values = OutcomeValues(outcome.kind, outcome.happened_on, outcome.evidence, outcome.value_vnd)
    else:
        _check(interest, values, now)
    correction = Outcome(
        interest=interest,
        kind=values.kind,
        happened_on=values.happened_on,
        corrects=outcome,
        annuls=annuls,
        correction_reason=reason.strip()[:TEXT_LENGTH],
    )
    publish = publish and not annuls
    return _propose(session, actor, organisation, other, correction, values, publish, store, now, confirm_days)


def confirm(
    session: Session, actor: User, organisation: Organisation, outcome: Outcome, *, publish: bool, now: datetime
) -> Outcome:
    """The other side says: so it was. From now on it counts, and what it corrects does not."""
    other = _answering(session, actor, organisation, outcome, ConnectionAction.CONFIRM)
    outcome.publish_other = publish and not outcome.annuls
    _settle(session, actor, organisation, outcome, OutcomeState.CONFIRMED, StepKind.OUTCOME_CONFIRMED, now)
    old = outcome.corrects
    if old is not None and old.state in CORRECTABLE:
        old.state = move(OUTCOME, old.state, OutcomeState.CORRECTED)
    follow(session, outcome.interest)
    tell(session, outcome.interest, other, "outcome_confirmed", by=organisation, kind=outcome.kind.value)
    return outcome


def dispute(
    session: Session,
    actor: User,
    organisation: Organisation,
    outcome: Outcome,
    reason: DisputeReason | None,
    note: str = "",
    *,
    now: datetime,
) -> Outcome:
    """The other side says that it was not so. Raises Invalid without a reason."""
    other = _answering(session, actor, organisation, outcome, ConnectionAction.DISPUTE)
    move(OUTCOME, outcome.state, OutcomeState.DISPUTED)
    if reason is None:
        raise Invalid("dispute_reason_missing")
    outcome.dispute_reason, outcome.dispute_note = reason, note.strip()[:TEXT_LENGTH] or None
    _settle(session, actor, organisation, outcome, OutcomeState.DISPUTED, StepKind.OUTCOME_DISPUTED, now)
    follow(session, outcome.interest)
    facts = {"kind": outcome.kind.value, "reason": reason.value}
    tell(session, outcome.interest, other, "outcome_disputed", by=organisation, **facts)
    return outcome


def withdraw(session: Session, actor: User, organisation: Organisation, outcome: Outcome, *, now: datetime) -> Outcome:
    """The proposing side takes back what the other has not confirmed."""
    other = enter(session, actor, organisation, outcome.interest, ConnectionAction.WITHDRAW)
    if outcome.organisation_id != organisation.id:
        raise NotPermitted("their_outcome")
    _settle(session, actor, organisation, outcome, OutcomeState.WITHDRAWN, StepKind.OUTCOME_WITHDRAWN, now)
    follow(session, outcome.interest)
    tell(session, outcome.interest, other, "outcome_withdrawn", by=organisation, kind=outcome.kind.value)
    return outcome


def set_publication(
    session: Session, actor: User, organisation: Organisation, outcome: Outcome, publish: bool, *, now: datetime
) -> Outcome:
    """Whether this side agrees that the confirmed outcome stands on both profiles. Each side may change its mind."""
    other = enter(session, actor, organisation, outcome.interest, ConnectionAction.PUBLISH)
    if outcome.state is not OutcomeState.CONFIRMED or outcome.annuls:
        raise Conflict("not_publishable", current=outcome.state.value)
    before = outcome.published
    if outcome.organisation_id == organisation.id:
        outcome.publish_proposer = publish
    else:
        outcome.publish_other = publish
    audit(session, actor, organisation, outcome, "publish" if publish else "unpublish", now)
    if outcome.published != before or publish:
        facts = {"kind": outcome.kind.value, "publish": publish, "shown": outcome.published}
        tell(session, outcome.interest, other, "outcome_publication", by=organisation, **facts)
    return outcome


def _check(interest: ExpressionOfInterest, values: OutcomeValues, now: datetime) -> None:
    if values.kind is None:
        raise Invalid("outcome_kind_missing")
    if values.happened_on is None:
        raise Invalid("day_missing")
    check_day(interest, values.happened_on, now)
    if not values.evidence.strip():
        raise Invalid("evidence_missing")
    if values.value_vnd is not None and values.value_vnd < 0:
        raise Invalid("value_below_zero")


def _propose(
    session: Session,
    actor: User,
    organisation: Organisation,
    other: Organisation,
    outcome: Outcome,
    values: OutcomeValues,
    publish: bool,
    store: FileStore,
    now: datetime,
    confirm_days: int,
) -> Outcome:
    outcome.evidence, outcome.value_vnd = values.evidence.strip()[:TEXT_LENGTH], values.value_vnd
    outcome.organisation_id, outcome.proposed_by, outcome.proposed_at = organisation.id, actor, now
    outcome.confirm_by, outcome.publish_proposer = now + timedelta(days=confirm_days), publish
    outcome.state = OutcomeState.PROPOSED
    session.add(outcome)
    audit(session, actor, organisation, outcome, "propose" if outcome.corrects is None else "correct", now)
    attach(session, outcome.interest, [values.file] if values.file else [], store, outcome_id=outcome.id)
    step(session, outcome.interest, StepKind.OUTCOME_PROPOSED, actor, organisation, now, outcome_id=outcome.id)
    follow(session, outcome.interest)
    facts = {"kind": outcome.kind.value, "until": outcome.confirm_by.isoformat()}
    template = "outcome_proposed" if outcome.corrects is None else "outcome_correction"
    tell(session, outcome.interest, other, template, by=organisation, annuls=outcome.annuls, **facts)
    return outcome


def _answering(
    session: Session, actor: User, organisation: Organisation, outcome: Outcome, action: ConnectionAction
) -> Organisation:
    """The proposing side, if the actor answers for the other one."""
    other = enter(session, actor, organisation, outcome.interest, action)
    session.refresh(outcome, attribute_names=["state"])
    if outcome.organisation_id == organisation.id:
        raise NotPermitted("own_outcome")
    return other


def _settle(
    session: Session,
    actor: User,
    organisation: Organisation,
    outcome: Outcome,
    state: OutcomeState,
    kind: StepKind,
    now: datetime,
) -> None:
    outcome.state = move(OUTCOME, outcome.state, state)
    outcome.settled_at, outcome.settled_by = now, actor
    step(session, outcome.interest, kind, actor, organisation, now, outcome_id=outcome.id)
    verb = {OutcomeState.CONFIRMED: "confirm", OutcomeState.DISPUTED: "dispute", OutcomeState.WITHDRAWN: "withdraw"}
    audit(session, actor, organisation, outcome, verb[state], now)


def audit(
    session: Session, actor: User | None, organisation: Organisation, outcome: Outcome, verb: str, now: datetime
) -> None:
    record(
        session,
        actor,
        f"outcome.{verb}",
        outcome,
        now=now,
        organisation_id=organisation.id,
        interest_id=outcome.interest.id,
        kind=outcome.kind.value,
        reason=outcome.dispute_reason.value if outcome.dispute_reason and verb == "dispute" else None,
    )
