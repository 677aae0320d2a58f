"""Programmes: those open, to come, without dates and closed, and each in full."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models.types import ProfileState, Provenance, Stage
from network.formatting import today
from network.queries.programmes import Intake, ProgrammeCriteria, intake_on, listing, programme
from tests.factories import Make, both
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
DAY = date(2026, 11, 24)


def days(n: int) -> date:
    return DAY + timedelta(days=n)


@pytest.mark.parametrize(
    ("opens_on", "closes_on", "intake"),
    [
        (days(0), days(0), Intake.OPEN),
        (days(-9), days(-1), Intake.CLOSED),
        (None, days(-1), Intake.CLOSED),
        (days(1), days(9), Intake.COMING),
        (days(1), None, Intake.COMING),
        (days(-1), None, Intake.OPEN),
        (None, days(1), Intake.OPEN),
        (None, None, Intake.UNDATED),
    ],
)
def test_dates_tell_where_a_programme_stands(
    session: Session, make: Make, opens_on: date | None, closes_on: date | None, intake: Intake
) -> None:
    assert intake_on(DAY, opens_on, closes_on) is intake
    make.programme(opens_on=opens_on, closes_on=closes_on)
    found = listing(session, None, ProgrammeCriteria(intake=intake), 1, today=DAY)
    assert [row.intake for row in found.page.items] == [intake]
    assert [(c.value, c.count) for c in found.facets[0].choices] == [(intake.value, 1)]


def test_what_closes_or_opens_soonest_comes_first(session: Session, make: Make) -> None:
    for name, opens_on, closes_on in (
        ("long closed", None, days(-30)),
        ("just closed", None, days(-1)),
        ("without dates", None, None),
        ("opens late", days(20), days(30)),
        ("opens soon", days(2), days(60)),
        ("always open", days(-90), None),
        ("closes late", None, days(40)),
        ("closes soon", days(-5), days(3)),
    ):
        make.programme(name=name, opens_on=opens_on, closes_on=closes_on)
    found = listing(session, None, ProgrammeCriteria(), 1, today=DAY)
    assert [(row.card.name.en, row.days_left) for row in found.page.items] == [
        ("closes soon", 3),
        ("closes late", 40),
        ("always open", None),
        ("opens soon", None),
        ("opens late", None),
        ("without dates", None),
        ("just closed", None),
        ("long closed", None),
    ]


def test_the_list_is_in_groups(client: Any, session: Session, make: Make) -> None:
    centre = make.organisation("Lotus", "centre", provenance=Provenance.ILLUSTRATIVE)
    make.programme(centre, "Intake", opens_on=today() - timedelta(days=3), closes_on=today() + timedelta(days=2))
    make.programme(name="Scheme", status=both("Running since 2024"))
    make.programme(make.organisation(kind="centre", state=ProfileState.SUSPENDED), "Suspended")
    session.commit()
    client.get("/en/programmes")
    assert client.texts("main h2, main h3") == ["Open now", "Intake", "No dates stated", "Scheme"]
    assert [text.split(" · ")[-1] for text in client.texts("h3 + .entry-meta")] == ["Lotus", "City of Hanoi"]
    assert "(2 days left)" in client.texts("h3 + .entry-meta")[0]
    assert client.texts("h3 + .entry-meta")[1] == "Running since 2024 · City of Hanoi"
    assert client.texts(".entries .tag") == ["Illustrative example"]
    assert client.texts("input[name=intake] + label") == ["All", "Open now (1)", "No dates stated (1)"]
    client.get("/en/programmes?intake=open&q=intake")
    assert client.texts("main h2, main h3") == ["Open now", "Intake"]


def test_a_programme_of_a_member_in_full(client: Any, make: Make, sign_in: SignIn) -> None:
    centre = make.organisation("Lotus", "centre", slug="lotus")
    entry = make.programme(
        centre,
        "Intake",
        gives=both("Rooms"),
        who=both("Teams of two"),
        stages=[Stage.IDEA.value],
        capacity=8,
        opens_on=date(2020, 1, 5),
        closes_on=date(2020, 2, 1),
    )
    asker = make.user(make.organisation("Sun", slug="sun"))
    make.session.commit()
    client.get(f"/en/programmes/{entry.id}")
    assert client.texts(".eyebrow") == ["Closed on 1 February 2020"]
    assert client.texts("main h1, main h2") == [
        "Intake",
        "Could this help you?",
        "What you get",
        "Who can apply",
        "At a glance",
        "Where this comes from",
    ]
    assert dict(zip(client.texts(".facts dt"), client.texts(".facts dd"), strict=True)) == {
        "Opens": "5 January 2020",
        "Closes": "1 February 2020",
        "Places": "8",
        "Stages": "Idea",
    }
    sign_in(client, asker).get(f"/en/programmes/{entry.id}")
    assert [str(a["href"]) for a in client.page.select(".aside a")] == ["/en/workspace/sun/needs"]


def test_a_scheme_of_another_body_leads_to_its_source(client: Any, session: Session, make: Make) -> None:
    entry = make.programme(
        name="Scheme",
        provenance=Provenance.PUBLIC_SOURCE,
        sources=[{"url": "https://hanoi.example/scheme", "date": "2025-07-10"}],
    )
    session.commit()
    client.get(f"/en/programmes/{entry.id}")
    assert client.texts(".page-head p") == ["Run by City of Hanoi"]
    assert client.texts(".aside h2") == ["How to apply"]
    assert [str(a["href"]) for a in client.page.select(".aside a")] == ["https://hanoi.example/scheme"]
    assert "The pages we read give no dates. Ask the body that runs it whether it is open." in client.texts("main p")


def test_programmes_of_suspended_organisations_do_not_exist(client: Any, make: Make, sign_in: SignIn) -> None:
    entry = make.programme(make.organisation(kind="centre", state=ProfileState.SUSPENDED))
    coordinator = make.coordinator()
    make.session.commit()
    assert client.get(f"/en/programmes/{entry.id}").status_code == 404
    assert client.get("/en/programmes/0").status_code == 404
    assert sign_in(client, coordinator).get(f"/en/programmes/{entry.id}").status_code == 200


def test_list_and_page_take_the_same_statements_however_many_there_are(session: Session, make: Make) -> None:
    def sent() -> int:
        with statements_of(session) as statements:
            listing(session, None, ProgrammeCriteria(), 1, today=DAY)
        return len(statements)

    first = make.programme(make.organisation(kind="centre"), fields=[make.field("102")]).id
    few = sent()
    for _ in range(5):
        make.programme(make.organisation(kind="centre"), fields=[make.field("102")])
    assert sent() == few == 8
    with statements_of(session) as statements:
        programme(session, None, first, today=DAY)
    assert len(statements) == 3
