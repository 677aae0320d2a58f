"""Waiting jobs: what is done, what waits, what fails, and what two workers do to each other."""

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from matching import store, worker
from matching.encoder import HashingEncoder, Vectors
from matching.engine import Engine
from matching.questions import Query
from models import Embedding, Job, Match, Offer
from models.jobs import enqueue, enqueue_embedding
from models.texts import Bilingual
from models.types import NeedState, ProfileState, SubjectKind
from tests.factories import Make

Index = Callable[[], int]


def waiting(session: Session, kind: str = "embed") -> list[str]:
    return list(session.scalars(sa.select(Job.key).where(Job.kind == kind, Job.done_at.is_(None)).order_by(Job.id)))


def titles(session: Session, engine: Engine, text: str) -> set[int]:
    found = engine.suggest(session, Query(text, subjects=frozenset({SubjectKind.OFFER})), limit=50)
    return {item.subject_id for item in found.items}


def test_jobs_are_done_once_and_only_changes_are_stored(session: Session, make: Make, index: Index) -> None:
    centre = make.organisation(kind="centre")
    offer = make.offer(centre)
    assert index() == 2 + 1  # the offer once more, after its organisation
    assert waiting(session) == waiting(session, "match") == []
    before = store.head(session)
    for _ in range(3):
        enqueue_embedding(session, SubjectKind.OFFER, offer.id)
    assert index() == 1
    assert store.head(session) == before
    assert index() == 0


def test_a_deleted_entry_leaves_the_index(session: Session, make: Make, index: Index, engine: Engine) -> None:
    offer = make.offer(make.organisation(kind="centre"), "Clean room")
    index()
    assert titles(session, engine, "clean room") == {offer.id}
    enqueue_embedding(session, SubjectKind.OFFER, offer.id)
    session.delete(offer)
    index()
    assert titles(session, engine, "clean room") == set()
    assert engine.verify(session).ok


def test_entries_follow_their_organisation(session: Session, make: Make, index: Index, engine: Engine) -> None:
    centre = make.organisation(kind="centre")
    make.offer(centre, "Clean room")
    make.technology(centre, "Clean room filter")
    make.need(centre, "Clean room wanted")
    index()
    for state, expected in ((ProfileState.SUSPENDED, 0), (ProfileState.CLAIMED, 4)):
        centre.state = state
        enqueue_embedding(session, SubjectKind.ORGANISATION, centre.id)
        index()
        assert len(store.hashes(session, "hashing-256")) == expected
        assert engine.verify(session).ok


def test_limit_bounds_the_jobs_and_progress_counts_them(session: Session, make: Make, engine: Engine) -> None:
    for n in range(5):
        make.organisation(f"Number {n}", kind="centre")
    session.commit()
    told: list[int] = []
    assert engine.work(session, limit=2, progress=told.append) == 2
    assert (sum(told), worker.waiting_count(session)) == (2, 3)
    assert engine.work(session, progress=told.append) == 3
    assert sum(told) == 5


def test_what_was_just_saved_does_not_wait_behind_a_bulk_load(session: Session, make: Make, engine: Engine) -> None:
    centre = make.organisation("Lotus", kind="centre")
    for n in range(9):
        make.offer(centre, f"Clean room {n}")
    need = make.need(make.organisation(), "Clean room 8")
    session.commit()
    engine.work(session, limit=3)
    assert (SubjectKind.NEED, need.id) in store.hashes(session, "hashing-256")
    assert {match.need_id for match in session.scalars(sa.select(Match))} == {need.id}
    assert worker.waiting_count(session) > 0


class Picky(HashingEncoder):
    """Cannot encode a text with the word 'poison'; counts what it was given."""

    given = 0

    def encode(self, texts: list[str]) -> Vectors:
        self.given += 1
        if any("poison" in text for text in texts):
            raise RuntimeError("cannot digest this")
        return super().encode(texts)


def test_one_bad_entry_does_not_hold_up_the_others(session: Session, make: Make, engine: Engine) -> None:
    engine._encoder = Picky()
    centre = make.organisation(kind="centre")
    bad, good = make.offer(centre, "poison"), make.offer(centre, "Clean room")
    session.commit()
    engine.work(session)
    assert waiting(session) == [f"offer:{bad.id}"] * 2  # its own job, and the one that followed its organisation
    assert titles(session, engine, "clean room") == {good.id}
    job = session.scalars(sa.select(Job).where(Job.done_at.is_(None))).first()
    assert job is not None
    assert (job.attempts, job.error) == (1, "RuntimeError: cannot digest this")
    bad.title = bad.summary = Bilingual(None, "Cured")
    enqueue_embedding(session, SubjectKind.OFFER, bad.id)
    session.commit()
    engine.work(session)
    assert waiting(session) == []
    assert titles(session, engine, "clean room") == {good.id, bad.id}


