"""Invitations to an organisation: sent by its managers (or a coordinator), accepted by the person who got the mail.

The secret of an invitation leaves only by mail: its hash is kept, and the outbox forgets it once the mail has gone.
Whoever accepts must hold the secret and be signed in with the invited address.
"""

import hashlib
import hmac
import secrets
from collections import Counter
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Invitation, Membership, Organisation, OutboxMail, User
from models.audit import record
from models.errors import Conflict, Invalid, NotFound
from models.jobs import enqueue_embedding
from models.states import INVITATION, PROFILE, move
from models.texts import LANGUAGES
from models.types import InvitationState, MembershipRole, OrganisationKind, ProfileState, SubjectKind
from network.services import permits
from network.services.accounts import normal_email, sign_up
from network.services.needs import HANOI
from network.services.outbox import managers_of, names_of, post

VALID_DAYS = 14
KEPT = timedelta(days=30)
"""How long an invitation is kept after its link has expired, where the person has no account."""
ROLES = (MembershipRole.MEMBER, MembershipRole.MANAGER)
REVIEWING = (OrganisationKind.CENTRE,)
SETTLED = {
    InvitationState.ACCEPTED: "invitation_accepted",
    InvitationState.DECLINED: "invitation_declined",
    InvitationState.REVOKED: "invitation_revoked",
}


def roles_of(organisation: Organisation) -> tuple[MembershipRole, ...]:
    """The roles its managers can give: a centre also has people who only review applications."""
    return (*ROLES, MembershipRole.REVIEWER) if organisation.kind in REVIEWING else ROLES


def invite(
    session: Session,
    actor: User,
    organisation: Organisation,
    *,
    name: str,
    email: str,
    role: MembershipRole,
    language: str,
    now: datetime,
) -> Invitation:
    """A mail with a link that is valid for VALID_DAYS days.

    A coordinator may invite where nobody manages the organisation. Raises Invalid for a missing name or address,
    Conflict('already_member') and Conflict('already_invited').
    """
    _may_invite(session, actor, organisation)
    permits.not_suspended(organisation)
    name, email = " ".join(name.split()), normal_email(email)
    if not name or "@" not in email:
        raise Invalid("invited_name_missing" if not name else "email_missing")
    if role not in roles_of(organisation):
        raise Invalid("role_missing")
    members = sa.select(User.id).join(Membership).where(Membership.organisation_id == organisation.id)
    if session.scalar(members.where(User.email == email)) is not None:
        raise Conflict("already_member")
    secret = secrets.token_urlsafe(32)
    invitation = Invitation(
        organisation=organisation,
        email=email,
        name=name,
        language=language if language in LANGUAGES else LANGUAGES[0],
        role=role,
        invited_by=actor,
        secret_hash=_hash(secret),
        sent_at=now,
        expires_at=now + timedelta(days=VALID_DAYS),
    )
    try:  # the unique index decides: two managers may invite the same person at the same moment
        with session.begin_nested():
            session.add(invitation)
    except IntegrityError as error:
        raise Conflict("already_invited") from error
    record(session, actor, "invitation.send", invitation, now=now, organisation_id=organisation.id, role=role.value)
    _post(session, invitation, actor, secret)
    return invitation


def resend(session: Session, actor: User, invitation: Invitation, *, now: datetime) -> Invitation:
    """A new mail with a new link and a new term; the link of the former mail ends."""
    _may_invite(session, actor, invitation.organisation)
    permits.not_suspended(invitation.organisation)
    if invitation.state is not InvitationState.PENDING:
        raise Conflict(SETTLED[invitation.state])
    secret = secrets.token_urlsafe(32)
    invitation.secret_hash, invitation.invited_by = _hash(secret), actor
    invitation.sent_at, invitation.expires_at = now, now + timedelta(days=VALID_DAYS)
    organisation_id = invitation.organisation_id
    record(session, actor, "invitation.resend", invitation, now=now, organisation_id=organisation_id)
    _drop_waiting_mails(session, invitation)
    _post(session, invitation, actor, secret)
    return invitation


def revoke(session: Session, actor: User, invitation: Invitation, *, now: datetime) -> Invitation:
    """Ends the link. A mail that has not left yet never leaves."""
    _may_invite(session, actor, invitation.organisation)
    _settle(session, actor, invitation, InvitationState.REVOKED, now)
    return invitation


def find(session: Session, organisation: Organisation, invitation_id: int) -> Invitation:
    """An invitation of the organisation. Raises NotFound otherwise."""
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or invitation.organisation_id != organisation.id:
        raise NotFound
    return invitation


def open_with(session: Session, invitation_id: int, secret: str, *, now: datetime) -> Invitation:
    """The waiting invitation that this secret opens.

    Raises NotFound for one that never was, and Conflict for one that is replaced, settled, expired, or of a suspended
    organisation.
    """
    invitation = session.get(Invitation, invitation_id)
    if invitation is None:
        raise NotFound("invitation_unknown")
    if not hmac.compare_digest(invitation.secret_hash, _hash(secret)):
        raise Conflict("invitation_replaced")
    if invitation.state is not InvitationState.PENDING:
        raise Conflict(SETTLED[invitation.state])
    if invitation.expires_at <= now:
        raise Conflict("invitation_expired")
    if invitation.organisation.state is ProfileState.SUSPENDED:
        raise Conflict("suspended")
    return invitation


