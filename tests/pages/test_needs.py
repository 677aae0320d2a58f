"""The board of needs and each need, as the public, members and the owner see them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from models import Membership
from models.texts import Bilingual
from models.types import CloseReason, MembershipRole, NeedState, OfferKind, ProfileState, Provenance, Stage, Visibility
from network.queries.needs import NeedCriteria, board
from tests.factories import NOW, Make, both

SignIn = Callable[..., FlaskClient]


def titles(client: Any) -> list[str]:
    return client.texts("main .entries h2")


def test_the_board_shows_what_is_published_the_newest_first(client: Any, session: Session, make: Make) -> None:
    startup = make.organisation("Sun Dryers")
    make.need(startup, "Older", published_at=NOW - timedelta(days=3))
    make.need(startup, "Newer", published_at=NOW)
    make.need(startup, "Matched", state=NeedState.MATCHED, published_at=NOW - timedelta(days=5))
    make.need(startup, "Draft", state=NeedState.DRAFT, published_at=None)
    make.need(startup, "Closed", state=NeedState.CLOSED, close_reason=CloseReason.EXPIRED)
    make.need(startup, "For members", visibility=Visibility.MEMBERS)
    make.need(make.organisation(state=ProfileState.SUSPENDED), "Suspended")
    session.commit()
    assert client.get("/en/needs").status_code == 200
    assert titles(client) == ["Newer", "Older", "Matched"]
    client.get("/vi/needs")
    assert titles(client) == ["Newer (vi)", "Older (vi)", "Matched (vi)"]


def test_verified_members_also_see_what_is_for_members(client: Any, make: Make, sign_in: SignIn) -> None:
    make.need(make.organisation(), "For members", visibility=Visibility.MEMBERS)
    unverified = make.organisation(kind="institute", state=ProfileState.CLAIMED)
    sign_in(client, make.user(unverified)).get("/en/needs")
    assert titles(client) == []
    sign_in(client, make.user(make.organisation(kind="institute"))).get("/en/needs")
    assert titles(client) == ["For members"]


def test_words_are_found_without_their_marks(client: Any, session: Session, make: Make) -> None:
    startup = make.organisation()
    make.need(startup, Bilingual("Xử lý nước thải làng nghề", None))
    make.need(startup, "A pilot site")
    session.commit()
    client.get("/vi/needs", query_string={"q": "nuoc THAI xu ly"})
    assert titles(client) == ["Xử lý nước thải làng nghề"]
    client.get("/en/needs", query_string={"q": "rocket"})
    assert client.texts("main .empty h2") == ["Nothing fits all of this"]


def test_the_list_is_narrowed_by_help_field_and_stage(client: Any, session: Session, make: Make) -> None:
    make.field("2", "Engineering")
    materials, food = make.field("205", "Materials"), make.field("211", "Food")
    for field in (materials, food):
        field.parent_code = "2"
    startup = make.organisation()
    make.need(startup, "A", kinds=[OfferKind.TESTING, OfferKind.LAB], fields=[food], stage=Stage.PILOT)
    make.need(startup, "B", kinds=[OfferKind.FUNDING], fields=[food, materials], stage=Stage.IDEA)
    make.need(startup, "C", kinds=[], fields=[])
    session.commit()
    for query, found in [
        ("help=testing", ["A"]),
        ("help=funding", ["B"]),
        ("field=2", ["B", "A"]),
        ("field=205", ["B"]),
        ("stage=pilot&field=211", ["A"]),
        ("help=unknown&page=99", ["C", "B", "A"]),
    ]:
        client.get(f"/en/needs?{query}")
        assert titles(client) == found, query
    client.get("/en/needs?field=211")
    assert client.texts("#facet-help option") == [
        "All",
        "Laboratory use (1)",
        "Testing and certification (1)",
        "Funding (1)",
    ]
    assert client.texts("#facet-field option") == ["All", "Engineering (2)", "Materials (1)", "Food (2)"]
    assert client.texts("input[name=stage] + label") == ["All", "Idea (1)", "Pilot with users (1)"]


def test_a_long_board_has_pages(client: Any, session: Session, make: Make) -> None:
    startup = make.organisation()
    for n in range(45):
        make.need(startup, f"Need {n:02}", published_at=NOW - timedelta(hours=n))
    session.commit()
    client.get("/en/needs?page=3")
    assert titles(client) == [f"Need {n}" for n in range(40, 45)]
    assert client.texts(".pagination-nav a[rel=prev]") == ["Previous"]


def test_the_board_takes_the_same_statements_however_long_it_is(session: Session, make: Make) -> None:
    statements: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda c, cursor, sql, *_: statements.append(sql))

    def count() -> int:
        session.flush()
        session.expunge_all()
        statements.clear()
        board(session, None, NeedCriteria(), 1)
        return len(statements)

    make.need(make.organisation(), fields=[make.field("101")])
    few = count()
    for _ in range(9):
        make.need(make.organisation(), fields=[session.merge(make.field("101"))])
    assert count() == few <= 10


def test_a_need_tells_what_is_looked_for(client: Any, session: Session, make: Make) -> None:
    startup = make.organisation("Sun Dryers", provenance=Provenance.ILLUSTRATIVE)
    need = make.need(
        startup,
        "Moisture of dried fruit",
        summary=both("Twice a week in July"),
        provenance=Provenance.ILLUSTRATIVE,
        kinds=[OfferKind.TESTING],
        fields=[make.field("211", "Food")],
        stage=Stage.PILOT,
        trl=6,
        district="gia-lam",
        budget_vnd=150_000_000,
        needed_by=date(2027, 7, 1),
    )
    session.commit()
    assert client.get(f"/en/needs/{need.id}").status_code == 200
    assert client.texts("h1") == ["Moisture of dried fruit"]
    assert client.texts(".prose") == ["Twice a week in July"]
    assert client.texts(".facts > div") == [
        "Help looked for Testing and certification",
        "Fields Food",
        "Stage Pilot with users",
        "Technology readiness TRL 6: Demonstrated in a relevant environment",
        "Place Gia Lam",
        "Budget VND 150 million",
        "Needed by 1 July 2027",
        "Published on 24 November 2026",
    ]
    assert client.texts(".tag-illustrative") == ["Illustrative example"]
    assert client.texts(".origin h2") == ["Where this comes from"]


def test_details_are_for_verified_members(client: Any, make: Make, sign_in: SignIn) -> None:
    startup = make.organisation(state=ProfileState.CLAIMED)
    need = make.need(startup, details=both("Our secret figures"))
    make.session.commit()
    said = "There is more to read for members whose organisation the network has verified."
    for user, readable in [
        (None, False),
        (make.user(make.organisation(kind="centre", state=ProfileState.CLAIMED)), False),
        (make.user(make.organisation(kind="centre")), True),
        (make.user(startup), True),
        (make.coordinator(), True),
    ]:
        if user:
            sign_in(client, user)
        client.get(f"/en/needs/{need.id}")
        shown = " ".join(client.texts("section[aria-labelledby=details-title]"))
        assert ("Our secret figures" in shown, said in shown) == (readable, not readable)


@pytest.mark.parametrize(
    "values",
    [
        {"state": NeedState.DRAFT, "published_at": None},
        {"state": NeedState.CLOSED, "close_reason": CloseReason.WITHDRAWN},
        {"visibility": Visibility.MEMBERS},
    ],
)
def test_what_is_not_open_to_a_reader_does_not_exist(
    client: Any, make: Make, sign_in: SignIn, values: dict[str, Any]
) -> None:
    startup = make.organisation()
    need = make.need(startup, **values)
    sign_in(client, make.user(make.organisation(state=ProfileState.CLAIMED)))
    assert client.get(f"/en/needs/{need.id}").status_code == 404
    sign_in(client, make.user(startup))
    assert client.get(f"/en/needs/{need.id}").status_code == 200
    assert client.get("/en/needs/999999").status_code == 404


def test_each_reader_is_offered_one_next_step(client: Any, make: Make, sign_in: SignIn) -> None:
    startup, institute = make.organisation(), make.organisation("Lab", "institute")
    need = make.need(startup)
    make.session.commit()
    for user, heading, link in [
        (None, "Can you help?", "Sign in to offer help"),
        (make.user(institute), "Can you help?", "Offer help"),
        (make.user(make.organisation()), "Looking for the same?", "See who could help with it"),
        (make.user(startup), "This is your need", "Edit it and see who could help"),
    ]:
        if user:
            sign_in(client, user)
        client.get(f"/en/needs/{need.id}")
        assert client.texts(".aside h2") == [heading]
        assert link in client.texts(".aside a")


def test_offering_help_begins_an_interest_for_the_own_organisation(client: Any, make: Make, sign_in: SignIn) -> None:
    lab, partner = make.organisation("Lab", "institute"), make.organisation("Fund", "partner")
    suspended = make.organisation("Gone", "centre", state=ProfileState.SUSPENDED)
    need, user = make.need(make.organisation()), make.user(lab)
    for other in (partner, suspended):
        user.memberships.append(Membership(organisation=other, role=MembershipRole.MANAGER))
    sign_in(client, user).get(f"/en/needs/{need.id}")
    links = client.page.select(".aside a.btn")
    assert [link.get_text() for link in links] == ["Offer help as Lab", "Offer help as Fund"]
    address = urlsplit(str(links[0]["href"]))
    assert (address.path, parse_qs(address.query)) == (
        f"/en/workspace/{lab.slug}/interests/new",
        {"need": [str(need.id)]},
    )


def test_members_are_told_that_a_manager_offers_help(client: Any, make: Make, sign_in: SignIn) -> None:
    need = make.need(make.organisation())
    member = make.user(make.organisation(kind="institute"), membership=MembershipRole.MEMBER)
    sign_in(client, member).get(f"/en/needs/{need.id}")
    assert client.texts(".aside p") == [
        "A manager of your organisation can offer help here. Tell them about this need."
    ]
