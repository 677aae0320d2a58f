"""Challenges: a problem is put up by its owner, any other organisation answers, and the owner decides on each answer.

Permissions: members of the owner write drafts, its managers publish, close and decide; managers of any other
organisation answer and withdraw. Nobody but the two sides learns of an answer.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Challenge, ChallengeAnswer, Offer, Organisation, Technology, User
from models.audit import record
from models.challenges import OPEN_ANSWERS
from models.errors import Conflict, Invalid, NotFound
from models.states import ANSWER, CHALLENGE, move
from models.texts import Bilingual
from models.types import (
    AnswerState,
    ChallengeKind,
    ChallengeResult,
    ChallengeState,
    DeclineReason,
    ProfileState,
    SupplyState,
)
from network.services import permits
from network.services.outbox import in_both, names_of, post_to_organisation
from network.services.texts import cleaned, fields_named, in_one_language, provenance_of, stated_by_owner

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
EMPTY = Bilingual()
TEXT_LENGTH = 5000


@dataclass(frozen=True)
class ChallengeValues:
    """Everything a challenge says, as its owner typed it; `fields` are codes."""

    title: Bilingual
    problem: Bilingual
    wanted: Bilingual
    kind: ChallengeKind
    answer_by: date
    reward: Bilingual = EMPTY
    budget_vnd: int | None = None
    fields: tuple[str, ...] = ()


def find_own(session: Session, organisation: Organisation, challenge_id: int) -> Challenge:
    """The challenge, if this organisation put it up. Raises NotFound otherwise."""
    challenge = session.get(Challenge, challenge_id)
    if challenge is None or challenge.organisation_id != organisation.id:
        raise NotFound
    return challenge


def create_challenge(
    session: Session, actor: User, organisation: Organisation, values: ChallengeValues, *, now: datetime
) -> Challenge:
    """A draft. Raises Invalid for what is missing or a day that has passed."""
    permits.member_of(actor, organisation.id)
    permits.not_suspended(organisation)
    _check(values.title, values.problem, values.wanted, values.answer_by, now)
    challenge = Challenge(organisation=organisation, provenance=provenance_of(organisation))
    challenge.state = ChallengeState.DRAFT
    _fill(session, challenge, values)
    session.add(challenge)
    _record(session, actor, "challenge.create", challenge, now)
    return challenge


def update_challenge(
    session: Session, actor: User, challenge: Challenge, values: ChallengeValues, *, now: datetime
) -> Challenge:
    """What others have read already is the managers' to change. Raises Conflict for a closed challenge."""
    if challenge.state is ChallengeState.DRAFT:
        permits.member_of(actor, challenge.organisation_id)
    else:
        permits.manager_of(actor, challenge.organisation_id)
    permits.not_suspended(challenge.organisation)
    if challenge.state is ChallengeState.CLOSED:
        raise Conflict("challenge_closed")
    _check(values.title, values.problem, values.wanted, values.answer_by, now)
    _fill(session, challenge, values)
    stated_by_owner(challenge)
    _record(session, actor, "challenge.update", challenge, now)
    return challenge


def publish_challenge(session: Session, actor: User, challenge: Challenge, *, now: datetime) -> Challenge:
    permits.manager_of(actor, challenge.organisation_id)
    permits.not_suspended(challenge.organisation)
    state = move(CHALLENGE, challenge.state, ChallengeState.PUBLISHED)
    _check(challenge.title, challenge.problem, challenge.wanted, challenge.answer_by, now)
    challenge.state, challenge.published_at = state, now
    _record(session, actor, "challenge.publish", challenge, now)
    return challenge


def unpublish_challenge(session: Session, actor: User, challenge: Challenge, *, now: datetime) -> Challenge:
    """Back to the drafts. Raises Conflict once somebody has answered."""
    permits.manager_of(actor, challenge.organisation_id)
    state = move(CHALLENGE, challenge.state, ChallengeState.DRAFT)
    if session.scalar(sa.select(ChallengeAnswer.id).where(ChallengeAnswer.challenge_id == challenge.id).limit(1)):
        raise Conflict("challenge_answered")
    challenge.state = state
    _record(session, actor, "challenge.unpublish", challenge, now)
    return challenge


