"""What the site holds about one person, for the person."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from models import (
    Agreement,
    AuditEvent,
    ChallengeAnswer,
    Claim,
    Event,
    ExpressionOfInterest,
    Invitation,
    Meeting,
    Membership,
    Message,
    NeedDraft,
    NoticeChoice,
    Notification,
    Organisation,
    OutboxMail,
    Outcome,
    Registration,
    SavedSearch,
    User,
)
from network.services.personal_intake import written_in_intakes


def export_account(session: Session, actor: User, *, now: datetime) -> dict[str, Any]:
    """Everything the site holds about the person, as JSON values: the right of access of Law 91/2025/QH15."""
    memberships = (
        sa.select(Membership, Organisation)
        .join(Organisation)
        .where(Membership.user_id == actor.id)
        .order_by(Membership.id)
    )
    involved = sa.or_(ExpressionOfInterest.author_id == actor.id, ExpressionOfInterest.answered_by_id == actor.id)
    interests = sa.select(ExpressionOfInterest).where(involved).order_by(ExpressionOfInterest.id)
    invitations = (
        sa.select(Invitation, Organisation)
        .join(Organisation)
        .where(Invitation.email == actor.email)
        .order_by(Invitation.id)
    )
    claims = sa.select(Claim, Organisation).join(Organisation).where(Claim.user_id == actor.id).order_by(Claim.id)
    places = (
        sa.select(Registration, Event).join(Event).where(Registration.user_id == actor.id).order_by(Registration.id)
    )
    by_actor = sa.or_(ChallengeAnswer.author_id == actor.id, ChallengeAnswer.decided_by_id == actor.id)
    answers = sa.select(ChallengeAnswer).where(by_actor).order_by(ChallengeAnswer.id)
    recorded = sa.select(Agreement).where(Agreement.recorded_by_id == actor.id).order_by(Agreement.id)
    by_either = sa.or_(Outcome.proposed_by_id == actor.id, Outcome.settled_by_id == actor.id)
    said = sa.select(Outcome).where(by_either).order_by(Outcome.id)
    messages = sa.select(Message).where(Message.author_id == actor.id).order_by(Message.id)
    own_mail = sa.or_(OutboxMail.to == actor.email, OutboxMail.user_id == actor.id)
    searches = sa.select(SavedSearch).where(SavedSearch.user_id == actor.id).order_by(SavedSearch.id)
    drafts = sa.select(NeedDraft).where(NeedDraft.user_id == actor.id).order_by(NeedDraft.need_id)
    mails = sa.select(OutboxMail).where(own_mail).order_by(OutboxMail.id)
    by_actor = sa.or_(Meeting.author_id == actor.id, Meeting.settled_by_id == actor.id)
    meetings = sa.select(Meeting).where(by_actor).order_by(Meeting.id)
    notices = sa.select(Notification).where(Notification.user_id == actor.id).order_by(Notification.id)
    choices = sa.select(NoticeChoice).where(NoticeChoice.user_id == actor.id).order_by(NoticeChoice.kind)
    events = sa.select(AuditEvent).where(AuditEvent.actor_id == actor.id).order_by(AuditEvent.id)
    return {
        "exported_at": now.isoformat(),
        "account": {
            "name": actor.name,
            "email": actor.email,
            "language": actor.language,
            "role": actor.role.value,
            "active": actor.active,
            "created_at": actor.created_at.isoformat(),
            "updated_at": actor.updated_at.isoformat(),
            "consented_at": _moment(actor.consented_at),
        },
        "memberships": [
            {
                "organisation": o.name.pick(actor.language)[0],
                "address": o.slug,
                "role": m.role.value,
                "since": _moment(m.created_at),
            }
            for m, o in session.execute(memberships)
        ],
        "expressions_of_interest": [
            {
                "id": i.id,
                "need_id": i.need_id,
                "state": i.state.value,
                "written_by_you": {
                    "message": i.message if i.author_id == actor.id else None,
                    "reply": i.reply if i.answered_by_id == actor.id else None,
                },
                "sent_at": _moment(i.sent_at),
                "answered_at": _moment(i.answered_at),
            }
            for i in session.scalars(interests)
        ],
        "invitations": [
            {
                "organisation": o.name.pick(actor.language)[0],
                "name": i.name,
                "role": i.role.value,
                "state": i.state.value,
                "sent_at": _moment(i.sent_at),
                "settled_at": _moment(i.settled_at),
            }
            for i, o in session.execute(invitations)
        ],
        "claims": [
            {
                "organisation": o.name.pick(actor.language)[0],
                "reason": c.reason,
                "state": c.state.value,
                "answer": c.answer,
                "asked_at": _moment(c.created_at),
                "decided_at": _moment(c.decided_at),
            }
            for c, o in session.execute(claims)
        ],
        "events": [
            {"event": e.title.pick(actor.language)[0], "state": r.state.value, "asked_at": _moment(r.asked_at)}
            for r, e in session.execute(places)
        ],
        "challenge_answers": [
            {
                "id": a.id,
                "challenge_id": a.challenge_id,
                "state": a.state.value,
                "written_by_you": {
                    "text": a.text if a.author_id == actor.id else None,
                    "reply": a.reply if a.decided_by_id == actor.id else None,
                },
                "sent_at": _moment(a.sent_at),
            }
            for a in session.scalars(answers)
        ],
        **written_in_intakes(session, actor),
        "agreements": [
            {
                "expression_of_interest_id": a.interest_id,
                "kind": a.kind.value,
                "note": a.note,
                "at": _moment(a.recorded_at),
            }
            for a in session.scalars(recorded)
        ],
        "outcomes": [
            {
                "expression_of_interest_id": o.interest_id,
                "kind": o.kind.value,
                "written_by_you": {
                    "evidence": o.evidence if o.proposed_by_id == actor.id else None,
                    "dispute": o.dispute_note if o.settled_by_id == actor.id else None,
                },
                "at": _moment(o.proposed_at),
            }
            for o in session.scalars(said)
        ],
        "messages": [
            {
                "expression_of_interest_id": m.interest_id,
                "text": m.text,
                "files": [a.name for a in m.attachments],
                "at": _moment(m.at),
            }
            for m in session.scalars(messages.options(selectinload(Message.attachments)))
        ],
        "saved_searches": [
            {
                "name": s.name,
                "question": s.text,
                "list": None if s.text else s.kind.value,
                "criteria": s.criteria,
                "frequency": s.frequency.value,
                "saved_at": _moment(s.created_at),
            }
            for s in session.scalars(searches)
        ],
        "needs_begun": [
            {"need_id": d.need_id, "values": d.values, "saved_at": _moment(d.saved_at)} for d in session.scalars(drafts)
        ],
        "mails": [
            {"template": m.template, "created_at": _moment(m.created_at), "sent_at": _moment(m.sent_at)}
            for m in session.scalars(mails)
        ],
        "meetings": [
            {
                "expression_of_interest_id": m.interest_id,
                "state": m.state.value,
                "written_by_you": {
                    "subject": m.subject if m.author_id == actor.id else None,
                    "answer": m.answer if m.settled_by_id == actor.id else None,
                },
                "proposed_at": _moment(m.proposed_at),
                "starts_at": _moment(m.starts_at),
            }
            for m in session.scalars(meetings)
        ],
        "notices": [
            {"kind": n.kind.value, "template": n.template, "at": _moment(n.at), "read_at": _moment(n.read_at)}
            for n in session.scalars(notices)
        ],
        "notices_by_mail": {c.kind.value: c.mail.value for c in session.scalars(choices)},
        "actions": [
            {"at": _moment(e.at), "action": e.action, "subject": e.subject, "data": e.data}
            for e in session.scalars(events)
        ],
    }


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
