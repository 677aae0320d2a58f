"""Technologies for transfer: the list to narrow, and each in full at the level of its reader."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Exhibit
from models.technologies import Owner, PriceBasis
from models.texts import Bilingual
from models.types import (
    InterestState,
    IpStatus,
    IpType,
    ProfileState,
    Provenance,
    SupplyState,
    TransferForm,
    Visibility,
)
from network.queries.technologies import TechnologyCriteria, listing, technology
from network.services import supply, versions
from tests.factories import NOW, Make, both
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]


def titles(client: Any) -> list[str]:
    return client.texts("main .entries h2")


def facts(client: Any) -> dict[str, str]:
    return dict(zip(client.texts(".facts dt"), client.texts(".facts dd"), strict=True))


def test_the_list_is_narrowed_by_readiness_and_transfer(client: Any, session: Session, make: Make) -> None:
    institute = make.organisation("Lab", "institute")
    make.technology(institute, "Membrane", trl=3, transfer_form=TransferForm.LICENCE)
    make.technology(institute, "Sensor", trl=7, transfer_form=TransferForm.LICENCE)
    make.technology(institute, "Vaccine", trl=9, transfer_form=TransferForm.SPIN_OFF)
    make.technology(institute, "Unmeasured")
    make.technology(institute, "Draft", trl=9, state=SupplyState.DRAFT)
    make.technology(make.organisation(kind="institute", state=ProfileState.SUSPENDED), "Suspended", trl=9)
    session.commit()
    client.get("/en/technologies")
    assert titles(client) == ["Membrane", "Sensor", "Unmeasured", "Vaccine"]
    assert client.texts("#found") == ["4 technologies"]
    assert client.texts("input[name=trl] + label") == ["All", "TRL 1–3: research (1)", "TRL 7–9: ready for use (2)"]
    client.get("/en/technologies?trl=7-9")
    assert titles(client) == ["Sensor", "Vaccine"]
    assert client.texts("#facet-transfer option") == ["All", "Licence (1)", "Spin-off company (1)"]
    client.get("/en/technologies?trl=7-9&transfer=licence")
    assert titles(client) == ["Sensor"]
    client.get("/en/technologies?trl=2")
    assert len(titles(client)) == 4


def test_an_entry_of_an_invented_owner_is_marked(client: Any, session: Session, make: Make) -> None:
    invented = make.organisation("Lab", "institute", provenance=Provenance.ILLUSTRATIVE)
    make.technology(invented, "Membrane")
    make.technology(invented, "Sensor", provenance=Provenance.ILLUSTRATIVE)
    session.commit()
    client.get("/en/technologies")
    assert client.texts(".entries .tag") == ["Illustrative example", "Illustrative example"]


def test_words_are_found_without_diacritics(client: Any, session: Session, make: Make) -> None:
    make.technology(make.organisation(kind="institute"), Bilingual("Chiết xuất dầu gấc", None))
    session.commit()
    client.get("/en/technologies?q=dau+gac")
    assert titles(client) == ["Chiết xuất dầu gấc (in Vietnamese)"]


def test_a_technology_in_full(client: Any, session: Session, make: Make) -> None:
    entry = make.technology(
        make.organisation("Lab", "institute", slug="lab"),
        "Membrane",
        trl=6,
        ip_type=IpType.PATENT,
        ip_status=IpStatus.GRANTED,
        ip_territory="VN",
        transfer_form=TransferForm.LICENCE,
        provenance=Provenance.PUBLIC_SOURCE,
        sources=[{"url": "https://a.example/x", "date": "2025"}],
    )
    session.commit()
    client.get(f"/en/technologies/{entry.id}")
    assert client.texts("main h1, main h2") == [
        "Membrane",
        "Ask for a talk",
        "How ready it is",
        "Rights and transfer",
        "How up to date this is",
        "Where this comes from",
    ]
    assert client.texts(".trl p:first-child") == ["TRL 6 of 9 – Demonstrated in a relevant environment"]
    assert client.texts(".trl-scale .reached") == ["1", "2", "3", "4", "5", "6"]
    assert client.page.select_one(".trl-scale")["aria-hidden"] == "true"
    assert facts(client) == {
        "Protection": "Patent",
        "State of the protection": "Granted",
        "Protected in": "Vietnam",
        "Form of transfer": "Licence",
    }
    assert client.texts(".sources li") == ["a.example , 2025"]


def test_what_is_missing_is_said(client: Any, session: Session, make: Make) -> None:
    institute = make.organisation(kind="institute")
    bare = make.technology(institute)
    unprotected = make.technology(institute, ip_type=IpType.NONE, ip_status=IpStatus.NONE)
    session.commit()
    client.get(f"/en/technologies/{bare.id}")
    assert client.texts("section .soft") == [
        "The readiness level is not stated. Ask the institute how far tests have come.",
        "How it is protected and how it can be taken over is not stated. The institute can tell you.",
    ]
    client.get(f"/en/technologies/{unprotected.id}")
    assert facts(client) == {"Protection": "No protection"}


def test_details_are_for_verified_members(client: Any, make: Make, sign_in: SignIn) -> None:
    institute = make.organisation("Lab", "institute")
    entry = make.technology(institute, details=both("Pore size 0.2 micrometres"))
    unverified = make.user(make.organisation(state=ProfileState.CLAIMED))
    make.session.commit()
    address = f"/en/technologies/{entry.id}"
    closed = "There is more to read for members whose organisation the network has verified."
    client.get(address)
    assert client.texts("#details-title + p") == [f"{closed} Sign in"]
    assert client.page.select_one("#details-title + p a")["href"] == f"/en/sign-in?next={address}"
    sign_in(client, unverified).get(address)
    assert client.texts("#details-title + p") == [closed]
    for reader in (make.user(make.organisation()), make.user(institute), make.coordinator()):
        sign_in(client, reader).get(address)
        assert client.texts("#details-title + .prose") == ["Pore size 0.2 micrometres"]


def test_what_a_reader_may_not_read_does_not_exist(client: Any, make: Make, sign_in: SignIn) -> None:
    institute = make.organisation("Lab", "institute")
    draft = make.technology(institute, "Draft", state=SupplyState.DRAFT)
    members = make.technology(institute, "For members", visibility=Visibility.MEMBERS)
    hidden = make.technology(make.organisation(kind="institute", state=ProfileState.SUSPENDED), "Suspended")
    owner, member = make.user(institute), make.user(make.organisation())
    make.session.commit()

    def answers() -> list[int]:
        return [client.get(f"/en/technologies/{t.id}").status_code for t in (draft, members, hidden)]

    assert answers() == [404, 404, 404]
    assert client.get("/en/technologies/0").status_code == 404
    sign_in(client, member)
    assert answers() == [404, 200, 404]
    sign_in(client, owner)
    assert answers() == [200, 200, 404]


def test_only_the_owner_is_led_to_the_needs_it_could_serve(client: Any, make: Make, sign_in: SignIn) -> None:
    institute = make.organisation("Lab", "institute", slug="lab")
    startup = make.organisation("Sun", slug="sun")
    entry = make.technology(institute)
    owner, asker = make.user(institute), make.user(startup)
    make.session.commit()

    def step() -> list[str]:
        client.get(f"/en/technologies/{entry.id}")
        return [str(a["href"]) for a in client.page.select(".aside a")]

    here = f"/en/technologies/{entry.id}"
    assert step() == [f"/en/sign-up?next={here}", f"/en/sign-in?next={here}", "/en/"]
    sign_in(client, asker)
    assert step() == [f"/en/workspace/sun/interests/new?technology={entry.id}"]
    sign_in(client, owner)
    assert step() == [f"/en/workspace/lab/technologies/{entry.id}/needs"]


def test_list_and_page_take_the_same_statements_however_many_there_are(session: Session, make: Make) -> None:
    def sent() -> int:
        with statements_of(session) as statements:
            listing(session, None, TechnologyCriteria(), 1, language="en")
        return len(statements)

    first = make.technology(make.organisation(kind="institute"), fields=[make.field("102")]).id
    few = sent()
    for _ in range(5):
        make.technology(make.organisation(kind="institute"), fields=[make.field("102")])
    assert sent() == few == 10
    with statements_of(session) as statements:
        found = technology(session, None, first)
    assert len(found.alike) == 3
    assert len(statements) == 9


def test_a_technology_leads_on_to_its_stand_and_to_those_alike(client: Any, session: Session, make: Make) -> None:
    lab = make.organisation("Lab", "institute")
    computing, energy = make.field("102", "Computing"), make.field("203", "Energy")
    entry = make.technology(lab, "Membrane", fields=[computing, energy])
    make.technology(lab, "Nearest", fields=[computing, energy])
    make.technology(lab, "Near", fields=[energy])
    make.technology(lab, "Far", fields=[make.field("301", "Medicine")])
    make.technology(lab, "Draft", fields=[energy], state=SupplyState.DRAFT)
    make.stand(make.organisation("Centre", "centre", slug="centre"), 3).exhibits = [
        Exhibit(position=1, technology=entry)
    ]
    session.commit()
    client.get(f"/en/technologies/{entry.id}")
    assert client.texts("#stands-title + ul li") == ["Stand 3: Clean water Centre"]
    assert client.texts("#alike-title + ul h3") == ["Nearest", "Near"]


def test_a_technology_of_an_unclaimed_owner_asks_whose_it_is(client: Any, session: Session, make: Make) -> None:
    found = {"provenance": Provenance.PUBLIC_SOURCE, "state": ProfileState.UNCLAIMED}
    entry = make.technology(make.organisation("Lab", "institute", slug="lab", **found))
    session.commit()
    client.get(f"/en/technologies/{entry.id}")
    assert client.texts(".claim h2") == ["Is this your organisation?"]
    assert client.page.select_one(".claim a")["href"] == "/en/directory/lab/claim"


READERS = ("nobody", "unverified", "verified", "coordinator", "asked", "owner")
LEVELS: dict[str, tuple[bool, ...]] = {
    "Flow rate": (False, False, True, True, True, True),
    "Secret recipe": (False, False, False, False, True, True),
    "CN-77": (False, False, False, False, False, False),
}
SHARED = {
    InterestState.ACCEPTED,
    InterestState.IN_DISCUSSION,
    InterestState.AGREED,
    InterestState.OUTCOME_PROPOSED,
    InterestState.DISPUTED,
    InterestState.CONFIRMED,
}


def people(make: Make, entry: Any, state: InterestState = InterestState.ACCEPTED) -> dict[str, Any]:
    startup = make.organisation("Asker", state=ProfileState.VERIFIED)
    reason = {"decline_reason": "terms"} if state is InterestState.DECLINED else {}
    make.interest(make.need(startup), entry.organisation, technology=entry, state=state, **reason)
    return {
        "unverified": make.user(make.organisation(state=ProfileState.CLAIMED)),
        "verified": make.user(make.organisation()),
        "coordinator": make.coordinator(),
        "asked": make.user(startup),
        "owner": make.user(entry.organisation),
    }


def leveled(make: Make, **values: Any) -> Any:
    said = {"details": both("Flow rate"), "confidential": both("Secret recipe"), "reference": "CN-77"}
    return make.technology(make.organisation("Lab", "institute", slug="lab"), "Membrane", **{**said, **values})


def test_each_level_is_read_by_its_readers_and_nobody_else(client: Any, make: Make, sign_in: SignIn) -> None:
    entry = leveled(make)
    known = people(make, entry)
    make.session.commit()
    seen: dict[str, list[bool]] = {words: [] for words in LEVELS}
    for reader in READERS:
        if reader != "nobody":
            sign_in(client, known[reader])
        client.get(f"/en/technologies/{entry.id}")
        page = client.page.get_text()
        assert "Confidential part" in page
        for words in LEVELS:
            seen[words].append(words in page)
    assert {words: tuple(found) for words, found in seen.items()} == LEVELS


@pytest.mark.parametrize("state", [state for state in InterestState if state is not InterestState.DRAFT])
def test_the_confidential_part_opens_with_the_yes_and_closes_with_the_end(
    client: Any, make: Make, sign_in: SignIn, state: InterestState
) -> None:
    entry = leveled(make)
    asker = people(make, entry, state)["asked"]
    sign_in(client, asker).get(f"/en/technologies/{entry.id}")
    assert ("Secret recipe" in client.page.get_text()) == (state in SHARED)


def test_a_yes_about_one_technology_opens_no_other(client: Any, make: Make, sign_in: SignIn) -> None:
    entry = leveled(make)
    asker = people(make, make.technology(entry.organisation, "Other"))["asked"]
    sign_in(client, asker).get(f"/en/technologies/{entry.id}")
    assert "Secret recipe" not in client.page.get_text()


def test_no_search_finds_what_its_reader_may_not_read(client: Any, make: Make, sign_in: SignIn, index: Any) -> None:
    """Neither the list nor the search, its suggestions while typing, the first page or the interface for programs."""
    said = {"details": both("zirconium"), "confidential": both("palladium"), "evidence": both("osmium")}
    entry = leveled(make, **said)
    known = people(make, entry)
    index()
    for reader in READERS:
        if reader != "nobody":
            sign_in(client, known[reader])
        for word in ("zirconium", "palladium", "CN-77"):
            for address in (f"/en/technologies?q={word}", f"/en/search?q={word}", f"/en/search/suggest?q={word}"):
                client.get(address)
                assert "Membrane" not in client.page.get_text(), (reader, address)
            answer = client.post("/api/v1/suggestions", json={"text": word, "limit": 5})
            assert word not in answer.get_data(as_text=True)
            client.get(f"/en/?q={word}")
            found = client.page.select_one("main")
            assert word not in " ".join(p.get_text() for p in found.select(".suggestion, .phrases"))


def test_changes_are_told_at_the_level_of_the_reader(client: Any, make: Make, sign_in: SignIn) -> None:
    entry = leveled(make)
    known = people(make, entry)
    owner = known["owner"]
    steps: tuple[dict[str, Any], ...] = (
        {"trl": 5},
        {"details": both("New flow rate")},
        {"confidential": both("New recipe")},
        {"reference": "CN-78"},
        {"visibility": Visibility.MEMBERS, "trl": 6},
        {"trl": 7},
        {"visibility": Visibility.PUBLIC},
    )
    for n, step in enumerate(steps):
        values, fields = versions.values_of(versions.content_of(entry))
        supply.update(make.session, owner, entry, values | step, fields, now=NOW + timedelta(days=n))
    make.session.commit()

    def told() -> list[str]:
        client.get(f"/en/technologies/{entry.id}")
        return [row.partition(": ")[2] for row in client.texts("#standing-title ~ details li")]

    level = "Technology readiness level (TRL)"
    assert told() == [level, level]  # what changed while it was for members only is one change, told when it is over
    sign_in(client, known["verified"])
    assert told() == [level, level, "Details", level]
    sign_in(client, known["asked"])
    assert told() == [level, level, "Confidential part", "Details", level]
    sign_in(client, owner)
    assert told() == [
        "Who may read it",
        level,
        f"{level}, Who may read it",
        "Your own number",
        "Confidential part",
        "Details",
        level,
    ]


def test_everything_an_institute_says_stands_on_the_page(client: Any, session: Session, make: Make) -> None:
    entry = leveled(
        make,
        trl=6,
        evidence=both("Six months in a village"),
        ready_for=both("A pilot"),
        ip_type=IpType.PATENT,
        ip_number="1-0034567",
        ip_territory="VN, WO",
        transfer_form=TransferForm.LICENCE,
        price_basis=PriceBasis.LUMP_SUM,
        price_low=1_500_000_000,
        price_high=2_000_000_000,
        price_note=both("With training"),
    )
    entry.owners = (Owner("University A", 6050), Owner("Company B"))
    entry.transfer_forms = (TransferForm.LICENCE, TransferForm.SPIN_OFF, TransferForm.SERVICE)
    make.picture(entry)
    session.commit()
    client.get(f"/en/technologies/{entry.id}")
    assert client.texts("#readiness-title ~ h3") == ["What shows it", "Ready for"]
    assert facts(client) == {
        "Protection": "Patent",
        "Number of the right": "1-0034567",
        "Protected in": "Vietnam, International application (PCT)",
        "Owners": "University A (60.5 %); Company B",
        "Form of transfer": "Licence",
        "Also possible": "Technical service, Spin-off company",
        "Price indication": "One payment: VND 1.5 billion to VND 2 billion. With training",
    }
    assert [i["alt"] for i in client.page.select(".pictures img")] == ["On a table"]
    client.get("/en/technologies?transfer=spin_off")
    assert titles(client) == ["Membrane"]
    assert client.texts("#facet-transfer option") == [
        "All",
        "Licence (1)",
        "Technical service (1)",
        "Spin-off company (1)",
    ]


def test_a_stale_technology_says_so(client: Any, session: Session, make: Make) -> None:
    fresh, stale = leveled(make, confirmed_at=NOW), leveled_again(make, confirmed_at=NOW, stale_at=NOW)
    unclaimed = make.technology(make.organisation(kind="institute", state=ProfileState.UNCLAIMED), stale_at=NOW)
    session.commit()
    client.get(f"/en/technologies/{fresh.id}")
    assert client.texts("#standing-title + p") == ["The institute confirmed it on 24 November 2026."]
    client.get(f"/en/technologies/{stale.id}")
    assert "That is more than a quarter ago" in client.texts("#standing-title + p")[0]
    assert client.texts(".page-head .tag-late") == ["Not confirmed for a quarter"]
    client.get(f"/en/technologies/{unclaimed.id}")
    assert client.page.select("#standing-title, .tag-late") == []


def leveled_again(make: Make, **values: Any) -> Any:
    return make.technology(make.organisation("Lab two", "institute"), "Sensor", **values)
