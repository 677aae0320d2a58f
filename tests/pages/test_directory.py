"""The directory: its overview, the list to narrow, and the profile of each organisation."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Exhibit, Field
from models.base import utc_now
from models.texts import Bilingual
from models.types import (
    EventState,
    InterestState,
    InvestorType,
    MembershipRole,
    NeedState,
    OfferKind,
    OrganisationKind,
    ProfileState,
    Provenance,
    Stage,
    SupplyState,
    Visibility,
)
from network.formatting import today
from network.queries.directory import DirectoryCriteria, listing, overview
from network.queries.profiles import profile, public_link
from tests.factories import NOW, Make, both
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
ILLUSTRATIVE, PUBLIC_SOURCE = Provenance.ILLUSTRATIVE, Provenance.PUBLIC_SOURCE


def names(client: Any) -> list[str]:
    return client.texts("main .entries h2")


def facet(client: Any, key: str) -> list[str]:
    """The values of a facet with their numbers, without 'All'."""
    return client.texts(f"#facet-{key} option")[1:] or client.texts(f"input[name={key}] + label")[1:]


def aside(client: Any) -> list[tuple[str, str]]:
    """The one next step: caption and address."""
    return [(a.get_text(strip=True), str(a["href"])) for a in client.page.select(".aside a")]


def test_the_directory_opens_with_the_network_at_a_glance(client: Any, session: Session, make: Make) -> None:
    for n in range(7):
        make.organisation(f"Centre {n}", "centre", network_member=True, provenance=ILLUSTRATIVE)
    make.organisation("Another centre", "centre", provenance=PUBLIC_SOURCE, state=ProfileState.UNCLAIMED)
    make.organisation("Proven firm", "enterprise", st_enterprise=True)
    make.organisation("Unproven firm", "enterprise")
    make.organisation("Suspended firm", "enterprise", st_enterprise=True, state=ProfileState.SUSPENDED)
    make.organisation("Helped", "startup", directly_supported=True)
    make.organisation("On its own", "startup")
    make.organisation("University", "institute")
    make.organisation("Fund", "partner")
    session.commit()
    client.get("/en/directory")
    assert client.texts(".overview a") == [
        "7 innovation centres of the network",
        "1 science and technology enterprise",
        "1 directly supported startup",
        "1 university or institute",
        "1 commercialisation partner",
    ]
    assert client.texts("#found") == ["14 organisations"]
    client.get(client.page.select_one(".overview a")["href"])
    assert names(client) == [f"Centre {n}" for n in range(7)]
    assert client.texts(".overview") == []


def test_centres_outside_the_network_are_never_counted_among_the_seven(
    client: Any, session: Session, make: Make
) -> None:
    make.organisation("Member", "centre", network_member=True)
    make.organisation("Outside", "centre")
    session.commit()
    client.get("/en/directory?kind=centre")
    assert facet(client, "standing") == ["Members of the network (1)", "Other innovation centres (1)"]
    client.get("/en/directory?kind=centre&standing=other")
    assert names(client) == ["Outside"]
    assert client.texts(".entries .tag-strong") == []
    client.get("/vi/directory?kind=centre&standing=distinguished")
    assert names(client) == ["Member"]


def test_words_are_found_with_and_without_diacritics(client: Any, session: Session, make: Make) -> None:
    make.organisation(Bilingual("Trung tâm Ươm tạo Đống Đa", "Dong Da incubator"), "centre")
    make.organisation(Bilingual("Xưởng 100% tre", None), "enterprise")
    make.organisation("100 bamboo", "enterprise")
    session.commit()
    for words in ("ươm tạo", "UOM TAO", "đống   ươm"):
        client.get("/vi/directory", query_string={"q": words})
        assert names(client) == ["Trung tâm Ươm tạo Đống Đa"]
    client.get("/vi/directory", query_string={"q": "100%"})
    assert names(client) == ["Xưởng 100% tre"]
    client.get("/vi/directory", query_string={"q": "100_"})
    assert names(client) == []


def test_each_facet_says_how_many_a_choice_would_show(client: Any, session: Session, make: Make) -> None:
    session.add_all([Field(code="2", name=both("Engineering")), Field(code="3", name=both("Medicine"))])
    session.flush()
    session.add_all(
        [
            Field(code="201", parent_code="2", name=both("Civil")),
            Field(code="203", parent_code="2", name=both("Mechanical")),
            Field(code="301", parent_code="3", name=both("Basic medicine")),
        ]
    )
    session.flush()
    civil, mechanical, medicine = (session.get_one(Field, code) for code in ("201", "203", "301"))
    make.organisation("A", "startup", fields=[civil, mechanical], district="ba-dinh", stage=Stage.PILOT)
    make.organisation("B", "startup", fields=[civil], district="tay-ho", stage=Stage.IDEA, provenance=ILLUSTRATIVE)
    make.organisation("C", "startup", fields=[medicine], district="tay-ho", stage=Stage.IDEA)
    make.organisation("D", "partner", fields=[medicine])
    session.commit()

    client.get("/en/directory?kind=startup&field=2")
    assert names(client) == ["A", "B"]
    assert facet(client, "kind") == ["Startup (2)"]
    assert facet(client, "standing") == ["Other startups (2)"]
    assert facet(client, "stage") == ["Idea (1)", "Pilot with users (1)"]
    assert facet(client, "field") == [
        "Engineering (2)", "Civil (2)", "Mechanical (1)", "Medicine (1)", "Basic medicine (1)",
    ]  # fmt: skip
    assert facet(client, "district") == ["Ba Dinh (1)", "Tay Ho (1)"]
    assert facet(client, "provenance") == ["Illustrative (1)", "Self-declared (1)"]
    client.get("/en/directory?kind=startup&field=203&district=ba-dinh&stage=pilot")
    assert names(client) == ["A"]


def test_centres_are_narrowed_by_who_invests(client: Any, session: Session, make: Make) -> None:
    make.organisation("City's", "centre", investor_type=InvestorType.CITY)
    make.organisation("University's", "centre", investor_type=InvestorType.INSTITUTE)
    session.commit()
    client.get("/en/directory?kind=centre&investor=institute")
    assert names(client) == ["University's"]
    client.get("/en/directory?kind=partner&investor=institute")
    assert client.texts(".chosen li") == ["Drop the filter Kind: Commercialisation partner ×", "Drop all filters"]


def test_every_filter_can_be_dropped_by_itself(client: Any, session: Session, make: Make) -> None:
    make.organisation("Lotus Lab", "centre", district="tay-ho")
    session.commit()
    client.get("/en/directory?q=lotus&kind=centre&standing=other&district=tay-ho&sort=newest&kept=no")
    assert [str(a["href"]) for a in client.page.select(".chosen a")] == [
        "/en/directory?sort=newest&kind=centre&standing=other&district=tay-ho",
        "/en/directory?q=lotus&sort=newest&district=tay-ho",
        "/en/directory?q=lotus&sort=newest&kind=centre&district=tay-ho",
        "/en/directory?q=lotus&sort=newest&kind=centre&standing=other",
        "/en/directory",
    ]


@pytest.mark.parametrize(
    "address", ["kind=ship", "field=2x", "field=%C2%B2", "district=paris", "page=zero", "page=99", "sort=price", "q=++"]
)
def test_a_strange_address_shows_the_whole_list(client: Any, session: Session, make: Make, address: str) -> None:
    make.organisation("Lotus Lab")
    session.commit()
    assert client.get(f"/en/directory?{address}").status_code == 200
    assert names(client) == ["Lotus Lab"]


def test_an_empty_answer_helps_on(client: Any, session: Session, make: Make) -> None:
    make.organisation("Lotus Lab")
    session.commit()
    client.get("/en/directory?q=rocket+fuel")
    assert client.texts(".empty h2") == ["Nothing fits all of this"]
    assert [str(a["href"]) for a in client.page.select(".empty a")] == ["/en/?q=rocket+fuel", "/en/directory"]


def test_the_list_follows_the_names_as_the_reader_sees_them(client: Any, session: Session, make: Make) -> None:
    make.organisation(Bilingual("Ánh Dương", "Sunlight"))
    make.organisation(Bilingual("Đỉnh Cao", "Peak"))
    make.organisation(Bilingual("Cát Vàng", "Gold Sand"))
    session.commit()
    client.get("/vi/directory")
    assert names(client) == ["Ánh Dương", "Cát Vàng", "Đỉnh Cao"]
    client.get("/en/directory")
    assert names(client) == ["Gold Sand", "Peak", "Sunlight"]
    client.get("/en/directory?sort=newest")
    assert names(client) == ["Gold Sand", "Peak", "Sunlight"]


def test_members_of_the_network_stand_first_and_rows_say_what_there_is(
    client: Any, session: Session, make: Make
) -> None:
    lab = make.organisation("A lab", "institute")
    make.technology(lab)
    make.technology(lab, "Draft", state=SupplyState.DRAFT)
    make.offer(lab)
    make.offer(lab, "Another")
    make.need(make.organisation("B startup"))
    make.organisation("Zen Centre", "centre", network_member=True, capacity=12, reply_days=1)
    session.commit()
    client.get("/en/directory")
    assert names(client) == ["Zen Centre", "A lab", "B startup"]
    assert client.texts(".entries .has") == [
        "room for 12 teams · answers within 1 day",
        "2 offers · 1 technology",
        "looks for help with 1 need",
    ]
    client.get("/en/directory?sort=newest")
    assert names(client) == ["Zen Centre", "B startup", "A lab"]


def test_a_long_list_has_pages(client: Any, session: Session, make: Make) -> None:
    for n in range(45):
        make.organisation(f"Firm {n:02}", "enterprise")
    session.commit()
    client.get("/en/directory?kind=enterprise&page=3")
    assert names(client) == [f"Firm {n:02}" for n in range(40, 45)]
    assert [str(a["href"]) for a in client.page.select("[rel=prev]")] == ["/en/directory?page=2&kind=enterprise"]


def test_lists_take_the_same_statements_however_long_they_are(session: Session, make: Make) -> None:
    def sent(criteria: DirectoryCriteria) -> int:
        with statements_of(session) as statements:
            listing(session, None, criteria, 1, language="vi")
        return len(statements)

    every_kind = [DirectoryCriteria(kind=kind, q="o", field="2") for kind in OrganisationKind]
    for kind in OrganisationKind:
        make.organisation(kind=kind.value, fields=[make.field("2")])
    few = [sent(criteria) for criteria in (DirectoryCriteria(), *every_kind)]
    for kind in OrganisationKind:
        for _ in range(12):
            make.organisation(kind=kind.value, fields=[make.field("2"), make.field("201")])
    assert [sent(criteria) for criteria in (DirectoryCriteria(), *every_kind)] == few == [10, 12, 11, 12, 10, 10]
    with statements_of(session) as statements:
        overview(session, None)
    assert len(statements) == 1


def test_a_profile_tells_what_is_known(client: Any, session: Session, make: Make) -> None:
    centre = make.organisation(
        "Lotus Centre",
        "centre",
        slug="lotus",
        network_member=True,
        investor_type=InvestorType.CITY,
        services=[OfferKind.INCUBATION.value, OfferKind.LAB.value],
        capacity=24,
        reply_days=1,
        district="cau-giay",
        website="https://lotus.example/home",
        provenance=ILLUSTRATIVE,
        description=both("Twelve rooms by the lake"),
        fields=[make.field("102", "Computing")],
    )
    make.offer(centre, "GPU hours", kind=OfferKind.LAB)
    make.offer(centre, "Secret", state=SupplyState.DRAFT)
    opens = today() + timedelta(days=9)
    make.programme(centre, "Intake 2027", opens_on=opens)
    session.commit()
    client.get("/en/directory/lotus")
    assert client.texts("main h1, main h2, main h3") == [
        "Lotus Centre",
        "Ask for a talk",
        "What they help with",
        "GPU hours",
        "For whom",
        "At a glance",
        "Programmes (1)",
        "Intake 2027",
        "Where this comes from",
    ]
    assert client.texts(".page-head .tag") == ["Member of the network", "Illustrative example"]
    assert client.texts("#help-title ~ p") == ["Also named, without a description yet: Incubation."]
    day_it_opens = f"{opens:%-d %B %Y}"
    assert dict(zip(client.texts(".now dt"), client.texts(".now dd"), strict=True)) == {
        "Room for new teams": "24 teams at a time",
        "Time to answer": "within 1 day promised",
        "Next programme": f"Intake 2027 Opens on {day_it_opens}",
    }
    assert dict(zip(client.texts(".facts dt"), client.texts(".facts dd"), strict=True)) == {
        "Who invests in it": "Invested in by the city",
        "District": "Cau Giay",
        "Website": "lotus.example",
    }
    assert "Not known yet: staff, year founded." in client.texts("main p")


@pytest.mark.parametrize(
    ("kind", "values", "facts"),
    [
        ("enterprise", {"products": both("Pumps")}, {"Products": "Pumps"}),
        ("startup", {"stage": Stage.IDEA, "team_size": 3, "seeking": ["funding"]},
         {"Stage": "Idea", "People in the team": "3", "Looks for": "Funding"}),
        ("institute", {"transfer_office": both("Office")},
         {"What it is": "Research institute", "Transfer office": "Office"}),
        ("partner", {"ticket": both("A billion")},
         {"What it is": "Support organisation", "Usual contribution": "A billion"}),
    ],
)  # fmt: skip
def test_each_kind_has_its_facts(
    client: Any, session: Session, make: Make, kind: str, values: dict[str, Any], facts: dict[str, str]
) -> None:
    make.organisation("Lotus", kind, slug="lotus", **values)
    session.commit()
    client.get("/en/directory/lotus")
    assert dict(zip(client.texts(".facts dt"), client.texts(".facts dd"), strict=True)) == facts


def test_doubts_are_said_plainly(client: Any, session: Session, make: Make) -> None:
    make.organisation(
        "HIC",
        "centre",
        slug="hic",
        provenance=PUBLIC_SOURCE,
        state=ProfileState.UNCLAIMED,
        uncertain=True,
        sources=[
            {"url": "https://www.news.example/hic", "date": "2026-02"},
            {"url": "https://b.example/", "date": None},
        ],
    )
    make.organisation("Firm", "enterprise", slug="firm")
    session.commit()
    client.get("/en/directory/hic")
    assert client.texts(".page-head .tag") == ["From public sources", "Not confirmed"]
    assert client.texts(".sources li") == ["news.example , February 2026", "b.example , date not shown"]
    said = client.texts("main p")
    assert "An innovation centre in Hanoi. Public pages do not name it as one of the seven of the network." in said
    assert client.texts(".claim h2") == ["Is this your organisation?"]
    assert client.page.select_one(".claim a")["href"] == "/en/directory/hic/claim"
    client.get("/en/directory/firm")
    said = client.texts("main p")
    assert "We have found no proof that it is recognised as a science and technology enterprise." in said
    assert client.texts(".claim") == []


def test_how_soon_a_centre_answers_is_measured_from_three_answers_on(
    client: Any, session: Session, make: Make, now: datetime
) -> None:
    centre = make.organisation("Lotus Centre", "centre", slug="lotus", capacity=0, reply_days=10)
    asking = [make.organisation(f"Startup {n}") for n in range(4)]
    for startup, days in zip(asking[:2], (1, 4), strict=True):
        answered = {"state": InterestState.ACCEPTED, "answered_at": now + timedelta(days=days)}
        make.interest(make.need(startup), centre, **answered)
    make.interest(make.need(asking[3]), centre)
    session.commit()

    def now_told() -> dict[str, str]:
        client.get("/en/directory/lotus")
        return dict(zip(client.texts(".now dt"), client.texts(".now dd"), strict=True))

    assert now_told() == {"Room for new teams": "Full at present", "Time to answer": "within 10 days promised"}
    make.interest(make.need(asking[2]), centre, state=InterestState.IN_DISCUSSION, answered_at=now + timedelta(days=6))
    session.commit()
    assert now_told() == {
        "Room for new teams": "Full at present 3 talks under way",
        "Time to answer": "within 10 days promised after 4 days, as a rule (measured on 3 answers)",
    }
    centre.reply_days, centre.capacity = None, 1
    session.commit()
    assert now_told() == {
        "Room for new teams": "1 team at a time 3 talks under way",
        "Time to answer": "after 4 days, as a rule measured on 3 answers",
    }


def test_for_whom_is_read_from_the_offers_taken_together(client: Any, session: Session, make: Make) -> None:
    centre = make.organisation("Lotus Centre", "centre", slug="lotus")
    make.offer(centre, "Desks", kind=OfferKind.WORKSPACE, stages=["idea", "pilot"], trl_max=5, capacity=1)
    make.offer(centre, "Bench", kind=OfferKind.LAB, stages=["pilot"], trl_min=3, trl_max=6)
    session.commit()
    client.get("/en/directory/lotus")
    assert client.texts(".stage-scale .reached") == ["Idea", "Pilot with users"]
    assert client.texts("#whom-title ~ p") == [
        "Idea, Pilot with users",
        "Technology readiness from TRL 1 to TRL 6.",
    ]
    assert client.texts("#help-title ~ ul .entry-meta") == [
        "Idea, Pilot with users · TRL 1–5 · 1 team at a time",
        "Pilot with users · TRL 3–6",
    ]
    make.offer(centre, "Talks for all")
    session.commit()
    client.get("/en/directory/lotus")
    assert len(client.texts(".stage-scale .reached")) == 5
    assert client.texts("#whom-title ~ p") == ["All stages"]


def test_a_profile_shows_what_is_on_and_where_it_is_exhibited(client: Any, session: Session, make: Make) -> None:
    centre = make.organisation("Lotus Centre", "centre", slug="lotus")
    lab = make.organisation("Lab", "institute", slug="lab")
    membrane, draft = make.technology(lab), make.technology(lab, "Draft", state=SupplyState.DRAFT)
    stand = make.stand(centre, 4)
    stand.exhibits = [Exhibit(position=1, technology=membrane)]
    make.stand(make.organisation("Far", "centre"), 5).exhibits = [Exhibit(position=1, technology=draft)]
    make.event(centre, "Open day")
    make.event(centre, "Called off", state=EventState.CANCELLED, cancel_reason="Rain")
    make.event(centre, "Over", starts_at=utc_now() - timedelta(days=9))
    make.challenge(centre, "Flooded lanes")
    make.challenge(centre, "Too late", answer_by=today() - timedelta(days=1))
    session.commit()
    client.get("/en/directory/lotus")
    assert client.texts("#stands-title + ul li") == ["Stand 4: Clean water"]
    assert client.texts("#events-title + ul h3") == ["Open day"]
    assert client.texts("#challenges-title + ul h3") == ["Flooded lanes"]
    assert client.texts(".now dd a") == ["Open day"]
    client.get("/en/directory/lab")
    assert client.texts("#stands-title + ul li") == ["Stand 4: Clean water Lotus Centre"]
    assert client.page.select_one("#stands-title + ul a")["href"] == "/en/showcase/lotus"


def test_what_is_missing_can_be_added_by_who_knows_it(client: Any, make: Make, sign_in: SignIn) -> None:
    found = make.organisation(
        "Found", "partner", slug="found", provenance=PUBLIC_SOURCE, state=ProfileState.UNCLAIMED, ticket=both("A loan")
    )
    make.organisation("Lab", "institute", slug="lab", district="tay-ho", founded_year=1999, website="https://a.example")
    own = make.organisation("Firm", "enterprise", slug="firm", products=both("Pumps"), founded_year=2001)
    owner = make.user(own)
    make.session.commit()
    client.get("/en/directory/found")
    assert (
        "Nobody of them is here yet: a coordinator of the network passes your question on."
        in client.texts(".steps li")[1]
    )
    assert client.texts(".claim h2") == ["Is this your organisation?"]
    assert "Not known yet: district, year founded, website." in client.texts("main p")
    client.get("/en/directory/lab")
    assert "Not known yet: transfer office. The organisation itself can add it." in client.texts("main p")
    sign_in(client, owner).get("/en/directory/firm")
    assert "Not known yet: size, district, website. Add what is missing" in client.texts("main p")
    assert client.page.select_one('main p a[href="/en/workspace/firm/profile"]')
    assert found.state is ProfileState.UNCLAIMED


def test_rows_do_not_repeat_where_all_comes_from(client: Any, session: Session, make: Make) -> None:
    lab = make.organisation("Lab", "institute", slug="lab", provenance=PUBLIC_SOURCE)
    for n in range(8):
        make.technology(lab, f"Sensor {n}", provenance=PUBLIC_SOURCE)
    make.technology(lab, "Invented", provenance=ILLUSTRATIVE)
    session.commit()
    client.get("/en/directory/lab")
    assert client.texts(".entries .tag") == ["Illustrative example"]
    assert len(client.texts("#technologies-title ~ .entries h3")) == 6
    assert client.texts("details.more h3") == ["Sensor 6", "Sensor 7", "Invented"]


def test_needs_show_at_the_level_of_the_reader(client: Any, make: Make, sign_in: SignIn) -> None:
    startup = make.organisation("Sun", slug="sun")
    make.need(startup, "Open")
    make.need(startup, "For members", visibility=Visibility.MEMBERS)
    make.need(startup, "Draft", state=NeedState.DRAFT, published_at=None)
    member = make.user(make.organisation("Lab", "institute"))
    make.session.commit()
    client.get("/en/directory/sun")
    assert client.texts(".entries h3") == ["Open"]
    sign_in(client, member).get("/en/directory/sun")
    assert client.texts(".entries h3") == ["Open", "For members"]
    assert "For verified members" in client.texts(".entries .tag")


def test_each_reader_has_one_next_step(client: Any, make: Make, sign_in: SignIn) -> None:
    make.organisation("Lab", "institute", slug="lab")
    make.organisation("Other", "startup", slug="other")
    startup = make.organisation("Sun", "startup", slug="sun")
    member, partner = make.user(startup), make.user(make.organisation("Fund", "partner"))
    colleague = make.user(startup, membership=MembershipRole.MEMBER)
    make.session.commit()
    client.get("/en/directory/lab")
    assert aside(client) == [
        ("Join and ask", "/en/sign-up?next=/en/directory/lab"),
        ("I have an account", "/en/sign-in?next=/en/directory/lab"),
        ("First see who else fits", "/en/"),
    ]
    sign_in(client, partner).get("/en/directory/lab")
    assert aside(client) == [("Describe your need", "/en/")]
    sign_in(client, member).get("/en/directory/lab")
    assert aside(client) == [("Ask for a talk", "/en/workspace/sun/interests/new?organisation=lab")]
    sign_in(client, colleague).get("/en/directory/lab")
    assert aside(client) == []
    assert client.texts(".aside p") == ["A manager of Sun can ask for a talk here. Tell them about this page."]
    sign_in(client, member).get("/en/directory/other")
    assert aside(client) == [("Describe your need", "/en/")]
    client.get("/en/directory/sun")
    assert aside(client) == [("To my workspace", "/en/workspace/sun")]


def test_a_suspended_profile_is_there_for_its_members_and_coordinators_only(
    client: Any, make: Make, sign_in: SignIn
) -> None:
    gone = make.organisation("Gone", "institute", slug="gone", state=ProfileState.SUSPENDED)
    make.technology(gone, "Hidden")
    own, stranger, coordinator = make.user(gone), make.user(make.organisation()), make.coordinator()
    make.session.commit()
    assert client.get("/en/directory/gone").status_code == 404
    assert sign_in(client, stranger).get("/en/directory/gone").status_code == 404
    for reader in (own, coordinator):
        assert sign_in(client, reader).get("/en/directory/gone").status_code == 200
        assert client.texts(".notice") == ["This profile is suspended. Only its members and the coordinators see it."]
    assert client.get("/en/directory/nobody").status_code == 404


def test_a_profile_takes_the_same_statements_however_much_it_shows(session: Session, make: Make) -> None:
    institute = make.organisation("Lab", "institute", slug="lab")
    for n in range(3):
        field = make.field(f"10{n + 1}")
        make.offer(institute, fields=[field])
        make.technology(institute, fields=[field])
        make.programme(institute, f"Course {n}", fields=[field])
        make.need(institute, fields=[field])
    with statements_of(session) as statements:
        found = profile(session, None, "lab", today=date(2027, 1, 1), now=NOW)
    assert [len(part) for part in (found.offers, found.technologies, found.programmes, found.needs)] == [3, 3, 3, 3]
    assert len(statements) == 15


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://lotus.example/a", "https://lotus.example/a"),
        ("javascript:alert(1)", None),
        ("//lotus.example", None),
        ("lotus.example", None),
        ("http:///x", None),
        (None, None),
    ],
)
def test_only_public_addresses_become_links(address: str | None, link: str | None) -> None:
    assert public_link(address) == link
