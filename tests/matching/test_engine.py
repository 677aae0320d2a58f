"""Questions to suggestions, as one process of the site gives them."""

import threading
from collections.abc import Callable

import numpy as np
import pytest
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session, sessionmaker

from matching import engine as engine_module
from matching.encoder import EncoderUnavailable, HashingEncoder
from matching.engine import Engine
from matching.questions import Query, Suggestions
from matching.text import query_for_need, query_for_offer
from models import Embedding
from models.jobs import enqueue_embedding
from models.texts import Bilingual
from models.types import OfferKind, OrganisationKind, SubjectKind, SupplyState, Visibility
from tests.factories import Make

Index = Callable[[], int]
OFFERS = frozenset({SubjectKind.OFFER})


def named(answer: Suggestions) -> list[tuple[SubjectKind, int]]:
    return [(item.subject, item.subject_id) for item in answer.items]


def test_best_first_with_reasons_that_add_up(session: Session, make: Make, index: Index, engine: Engine) -> None:
    centre = make.organisation("Lotus centre", kind="centre")
    good = make.offer(centre, "Salt spray chamber for sensor corrosion tests", kind=OfferKind.TESTING)
    poor = make.offer(centre, "Legal advice on trade marks", kind=OfferKind.IP_LEGAL)
    need = make.need(make.organisation(), "Corrosion tests of a sensor in salt spray", kinds=[OfferKind.TESTING])
    index()
    answer = engine.suggest(session, query_for_need(need))
    assert named(answer)[0] == (SubjectKind.OFFER, good.id)
    assert (SubjectKind.NEED, need.id) not in named(answer)
    scores = [item.score for item in answer.items]
    assert scores == sorted(scores, reverse=True)
    for item in answer.items:
        assert 0 <= item.score <= 1
        assert sum(reason.weight for reason in item.reasons) == pytest.approx(item.score)
    by_id = {item.subject_id: item for item in answer.items if item.subject is SubjectKind.OFFER}
    assert by_id[good.id].score > answer.threshold > by_id[poor.id].score
    assert by_id[good.id].phrases
    assert (answer.policy, answer.degraded) == ("prior-3", False)


def test_both_directions(session: Session, make: Make, index: Index, engine: Engine) -> None:
    centre, startup = make.organisation(kind="centre"), make.organisation()
    offer = make.offer(centre, "Salt spray chamber for sensor corrosion tests")
    need = make.need(startup, "Corrosion tests of a sensor in salt spray")
    own = make.need(centre, "Salt spray chamber for sensor corrosion tests")
    index()
    found = named(engine.suggest(session, query_for_offer(offer)))
    assert found[0] == (SubjectKind.NEED, need.id)
    assert (SubjectKind.NEED, own.id) not in found


def test_words_without_diacritics(session: Session, make: Make, index: Index, engine: Engine) -> None:
    offer = make.offer(make.organisation(kind="centre"), Bilingual("Ươm tạo doanh nghiệp số", None))
    index()
    assert named(engine.suggest(session, Query("uom tao doanh nghiep", subjects=OFFERS))) == [
        (SubjectKind.OFFER, offer.id)
    ]


def test_visibility_never_leaks(session: Session, make: Make, index: Index, engine: Engine) -> None:
    """An entry for members changes nothing in what the public is told: no id, no phrase, no score."""
    centre = make.organisation(kind="centre")
    make.offer(centre, "Clean room for sensors")
    make.offer(centre, "Clean room by the day", details=Bilingual("hidden words", "hidden words"))
    index()
    query = Query("a clean room for new sensors by the day", subjects=OFFERS)
    before = engine.suggest(session, query)
    secret = make.offer(centre, "A clean room for new sensors by the day", visibility=Visibility.MEMBERS)
    index()
    assert engine.suggest(session, query) == before
    members = engine.suggest(session, Query(query.text, subjects=OFFERS, clearance=Visibility.MEMBERS))
    assert named(members)[0] == (SubjectKind.OFFER, secret.id)
    assert engine.compare(session, query, SubjectKind.OFFER, secret.id) is None
    assert "hidden words" not in repr(engine.suggest(session, Query("hidden words", subjects=OFFERS)))


def test_closed_to_the_public_after_it_was_open(session: Session, make: Make, index: Index, engine: Engine) -> None:
    offer = make.offer(make.organisation(kind="centre"), "Clean room for sensors")
    index()
    query = Query("clean room for sensors", subjects=OFFERS)
    assert named(engine.suggest(session, query)) == [(SubjectKind.OFFER, offer.id)]
    offer.visibility = Visibility.MEMBERS
    enqueue_embedding(session, SubjectKind.OFFER, offer.id)
    index()
    assert named(engine.suggest(session, query)) == []


