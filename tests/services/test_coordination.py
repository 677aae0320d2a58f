"""What a coordinator decides about a profile, and that each step starts only from the states it is meant for."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, Job, Organisation, OutboxMail, User
from models.errors import Conflict, Invalid, NotPermitted
from models.types import PlatformRole, ProfileState, Provenance
from network.services import coordination
from tests.factories import Make

U, C, V, S = ProfileState.UNCLAIMED, ProfileState.CLAIMED, ProfileState.VERIFIED, ProfileState.SUSPENDED

Step = Callable[[Session, User, Organisation, datetime], Organisation]
STEPS: dict[str, tuple[Step, dict[ProfileState, ProfileState]]] = {
    "verify": (lambda s, a, o, now: coordination.verify(s, a, o, now=now), {C: V}),
    "unverify": (lambda s, a, o, now: coordination.unverify(s, a, o, " Moved. ", now=now), {V: C}),
    "suspend": (lambda s, a, o, now: coordination.suspend(s, a, o, "Complaint.", now=now), {U: S, C: S, V: S}),
    "reinstate": (lambda s, a, o, now: coordination.reinstate(s, a, o, now=now), {S: C}),
}


@pytest.mark.parametrize("state", list(ProfileState))
@pytest.mark.parametrize("step", STEPS)
def test_every_step_in_every_state(session: Session, make: Make, now: datetime, state: ProfileState, step: str) -> None:
    organisation = make.organisation("Lab", "centre", state=state)
    manager, coordinator = make.user(organisation), make.coordinator()
    act, allowed = STEPS[step]
    if state not in allowed:
        with pytest.raises(Conflict, match="forbidden_transition"):
            act(session, coordinator, organisation, now)
        assert organisation.state is state
        assert (make.count(AuditEvent), make.count(OutboxMail)) == (0, 0)
        return
    act(session, coordinator, organisation, now)
    assert organisation.state is allowed[state]
    event = session.scalars(sa.select(AuditEvent)).one()
    assert (event.action, event.actor_id) == (f"profile.{allowed[state].value}", coordinator.id)
    assert event.data["reason"] == {"unverify": "Moved.", "suspend": "Complaint."}.get(step)
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert (mail.to, mail.template, mail.context["name"]["en"]) == (manager.email, "profile_state", "Lab")
    assert session.scalars(sa.select(Job.key)).all()[-1] == f"organisation:{organisation.id}"


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("role", ["manager", "stranger"])
def test_only_coordinators_decide(session: Session, make: Make, now: datetime, step: str, role: str) -> None:
    organisation = make.organisation(state=C if step == "verify" else S if step == "reinstate" else V)
    actor = make.user(organisation if role == "manager" else make.organisation())
    with pytest.raises(NotPermitted):
        STEPS[step][0](session, actor, organisation, now)
    with pytest.raises(NotPermitted):
        coordination.suspend(session, actor, organisation, "", now=now)


def test_an_administrator_may_as_well(session: Session, make: Make, now: datetime) -> None:
    administrator = make.user(role=PlatformRole.ADMINISTRATOR)
    organisation = make.organisation(state=C)
    assert coordination.verify(session, administrator, organisation, now=now).state is V


@pytest.mark.parametrize("act", [coordination.unverify, coordination.suspend])
def test_taking_something_away_needs_a_reason(session: Session, make: Make, now: datetime, act: Any) -> None:
    organisation = make.organisation()
    with pytest.raises(Invalid, match="coordinator_reason_missing"):
        act(session, make.coordinator(), organisation, " \n", now=now)
    assert organisation.state is V


def test_a_profile_that_nobody_manages_is_unclaimed_again_when_it_is_shown_again(
    session: Session, make: Make, now: datetime
) -> None:
    public = make.organisation(state=S, provenance=Provenance.PUBLIC_SOURCE)
    managed = make.organisation(state=S, provenance=Provenance.PUBLIC_SOURCE)
    make.user(managed)
    coordinator = make.coordinator()
    assert coordination.reinstate(session, coordinator, public, now=now).state is U
    assert coordination.reinstate(session, coordinator, managed, now=now).state is C
