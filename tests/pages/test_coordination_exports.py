"""Everything coordinators see as a table: one page, two forms, nothing personal in it, and noted in the trail."""

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from models import Contribution, Match
from models.actions import CapitalSource
from models.base import utc_now
from models.texts import Bilingual
from models.types import DeclineReason, InterestState, MatchSide, NeedState, PlatformRole, Provenance, Visibility
from network.exports import EXPORTS
from tests.factories import Make
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
ADDRESS = "/vi/coordination/exports"
SECRET = "hush"


@pytest.fixture
def told(make: Make) -> dict[str, Any]:
    """A bit of everything, with a mark on whatever must not leave the site."""
    now = utc_now()
    food = make.field("211", "Thực phẩm")
    seeker = make.organisation(Bilingual("Sấy Nắng", "Sun Dryers"), slug="sun", fields=[food], address=SECRET)
    lab = make.organisation("=HYPERLINK(1)", "institute", slug="lab", provenance=Provenance.ILLUSTRATIVE)
    make.user(seeker, name="Lan", email=f"{SECRET}@example.org")
    need = make.need(seeker, "Máy sấy", fields=[food], published_at=now - timedelta(days=40))
    need.details = Bilingual(SECRET, SECRET)
    make._add(Match(need=need, organisation=lab, score=0.9, policy="test", side=MatchSide.ASKER))
    make.need(seeker, SECRET, visibility=Visibility.MEMBERS, published_at=now)
    make.need(seeker, SECRET, state=NeedState.DRAFT, published_at=None)
    facts: dict[str, Any] = {"message": SECRET, "reply": SECRET, "decline_reason": DeclineReason.TERMS}
    make.interest(need, lab, state=InterestState.DECLINED, answered_at=now, **facts)
    talk = make.connection(need, make.organisation("Hall", "centre", slug="hall"), message=SECRET, reply=SECRET)
    make.message(talk, seeker, SECRET)
    make.outcome(talk, seeker, evidence=SECRET, value_vnd=5_000_000)
    money = Contribution(source=CapitalSource.FUND, promised_vnd=7, as_of=now.date())
    make.action(contributions=[money])
    return {"desk": make.coordinator(), "need": need, "talk": talk}


def table(answer: Any) -> list[dict[str, str]]:
    assert answer.content_type == "text/csv; charset=utf-8"
    text = answer.get_data().decode("utf-8")
    assert text.startswith("\ufeff"), "Excel takes it for another encoding otherwise"
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_one_page_names_every_table_in_both_forms(client: Any, told: dict[str, Any], sign_in: SignIn) -> None:
    sign_in(client, told["desk"]).get(ADDRESS.replace("/vi/", "/en/"))
    assert len(client.texts("main .entries h3")) == len(client.texts("main .entries .entry-meta")) == len(EXPORTS)
    links = [a["href"] for a in client.page.select("main .entries a")]
    assert links == [f"/en/coordination/exports/{n}.{form}" for n in EXPORTS for form in ("csv", "xlsx")]
    assert "/en/coordination/audit?event=export.take" in {a["href"] for a in client.page.select("main a[href]")}