def accept(session: Session, actor: User, invitation: Invitation, *, now: datetime) -> Membership:
    """The invited person belongs to the organisation. The invitation is one from `open_with`.

    The first manager of an unclaimed profile claims it. Raises Conflict('invitation_for_another') for another address.
    """
    if actor.email != invitation.email:
        raise Conflict("invitation_for_another")
    organisation = invitation.organisation
    _settle(session, actor, invitation, InvitationState.ACCEPTED, now)
    membership = actor.membership_of(organisation.id)
    if membership is None:
        membership = Membership(organisation=organisation, role=invitation.role)
        actor.memberships.append(membership)
    elif invitation.role is MembershipRole.MANAGER:
        membership.role = MembershipRole.MANAGER
    session.flush()
    if organisation.state is ProfileState.UNCLAIMED and invitation.role is MembershipRole.MANAGER:
        organisation.state = move(PROFILE, organisation.state, ProfileState.CLAIMED)
        record(session, actor, "profile.claimed", organisation, now=now, organisation_id=organisation.id)
        enqueue_embedding(session, SubjectKind.ORGANISATION, organisation.id)
    told = [person for person in managers_of(session, organisation.id) if person.id != actor.id]
    post(session, told, "invitation_accepted", person=actor.name, organisation=names_of(organisation))
    return membership


def join(
    session: Session, invitation: Invitation, *, name: str, password: str, language: str, consent: bool, now: datetime
) -> User:
    """A new account with the invited address, and the invitation accepted with it. Raises what `sign_up` raises."""
    user = sign_up(
        session,
        name=name,
        email=invitation.email,
        password=password,
        language=language,
        consent=consent,
        now=now,
    )
    accept(session, user, invitation, now=now)
    return user


def decline(session: Session, invitation: Invitation, *, now: datetime) -> None:
    """The invited person does not want to. No account is needed: the secret of the mail is enough."""
    _settle(session, None, invitation, InvitationState.DECLINED, now)
    organisation = invitation.organisation
    told = managers_of(session, organisation.id)
    post(session, told, "invitation_declined", person=invitation.name, organisation=names_of(organisation))


def purge(session: Session, *, now: datetime) -> int:
    """Forgets people who were invited and never had an account, a while after their link expired. Returns how many.

    Their names and addresses go, with the mails to them; the trail of the organisation keeps how many there were.
    """
    known = sa.select(User.id).where(User.email == Invitation.email).exists()
    forgotten = sa.select(Invitation).where(Invitation.expires_at < now - KEPT, ~known).order_by(Invitation.id)
    counts = Counter[int]()
    addresses = set[str]()
    for invitation in session.scalars(forgotten).all():
        counts[invitation.organisation_id] += 1
        addresses.add(invitation.email)
        session.delete(invitation)
    session.flush()
    still = set(session.scalars(sa.select(Invitation.email).where(Invitation.email.in_(addresses))))
    session.execute(sa.delete(OutboxMail).where(OutboxMail.to.in_(addresses - still), OutboxMail.user_id.is_(None)))
    for organisation_id, number in counts.items():
        organisation = session.get_one(Organisation, organisation_id)
        record(session, None, "invitation.purge", organisation, now=now, organisation_id=organisation_id, number=number)
    return counts.total()


def _may_invite(session: Session, actor: User, organisation: Organisation) -> None:
    if not (actor.coordinates and not managers_of(session, organisation.id)):
        permits.manager_of(actor, organisation.id)


def _settle(
    session: Session, actor: User | None, invitation: Invitation, state: InvitationState, now: datetime
) -> None:
    if invitation.state is not InvitationState.PENDING:
        raise Conflict(SETTLED[invitation.state])
    invitation.state, invitation.settled_at = move(INVITATION, invitation.state, state), now
    verb = {"accepted": "accept", "declined": "decline", "revoked": "revoke"}[state.value]
    record(session, actor, f"invitation.{verb}", invitation, now=now, organisation_id=invitation.organisation_id)
    _drop_waiting_mails(session, invitation)


def _post(session: Session, invitation: Invitation, actor: User, secret: str) -> None:
    post(
        session,
        [invitation],
        "invitation",
        name=invitation.name,
        inviter=actor.name,
        organisation=names_of(invitation.organisation),
        role=invitation.role.value,
        expires_on=invitation.expires_at.astimezone(HANOI).date().isoformat(),
        invitation_id=invitation.id,
        secret=secret,
    )


def _drop_waiting_mails(session: Session, invitation: Invitation) -> None:
    """Mails of this invitation that have not left yet must not leave any more."""
    waiting = sa.select(OutboxMail).where(
        OutboxMail.to == invitation.email, OutboxMail.template == "invitation", OutboxMail.sent_at.is_(None)
    )
    for mail in session.scalars(waiting).all():
        if mail.context.get("invitation_id") == invitation.id:
            session.delete(mail)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
