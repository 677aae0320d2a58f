"""What managers of a centre see of applications: the list with who is missing, where reviewers are apart, the proposal,
the decision, one application in full.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Application, Call, DecisionLetter, Review, User
from models.applications import ApplicationState, Verdict
from models.calls import CallState
from models.reviews import ReviewState, Tie
from models.types import DeclineReason, MembershipRole
from network.formatting import today
from network.queries.intake import received, received_one
from network.queries.proposals import proposal_page
from tests.factories import NOW, Make
from tests.intake import make_application, make_call, make_review, make_reviewer
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
S = ApplicationState


class House:
    """A centre with a call being read and two reviewers."""

    def __init__(self, make: Make, **values: Any) -> None:
        self.centre = make.organisation("House", "centre", slug="house")
        self.manager = make.user(self.centre)
        self.one, self.two = (
            make_reviewer(make, self.centre, "Reader One"),
            make_reviewer(make, self.centre, "Reader Two"),
        )
        self.call = make_call(make, self.centre, day=today(), **{"closes": -1, **values})

    def at(self, path: str = "") -> str:
        return f"/en/workspace/house/intake/{self.call.id}{path}"


def test_the_list_tells_state_mean_and_who_is_missing(client: Any, make: Make, sign_in: SignIn) -> None:
    house = House(make)
    reviewed = make_application(make, house.call, make.organisation("Sun"), title="Lamp", number=1)
    half = make_application(make, house.call, make.organisation("Moon"), title="Tide", number=2)
    bare = make_application(make, house.call, make.organisation("Star"), title="Glow", number=3)
    make_application(make, house.call, make.organisation("Dark"), S.DRAFT, title="Draft")
    for reviewer, points in ((house.one, (5, 4)), (house.two, (3, 4))):
        make_review(make, reviewed, reviewer, points)
    make_review(make, half, house.one, (4, 4))
    make_review(make, half, house.two)
    make_review(make, bare, house.one, (), ReviewState.CONFLICT, tie=Tie.NAMED)
    make.session.commit()
    sign_in(client, house.manager).get(house.at())
    rows = [[" ".join(c.get_text(" ").split()) for c in row.select("th, td")] for row in client.page.select("tbody tr")]
    assert rows == [
        ["1", "Lamp Sun", "Under review", "2 of 2 far apart", "4"],
        ["2", "Tide Moon", "Under review", "1 of 2 missing: Reader Two", "4"],
        ["3", "Glow Star", "Under review", "0 of 2", "–"],
    ]
    assert "1 application has fewer reviewers than you want." in client.page.get_text()
    assert client.texts("input[name=people] + label") == ["Reader One", "Reader Two"]


def test_somebody_else_applied_twice_and_it_is_said(client: Any, make: Make, sign_in: SignIn) -> None:
    house = House(make)
    team = make.organisation("Sun")
    make_application(make, house.call, team, title="Lamp")
    make_application(make, make_call(make, house.centre), team, S.SUBMITTED)
    make_application(make, make_call(make), team, S.SUBMITTED)
    make.session.commit()
    sign_in(client, house.manager).get(house.at())
    assert client.texts("tbody .entry-meta") == ["Sun · 1 more application to you"]


def test_reading_is_begun_and_shared_out(client: Any, session: Session, make: Make, sign_in: SignIn) -> None:
    house = House(make)
    applications = [make_application(make, house.call, state=S.SUBMITTED) for _ in range(2)]
    session.commit()
    sign_in(client, house.manager).get(house.at())
    assert client.texts(".doing h2") == ["The call has closed"]
    client.submit(house.at("/begin"))
    assert client.texts(".notice-success") == ["2 applications are being read."]
    assert client.submit(house.at("/assign")).status_code == 422
    client.submit(house.at("/assign"), people=[house.one.id, house.two.id])
    assert client.texts(".notice-success") == ["4 reviews asked for."]
    assert client.texts(".doing p") == [
        "Every application has its reviewers. Still to come: Reader One (2), Reader Two (2)."
    ]
    session.expire_all()
    assert {a.state for a in applications} == {S.UNDER_REVIEW}
    client.submit(house.at("/assign"), people=[house.one.id])
    assert "These people cannot take any more" in client.page.get_text()


def test_where_reviewers_are_apart(client: Any, make: Make, sign_in: SignIn) -> None:
    house = House(make)
    apart = make_application(make, house.call, title="Lamp", number=1)
    close = make_application(make, house.call, title="Tide", number=2)
    for reviewer, points in ((house.one, (5, 4)), (house.two, (2, 3))):
        make_review(make, apart, reviewer, points)
        make_review(make, close, reviewer, (4, 4))
    make.session.commit()
    sign_in(client, house.manager).get(house.at("/moderation"))
    assert client.texts("main h2") == ["1. Lamp"]
    assert client.texts("tbody th, tbody td") == ["Benefit", "5", "2", "3"]
    address = f"/en/workspace/house/received/{apart.id}"
    client.submit(f"{address}/talked-over", **{"talk-words": "One misread the figures"})
    client.get(house.at("/moderation"))
    assert client.texts(".notice-success") == ["Talked over: One misread the figures"]


def test_one_application_with_all_scorecards(client: Any, session: Session, make: Make, sign_in: SignIn) -> None:
    house = House(make)
    application = make_application(make, house.call, make.organisation("Sun"), title="Lamp")
    make_review(make, application, house.one, (5, 4))
    missing = make_review(make, application, house.two)
    third = make_reviewer(make, house.centre, "Reader Three")
    session.commit()
    address = f"/en/workspace/house/received/{application.id}"
    sign_in(client, house.manager).get(address)
    assert client.texts("main h2") == [
        "What comes next",
        "What the project does",
        "Team",
        "What have you tried?",
        "Who are you?",
        "Reviews mean 4.75",
    ]
    assert client.texts(".scores tbody td") == [
        "5 Reader One says 5",
        "4 Reader One says 4",
        "4.75 Reader One on the whole",
        "Ask Reader One to look again",
    ]
    client.submit(f"{address}/reviews/{missing.id}/release")
    client.submit(f"{address}/assign", people=[third.id])
    assert client.texts(".review-line") == ["Not begun Reader Three Take back"]
    sent = session.query(Review).filter_by(reviewer_id=house.one.id).one()
    assert client.submit(f"{address}/reviews/{sent.id}/again").status_code == 422
    client.submit(f"{address}/reviews/{sent.id}/again", words="Page 2")
    assert client.texts(".review-line") == ["Begun Reader One Take back", "Not begun Reader Three Take back"]


def test_a_reviewer_who_left_or_became_a_manager_is_marked(client: Any, make: Make, sign_in: SignIn) -> None:
    house = House(make)
    application = make_application(make, house.call)
    for reviewer in (house.one, house.two):
        make_review(make, application, reviewer)
    house.one.memberships[0].role = MembershipRole.MANAGER
    make.session.delete(house.two.memberships[0])
    make.session.commit()
    sign_in(client, house.manager).get(f"/en/workspace/house/received/{application.id}")
    assert client.texts(".review-line .tag-late") == ["can no longer review"] * 2


def test_the_proposal_is_changed_in_single_cases_and_decided(
    client: Any, session: Session, make: Make, sign_in: SignIn
) -> None:
    house = House(make, capacity=1)
    teams = [make_application(make, house.call, title=f"Project {n}", number=n) for n in (1, 2, 3)]
    for team, value in zip(teams, (5, 4, 2), strict=True):
        make_review(make, team, house.one, (value, value))
    session.commit()

    def groups() -> list[list[str]]:
        return [
            [" ".join(e.get_text(" ").split()) for e in section.select("h2, h3")]
            for section in client.page.select("main .group")
        ]

    sign_in(client, house.manager).get(house.at("/proposal"))
    assert groups() == [
        ["Gets a place (1)", "Project 1"],
        ["Waiting list, in this order (1)", "Project 2"],
        ["Not accepted (1)", "Project 3"],
    ]
    assert client.texts(".notice") == [
        "What decides is the number of places (1): 1 good team has to wait.",
        "1 refusal has no reason yet.",
    ]
    assert client.get(house.at("/decide")).status_code == 302
    client.submit(
        house.at("/proposal"),
        **{f"fixed_{teams[0].id}": "waitlisted", f"reason_{teams[2].id}": "too_early", f"note_{teams[2].id}": "Later"},
    )
    assert groups() == [
        ["Gets a place (1)", "Project 2"],
        ["Waiting list, in this order (1)", "Project 1"],
        ["Not accepted (1)", "Project 3"],
    ]
    client.get(house.at("/decide"))
    assert client.texts("main .group li strong") == ["Project 2", "Project 1", "Project 3"]
    stale = client.page.select_one("input[name=digest]")["value"]
    client.submit(house.at("/proposal"), **{f"fixed_{teams[0].id}": "", f"reason_{teams[2].id}": "too_early"})
    client.submit(house.at("/decide"), digest=stale)
    assert client.texts(".notice-error") == [
        "Something has changed since you saw the proposal. Look at it again before you decide."
    ]
    client.get(house.at("/decide"))
    client.submit(house.at("/decide"), digest=client.page.select_one("input[name=digest]")["value"])
    assert client.texts("tbody .tag") == ["Accepted", "On the waiting list", "Not accepted"]


def test_a_place_is_given_or_the_waiting_ended(client: Any, session: Session, make: Make, sign_in: SignIn) -> None:
    house = House(make, closes=-90, capacity=2, state=CallState.DECIDED, starts_on=today())
    make_application(make, house.call, state=S.ACCEPTED)
    first = make_application(make, house.call, title="Lamp", state=S.WAITLISTED, waitlist_rank=1)
    second = make_application(make, house.call, title="Tide", state=S.WAITLISTED, waitlist_rank=2)
    session.commit()
    sign_in(client, house.manager)
    client.submit(f"/en/workspace/house/received/{second.id}/accept")
    assert client.texts(".notice-success") == ["Accepted. The team gets a letter."]
    client.submit(f"/en/workspace/house/received/{first.id}/accept")
    assert client.texts(".notice-error") == [
        "All places are given. Somebody has to leave first, or a coordinator lets one more in."
    ]
    address = f"/en/workspace/house/received/{first.id}/reject"
    assert client.submit(address).status_code == 422
    client.submit(address, reason="terms", note="Come again")
    session.expire_all()
    assert (first.state, first.reason) == (S.REJECTED, DeclineReason.TERMS)
    client.get(str(next(a["href"] for a in client.page.select(".aside a") if "/letters/" in str(a["href"]))))
    assert "Come again" in client.texts(".paper p")


def test_only_managers_and_only_of_this_centre(client: Any, session: Session, make: Make, sign_in: SignIn) -> None:
    house = House(make)
    application = make_application(make, house.call)
    draft = make_application(make, house.call, state=S.DRAFT)
    other = make.organisation("Other", "centre", slug="other")
    letter = DecisionLetter(application_id=application.id, verdict=Verdict.ACCEPTED, issued_at=NOW)
    session.add(letter)
    stranger = make.user(other)
    session.commit()
    sign_in(client, stranger)
    for address in (
        f"/en/workspace/other/intake/{house.call.id}",
        f"/en/workspace/other/intake/{house.call.id}/proposal",
        f"/en/workspace/other/received/{application.id}",
        f"/en/workspace/other/received/{application.id}/letters/{letter.id}",
    ):
        assert client.get(address).status_code == 404
    sign_in(client, house.manager)
    assert client.get(f"/en/workspace/house/received/{draft.id}").status_code == 404
    sign_in(client, make.coordinator())
    assert client.get(f"/en/workspace/house/received/{application.id}").status_code == 403


def test_lists_take_the_same_statements_however_many_apply(session: Session, make: Make) -> None:
    house = House(make)

    def fill(number: int) -> None:
        call = session.get_one(Call, call_id)
        for _ in range(number):
            team = make_application(make, call)
            for reviewer_id in reviewers:
                make_review(make, team, session.get_one(User, reviewer_id), (4, 4))

    def sent() -> list[int]:
        numbers = []
        one = session.scalars(sa.select(Application.id).order_by(Application.id)).first()
        assert one is not None
        for read in (
            lambda: received(session, centre_id, call_id, today=today()),
            lambda: received_one(session, centre_id, one, today=today()),
            lambda: proposal_page(session, session.get_one(Call, call_id), today=today()),
        ):
            with statements_of(session) as statements:
                read()
            numbers.append(len(statements))
        return numbers

    centre_id, call_id, reviewers = house.centre.id, house.call.id, (house.one.id, house.two.id)
    fill(1)
    few = sent()
    fill(4)
    assert sent() == few
    assert few == [11, 14, 7]