def test_a_job_is_given_up_after_some_attempts(session: Session, make: Make, engine: Engine) -> None:
    engine._encoder = picky = Picky()
    make.organisation("poison", kind="centre")
    enqueue(session, "embed", "nonsense")
    enqueue(session, "match", "need:nonsense")
    session.commit()
    for _ in range(worker.MOST_ATTEMPTS + 2):
        engine.work(session)
    assert picky.given == worker.MOST_ATTEMPTS
    assert worker.waiting_count(session) == 0
    attempts = list(session.scalars(sa.select(Job.attempts).where(Job.done_at.is_(None))))
    assert attempts == [worker.MOST_ATTEMPTS] * 3


def test_a_change_while_encoding_is_found_in_the_next_round(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text changes between reading and storing: what was embedded of the old one is thrown away."""
    engine = Engine("hashing")
    with sessions() as session:
        offer = Make(session).offer(Make(session).organisation(kind="centre"), "First words")
        offer_id = offer.id
        session.commit()

    class Slow(HashingEncoder):
        changed = False

        def encode(self, texts: list[str]) -> Vectors:
            if "First words" in " ".join(texts) and not self.changed:
                self.changed = True
                with sessions() as other:
                    changing = other.get_one(Offer, offer_id)
                    changing.title = changing.summary = Bilingual(None, "Second thoughts")
                    enqueue_embedding(other, SubjectKind.OFFER, offer_id)
                    other.commit()
            return super().encode(texts)

    engine._encoder = Slow()
    with sessions() as session:
        engine.work(session)
        assert waiting(session) == []
        row = session.scalars(sa.select(Embedding).where(Embedding.subject_kind == SubjectKind.OFFER)).one()
        assert row.parts == [{"lang": "en", "text": "Second thoughts Second thoughts"}]
        assert engine.verify(session).ok


def test_two_workers_and_two_writers_lose_nothing(sessions: sessionmaker[Session]) -> None:
    engines, failures, done = [Engine("hashing"), Engine("hashing")], [], threading.Event()
    with sessions() as session:
        make = Make(session)
        offers = [make.offer(make.organisation(kind="centre"), f"Clean room {n}").id for n in range(6)]
        session.commit()

    def guarded(task: Callable[[int], None], number: int) -> None:
        try:
            task(number)
        except BaseException as error:
            failures.append(error)
            raise

    def change(number: int) -> None:
        for n in range(12):
            with sessions() as session:
                session.connection(execution_options={"writes": True})
                offer = session.get_one(Offer, offers[(n * (number + 1)) % 6], with_for_update=True)
                offer.title = offer.summary = Bilingual(None, f"Room {number} {n}")
                offer.organisation.state = ProfileState.SUSPENDED if n % 4 == 3 else ProfileState.CLAIMED
                enqueue_embedding(session, SubjectKind.OFFER, offer.id)
                enqueue_embedding(session, SubjectKind.ORGANISATION, offer.organisation_id)
                session.commit()

    def work(number: int) -> None:
        while not done.is_set():
            with sessions() as session:
                engines[number].work(session)

    workers = [threading.Thread(target=guarded, args=(work, n)) for n in range(2)]
    writers = [threading.Thread(target=guarded, args=(change, n)) for n in range(2)]
    for thread in workers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in workers:
        thread.join()
    assert failures == []
    with sessions() as session:
        engines[0].work(session)
        for engine in engines:
            assert engine.verify(session).problems == ()


def test_supply_jobs_become_jobs_of_the_needs_they_touch(session: Session, make: Make, index: Index) -> None:
    startup = make.organisation()
    near, far = make.need(startup, "Salt spray test of a sensor"), make.need(startup, "Trade mark advice")
    for n in range(3):
        make.need(startup, f"Something else {n}")
    index()
    before = session.scalar(sa.select(sa.func.max(Job.id)))
    make.offer(make.organisation(kind="centre"), "Salt spray test of a sensor")
    index()
    later = sa.select(Job.key).where(Job.id > before, Job.kind == "match", Job.key.like("need:%"))
    assert f"need:{near.id}" in set(session.scalars(later))
    assert [match.need_id for match in session.scalars(sa.select(Match).where(Match.offer_id.is_not(None)))] == [
        near.id,
        near.id,
    ]
    far.state = NeedState.DRAFT


def test_failed_matches_keep_their_error(
    session: Session, make: Make, index: Index, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = make.need(make.organisation())
    index()

    def fail(*arguments: object, **more: object) -> int:
        raise LookupError("no such thing")

    monkeypatch.setattr(worker.matches, "refresh", fail)
    enqueue(session, "match", f"need:{need.id}")
    index()
    assert waiting(session, "match") == [f"need:{need.id}"]
    monkeypatch.undo()
    index()
    assert waiting(session, "match") == []
