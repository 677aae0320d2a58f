"""One technology with all beside it, its versions, the quarterly word, and the pipeline of all."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Outcome
from models.base import utc_now
from models.outcomes import OutcomeKind, OutcomeState
from models.types import InterestState, MembershipRole, SupplyState, TransferForm
from network.queries import own_technologies, pipeline
from network.queries.pipeline import Step, step_of
from network.services import supply, versions
from tests.factories import NOW, Make, both
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
LONG_AGO = NOW - timedelta(days=100)


@pytest.fixture
def lab(make: Make) -> Any:
    return make.organisation("Food Lab", "institute", slug="lab")


def asked(make: Make, technology: Any, state: InterestState = InterestState.SENT, **values: Any) -> Any:
    need = make.need(make.organisation(f"Asker {state.value}"), f"Need {state.value}")
    reason = {"decline_reason": "no_capacity"} if state is InterestState.DECLINED else {}
    return make.interest(need, technology.organisation, technology=technology, state=state, **reason, **values)


def outcome(make: Make, interest: Any, **values: Any) -> Outcome:
    defaults: dict[str, Any] = {
        "interest_id": interest.id,
        "organisation_id": interest.to_organisation_id,
        "kind": OutcomeKind.LICENCE,
        "happened_on": date(2026, 11, 2),
        "value_vnd": 1_500_000_000,
        "evidence": "Contract 12",
        "proposed_at": NOW,
        "confirm_by": NOW,
        "state": OutcomeState.CONFIRMED,
        "settled_at": NOW,
    }
    made = Outcome(**{**defaults, **values})
    make.session.add(made)
    make.session.flush()
    return made


def test_the_page_of_one_technology(client: Any, make: Make, sign_in: SignIn, lab: Any) -> None:
    entry = make.technology(lab, "Membrane", trl=6, confirmed_at=LONG_AGO)
    make.picture(entry)
    interest = asked(make, entry, InterestState.ACCEPTED)
    asked(make, entry, InterestState.DECLINED)
    sign_in(client, make.user(lab)).get(f"/en/workspace/lab/technologies/{entry.id}")
    assert client.texts("h1") == ["Membrane"]
    assert client.texts(".page-head .actions button, .page-head .actions a") == [
        "Still right",
        "Needs it could serve",
        "Edit",
        "Move back to the drafts",
        "Withdraw",
        "See it as others do",
    ]
    assert client.texts(".stepper [aria-current]") == ["In talks"]
    assert client.texts("#requests-title + ul .mb-0 a") == ["Need accepted", "Need declined"]
    assert client.page.select_one("#requests-title + ul a")["href"] == f"/en/workspace/lab/interests/{interest.id}"
    assert [i["alt"] for i in client.page.select(".pictures img")] == ["On a table"]
    assert client.texts(".aside h3 + ul li") == [
        "Fields",
        "Evidence of the readiness level",
        "Protection",
        "Owners and shares",
        "Forms of transfer",
        "Price",
    ]


def test_a_draft_says_what_comes_next(client: Any, make: Make, sign_in: SignIn, lab: Any) -> None:
    entry = make.technology(lab, "Membrane", state=SupplyState.DRAFT)
    member = make.user(lab, membership=MembershipRole.MEMBER)
    sign_in(client, member).get(f"/en/workspace/lab/technologies/{entry.id}")
    assert client.texts(".page-head .actions > *") == [
        "Needs it could serve",
        "Edit",
        "A manager of your organisation can publish it.",
        "Preview",
    ]
    assert client.texts(".stepper [aria-current]") == []
    assert client.get("/en/workspace/lab/technologies/0").status_code == 404
    theirs = make.technology(make.organisation(kind="institute"))
    make.session.commit()
    assert client.get(f"/en/workspace/lab/technologies/{theirs.id}").status_code == 404


def test_publishing_from_the_page_leads_back_to_it(client: Any, make: Make, sign_in: SignIn, lab: Any) -> None:
    entry = make.technology(lab, state=SupplyState.DRAFT)
    here = f"/en/workspace/lab/technologies/{entry.id}"
    sign_in(client, make.user(lab))
    answer = client.submit(f"{here}/publish", follow=False, back="desk")
    assert answer.headers["Location"] == here
    assert client.submit(f"{here}/unpublish", follow=False).headers["Location"] == "/en/workspace/lab/technologies"


def test_confirming_one_and_many(client: Any, session: Session, make: Make, sign_in: SignIn, lab: Any) -> None:
    old = [make.technology(lab, f"T{n}", confirmed_at=LONG_AGO - timedelta(days=n)) for n in range(3)]
    marked = make.technology(lab, "Marked", confirmed_at=LONG_AGO, stale_at=LONG_AGO)
    make.technology(lab, "Fresh", confirmed_at=utc_now())
    sign_in(client, make.user(lab)).get("/en/workspace/lab/technologies")
    assert client.texts(".notice-warning") == [
        "4 technologies have to be confirmed: are they still right? Look through them"
    ]
    assert client.texts(".entries .tag-late") == ["Not confirmed for a quarter"]
    client.submit(f"/en/workspace/lab/technologies/{marked.id}/confirm")
    assert "confirmed as of today" in client.texts(".notice-success")[0]
    client.get("/en/workspace/lab/technologies/due")
    assert client.texts(".entries label") == ["T2", "T1", "T0"]
    client.submit("/en/workspace/lab/technologies/due")
    assert client.texts(".notice-error") == ["Tick what is still right."]
    client.submit("/en/workspace/lab/technologies/due", technology=[old[0].id, old[2].id, 999])
    assert client.texts(".notice-success") == ["2 technologies are confirmed."]
    assert client.texts(".entries label") == ["T1"]


def test_members_see_what_is_due_and_confirm_nothing(client: Any, make: Make, sign_in: SignIn, lab: Any) -> None:
    make.technology(lab, "T", confirmed_at=LONG_AGO)
    sign_in(client, make.user(lab, membership=MembershipRole.MEMBER)).get("/en/workspace/lab/technologies/due")
    assert client.texts("main legend") == ["To be confirmed by a manager of your organisation"]
    assert client.texts("main button") == []


def test_versions_are_compared_field_by_field(
    client: Any, session: Session, make: Make, sign_in: SignIn, lab: Any
) -> None:
    lan, hoa = make.user(lab, name="Lan"), make.user(lab, name="Hoa")
    entry = make.technology(lab, "Membrane", state=SupplyState.DRAFT, trl=4, summary=both("Holds back salt well"))
    supply.publish(session, lan, entry, now=NOW)
    values, fields = versions.values_of(versions.content_of(entry))
    changed = values | {"trl": 6, "summary": both("Holds back salt better"), "transfer_forms": (TransferForm.LICENCE,)}
    supply.update(session, hoa, entry, changed, fields, now=NOW + timedelta(days=2))
    sign_in(client, lan).get(f"/en/workspace/lab/technologies/{entry.id}/versions")
    rows = {
        th: cells
        for th, *cells in (
            [" ".join(cell.get_text().split()) for cell in row.find_all(["th", "td"])]
            for row in client.page.select("tbody tr")
        )
    }
    assert rows == {
        "Description (English)": ["Holds back salt well", "Holds back salt better"],
        "Description (Tiếng Việt)": ["Holds back salt well (vi)", "Holds back salt better (vi)"],
        "Technology readiness level (TRL)": ["4", "6"],
        "Forms of transfer": ["–", "Licence"],
    }
    assert client.texts("tbody del") == ["well", "well", "4"]
    assert client.texts("tbody ins") == ["better", "better", "6", "Licence"]
    assert client.texts("thead th") == ["What changed", "24 November 2026, Lan", "26 November 2026, Hoa"]
    client.get(f"/en/workspace/lab/technologies/{entry.id}/versions?newer=1")
    assert "What version 1 says" in client.texts("caption")
    client.get(f"/en/workspace/lab/technologies/{entry.id}/versions?older=2&newer=1")
    assert client.texts("caption") == ["What differs between version 1 and version 2"]
    client.get(f"/en/workspace/lab/technologies/{entry.id}/versions?older=1&newer=1")
    assert client.texts(".empty h2") == ["No difference"]
    for wrong in ("?newer=9", "?older=9"):
        assert client.get(f"/en/workspace/lab/technologies/{entry.id}/versions{wrong}").status_code == 404
    never = make.technology(lab, state=SupplyState.DRAFT)
    session.commit()
    assert client.get(f"/en/workspace/lab/technologies/{never.id}/versions").status_code == 404


STEPS: dict[InterestState, Step | None] = {
    InterestState.DRAFT: None,
    InterestState.SENT: Step.ASKED,
    InterestState.EXPIRED: Step.ASKED,
    InterestState.ACCEPTED: Step.TALKING,
    InterestState.IN_DISCUSSION: Step.TALKING,
    InterestState.AGREED: Step.AGREED,
    InterestState.OUTCOME_PROPOSED: Step.PROPOSED,
    InterestState.DISPUTED: Step.PROPOSED,
    InterestState.CONFIRMED: Step.CONFIRMED,
    InterestState.DECLINED: None,
    InterestState.WITHDRAWN: None,
    InterestState.ENDED: None,
}


def test_every_state_of_a_request_stands_at_a_step() -> None:
    assert {state: step_of(state) for state in STEPS} == STEPS
    assert all(step_of(state) in (None, *Step) for state in InterestState)


def test_the_pipeline_stands_where_the_furthest_request_stands(
    session: Session, make: Make, lab: Any, now: datetime
) -> None:
    made = {}
    for state in InterestState:
        if state is not InterestState.DRAFT:
            made[state.value] = make.technology(lab, state.value)
            asked(make, made[state.value], state)
    asked(make, made["declined"], InterestState.WITHDRAWN)
    asked(make, made["ended"], InterestState.AGREED)
    licensed = asked(make, make.technology(lab, "licensed"), InterestState.IN_DISCUSSION)
    outcome(make, licensed)
    outcome(
        make,
        licensed,
        annuls=True,
        corrects_id=outcome(make, licensed, state=OutcomeState.CORRECTED).id,
        correction_reason="x",
    )
    make.technology(lab, "silent")
    make.technology(lab, "written", state=SupplyState.DRAFT)
    make.technology(lab, "gone", state=SupplyState.WITHDRAWN)
    make.technology(make.organisation(kind="institute"), "theirs")
    found = pipeline.pipeline(session, lab.id, now=now)
    assert {row.title.en: row.step for row in found.page.items} == {
        **{state.value: step or Step.LISTED for state, step in STEPS.items() if state is not InterestState.DRAFT},
        "ended": Step.AGREED,
        "licensed": Step.CONFIRMED,
        "silent": Step.LISTED,
        "written": Step.DRAFT,
    }
    assert dict(found.counts) == {
        Step.DRAFT: 1,
        Step.LISTED: 3,
        Step.ASKED: 2,
        Step.TALKING: 2,
        Step.AGREED: 2,
        Step.PROPOSED: 2,
        Step.CONFIRMED: 2,
    }
    assert list(found.counts) == list(Step)
    rows = {row.title.en: row for row in found.page.items}
    assert rows["declined"].over == 2
    assert [interest.state for interest in rows["ended"].interests] == [InterestState.AGREED]
    [result] = rows["licensed"].interests[0].results
    assert (result.kind, result.value_vnd) == (OutcomeKind.LICENCE, 1_500_000_000)
    chosen = pipeline.pipeline(session, lab.id, chosen=Step.CONFIRMED, now=now)
    assert {row.title.en for row in chosen.page.items} == {"confirmed", "licensed"}
    assert chosen.counts == found.counts


def test_the_pipeline_on_its_page(client: Any, make: Make, sign_in: SignIn, lab: Any) -> None:
    outcome(make, asked(make, make.technology(lab, "Licensed"), InterestState.CONFIRMED))
    late = make.technology(lab, "Late")
    asked(make, late, reply_by=LONG_AGO)
    sign_in(client, make.user(lab)).get("/en/workspace/lab/technologies/pipeline")
    assert client.texts("tbody th") == ["Licensed", "Late"]
    assert client.texts(".overview strong") == ["0", "0", "1", "0", "0", "0", "1"]
    assert "Technology licence" in " ".join(client.texts("tbody .entry-meta")) or "Licence" in " ".join(
        client.texts("tbody .entry-meta")
    )
    assert "2 November 2026 · VND 1.5 billion" in " ".join(client.texts("tbody .entry-meta"))
    assert client.texts("tbody .tag-late") == ["answer overdue"]
    client.get("/en/workspace/lab/technologies/pipeline?step=asked")
    assert client.texts("tbody th") == ["Late"]
    client.get("/en/workspace/lab/technologies/pipeline?step=agreed")
    assert client.texts(".empty h2") == ["No technology stands here"]


def test_pages_take_the_same_statements_however_much_there_is(
    session: Session, make: Make, lab: Any, now: datetime
) -> None:
    def sent(read: Callable[[], Any]) -> int:
        with statements_of(session) as statements:
            read()
        return len(statements)

    reads: dict[str, tuple[Callable[[], Any], int]] = {
        "pipeline": (lambda: pipeline.pipeline(session, lab_id, now=now), 5),
        "list": (lambda: own_technologies.own_list(session, lab_id, now=now), 6),
        "desk": (lambda: own_technologies.desk(session, lab_id, first, now=now), 7),
        "due": (lambda: own_technologies.due(session, lab_id, now=now), 1),
    }
    lab_id, entry = lab.id, make.technology(lab, fields=[make.field("205")], confirmed_at=LONG_AGO)
    first = entry.id
    outcome(make, asked(make, entry, InterestState.CONFIRMED))
    few = {name: sent(read) for name, (read, _number) in reads.items()}
    for _ in range(7):
        other = make.technology(session.merge(lab), fields=[make.field("205")], confirmed_at=LONG_AGO)
        make.picture(other)
        asked(make, other, InterestState.IN_DISCUSSION)
    assert {name: sent(read) for name, (read, _number) in reads.items()} == few
    assert few == {name: number for name, (_read, number) in reads.items()}
