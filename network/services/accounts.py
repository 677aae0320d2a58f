"""Accounts: who a person is, how they prove it, and how they join with their organisation."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Invitation, Membership, Organisation, OutboxMail, User
from models.audit import record
from models.errors import Conflict, Invalid
from models.jobs import enqueue_embedding
from models.organisations import PROFILES
from models.texts import LANGUAGES, Bilingual, fold, slugify
from models.types import MembershipRole, OrganisationKind, ProfileState, Provenance, SubjectKind
from network.services.events import give_up_all
from network.services.outbox import coordinators, managers_of, post
from network.services.passwords import check_password, hash_password, is_dated, verify_password

__all__ = [
    "authenticate",
    "change_password",
    "erase_account",
    "hash_password",
    "new_session",
    "new_slug",
    "normal_email",
    "organisation_named",
    "sign_up",
    "update_account",
    "verify_password",
]


def normal_email(email: str) -> str:
    return email.strip().lower()


def authenticate(session: Session, email: str, password: str, *, now: datetime) -> User:
    """The person with this address and password.

    Raises Invalid('wrong_credentials') with the same effort whether the address, the password or the state of the
    account is the cause, so that nobody learns from it who has an account.
    """
    user = session.scalar(sa.select(User).where(User.email == normal_email(email)))
    if user is None:
        hash_password(password)
        raise Invalid("wrong_credentials")
    if not verify_password(user.password_hash, password) or not user.active:
        raise Invalid("wrong_credentials")
    if is_dated(user.password_hash):
        user.password_hash = hash_password(password)
        record(session, user, "account.rehash", user, now=now)
    return user


def sign_up(
    session: Session,
    *,
    name: str,
    email: str,
    password: str,
    language: str,
    consent: bool,
    organisation_kind: OrganisationKind | None = None,
    organisation_name: str = "",
    organisation_summary: str = "",
    now: datetime,
) -> User:
    """A new account and, with a kind, a new organisation that the person manages and a coordinator will verify.

    Raises Invalid for what is missing or weak, Conflict('email_taken') and Conflict('name_taken').
    """
    name, email, organisation_name = " ".join(name.split()), normal_email(email), " ".join(organisation_name.split())
    if not consent:
        raise Invalid("consent_missing")
    if not name or "@" not in email:
        raise Invalid("name_missing" if not name else "email_missing")
    if organisation_kind is not None and not organisation_name:
        raise Invalid("organisation_missing")
    check_password(password, email)
    if organisation_kind is not None and organisation_named(session, organisation_name) is not None:
        raise Conflict("name_taken")
    user = User(
        name=name, email=email, password_hash=hash_password(password), language=_known(language), consented_at=now
    )
    _add_user(session, user)
    record(session, user, "account.sign_up", user, now=now)
    if organisation_kind is not None:
        texts = (organisation_name, " ".join(organisation_summary.split()))
        _add_organisation(session, user, organisation_kind, *texts, now=now)
    return user


def _known(language: str) -> str:
    return language if language in LANGUAGES else LANGUAGES[0]


def _add_user(session: Session, user: User) -> None:
    """The unique address decides, not a look beforehand: two people may send the form at the same moment."""
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise Conflict("email_taken") from error


def _add_organisation(
    session: Session, user: User, kind: OrganisationKind, name: str, summary: str, *, now: datetime
) -> None:
    language = user.language
    organisation = PROFILES[kind](
        slug=new_slug(session, name),
        name=Bilingual(**{language: name}),
        summary=Bilingual(**{language: summary or None}),
        state=ProfileState.CLAIMED,
        provenance=Provenance.SELF_DECLARED,
    )
    user.memberships.append(Membership(organisation=organisation, role=MembershipRole.MANAGER))
    session.flush()
    record(session, user, "organisation.register", organisation, now=now, organisation_id=organisation.id)
    enqueue_embedding(session, SubjectKind.ORGANISATION, organisation.id)
    post(session, coordinators(session), "organisation_waiting", organisation=name)


def organisation_named(session: Session, name: str) -> int | None:
    """The organisation with this name in either language, whatever its capitals and marks."""
    wanted = fold(" ".join(name.split()))
    candidates = sa.select(Organisation.id, Organisation.name).where(
        Organisation.folded.contains(wanted, autoescape=True)
    )
    for id_, known in session.execute(candidates):
        if wanted in (fold(known.vi or ""), fold(known.en or "")):
            return int(id_)
    return None


def new_slug(session: Session, name: str) -> str:
    """A part of the address that no organisation has yet."""
    base = slugify(name) or "organisation"
    taken = set(
        session.scalars(sa.select(Organisation.slug).where(Organisation.slug.startswith(base, autoescape=True)))
    )
    slug, n = base, 2
    while slug in taken:
        slug, n = f"{base}-{n}", n + 1
    return slug


def erase_account(session: Session, actor: User, password: str, *, now: datetime) -> None:
    """Deletes the person, their memberships and the mails to them. What they did stays, without their name.

    A coordinator is told of organisations that have no manager any more. Raises Invalid('wrong_password').
    """
    if not verify_password(actor.password_hash, password):
        raise Invalid("wrong_password")
    organisations = [m.organisation for m in actor.memberships if m.role is MembershipRole.MANAGER]
    give_up_all(session, actor, now=now)
    record(session, None, "account.erase", actor, now=now)
    session.execute(sa.delete(OutboxMail).where(sa.or_(OutboxMail.to == actor.email, OutboxMail.user_id == actor.id)))
    session.execute(sa.delete(Invitation).where(Invitation.email == actor.email))
    session.delete(actor)
    session.flush()
    for organisation in organisations:
        if not managers_of(session, organisation.id):
            name = organisation.name.pick(LANGUAGES[0])[0]
            post(session, coordinators(session), "organisation_without_manager", organisation=name)


def change_password(session: Session, actor: User, old: str, new: str, *, now: datetime) -> User:
    """A new password, of which the person is told: whoever is signed in elsewhere with the old one is signed out.

    Raises Invalid: 'wrong_password' for the old one, 'weak_password' or 'password_has_email' for the new one.
    """
    if not verify_password(actor.password_hash, old):
        raise Invalid("wrong_password")
    check_password(new, actor.email)
    actor.password_hash = hash_password(new)
    new_session(actor)
    record(session, actor, "account.change_password", actor, now=now)
    post(session, [actor], "password_changed")
    return actor


def new_session(user: User) -> None:
    """Whoever is signed in as this person is signed out, wherever that is."""
    user.session_key = secrets.token_hex(16)


def update_account(session: Session, actor: User, *, name: str, language: str, now: datetime) -> User:
    """Raises Invalid('name_missing')."""
    name = " ".join(name.split())
    if not name:
        raise Invalid("name_missing")
    actor.name, actor.language = name, _known(language)
    record(session, actor, "account.update", actor, now=now)
    return actor
