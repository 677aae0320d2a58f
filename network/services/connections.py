"""The thread of a connection: beginning to talk, writing, ending without result; and what every step of it shares.

Permissions: members and managers of the two sides write, managers take every other step (models.connections). A third
organisation finds nothing here. Every step leaves a row in the thread, one in the audit trail, and a mail to the other
side. Neither audit nor mail carries what was written.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    Agreement,
    Attachment,
    ConnectionStep,
    ExpressionOfInterest,
    Membership,
    Message,
    Organisation,
    Outcome,
    User,
)
from models.audit import record
from models.connections import SPEAKERS, ConnectionAction, check, may_take, standing
from models.errors import Invalid, NotFound, NotPermitted
from models.states import INTEREST, move
from models.threads import EndReason, StepKind
from models.types import InterestState
from network.services import needs, permits
from network.services.files import FileStore, Upload
from network.services.outbox import in_both, managers_of, names_of, post

TEXT_LENGTH = 5000
MOST_FILES = 3
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def enter(
    session: Session, actor: User, organisation: Organisation, interest: ExpressionOfInterest, action: ConnectionAction
) -> Organisation:
    """The other side, if the actor may take this step for `organisation` now. The connection is locked till the end.

    Raises NotFound for an organisation that is no side of it, NotPermitted for a role that may not, Conflict in a state
    that does not allow the step.
    """
    sides = {interest.from_organisation_id: interest.to_organisation, interest.to_organisation_id: None}
    if organisation.id not in sides or interest.sent_at is None:
        raise NotFound
    membership = actor.membership_of(organisation.id)
    if membership is None or not may_take(action, membership.role):
        raise NotPermitted
    permits.not_suspended(organisation)
    session.flush()
    session.refresh(interest, attribute_names=["state"], with_for_update=True)
    check(action, interest.state)
    return sides[organisation.id] or interest.from_organisation


def start(
    session: Session, actor: User, organisation: Organisation, interest: ExpressionOfInterest, *, now: datetime
) -> ExpressionOfInterest:
    """Says that the two sides have begun to talk, wherever they do."""
    other = enter(session, actor, organisation, interest, ConnectionAction.START)
    begin(session, actor, organisation, interest, now)
    tell(session, interest, other, "connection_started", by=organisation)
    return interest


def write_message(
    session: Session,
    actor: User,
    organisation: Organisation,
    interest: ExpressionOfInterest,
    text: str,
    files: Sequence[Upload] = (),
    *,
    store: FileStore,
    now: datetime,
) -> Message:
    """A letter to the other side, with up to MOST_FILES files. The first one begins the discussion.

    Raises Invalid without a text, or for too many files.
    """
    other = enter(session, actor, organisation, interest, ConnectionAction.WRITE)
    if not text.strip():
        raise Invalid("thread_message_missing")
    if len(files) > MOST_FILES:
        raise Invalid("too_many_files")
    begin(session, actor, organisation, interest, now)
    message = Message(
        interest_id=interest.id, organisation_id=organisation.id, author=actor, text=text.strip()[:TEXT_LENGTH], at=now
    )
    session.add(message)
    record(session, actor, "message.write", message, now=now, organisation_id=organisation.id, interest_id=interest.id)
    attach(session, interest, files, store, message_id=message.id)
    people = {user.id: user for user in (*managers_of(session, other.id), *_writers(session, interest, other))}
    post(session, people.values(), "message_received", **mail_facts(interest, other, organisation))
    return message


def end_without_result(
    session: Session,
    actor: User,
    organisation: Organisation,
    interest: ExpressionOfInterest,
    reason: EndReason | None,
    note: str,
    *,
    now: datetime,
) -> ExpressionOfInterest:
    """Closes the connection for good, with a reason that the other side reads. A new request may follow later.

    Raises Invalid without a reason, or with the one that only the site gives.
    """
    other = enter(session, actor, organisation, interest, ConnectionAction.END)
    if reason is None or reason is EndReason.NEED_MET:
        raise Invalid("end_reason_missing")
    interest.state = move(INTEREST, interest.state, InterestState.ENDED)
    step(session, interest, StepKind.ENDED, actor, organisation, now, reason=reason, note=note.strip() or None)
    needs.follow_agreements(session, actor, interest.need, now=now)
    record(session, actor, "interest.end", interest, now=now, organisation_id=organisation.id, reason=reason.value)
    tell(session, interest, other, "connection_ended", by=organisation, reason=reason.value)
    return interest


# What agreements and outcomes share with the thread.


def begin(
    session: Session, actor: User, organisation: Organisation, interest: ExpressionOfInterest, now: datetime
) -> None:
    """An accepted request is in discussion from the first thing that happens in it."""
    if interest.state is InterestState.ACCEPTED:
        interest.state = move(INTEREST, interest.state, InterestState.IN_DISCUSSION)
        step(session, interest, StepKind.STARTED, actor, organisation, now)
        record(session, actor, "interest.start", interest, now=now, organisation_id=organisation.id)


def step(
    session: Session,
    interest: ExpressionOfInterest,
    kind: StepKind,
    actor: User | None,
    organisation: Organisation | None,
    now: datetime,
    **about: Any,
) -> None:
    """One row of what happened. `about` names the agreement or outcome, or why the connection ended."""
    session.add(
        ConnectionStep(
            interest_id=interest.id,
            kind=kind,
            at=now,
            author=actor,
            organisation_id=organisation.id if organisation else None,
            **about,
        )
    )


def follow(session: Session, interest: ExpressionOfInterest) -> None:
    """Brings the state of the connection to where its agreements and outcomes have led it."""
    session.flush()
    agreements = session.scalars(sa.select(Agreement).where(Agreement.interest_id == interest.id)).all()
    outcomes = session.scalars(sa.select(Outcome).where(Outcome.interest_id == interest.id)).all()
    target = standing(agreements, outcomes)
    if target is not interest.state:
        interest.state = move(INTEREST, interest.state, target)


def attach(
    session: Session, interest: ExpressionOfInterest, files: Sequence[Upload], store: FileStore, **place: int
) -> None:
    """Keeps files beside a message, an agreement or an outcome, whose id is `place`."""
    for file in files:
        session.add(
            Attachment(
                interest_id=interest.id,
                name=file.name,
                media_type=file.media_type,
                size=len(file.content),
                stored=store.keep(file),
                **place,
            )
        )


def check_day(interest: ExpressionOfInterest, day: date, now: datetime) -> None:
    """What came of a connection happened after it was asked for, and not in the future."""
    if day > now.astimezone(HANOI).date():
        raise Invalid("date_in_future")
    if interest.sent_at and day < interest.sent_at.astimezone(HANOI).date():
        raise Invalid("before_the_request")


def tell(
    session: Session,
    interest: ExpressionOfInterest,
    other: Organisation,
    template: str,
    *,
    by: Organisation,
    **facts: Any,
) -> None:
    """A mail to the managers of the other side."""
    post(session, managers_of(session, other.id), template, **mail_facts(interest, other, by), **facts)


def mail_facts(interest: ExpressionOfInterest, reader: Organisation, by: Organisation) -> dict[str, Any]:
    """Who did it, about which need, and where the reader finds it. Nothing that was written."""
    return {
        "by": names_of(by),
        "need": in_both(interest.need.title),
        "interest_id": interest.id,
        "slug": reader.slug,
    }


def _writers(session: Session, interest: ExpressionOfInterest, organisation: Organisation) -> list[User]:
    """Those who have written in the thread for this side, and still speak for it."""
    wrote = sa.select(Message.author_id).where(
        Message.interest_id == interest.id, Message.organisation_id == organisation.id
    )
    still = (
        sa.select(User)
        .join(Membership)
        .where(
            Membership.organisation_id == organisation.id,
            Membership.role.in_(SPEAKERS),
            User.active,
            User.id.in_(wrote),
        )
    )
    return list(session.scalars(still.order_by(User.id)))
