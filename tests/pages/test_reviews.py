"""The desk of a reviewer: nothing before ties are named and a conflict denied, and blind until the decision."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import AuditEvent, Review, User
from models.applications import ApplicationState
from models.calls import CallState
from models.reviews import ReviewState, Tie
from models.types import MembershipRole
from network.auth import Access, access_of
from network.formatting import today
from network.queries import reviews as queries
from tests.factories import NOW, Make
from tests.intake import make_application, make_call, make_review, make_reviewer
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
R = ReviewState
SECRETS = ("Secret Lamp", "secret-lamp", "Lan and Minh", "We are Lan")
"""Name and address of the applicant, and what names people in its application."""
TEXTS = ("Project", "What it does", "We tried")
OTHERS = ("Other Reader says", "Other Reader on the whole")


class Desk:
    """A call being read with one application of a team that must stay unknown, and two reviewers."""

    def __init__(self, make: Make, membership: MembershipRole = MembershipRole.REVIEWER) -> None:
        self.house = make.organisation("House", "centre", slug="house")
        self.team = make.organisation("Secret Lamp", slug="secret-lamp")
        make.user(self.team, name="Founder of Lamp")
        self.reader = make.user(self.house, membership=membership, name="Reader")
        self.other = make_reviewer(make, self.house, "Other Reader")
        self.call = make_call(make, self.house, closes=-1, day=today())
        self.application = make_application(make, self.call, self.team)
        make_review(make, self.application, self.other, (5, 5))

    def review(self, make: Make, state: R = R.ASSIGNED, **values: Any) -> Review:
        points = (2, 3) if state is R.SUBMITTED else ()
        return make_review(make, self.application, self.reader, points, state, **values)


def found(page: str, words: tuple[str, ...]) -> list[str]:
    return [word for word in words if word in page]


def test_nothing_is_shown_before_ties_are_named_and_a_conflict_denied(
    client: Any, session: Session, make: Make, sign_in: SignIn
) -> None:
    desk = Desk(make)
    review = desk.review(make)
    declared = session.get_one(queries.ReviewerDeclaration, (desk.call.id, desk.reader.id))
    session.delete(declared)
    session.commit()
    sign_in(client, desk.reader)
    for address in ("/en/workspace/house/reviews", f"/en/workspace/house/reviews/{review.id}"):
        page = client.get(address).get_data(as_text=True)
        assert found(page, SECRETS + TEXTS + OTHERS) == []
        assert "which organisations do you have ties with?" in page
    client.submit(f"/en/workspace/house/reviews/{review.id}/clear")
    assert "First name the organisations you have ties with" in client.page.get_text()
    client.submit(f"/en/workspace/house/reviews/ties/{desk.call.id}", names="")
    page = client.get(f"/en/workspace/house/reviews/{review.id}").get_data(as_text=True)
    assert found(page, SECRETS + TEXTS + OTHERS) == []
    page = client.submit(f"/en/workspace/house/reviews/{review.id}/clear").get_data(as_text=True)
    assert found(page, TEXTS) == list(TEXTS)
    assert found(page, SECRETS + OTHERS) == []


@pytest.mark.slow
@pytest.mark.parametrize("membership", [MembershipRole.REVIEWER, MembershipRole.MEMBER])
@pytest.mark.parametrize("state", [R.ASSIGNED, R.IN_PROGRESS, R.SUBMITTED, R.CONFLICT])
def test_no_page_of_the_workspace_tells_a_reviewer_who_applied_or_what_others_gave(
    app: Flask, client: Any, session: Session, make: Make, sign_in: SignIn, state: R, membership: MembershipRole
) -> None:
    """Every page that members of the centre may open, whatever their role."""
    desk = Desk(make, membership)
    review = desk.review(make, state, **({"tie": Tie.SAID} if state is R.CONFLICT else {}), comment="My own words")
    trail = {"subject": f"application:{desk.application.id}", "organisation_id": desk.house.id, "at": NOW}
    session.add(AuditEvent(action="application.fix", **trail))
    session.add(AuditEvent(action="application.submit", **{**trail, "organisation_id": desk.team.id}))
    session.commit()
    sign_in(client, desk.reader)
    values = {"slug": "house", "lang": "en", "programme_id": desk.call.programme_id, "call_id": desk.call.id}
    values |= {"application_id": desk.application.id, "review_id": review.id}
    looked = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or "slug" not in rule.arguments or rule.arguments - set(values):
            continue
        if access_of(app, rule.endpoint) not in (Access.MEMBER, Access.MANAGER):
            continue
        with app.test_request_context():
            _, address = rule.build({k: values[k] for k in rule.arguments}, append_unknown=False)
        answer = client.get(address)
        hidden = SECRETS + OTHERS + (() if state in (R.IN_PROGRESS, R.SUBMITTED) else TEXTS)
        assert found(answer.get_data(as_text=True), hidden) == [], address
        looked += answer.status_code == 200
    assert looked > 8


def test_after_the_decision_a_reviewer_learns_whose_it_was_and_the_mean(
    client: Any, session: Session, make: Make, sign_in: SignIn
) -> None:
    desk = Desk(make)
    review = desk.review(make, R.SUBMITTED)
    desk.application.state = ApplicationState.ACCEPTED
    desk.call.state, desk.call.decided_at = CallState.DECIDED, NOW
    session.commit()
    sign_in(client, desk.reader).get(f"/en/workspace/house/reviews/{review.id}")
    assert client.texts(".notice") == ["The call is decided. This was Secret Lamp: Accepted, mean of all reviews 3.62."]
    assert found(client.page.get_text(), OTHERS) == []


def test_what_a_known_tie_set_aside_is_not_on_the_desk(
    client: Any, session: Session, make: Make, sign_in: SignIn
) -> None:
    desk = Desk(make)
    review = desk.review(make, R.CONFLICT, tie=Tie.NAMED)
    kept = make_application(make, desk.call, number=40)
    make_review(make, kept, desk.reader)
    session.commit()
    sign_in(client, desk.reader).get("/en/workspace/house/reviews")
    assert client.texts("main h3") == ["Application 40"]
    assert client.get(f"/en/workspace/house/reviews/{review.id}").status_code == 404


def test_a_scorecard_is_kept_and_sent(client: Any, session: Session, make: Make, sign_in: SignIn) -> None:
    desk = Desk(make)
    review = desk.review(make, R.IN_PROGRESS, comment=None)
    session.commit()
    first, second = (c.id for c in desk.call.criteria)
    address = f"/en/workspace/house/reviews/{review.id}"
    sign_in(client, desk.reader)
    client.submit(address, **{f"points_{first}": "2", f"comment_{first}": "Thin"}, step="keep")
    assert client.texts(f"#comment_{first}") == ["Thin"]
    assert client.page.select_one(f"input[name=points_{first}][checked]")["value"] == "2"
    sent = client.submit(address, **{f"points_{first}": "2", f"comment_{first}": "Thin"}, comment="No", step="send")
    assert (sent.status_code, client.texts(".error-summary li")) == (422, ["Give points on every criterion."])
    client.submit(address, **{f"points_{first}": "2", f"points_{second}": "4"}, comment="No", step="send")
    session.expire_all()
    assert (review.state, [s.points for s in review.scores]) == (R.SUBMITTED, [2, 4])
    assert client.texts("main .entry-row h3") == [f"Application {desk.application.number}: {desk.application.title}"]
    assert client.texts(".entry-side") == ["Sent your points: 2.5"]


def test_a_conflict_can_be_reported_while_reading(client: Any, session: Session, make: Make, sign_in: SignIn) -> None:
    desk = Desk(make)
    review = desk.review(make, R.IN_PROGRESS)
    session.commit()
    sign_in(client, desk.reader)
    client.submit(f"/en/workspace/house/reviews/{review.id}/conflict", **{"conflict-note": "My cousin"})
    session.expire_all()
    assert (review.state, review.tie_note) == (R.CONFLICT, "My cousin")
    assert client.texts("main .entry-row") == [f"Application {desk.application.number} Conflict of interest"]


def test_nobody_reads_the_review_of_somebody_else(client: Any, session: Session, make: Make, sign_in: SignIn) -> None:
    desk = Desk(make)
    review = desk.review(make)
    manager = make.user(desk.house)
    session.commit()

    def status(person: User) -> int:
        return int(sign_in(client, person).get(f"/en/workspace/house/reviews/{review.id}").status_code)

    assert [status(desk.other), status(make.user(desk.team))] == [404, 403]
    sign_in(client, manager)
    client.get(f"/en/workspace/house/reviews/{review.id}", follow_redirects=True)
    assert client.texts("h1") == ["Your reviews"]
    assert "Managers read the names of applicants and therefore do not review." in client.page.get_text()


def test_desk_and_card_take_the_same_statements_however_much_there_is(session: Session, make: Make) -> None:
    desk = Desk(make)
    review = desk.review(make, R.IN_PROGRESS)

    def sent(read: Callable[[User], Any]) -> int:
        reader = session.get_one(User, desk_reader)
        with statements_of(session) as statements:
            read(reader)
        return len(statements)

    desk_reader, house, number = desk.reader.id, desk.house.id, review.id
    few = sent(lambda reader: queries.desk(session, reader, house, today=today()))
    card = sent(lambda reader: queries.review_card(session, reader, house, number, today=today()))
    reader = session.get_one(User, desk_reader)
    for _ in range(4):
        call = make_call(make, session.get_one(type(desk.house), house), closes=-1, day=today())
        make_review(make, make_application(make, call), reader)
    many = sent(lambda reader: queries.desk(session, reader, house, today=today()))
    assert (few, many) == (5, 5)
    assert card <= 9
