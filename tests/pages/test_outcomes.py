"""Outcomes on the page of a connection, on profiles, and for coordinators: who sees what, and what can be done."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Outcome
from models.base import utc_now
from models.outcomes import DisputeReason, OutcomeKind, OutcomeState
from models.types import InterestState, MembershipRole, ProfileState, Provenance, Visibility
from network.formatting import today
from network.queries import outcomes as queries
from tests.factories import NOW, Make
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
S = OutcomeState


@pytest.fixture
def pair(make: Make) -> tuple[Any, Any, Any]:
    startup, lab = make.organisation("Sun Dryers"), make.organisation("Food Lab", "institute")
    interest = make.connection(make.need(startup, "Moisture"), lab, InterestState.AGREED)
    make.agreement(interest, startup)
    return startup, lab, interest


def home(organisation: Any, interest: Any) -> str:
    return f"/en/workspace/{organisation.slug}/connections/{interest.id}/outcomes"


def page(organisation: Any, interest: Any) -> str:
    return f"/en/workspace/{organisation.slug}/interests/{interest.id}"


def sent(**changes: Any) -> dict[str, Any]:
    said = {"kind": "pilot", "happened_on": today().isoformat(), "value": "1.500.000.000", "evidence": "Report 17."}
    return {**said, **changes}


def said(make: Make, pair: Any, state: S = S.PROPOSED, **values: Any) -> Any:
    startup, _, interest = pair
    interest.state = {S.CONFIRMED: InterestState.CONFIRMED, S.DISPUTED: InterestState.DISPUTED}.get(
        state, InterestState.OUTCOME_PROPOSED
    )
    return make.outcome(
        interest, startup, state=state, **{"confirm_by": utc_now() + timedelta(days=5, hours=1), **values}
    )


def test_an_outcome_is_proposed_and_nothing_is_ticked_beforehand(
    client: Any, make: Make, sign_in: SignIn, pair: Any
) -> None:
    startup, lab, interest = pair
    make.user(lab)
    sign_in(client, make.user(startup)).get(f"{home(startup, interest)}/new")
    assert (client.texts("h1"), len(client.texts(".options label"))) == (["Propose an outcome"], 7)
    assert client.page.select("input[checked]") == []
    client.post(
        f"{home(startup, interest)}/new", data=sent(file=(io.BytesIO(b"%PDF-"), "report.pdf")), follow_redirects=True
    )
    assert client.texts(".notice-success") == ["Proposed. It counts as soon as the other side has confirmed it."]
    assert client.texts("#outcomes .facts dd")[1] == "VND 1.5 billion"
    assert client.texts("#outcomes .files a") == ["report.pdf"]
    assert client.texts("#outcomes li:first-child .actions a") == ["Withdraw"]
    assert client.texts(".aside > h2") == ["Waiting for their confirmation"]


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("", None),
        ("1500", 1500),
        ("1.500.000", 1_500_000),
        ("1,500,000", 1_500_000),
        ("1 500 000", 1_500_000),
        ("0", 0),
    ],
)
def test_amounts_are_read_as_people_write_them(
    client: Any, make: Make, sign_in: SignIn, pair: Any, session: Session, value: str, amount: int | None
) -> None:
    startup, _, interest = pair
    sign_in(client, make.user(startup)).submit(f"{home(startup, interest)}/new", **sent(value=value))
    assert session.query(Outcome).one().value_vnd == amount


@pytest.mark.parametrize("value", ["1,5", "1.5 tỷ", "-5", "a lot", "1.50.000", "9" * 16])
def test_amounts_that_could_be_misread_are_asked_for_again(
    client: Any, make: Make, sign_in: SignIn, pair: Any, value: str
) -> None:
    startup, _, interest = pair
    sign_in(client, make.user(startup))
    assert client.submit(f"{home(startup, interest)}/new", **sent(value=value)).status_code == 422
    assert client.texts(".error-summary li") == [
        "Value in VND: Write the amount in dong in figures, for example 1.500.000.000."
    ]
    assert client.page.select_one("input[name=value]")["value"] == value


def test_the_other_side_reads_it_all_before_it_confirms(client: Any, make: Make, sign_in: SignIn, pair: Any) -> None:
    _, lab, interest = pair
    outcome = said(make, pair, value_vnd=2_000_000, publish_proposer=True)
    sign_in(client, make.user(lab)).get(page(lab, interest))
    assert client.texts("#outcomes li:first-child .actions a") == ["Confirm", "Dispute"]
    assert client.texts("#outcomes .tag")[:2] == ["Waits for confirmation", "5 days left"]
    assert client.texts(".aside .tag") == ["5 days left"]
    client.get(f"{home(lab, interest)}/{outcome.id}/confirm")
    assert client.texts("h1") == ["Was it so?"]
    assert client.texts("main .facts dd")[1] == "VND 2 million"
    assert "The other side has agreed to show it." in client.texts("form .soft")
    assert client.page.select("input[checked]") == []
    client.submit(f"{home(lab, interest)}/{outcome.id}/confirm")
    assert client.texts(".notice-success") == ["Confirmed by both sides. It is counted from now on."]
    assert client.texts(".page-head .tag") == ["Confirmed by both sides"]
    assert "The other side would show it to others. It needs your consent as well." in client.texts("#outcomes p")
    assert client.get(f"{home(lab, interest)}/{outcome.id}/confirm").status_code == 302
    client.submit(f"{home(lab, interest)}/{outcome.id}/confirm")
    assert len(client.texts(".notice-error")) == 1


def test_a_dispute_asks_what_is_not_right_and_both_read_it(client: Any, make: Make, sign_in: SignIn, pair: Any) -> None:
    startup, lab, interest = pair
    outcome = said(make, pair)
    address = f"{home(lab, interest)}/{outcome.id}/dispute"
    sign_in(client, make.user(lab)).get(address)
    assert len(client.texts(".options label")) == 6
    assert client.submit(address).status_code == 422
    client.submit(address, reason="other_value", note="It was 900 million.")
    assert client.texts(".page-head .tag") == ["Disputed"]
    sign_in(client, make.user(startup)).get(page(startup, interest))
    assert "The value is wrong" in client.texts("#outcomes strong")
    assert "It was 900 million." in client.texts("#outcomes .prose")
    assert client.texts("#outcomes li:first-child .actions a") == ["Propose it anew", "Withdraw"]


def test_a_correction_begins_with_what_stands_and_both_stay_readable(
    client: Any, make: Make, sign_in: SignIn, pair: Any
) -> None:
    startup, lab, interest = pair
    old = said(make, pair, S.CONFIRMED, value_vnd=2_000_000)
    address = f"{home(startup, interest)}/{old.id}/correct"
    sign_in(client, make.user(startup)).get(address)
    assert client.page.select_one("input[name=value]")["value"] == "2.000.000"
    assert client.texts("textarea[name=evidence]") == ["The report of the pilot."]
    assert client.submit(address, **sent()).status_code == 422
    client.submit(address, **sent(), why="The value was wrong.")
    assert client.texts("#outcomes > .entries .eyebrow") == ["Outcome, corrected", "Outcome", "Agreement"]
    assert "a correction waits" in client.texts("#outcomes .tag")
    assert client.get(address).status_code == 302
    new = make.session.query(Outcome).filter_by(corrects_id=old.id).one()
    sign_in(client, make.user(lab)).submit(f"{home(lab, interest)}/{new.id}/confirm")
    assert client.texts("#outcomes > .entries .eyebrow") == ["Outcome, corrected", "Agreement"]
    assert client.texts("details.more .tag") == ["Replaced by a correction"]
    assert "VND 2 million" in client.texts("details.more dd")
    assert client.page.select_one(f"#outcomes a[href='#outcome-{old.id}']")


def test_what_never_was_is_taken_out_of_the_count_by_both(client: Any, make: Make, sign_in: SignIn, pair: Any) -> None:
    startup, lab, interest = pair
    old = said(make, pair, S.CONFIRMED)
    address = f"{home(startup, interest)}/{old.id}/annul"
    sign_in(client, make.user(startup)).get(address)
    assert client.texts("h1") == ["It should not be counted"]
    assert client.submit(address).status_code == 422
    client.submit(address, why="It was called off.")
    new = make.session.query(Outcome).filter_by(corrects_id=old.id).one()
    sign_in(client, make.user(lab)).get(f"{home(lab, interest)}/{new.id}/confirm")
    assert client.texts("main .notice-warning") == [
        "If you confirm, the earlier entry is no longer counted. This cannot be undone."
    ]
    assert client.page.select("input[name=publish]") == []
    client.submit(f"{home(lab, interest)}/{new.id}/confirm")
    assert client.texts(".page-head .tag") == ["Agreed"]


def test_withdrawing_asks_first(client: Any, make: Make, sign_in: SignIn, pair: Any) -> None:
    startup, _, interest = pair
    outcome = said(make, pair)
    address = f"{home(startup, interest)}/{outcome.id}/withdraw"
    sign_in(client, make.user(startup)).get(address)
    assert client.texts("h1") == ["Withdraw the outcome?"]
    client.submit(address)
    assert client.texts(".page-head .tag") == ["Agreed"]
    assert client.texts("details.more .tag") == ["Withdrawn"]


@pytest.mark.parametrize(
    ("role", "state", "links"),
    [
        ("ours", S.PROPOSED, ["Withdraw"]),
        ("ours", S.DISPUTED, ["Propose it anew", "Withdraw"]),
        ("ours", S.CONFIRMED, ["Propose a correction", "It should not be counted"]),
        ("theirs", S.PROPOSED, ["Confirm", "Dispute"]),
        ("theirs", S.DISPUTED, ["Confirm", "Propose it anew"]),
        ("theirs", S.CONFIRMED, ["Propose a correction", "It should not be counted"]),
        ("member", S.PROPOSED, []),
        ("member", S.CONFIRMED, []),
    ],
)
def test_each_side_sees_what_it_can_do(
    client: Any, make: Make, sign_in: SignIn, pair: Any, role: str, state: S, links: list[str]
) -> None:
    startup, lab, interest = pair
    said(make, pair, state)
    side = startup if role == "ours" else lab
    user = make.user(side, membership=MembershipRole.MEMBER if role == "member" else MembershipRole.MANAGER)
    sign_in(client, user).get(page(side, interest))
    assert client.texts("#outcomes li:first-child .actions a") == links


def profile(client: Any, organisation: Any) -> list[str]:
    client.get(f"/en/directory/{organisation.slug}")
    return client.texts("section[aria-labelledby=outcomes-title] li")


def test_a_profile_shows_what_both_sides_agreed_to_show_and_no_more(
    client: Any, make: Make, sign_in: SignIn, pair: Any
) -> None:
    startup, lab, interest = pair
    outcome = said(make, pair, S.CONFIRMED, value_vnd=987_654_321, evidence="Paper 7", publish_proposer=True)
    manager = make.user(lab)
    make.session.commit()
    assert profile(client, startup) == []
    sign_in(client, manager).submit(f"{home(lab, interest)}/{outcome.id}/publication", publish="yes")
    assert "Shown to everybody on both profiles: kind, month and names." in client.texts("#outcomes p")
    visitor = client.application.test_client()
    assert profile(visitor, startup) == ["Pilot carried out November 2026 with Food Lab · Moisture"]
    assert profile(visitor, lab) == ["Pilot carried out November 2026 with Sun Dryers · Moisture"]
    words = visitor.page.get_text()
    assert [secret for secret in ("987", "Paper 7", "19 November") if secret in words] == []
    interest.need.visibility = Visibility.MEMBERS
    make.session.commit()
    assert profile(visitor, startup) == ["Pilot carried out November 2026 with Food Lab"]
    lab.state = ProfileState.SUSPENDED
    make.session.commit()
    assert profile(visitor, startup) == []
    lab.state = ProfileState.VERIFIED
    make.session.commit()
    client.submit(f"{home(lab, interest)}/{outcome.id}/publication", publish="no")
    assert profile(visitor, startup) == []


@pytest.mark.parametrize("state", [S.PROPOSED, S.DISPUTED, S.WITHDRAWN, S.CORRECTED])
def test_nothing_but_a_confirmed_outcome_is_ever_shown(client: Any, make: Make, pair: Any, state: S) -> None:
    said(make, pair, state, publish_proposer=True, publish_other=True)
    make.session.commit()
    assert profile(client, pair[0]) == []


def test_coordinators_see_what_waits_what_is_disputed_and_what_counts(
    client: Any, make: Make, sign_in: SignIn, pair: Any
) -> None:
    startup, lab, interest = pair
    now = utc_now()
    old = said(make, pair, S.CONFIRMED, kind=OutcomeKind.LICENCE, value_vnd=5_000_000)
    make.outcome(interest, lab, state=S.DISPUTED, kind=OutcomeKind.HIRE, dispute_reason=DisputeReason.NOT_YET)
    make.outcome(interest, startup, kind=OutcomeKind.PILOT, confirm_by=now - timedelta(days=2, minutes=1))
    make.outcome(interest, startup, kind=OutcomeKind.PRODUCT, confirm_by=now + timedelta(days=3, hours=1))
    make.outcome(interest, lab, corrects=old, annuls=True, kind=OutcomeKind.LICENCE, confirm_by=now + timedelta(days=9))
    make.outcome(interest, startup, state=S.WITHDRAWN)
    message = make.message(interest, startup, "Our secret recipe")
    make.attachment(interest, message_id=message.id, name="recipe.pdf")
    sign_in(client, make.coordinator()).get("/en/coordination")
    rows = [("Pilot carried out: Moisture", "2 days late"), ("Person hired: Moisture", "Disputed")]
    assert client.texts("section[aria-labelledby=outcomes] h3") == [title for title, _ in rows]
    assert client.texts("section[aria-labelledby=outcomes] .entry-side .tag") == [side for _, side in rows]
    client.get("/en/coordination/outcomes")
    assert client.texts(".tabs a") == [
        "Waiting for confirmation (3)",
        "Disputed (1)",
        "Confirmed (1)",
        "Withdrawn or corrected (1)",
    ]
    assert client.texts("main h2") == [
        "Pilot carried out",
        "Product on the market",
        "Licence granted – should not be counted",
    ]
    assert client.texts(".entry-side .tag")[:2] == ["2 days late", "3 days left"]
    client.get("/en/coordination/outcomes?tab=disputed")
    assert client.texts("main h2 ~ p")[1:] == [
        "Food Lab says so · Sun Dryers disputes it",
        "Reason: It has not happened yet",
    ]
    client.get("/en/coordination/outcomes?tab=confirmed")
    assert "VND 5 million" in client.texts("main dd")
    words = client.page.get_text()
    assert [secret for secret in ("secret", "recipe.pdf", "report of the pilot") if secret in words] == []
    answer = client.get("/en/coordination/exports/outcomes.csv")
    table = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert [(row["kind"], row["state"], row["annuls_another"]) for row in table][-2:] == [
        ("licence", "proposed", "True"),
        ("pilot", "withdrawn", "False"),
    ]
    assert "evidence" not in table[0]
    for person in (make.user(lab), make.user(make.organisation())):
        sign_in(client, person)
        assert client.get("/en/coordination/outcomes").status_code == 403
        assert client.get("/en/coordination/exports/outcomes.csv").status_code == 403


def test_without_outcomes_coordinators_are_told_when_there_will_be_some(
    client: Any, make: Make, sign_in: SignIn
) -> None:
    sign_in(client, make.coordinator())
    for tab in ("waiting", "disputed", "confirmed", "past", "nonsense"):
        client.get(f"/en/coordination/outcomes?tab={tab}")
        assert client.texts(".empty h2") == ["None here"]


def test_lists_of_outcomes_take_the_same_statements_however_long(session: Session, make: Make, pair: Any) -> None:
    startup, _, _ = pair

    def numbers() -> list[int]:
        found = []
        for query in (
            lambda: queries.board(session, "confirmed", 1, now=NOW),
            lambda: queries.unsettled(session, now=NOW),
            lambda: queries.published(session, None, startup_id),
            lambda: queries.by_kind(session),
        ):
            with statements_of(session) as sent_:
                query()
            found.append(len(sent_))
        return found

    startup_id = startup.id
    shown = {"state": S.CONFIRMED, "publish_proposer": True, "publish_other": True}
    said(make, pair, **shown)
    before = numbers()
    for n in range(8):
        provenance = Provenance.ILLUSTRATIVE if n % 2 else Provenance.SELF_DECLARED
        other = make.organisation(kind="centre")
        interest = make.connection(make.need(startup, provenance=provenance), other, InterestState.CONFIRMED)
        make.outcome(interest, startup, **shown)
        make.outcome(interest, startup, state=S.DISPUTED)
    assert numbers() == before == [3, 1, 2, 1]
    assert len(queries.published(session, None, startup_id)) == 9
