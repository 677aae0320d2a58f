"""Meetings of a connection: every step in every state by everybody, times that fit, and who gets the calendar file."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, ExpressionOfInterest, Meeting, Notification, OutboxMail, User
from models.connections import OPEN
from models.errors import Conflict, DomainError, Invalid, NotFound, NotPermitted
from models.meetings import MeetingState as S
from models.types import InterestState, MembershipRole
from network.queries.meetings import of_connection
from network.services import meetings
from network.services.meetings import MeetingValues
from tests.factories import Make

DAY = timedelta(days=1)


@pytest.fixture
def talk(make: Make) -> ExpressionOfInterest:
    startup, lab = make.organisation("Seeker"), make.organisation("Lab", "institute")
    return make.connection(make.need(startup), lab, InterestState.ACCEPTED)


@pytest.fixture
def values(now: datetime) -> MeetingValues:
    return MeetingValues("First talk", 60, (now + DAY, now + 2 * DAY), place="Hồ Tây 1")


def told(session: Session) -> list[tuple[str, str]]:
    return [(m.to, m.template) for m in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))]


def proposed(session: Session, make: Make, talk: ExpressionOfInterest, values: MeetingValues, now: datetime) -> Meeting:
    side = talk.from_organisation
    return meetings.propose(session, make.user(side), side, talk, values, now=now)


def test_from_a_proposal_to_a_time_in_both_calendars(
    session: Session, make: Make, talk: ExpressionOfInterest, values: MeetingValues, now: datetime
) -> None:
    asker, giver = make.user(talk.from_organisation), make.user(talk.to_organisation)
    helper = make.user(talk.to_organisation, membership=MembershipRole.MEMBER)
    meeting = meetings.propose(session, asker, talk.from_organisation, talk, values, now=now)
    assert (meeting.state, [s.starts_at for s in meeting.slots]) == (S.PROPOSED, [now + DAY, now + 2 * DAY])
    assert talk.state is InterestState.IN_DISCUSSION
    assert told(session) == [(giver.email, "meeting_proposed")]
    meetings.pick(session, helper, talk.to_organisation, meeting, meeting.slots[1].id, now=now)
    assert (meeting.state, meeting.starts_at, meeting.ends_at) == (S.AGREED, now + 2 * DAY, now + 2 * DAY + DAY / 24)
    assert told(session)[1:] == [
        (asker.email, "meeting_agreed"),
        (giver.email, "meeting_agreed"),
        (helper.email, "meeting_agreed"),
    ]
    mails = session.scalars(sa.select(OutboxMail).where(OutboxMail.template == "meeting_agreed")).all()
    assert {m.context["slug"] for m in mails} == {talk.from_organisation.slug, talk.to_organisation.slug}
    assert {m.context["calendar"]["uid"] for m in mails} == {f"meeting-{meeting.id}"}
    events = session.execute(
        sa.select(AuditEvent.action, AuditEvent.data).where(AuditEvent.action.startswith("meeting"))
    )
    assert [tuple(row) for row in events] == [
        ("meeting.propose", {"interest_id": talk.id, "slots": 2}),
        ("meeting.agree", {"interest_id": talk.id}),
    ]
    notices = session.scalars(sa.select(Notification.about)).all()
    assert set(notices) == {f"interest_id:{talk.id}"}


def test_asking_for_others_gives_the_turn_to_either_side(
    session: Session, make: Make, talk: ExpressionOfInterest, values: MeetingValues, now: datetime
) -> None:
    meeting, giver = proposed(session, make, talk, values, now), make.user(talk.to_organisation)
    with pytest.raises(Invalid, match="other_times_missing"):
        meetings.ask_for_others(session, giver, talk.to_organisation, meeting, " ", now=now)
    meetings.ask_for_others(session, giver, talk.to_organisation, meeting, "Next week, please.", now=now)
    assert (meeting.state, meeting.answer) == (S.OTHERS_ASKED, "Next week, please.")
    again = meetings.propose(session, giver, talk.to_organisation, talk, values, now=now)
    with pytest.raises(Conflict, match="meeting_waits"):
        proposed(session, make, talk, values, now)
    assert [row.id for row in of_connection(session, talk.id, talk.to_organisation_id, open_=True, now=now)] == [
        again.id,
        meeting.id,
    ]


def test_a_meeting_called_off_is_taken_out_of_both_calendars(
    session: Session, make: Make, talk: ExpressionOfInterest, values: MeetingValues, now: datetime
) -> None:
    meeting, giver = proposed(session, make, talk, values, now), make.user(talk.to_organisation)
    meetings.pick(session, giver, talk.to_organisation, meeting, meeting.slots[0].id, now=now)
    with pytest.raises(Invalid, match="meeting_reason_missing"):
        meetings.cancel(session, giver, talk.to_organisation, meeting, "", now=now)
    with pytest.raises(Conflict, match="meeting_over"):
        meetings.cancel(session, giver, talk.to_organisation, meeting, "Ill", now=now + DAY)
    meetings.cancel(session, giver, talk.to_organisation, meeting, "Ill", now=now + DAY - timedelta(minutes=1))
    mails = session.scalars(sa.select(OutboxMail).where(OutboxMail.template == "meeting_cancelled")).all()
    assert len(mails) == 2
    assert {(m.context["calendar"]["cancelled"], m.context["calendar"]["sequence"]) for m in mails} == {(True, 1)}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"subject": " "}, "meeting_subject_missing"),
        ({"minutes": 5}, "meeting_minutes"),
        ({"place": " "}, "meeting_place_missing"),
        ({"place": "", "link": "javascript:alert(1)"}, "not_a_web_address"),
        ({"slots": ()}, "slots_missing"),
        ({"days": (1, 2, 3, 4, 5, 6)}, "too_many_slots"),
        ({"days": (0, 1)}, "slot_past"),
        ({"days": (1, 366)}, "slot_too_far"),
    ],
)
def test_what_cannot_be_is_refused(
    session: Session,
    make: Make,
    talk: ExpressionOfInterest,
    values: MeetingValues,
    now: datetime,
    changes: dict[str, Any],
    code: str,
) -> None:
    days = changes.pop("days", None)
    if days:
        changes = {"slots": tuple(now + n * DAY for n in days)}
    with pytest.raises(Invalid, match=code):
        proposed(session, make, talk, replace(values, **changes), now)
    assert (make.count(Meeting), talk.state) == (0, InterestState.ACCEPTED)


def test_the_same_time_twice_is_one_and_a_link_is_enough(
    session: Session, make: Make, talk: ExpressionOfInterest, values: MeetingValues, now: datetime
) -> None:
    twice = replace(values, slots=(now + DAY, now + DAY), place="", link="https://meet.example/1")
    assert len(proposed(session, make, talk, twice, now).slots) == 1


def test_only_a_time_that_was_proposed_and_is_to_come_is_picked(
    session: Session, make: Make, talk: ExpressionOfInterest, values: MeetingValues, now: datetime
) -> None:
    meeting, giver = proposed(session, make, talk, values, now), make.user(talk.to_organisation)
    with pytest.raises(NotFound):
        meetings.pick(session, giver, talk.to_organisation, meeting, 99999, now=now)
    with pytest.raises(Conflict, match="slot_over"):
        meetings.pick(session, giver, talk.to_organisation, meeting, meeting.slots[0].id, now=now + DAY)
    rows = of_connection(session, talk.id, talk.to_organisation_id, open_=True, now=now + DAY)
    assert [slot.over for slot in rows[0].slots] == [True, False]


OURS, THEIRS = "the side that proposed", "the other side"
ROLES = (OURS, THEIRS, "reviewer of the other side", "manager of a third", "coordinator")
STEPS: dict[str, tuple[set[str], set[S]]] = {
    "pick": ({THEIRS}, {S.PROPOSED}),
    "ask": ({THEIRS}, {S.PROPOSED}),
    "withdraw": ({OURS}, {S.PROPOSED}),
    "cancel": ({OURS, THEIRS}, {S.AGREED}),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", list(S))
def test_every_step_in_every_state_by_everybody(
    session: Session,
    make: Make,
    talk: ExpressionOfInterest,
    values: MeetingValues,
    now: datetime,
    state: S,
    step: str,
    role: str,
) -> None:
    meeting = proposed(session, make, talk, values, now)
    meeting.state = state
    meeting.settled_at = None if state is S.PROPOSED else now
    meeting.starts_at = now + DAY if state in (S.AGREED, S.CANCELLED) else None
    session.flush()
    third = make.organisation("Third", "centre")
    people: dict[str, Callable[[], tuple[User, Any]]] = {
        OURS: lambda: (make.user(talk.from_organisation, membership=MembershipRole.MEMBER), talk.from_organisation),
        THEIRS: lambda: (make.user(talk.to_organisation, membership=MembershipRole.MEMBER), talk.to_organisation),
        "reviewer of the other side": lambda: (
            make.user(talk.to_organisation, membership=MembershipRole.REVIEWER),
            talk.to_organisation,
        ),
        "manager of a third": lambda: (make.user(third), third),
        "coordinator": lambda: (make.coordinator(), talk.to_organisation),
    }
    actor, side = people[role]()
    act: dict[str, Callable[[], object]] = {
        "pick": lambda: meetings.pick(session, actor, side, meeting, meeting.slots[0].id, now=now),
        "ask": lambda: meetings.ask_for_others(session, actor, side, meeting, "Later", now=now),
        "withdraw": lambda: meetings.withdraw(session, actor, side, meeting, now=now),
        "cancel": lambda: meetings.cancel(session, actor, side, meeting, "Ill", now=now),
    }
    who, when = STEPS[step]
    if role in who and state in when:
        act[step]()
        assert meeting.state is not state
        return
    before = make.count(AuditEvent)
    with pytest.raises(DomainError) as refused:
        act[step]()
    if role in ROLES[2:]:
        assert isinstance(refused.value, NotPermitted | NotFound)
    assert (meeting.state, make.count(AuditEvent)) == (state, before)


@pytest.mark.parametrize("state", [s for s in InterestState if s not in OPEN and s is not InterestState.DRAFT])
def test_where_nobody_talks_nobody_meets(
    session: Session, make: Make, values: MeetingValues, now: datetime, state: InterestState
) -> None:
    startup, lab = make.organisation(), make.organisation(kind="institute")
    reason = {"decline_reason": "terms"} if state is InterestState.DECLINED else {}
    talk = make.connection(make.need(startup), lab, state, **reason)
    with pytest.raises(Conflict, match="forbidden_transition"):
        proposed(session, make, talk, values, now)
