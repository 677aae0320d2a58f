"""Entries of an intake for tests: a call with two criteria and two questions, applications in any state, reviews."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from models import (
    Application,
    ApplicationAnswer,
    Call,
    CallCriterion,
    CallQuestion,
    Cohort,
    CohortMilestone,
    DecisionLetter,
    MentorHours,
    Organisation,
    Programme,
    Review,
    ReviewerDeclaration,
    ReviewScore,
    User,
)
from models.applications import ApplicationState, Verdict
from models.calls import CallState
from models.reviews import ReviewState
from models.types import DeclineReason, MembershipRole, Stage
from tests.factories import NOW, Make, both

DAY = date(2026, 11, 24)
"""The day of NOW in Hanoi."""


def make_call(
    make: Make, centre: Organisation | None = None, *, closes: int = 20, day: date = DAY, **values: Any
) -> Call:
    """A published call that closes so many days from `day` on; below zero it is being read."""
    programme: Programme | None = values.pop("programme", None)
    programme = programme or make.programme(centre or make.organisation(kind="centre"))
    closes_on = day + timedelta(days=closes)
    defaults: dict[str, Any] = {
        "name": both("Spring"),
        "expects": both("Come every day"),
        "opens_on": closes_on - timedelta(days=30),
        "closes_on": closes_on,
        "decide_by": closes_on + timedelta(days=30),
        "starts_on": closes_on + timedelta(days=60),
        "ends_on": closes_on + timedelta(days=240),
        "capacity": 2,
        "minimum": 0,
        "state": CallState.PUBLISHED,
        "criteria": [
            CallCriterion(position=0, name=both("Benefit"), weight=3),
            CallCriterion(position=1, name=both("Team"), weight=1),
        ],
        "questions": [
            CallQuestion(position=0, text=both("What have you tried?"), required=True, names_people=False),
            CallQuestion(position=1, text=both("Who are you?"), required=False, names_people=True),
        ],
    }
    if values.get("state") is CallState.DECIDED:
        defaults["decided_at"] = NOW
    call = Call(programme=programme, **{**defaults, **values})
    make.session.add(call)
    make.session.flush()
    return call


def make_application(
    make: Make,
    call: Call,
    organisation: Organisation | None = None,
    state: ApplicationState = ApplicationState.UNDER_REVIEW,
    **values: Any,
) -> Application:
    """A complete application in this state; numbers follow one another."""
    organisation = organisation or make.organisation(f"Team {next(make.number)}")
    number = next(make.number)
    defaults: dict[str, Any] = {
        "title": f"Project {number}",
        "summary": "What it does",
        "stage": Stage.PROTOTYPE,
        "team": "Lan and Minh",
        "state": state,
        "answers": [
            ApplicationAnswer(question_id=q.id, text="We tried" if not q.names_people else "We are Lan and Minh")
            for q in call.questions
        ],
    }
    if state is not ApplicationState.DRAFT:
        defaults |= {"submitted_at": NOW - timedelta(days=30), "number": number}
    if state is ApplicationState.REJECTED:
        defaults |= {"reason": DeclineReason.TOO_EARLY}
    if state is ApplicationState.WAITLISTED:
        defaults |= {"waitlist_rank": number}
    application = Application(call=call, organisation=organisation, **{**defaults, **values})
    make.session.add(application)
    make.session.flush()
    return application


def make_reviewer(make: Make, centre: Organisation, name: str = "Reviewer", **values: Any) -> User:
    return make.user(centre, membership=MembershipRole.REVIEWER, name=name, **values)


def make_review(
    make: Make,
    application: Application,
    reviewer: User,
    points: Sequence[int | None] = (),
    state: ReviewState | None = None,
    **values: Any,
) -> Review:
    """A review; with points for every criterion it is sent, and its reviewer has named no ties."""
    state = state or (ReviewState.SUBMITTED if points else ReviewState.ASSIGNED)
    if make.session.get(ReviewerDeclaration, (application.call_id, reviewer.id)) is None:
        make.session.add(
            ReviewerDeclaration(call_id=application.call_id, user_id=reviewer.id, names=[], declared_at=NOW)
        )
    begun = state in (ReviewState.IN_PROGRESS, ReviewState.SUBMITTED)
    review = Review(
        application=application,
        reviewer=reviewer,
        state=state,
        assigned_at=NOW,
        cleared_at=NOW if begun else None,
        submitted_at=NOW if state is ReviewState.SUBMITTED else None,
        scores=[
            ReviewScore(criterion_id=criterion.id, points=value, comment=f"{reviewer.name} says {value}")
            for criterion, value in zip(application.call.criteria, points, strict=False)
        ],
        **{"comment": f"{reviewer.name} on the whole", **values},
    )
    make.session.add(review)
    make.session.flush()
    return review


def make_cohort(make: Make, call: Call, **values: Any) -> Cohort:
    defaults = {"name": call.name, "starts_on": call.starts_on, "ends_on": call.ends_on}
    cohort = Cohort(call=call, **{**defaults, **values})
    make.session.add(cohort)
    make.session.flush()
    return cohort


def intake_entries(make: Make, centre: Organisation, startup: Organisation) -> dict[str, int]:
    """A decided call with one team in its cohort and everything around it, by the arguments of addresses."""
    call = make_call(make, centre, closes=-1, state=CallState.DECIDED)
    application = make_application(make, call, startup, ApplicationState.ACCEPTED)
    letter = DecisionLetter(application_id=application.id, verdict=Verdict.ACCEPTED, issued_at=NOW)
    cohort = make_cohort(make, call)
    milestone = CohortMilestone(cohort=cohort, title=both("Pitch"), due_on=DAY)
    hours = MentorHours(application=application, on_day=DAY, minutes=60, mentor="Hoa", topic="Prices", entered_at=NOW)
    make.session.add_all([letter, milestone, hours])
    review = make_review(make, application, make_reviewer(make, centre), (4, 4))
    make.session.flush()
    return {
        "programme_id": call.programme_id,
        "call_id": call.id,
        "application_id": application.id,
        "letter_id": letter.id,
        "review_id": review.id,
        "cohort_id": cohort.id,
        "milestone_id": milestone.id,
        "hours_id": hours.id,
    }
