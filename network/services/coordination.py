"""Who coordinates, and what a coordinator decides about a profile: verify, take that back, suspend, reinstate."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Organisation, User
from models.audit import record
from models.errors import Conflict, Invalid, NotFound
from models.jobs import enqueue_embedding
from models.states import PROFILE, move
from models.types import PlatformRole, Provenance, SubjectKind
from models.types import ProfileState as P
from network.services import permits
from network.services.outbox import managers_of, names_of, post_to_organisation


def appoint(session: Session, email: str, *, now: datetime) -> User:
    """Makes the person with this account a coordinator; by whoever runs the site, not by a page. Raises NotFound."""
    person = session.scalar(sa.select(User).where(User.email == email.strip().lower(), User.active))
    if person is None:
        raise NotFound
    if not person.coordinates:
        person.role = PlatformRole.COORDINATOR
        record(session, None, "coordinator.appoint", person, now=now)
    return person


def verify(session: Session, actor: User, organisation: Organisation, *, now: datetime) -> Organisation:
    """The organisation exists and its people speak for it: they may read what is for verified members."""
    return _move(session, actor, organisation, (P.CLAIMED,), P.VERIFIED, "", now)


def unverify(session: Session, actor: User, organisation: Organisation, reason: str, *, now: datetime) -> Organisation:
    """Back to waiting for verification. Raises Invalid without a reason."""
    return _move(session, actor, organisation, (P.VERIFIED,), P.CLAIMED, _given(actor, reason), now)


def suspend(session: Session, actor: User, organisation: Organisation, reason: str, *, now: datetime) -> Organisation:
    """Hides the profile and all its entries. Raises Invalid without a reason."""
    shown = (P.UNCLAIMED, P.CLAIMED, P.VERIFIED)
    return _move(session, actor, organisation, shown, P.SUSPENDED, _given(actor, reason), now)


def reinstate(session: Session, actor: User, organisation: Organisation, *, now: datetime) -> Organisation:
    """Shows a suspended profile again; it waits for verification once more, or for somebody who claims it."""
    public = organisation.provenance is Provenance.PUBLIC_SOURCE and not managers_of(session, organisation.id)
    return _move(session, actor, organisation, (P.SUSPENDED,), P.UNCLAIMED if public else P.CLAIMED, "", now)


def _given(actor: User, reason: str) -> str:
    permits.coordinator(actor)
    if not reason.strip():
        raise Invalid("coordinator_reason_missing")
    return reason.strip()


def _move(
    session: Session,
    actor: User,
    organisation: Organisation,
    before: tuple[P, ...],
    state: P,
    reason: str,
    now: datetime,
) -> Organisation:
    """`before` are the states that the step is meant for: several steps lead to the same state."""
    permits.coordinator(actor)
    if organisation.state not in before:
        current = organisation.state.value
        raise Conflict("forbidden_transition", current=current, target=state.value, allowed=sorted(before))
    organisation.state = move(PROFILE, organisation.state, state)
    record(
        session,
        actor,
        f"profile.{state.value}",
        organisation,
        now=now,
        organisation_id=organisation.id,
        reason=reason or None,
    )
    enqueue_embedding(session, SubjectKind.ORGANISATION, organisation.id)
    names = names_of(organisation)
    post_to_organisation(session, organisation, "profile_state", name=names, state=state.value, reason=reason)
    return organisation
