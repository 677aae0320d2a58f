"""Cohorts of a centre: in numbers, team by team, milestones and hours entered and taken out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Application, Call, CohortMilestone, MentorHours, MilestoneDone
from models.applications import ApplicationState
from models.calls import CallState
from models.types import MembershipRole
from network.formatting import today
from network.queries.cohorts import own_cohorts
from tests.factories import NOW, Make, both
from tests.intake import make_application, make_call, make_cohort, make_reviewer
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
S = ApplicationState


def decided(make: Make, centre: Any, name: str = "Spring") -> Call:
    return make_call(make, centre, day=today(), closes=-90, state=CallState.DECIDED, name=both(name))


def test_the_summary_counts_teams_milestones_and_hours(
    client: Any, session: Session, make: Make, sign_in: SignIn
) -> None:
    house, day = make.organisation("House", "centre", slug="house"), today()
    call = decided(make, house)
    teams = [make_application(make, call, make.organisation(f"Team {n}"), S.ACCEPTED, number=n) for n in (1, 2)]
    make_application(make, call, state=S.WAITLISTED)
    make_application(make, call, state=S.WITHDRAWN, decided_at=NOW)
    make_application(make, call, state=S.WITHDRAWN)
    cohort = make_cohort(make, call)
    make_cohort(make, decided(make, make.organisation(kind="centre"), "Of another"))
    milestone = CohortMilestone(cohort=cohort, title=both("Pilot"), due_on=day - timedelta(days=1))
    session.add(milestone)
    session.flush()
    session.add(MilestoneDone(milestone_id=milestone.id, application_id=teams[0].id, done_on=day, recorded_at=NOW))
    session.add(
        MentorHours(application_id=teams[0].id, on_day=day, minutes=45, mentor="Hoa", topic="Prices", entered_at=NOW)
    )
    session.commit()
    sign_in(client, make.user(house, membership=MembershipRole.MEMBER)).get("/en/workspace/house/cohorts")
    rows = client.texts("tbody th, tbody td")
    assert (rows[0], rows[2:]) == ("Incubation 2027, Spring", ["2", "1 of 2", "1", "0.75 h"])
    client.get(f"/en/workspace/house/cohorts/{cohort.id}")
    assert dict(zip(client.texts(".facts dt"), client.texts(".facts dd"), strict=True)) == {
        "Teams": "2 of 2 places taken",
        "Left": "1",
        "Milestones reached": "1 of 2",
        "Late": "1",
        "Mentor hours": "0.75 h",
    }
    assert client.texts("main .group h2") == ["Team 1", "Team 2"]
    assert client.texts("main .group .tag-late") == ["late"]


def test_milestones_and_hours_are_entered_and_taken_out(
    client: Any, session: Session, make: Make, sign_in: SignIn
) -> None:
    house, day = make.organisation(kind="centre", slug="house"), today()
    call = decided(make, house)
    team = make_application(make, call, make.organisation("Sun"), S.ACCEPTED)
    cohort = make_cohort(make, call)
    session.commit()
    here = f"/en/workspace/house/cohorts/{cohort.id}"
    sign_in(client, make.user(house, membership=MembershipRole.MEMBER))
    sent = {"milestone-title_en": "Pilot", "milestone-due_on": (day + timedelta(days=9)).isoformat()}
    assert client.submit(f"{here}/milestones", **{**sent, "milestone-title_en": ""}).status_code == 422
    assert client.texts(".error-summary li") == [
        "Milestone in Vietnamese: Name the milestone in Vietnamese or in English."
    ]
    client.submit(f"{here}/milestones", **sent, **{"milestone-team": str(team.id)})
    milestone = session.query(CohortMilestone).one()
    assert milestone.application_id == team.id
    reach = f"{here}/milestones/{milestone.id}/teams/{team.id}"
    client.submit(f"{reach}/done", done_on=(day + timedelta(days=1)).isoformat())
    assert client.texts(".notice-error") == ["This day is still to come."]
    client.submit(f"{reach}/done")
    assert client.texts(".notice-error") == ["Choose a day."]
    client.submit(f"{reach}/done", done_on=day.isoformat())
    assert client.texts("main .group .tag-good")[0].startswith("reached on")
    client.submit(f"{here}/milestones/{milestone.id}/remove")
    assert client.texts(".notice-error") == ["A team has reached this milestone already: it stays."]
    client.submit(f"{reach}/undone")
    client.submit(f"{here}/milestones/{milestone.id}/remove")
    assert make.count(CohortMilestone) == 0
    hours = {"hours-team": str(team.id), "hours-on_day": day.isoformat(), "hours-hours": "0.75"}
    assert client.submit(f"{here}/hours", **hours).status_code == 422
    client.submit(f"{here}/hours", **hours, **{"hours-mentor": "Hoa", "hours-topic": "Prices"})
    entry = session.query(MentorHours).one()
    assert entry.minutes == 45
    client.submit(f"{here}/hours/{entry.id}/remove")
    assert make.count(MentorHours) == 0


def test_only_staff_of_the_centre_enter_anything(client: Any, session: Session, make: Make, sign_in: SignIn) -> None:
    house, other = make.organisation(kind="centre", slug="house"), make.organisation(kind="centre", slug="other")
    call = decided(make, house)
    make_application(make, call, state=S.ACCEPTED)
    cohort = make_cohort(make, call)
    reviewer, stranger = make_reviewer(make, house), make.user(other)
    session.commit()
    sent = {"milestone-title_en": "Pilot", "milestone-due_on": today().isoformat()}
    sign_in(client, reviewer)
    assert client.post(f"/en/workspace/house/cohorts/{cohort.id}/milestones", data=sent).status_code == 403
    sign_in(client, stranger)
    assert client.get(f"/en/workspace/other/cohorts/{cohort.id}").status_code == 404


def test_the_list_takes_the_same_statements_however_many_there_are(session: Session, make: Make) -> None:
    house = make.organisation(kind="centre")
    number = house.id

    def fill(times: int) -> None:
        for _ in range(times):
            call = decided(make, session.get_one(type(house), number))
            cohort = make_cohort(make, call)
            session.add(CohortMilestone(cohort=cohort, title=both("Pilot"), due_on=today()))
            for _ in range(times):
                make_application(make, call, state=S.ACCEPTED)

    def sent() -> int:
        with statements_of(session) as statements:
            own_cohorts(session, number, today=today())
        return len(statements)

    fill(1)
    few = sent()
    fill(3)
    assert sent() == few == 6
    assert make.count(Application) == 10
