"""A partner's deals: how far each is, what is due next, what it is worth; and what it offers and looks for."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models.base import utc_now
from models.outcomes import OutcomeKind, OutcomeState
from models.texts import Bilingual
from models.types import DeclineReason, OfferKind, Provenance, SupplyState
from models.types import InterestState as S
from models.types import Stage as Ripeness
from network.queries.connections import Stage
from network.queries.deals import DealCriteria, Direction, StageTotal, board, terms
from tests.factories import Make
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
MILLION = 1_000_000


@pytest.fixture
def fund(make: Make) -> Any:
    return make.organisation("Lotus Fund", "partner", slug="fund")


@pytest.fixture
def deals(make: Make, fund: Any) -> dict[str, Any]:
    """One deal at every stage, each with another startup."""
    now = utc_now()

    def need(name: str, budget: int | None, **values: Any) -> Any:
        owner = make.organisation(f"{name} Ltd", **values)
        return make.need(owner, name, budget_vnd=budget, provenance=owner.provenance)

    waiting = make.interest(need("Pumps", 10 * MILLION), fund, sent_at=now, reply_by=now + timedelta(days=5))
    late = make.interest(
        *(need("Valves", None), fund),
        **{"sent_at": now - timedelta(days=20), "reply_by": now - timedelta(days=2)},
    )
    asked = need("Meters", 30 * MILLION, provenance=Provenance.ILLUSTRATIVE)
    talking = make.connection(asked, asked.organisation, from_organisation=fund)
    agreed = make.connection(need("Drones", 40 * MILLION), fund, S.AGREED)
    make.agreement(agreed, fund)
    proposed = make.connection(need("Seeds", 50 * MILLION), fund, S.OUTCOME_PROPOSED)
    make.outcome(proposed, proposed.from_organisation, value_vnd=7 * MILLION, confirm_by=now + timedelta(days=3))
    confirmed = make.connection(need("Dryers", 60 * MILLION), fund, S.CONFIRMED)
    for value, state in ((8, OutcomeState.CONFIRMED), (1, OutcomeState.CONFIRMED), (99, OutcomeState.WITHDRAWN)):
        facts: dict[str, Any] = {"value_vnd": value * MILLION, "state": state, "kind": OutcomeKind.INVESTMENT}
        make.outcome(confirmed, fund, **facts)
    over = make.connection(need("Bricks", 70 * MILLION), fund, S.DECLINED, decline_reason=DeclineReason.TERMS)
    make.interest(need("Others", 5), make.organisation(kind="partner"))
    found = {"waiting": waiting, "late": late, "talking": talking, "agreed": agreed}
    return {**found, "proposed": proposed, "confirmed": confirmed, "over": over}


def names(found: Any) -> list[str]:
    return [row.connection.interest.need.en for row in found.page.items]


def test_what_is_due_first_stands_first_and_each_deal_has_its_worth(
    session: Session, fund: Any, deals: dict[str, Any]
) -> None:
    found = board(session, fund.id, DealCriteria(), now=utc_now())
    rows = [
        (row.connection.interest.need.en, row.connection.stage, row.value_vnd and row.value_vnd // MILLION, row.agreed)
        for row in found.page.items
    ]
    assert rows[:3] == [
        ("Valves", Stage.WAITING, None, False),
        ("Seeds", Stage.OUTCOME, 7, True),
        ("Pumps", Stage.WAITING, 10, False),
    ]
    assert set(rows[3:]) == {
        ("Meters", Stage.TALKING, 30, False),
        ("Drones", Stage.AGREED, 40, False),
        ("Dryers", Stage.CONFIRMED, 9, True),
        ("Bricks", Stage.CLOSED, 70, False),
    }
    first, second, third = (row.connection.next for row in found.page.items[:3])
    assert [(n.ours, n.late) for n in (first, second, third)] == [(True, True), (True, False), (True, False)]


def test_stages_are_counted_and_examples_never_added_to_real_money(
    session: Session, fund: Any, deals: dict[str, Any]
) -> None:
    found = board(session, fund.id, DealCriteria(), now=utc_now())
    assert found.total == 7
    assert found.totals == {
        Stage.WAITING: StageTotal(2, 10 * MILLION),
        Stage.TALKING: StageTotal(1, 0, 30 * MILLION),
        Stage.AGREED: StageTotal(1, 40 * MILLION),
        Stage.OUTCOME: StageTotal(1, 7 * MILLION),
        Stage.CONFIRMED: StageTotal(1, 9 * MILLION),
        Stage.CLOSED: StageTotal(1, 70 * MILLION),
    }


def test_deals_are_narrowed_by_stage_by_who_asked_and_by_words(
    session: Session, fund: Any, deals: dict[str, Any]
) -> None:
    def chosen(**choice: Any) -> tuple[list[str], int]:
        found = board(session, fund.id, DealCriteria(**choice), now=utc_now())
        return names(found), found.total

    assert chosen(stage=Stage.AGREED) == (["Drones"], 7)
    assert chosen(direction=Direction.OUTGOING) == (["Meters"], 1)
    assert chosen(direction=Direction.INCOMING)[1] == 6
    assert chosen(words="dron") == (["Drones"], 1)
    assert chosen(words="seeds ltd") == (["Seeds"], 1)
    assert chosen(words="lotus") == ([], 0), "every deal is with the fund itself"
    assert DealCriteria.read({"stage": "nonsense", "direction": "outgoing", "q": " a  b "}) == DealCriteria(
        None, Direction.OUTGOING, "a b"
    )


def test_the_board_costs_the_same_however_many_there_are(session: Session, make: Make, fund: Any) -> None:
    for _ in range(30):
        talk = make.connection(make.need(make.organisation()), fund, S.OUTCOME_PROPOSED)
        make.outcome(talk, fund), make.message(talk, fund), make.offer(fund)
    with statements_of(session) as sent:
        found = board(session, fund.id, DealCriteria(words="organisation"), now=utc_now())
    assert (len(sent), len(found.page.items)) == (7, 20)
    user = make.user(fund)
    with statements_of(session) as sent:
        terms(session, user, fund.id)
    assert len(sent) <= 6


def test_the_page_of_deals(client: Any, make: Make, fund: Any, deals: dict[str, Any], sign_in: SignIn) -> None:
    sign_in(client, make.user(fund)).get("/en/workspace/fund/deals")
    assert client.texts(".subnav [aria-current]") == ["Deals"]
    assert client.texts(".steps-count li") == [
        "2 Waiting for an answer VND 10 million",
        "1 In discussion VND 30 million, illustrative",
        "1 Agreed VND 40 million",
        "1 Outcome to be confirmed VND 7 million",
        "1 Confirmed by both sides VND 9 million",
        "1 Closed VND 70 million",
    ]
    first, second, *_ = client.page.select("main tbody tr")
    assert [cell["data-label"] for cell in first.select("td")] == ["Stage", "What is next", "By when", "Value"]
    assert "You should answer" in first.get_text()
    assert "2 days late" in first.get_text()
    assert "You should confirm the outcome" in second.get_text()
    client.get("/en/workspace/fund/deals?stage=agreed&direction=outgoing")
    assert client.texts(".empty h2") == ["No deal fits this choice"]
    client.get("/en/workspace/fund/deals?stage=agreed")
    assert client.texts("main tbody th a") == ["Drones"]
    assert client.page.select_one(".steps-count [aria-current]")["href"] == "/en/workspace/fund/deals"


def test_before_the_first_deal_the_page_says_how_one_begins(client: Any, make: Make, fund: Any, sign_in: Any) -> None:
    sign_in(client, make.user(fund)).get("/en/workspace/fund/deals")
    assert client.texts(".empty h2") == ["No deals yet"]
    client.get("/en/workspace/fund/deals/terms")
    assert client.texts(".notice") == [
        "Nothing is published yet, so nobody finds you by what you give. Describe an offer",
        "Your profile does not say how much you usually put in or take. Say it in the profile",
        "Your profile names no field; needs are then found by their words alone. Choose fields in the profile",
    ]


def test_what_the_partner_offers_and_looks_for(client: Any, make: Make, fund: Any, sign_in: SignIn) -> None:
    food = make.field("211", "Food")
    fund.fields, fund.ticket = [food], Bilingual("1 đến 5 tỷ", "VND 1 to 5 billion")
    stages = [Ripeness.PILOT.value, Ripeness.REVENUE.value]
    make.offer(fund, "Seed money", kind=OfferKind.FUNDING, stages=stages)
    make.offer(fund, "Follow-on money", state=SupplyState.DRAFT)
    make.need(make.organisation(), fields=[food])
    sign_in(client, make.user(fund)).get("/en/workspace/fund/deals/terms")
    text = " ".join(client.page.select_one("main").get_text(" ").split())
    for words in ("Seed money", "VND 1 to 5 billion", "1 draft waits to be published", "1 need : Food"):
        assert words in text
    assert client.texts("main .tags .tag") == ["Pilot with users", "First revenue"]
    links = {a["href"] for a in client.page.select("main a[href]")}
    assert {"/en/needs?field=211", "/en/saved-searches/new?list=needs&field=211", "/en/workspace/fund/profile"} <= links
    make.session.expire_all()
    make.offer(fund, "For everybody", stages=[])
    make.session.commit()
    client.get("/en/workspace/fund/deals/terms")
    assert "Every stage: at least one offer names none." in client.page.get_text()


def test_only_partners_have_deals(client: Any, make: Make, fund: Any, sign_in: SignIn) -> None:
    lab = make.organisation(kind="institute", slug="lab")
    sign_in(client, make.user(lab))
    assert client.get("/en/workspace/lab/deals").status_code == 404
    assert client.get("/en/workspace/fund/deals").status_code == 403
    client.get("/en/workspace/lab/connections")
    assert "Deals" not in client.texts(".subnav a")
