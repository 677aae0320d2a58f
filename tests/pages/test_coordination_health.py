"""Matching health: needs without an answer, centres with too much to do, fields without supply; at a fixed price."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Match
from models.base import utc_now
from models.types import DeclineReason, MatchSide, ProfileState, Provenance, SupplyState
from models.types import InterestState as S
from network.queries.field_supply import field_supply
from network.queries.matching_health import Gap, Strain, centres, health, needs
from tests.factories import Make
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
ADDRESS = "/en/coordination/matching-health"


def days_ago(days: int) -> Any:
    return utc_now() - timedelta(days=days)


def suggest(make: Make, need: Any, supplier: Any, side: MatchSide = MatchSide.ASKER) -> None:
    make._add(Match(need=need, organisation=supplier, score=0.9, policy="test", side=side))


def asked(make: Make, need: Any, to: Any, state: S, days: int = 5, **values: Any) -> Any:
    """A request sent some days ago with ten days to answer."""
    sent = days_ago(days)
    if state is S.DECLINED:
        values = {"decline_reason": DeclineReason.TERMS, "answered_at": sent + timedelta(days=1), **values}
    return make.interest(need, to, state=state, sent_at=sent, reply_by=sent + timedelta(days=10), **values)


def test_each_need_without_an_answer_stands_at_its_first_reason(session: Session, make: Make) -> None:
    seeker, lab, firm = make.organisation("Seeker"), make.organisation("Lab", "institute"), make.organisation()
    hopeless = make.need(seeker, "Nothing fits", published_at=days_ago(2))
    suggest(make, hopeless, lab, MatchSide.SUPPLIER)  # what the lab is shown is no suggestion for the seeker
    quiet = make.need(seeker, "Nobody asked", published_at=days_ago(40))
    fresh = make.need(seeker, "Published lately", published_at=days_ago(29))
    refused = make.need(seeker, "All declined", published_at=days_ago(60))
    late = make.need(seeker, "Day has passed", published_at=days_ago(50))
    waiting = make.need(seeker, "Waits in time", published_at=days_ago(50))
    talking = make.need(seeker, "One declined, one talks", published_at=days_ago(50))
    taken_back = make.need(seeker, "Taken back", published_at=days_ago(45))
    for need in (quiet, fresh, refused, late, waiting, talking, taken_back):
        suggest(make, need, lab)
    asked(make, refused, lab, S.DECLINED), asked(make, refused, firm, S.ENDED), asked(make, late, lab, S.SENT, 20)
    asked(make, waiting, lab, S.SENT), asked(make, talking, lab, S.DECLINED), asked(make, talking, firm, S.ACCEPTED)
    asked(make, taken_back, lab, S.WITHDRAWN)
    make.need(make.organisation(state=ProfileState.SUSPENDED), "Hidden", published_at=days_ago(90))

    found = needs(session, now=utc_now())
    assert found.published == 8
    assert {gap.value: [row.title.en for row in rows] for gap, rows in found.groups} == {
        "no-suggestion": ["Nothing fits"],
        "not-asked": ["Taken back", "Nobody asked"],
        "nothing-goes-on": ["All declined", "Day has passed"],
    }
    (*_, (_, (first, *_rest))) = found.groups
    assert first.asked == 2
    page = needs(session, Gap.NOTHING_GOES_ON, now=utc_now()).page
    assert page is not None
    assert [(row.title.en, row.asked) for row in page.items] == [("All declined", 2), ("Day has passed", 1)]


def test_a_centre_is_overloaded_by_what_is_late_by_its_room_and_by_its_promise(session: Session, make: Make) -> None:
    seeker = make.organisation("Seeker")
    late = make.organisation("Late", "centre")
    full = make.organisation("Full", "centre", capacity=1)
    slow = make.organisation("Slow", "centre", reply_days=3)
    well = make.organisation("Well", "centre", capacity=5, reply_days=5)
    make.organisation("Idle", "centre", capacity=0)
    lab = make.organisation("Lab", "institute")

    def need() -> Any:
        return make.need(seeker)

    asked(make, need(), late, S.SENT, 20), asked(make, need(), lab, S.SENT, 20)
    asked(make, need(), full, S.SENT), asked(make, need(), full, S.ACCEPTED, answered_at=days_ago(4))
    asked(make, need(), seeker, S.IN_DISCUSSION, 50, from_organisation=full, answered_at=days_ago(45))
    asked(make, need(), slow, S.SENT), asked(make, need(), slow, S.DECLINED, 30, answered_at=days_ago(22))
    asked(make, need(), slow, S.DECLINED, 400, answered_at=days_ago(399))
    asked(make, need(), well, S.SENT), asked(make, need(), well, S.DECLINED, 20)

    found = centres(session, now=utc_now())
    rows = {row.organisation.name.en: row for row in found.strained}
    assert {name: row.strains for name, row in rows.items()} == {
        "Late": (Strain.OVERDUE,),
        "Full": (Strain.OVER_CAPACITY,),
        "Slow": (Strain.SLOW,),
    }
    assert (rows["Full"].waiting, rows["Full"].talks, rows["Full"].open) == (1, 2, 3)
    assert (round(rows["Slow"].median_days or 0), rows["Slow"].answers) == (8, 1)
    assert found.keeping_up == 1


def test_fields_are_short_where_less_is_offered_than_looked_for(session: Session, make: Make) -> None:
    broad = make.field("2", "Engineering")
    water, chips, food = make.field("207", "Water"), make.field("202", "Chips"), make.field("211", "Food")
    water.parent_code = chips.parent_code = broad.code
    seeker, lab = make.organisation(), make.organisation(kind="institute")
    for marks in ([water], [water, chips], [food], [food], []):
        make.need(seeker, fields=marks)
    make.offer(lab, fields=[broad])
    make.technology(lab, fields=[chips]), make.technology(lab, fields=[food], state=SupplyState.WITHDRAWN)
    found = field_supply(session)
    assert [(r.name.en, r.needs, r.offers, r.technologies) for r in found.short] == [
        ("Food", 2, 0, 0),
        ("Water", 2, 1, 0),
    ]
    assert [(r.name.en, r.needs, r.offers, r.technologies) for r in found.supplied] == [("Chips", 1, 1, 1)]
    assert found.unmarked == 1


def test_its_price_does_not_grow(session: Session, make: Make) -> None:
    food = make.field("211", "Food")
    for _ in range(30):
        centre, seeker = make.organisation(kind="centre", capacity=0), make.organisation()
        make.need(seeker, fields=[food]), make.offer(centre, fields=[food])
        asked(make, make.need(seeker), centre, S.SENT, 20)
    with statements_of(session) as sent:
        found = health(session, now=utc_now())
    assert (len(sent), len(found.centres.strained)) == (7, 30)
    with statements_of(session) as sent:
        needs(session, Gap.NO_SUGGESTION, now=utc_now())
    assert len(sent) == 4


def test_the_page_leads_to_where_one_can_act(client: Any, make: Make, sign_in: SignIn) -> None:
    seeker = make.organisation("Seeker", provenance=Provenance.ILLUSTRATIVE)
    centre, food = make.organisation("Centre", "centre", capacity=2), make.field("211", "Food")
    need = make.need(seeker, "A taster", published_at=days_ago(40), fields=[food])
    for n in range(9):
        make.need(seeker, f"Older {n}", published_at=days_ago(50 + n))
    asked(make, make.need(seeker), centre, S.SENT, 20)
    sign_in(client, make.coordinator()).get(ADDRESS)
    assert client.texts(".key-figures div") == [
        "11 of 11 published needs without an answer",
        "1 centre overloaded",
        "1 field short of supply",
    ]
    links = {a["href"] for a in client.page.select("main a[href]")}
    assert {
        "/en/coordination/matching-health/no-suggestion",
        "/en/needs?field=211",
        "/en/directory?field=211",
        f"/en/coordination/organisations/{centre.slug}",
        f"/en/coordination/organisations/{seeker.slug}",
        "/en/?q=Older+8",
    } <= links
    client.get(f"{ADDRESS}/no-suggestion")
    assert client.texts("main .entries h2")[-1] == "A taster"
    assert f"/en/needs/{need.id}" in {a["href"] for a in client.page.select("main a[href]")}
    client.get(f"{ADDRESS}/not-asked")
    assert client.texts(".empty h2") == ["No such need"]


def test_where_all_is_well_the_page_says_so(client: Any, make: Make, sign_in: SignIn) -> None:
    sign_in(client, make.coordinator()).get(ADDRESS)
    assert client.texts("main section p") == [
        "Every published need has been asked about, or has time left.",
        "No centre answers late or has more than it has room for.",
        "In every field at least as much is offered as looked for.",
    ]
