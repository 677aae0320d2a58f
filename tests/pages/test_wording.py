"""One of something, two of something, days and money: on the pages that have them, as each language writes them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Contribution
from models.actions import CapitalSource
from models.types import Provenance
from network.formatting import HANOI, today
from tests.factories import Make, both

Add = Callable[[Make], object]

LISTS: list[tuple[str, Add, tuple[str, str], str]] = [
    ("needs", lambda make: make.need(make.organisation()), ("1 need", "2 needs"), "nhu cầu"),
    ("offers", lambda make: make.offer(make.organisation(kind="partner")), ("1 offer", "2 offers"), "nguồn cung"),
    (
        "technologies",
        lambda make: make.technology(make.organisation(kind="institute")),
        ("1 technology", "2 technologies"),
        "công nghệ",
    ),
    ("programmes", lambda make: make.programme(), ("1 programme", "2 programmes"), "chương trình"),
    (
        "challenges",
        lambda make: make.challenge(make.organisation(kind="enterprise")),
        ("1 challenge", "2 challenges"),
        "bài toán",
    ),
    ("events", lambda make: make.event(make.organisation(kind="centre")), ("1 event", "2 events"), "sự kiện"),
    (
        "directory?kind=startup",
        lambda make: make.organisation(),
        ("1 organisation", "2 organisations"),
        "tổ chức",
    ),
    (
        "action-programmes",
        lambda make: make.action(),
        ("1 action programme", "2 action programmes"),
        "chương trình hành động",
    ),
]


@pytest.mark.parametrize(("area", "add", "english", "vietnamese"), LISTS, ids=[row[0] for row in LISTS])
def test_lists_count_in_words_of_their_language(
    client: Any, session: Session, make: Make, area: str, add: Add, english: tuple[str, str], vietnamese: str
) -> None:
    for number, words in enumerate(english, 1):
        add(make)
        session.commit()
        client.get(f"/en/{area}")
        assert client.texts("#found") == [words]
        client.get(f"/vi/{area}")
        assert client.texts("#found") == [f"{number} {vietnamese}"]


def test_results_of_a_search_are_counted_likewise(client: Any, session: Session, make: Make) -> None:
    make.technology(make.organisation("Lab", "institute"), "Membrane")
    session.commit()
    client.get("/en/search?q=membrane")
    assert client.texts(".count") == ["1 result"]
    make.technology(make.organisation("Lab", "institute"), "Membrane too")
    session.commit()
    client.get("/en/search?q=membrane")
    assert client.texts(".count") == ["2 results"]
    client.get("/vi/search?q=membrane")
    assert client.texts(".count") == ["2 kết quả"]


def facts(client: Any, address: str) -> str:
    client.get(address)
    return " ".join(client.texts("main"))


def test_the_page_of_a_need_writes_day_and_budget(client: Any, session: Session, make: Make) -> None:
    need = make.need(make.organisation(), needed_by=date(2027, 4, 30), budget_vnd=1_500_000_000)
    session.commit()
    english, vietnamese = (facts(client, f"/{code}/needs/{need.id}") for code in ("en", "vi"))
    assert "30 April 2027" in english
    assert "VND 1.5 billion" in english
    assert "30/04/2027" in vietnamese
    assert "1,5 tỷ đồng" in vietnamese


def test_the_page_of_a_challenge_writes_day_days_left_and_budget(client: Any, session: Session, make: Make) -> None:
    owner = make.organisation(kind="enterprise")
    last = today() + timedelta(days=1)
    entry = make.challenge(owner, answer_by=last, budget_vnd=250_000_000)
    session.commit()
    english, vietnamese = (facts(client, f"/{code}/challenges/{entry.id}") for code in ("en", "vi"))
    assert f"{last:%-d %B %Y} (1 day left)" in english
    assert "VND 250 million" in english
    assert f"{last:%d/%m/%Y} (còn 1 ngày)" in vietnamese
    assert "250 triệu đồng" in vietnamese


def test_the_page_of_an_event_writes_day_and_clock_of_hanoi(client: Any, session: Session, make: Make) -> None:
    starts_at = datetime(2028, 1, 12, 18, 30, tzinfo=UTC)
    event = make.event(make.organisation(kind="centre"), starts_at=starts_at)
    session.commit()
    assert starts_at.astimezone(HANOI).day == 13
    english, vietnamese = (facts(client, f"/{code}/events/{event.id}") for code in ("en", "vi"))
    assert "Thursday 13 January 2028, 01:30–03:30" in english
    assert "Thứ Năm, 13/01/2028, 01:30–03:30" in vietnamese


def test_programmes_write_from_when_to_when(client: Any, session: Session, make: Make) -> None:
    first = date(today().year + 1, 3, 1)
    make.programme(opens_on=first, closes_on=first + timedelta(days=30))
    session.commit()
    year = first.year
    assert f"Open from 1 March {year} to 31 March {year}" in facts(client, "/en/programmes")
    assert f"01/03/{year}" in facts(client, "/vi/programmes")


def test_money_of_action_programmes_is_written_in_words_of_its_size(client: Any, session: Session, make: Make) -> None:
    programme = make.action(provenance=Provenance.SELF_DECLARED)
    for source, amount in ((CapitalSource.CITY_BUDGET, 18_000_000_000), (CapitalSource.FUND, 36_000_000_000)):
        entry = Contribution(source=source, promised_vnd=amount, paid_vnd=amount // 2, as_of=date(2026, 10, 31))
        programme.contributions.append(entry)
    session.commit()
    english, vietnamese = (facts(client, f"/{code}/figures/co-investment") for code in ("en", "vi"))
    assert "VND 36 billion" in english
    assert "31 October 2026" in english
    assert "36 tỷ đồng" in vietnamese
    assert "31/10/2026" in vietnamese


def test_the_last_change_of_a_profile_has_its_day(client: Any, session: Session, make: Make) -> None:
    make.organisation("Lotus", "centre", slug="lotus", updated_at=datetime(2026, 3, 8, 20, 0, tzinfo=UTC))
    session.commit()
    assert "Last changed on 9 March 2026" in facts(client, "/en/directory/lotus")
    assert "Cập nhật lần cuối ngày 09/03/2026" in facts(client, "/vi/directory/lotus")


def test_one_exhibit_and_two(client: Any, session: Session, make: Make) -> None:
    from models import Exhibit

    stand = make.stand(make.organisation("Lotus", "centre", slug="lotus"), theme=both("Water"))
    maker = make.organisation("Maker", "enterprise")
    stand.exhibits = [Exhibit(position=1, organisation=maker)]
    session.commit()
    client.get("/en/showcase")
    assert client.texts(".stand-card .small") == ["1 exhibit"]
    stand.exhibits.append(Exhibit(position=2, technology=make.technology(make.organisation(kind="institute"))))
    session.commit()
    client.get("/en/showcase")
    assert client.texts(".stand-card .small") == ["2 exhibits"]
