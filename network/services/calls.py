"""Calls of a programme: drafted by members of the centre; published, changed, called off and closed by its managers.

What applicants rely on stays: once a call is published its questions and criteria are fixed, and its closing day can
only be put off. The dates and places of the programme follow the call that is open or comes next.
"""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Application, Call, CallCriterion, CallQuestion, Programme, User
from models.applications import ApplicationState, Verdict
from models.calls import CallState
from models.errors import Conflict, Invalid, NotFound
from models.jobs import enqueue_embedding
from models.states import APPLICATION, CALL, move
from models.texts import Bilingual
from models.types import DeclineReason, SubjectKind, SupplyState
from network.services import permits
from network.services.admissions import decide, take_over
from network.services.intake import count, lock, mail_facts, record_call, runner, staff_of, today
from network.services.outbox import post_to_organisation
from network.services.texts import cleaned

EMPTY = Bilingual()
MOST_CRITERIA = MOST_QUESTIONS = 6
REASON_LENGTH = 1000


@dataclass(frozen=True)
class Criterion:
    name: Bilingual
    weight: int


@dataclass(frozen=True)
class Question:
    text: Bilingual
    required: bool = True
    names_people: bool = False


@dataclass(frozen=True)
class CallValues:
    """Everything a call says, as it was typed. For the limits see models.calls.Call."""

    name: Bilingual
    opens_on: date
    closes_on: date
    decide_by: date
    capacity: int
    minimum: int = 0
    expects: Bilingual = EMPTY
    starts_on: date | None = None
    ends_on: date | None = None
    reviews_wanted: int = 2
    spread: int = 1
    pass_mark: float = 3.0
    criteria: tuple[Criterion, ...] = ()
    questions: tuple[Question, ...] = ()


def create_call(session: Session, actor: User, programme: Programme, values: CallValues, *, now: datetime) -> Call:
    """A draft. Raises Invalid for what is missing or does not go together."""
    if programme.organisation is None:
        raise NotFound
    staff_of(actor, programme.organisation.id)
    permits.not_suspended(programme.organisation)
    _check(values)
    call = Call(programme=programme, state=CallState.DRAFT)
    _fill(call, values)
    _fill_lists(call, values)
    session.add(call)
    record_call(session, actor, "call.create", call, now)
    return call


def update_call(session: Session, actor: User, call: Call, values: CallValues, *, now: datetime) -> Call:
    """New words and dates. Of a published call neither questions nor criteria change, and it closes no earlier than it
    said; of a decided one only words, capacity and the days of the cohort. Raises Conflict or Invalid.
    """
    organisation = runner(call)
    permits.not_suspended(organisation)
    if call.state is CallState.DRAFT:
        staff_of(actor, organisation.id)
    else:
        permits.manager_of(actor, organisation.id)
    if call.state is CallState.CANCELLED:
        raise Conflict("call_cancelled")
    lock(session, call)
    if call.state is CallState.DRAFT:
        _check(values)
        _fill_lists(call, values)
    else:
        _check(values, lists=False)
        _check_promises(session, call, values)
    _fill(call, values)
    record_call(session, actor, "call.update", call, now)
    if call.state is not CallState.DRAFT:
        align(session, call.programme, today(now))
        take_over(session, call, now=now)
    return call


def publish_call(session: Session, actor: User, call: Call, *, now: datetime) -> Call:
    """Raises Conflict while the programme itself is not published, Invalid for a closing day that has passed."""
    permits.manager_of(actor, runner(call).id)
    permits.not_suspended(runner(call))
    state = move(CALL, call.state, CallState.PUBLISHED)
    if call.programme.state is not SupplyState.PUBLISHED:
        raise Conflict("programme_not_published")
    if call.closes_on < today(now):
        raise Invalid("call_in_the_past")
    call.state = state
    record_call(session, actor, "call.publish", call, now)
    align(session, call.programme, today(now))
    return call


