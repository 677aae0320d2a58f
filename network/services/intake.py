"""What all use cases of an intake share: whose call it is, which day it is, the lock on its places, impartiality."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Application, Call, Organisation, User
from models.applications import ApplicationState
from models.audit import record
from models.errors import NotFound, NotPermitted
from models.types import MembershipRole
from network.services.needs import HANOI
from network.services.outbox import in_both, names_of


def today(now: datetime) -> date:
    """The day it is in Hanoi."""
    return now.astimezone(HANOI).date()


def runner(call: Call) -> Organisation:
    """The centre that runs the call."""
    organisation = call.programme.organisation
    if organisation is None:
        raise NotFound
    return organisation


def find_call(session: Session, organisation: Organisation, call_id: int) -> Call:
    """The call, if this organisation runs its programme. Raises NotFound otherwise."""
    call = session.get(Call, call_id)
    if call is None or call.programme.organisation_id != organisation.id:
        raise NotFound
    return call


def find_received(session: Session, organisation: Organisation, application_id: int) -> Application:
    """An application sent to this organisation; a draft is its applicant's alone. Raises NotFound otherwise."""
    application = session.get(Application, application_id)
    if application is None or application.submitted_at is None:
        raise NotFound
    if application.call.programme.organisation_id != organisation.id:
        raise NotFound
    return application


def lock(session: Session, call: Call) -> None:
    """Until the transaction ends nobody else gives places or numbers of this call away. SQLite has locked all."""
    session.flush()
    session.execute(sa.select(Call.id).where(Call.id == call.id).with_for_update())


def count(session: Session, call: Call, *states: ApplicationState) -> int:
    """How many applications to the call are in one of these states."""
    found = sa.select(sa.func.count(Application.id)).where(
        Application.call_id == call.id, Application.state.in_(states)
    )
    return session.scalar(found) or 0


def staff_of(actor: User, organisation_id: int) -> None:
    """Raises NotPermitted for a stranger, and for somebody who only reviews for the centre."""
    membership = actor.membership_of(organisation_id)
    if membership is None or membership.role is MembershipRole.REVIEWER:
        raise NotPermitted


def impartial(actor: User, applications: Iterable[Application]) -> None:
    """Nobody decides on an application of their own organisation. Raises NotPermitted('own_application')."""
    if any(actor.membership_of(a.organisation_id) for a in applications):
        raise NotPermitted("own_application")


def record_call(session: Session, actor: User | None, action: str, call: Call, now: datetime, **data: object) -> None:
    record(session, actor, action, call, now=now, organisation_id=call.programme.organisation_id, **data)


def mail_facts(call: Call) -> dict[str, Any]:
    """What mails name of a call: it, its programme and its centre in both languages, and its days."""
    centre = runner(call)
    return {
        "call_id": call.id,
        "call": in_both(call.name),
        "programme": in_both(call.programme.name),
        "centre": {**names_of(centre), "slug": centre.slug},
        "closes_on": call.closes_on.isoformat(),
        "decide_by": call.decide_by.isoformat(),
    }
