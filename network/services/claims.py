"""'Is this your organisation?': a person asks to take an unclaimed profile over, and a coordinator decides."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Claim, Membership, Organisation, User
from models.audit import record
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.jobs import enqueue_embedding
from models.states import CLAIM, PROFILE, move
from models.types import ClaimState, MembershipRole, ProfileState, SubjectKind
from network.services import permits
from network.services.outbox import coordinators, names_of, post

REASON_LENGTH = 1000
SHORTEST_REASON = 20
MOST_OPEN = 5
"""Open claims of one person: nobody speaks for more organisations than a few."""


def send_claim(session: Session, actor: User, organisation: Organisation, reason: str, *, now: datetime) -> Claim:
    """Asks the coordinators. Raises Invalid for too short a reason, Conflict for a profile that is not to be had.

    Conflict is 'not_claimable', 'claim_open' for the same question once more, or 'too_many_claims'.
    """
    reason = reason.strip()[:REASON_LENGTH]
    if organisation.state is not ProfileState.UNCLAIMED:
        raise Conflict("not_claimable")
    if len(reason) < SHORTEST_REASON:
        raise Invalid("claim_reason_missing")
    waiting = sa.select(sa.func.count(Claim.id)).where(Claim.user_id == actor.id, Claim.state == ClaimState.OPEN)
    if (session.scalar(waiting) or 0) >= MOST_OPEN:
        raise Conflict("too_many_claims")
    claim = Claim(organisation=organisation, user=actor, reason=reason)
    try:  # the unique index decides: a form may be sent twice at the same moment
        with session.begin_nested():
            session.add(claim)
    except IntegrityError as error:
        raise Conflict("claim_open") from error
    record(session, actor, "claim.send", claim, now=now, organisation_id=organisation.id)
    told = [person for person in coordinators(session) if person.id != actor.id]
    post(session, told, "claim_waiting", person=actor.name, organisation=names_of(organisation), claim_id=claim.id)
    return claim


def withdraw_claim(session: Session, actor: User, claim: Claim, *, now: datetime) -> Claim:
    """The person takes the question back."""
    if claim.user_id != actor.id:
        raise NotPermitted
    return _decide(session, actor, claim, ClaimState.WITHDRAWN, None, now)


def accept_claim(session: Session, actor: User, claim: Claim, *, now: datetime) -> Claim:
    """The person manages the organisation, whose profile is claimed and waits for verification.

    Other open claims to it are settled as overtaken. Raises Conflict('not_claimable') when the profile is no longer
    unclaimed, NotPermitted for one's own claim.
    """
    _may_decide(actor, claim)
    organisation = claim.organisation
    move(CLAIM, claim.state, ClaimState.ACCEPTED)
    if organisation.state is not ProfileState.UNCLAIMED:
        raise Conflict("not_claimable")
    _decide(session, actor, claim, ClaimState.ACCEPTED, None, now)
    organisation.state = move(PROFILE, organisation.state, ProfileState.CLAIMED)
    membership = claim.user.membership_of(organisation.id)
    if membership is None:
        claim.user.memberships.append(Membership(organisation=organisation, role=MembershipRole.MANAGER))
    else:
        membership.role = MembershipRole.MANAGER
    record(session, actor, "profile.claimed", organisation, now=now, organisation_id=organisation.id)
    enqueue_embedding(session, SubjectKind.ORGANISATION, organisation.id)
    post(session, [claim.user], "claim_accepted", organisation=names_of(organisation), slug=organisation.slug)
    for other in open_claims(session, organisation.id):
        _decide(session, actor, other, ClaimState.OVERTAKEN, None, now)
        post(session, [other.user], "claim_overtaken", organisation=names_of(organisation))
    return claim


def refuse_claim(session: Session, actor: User, claim: Claim, answer: str, *, now: datetime) -> Claim:
    """The coordinator says no, with a reason that the person reads. Raises Invalid without one."""
    _may_decide(actor, claim)
    answer = answer.strip()[:REASON_LENGTH]
    if not answer:
        raise Invalid("claim_answer_missing")
    _decide(session, actor, claim, ClaimState.REFUSED, answer, now)
    organisation = claim.organisation
    names = names_of(organisation)
    post(session, [claim.user], "claim_refused", organisation=names, slug=organisation.slug, reason=answer)
    return claim


def find(session: Session, claim_id: int) -> Claim:
    claim = session.get(Claim, claim_id)
    if claim is None:
        raise NotFound
    return claim


def own_open(session: Session, actor: User, organisation: Organisation) -> Claim:
    """What this person has asked about this organisation. Raises NotFound when nothing waits."""
    claim = session.scalar(_open(organisation.id).where(Claim.user_id == actor.id))
    if claim is None:
        raise NotFound
    return claim


def open_claims(session: Session, organisation_id: int) -> list[Claim]:
    return list(session.scalars(_open(organisation_id).order_by(Claim.id)))


def _open(organisation_id: int) -> sa.Select[Claim]:
    return sa.select(Claim).where(Claim.organisation_id == organisation_id, Claim.state == ClaimState.OPEN)


def _may_decide(actor: User, claim: Claim) -> None:
    permits.coordinator(actor)
    if claim.user_id == actor.id:
        raise NotPermitted("own_claim")


def _decide(session: Session, actor: User, claim: Claim, state: ClaimState, answer: str | None, now: datetime) -> Claim:
    claim.state = move(CLAIM, claim.state, state)
    claim.answer, claim.decided_at, claim.decided_by_id = answer, now, actor.id
    organisation_id = claim.organisation_id
    record(session, actor, f"claim.{state.value}", claim, now=now, organisation_id=organisation_id, reason=answer)
    return claim
