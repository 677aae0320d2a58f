"""The first page of a workspace, its links, and the profile its managers write."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from models import Match, Membership
from models.base import utc_now
from models.texts import Bilingual
from models.types import (
    InterestState,
    MatchSide,
    MatchState,
    MembershipRole,
    NeedState,
    ProfileState,
    Provenance,
    SupplyState,
    Visibility,
)
from network.formatting import HANOI
from network.queries.overview import overview
from network.queries.workspace import head
from tests.factories import Make, both

SignIn = Callable[..., FlaskClient]


def match(make: Make, need: Any, supplier: Any, side: MatchSide = MatchSide.SUPPLIER, **values: Any) -> Match:
    defaults: dict[str, Any] = {"score": 0.7, "policy": "prior", "state": MatchState.SUGGESTED}
    added: Match = make._add(Match(need=need, organisation=supplier, side=side, **{**defaults, **values}))
    return added


def test_one_organisation_opens_at_once_several_are_listed(client: Any, make: Make, sign_in: SignIn) -> None:
    first = make.organisation("Sun Dryers", provenance=Provenance.ILLUSTRATIVE)
    user = make.user(first)
    assert sign_in(client, user).get("/en/workspace").location == f"/en/workspace/{first.slug}"
    second = make.organisation("Lab", "institute", state=ProfileState.CLAIMED)
    user.memberships.append(Membership(organisation=second, role=MembershipRole.MEMBER))
    sign_in(client, user).get("/en/workspace")
    assert client.texts("h1") == ["For which organisation?"]
    assert client.texts(".entries h2") == ["Sun Dryers Illustrative example", "Lab"]
    assert client.texts(".entry-meta") == [
        "Startup · Manager · Verified by the network",
        "University or institute · Member · Waiting for verification",
    ]


def test_a_person_without_organisation_is_told_how_to_get_one(client: Any, make: Make, sign_in: SignIn) -> None:
    assert sign_in(client, make.user()).get("/en/workspace").status_code == 200
    assert client.texts("h1") == ["You have no workspace yet"]
    assert len(client.texts(".steps li")) == 3
    assert client.texts("main a.btn") == []
    sign_in(client, make.coordinator()).get("/en/workspace")
    assert client.texts("main a.btn") == ["To the coordination"]


@pytest.mark.parametrize(
    ("kind", "links"),
    [
        (
            "startup",
            [
                "Overview",
                "Needs",
                "Requests",
                "Connections",
                "Applications",
                "Challenges",
                "Events",
                "Profile",
                "Documents",
                "Commitments",
                "People",
                "Timeline",
                "Audit trail",
            ],
        ),
        (
            "enterprise",
            [
                "Overview",
                "Needs",
                "Matches",
                "Requests",
                "Connections",
                "Offers",
                "Applications",
                "Challenges",
                "Events",
                "Profile",
                "Documents",
                "People",
                "Timeline",
                "Audit trail",
            ],
        ),
        (
            "centre",
            [
                "Overview",
                "Queue",
                "Matches",
                "Requests",
                "Connections",
                "Offers",
                "Programmes",
                "Challenges",
                "Events",
                "Stand",
                "Profile",
                "Documents",
                "Commitments",
                "Yearly report",
                "People",
                "Timeline",
                "Audit trail",
            ],
        ),
        (
            "institute",
            [
                "Overview",
                "Matches",
                "Requests",
                "Connections",
                "Offers",
                "Technologies",
                "Challenges",
                "Events",
                "Profile",
                "Documents",
                "People",
                "Timeline",
                "Audit trail",
            ],
        ),
        (
            "partner",
            [
                "Overview",
                "Matches",
                "Deals",
                "Requests",
                "Connections",
                "Offers",
                "Challenges",
                "Events",
                "Profile",
                "Documents",
                "People",
                "Timeline",
                "Audit trail",
            ],
        ),
    ],
)
def test_the_links_follow_the_kind(client: Any, make: Make, sign_in: SignIn, kind: str, links: list[str]) -> None:
    organisation = make.organisation("Ours", kind)
    assert sign_in(client, make.user(organisation)).get(f"/en/workspace/{organisation.slug}").status_code == 200
    assert client.texts(".subnav a") == links
    assert client.texts(".subnav .eyebrow") == ["Ours"]
    assert client.texts(".subnav a[aria-current]") == ["Overview"]
    client.get(f"/en/workspace/{organisation.slug}/profile")
    assert client.texts(".subnav a[aria-current]") == ["Profile"]


def test_strangers_stay_outside(client: Any, make: Make, sign_in: SignIn) -> None:
    ours = make.organisation()
    sign_in(client, make.user(make.organisation()))
    for page in ("", "/profile", "/needs"):
        assert client.get(f"/en/workspace/{ours.slug}{page}").status_code == 403
    assert client.get("/en/workspace/no-such-place").status_code == 403


def test_a_startup_sees_its_needs_and_whom_it_waits_for(client: Any, make: Make, sign_in: SignIn) -> None:
    startup, lab = make.organisation("Sun Dryers"), make.organisation("Lab", "institute")
    need = make.need(startup, "Moisture")
    make.need(startup, "Not ready", state=NeedState.DRAFT, published_at=None)
    match(make, need, lab, MatchSide.ASKER)
    match(make, need, lab, MatchSide.ASKER, offer=make.offer(lab), state=MatchState.SHORTLISTED)
    match(make, need, make.organisation(kind="centre"), MatchSide.ASKER, state=MatchState.INTEREST)
    make.interest(need, lab, reply_by=utc_now() + timedelta(days=4, hours=1))
    sign_in(client, make.user(startup)).get(f"/en/workspace/{startup.slug}")
    assert client.texts("h1") == ["Nothing is waiting for you"]
    assert client.texts("section h2") == ["You have asked", "Your needs"]
    assert client.texts("section[aria-labelledby=needs-title] li") == [
        "Moisture 2 suggestions · 1 open request",
        "Not ready Draft",
    ]
    assert client.texts("section[aria-labelledby=asked-title] li") == [
        "You asked Lab Moisture May we talk? 4 days left answer by "
        + (utc_now() + timedelta(days=4, hours=1)).astimezone(HANOI).strftime("%-d %B %Y")
    ]


def test_a_centre_sees_what_to_answer_by_when_and_whom_it_could_serve(client: Any, make: Make, sign_in: SignIn) -> None:
    centre = make.organisation("House", "centre")
    startup = make.organisation("Sun Dryers", provenance=Provenance.ILLUSTRATIVE)
    late, soon = make.need(startup, "Late"), make.need(startup, "Soon")
    make.interest(soon, centre, reply_by=utc_now() + timedelta(days=2, hours=1))
    make.interest(late, centre, reply_by=utc_now() - timedelta(days=1))
    make.interest(make.need(startup, "Done"), centre, state=InterestState.ACCEPTED)
    match(make, soon, centre, state=MatchState.SEEN, score=0.9)
    match(make, late, centre, offer=make.offer(centre, "Ten places"))
    match(make, make.need(startup, "Dismissed"), centre, state=MatchState.DISMISSED, dismiss_reason="outside_field")
    match(make, make.need(startup, "Asker side"), centre, MatchSide.ASKER)
    sign_in(client, make.user(centre)).get(f"/en/workspace/{centre.slug}")
    assert client.texts("h1") == ["Waiting for you"]
    assert client.texts(".subnav .waiting") == ["1 new", "2 to answer"]
    assert client.texts(".lead") == ["2 requests to answer (1 late) · 1 new suggestion"]
    answers = client.texts("section[aria-labelledby=to-answer-title] li")
    assert [text.split(" answer by ")[0] for text in answers] == [
        "Sun Dryers asked you Illustrative example Late May we talk? 1 day late",
        "Sun Dryers asked you Illustrative example Soon May we talk? 2 days left",
    ]
    assert client.texts("section[aria-labelledby=matches-title] li") == [
        "Late New Sun Dryers Illustrative example · fits: Ten places",
        "Soon Sun Dryers Illustrative example",
    ]
    assert client.texts("section[aria-labelledby=workspace_offers-title] li") == ["Ten places could serve 1 need"]


def test_an_institute_sees_its_technologies_and_the_needs_they_serve(client: Any, make: Make, sign_in: SignIn) -> None:
    institute, startup = make.organisation(kind="institute"), make.organisation()
    membrane, dryer = make.technology(institute, "Membrane"), make.technology(institute, "Dryer")
    make.technology(institute, "Draft", state=SupplyState.DRAFT)
    make.technology(institute, "Gone", state=SupplyState.WITHDRAWN)
    for title in ("One", "Two"):
        match(make, make.need(startup, title), institute, technology=dryer)
    match(make, make.need(startup, state=NeedState.DRAFT, published_at=None), institute, technology=membrane)
    sign_in(client, make.user(institute)).get(f"/en/workspace/{institute.slug}")
    assert client.texts("section h2") == ["Needs you could serve", "Your technologies", "Your offers"]
    assert client.texts("section[aria-labelledby=workspace_technologies-title] li") == [
        "Dryer could serve 2 needs",
        "Membrane no need fits at present",
        "Draft Draft",
    ]
    desk = f"/en/workspace/{institute.slug}/technologies/{dryer.id}"
    assert client.page.select_one("section[aria-labelledby=workspace_technologies-title] li a")["href"] == desk
    assert client.texts("main > .notice") == []
    membrane.confirmed_at = utc_now() - timedelta(days=200)
    make.session.commit()
    client.get(f"/en/workspace/{institute.slug}")
    assert client.texts("main > .notice")[0].startswith("1 technology to be confirmed as still right")
    assert client.page.select_one("main > .notice a")["href"].endswith("/technologies/due")


def test_needs_for_members_are_not_counted_before_verification(session: Session, make: Make) -> None:
    centre = make.organisation(kind="centre", state=ProfileState.CLAIMED)
    user = make.user(centre)
    match(make, make.need(make.organisation(), visibility=Visibility.MEMBERS), centre)
    assert head(session, centre, user.memberships[0]).new_matches == 0
    assert overview(session, user, centre, now=utc_now()).matches == ()
    centre.state = ProfileState.VERIFIED
    assert head(session, centre, user.memberships[0]).new_matches == 1


@pytest.mark.parametrize(
    ("state", "word"), [(ProfileState.CLAIMED, "is checking"), (ProfileState.SUSPENDED, "is suspended")]
)
def test_the_state_of_the_profile_is_explained(
    client: Any, make: Make, sign_in: SignIn, state: ProfileState, word: str
) -> None:
    ours = make.organisation(state=state)
    sign_in(client, make.user(ours)).get(f"/en/workspace/{ours.slug}")
    assert [word in text for text in client.texts("main > .notice")] == [True]


def test_the_overview_takes_a_fixed_number_of_statements(session: Session, make: Make) -> None:
    enterprise = make.organisation(kind="enterprise")
    user = make.user(enterprise)
    statements: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda c, cursor, sql, *_: statements.append(sql))

    def fill() -> None:
        other = make.organisation(kind="enterprise")
        need = make.need(enterprise, fields=[make.field("101")])
        make.interest(need, other)
        theirs = make.need(other, fields=[make.field("101")])
        make.interest(theirs, enterprise)
        match(make, theirs, enterprise, offer=make.offer(enterprise))

    def count() -> int:
        session.flush()
        session.expire_all()
        assert user.verified_member
        assert enterprise.kind == "enterprise"
        statements.clear()
        overview(session, user, enterprise, now=utc_now())
        return len(statements)

    fill()
    few = count()
    for _ in range(4):
        fill()
    assert count() <= few + 4 * 2  # expired organisations of the session are read again; nothing else grows


PROFILE = {
    "name_vi": "",
    "name_en": "New Lab",
    "summary_vi": "",
    "summary_en": "We measure",
    "district": "ba-dinh",
    "website": "https://example.org",
}


def test_a_manager_writes_the_profile(client: Any, session: Session, make: Make, sign_in: SignIn) -> None:
    make.field("2", "Engineering")
    make.field("211", "Food").parent_code = "2"
    centre = make.organisation("Old Lab", "centre", capacity=3)
    sign_in(client, make.user(centre))
    address = f"/en/workspace/{centre.slug}/profile"
    client.get(f"{address}?step=all")
    assert client.page.select_one("#capacity")["value"] == "3"
    assert client.texts(".option-group summary") == ["Engineering"]
    client.submit(address, **PROFILE, capacity="12", services=["lab", "testing"], fields=["211"])
    assert client.texts(".notice") == ["The profile is saved."]
    session.refresh(centre)
    assert (centre.name, centre.summary) == (Bilingual(None, "New Lab"), Bilingual(None, "We measure"))
    assert (centre.capacity, centre.services, centre.district) == (12, ["lab", "testing"], "ba-dinh")
    assert client.texts(".options input[checked] + label") == ["Food", "Laboratory use", "Testing and certification"]


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(client: Any, make: Make, sign_in: SignIn) -> None:
    make.organisation("New Lab", "partner")
    startup = make.organisation("Ours")
    sign_in(client, make.user(startup))
    address = f"/en/workspace/{startup.slug}/profile"
    for changes, message in [
        ({"website": "example"}, "Website: Write a web address that begins with https://"),
        ({"summary_en": ""}, "Summary in Vietnamese: Describe it in a few sentences, in Vietnamese or in English."),
        ({}, "An organisation with this name exists already."),
        ({"team_size": "0"}, "People in the team: Write a number of at least 1."),
    ]:
        response = client.submit(address, **{**PROFILE, "description_en": "A long story", **changes})
        assert response.status_code == 422
        assert client.texts(".error-summary li") == [message]
        assert client.texts("#description_en") == ["A long story"]


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        ("centre", ["investor_type", "services", "capacity", "staff_count", "reply_days"]),
        ("enterprise", ["products_vi", "products_en", "size"]),
        ("startup", ["stage", "team_size", "seeking"]),
        ("institute", ["transfer_office_vi", "transfer_office_en", "institute_kind"]),
        ("partner", ["ticket_vi", "ticket_en", "partner_kind"]),
    ],
)
def test_each_kind_has_its_own_part_and_keeps_it(
    client: Any, session: Session, make: Make, sign_in: SignIn, kind: str, own: list[str]
) -> None:
    organisation = make.organisation("Ours", kind)
    sign_in(client, make.user(organisation))
    address = f"/vi/workspace/{organisation.slug}/profile"
    client.get(f"{address}?step=all")
    assert [name for name in own if client.page.select_one(f"form #{name}") is None] == []
    sent = {
        field["name"]: field.get("value", "")
        for field in client.page.select("main form input[name]:not([type=checkbox])")
    }
    sent |= {area["name"]: area.get_text() for area in client.page.select("main form textarea")}
    for select in client.page.select("main form select"):
        sent[select["name"]] = next((o["value"] for o in select.select("option[selected]")), "")
    assert client.post(address, data=sent).status_code == 302
    session.refresh(organisation)
    assert organisation.name == Bilingual("Ours", "Ours")


def test_other_members_read_the_profile(client: Any, make: Make, sign_in: SignIn) -> None:
    startup = make.organisation("Ours", description=both("All of it"), website="https://example.org")
    sign_in(client, make.user(startup, membership=MembershipRole.MEMBER))
    client.get(f"/en/workspace/{startup.slug}/profile")
    assert client.texts("h1") == ["Ours"]
    assert client.texts(".prose") == ["All of it"]
    assert client.page.select("main form") == []
    assert client.submit(f"/en/workspace/{startup.slug}/profile", **PROFILE).status_code == 403
