"""The yearly report of a centre: what is counted, what is not, which gaps are named; on the page and as a document."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import MentorHours, Organisation
from models.applications import ApplicationState
from models.calls import CallState
from models.outcomes import OutcomeKind, OutcomeState
from models.types import EventKind, InterestState, OrganisationKind, Provenance
from network.formatting import today
from network.queries.yearly_report import Way, YearlyReport, yearly_report
from tests.factories import NOW, Make
from tests.intake import make_application, make_call, make_cohort
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
S = ApplicationState
LAST_DAY = date(2026, 12, 31)
CONFIRMED = {"state": OutcomeState.CONFIRMED, "settled_at": NOW}


def report(session: Session, centre: Any, year: int = 2026, today: date = LAST_DAY) -> YearlyReport:
    return yearly_report(session, centre, year, today=today)


def ways(found: YearlyReport) -> dict[str | None, set[Way]]:
    return {s.name.en: set(s.ways) for s in found.served}


@pytest.fixture
def house(make: Make) -> Any:
    return make.organisation("House", "centre", slug="house", staff_count=9)


def incubated(make: Make, session: Session, house: Organisation, team: Organisation, **cohort: Any) -> Any:
    """A team in a cohort of the centre."""
    call = make_call(make, house, closes=-60, state=CallState.DECIDED)
    application = make_application(make, call, team, S.ACCEPTED)
    make_cohort(make, call, **{"starts_on": date(2026, 11, 1), "ends_on": date(2027, 4, 30), **cohort})
    return application


def mentored(session: Session, application: Any, on_day: date, minutes: int = 90, mentor: str = "Hoa") -> None:
    hours = {"topic": "Prices", "entered_at": NOW, "minutes": minutes, "mentor": mentor}
    session.add(MentorHours(application=application, on_day=on_day, **hours))
    session.flush()


def test_served_is_whoever_was_accepted_taken_in_mentored_or_has_a_confirmed_outcome(
    make: Make, session: Session, house: Any
) -> None:
    mill, sun, moon = make.organisation("Mill", "enterprise"), make.organisation("Sun"), make.organisation("Moon")
    make.connection(make.need(mill), house)
    make.interest(make.need(make.organisation("Waits")), house)
    make.interest(
        make.need(make.organisation("Refused")),
        house,
        state=InterestState.DECLINED,
        answered_at=NOW,
        decline_reason="no_capacity",
    )
    mentored(session, incubated(make, session, house, sun), date(2026, 11, 3))
    before = NOW - timedelta(days=500)
    talk = make.connection(make.need(moon), house, InterestState.CONFIRMED, sent_at=before, answered_at=before)
    make.outcome(talk, house, kind=OutcomeKind.INCUBATED, happened_on=date(2026, 5, 1), **CONFIRMED)
    make.connection(make.need(make.organisation("Of another")), make.organisation(kind="centre"))
    found = report(session, house)
    assert ways(found) == {"Mill": {Way.TALK}, "Sun": {Way.COHORT, Way.HOURS}, "Moon": {Way.INCUBATED}}
    assert (found.enterprises, found.startups_trained) == (1, 2)
    assert found.number(OrganisationKind.STARTUP, Way.TALK) == 0


def test_a_year_begins_and_ends_in_hanoi(make: Make, session: Session, house: Any) -> None:
    for name, at in (
        ("Too early", datetime(2025, 12, 31, 16, 59, tzinfo=UTC)),
        ("First", datetime(2025, 12, 31, 17, 0, tzinfo=UTC)),
        ("Last", datetime(2026, 12, 31, 16, 59, tzinfo=UTC)),
        ("Too late", datetime(2026, 12, 31, 17, 0, tzinfo=UTC)),
    ):
        make.connection(make.need(make.organisation(name)), house, sent_at=at, answered_at=at)
    assert set(ways(report(session, house))) == {"First", "Last"}
    assert set(ways(report(session, house, 2025))) == {"Too early"}


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "counts"),
    [
        (date(2025, 3, 1), date(2025, 12, 31), False),
        (date(2025, 3, 1), date(2026, 1, 1), True),
        (date(2026, 12, 31), date(2027, 5, 1), True),
        (date(2027, 1, 1), date(2027, 5, 1), False),
    ],
)
def test_a_team_counts_in_every_year_that_its_cohort_touches(
    make: Make, session: Session, house: Any, starts_on: date, ends_on: date, counts: bool
) -> None:
    incubated(make, session, house, make.organisation("Sun"), starts_on=starts_on, ends_on=ends_on)
    assert bool(report(session, house).startups_trained) is counts


def test_applications_hours_events_outcomes_and_answers_in_numbers(make: Make, session: Session, house: Any) -> None:
    call = make_call(make, house, closes=-60, capacity=3, state=CallState.DECIDED)
    first, second = (make_application(make, call, state=S.ACCEPTED) for _ in range(2))
    make_application(make, call, state=S.REJECTED)
    make_application(make, call, state=S.DRAFT)
    make_application(make, call, state=S.UNDER_REVIEW, submitted_at=NOW - timedelta(days=400))
    make_call(make, house, state=CallState.DRAFT)
    mentored(session, first, date(2026, 2, 1), 90, "Hoa")
    mentored(session, second, date(2026, 2, 2), 60, "hoa")
    mentored(session, second, date(2025, 2, 2), 600, "Minh")
    held = NOW - timedelta(days=3)
    event = make.event(house, kind=EventKind.TRAINING, starts_at=held, ends_at=held + timedelta(hours=2))
    make.registration(event, make.user())
    make.event(house, kind=EventKind.TRAINING, starts_at=held - timedelta(days=400), ends_at=held)
    talk = make.connection(make.need(make.organisation()), house, InterestState.CONFIRMED)
    for value in (10**9, 5 * 10**8, None):
        make.outcome(talk, house, kind=OutcomeKind.PILOT, happened_on=date(2026, 6, 1), value_vnd=value, **CONFIRMED)
    make.outcome(talk, house, kind=OutcomeKind.HIRE, happened_on=date(2026, 6, 1))
    make.connection(make.need(make.organisation()), house, answered_at=NOW + timedelta(days=30))
    make.interest(make.need(make.organisation()), house)
    found = report(session, house)
    assert [(c.name.en, c.applied, c.accepted, c.capacity) for c in found.calls] == [("Spring", 3, 2, 3)]
    assert (found.minutes, found.mentors, found.mentored) == (150, 1, 2)
    assert [(e.kind, e.number, e.registered) for e in found.events] == [(EventKind.TRAINING, 1, 1)]
    assert [(o.kind, o.number, o.value_vnd) for o in found.outcomes] == [(OutcomeKind.PILOT, 3, 15 * 10**8)]
    answers = found.answers
    assert (answers.received, answers.answered, answers.in_time, answers.median_days) == (3, 2, 1, 31.0)


def test_invented_organisations_count_only_for_an_invented_centre(make: Make, session: Session, house: Any) -> None:
    invented = {"provenance": Provenance.ILLUSTRATIVE}
    make.connection(make.need(make.organisation("Invented", **invented)), house)
    assert (ways(report(session, house)), report(session, house).answers.received) == ({}, 0)
    example = make.organisation("Example", "centre", **invented)
    make.connection(make.need(make.organisation("Too", **invented)), example)
    found = report(session, example)
    assert (found.illustrative, set(ways(found)), found.answers.received) == (True, {"Too"}, 1)


def test_the_number_of_statements_is_fixed(make: Make, session: Session, house: Any) -> None:
    for _ in range(12):
        make.connection(make.need(make.organisation()), house)
        incubated(make, session, house, make.organisation())
    slug = house.slug
    with statements_of(session) as sent:
        centre = session.query(type(house)).filter_by(slug=slug).one()
        report(session, centre)
    assert len(sent) == 8 + 1


def test_page_and_document_say_the_same_and_name_the_gaps(
    client: Any, session: Session, make: Make, sign_in: SignIn
) -> None:
    year = today().year - 1
    house = make.organisation("House", "centre", slug="house", staff_count=None)
    mill = make.organisation("Mill", "enterprise")
    make.connection(
        make.need(mill), house, sent_at=datetime(year, 1, 5, tzinfo=UTC), answered_at=datetime(year, 1, 7, tzinfo=UTC)
    )
    session.commit()
    sign_in(client, make.user(house))
    client.get(f"/en/workspace/house/yearly-report?year={year}")
    assert client.texts("h1") == [f"Yearly report {year} of House"]
    cells = client.texts("main tbody :is(th, td)")
    enterprises = cells.index("Enterprises served in the year")
    assert cells[enterprises + 1 : enterprises + 3] == ["1", "at least 10: 9 to go"]
    revenue = cells.index("Direct revenue in the year")
    assert cells[revenue + 1 : revenue + 3] == ["……………", "at least VND 5 billion"]
    assert "not stated in the profile" in cells
    file = client.get(f"/en/workspace/house/yearly-report/document?year={year}")
    assert file.headers["Content-Disposition"] == f'attachment; filename="yearly-report-house-{year}.docx"'
    paper = Document(io.BytesIO(file.data))
    written = [cell.text for table in paper.tables[:-1] for row in table.rows[1:] for cell in row.cells]
    assert written == cells
    assert paper.core_properties.language == "en"
    assert [cell.text for cell in paper.tables[-1].rows[0].cells] == [
        "Prepared by",
        "Head of the centre (signature, seal)",
    ]
    assert f"báo cáo năm {year}" in client.get(f"/vi/workspace/house/yearly-report?year={year}").text.lower()


def test_years_outside_are_not_found_and_an_example_is_marked(
    client: Any, session: Session, make: Make, sign_in: SignIn
) -> None:
    house = make.organisation("House", "centre", slug="house", provenance=Provenance.ILLUSTRATIVE)
    session.commit()
    sign_in(client, make.user(house))
    here = "/en/workspace/house/yearly-report"
    assert [client.get(f"{here}?year={y}").status_code for y in (2024, today().year + 1)] == [404, 404]
    client.get(here)
    assert client.texts(".notice-warning") == ["This centre is an invented example, and so is everything counted here."]
    paper = Document(io.BytesIO(client.get(f"{here}/document").data))
    assert "Illustrative example" in [p.text for p in paper.paragraphs]
