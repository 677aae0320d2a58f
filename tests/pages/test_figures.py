"""Figures: each with source, date and doubts, drawn where they are numbers; the funnel and the money; downloads."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Contribution, Figure, FigurePoint, Match
from models.actions import CapitalSource
from models.figures import FigureGroup, FigureSeries
from models.outcomes import OutcomeKind, OutcomeState
from models.texts import Bilingual
from models.types import DeclineReason, InterestState, MatchSide, NeedState, Provenance
from network.downloads import cell
from network.queries import co_investment
from network.queries.figures import charts, topic, topics
from network.queries.funnel import AGREED, funnel
from tests.factories import NOW, Make
from tests.statements import statements_of


def figure(session: Session, group: FigureGroup, label: str, **values: Any) -> Figure:
    entry = Figure(
        group=group,
        label=Bilingual(f"{label} (vi)", label),
        value=Bilingual("18", "18"),
        unit=Bilingual("trên 52", "of 52"),
        period=Bilingual("2025", "2025"),
        provenance=Provenance.PUBLIC_SOURCE,
        sources=[{"url": "https://www.example.org/a", "date": "2025-10-01"}],
        **values,
    )
    session.add(entry)
    session.flush()
    return entry


def point(
    session: Session, of: Figure, series: FigureSeries, number: float, at: str | None, goal: bool = False
) -> None:
    session.add(FigurePoint(figure_id=of.id, series=series, number=number, at=at, goal=goal))
    session.flush()


def test_every_topic_has_a_page_with_figures_and_doubts(client: Any, session: Session) -> None:
    for address in ("/en/figures", "/en/figures/goals"):
        client.get(address)
        assert "No figure has been entered yet." in client.page.get_text()
    figure(session, FigureGroup.GOALS, "Goal", uncertain=True, note=Bilingual("Ngờ", "Date taken from context"))
    figure(session, FigureGroup.RANK, "Rank")
    session.commit()
    client.get("/en/figures/goals")
    assert client.texts("h1") == ["Goals and plans"]
    assert client.texts("table th[scope=row]") == ["Goal Not confirmed Date taken from context"]
    assert client.texts("td[data-label='Source and date']") == ["example.org , 1 October 2025"]
    assert client.get("/vi/figures/rank").status_code == 200
    assert client.texts("table th[scope=row]") == ["Rank (vi)"]
    assert client.get("/en/figures/weather").status_code == 404


def test_the_overview_shows_something_of_each_topic_and_leads_to_all_of_it(client: Any, session: Session) -> None:
    for n in range(5):
        figure(session, FigureGroup.GOALS, f"Goal {n}")
    drawn = figure(session, FigureGroup.ENTERPRISES, "Enterprises")
    for number, at in ((30, "2015-11"), (156, "2024-03")):
        point(session, drawn, FigureSeries.ST_ENTERPRISES, number, at)
    session.commit()
    client.get("/en/figures")
    assert client.texts(".topic h3") == ["Enterprises and startups", "Goals and plans"]
    assert client.texts("#figures-enterprises svg .chart-number") == ["30", "156"]
    assert client.texts("#figures-goals .headline") == ["18 of 52"] * 3
    assert client.texts(".topic .small") == ["1 figure with source and date", "5 figures with source and date"]
    assert client.page.select_one("#figures-goals .small a")["href"] == "/en/figures/goals"
    assert client.page.select("main table") == []


def test_from_each_page_of_figures_one_gets_to_all_others(client: Any) -> None:
    topics_of = [f"/vi/figures/{group}" for group in FigureGroup]
    counted = ["/vi/figures/from-need-to-outcome", "/vi/action-programmes", "/vi/figures/co-investment"]
    everything = ["/vi/figures", *topics_of, *counted]
    for address in everything:
        client.get(address)
        assert [a["href"] for a in client.page.select(".subnav a")] == everything
        assert [a["href"] for a in client.page.select(".subnav [aria-current]")] == [address]


def test_every_topic_is_on_the_maps_of_the_site(client: Any) -> None:
    client.get("/en/sitemap")
    for group in FigureGroup:
        assert client.page.select_one(f'main a[href="/en/figures/{group}"]')
    pages = client.get("/sitemap-pages-1.xml").get_data(as_text=True)
    assert all(f"/{code}/figures/{group}<" in pages for code in ("vi", "en") for group in FigureGroup)


def test_a_course_is_drawn_with_its_goal_and_has_a_table_beside_it(client: Any, session: Session) -> None:
    entry = figure(session, FigureGroup.ENTERPRISES, "Enterprises")
    for number, at, goal in ((156, "2024-03", False), (30, "2015-11", False), (200, "2025-12", True)):
        point(session, entry, FigureSeries.ST_ENTERPRISES, number, at, goal)
    session.commit()
    client.get("/en/figures/enterprises")
    drawing = client.page.select_one("svg[role=img]")
    title, description = (client.page.find(id=i).get_text() for i in drawing["aria-labelledby"].split())
    assert (title, bool(description)) == ("Science and technology enterprises in Hanoi", True)
    assert client.texts("svg .chart-number") == ["30", "156", "Goal: 200"]
    assert client.texts("section td.figure") == ["30", "156", "200"]
    assert client.texts(".chart .chart-label") == ["Towards the goal 78 %"]


def test_shares_are_bars_with_the_greatest_first(session: Session) -> None:
    entry = figure(session, FigureGroup.INSTITUTES, "Share")
    for number in (38.1, 82, 40):
        point(session, entry, FigureSeries.NATIONAL_SHARE, number, None)
    (chart,) = charts(session)
    assert [p.number for p in chart.points] == [82, 40, 38.1]
    assert (chart.goal, chart.share) == (None, None)


def test_figures_and_charts_take_a_statement_each(session: Session) -> None:
    for n in range(12):
        entry = figure(session, FigureGroup.RANK, f"Rank {n}")
        point(session, entry, FigureSeries.PII_SCORE, n, None)
    for query, number in ((charts, 1), (topics, 2), (lambda session: topic(session, FigureGroup.RANK), 2)):
        with statements_of(session) as sent:
            query(session)
        assert len(sent) == number


def rows(response: Any) -> list[dict[str, str]]:
    assert response.content_type == "text/csv; charset=utf-8"
    text = response.get_data().decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_downloads_name_the_origin_of_every_row(client: FlaskClient, session: Session, make: Make) -> None:
    figure(session, FigureGroup.RANK, "Hạng")
    programme = make.action(provenance=Provenance.ILLUSTRATIVE)
    give(programme, CapitalSource.CITY_BUDGET, 10)
    session.commit()
    (row,) = rows(client.get("/en/figures/figures.csv"))
    assert (row["label_en"], row["provenance"], row["source_address"]) == (
        "Hạng",
        "public_source",
        "https://www.example.org/a",
    )
    assert row["source_date"] == "2025-10-01"
    (row,) = rows(client.get("/vi/figures/action-programmes.csv"))
    assert (row["target"], row["reached"], row["provenance"]) == ("10", "0", "illustrative")
    (row,) = rows(client.get("/vi/figures/co-investment.csv"))
    assert (row["source"], row["promised_vnd"], row["provenance"]) == ("city_budget", "10", "illustrative")
    assert client.get("/vi/figures/passwords.csv").status_code == 404


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\tx"])
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert (cell(None), cell(3), cell("a=b")) == ("", "3", "a=b")


def test_without_anything_the_funnel_says_so(client: Any, session: Session) -> None:
    found = funnel(session, now=NOW)
    assert [s.needs for s in found.steps] == [0] * 8
    assert (found.answers.median_days, found.answers.share_in_time) == (None, None)
    client.get("/en/figures/from-need-to-outcome")
    assert client.texts("main h2")[0] == "No need has been published yet"
    assert "No question has been answered yet, and none is due." in client.texts("main p")


def counts(session: Session) -> list[int]:
    return [s.needs for s in funnel(session, now=NOW).steps]


def test_a_need_is_counted_at_every_step_it_reached(session: Session, make: Make) -> None:
    startup, institute = make.organisation(), make.organisation(kind="institute")
    make.need(startup, state=NeedState.DRAFT, published_at=None)
    make.need(startup)
    suggested = make.need(startup, state=NeedState.CLOSED, close_reason="expired")
    session.add(Match(need=suggested, organisation=institute, side=MatchSide.ASKER, score=0.5, policy="test"))
    session.flush()
    assert counts(session) == [2, 1, 0, 0, 0, 0, 0, 0]
    answered = {"answered_at": NOW}
    make.interest(make.need(startup), institute)
    make.interest(
        make.need(startup), institute, state=InterestState.DECLINED, decline_reason=DeclineReason.TERMS, **answered
    )
    make.interest(make.need(startup), institute, state=InterestState.ENDED, **answered)
    for state in AGREED:
        interest = make.interest(make.need(startup), institute, state=state, **answered)
    assert counts(session) == [9, 8, 7, 6, 5, 4, 3, 0]
    outcome = make.outcome(interest, startup, state=OutcomeState.CONFIRMED)
    assert counts(session) == [9, 8, 7, 6, 5, 4, 3, 1]
    make.outcome(interest, startup, state=OutcomeState.CONFIRMED, corrects=outcome, annuls=True)
    outcome.state = OutcomeState.CORRECTED
    session.flush()
    assert counts(session) == [9, 8, 7, 6, 5, 4, 3, 0]


def test_what_came_of_it_is_counted_by_kind_and_few_values_are_not_told(
    client: Any, session: Session, make: Make
) -> None:
    startup, institute = make.organisation(), make.organisation(kind="institute")
    client.get("/en/figures/from-need-to-outcome")
    assert "No outcome has been confirmed by both sides yet." in client.texts("main p")
    confirmed = {"state": OutcomeState.CONFIRMED, "value_vnd": 10**9}
    for n in range(3):
        interest = make.connection(make.need(startup), institute, InterestState.CONFIRMED)
        make.outcome(interest, startup, kind=OutcomeKind.CONTRACT, **confirmed)
        if n < 2:
            make.outcome(interest, startup, kind=OutcomeKind.LICENCE, **confirmed)
        make.outcome(interest, startup, kind=OutcomeKind.HIRE)
    example = make.need(startup, provenance=Provenance.ILLUSTRATIVE)
    invented = make.connection(example, institute, InterestState.CONFIRMED)
    make.outcome(invented, startup, kind=OutcomeKind.CONTRACT, **confirmed)
    session.commit()
    client.get("/en/figures/from-need-to-outcome")
    table = client.page.select("#outcomes ~ table")[0]
    rows = [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in table.select("tbody tr")]
    assert rows == [["Contract signed", "4", "1", "VND 3 billion"], ["Licence granted", "2", "0", "–"]]


def test_two_questions_about_one_need_count_once(session: Session, make: Make) -> None:
    need = make.need(make.organisation(provenance=Provenance.ILLUSTRATIVE), provenance=Provenance.ILLUSTRATIVE)
    for state in (InterestState.ACCEPTED, InterestState.WITHDRAWN, InterestState.SENT):
        make.interest(need, make.organisation(kind="institute"), state=state)
    steps = funnel(session, now=NOW).steps
    assert [s.needs for s in steps] == [1, 1, 1, 1, 1, 0, 0, 0]
    assert [s.invented for s in steps] == [1, 1, 1, 1, 1, 0, 0, 0]
    assert [s.share for s in steps] == [None, 1, 1, 1, 1, 0, None, None]


@pytest.mark.parametrize(("days", "median"), [((4,), 4), ((1, 9, 2), 2), ((1, 2, 4, 9), 3), ((5, 5), 5)])
def test_the_median_is_the_middle_answer(session: Session, make: Make, days: tuple[int, ...], median: float) -> None:
    startup, institute = make.organisation(), make.organisation(kind="institute")
    for n in days:
        make.interest(make.need(startup), institute, state=InterestState.ACCEPTED, answered_at=NOW + timedelta(days=n))
    assert funnel(session, now=NOW).answers.median_days == pytest.approx(median)


def test_in_time_counts_what_was_due(session: Session, make: Make) -> None:
    startup, institute = make.organisation(), make.organisation(kind="institute")
    for state, answered in ((InterestState.ACCEPTED, 3), (InterestState.ACCEPTED, 12), (InterestState.SENT, None)):
        moment = NOW + timedelta(days=answered) if answered else None
        make.interest(make.need(startup), institute, state=state, answered_at=moment)
    make.interest(make.need(startup), institute, state=InterestState.WITHDRAWN)
    early = funnel(session, now=NOW + timedelta(days=5)).answers
    assert (early.due, early.in_time) == (2, 1)
    late = funnel(session, now=NOW + timedelta(days=20)).answers
    assert (late.due, late.in_time, late.share_in_time) == (3, 1, pytest.approx(1 / 3))


def test_the_funnel_takes_two_statements_at_many_rows_as_well(session: Session, make: Make) -> None:
    startup, institute = make.organisation(), make.organisation(kind="institute")
    for _ in range(60):
        make.interest(make.need(startup), institute, state=InterestState.ACCEPTED, answered_at=NOW)
    with statements_of(session) as sent:
        assert funnel(session, now=NOW).steps[0].needs == 60
    assert len(sent) == 2


def give(programme: Any, source: CapitalSource, promised: int, paid: int = 0) -> None:
    programme.contributions.append(
        Contribution(
            source=source,
            promised_vnd=promised,
            paid_vnd=paid,
            as_of=date(2026, 10, 31),
            provenance=programme.provenance,
        )
    )


def test_leverage_is_outside_capital_for_each_dong_of_public_money(session: Session, make: Make) -> None:
    programme = make.action()
    give(programme, CapitalSource.CITY_BUDGET, 8, 4)
    give(programme, CapitalSource.STATE_BUDGET, 2)
    give(programme, CapitalSource.FUND, 25, 2)
    only_outside = make.action()
    give(only_outside, CapitalSource.FOREIGN, 5)
    session.flush()
    found = co_investment.co_investment(session)
    first, second = (row.money for row in found.programmes)
    assert (first.public, first.outside, first.leverage, first.leverage_paid) == (10, 25, 2.5, 0.5)
    assert (second.leverage, second.leverage_paid) == (None, None)
    assert found.real is not None
    assert (found.real.leverage, found.invented) == (3.0, None)


def test_invented_money_is_never_added_to_real_money(client: Any, session: Session, make: Make) -> None:
    for provenance, amount in ((Provenance.VERIFIED, 10**9), (Provenance.ILLUSTRATIVE, 10**12)):
        give(make.action(provenance=provenance), CapitalSource.CITY_BUDGET, amount)
    session.commit()
    client.get("/en/figures/co-investment")
    assert client.texts(".key-figures div:first-child dt") == ["VND 1 billion", "VND 1,000 billion"]
    assert client.texts("section h2") == ["All programmes together", "All programmes together Illustrative example"]


def test_money_takes_one_statement(client: Any, session: Session, make: Make) -> None:
    client.get("/en/figures/co-investment")
    assert client.texts("main h2")[0] == "No money has been recorded yet"
    for _ in range(5):
        give(make.action(), CapitalSource.CITY_BUDGET, 10)
    session.flush()
    with statements_of(session) as sent:
        assert len(co_investment.co_investment(session).programmes) == 5
    assert len(sent) == 1
