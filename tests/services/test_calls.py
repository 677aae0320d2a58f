"""Programmes and calls: drafted, published, changed without breaking a promise, called off; dates follow the day."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Application, Call, DecisionLetter, Job, OutboxMail, Programme
from models.applications import ApplicationState
from models.calls import CallState
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.texts import Bilingual
from models.types import DeclineReason, MembershipRole, Stage, SupplyState
from network.services import calls, programmes
from network.services.calls import CallValues, Criterion, Question
from network.services.programmes import ProgrammeValues
from tests.factories import Make, both
from tests.intake import DAY, make_application, make_call, make_reviewer

VALUES = ProgrammeValues(both("Incubation"), both("A year with us"), both("A desk"), both("Teams"), (Stage.IDEA,))
CALL = CallValues(
    both("Spring"),
    DAY,
    DAY + timedelta(days=30),
    DAY + timedelta(days=60),
    capacity=8,
    minimum=4,
    criteria=(Criterion(both("Benefit"), 60), Criterion(both("Team"), 40)),
    questions=(Question(both("Why?")), Question(Bilingual())),
)
EMPTY = Bilingual()


def test_members_draft_a_programme_and_managers_publish_it(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    member, manager = make.user(centre, membership=MembershipRole.MEMBER), make.user(centre)
    entry = programmes.create_programme(session, member, centre, VALUES, now=now)
    assert (entry.state, entry.stages, entry.organisation) == (SupplyState.DRAFT, ["idea"], centre)
    with pytest.raises(NotPermitted):
        programmes.publish_programme(session, member, entry, now=now)
    programmes.publish_programme(session, manager, entry, now=now)
    with pytest.raises(NotPermitted):
        programmes.update_programme(session, member, entry, VALUES, now=now)
    programmes.update_programme(session, manager, entry, replace(VALUES, gives=EMPTY), now=now)
    programmes.withdraw_programme(session, manager, entry, now=now)
    programmes.unpublish_programme(session, manager, entry, now=now)
    programmes.delete_programme(session, member, entry, now=now)
    session.flush()
    assert make.count(Programme) == 0
    assert session.scalar(sa.select(sa.func.count(Job.id)).where(Job.key == f"programme:{entry.id}")) == 6


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": EMPTY}, "programme_name_missing"),
        ({"summary": EMPTY}, "summary_missing"),
        ({"name": Bilingual("Ươm tạo"), "summary": Bilingual(None, "A year")}, "languages_apart"),
        ({"fields": ("999",)}, "unknown_field"),
    ],
)
def test_what_a_programme_must_say(
    session: Session, make: Make, now: datetime, changes: dict[str, Any], code: str
) -> None:
    centre = make.organisation(kind="centre")
    with pytest.raises(Invalid) as refused:
        programmes.create_programme(session, make.user(centre), centre, replace(VALUES, **changes), now=now)
    assert refused.value.code == code


def test_who_only_reviews_for_the_centre_writes_neither_programmes_nor_calls(
    session: Session, make: Make, now: datetime
) -> None:
    centre = make.organisation(kind="centre")
    reviewer = make_reviewer(make, centre)
    with pytest.raises(NotPermitted):
        programmes.create_programme(session, reviewer, centre, VALUES, now=now)
    with pytest.raises(NotPermitted):
        calls.create_call(session, reviewer, make.programme(centre), CALL, now=now)


def test_only_centres_have_programmes_of_their_own(session: Session, make: Make, now: datetime) -> None:
    startup = make.organisation()
    with pytest.raises(NotFound):
        programmes.create_programme(session, make.user(startup), startup, VALUES, now=now)
    public = make.programme()
    with pytest.raises(NotFound):
        programmes.update_programme(session, make.user(startup), public, VALUES, now=now)


def test_a_programme_stays_while_a_call_of_it_is_out(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    manager, call = make.user(centre), make_call(make, centre)
    for step in (programmes.unpublish_programme, programmes.withdraw_programme):
        with pytest.raises(Conflict, match="programme_has_open_calls"):
            step(session, manager, call.programme, now=now)
    calls.cancel_call(session, manager, call, "The house is closed", now=now)
    programmes.withdraw_programme(session, manager, call.programme, now=now)


def test_a_programme_that_was_applied_to_is_not_deleted(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    manager, call = make.user(centre), make_call(make, centre)
    make_application(make, call, state=ApplicationState.DRAFT)
    calls.cancel_call(session, manager, call, "The house is closed", now=now)
    programmes.unpublish_programme(session, manager, call.programme, now=now)
    with pytest.raises(Conflict, match="programme_has_applications"):
        programmes.delete_programme(session, manager, call.programme, now=now)


def test_a_call_is_drafted_published_and_taken_back(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    member, manager = make.user(centre, membership=MembershipRole.MEMBER), make.user(centre)
    programme = make.programme(centre, state=SupplyState.DRAFT)
    call = calls.create_call(session, member, programme, CALL, now=now)
    assert [(c.name.en, c.weight) for c in call.criteria] == [("Benefit", 60), ("Team", 40)]
    assert [q.text.en for q in call.questions] == ["Why?"]
    with pytest.raises(NotPermitted):
        calls.publish_call(session, member, call, now=now)
    with pytest.raises(Conflict, match="programme_not_published"):
        calls.publish_call(session, manager, call, now=now)
    programme.state = SupplyState.PUBLISHED
    calls.publish_call(session, manager, call, now=now)
    assert (programme.opens_on, programme.closes_on, programme.capacity) == (CALL.opens_on, CALL.closes_on, 8)
    with pytest.raises(NotPermitted):
        calls.update_call(session, member, call, CALL, now=now)
    calls.unpublish_call(session, manager, call, now=now)
    assert (programme.opens_on, programme.closes_on) == (None, None)
    calls.delete_call(session, member, call, now=now)
    session.flush()
    assert make.count(Call) == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": EMPTY}, "call_name_missing"),
        ({"closes_on": DAY - timedelta(days=1)}, "call_closes_before"),
        ({"decide_by": DAY}, "decides_before"),
        ({"starts_on": DAY, "ends_on": DAY - timedelta(days=1)}, "cohort_dates"),
        ({"capacity": 0}, "minimum_over_capacity"),
        ({"minimum": 9}, "minimum_over_capacity"),
        ({"criteria": ()}, "criteria_missing"),
        ({"criteria": (Criterion(EMPTY, 10),)}, "criterion_incomplete"),
        ({"criteria": (Criterion(both("Team"), 0),)}, "criterion_incomplete"),
    ],
)
def test_what_a_call_must_say(session: Session, make: Make, now: datetime, changes: dict[str, Any], code: str) -> None:
    centre = make.organisation(kind="centre")
    with pytest.raises(Invalid) as refused:
        calls.create_call(session, make.user(centre), make.programme(centre), replace(CALL, **changes), now=now)
    assert refused.value.code == code


def test_a_call_whose_last_day_has_passed_is_not_published(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    call = make_call(make, centre, closes=-1, state=CallState.DRAFT)
    with pytest.raises(Invalid, match="call_in_the_past"):
        calls.publish_call(session, make.user(centre), call, now=now)


def values_of(call: Call, **changes: Any) -> CallValues:
    names = ("name", "opens_on", "closes_on", "decide_by", "capacity", "minimum", "expects", "starts_on", "ends_on")
    return CallValues(**{**{name: getattr(call, name) for name in names}, **changes})


def test_what_was_promised_stays(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    manager, call = make.user(centre), make_call(make, centre)
    make_application(make, call, state=ApplicationState.SUBMITTED)
    later = call.closes_on + timedelta(days=7)
    for changes, code in (
        ({"closes_on": call.closes_on - timedelta(days=1)}, "call_closes_earlier"),
        ({"minimum": 3}, "minimum_over_capacity"),
    ):
        with pytest.raises(Invalid, match=code):
            calls.update_call(session, manager, call, values_of(call, **changes), now=now)
    changed = values_of(call, closes_on=later, capacity=5, criteria=(Criterion(both("Luck"), 1),))
    calls.update_call(session, manager, call, changed, now=now)
    assert [c.name.en for c in call.criteria] == ["Benefit", "Team"]
    assert (call.programme.closes_on, call.programme.capacity) == (later, 5)
    with pytest.raises(Conflict, match="call_has_applications"):
        calls.unpublish_call(session, manager, call, now=now)


def test_a_decided_call_keeps_its_days_and_at_least_the_places_given(
    session: Session, make: Make, now: datetime
) -> None:
    centre = make.organisation(kind="centre")
    manager, call = make.user(centre), make_call(make, centre, closes=-1, state=CallState.DECIDED)
    accepted = [make_application(make, call, state=ApplicationState.ACCEPTED) for _ in range(2)]
    waiting = [make_application(make, call, state=ApplicationState.WAITLISTED) for _ in range(2)]
    with pytest.raises(Invalid, match="fewer_places_than_given"):
        calls.update_call(session, manager, call, values_of(call, capacity=1), now=now)
    with pytest.raises(Invalid, match="call_decided"):
        calls.update_call(session, manager, call, values_of(call, decide_by=date(2027, 12, 1)), now=now)
    calls.update_call(session, manager, call, values_of(call, capacity=3), now=now)
    assert [a.state for a in (*accepted, *waiting)] == [ApplicationState.ACCEPTED] * 3 + [ApplicationState.WAITLISTED]


def test_the_programme_follows_the_call_that_is_present(session: Session, make: Make) -> None:
    programme = make.programme(make.organisation(kind="centre"))
    spring = make_call(make, programme=programme, closes=20, capacity=3)
    autumn = make_call(make, programme=programme, closes=200, capacity=7)
    for day, call in ((DAY, spring), (spring.closes_on, spring), (spring.closes_on + timedelta(days=1), autumn)):
        calls.align(session, programme, day)
        assert (programme.closes_on, programme.capacity) == (call.closes_on, call.capacity)
    assert calls.align(session, programme, spring.closes_on + timedelta(days=1)) is False
    calls.align(session, programme, autumn.closes_on + timedelta(days=1))
    assert programme.closes_on == autumn.closes_on


def test_reading_begins_after_the_last_day(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    manager, member = make.user(centre), make.user(centre, membership=MembershipRole.MEMBER)
    call = make_call(make, centre, closes=0)
    sent = make_application(make, call, state=ApplicationState.SUBMITTED)
    draft = make_application(make, call, state=ApplicationState.DRAFT)
    with pytest.raises(Conflict, match="call_still_open"):
        calls.begin_review(session, manager, call, now=now)
    tomorrow = now + timedelta(days=1)
    with pytest.raises(NotPermitted):
        calls.begin_review(session, member, call, now=tomorrow)
    assert calls.begin_review(session, manager, call, now=tomorrow) == 1
    assert calls.begin_review(session, None, call, now=tomorrow) == 0
    assert (sent.state, draft.state) == (ApplicationState.UNDER_REVIEW, ApplicationState.DRAFT)
    later = values_of(call, closes_on=call.closes_on + timedelta(days=3))
    with pytest.raises(Conflict, match="call_being_read"):
        calls.update_call(session, manager, call, later, now=tomorrow)


def test_calling_off_refuses_everybody_with_the_reason(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    manager, call = make.user(centre), make_call(make, centre)
    sent = make_application(make, call, state=ApplicationState.SUBMITTED)
    draft = make_application(make, call, state=ApplicationState.DRAFT)
    people = [make.user(a.organisation).email for a in (sent, draft)]
    with pytest.raises(Invalid, match="call_cancel_reason_missing"):
        calls.cancel_call(session, manager, call, "  ", now=now)
    calls.cancel_call(session, manager, call, "The house burned down", now=now)
    assert (sent.state, sent.reason) == (ApplicationState.REJECTED, DeclineReason.NO_CAPACITY)
    assert draft.state is ApplicationState.DRAFT
    assert [letter.note for letter in session.scalars(sa.select(DecisionLetter))] == ["The house burned down"]
    mails = session.execute(sa.select(OutboxMail.template, OutboxMail.to).order_by(OutboxMail.id)).all()
    assert mails == [("application_decided", people[0]), ("call_cancelled", people[1])]
    assert session.scalar(sa.select(sa.func.count(Application.id))) == 2


def test_the_days_close_calls_and_move_programmes_on_by_themselves(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    manager = make.user(centre)
    programme = make.programme(centre)
    spring = make_call(make, programme=programme, closes=0)
    autumn = make_call(make, programme=programme, closes=90)
    sent = make_application(make, spring, state=ApplicationState.SUBMITTED)
    calls.align(session, programme, DAY)
    assert calls.follow_days(session, now=now) == (0, 0)
    tomorrow = now + timedelta(days=1)
    assert calls.follow_days(session, now=tomorrow) == (1, 1)
    assert (sent.state, programme.closes_on) == (ApplicationState.UNDER_REVIEW, autumn.closes_on)
    assert calls.follow_days(session, now=tomorrow) == (0, 0)
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert (mail.template, mail.to, mail.context["applications"]) == ("call_closed", manager.email, 1)