@pytest.mark.parametrize("name", EXPORTS)
def test_no_table_holds_what_must_not_leave(client: Any, told: dict[str, Any], sign_in: SignIn, name: str) -> None:
    sign_in(client, told["desk"])
    answer = client.get(f"{ADDRESS}/{name}.csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    rows = table(answer)
    assert rows or name in ("figures", "audit")
    book = load_workbook(io.BytesIO(client.get(f"{ADDRESS}/{name}.xlsx").get_data()))
    sheet = [["" if value is None else str(value) for value in row] for row in book.active.iter_rows(values_only=True)]
    if rows:
        assert sheet[0] == list(rows[0])
    words = answer.get_data(as_text=True) + repr(sheet)
    assert [word for word in (SECRET, "@example.org", "Lan,") if word in words] == []


def test_organisations_and_needs_with_their_numbers(client: Any, told: dict[str, Any], sign_in: SignIn) -> None:
    rows = {row["address"]: row for row in table(sign_in(client, told["desk"]).get(f"{ADDRESS}/organisations.csv"))}
    assert (rows["sun"]["name_vi"], rows["sun"]["fields"], rows["sun"]["needs"]) == ("Sấy Nắng", "211", "2")
    assert rows["lab"]["name_vi"] == "'=HYPERLINK(1)", "a spreadsheet does not run it"
    assert rows["lab"]["provenance"] == "illustrative"
    first, members = table(client.get(f"{ADDRESS}/needs.csv"))
    assert (first["title_vi"], first["kinds_of_help"], first["fields"]) == ("Máy sấy (vi)", "testing", "211")
    assert (first["suggestions"], first["requests"], first["without_answer"]) == ("1", "2", "")
    assert (members["title_vi"], members["visibility"], members["without_answer"]) == ("", "members", "no-suggestion")


def test_requests_outcomes_money_and_milestones(client: Any, told: dict[str, Any], sign_in: SignIn) -> None:
    declined, talking = table(sign_in(client, told["desk"]).get(f"{ADDRESS}/requests.csv"))
    assert [declined[key] for key in ("asking", "asked", "state", "late", "decline_reason")] == [
        *("sun", "lab", "declined", "False", "terms"),
    ]
    assert (talking["asked"], talking["state"]) == ("hall", "in_discussion")
    (outcome,) = table(client.get(f"{ADDRESS}/outcomes.csv"))
    assert (outcome["kind"], outcome["value_vnd"], outcome["need_vi"]) == ("pilot", "5000000", "Máy sấy (vi)")
    (money,) = table(client.get(f"{ADDRESS}/co-investment.csv"))
    assert (money["source"], money["promised_vnd"]) == ("fund", "7")
    (milestone,) = table(client.get(f"{ADDRESS}/milestones.csv"))
    assert (milestone["milestone_en"], milestone["due_on"]) == ("Half", "2026-12-01")
    steps = {row["what"]: row["number"] for row in table(client.get(f"{ADDRESS}/funnel.csv"))}
    assert (steps["published"], steps["suggested"], steps["requests_answered"]) == ("2", "1", "2")


def test_in_excel_numbers_are_numbers_and_formulas_are_text(client: Any, told: dict[str, Any], sign_in: SignIn) -> None:
    answer = sign_in(client, told["desk"]).get(f"{ADDRESS}/organisations.xlsx")
    sheet = load_workbook(io.BytesIO(answer.get_data())).active
    rows = {row[0].value: row for row in sheet.iter_rows()}
    assert [(cell.value, cell.data_type) for cell in (rows["lab"][2], rows["sun"][9])] == [
        ("=HYPERLINK(1)", "s"),
        (2, "n"),
    ]
    assert sheet.freeze_panes == "A2"


def test_the_trail_says_who_took_what(client: Any, told: dict[str, Any], sign_in: SignIn) -> None:
    sign_in(client, told["desk"]).get(f"{ADDRESS}/needs.xlsx")
    client.get("/en/coordination/audit?event=export.take")
    (row,) = client.texts("main tbody tr") or client.texts("main .entries li")
    assert "Took a table away" in row
    assert all(words in row for words in (told["desk"].name, "Needs", "Excel"))
    (note,) = table(client.get(f"{ADDRESS}/audit.csv?event=export.take"))
    assert json.loads(note["fields"]) == {"kind": "xlsx", "name": "needs", "number": 2}


def test_a_table_costs_the_same_however_long_it_is(session: Session, make: Make) -> None:
    for _ in range(30):
        seeker, lab = make.organisation(), make.organisation(kind="centre")
        talk = make.connection(make.need(seeker), lab)
        make.outcome(talk, seeker), make.action(), make.offer(lab)
    counted = {}
    for name, export in EXPORTS.items():
        with statements_of(session) as sent:
            export.make(session, utc_now(), {})
        counted[name] = len(sent)
    assert counted == {
        **{"organisations": 5, "needs": 5, "requests": 1, "fields": 2, "centres": 2, "exposure": 4, "outcomes": 1},
        **{"funnel": 2, "action-programmes": 1, "milestones": 1, "co-investment": 1, "figures": 1, "audit": 1},
    }


def test_nobody_else_takes_one_and_there_is_no_other(client: Any, make: Make, sign_in: SignIn) -> None:
    sign_in(client, make.user(make.organisation(kind="centre")))
    assert [client.get(f"{ADDRESS}/{name}.{form}").status_code for name in EXPORTS for form in ("csv", "xlsx")] == (
        [403] * 2 * len(EXPORTS)
    )
    sign_in(client, make.user(role=PlatformRole.ADMINISTRATOR))
    assert client.get(f"{ADDRESS}/passwords.csv").status_code == 404
    assert client.get(f"{ADDRESS}/needs.pdf").status_code == 404
