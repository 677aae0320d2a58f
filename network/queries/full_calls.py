"""For coordinators: calls that are full with somebody waiting, and decisions that are later than promised.

Who waits is named; nothing of what an application says is shown.
"""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import Application, Call
from models.applications import ApplicationState
from models.calls import CallState
from models.errors import NotFound
from network.queries.applications import waiting_places
from network.queries.calls import LOADED, CallCard, call_card
from network.queries.cards import OrganisationRef, organisation_ref


@dataclass(frozen=True)
class WaitingRow:
    application_id: int
    organisation: OrganisationRef
    place: int


@dataclass(frozen=True)
class FullCall:
    call: CallCard
    accepted: int
    waiting: tuple[WaitingRow, ...]

    @property
    def full(self) -> bool:
        return self.accepted >= self.call.capacity


def full_calls(session: Session, *, today: date, application_id: int | None = None) -> tuple[FullCall, ...]:
    """Decided calls with a waiting list. Four statements."""
    waits = (
        sa.select(Application)
        .join(Application.call)
        .where(Call.state == CallState.DECIDED, Application.state == ApplicationState.WAITLISTED)
        .options(joinedload(Application.organisation), joinedload(Application.call).options(*LOADED))
        .order_by(Application.waitlist_rank, Application.id)
    )
    if application_id is not None:
        waits = waits.where(Application.id == application_id)
    waiting = session.scalars(waits).all()
    calls = {a.call_id: a.call for a in waiting}
    places = waiting_places(session, list(calls))
    accepted = dict(
        session.execute(
            sa.select(Application.call_id, sa.func.count(Application.id))
            .where(Application.call_id.in_(calls), Application.state == ApplicationState.ACCEPTED)
            .group_by(Application.call_id)
        ).all()
    )
    return tuple(
        FullCall(
            call_card(call, today),
            accepted.get(call_id, 0),
            tuple(
                WaitingRow(a.id, organisation_ref(a.organisation), places[a.id])
                for a in waiting
                if a.call_id == call_id
            ),
        )
        for call_id, call in sorted(calls.items(), key=lambda item: (item[1].decide_by, item[0]))
    )


def full_call_of(session: Session, application_id: int, *, today: date) -> tuple[FullCall, WaitingRow]:
    """The call of one who waits. Raises NotFound for one that does not."""
    found = full_calls(session, today=today, application_id=application_id)
    if not found:
        raise NotFound
    return found[0], found[0].waiting[0]


def late_decisions(session: Session, *, today: date) -> tuple[CallCard, ...]:
    """Calls whose decision was promised for a day that has passed, the latest first. One statement."""
    found = sa.select(Call).where(Call.state == CallState.PUBLISHED, Call.decide_by < today).options(*LOADED)
    return tuple(call_card(call, today) for call in session.scalars(found.order_by(Call.decide_by, Call.id)))
