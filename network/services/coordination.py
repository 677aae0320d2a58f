"""What a coordinator decides about a profile: verify it, take that back, suspend it, reinstate it."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import Organisation, User
from models.audit import record
from models.errors import Invalid
from models.jobs import enqueue_embedding
from models.states import PROFILE, move
from models.types import ProfileState, SubjectKind
from network.services import permits
from network.services.outbox import post_to_organisation


def verify(session: Session, actor: User, organisation: Organisation, *, now: datetime) -> Organisation:
    """The organisation exists and its people speak for it: they may read what is for verified members."""
    return _move(session, actor, organisation, ProfileState.VERIFIED, "", now)


def unverify(session: Session, actor: User, organisation: Organisation, reason: str, *, now: datetime) -> Organisation:
    """Back to waiting for verification. Raises Invalid without a reason."""
    return _move(session, actor, organisation, ProfileState.CLAIMED, _given(reason), now)


def suspend(session: Session, actor: User, organisation: Organisation, reason: str, *, now: datetime) -> Organisation:
    """Hides the profile and all its entries. Raises Invalid without a reason."""
    return _move(session, actor, organisation, ProfileState.SUSPENDED, _given(reason), now)


def reinstate(session: Session, actor: User, organisation: Organisation, *, now: datetime) -> Organisation:
    """Shows a suspended profile again; it waits for verification once more."""
    return _move(session, actor, organisation, ProfileState.CLAIMED, "", now)


def _given(reason: str) -> str:
    if not reason.strip():
        raise Invalid("coordinator_reason_missing")
    return reason.strip()


def _move(
    session: Session, actor: User, organisation: Organisation, state: ProfileState, reason: str, now: datetime
) -> Organisation:
    permits.coordinator(actor)
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
    names = {code: organisation.name.pick(code)[0] for code in ("vi", "en")}
    post_to_organisation(session, organisation, "profile_state", name=names, state=state.value, reason=reason)
    return organisation
