"""The one mail of what is new: when its turn comes, what it says, never twice, never what may not be read."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from matching.engine import Engine
from models import Match, NewsChoice, OutboxMail
from models.alerts import Frequency
from models.jobs import enqueue_embedding
from models.types import (
    MatchSide,
    MatchState,
    MembershipRole,
    NeedState,
    ProfileState,
    Provenance,
    SubjectKind,
    SupplyState,
    Visibility,
)
from network import mail
from network.i18n import speaking
from network.services import alerts, news, saved_searches
from tests.factories import Make

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
TEXT = "salt spray tests of sensors"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WEDNESDAY = datetime(2026, 11, 25, 9, tzinfo=HANOI)
"""Nine in the morning: the digests of this morning have gone."""
THURSDAY, NEXT_MONDAY = WEDNESDAY + DAY, WEDNESDAY + 5 * DAY


@pytest.fixture
def engine(app: Flask) -> Engine:
    found: Engine = app.extensions["matching"]
    return found


@pytest.fixture
def lab(make: Make) -> Any:
    return make.organisation("Food Lab", "institute")


@pytest.fixture
def round_at(session: Session, engine: Engine, index: Callable[[], None]) -> Callable[[datetime], list[dict[str, Any]]]:
    """One round of the worker; returns what the mails written in it say."""

    def _round(now: datetime) -> list[dict[str, Any]]:
        before = session.scalar(sa.select(sa.func.max(OutboxMail.id))) or 0
        index()
        alerts.note_publications(session, now=now)
        for search_id in alerts.waiting(session, engine):
            alerts.look(session, engine, search_id, now=now)
        for user_id in news.due(session, now=now):
            news.send_news(session, user_id, now=now)
        session.flush()
        found = sa.select(OutboxMail).where(OutboxMail.id > before, OutboxMail.template == "news")
        return [{"to": m.to, **m.context} for m in session.scalars(found.order_by(OutboxMail.id))]

    return _round


@pytest.fixture
def save(session: Session) -> Callable[..., Any]:
    def _save(user: Any, frequency: Frequency = Frequency.DAILY, name: str = "Salt", subjects: Any = ()) -> Any:
        wanted = subjects or [SubjectKind.OFFER]
        return saved_searches.save_question(session, user, name, TEXT, wanted, frequency, now=WEDNESDAY)

    return _save


def titles(letter: dict[str, Any]) -> dict[str, list[str]]:
    return {row["name"]: [entry["title"]["en"] for entry in row["entries"]] for row in letter["searches"]}


@pytest.mark.parametrize(
    ("now", "daily", "weekly"),
    [
        ("2026-11-25 09:00", "2026-11-25 07:00", "2026-11-23 07:00"),
        ("2026-11-25 07:00", "2026-11-25 07:00", "2026-11-23 07:00"),
        ("2026-11-25 06:59", "2026-11-24 07:00", "2026-11-23 07:00"),
        ("2026-11-23 06:59", "2026-11-22 07:00", "2026-11-16 07:00"),
        ("2026-11-23 07:00", "2026-11-23 07:00", "2026-11-23 07:00"),
        ("2026-11-29 23:59", "2026-11-29 07:00", "2026-11-23 07:00"),
    ],
)
def test_turns_come_at_seven_in_the_morning_in_hanoi(now: str, daily: str, weekly: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=HANOI)
    turns = [news.turn(frequency, moment) for frequency in (Frequency.DAILY, Frequency.WEEKLY)]
    assert turns == [datetime.fromisoformat(text).replace(tzinfo=HANOI) for text in (daily, weekly)]
    assert news.turn(Frequency.OFF, moment) is None


def test_one_line_for_each_entry_in_one_mail_and_never_again(make: Make, lab: Any, save: Any, round_at: Any) -> None:
    reader = make.user(language="en")
    save(reader), save(reader, name="More salt")
    offer = make.offer(lab, TEXT)
    assert round_at(WEDNESDAY + HOUR) == []
    (letter,) = round_at(THURSDAY)
    assert (letter["to"], letter["number"]) == (reader.email, 2)
    assert titles(letter) == {"More salt": [TEXT], "Salt": [TEXT]}
    assert letter["searches"][0]["entries"][0]["arguments"] == {"offer_id": offer.id}
    assert round_at(THURSDAY + HOUR) == []
    assert round_at(THURSDAY + DAY) == []


def test_each_search_has_its_rhythm(make: Make, lab: Any, save: Any, round_at: Any) -> None:
    reader = make.user()
    save(reader, Frequency.DAILY, "daily"), save(reader, Frequency.WEEKLY, "weekly"), save(reader, Frequency.OFF, "off")
    make.offer(lab, TEXT)
    assert [titles(letter) for letter in round_at(THURSDAY)] == [{"daily": [TEXT]}]
    make.offer(lab, f"{TEXT} two")
    assert [titles(letter) for letter in round_at(NEXT_MONDAY)] == [
        {"daily": [f"{TEXT} two"], "weekly": [TEXT, f"{TEXT} two"]}
    ]


def test_what_was_found_without_mail_is_not_told_later(
    session: Session, make: Make, lab: Any, save: Any, round_at: Any
) -> None:
    reader = make.user()
    search = save(reader, Frequency.OFF)
    make.offer(lab, TEXT)
    assert round_at(THURSDAY) == []
    saved_searches.update_search(session, reader, search, "Salt", Frequency.DAILY, now=THURSDAY)
    assert round_at(THURSDAY + DAY) == []


def test_what_is_gone_or_closed_by_the_morning_is_left_out(
    session: Session, make: Make, lab: Any, save: Any, round_at: Any
) -> None:
    save(make.user())
    offers = [make.offer(lab, f"{TEXT} {n}") for n in range(3)]
    assert round_at(WEDNESDAY + HOUR) == []
    offers[0].state, offers[1].visibility = SupplyState.WITHDRAWN, Visibility.MEMBERS
    for offer in offers:
        enqueue_embedding(session, SubjectKind.OFFER, offer.id)
    (letter,) = round_at(THURSDAY)
    assert (titles(letter), letter["number"]) == ({"Salt": [f"{TEXT} 2"]}, 1)


def test_a_flood_is_counted(make: Make, lab: Any, save: Any, round_at: Any) -> None:
    save(make.user())
    for n in range(13):
        make.offer(lab, f"{TEXT} {n}")
    (letter,) = round_at(THURSDAY)
    assert (len(letter["searches"][0]["entries"]), letter["searches"][0]["more"], letter["number"]) == (10, 3, 13)


def test_needs_that_fit_a_supplier_are_one_line_for_each_organisation(
    session: Session, make: Make, lab: Any, round_at: Any
) -> None:
    centre = make.organisation("Green Centre", "centre")
    manager, member = make.user(lab), make.user(lab, membership=MembershipRole.MEMBER)
    manager.memberships += make.user(centre).memberships
    make.offer(lab, TEXT), make.offer(centre, TEXT)
    assert round_at(WEDNESDAY - 7 * DAY) == []
    for n in range(3):
        make.need(make.organisation(), f"{TEXT} {n}")
    letters = round_at(NEXT_MONDAY)
    lines = [(row["name"]["en"], row["number"]) for row in letters[0]["organisations"]]
    assert (letters[0]["to"], sorted(lines), letters[0]["number"]) == (
        manager.email,
        [("Food Lab", 3), ("Green Centre", 3)],
        6,
    )
    assert member.email not in {letter["to"] for letter in letters}
    assert round_at(NEXT_MONDAY + HOUR) == []
    assert round_at(NEXT_MONDAY + 7 * DAY) == []
    make.need(make.organisation(), f"{TEXT} four")
    (letter,) = round_at(NEXT_MONDAY + 14 * DAY)
    assert letter["organisations"][0]["number"] == 1


def test_help_that_fits_an_own_need_is_one_line_for_each_need(
    session: Session, make: Make, lab: Any, round_at: Any
) -> None:
    startup = make.organisation("Sun Dryers")
    founder = make.user(startup)
    need = make.need(startup, TEXT)
    make.need(startup, "A bakery oven", state=NeedState.DRAFT, published_at=None)
    round_at(WEDNESDAY - 7 * DAY)
    make.offer(lab, TEXT), make.technology(lab, TEXT), make.offer(lab, "Bakery ovens")
    (letter,) = round_at(NEXT_MONDAY)
    assert (letter["to"], letter["organisations"], letter["searches"]) == (founder.email, [], [])
    fresh = sa.or_(Match.offer_id.is_not(None), Match.technology_id.is_not(None))  # the laboratory itself is known
    suggested = sa.select(sa.func.count()).where(Match.side == MatchSide.ASKER, fresh)
    assert [(row["id"], row["title"]["en"]) for row in letter["needs"]] == [(need.id, TEXT)]
    assert letter["needs"][0]["number"] == session.scalar(suggested)
    assert round_at(NEXT_MONDAY + 7 * DAY) == []


def test_what_was_decided_already_is_no_news(session: Session, make: Make, lab: Any, round_at: Any) -> None:
    make.user(lab)
    make.offer(lab, TEXT)
    round_at(WEDNESDAY - 7 * DAY)
    make.need(make.organisation(), TEXT)
    round_at(WEDNESDAY)
    for match in session.scalars(sa.select(Match).where(Match.side == MatchSide.SUPPLIER)):
        match.state = MatchState.SHORTLISTED
    assert round_at(NEXT_MONDAY) == []


def test_nothing_leaks_to_who_may_not_read_it(session: Session, make: Make, save: Any, round_at: Any) -> None:
    new = make.organisation("New Centre", "centre", state=ProfileState.CLAIMED)
    hidden = make.organisation("Hidden Centre", "centre", state=ProfileState.SUSPENDED)
    make.user(new), make.user(hidden)
    save(make.user(), subjects=[SubjectKind.NEED]), make.offer(new, TEXT), make.offer(hidden, TEXT)
    round_at(WEDNESDAY - 7 * DAY)
    need = make.need(make.organisation(), TEXT, visibility=Visibility.MEMBERS)
    # as if the suggestion had been kept from a time when it was open to them
    match = Match(need=need, organisation=new, side=MatchSide.SUPPLIER, score=0.9, policy="test")
    session.add(match)
    assert round_at(NEXT_MONDAY) == []


def test_who_wants_no_news_gets_none_and_starts_afresh_later(
    session: Session, make: Make, lab: Any, round_at: Any
) -> None:
    manager = make.user(lab)
    make.offer(lab, TEXT)
    saved_searches.choose_news(session, manager, Frequency.OFF, now=WEDNESDAY)
    make.need(make.organisation(), TEXT)
    assert round_at(NEXT_MONDAY) == []
    saved_searches.choose_news(session, manager, Frequency.DAILY, now=NEXT_MONDAY + 3 * DAY)
    assert round_at(NEXT_MONDAY + 5 * DAY) == []
    assert make.count(NewsChoice) == 1


def test_nobody_is_asked_twice_in_a_morning(session: Session, make: Make, lab: Any, round_at: Any) -> None:
    make.user(lab), make.user(make.organisation(state=ProfileState.SUSPENDED)), make.user()
    assert len(news.due(session, now=WEDNESDAY)) == 2
    round_at(WEDNESDAY)
    assert news.due(session, now=WEDNESDAY + HOUR) == []
    assert make.count(OutboxMail) == 0


@pytest.mark.parametrize(
    ("language", "subject", "lines"),
    [
        (
            "en",
            "3 new things that fit you in the network",
            ["New needs that your organisation could serve:", "Green Centre, 1 need:", f"{TEXT} (offer, Food Lab):"],
        ),
        (
            "vi",
            "3 điều mới phù hợp với bạn trong mạng lưới",
            ["Nhu cầu mới mà tổ chức của bạn có thể đáp ứng:", f"{TEXT} (vi) (nguồn cung, Food Lab):"],
        ),
    ],
)
def test_the_mail_in_both_languages(
    app: Flask,
    make: Make,
    lab: Any,
    session: Session,
    save: Any,
    round_at: Any,
    language: str,
    subject: str,
    lines: Any,
) -> None:
    centre = make.organisation("Green Centre", "centre")
    make.offer(centre, TEXT)
    round_at(WEDNESDAY - 7 * DAY)
    save(make.user(centre, language=language))
    make.offer(lab, TEXT), make.need(make.organisation(), TEXT)
    make.offer(lab, f"{TEXT} two", provenance=Provenance.ILLUSTRATIVE)
    round_at(NEXT_MONDAY)
    letter = session.scalars(sa.select(OutboxMail).where(OutboxMail.template == "news")).one()
    with app.app_context(), speaking(language):
        message = mail.render(app, letter)
    text = message.get_content()
    assert message["Subject"] == subject
    assert [line for line in lines if line not in text] == []
    assert f"/{language}/saved-searches/stop/" in text
    assert f"/{language}/workspace/{centre.slug}/matches" in text
    assert text.count({"en": ", illustrative example): ", "vi": ", ví dụ minh họa): "}[language]) == 1
    assert "\n\n\n" not in text