def unpublish_call(session: Session, actor: User, call: Call, *, now: datetime) -> Call:
    """Back to the drafts. Raises Conflict once somebody has begun an application."""
    permits.manager_of(actor, runner(call).id)
    state = move(CALL, call.state, CallState.DRAFT)
    lock(session, call)
    if session.scalar(sa.select(Application.id).where(Application.call_id == call.id).limit(1)) is not None:
        raise Conflict("call_has_applications")
    call.state = state
    record_call(session, actor, "call.unpublish", call, now)
    align(session, call.programme, today(now))
    return call


def delete_call(session: Session, actor: User, call: Call, *, now: datetime) -> None:
    """Removes a draft for good. Raises Conflict for what others have read already."""
    staff_of(actor, runner(call).id)
    if call.state is not CallState.DRAFT:
        raise Conflict("not_a_draft", current=call.state.value)
    record_call(session, actor, "call.delete", call, now)
    session.delete(call)


def cancel_call(session: Session, actor: User, call: Call, reason: str, *, now: datetime) -> Call:
    """Calls a published call off. Everybody who has submitted is refused for want of places, with the reason as the
    note of the letter; who only has a draft is told, too. Raises Invalid without a reason.
    """
    permits.manager_of(actor, runner(call).id)
    reason = reason.strip()[:REASON_LENGTH]
    if not reason:
        raise Invalid("call_cancel_reason_missing")
    state = move(CALL, call.state, CallState.CANCELLED)
    lock(session, call)
    call.state, call.cancel_reason = state, reason
    record_call(session, actor, "call.cancel", call, now)
    _review_all(session, call)
    for application in _in(session, call, ApplicationState.UNDER_REVIEW):
        decide(session, actor, application, Verdict.REJECTED, reason=DeclineReason.NO_CAPACITY, note=reason, now=now)
    for application in _in(session, call, ApplicationState.DRAFT):
        slug = application.organisation.slug
        facts = {"application_id": application.id, **mail_facts(call), "slug": slug, "reason": reason}
        post_to_organisation(session, application.organisation, "call_cancelled", **facts)
    align(session, call.programme, today(now))
    return call


def begin_review(session: Session, actor: User | None, call: Call, *, now: datetime) -> int:
    """After the closing day what was submitted is read from now on. Returns how many applications that are.

    Without an actor the site itself does it. Raises Conflict while applications are taken.
    """
    if actor is not None:
        permits.manager_of(actor, runner(call).id)
    if call.state is not CallState.PUBLISHED or today(now) <= call.closes_on:
        raise Conflict("call_still_open")
    lock(session, call)
    number = _review_all(session, call)
    if number:
        record_call(session, actor, "call.review", call, now, applications=number)
    if number and actor is None:
        post_to_organisation(session, runner(call), "call_closed", **mail_facts(call), applications=number)
    return number


def follow_days(session: Session, *, now: datetime) -> tuple[int, int]:
    """What the days bring without anybody doing anything: calls that have closed are read from now on, and programmes
    have the dates of their present call. Returns how many calls closed and how many programmes moved on.
    """
    day = today(now)
    waiting = sa.select(Application.call_id).where(Application.state == ApplicationState.SUBMITTED)
    closed = sa.select(Call).where(Call.state == CallState.PUBLISHED, Call.closes_on < day, Call.id.in_(waiting))
    closing = [begin_review(session, None, call, now=now) for call in session.scalars(closed.order_by(Call.id)).all()]
    out = sa.select(Call.programme_id).where(Call.state == CallState.PUBLISHED, Call.closes_on >= day)
    behind = sa.select(Programme).where(Programme.id.in_(out), Programme.closes_on < day).order_by(Programme.id)
    moved = [align(session, programme, day) for programme in session.scalars(behind).all()]
    return len(closing), sum(moved)


