"""The rows and their clock."""

import threading

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from matching import store
from matching.index import Index
from matching.store import Record
from matching.text import Entry
from models import Embedding, EmbeddingClock
from models.types import SubjectKind

MODEL = "test"


def entry(text: str = "A clean room", **facts: object) -> Entry:
    return Entry((("en", text),), (text,), {"visibility": "public", **facts})


def record(subject_id: int, found: Entry | None, kind: SubjectKind = SubjectKind.OFFER) -> Record:
    if found is None:
        return Record(kind, subject_id, None)
    vector = np.full((1, 4), subject_id, dtype=np.float32)
    return Record(kind, subject_id, found, vector, vector)


def changed(session: Session, after: int = 0, model: str = MODEL) -> list[tuple[int, bool]]:
    return [(c.subject_id, c.deleted) for c in store.changes(session, model, after, store.head(session))]


def test_rows_of_one_transaction_share_a_number(session: Session) -> None:
    before = store.head(session)
    assert store.write(session, MODEL, [record(2, entry()), record(1, entry())]) == [
        (SubjectKind.OFFER, 1),
        (SubjectKind.OFFER, 2),
    ]
    assert store.head(session) == before + 1
    assert changed(session, before) == [(1, False), (2, False)]
    assert changed(session, before, "other") == []


def test_what_is_the_same_is_not_touched(session: Session) -> None:
    store.write(session, MODEL, [record(1, entry())])
    before = store.head(session)
    assert store.write(session, MODEL, [record(1, entry()), record(2, None)]) == []
    assert store.head(session) == before
    assert store.write(session, MODEL, [record(1, entry(kinds=["lab"]))]) == [(SubjectKind.OFFER, 1)]
    assert changed(session, before) == [(1, False)]


def test_a_tombstone_keeps_nothing_and_can_come_back(session: Session) -> None:
    store.write(session, MODEL, [record(1, entry())])
    before = store.head(session)
    store.write(session, MODEL, [record(1, None)])
    assert changed(session, before) == [(1, True)]
    row = session.scalars(sa.select(Embedding)).one()
    assert (row.parts, row.vector, row.spans, row.span_vectors, row.facts) == ([], b"", [], b"", {})
    assert store.hashes(session, MODEL) == {}
    assert store.read_spans(session, [row.id], 4) == {}
    store.write(session, MODEL, [record(1, entry())])
    assert changed(session, before + 1) == [(1, False)]


def test_changes_end_where_asked(session: Session) -> None:
    numbers = []
    for n in range(3):
        store.write(session, MODEL, [record(n, entry())])
        numbers.append(store.head(session))
    found = [change.subject_id for change in store.changes(session, MODEL, numbers[0], numbers[1])]
    assert found == [1]


def test_vectors_come_back_as_they_went(session: Session) -> None:
    vectors = np.random.default_rng(1).normal(size=(2, 8)).astype(np.float32)
    both = Entry((("vi", "một"), ("en", "one")), ("một",), {})
    store.write(session, MODEL, [Record(SubjectKind.NEED, 1, both, vectors, vectors[:1])])
    change = next(store.changes(session, MODEL, 0, store.head(session)))
    assert change.texts == ["một", "one"]
    assert np.array_equal(change.vectors, vectors)
    held = store.read_spans(session, [change.row_id], 8)[change.row_id]
    assert (held.text_hash, held.texts) == (both.text_hash, ["một"])
    assert np.allclose(held.vectors, vectors[:1], atol=2e-3)


@pytest.mark.parametrize("shape", [(0, 4), (2, 4)])
def test_a_vector_is_needed_for_each_part(session: Session, shape: tuple[int, int]) -> None:
    wrong, right = np.zeros(shape, dtype=np.float32), np.zeros((1, 4), dtype=np.float32)
    with pytest.raises(ValueError, match="each of 1 parts"):
        store.write(session, MODEL, [Record(SubjectKind.NEED, 1, entry(), wrong, right)])
    session.expunge_all()
    with pytest.raises(ValueError, match="each of 1 spans"):
        store.write(session, MODEL, [Record(SubjectKind.NEED, 1, entry(), right, wrong)])


def test_a_missing_clock_is_made_and_goes_on_from_the_rows(session: Session) -> None:
    store.write(session, MODEL, [record(1, entry())])
    before = store.head(session)
    session.execute(sa.delete(EmbeddingClock))
    assert store.head(session) == 0
    store.write(session, MODEL, [record(2, entry())])
    assert store.head(session) == before + 1


def test_many_keys_at_once(session: Session) -> None:
    records = [record(n, entry(str(n))) for n in range(store.CHUNK + 3)]
    assert len(store.write(session, MODEL, records)) == len(records)
    assert len(store.hashes(session, MODEL, [each.key for each in records])) == len(records)


def test_a_reader_beside_two_writers_misses_no_row(sessions: sessionmaker[Session]) -> None:
    """Each writer commits 40 times while a reader catches up as often as it can."""
    index, done, failures = Index(MODEL), threading.Event(), []

    def guarded(work: object, *arguments: object) -> None:
        try:
            work(*arguments)  # type: ignore[operator]
        except BaseException as error:
            failures.append(error)
            raise

    def write(first: int) -> None:
        for n in range(40):
            with sessions() as session:
                session.connection(execution_options={"writes": True})
                store.write(session, MODEL, [record(first + n % 20, entry(f"text {n}") if n % 7 else None)])
                session.commit()

    def read() -> None:
        while not done.is_set():
            with sessions() as session:
                index.catch_up(session)

    writers = [threading.Thread(target=guarded, args=(write, first)) for first in (100, 200)]
    reader = threading.Thread(target=guarded, args=(read,))
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert failures == []
    with sessions() as session:
        index.catch_up(session)
        fresh = Index(MODEL)
        fresh.catch_up(session)
        assert index.now.contents() == fresh.now.contents()
        assert index.now.hashes() == store.hashes(session, MODEL)