def close_challenge(
    session: Session,
    actor: User,
    challenge: Challenge,
    result: ChallengeResult | None,
    outcome: Bilingual,
    *,
    now: datetime,
) -> Challenge:
    """The end, with what came of it. Raises Conflict while an answer waits: everybody who answered hears a yes or a no;
    Invalid without a result, or when it is called solved and no answer was accepted.
    """
    permits.manager_of(actor, challenge.organisation_id)
    if result is None:
        raise Invalid("result_missing")
    state = move(CHALLENGE, challenge.state, ChallengeState.CLOSED)
    if answers_in(session, challenge, *OPEN_ANSWERS):
        raise Conflict("challenge_has_open_answers")
    if result is ChallengeResult.SOLVED and not answers_in(session, challenge, AnswerState.ACCEPTED):
        raise Invalid("no_answer_accepted")
    challenge.state, challenge.result, challenge.outcome = state, result, cleaned(outcome)
    _record(session, actor, "challenge.close", challenge, now, result=result.value)
    return challenge


def delete_challenge(session: Session, actor: User, challenge: Challenge, *, now: datetime) -> None:
    """Removes a draft for good. Raises Conflict for what others have read already."""
    permits.member_of(actor, challenge.organisation_id)
    if challenge.state is not ChallengeState.DRAFT:
        raise Conflict("not_a_draft", current=challenge.state.value)
    _record(session, actor, "challenge.delete", challenge, now)
    session.delete(challenge)


def send_answer(
    session: Session,
    actor: User,
    organisation: Organisation,
    challenge_id: int,
    text: str,
    *,
    now: datetime,
    technology_id: int | None = None,
    offer_id: int | None = None,
) -> ChallengeAnswer:
    """What `organisation` would do, with one of its own published technologies or offers if it names one.

    Raises NotFound for a challenge that cannot be read, Conflict when it takes no answers or has one of this
    organisation, Invalid for the own challenge or an empty text.
    """
    permits.manager_of(actor, organisation.id)
    permits.not_suspended(organisation)
    challenge = session.get(Challenge, challenge_id)
    if challenge is None or challenge.state is ChallengeState.DRAFT:
        raise NotFound
    if challenge.organisation.state is ProfileState.SUSPENDED:
        raise NotFound
    if challenge.organisation_id == organisation.id:
        raise Invalid("own_challenge")
    if challenge.state is ChallengeState.CLOSED or challenge.answer_by < now.astimezone(HANOI).date():
        raise Conflict("challenge_takes_no_answers")
    if not text.strip():
        raise Invalid("answer_missing")
    _check_subject(session, organisation, technology_id, offer_id)
    answer = ChallengeAnswer(
        challenge=challenge,
        organisation=organisation,
        author=actor,
        text=text.strip()[:TEXT_LENGTH],
        technology_id=technology_id,
        offer_id=offer_id,
        state=AnswerState.SENT,
        sent_at=now,
    )
    try:  # the unique index decides: the same form may be sent twice at the same moment
        with session.begin_nested():
            session.add(answer)
    except IntegrityError as error:
        raise Conflict("challenge_answer_stands") from error
    record(session, actor, "answer.send", answer, now=now, organisation_id=organisation.id)
    post_to_organisation(session, challenge.organisation, "challenge_answered", **_mail_facts(answer))
    return answer


def withdraw_answer(session: Session, actor: User, answer: ChallengeAnswer, *, now: datetime) -> ChallengeAnswer:
    permits.manager_of(actor, answer.organisation_id)
    answer.state = move(ANSWER, answer.state, AnswerState.WITHDRAWN)
    record(session, actor, "answer.withdraw", answer, now=now, organisation_id=answer.organisation_id)
    post_to_organisation(session, answer.challenge.organisation, "challenge_answer_withdrawn", **_mail_facts(answer))
    return answer


def shortlist_answer(session: Session, actor: User, answer: ChallengeAnswer, *, now: datetime) -> ChallengeAnswer:
    return _decide(session, actor, answer, AnswerState.SHORTLISTED, None, "", now)


