"""What of programmes and applications waits for an organisation: for the first page of its workspace."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from models import Membership, Organisation
from models.applications import ApplicationState
from models.types import MembershipRole, OrganisationKind
from network.queries.applications import OPEN_STATES, ApplicationRow, own_applications
from network.queries.calls import CallPhase
from network.queries.own_programmes import OwnCall, own_programmes
from network.queries.reviews import waiting_for
from network.services.applications import APPLYING

MOST = 5


@dataclass(frozen=True)
class IntakeWaiting:
    """`calls` are open or being read, for managers of a centre; `reviews` are still to be written by this person."""

    applications: tuple[ApplicationRow, ...] = ()
    calls: tuple[OwnCall, ...] = ()
    reviews: int = 0


def intake_waiting(
    session: Session, organisation: Organisation, membership: Membership, *, today: date
) -> IntakeWaiting:
    """At most four statements."""
    if organisation.kind in APPLYING:
        return IntakeWaiting(applications=_under_way(own_applications(session, organisation.id, today=today)))
    if organisation.kind is not OrganisationKind.CENTRE:
        return IntakeWaiting()
    if membership.role is not MembershipRole.MANAGER:
        return IntakeWaiting(reviews=waiting_for(session, membership.user, organisation.id))
    programmes = own_programmes(session, organisation.id, today=today)
    phases = (CallPhase.REVIEW, CallPhase.OPEN)
    calls = [call for programme in programmes for call in programme.calls if call.card.phase in phases]
    calls.sort(key=lambda call: (phases.index(call.card.phase), call.card.decide_by))
    return IntakeWaiting(calls=tuple(calls[:MOST]))


def _under_way(rows: tuple[ApplicationRow, ...]) -> tuple[ApplicationRow, ...]:
    """Drafts only while their call is open."""
    return tuple(
        row
        for row in rows
        if row.state in OPEN_STATES and (row.state is not ApplicationState.DRAFT or row.call.phase is CallPhase.OPEN)
    )[:MOST]
