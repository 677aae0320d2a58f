"""Cohorts: milestones reached or not, hours of mentors; entered by members of the centre for teams of that cohort."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import CohortMilestone, MentorHours, MilestoneDone
from models.applications import ApplicationState
from models.calls import CallState
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.texts import Bilingual
from models.types import MembershipRole
from network.services import cohorts
from tests.factories import Make, both
from tests.intake import DAY, make_application, make_call, make_cohort

DECIDED = CallState.DECIDED


def test_a_milestone_for_all_and_one_for_a_team(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    member = make.user(centre, membership=MembershipRole.MEMBER)
    call = make_call(make, centre, closes=-100, state=DECIDED)
    cohort, team = make_cohort(make, call), make_application(make, call, state=ApplicationState.ACCEPTED)
    other = make_application(make, call, state=ApplicationState.ACCEPTED)
    for_all = cohorts.add_milestone(session, member, cohort, both("Pitch"), DAY, now=now)
    for_one = cohorts.add_milestone(session, member, cohort, both("Permit"), DAY, team, now=now)
    cohorts.set_done(session, member, for_all, team, DAY, now=now)
    cohorts.set_done(session, member, for_all, team, DAY - timedelta(days=1), now=now)
    session.flush()
    assert [d.done_on for d in session.scalars(sa.select(MilestoneDone))] == [DAY - timedelta(days=1)]
    with pytest.raises(Conflict, match="milestone_reached"):
        cohorts.remove_milestone(session, member, for_all, now=now)
    with pytest.raises(NotFound):
        cohorts.set_done(session, member, for_one, other, DAY, now=now)
    with pytest.raises(Invalid, match="day_to_come"):
        cohorts.set_done(session, member, for_one, team, DAY + timedelta(days=1), now=now)
    cohorts.set_done(session, member, for_all, team, None, now=now)
    cohorts.remove_milestone(session, member, for_all, now=now)
    session.flush()
    assert [m.title.en for m in session.scalars(sa.select(CohortMilestone))] == ["Permit"]


def test_what_a_milestone_must_say(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    manager, cohort = make.user(centre), make_cohort(make, make_call(make, centre, closes=-100, state=DECIDED))
    with pytest.raises(Invalid, match="milestone_title_missing"):
        cohorts.add_milestone(session, manager, cohort, Bilingual(" ", None), DAY, now=now)
    for day in (cohort.starts_on, cohort.ends_on):
        assert day is not None
        outside = day + timedelta(days=1 if day is cohort.ends_on else -1)
        with pytest.raises(Invalid, match="milestone_outside_cohort"):
            cohorts.add_milestone(session, manager, cohort, both("Pitch"), outside, now=now)


def test_hours_are_entered_and_taken_out(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    member = make.user(centre, membership=MembershipRole.MEMBER)
    call = make_call(make, centre, closes=-100, state=DECIDED)
    cohort, team = make_cohort(make, call), make_application(make, call, state=ApplicationState.ACCEPTED)
    made = cohorts.add_hours(session, member, cohort, team, DAY, 90, " Ms  Hoa ", " Prices ", now=now)
    assert (made.minutes, made.mentor, made.topic, made.entered_by) == (90, "Ms Hoa", "Prices", member)
    for day, minutes, mentor, topic, code in (
        (DAY, 0, "Hoa", "Prices", "hours_outside"),
        (DAY, 24 * 60 + 1, "Hoa", "Prices", "hours_outside"),
        (DAY, 60, " ", "Prices", "mentor_missing"),
        (DAY, 60, "Hoa", " ", "topic_missing"),
        (DAY + timedelta(days=1), 60, "Hoa", "Prices", "day_to_come"),
    ):
        with pytest.raises(Invalid, match=code):
            cohorts.add_hours(session, member, cohort, team, day, minutes, mentor, topic, now=now)
    session.flush()
    elsewhere = make_cohort(make, make_call(make, centre, closes=-100, state=DECIDED))
    with pytest.raises(NotFound):
        cohorts.remove_hours(session, member, elsewhere, made.id, now=now)
    cohorts.remove_hours(session, member, cohort, made.id, now=now)
    session.flush()
    assert make.count(MentorHours) == 0


def test_only_teams_of_the_cohort_and_only_its_centre(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    call = make_call(make, centre, closes=-100, state=DECIDED)
    cohort, team = make_cohort(make, call), make_application(make, call, state=ApplicationState.ACCEPTED)
    waiting = make_application(make, call, state=ApplicationState.WAITLISTED)
    other = make_application(make, make_call(make, centre, state=DECIDED), state=ApplicationState.ACCEPTED)
    assert cohorts.find_team(session, cohort, team.id) is team
    for application in (waiting, other):
        with pytest.raises(NotFound):
            cohorts.find_team(session, cohort, application.id)
    with pytest.raises(NotFound):
        cohorts.find_own(session, make.organisation(kind="centre"), cohort.id)
    with pytest.raises(NotPermitted):
        cohorts.add_milestone(session, make.user(team.organisation), cohort, both("Pitch"), DAY, now=now)
