"""Expressions of interest: one side asks for a talk, the other answers by a deadline, and lateness is seen.

Permissions: managers of the asking organisation send and withdraw, managers of the asked one accept and decline.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Centre, ExpressionOfInterest, Match, Need, Offer, Organisation, Technology, User
from models.audit import record
from models.errors import Conflict, Invalid, NotFound
from models.interests import OPEN_STATES
from models.states import INTEREST, move
from models.types import (
    DeclineReason,
    InterestState,
    MatchState,
    NeedState,
    OrganisationKind,
    SupplyState,
    Visibility,
)
from network.services import permits
from network.services.matches import release
from network.services.outbox import coordinators, managers_of, post, post_to_organisation

MESSAGE_LENGTH = 3000


def send_interest(
    session: Session,
    actor: User,
    organisation: Organisation,
    need_id: int,
    to_organisation_id: int,
    message: str,
    *,
    now: datetime,
    reply_days: int,
    offer_id: int | None = None,
    technology_id: int | None = None,
) -> ExpressionOfInterest:
    """`organisation` asks another for a talk about a need: its own need, or the other's need that it can serve.

    The other side has `reply_days` days, or what its centre profile promises if that is less. Where nobody manages
    the other side, the coordinators are told at once: otherwise nobody would read the question.

    Raises NotFound for a need or subject the actor may not see, Invalid for an unfit pair or an empty message,
    Conflict when the same question is still open.
    """
    permits.manager_of(actor, organisation.id)
    permits.not_suspended(organisation)
    need = session.get(Need, need_id)
    other = session.get(Organisation, to_organisation_id)
    if need is None or other is None or not _may_see(need, actor):
        raise NotFound
    permits.not_suspended(other)
    supplier = _check_sides(need, organisation, other)
    _check_subject(session, supplier, offer_id, technology_id, actor)
    if not message.strip():
        raise Invalid("message_missing")
    if _open_interest(session, need_id, organisation.id, to_organisation_id, offer_id, technology_id):
        raise Conflict("interest_open")
    interest = ExpressionOfInterest(
        need=need,
        from_organisation=organisation,
        to_organisation=other,
        offer_id=offer_id,
        technology_id=technology_id,
        author=actor,
        message=message.strip()[:MESSAGE_LENGTH],
        state=InterestState.SENT,
        sent_at=now,
        reply_by=now + timedelta(days=days_to_reply(other, reply_days)),
    )
    try:  # the unique index decides: the same form may be sent twice at the same moment
        with session.begin_nested():
            session.add(interest)
    except IntegrityError as error:
        raise Conflict("interest_open") from error
    _mark_matches(session, interest, supplier, now)
    record(session, actor, "interest.send", interest, now=now, organisation_id=organisation.id, to=other.id)
    facts = _mail_facts(interest)
    post_to_organisation(session, other, "interest_received", **facts)
    if not managers_of(session, other.id):
        post(session, coordinators(session), "interest_for_nobody", **facts)
    return interest


def accept_interest(
    session: Session, actor: User, interest: ExpressionOfInterest, reply: str, *, now: datetime
) -> ExpressionOfInterest:
    """The asked side agrees to talk. Its reply, with how to get in touch, goes to the asking side."""
    return _answer(session, actor, interest, InterestState.ACCEPTED, None, reply, now)


def decline_interest(
    session: Session,
    actor: User,
    interest: ExpressionOfInterest,
    reason: DeclineReason | None,
    reply: str,
    *,
    now: datetime,
) -> ExpressionOfInterest:
    """The asked side says no, with a reason from the list; the reason goes back to the asking side.

    Raises Invalid without a reason.
    """
    if reason is None:
        raise Invalid("reason_missing")
    return _answer(session, actor, interest, InterestState.DECLINED, reason, reply, now)


def withdraw_interest(
    session: Session, actor: User, interest: ExpressionOfInterest, *, now: datetime
) -> ExpressionOfInterest:
    """The asking side takes its question back before it was answered."""
    permits.manager_of(actor, interest.from_organisation_id)
    interest.state = move(INTEREST, interest.state, InterestState.WITHDRAWN)
    release(session, interest, MatchState.SEEN, now=now)
    record(session, actor, "interest.withdraw", interest, now=now, organisation_id=interest.from_organisation_id)
    post_to_organisation(session, interest.to_organisation, "interest_withdrawn", **_mail_facts(interest))
    return interest


def remind_and_escalate(session: Session, *, now: datetime, remind_days: int) -> tuple[int, int]:
    """Reminds the asked side once, `remind_days` before the deadline, and tells the coordinators once after it.

    Returns the numbers of reminders and escalations. An escalated question stays open: it may still be answered.
    """
    waiting = sa.select(ExpressionOfInterest).where(ExpressionOfInterest.state == InterestState.SENT)
    soon = waiting.where(
        ExpressionOfInterest.reminded_at.is_(None),
        ExpressionOfInterest.reply_by > now,
        ExpressionOfInterest.reply_by <= now + timedelta(days=remind_days),
    )
    late = waiting.where(ExpressionOfInterest.escalated_at.is_(None), ExpressionOfInterest.reply_by <= now)
    reminded = session.scalars(soon).all()
    for interest in reminded:
        interest.reminded_at = now
        post_to_organisation(session, interest.to_organisation, "interest_reminder", **_mail_facts(interest))
        record(session, None, "interest.remind", interest, now=now, organisation_id=interest.to_organisation_id)
    escalated = session.scalars(late).all()
    told = coordinators(session)
    for interest in escalated:
        interest.escalated_at = now
        post(session, told, "interest_late", **_mail_facts(interest))
        record(session, None, "interest.escalate", interest, now=now, organisation_id=interest.to_organisation_id)
    return len(reminded), len(escalated)


def _answer(
    session: Session,
    actor: User,
    interest: ExpressionOfInterest,
    state: InterestState,
    reason: DeclineReason | None,
    reply: str,
    now: datetime,
) -> ExpressionOfInterest:
    permits.manager_of(actor, interest.to_organisation_id)
    permits.not_suspended(interest.to_organisation)
    interest.state = move(INTEREST, interest.state, state)
    interest.decline_reason = reason
    interest.reply = reply.strip()[:MESSAGE_LENGTH] or None
    interest.answered_at, interest.answered_by = now, actor
    verb = "accept" if state is InterestState.ACCEPTED else "decline"
    if state is InterestState.DECLINED:
        release(session, interest, MatchState.DECLINED, now=now)
    record(
        session,
        actor,
        f"interest.{verb}",
        interest,
        now=now,
        organisation_id=interest.to_organisation_id,
        reason=reason.value if reason else None,
    )
    post_to_organisation(session, interest.from_organisation, "interest_answered", **_mail_facts(interest))
    return interest


def _may_see(need: Need, actor: User) -> bool:
    if actor.membership_of(need.organisation_id):
        return True
    if need.state not in (NeedState.PUBLISHED, NeedState.MATCHED):
        return False
    return need.visibility is Visibility.PUBLIC or actor.verified_member


def _check_sides(need: Need, organisation: Organisation, other: Organisation) -> Organisation:
    """The supplying side of the pair, if one of the two owns the need and the other can supply."""
    if organisation.id == other.id:
        raise Invalid("own_organisation")
    if need.organisation_id == organisation.id:
        supplier = other
    elif need.organisation_id == other.id:
        supplier = organisation
    else:
        raise Invalid("own_need_or_theirs")
    if need.state not in (NeedState.PUBLISHED, NeedState.MATCHED):
        raise Invalid("need_not_published")
    if supplier.kind is OrganisationKind.STARTUP:
        raise Invalid("not_a_supplier")
    return supplier


def _check_subject(
    session: Session, supplier: Organisation, offer_id: int | None, technology_id: int | None, actor: User
) -> None:
    subject: Offer | Technology | None = None
    if offer_id is not None and technology_id is not None:
        raise Invalid("one_subject")
    if offer_id is not None:
        subject = session.get(Offer, offer_id)
    elif technology_id is not None:
        subject = session.get(Technology, technology_id)
    else:
        return
    if subject is None or subject.organisation_id != supplier.id or subject.state is not SupplyState.PUBLISHED:
        raise NotFound
    open_to_actor = actor.verified_member or actor.membership_of(supplier.id) is not None
    if subject.visibility is Visibility.MEMBERS and not open_to_actor:
        raise NotFound


def days_to_reply(other: Organisation, reply_days: int) -> int:
    """The days of the site, or what a centre promises if that is less."""
    promised = other.reply_days if isinstance(other, Centre) else None
    return min(reply_days, promised or reply_days)


def _open_interest(
    session: Session, need_id: int, from_id: int, to_id: int, offer_id: int | None, technology_id: int | None
) -> bool:
    statement = sa.select(ExpressionOfInterest.id).where(
        ExpressionOfInterest.need_id == need_id,
        ExpressionOfInterest.from_organisation_id == from_id,
        ExpressionOfInterest.to_organisation_id == to_id,
        ExpressionOfInterest.offer_id.is_not_distinct_from(offer_id),
        ExpressionOfInterest.technology_id.is_not_distinct_from(technology_id),
        ExpressionOfInterest.state.in_(OPEN_STATES),
    )
    return session.scalar(statement.limit(1)) is not None


def _mark_matches(session: Session, interest: ExpressionOfInterest, supplier: Organisation, now: datetime) -> None:
    """The stored suggestions of this pair, on either side, have become an interest."""
    matches = sa.select(Match).where(
        Match.need_id == interest.need.id,
        Match.organisation_id == supplier.id,
        Match.offer_id.is_not_distinct_from(interest.offer_id),
        Match.technology_id.is_not_distinct_from(interest.technology_id),
        Match.state.not_in((MatchState.INTEREST, MatchState.DISMISSED)),
    )
    for match in session.scalars(matches):
        match.state, match.decided_at = MatchState.INTEREST, now


def _mail_facts(interest: ExpressionOfInterest) -> dict[str, object]:
    """What the mails name: names and titles in both languages, the deadline and the states. No message text."""
    sides = {"sender": interest.from_organisation, "receiver": interest.to_organisation}
    facts: dict[str, object] = {
        name: {"vi": side.name.pick("vi")[0], "en": side.name.pick("en")[0], "slug": side.slug}
        for name, side in sides.items()
    }
    title = interest.need.title
    facts["need"] = {"vi": title.pick("vi")[0], "en": title.pick("en")[0]}
    facts["interest_id"] = interest.id
    facts["reply_by"] = interest.reply_by.isoformat() if interest.reply_by else None
    facts["state"] = interest.state.value
    facts["reason"] = interest.decline_reason.value if interest.decline_reason else None
    return facts
