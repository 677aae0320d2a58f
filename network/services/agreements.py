"""Agreements: one side records what was agreed and when, the other is told and may object in time.

Permissions: managers of either side record; managers of the other side object; the recording side may take it back.
"""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Agreement, ExpressionOfInterest, Organisation, User
from models.agreements import AgreementKind, AgreementState
from models.audit import record as audit
from models.connections import ConnectionAction
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.states import AGREEMENT, move
from models.threads import StepKind
from network.services import needs
from network.services.connections import TEXT_LENGTH, attach, begin, check_day, enter, follow, step, tell
from network.services.files import FileStore, Upload


def find(session: Session, interest: ExpressionOfInterest, agreement_id: int) -> Agreement:
    """The agreement, if it belongs to this connection. Raises NotFound otherwise."""
    agreement = session.get(Agreement, agreement_id)
    if agreement is None or agreement.interest_id != interest.id:
        raise NotFound
    return agreement


def record(
    session: Session,
    actor: User,
    organisation: Organisation,
    interest: ExpressionOfInterest,
    kind: AgreementKind | None,
    agreed_on: date | None,
    note: str = "",
    file: Upload | None = None,
    *,
    store: FileStore,
    now: datetime,
    object_days: int,
) -> Agreement:
    """Says that the two sides have agreed. It stands at once: the need is matched from then on.

    Raises Invalid without kind or day, or for a day before the request or in the future; Conflict for one that stands
    already.
    """
    other = enter(session, actor, organisation, interest, ConnectionAction.RECORD_AGREEMENT)
    if kind is None:
        raise Invalid("agreement_kind_missing")
    if agreed_on is None:
        raise Invalid("day_missing")
    check_day(interest, agreed_on, now)
    same = sa.select(Agreement.id).where(
        Agreement.interest_id == interest.id,
        Agreement.kind == kind,
        Agreement.agreed_on == agreed_on,
        Agreement.state == AgreementState.RECORDED,
    )
    if session.scalar(same.limit(1)) is not None:
        raise Conflict("agreement_recorded")
    begin(session, actor, organisation, interest, now)
    agreement = Agreement(
        interest_id=interest.id,
        organisation_id=organisation.id,
        kind=kind,
        agreed_on=agreed_on,
        note=note.strip()[:TEXT_LENGTH] or None,
        recorded_by=actor,
        recorded_at=now,
        object_by=now + timedelta(days=object_days),
    )
    session.add(agreement)
    _audit(session, actor, agreement, "record", organisation, now)
    attach(session, interest, [file] if file else [], store, agreement_id=agreement.id)
    step(session, interest, StepKind.AGREEMENT_RECORDED, actor, organisation, now, agreement_id=agreement.id)
    follow(session, interest)
    needs.follow_agreements(session, actor, interest.need, now=now, recorded=True)
    facts = {"kind": kind.value, "until": agreement.object_by.isoformat()}
    tell(session, interest, other, "agreement_recorded", by=organisation, **facts)
    return agreement


def object_to(
    session: Session, actor: User, organisation: Organisation, agreement: Agreement, reason: str, *, now: datetime
) -> Agreement:
    """The other side says that this was not agreed. Raises Invalid without a reason, Conflict when time has run out."""
    interest = agreement.interest
    other = enter(session, actor, organisation, interest, ConnectionAction.OBJECT)
    if agreement.organisation_id == organisation.id:
        raise NotPermitted("own_agreement")
    target = move(AGREEMENT, agreement.state, AgreementState.OBJECTED)
    if agreement.object_by <= now:
        raise Conflict("objection_too_late")
    if not reason.strip():
        raise Invalid("objection_missing")
    agreement.objection = reason.strip()[:TEXT_LENGTH]
    _settle(session, actor, organisation, agreement, target, StepKind.AGREEMENT_OBJECTED, now)
    tell(session, interest, other, "agreement_objected", by=organisation, kind=agreement.kind.value)
    return agreement


def take_back(
    session: Session, actor: User, organisation: Organisation, agreement: Agreement, *, now: datetime
) -> Agreement:
    """The side that recorded it had it wrong. Possible as long as the other side could still object."""
    interest = agreement.interest
    other = enter(session, actor, organisation, interest, ConnectionAction.TAKE_BACK)
    if agreement.organisation_id != organisation.id:
        raise NotPermitted("their_agreement")
    target = move(AGREEMENT, agreement.state, AgreementState.TAKEN_BACK)
    if agreement.object_by <= now:
        raise Conflict("take_back_too_late")
    _settle(session, actor, organisation, agreement, target, StepKind.AGREEMENT_TAKEN_BACK, now)
    tell(session, interest, other, "agreement_taken_back", by=organisation, kind=agreement.kind.value)
    return agreement


def _settle(
    session: Session,
    actor: User,
    organisation: Organisation,
    agreement: Agreement,
    state: AgreementState,
    kind: StepKind,
    now: datetime,
) -> None:
    agreement.state, agreement.settled_at, agreement.settled_by = state, now, actor
    step(session, agreement.interest, kind, actor, organisation, now, agreement_id=agreement.id)
    _audit(session, actor, agreement, state.value, organisation, now)
    follow(session, agreement.interest)
    needs.follow_agreements(session, actor, agreement.interest.need, now=now)


def _audit(
    session: Session, actor: User, agreement: Agreement, verb: str, organisation: Organisation, now: datetime
) -> None:
    audit(
        session,
        actor,
        f"agreement.{verb}",
        agreement,
        now=now,
        organisation_id=organisation.id,
        interest_id=agreement.interest_id,
        kind=agreement.kind.value,
    )