def accept_answer(
    session: Session, actor: User, answer: ChallengeAnswer, reply: str, *, now: datetime
) -> ChallengeAnswer:
    """The owner takes the answer up; the reply says how to go on."""
    return _decide(session, actor, answer, AnswerState.ACCEPTED, None, reply, now)


def decline_answer(
    session: Session, actor: User, answer: ChallengeAnswer, reason: DeclineReason | None, reply: str, *, now: datetime
) -> ChallengeAnswer:
    """The owner says no, with a reason from the list that goes back. Raises Invalid without one."""
    if reason is None:
        raise Invalid("reason_missing")
    return _decide(session, actor, answer, AnswerState.DECLINED, reason, reply, now)


def answers_in(session: Session, challenge: Challenge, *states: AnswerState) -> int:
    """How many answers to the challenge are in one of these states."""
    number = sa.select(sa.func.count(ChallengeAnswer.id)).where(
        ChallengeAnswer.challenge_id == challenge.id, ChallengeAnswer.state.in_(states)
    )
    return session.scalar(number) or 0


def find_answer(session: Session, organisation: Organisation, answer_id: int) -> ChallengeAnswer:
    """The answer, if this organisation is one of its two sides. Raises NotFound otherwise."""
    answer = session.get(ChallengeAnswer, answer_id)
    if answer is None or organisation.id not in (answer.organisation_id, answer.challenge.organisation_id):
        raise NotFound
    return answer


def _decide(
    session: Session,
    actor: User,
    answer: ChallengeAnswer,
    state: AnswerState,
    reason: DeclineReason | None,
    reply: str,
    now: datetime,
) -> ChallengeAnswer:
    owner = answer.challenge.organisation
    permits.manager_of(actor, owner.id)
    permits.not_suspended(owner)
    answer.state = move(ANSWER, answer.state, state)
    answer.decline_reason, answer.reply = reason, reply.strip()[:TEXT_LENGTH] or None
    answer.decided_at, answer.decided_by = now, actor
    given = reason.value if reason else None
    record(session, actor, f"answer.{state.value}", answer, now=now, organisation_id=owner.id, reason=given)
    post_to_organisation(session, answer.organisation, "challenge_answer_decided", **_mail_facts(answer))
    return answer


def _check_subject(
    session: Session, organisation: Organisation, technology_id: int | None, offer_id: int | None
) -> None:
    if technology_id is not None and offer_id is not None:
        raise Invalid("one_subject")
    subject: Technology | Offer | None = None
    if technology_id is not None:
        subject = session.get(Technology, technology_id)
    elif offer_id is not None:
        subject = session.get(Offer, offer_id)
    else:
        return
    if subject is None or subject.organisation_id != organisation.id or subject.state is not SupplyState.PUBLISHED:
        raise NotFound


def _check(title: Bilingual, problem: Bilingual, wanted: Bilingual, answer_by: date, now: datetime) -> None:
    in_one_language(title, problem, "problem_missing")
    if not cleaned(wanted):
        raise Invalid("wanted_missing")
    if answer_by < now.astimezone(HANOI).date():
        raise Invalid("date_past")


def _fill(session: Session, challenge: Challenge, values: ChallengeValues) -> None:
    challenge.fields = fields_named(session, values.fields)
    challenge.title, challenge.kind = cleaned(values.title, one_line=True), values.kind
    challenge.problem, challenge.wanted = cleaned(values.problem), cleaned(values.wanted)
    challenge.reward, challenge.budget_vnd = cleaned(values.reward), values.budget_vnd
    challenge.answer_by = values.answer_by


def _record(session: Session, actor: User, action: str, challenge: Challenge, now: datetime, **data: str) -> None:
    record(session, actor, action, challenge, now=now, organisation_id=challenge.organisation_id, **data)


def _mail_facts(answer: ChallengeAnswer) -> dict[str, object]:
    """Names and titles in both languages, and how the answer stands. No text of the answer."""
    challenge = answer.challenge
    return {
        "answer_id": answer.id,
        "challenge": in_both(challenge.title),
        "owner": {**names_of(challenge.organisation), "slug": challenge.organisation.slug},
        "answering": {**names_of(answer.organisation), "slug": answer.organisation.slug},
        "state": answer.state.value,
    }