def test_a_row_changed_since_the_search_is_not_quoted(
    session: Session, make: Make, index: Index, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.offer(make.organisation(kind="centre"), "Clean room for sensors")
    index()
    query = Query("clean room for sensors", subjects=OFFERS)
    assert engine.suggest(session, query).items[0].phrases
    session.execute(sa.update(Embedding).values(text_hash="another"))
    assert engine.suggest(session, query).items[0].phrases == ()


def test_hard_filters(session: Session, make: Make, index: Index, engine: Engine) -> None:
    centre, institute = make.organisation(kind="centre"), make.organisation(kind="institute")
    ours, theirs = make.offer(centre, "Clean room"), make.offer(institute, "Clean room")
    technology = make.technology(institute, "Clean room filter")
    index()

    def ids(**query: object) -> set[tuple[SubjectKind, int]]:
        found = engine.suggest(session, Query("clean room", **query))  # type: ignore[arg-type]
        return {key for key in named(found) if key[0] is not SubjectKind.ORGANISATION}

    a, b, c = (SubjectKind.OFFER, ours.id), (SubjectKind.OFFER, theirs.id), (SubjectKind.TECHNOLOGY, technology.id)
    assert ids() == {a, b, c}
    assert ids(subjects=OFFERS) == {a, b}
    assert ids(exclude_organisation=centre.id) == {b, c}
    assert ids(organisation_id=centre.id) == {a}
    assert ids(organisation_kinds=frozenset({OrganisationKind.INSTITUTE})) == {b, c}


def test_at_most_three_entries_of_one_organisation(session: Session, make: Make, index: Index, engine: Engine) -> None:
    large, small = make.organisation(kind="centre"), make.organisation(kind="institute")
    for n in range(6):
        make.offer(large, f"Clean room number {n}")
    make.offer(small, "Clean room far away from the city")
    index()
    found = engine.suggest(session, Query("clean room number", subjects=OFFERS))
    assert [item.organisation_id for item in found.items] == [large.id] * 3 + [small.id]
    own = engine.suggest(session, Query("clean room number", subjects=OFFERS, organisation_id=large.id))
    assert len(own.items) == 6


def test_limit_and_empty_questions(session: Session, make: Make, index: Index, engine: Engine) -> None:
    for n in range(4):
        make.offer(make.organisation(kind="centre"), f"Clean room {n}")
    index()
    assert len(engine.suggest(session, Query("clean room", subjects=OFFERS), limit=2).items) == 2
    assert engine.suggest(session, Query("clean room", subjects=OFFERS), limit=0).items == ()
    assert engine.suggest(session, Query(" \n ")).items == ()
    assert len(engine.suggest(session, Query("?!", subjects=OFFERS)).items) == 4


def test_phrases_can_be_left_out(session: Session, make: Make, index: Index, engine: Engine) -> None:
    make.offer(make.organisation(kind="centre"), "Clean room for sensors")
    index()
    with_phrases = engine.suggest(session, Query("clean room for sensors", subjects=OFFERS))
    without = engine.suggest(session, Query("clean room for sensors", subjects=OFFERS), phrases=False)
    assert named(with_phrases) == named(without)
    assert [item.score for item in with_phrases.items] == [item.score for item in without.items]
    assert without.items[0].phrases == ()


def test_one_entry_is_compared_however_badly_it_fits(
    session: Session, make: Make, index: Index, engine: Engine
) -> None:
    offer = make.offer(make.organisation(kind="centre"), "Legal advice")
    index()
    found = engine.compare(session, Query("clean room"), SubjectKind.OFFER, offer.id)
    assert found is not None
    assert (found.subject, found.subject_id) == (SubjectKind.OFFER, offer.id)
    assert found.score < 0.28
    assert engine.compare(session, Query("clean room"), SubjectKind.NEED, offer.id) is None


def test_what_was_asked_before_is_not_encoded_again(
    session: Session, make: Make, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while somebody types: only the clause that grows, and the whole."""
    encoded: list[str] = []

    class Remembering(HashingEncoder):
        def encode(self, texts: list[str]) -> NDArray[np.float32]:
            encoded.extend(texts)
            return super().encode(texts)

    make.offer(make.organisation(kind="centre"), "Clean room")
    index()
    monkeypatch.setattr(engine_module, "load_encoder", lambda name: Remembering())
    engine = Engine("hashing")
    before = engine.suggest(session, Query("We need a clean room, for three months", subjects=OFFERS))
    encoded.clear()
    engine.suggest(session, Query("We need a clean room, for three months or four", subjects=OFFERS))
    assert encoded == ["We need a clean room, for three months or four", "for three months or four"]
    encoded.clear()
    assert engine.suggest(session, Query("We need a clean room, for three months", subjects=OFFERS)) == before
    assert encoded == []


def test_another_process_follows(session: Session, make: Make, index: Index, engine: Engine) -> None:
    other, query = Engine("hashing"), Query("clean room", subjects=OFFERS)
    first = make.offer(make.organisation(kind="centre"), "Clean room")
    index()
    assert named(other.suggest(session, query)) == [(SubjectKind.OFFER, first.id)]
    second = make.offer(make.organisation(kind="centre"), "Clean room")
    first.state = SupplyState.WITHDRAWN
    enqueue_embedding(session, SubjectKind.OFFER, first.id)
    index()
    assert named(other.suggest(session, query)) == [(SubjectKind.OFFER, second.id)]
    health = other.health(session)
    assert health.head == health.applied
    assert other.verify(session).ok


def test_words_alone_without_an_encoder(session: Session, make: Make, index: Index, engine: Engine) -> None:
    offer = make.offer(make.organisation(kind="centre"), "Salt spray chamber")
    make.offer(make.organisation(kind="centre"), "Something else")
    index()
    make.offer(make.organisation(kind="centre"), "Salt spray chamber, not indexed yet")
    session.commit()
    broken = Engine("/nowhere/at/all/encoder.json")

    def fail(name: str | None) -> HashingEncoder:
        raise EncoderUnavailable("no file")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "load_encoder", fail)
        answer = broken.suggest(session, Query("salt spray chamber", subjects=OFFERS))
        assert answer.degraded
        assert named(answer) == [(SubjectKind.OFFER, offer.id)]
        assert {reason.factor for reason in answer.items[0].reasons} == {"words"}
        assert answer.items[0].score > answer.threshold
        assert broken.work(session) == 0
        assert not broken.verify(session).ok
        health = broken.health(session)
    assert (health.degraded, health.loaded, health.size) == (True, False, 4)
    assert engine.work(session) > 0  # the jobs have waited


def test_without_encoder_and_rows_there_is_no_answer(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str | None) -> HashingEncoder:
        raise EncoderUnavailable("no file")

    monkeypatch.setattr(engine_module, "load_encoder", fail)
    answer = Engine().suggest(session, Query("salt spray"))
    assert (answer.items, answer.degraded) == ((), True)


def test_making_an_engine_loads_nothing(session: Session) -> None:
    health = Engine("hashing").health(session)
    assert (health.loaded, health.size, health.applied, health.degraded) == (False, 0, 0, False)


def test_verify_names_what_differs(session: Session, make: Make, index: Index, engine: Engine) -> None:
    centre = make.organisation(kind="centre")
    stale, orphaned, gone = (make.offer(centre, f"Clean room {n}") for n in range(3))
    index()
    assert engine.verify(session).ok
    stale.title = Bilingual("Phòng khác", "Another room")
    orphaned.state = SupplyState.DRAFT
    missing = make.offer(centre, "New room")
    session.delete(gone)
    session.flush()
    found = engine.verify(session)
    assert found.problems == tuple(
        f"{name} in the row"
        for name in (
            f"offer:{stale.id} is out of date",
            f"offer:{orphaned.id} should not be",
            f"offer:{gone.id} should not be",
            f"offer:{missing.id} is missing",
        )
    )
    session.execute(sa.update(Embedding).where(Embedding.subject_id == centre.id).values(text_hash="another"))
    assert any("in the index" in problem for problem in engine.verify(session).problems)


def test_many_threads_ask_while_rows_change(sessions: sessionmaker[Session]) -> None:
    engine, done, failures = Engine("hashing"), threading.Event(), []
    with sessions() as session:
        make = Make(session)
        centre = make.organisation(kind="centre")
        offers = [make.offer(centre, f"Clean room {n}").id for n in range(20)]
        session.commit()
        engine.work(session)

    def ask() -> None:
        try:
            while not done.is_set():
                with sessions() as session:
                    answer = engine.suggest(session, Query("clean room", organisation_id=centre_id, subjects=OFFERS))
                    assert answer.items
                    assert len(set(named(answer))) == len(answer.items)
        except BaseException as error:
            failures.append(error)
            raise

    with sessions() as session:
        centre_id = session.scalar(sa.text("SELECT id FROM organisation"))
    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    with sessions() as session:
        for n, offer_id in enumerate(offers[:12]):
            session.connection(execution_options={"writes": True})
            session.execute(sa.text(f"UPDATE offer SET title_en = 'Clean hall {n}' WHERE id = {offer_id}"))
            enqueue_embedding(session, SubjectKind.OFFER, offer_id)
            session.commit()
            engine.work(session)
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    with sessions() as session:
        assert engine.verify(session).ok