def _review_all(session: Session, call: Call) -> int:
    submitted = _in(session, call, ApplicationState.SUBMITTED)
    for application in submitted:
        application.state = move(APPLICATION, application.state, ApplicationState.UNDER_REVIEW)
    return len(submitted)


def _in(session: Session, call: Call, state: ApplicationState) -> list[Application]:
    found = sa.select(Application).where(Application.call_id == call.id, Application.state == state)
    return list(session.scalars(found.order_by(Application.number, Application.id)))


def align(session: Session, programme: Programme, day: date) -> bool:
    """Gives the programme the dates and places of its present call; whether that changed anything.

    That is the one that closes next among the published ones; else the one that closed last. Without one it has no
    dates any more.
    """
    session.flush()
    out = sa.select(Call).where(
        Call.programme_id == programme.id, Call.state.in_((CallState.PUBLISHED, CallState.DECIDED))
    )
    calls = session.scalars(out).all()
    coming = [c for c in calls if c.closes_on >= day and c.state is CallState.PUBLISHED]
    present = min(coming, key=lambda c: c.closes_on) if coming else max(calls, key=lambda c: c.closes_on, default=None)
    dates = (present.opens_on, present.closes_on, present.capacity) if present else (None, None, None)
    if (programme.opens_on, programme.closes_on, programme.capacity) == dates:
        return False
    programme.opens_on, programme.closes_on, programme.capacity = dates
    enqueue_embedding(session, SubjectKind.PROGRAMME, programme.id)
    return True


def _check(values: CallValues, *, lists: bool = True) -> None:
    if not cleaned(values.name):
        raise Invalid("call_name_missing")
    if values.opens_on > values.closes_on:
        raise Invalid("call_closes_before")
    if values.decide_by < values.closes_on:
        raise Invalid("decides_before")
    if values.starts_on and values.ends_on and values.starts_on > values.ends_on:
        raise Invalid("cohort_dates")
    if values.capacity < 1 or not 0 <= values.minimum <= values.capacity:
        raise Invalid("minimum_over_capacity")
    if lists and not values.criteria:
        raise Invalid("criteria_missing")
    if lists and any(not cleaned(c.name) or not 1 <= c.weight <= 100 for c in values.criteria):
        raise Invalid("criterion_incomplete")


def _check_promises(session: Session, call: Call, values: CallValues) -> None:
    if values.capacity < count(session, call, ApplicationState.ACCEPTED):
        raise Invalid("fewer_places_than_given")
    if call.state is CallState.DECIDED:
        before = (call.opens_on, call.closes_on, call.decide_by)
        if (values.opens_on, values.closes_on, values.decide_by) != before:
            raise Invalid("call_decided")
    elif values.closes_on < call.closes_on:
        raise Invalid("call_closes_earlier")
    elif values.closes_on > call.closes_on and count(session, call, ApplicationState.UNDER_REVIEW):
        raise Conflict("call_being_read")


def _fill(call: Call, values: CallValues) -> None:
    call.name, call.expects = cleaned(values.name, one_line=True), cleaned(values.expects)
    call.opens_on, call.closes_on, call.decide_by = values.opens_on, values.closes_on, values.decide_by
    call.starts_on, call.ends_on = values.starts_on, values.ends_on
    call.capacity, call.minimum, call.reviews_wanted = values.capacity, values.minimum, values.reviews_wanted
    call.spread, call.pass_mark = values.spread, values.pass_mark


def _fill_lists(call: Call, values: CallValues) -> None:
    call.criteria = [
        CallCriterion(position=n, name=cleaned(c.name, one_line=True), weight=c.weight)
        for n, c in enumerate(values.criteria[:MOST_CRITERIA])
    ]
    call.questions = [
        CallQuestion(position=n, text=cleaned(q.text), required=q.required, names_people=q.names_people)
        for n, q in enumerate(q for q in values.questions if cleaned(q.text))
    ][:MOST_QUESTIONS]
