"""Saved searches: only what is published later, only what may be read, never twice, at a cost that does not grow."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from matching.engine import Engine
from models import Publication, SavedSearch, SavedSearchHit
from models.alerts import Frequency, SearchKind
from models.errors import Conflict, Invalid, NotFound
from models.jobs import enqueue_embedding
from models.types import OfferKind, ProfileState, SubjectKind, SupplyState, Visibility
from network.services import alerts, saved_searches
from tests.factories import NOW, Make
from tests.statements import statements_of

Index = Callable[[], None]
TEXT = "salt spray tests of sensors"
HOUR = timedelta(hours=1)
OFFER, NEED, TECHNOLOGY = SubjectKind.OFFER, SubjectKind.NEED, SubjectKind.TECHNOLOGY
HELP = [SubjectKind.OFFER, SubjectKind.TECHNOLOGY, SubjectKind.PROGRAMME]


@pytest.fixture
def engine(app: Flask) -> Engine:
    found: Engine = app.extensions["matching"]
    return found


@pytest.fixture
def lab(make: Make) -> Any:
    return make.organisation("Food Lab", "institute")


@pytest.fixture
def save(session: Session) -> Callable[..., SavedSearch]:
    def _save(user: Any, subjects: Any = HELP, *, text: str = TEXT, **values: Any) -> SavedSearch:
        values = {"now": NOW, **values}
        return saved_searches.save_question(session, user, "Salt", text, subjects, Frequency.DAILY, **values)

    return _save


@pytest.fixture
def watch(session: Session, engine: Engine, index: Index) -> Callable[..., list[tuple[SubjectKind, int]]]:
    """One round of the duty; returns what has been found for all searches so far."""

    def _watch(now: Any = NOW + HOUR) -> list[tuple[SubjectKind, int]]:
        index()
        alerts.note_publications(session, now=now)
        for search_id in alerts.waiting(session, engine):
            alerts.look(session, engine, search_id, now=now)
        hits = session.scalars(sa.select(SavedSearchHit).order_by(SavedSearchHit.id))
        return [(hit.subject_kind, hit.subject_id) for hit in hits]

    return _watch


def test_only_what_is_published_after_the_search_was_saved(
    session: Session, make: Make, lab: Any, index: Index, save: Any, watch: Any
) -> None:
    make.offer(lab, TEXT)
    index()
    search = save(make.user())
    assert watch() == []
    later = make.offer(lab, TEXT)
    make.offer(lab, "Bakery ovens repaired overnight")
    assert watch(NOW + 2 * HOUR) == [(OFFER, later.id)]
    session.refresh(search)
    assert search.checked_at == NOW + 2 * HOUR
    hit = session.scalars(sa.select(SavedSearchHit)).one()
    assert (hit.found_at, round(hit.score or 0, 1)) == (NOW + 2 * HOUR, 1.0)


def test_no_entry_is_found_twice_however_often_it_changes(
    session: Session, make: Make, lab: Any, save: Any, watch: Any
) -> None:
    save(make.user())
    offer = make.offer(lab, TEXT)
    assert watch(NOW + HOUR) == [(OFFER, offer.id)]
    for n, state in enumerate((SupplyState.DRAFT, SupplyState.PUBLISHED)):
        offer.state = state
        enqueue_embedding(session, OFFER, offer.id)
        assert watch(NOW + (2 + n) * HOUR) == [(OFFER, offer.id)]
    assert session.scalar(sa.select(Publication.at).where(Publication.subject_kind == OFFER)) == NOW + HOUR


def test_a_draft_counts_from_the_day_it_is_published(
    session: Session, make: Make, lab: Any, save: Any, watch: Any
) -> None:
    offer = make.offer(lab, TEXT, state=SupplyState.DRAFT)
    save(make.user())
    assert watch() == []
    offer.state = SupplyState.PUBLISHED
    enqueue_embedding(session, OFFER, offer.id)
    assert watch(NOW + 2 * HOUR) == [(OFFER, offer.id)]


def test_help_and_needs_are_looked_out_for_as_chosen(
    session: Session, make: Make, lab: Any, save: Any, watch: Any
) -> None:
    reader = make.user(lab)
    save(reader, [NEED]), save(make.user(), [OFFER, TECHNOLOGY])
    need = make.need(make.organisation(), TEXT)
    technology = make.technology(lab, TEXT)
    make.organisation("Salt spray tests of sensors", "centre"), make.programme(None, TEXT)
    assert watch() == [(NEED, need.id), (TECHNOLOGY, technology.id)]


def test_nothing_of_the_own_organisations(make: Make, lab: Any, save: Any, watch: Any) -> None:
    other = make.organisation(kind="centre")
    save(make.user(lab))
    make.offer(lab, TEXT)
    theirs, of_the_city = make.offer(other, TEXT), make.programme(None, TEXT)
    assert set(watch()) == {(OFFER, theirs.id), (SubjectKind.PROGRAMME, of_the_city.id)}


@pytest.mark.parametrize(
    ("owner", "values"),
    [
        ({}, {"visibility": Visibility.MEMBERS}),
        ({}, {"state": SupplyState.DRAFT}),
        ({"state": ProfileState.SUSPENDED}, {}),
    ],
    ids=["members", "draft", "suspended"],
)
def test_what_its_person_may_not_read_is_not_found(
    make: Make, save: Any, watch: Any, owner: dict[str, Any], values: dict[str, Any]
) -> None:
    make.offer(make.organisation(kind="institute", **owner), TEXT, **values)
    save(make.user())
    save(make.user(make.organisation(state=ProfileState.CLAIMED)))
    assert watch() == []


def test_a_verified_member_is_told_of_what_is_for_members(make: Make, lab: Any, save: Any, watch: Any) -> None:
    save(make.user(make.organisation()))
    offer = make.offer(lab, TEXT, visibility=Visibility.MEMBERS)
    assert watch() == [(OFFER, offer.id)]


def test_a_saved_list_finds_what_its_filters_let_through(session: Session, make: Make, lab: Any, watch: Any) -> None:
    reader, startup = make.user(), make.organisation("Sun Dryers", "startup")
    needs = {"help": "testing", "q": "độ ẩm", "stage": "nonsense"}
    for kind, criteria in (
        (SearchKind.NEEDS, needs),
        (SearchKind.DIRECTORY, {"kind": "centre"}),
        (SearchKind.TECHNOLOGIES, {"trl": "7-9"}),
    ):
        saved_searches.save_list(session, reader, kind.value, kind, criteria, Frequency.DAILY, now=NOW)
    kept = session.scalars(sa.select(SavedSearch.criteria).order_by(SavedSearch.id)).first()
    assert kept == {"q": "độ ẩm", "help": "testing"}
    wet = make.need(startup, "Do am qua say")
    make.need(startup, "Do am qua say", kinds=[OfferKind.FUNDING]), make.need(startup, "Sea salt")
    make.need(startup, "Do am qua say", visibility=Visibility.MEMBERS)
    centre, ready = make.organisation("Green Centre", "centre"), make.technology(lab, "Membrane", trl=8)
    make.technology(lab, "Membrane", trl=2)
    found = {(NEED, wet.id), (SubjectKind.ORGANISATION, centre.id), (TECHNOLOGY, ready.id)}
    assert set(watch()) == found
    assert set(watch(NOW + 2 * HOUR)) == found


def test_without_an_encoder_everything_waits(
    session: Session, engine: Engine, make: Make, lab: Any, save: Any, watch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(make.user())
    offer = make.offer(lab, TEXT)
    with monkeypatch.context() as patch:
        patch.setattr(engine, "encoder", lambda _session: None)
        assert alerts.waiting(session, engine) == []
    assert watch() == [(OFFER, offer.id)]


def test_a_number_that_comes_again_is_new(session: Session, make: Make, save: Any, watch: Any) -> None:
    startup = make.organisation()
    first = make.need(startup, "Sea salt")
    watch(NOW - HOUR)
    session.delete(first)
    watch(NOW - HOUR / 2)
    assert session.scalars(sa.select(Publication).where(Publication.subject_kind == NEED)).all() == []


def test_two_hundred_searches_cost_two_hundred_times_one(
    session: Session, engine: Engine, make: Make, lab: Any, save: Any, index: Index
) -> None:
    """Time is a parameter: nobody sleeps here."""
    people = [make.user() for _ in range(4)]
    for n in range(200):
        save(people[n % 4], text=f"{TEXT} {n}")
    for n in range(12):
        make.offer(make.organisation(kind="centre"), f"{TEXT} {n}"), make.need(make.organisation(), TEXT)
    index()
    alerts.note_publications(session, now=NOW + HOUR)
    alerts.look(session, engine, alerts.waiting(session, engine)[0], now=NOW + HOUR)  # the encoder and index are loaded
    numbers = []
    for search_id in alerts.waiting(session, engine):
        with statements_of(session) as sent:
            alerts.look(session, engine, search_id, now=NOW + HOUR)
        numbers.append(len(sent))
    assert len(numbers) == 199
    assert len(set(numbers)) == 1, numbers
    assert numbers[0] <= 14
    assert session.scalar(sa.select(sa.func.count()).select_from(SavedSearchHit)) == 200 * 12
    with statements_of(session) as sent:
        assert alerts.waiting(session, engine) == []
    assert len(sent) <= 2
    with statements_of(session) as sent:
        alerts.note_publications(session, now=NOW + 2 * HOUR)
    assert len(sent) == 6


# Saving, changing and stopping.


def test_what_is_missing_is_named(session: Session, make: Make, save: Any) -> None:
    reader = make.user()
    for values, code in (
        ({"text": "  "}, "question_missing"),
        ({"text": "x" * 2001}, "question_missing"),
        ({"subjects": []}, "subjects_missing"),
    ):
        with pytest.raises(Invalid) as error:
            save(reader, **values)
        assert error.value.code == code
    with pytest.raises(Invalid, match="search_name_missing"):
        saved_searches.save_question(session, reader, "  ", TEXT, HELP, Frequency.DAILY, now=NOW)
    assert make.count(SavedSearch) == 0


def test_nobody_saves_without_end(make: Make, save: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_searches, "MOST", 2)
    reader = make.user()
    save(reader), save(reader)
    with pytest.raises(Conflict, match="too_many_searches"):
        save(reader)
    save(make.user())


def test_only_its_person_changes_and_deletes_it(session: Session, make: Make, save: Any) -> None:
    reader = make.user()
    search = save(reader)
    with pytest.raises(NotFound):
        saved_searches.find_own(session, make.user(), search.id)
    saved_searches.update_search(session, reader, search, " Sea  salt ", Frequency.OFF, now=NOW + HOUR)
    assert (search.name, search.frequency, search.digest_at) == ("Sea salt", Frequency.OFF, NOW)
    saved_searches.update_search(session, reader, search, "Sea salt", Frequency.WEEKLY, now=NOW + 2 * HOUR)
    assert search.digest_at == NOW + 2 * HOUR
    saved_searches.delete_search(session, reader, search, now=NOW)
    assert make.count(SavedSearch) == 0


def test_the_link_of_a_mail_stops_one_search_and_can_be_followed_twice(session: Session, make: Make, save: Any) -> None:
    search, other = save(make.user()), save(make.user())
    for _ in range(2):
        assert saved_searches.stop_search(session, search.id, now=NOW) is search
    assert (search.frequency, other.frequency) == (Frequency.OFF, Frequency.DAILY)
    assert saved_searches.stop_search(session, 999_999, now=NOW) is None


def test_a_need_does_not_answer_who_looks_for_help(session: Session, make: Make, save: Any, watch: Any) -> None:
    save(make.user(), [OFFER])
    make.need(make.organisation(), TEXT)
    assert watch() == []
