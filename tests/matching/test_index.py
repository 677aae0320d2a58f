"""The index of a process: whatever happens to the rows, it ends up as if it had been built anew."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session, sessionmaker

from matching import store
from matching.encoder import HashingEncoder
from matching.index import Index
from matching.questions import SUPPLY, Query
from matching.segments import Segment
from matching.snapshot import Candidates, Snapshot
from matching.store import Change, Record
from matching.text import Entry
from models import Base, Embedding, EmbeddingClock
from models.types import OrganisationKind, SubjectKind, Visibility

ENCODER = HashingEncoder(32)
WORDS = ("clean room", "phòng sạch", "seed fund", "vốn mồi", "sensor", "lab tests")

entries = st.builds(
    lambda texts, visibility, kinds: Entry(
        tuple(zip(("vi", "en"), texts, strict=False)), (), {"visibility": visibility, "kinds": kinds}
    ),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=2),
    st.sampled_from(["public", "members"]),
    st.lists(st.sampled_from(["lab", "funding"]), max_size=2, unique=True),
)
steps = st.lists(
    st.one_of(
        st.just("catch up"),
        st.dictionaries(
            st.tuples(st.sampled_from([SubjectKind.OFFER, SubjectKind.NEED]), st.integers(1, 4)),
            st.one_of(st.none(), entries),
            min_size=1,
            max_size=4,
        ),
    ),
    max_size=12,
)


@contextmanager
def database() -> Iterator[Session]:
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine, tables=[Embedding.__table__, EmbeddingClock.__table__])  # type: ignore[list-item]
    with Session(engine) as session:
        yield session
    engine.dispose()


def record(key: store.Key, entry: Entry | None) -> Record:
    if entry is None:
        return Record(*key, None)
    return Record(*key, entry, ENCODER.encode([text for _, text in entry.parts]), np.zeros((0, 32), dtype=np.float32))


def answer(index: Index, query: Query) -> dict[store.Key, tuple[float, float]]:
    found = index.now.search(query, ENCODER.encode([query.text])[0])
    assert found.cosine is not None
    return {
        found.key(i): (round(float(found.cosine[i]), 5), round(float(found.coverage[i]), 5))
        for i in range(len(found.rows))
    }


@given(steps)
@settings(max_examples=60, deadline=None)
def test_caught_up_equals_built_anew(history: list[Any]) -> None:
    with database() as session:
        index = Index("test")
        for step in history:
            if step == "catch up":
                index.catch_up(session)
                continue
            store.write(session, "test", [record(key, entry) for key, entry in step.items()])
            session.commit()
        index.catch_up(session)
        fresh = Index("test")
        fresh.catch_up(session)
        assert index.now.contents() == fresh.now.contents()
        assert index.now.hashes() == store.hashes(session, "test")
        assert len(index.now) == len(fresh.now)
        for clearance in Visibility:
            query = Query("clean room", subjects=frozenset(SubjectKind), clearance=clearance)
            assert answer(index, query) == answer(fresh, query)


def change(subject_id: int, text: str = "clean room", kind: SubjectKind = SubjectKind.OFFER, **facts: Any) -> Change:
    facts = {"visibility": "public", **facts}
    return Change(subject_id, kind, subject_id, False, f"{text} {facts}", [text], facts, ENCODER.encode([text]))


def ids(found: Candidates) -> list[int]:
    return sorted(int(each) for each in found.rows["id"])


def search(index: Index, **query: Any) -> list[int]:
    asked = Query("clean room", **query)
    return ids(index.now.search(asked, ENCODER.encode([asked.text])[0]))


def test_filters_come_before_the_search() -> None:
    index = Index("test")
    index.apply(
        [
            change(1, organisation_id=7, organisation_kind="centre"),
            change(2, organisation_id=8, organisation_kind="startup"),
            change(3, organisation_id=8, organisation_kind="startup", visibility="members"),
            change(4, kind=SubjectKind.NEED, organisation_id=7),
            change(5, kind=SubjectKind.PROGRAMME, closes_on="2026-11-20"),
        ]
    )
    assert search(index) == [1, 2, 5]
    assert search(index, clearance=Visibility.MEMBERS) == [1, 2, 3, 5]
    assert search(index, subjects=frozenset({SubjectKind.NEED})) == [4]
    assert search(index, organisation_id=8) == [2]
    assert search(index, exclude_organisation=8) == [1, 5]
    assert search(index, organisation_kinds=frozenset({OrganisationKind.CENTRE}), subjects=SUPPLY) == [1, 5]
    assert search(index, on=date(2026, 11, 20)) == [1, 2, 5]
    assert search(index, on=date(2026, 11, 21)) == [1, 2]
    assert search(index, subjects=frozenset()) == []


def test_the_nearest_are_found_among_the_admitted_only() -> None:
    index = Index("test")
    index.apply([change(n, "clean room", organisation_id=1) for n in range(1, 50)])
    index.apply([change(n, "far away from all of that", organisation_id=2) for n in range(50, 53)])
    query = Query("clean room", exclude_organisation=1)
    assert ids(index.now.search(query, ENCODER.encode([query.text])[0], k=2)) == [50, 51]


def test_an_entry_counts_once_with_its_best_part() -> None:
    index = Index("test")
    vectors = ENCODER.encode(["something else", "clean room"])
    index.apply(
        [
            Change(
                1, SubjectKind.OFFER, 1, False, "h", ["something else", "clean room"], {"visibility": "public"}, vectors
            )
        ]
    )
    found = index.now.search(Query("clean room"), vectors[1])
    assert ids(found) == [1]
    assert found.cosine is not None
    assert found.cosine[0] == pytest.approx(1, abs=1e-6)


def test_what_cannot_be_read_changes_nothing_for_the_reader() -> None:
    """Neither the answer nor a number in it."""
    open_entries = [change(n, text) for n, text in enumerate(WORDS, 1)]
    hidden = [change(90 + n, f"clean room {text}", visibility="members") for n, text in enumerate(WORDS)]
    without, beside = Index("test"), Index("test")
    without.apply(open_entries)
    beside.apply(open_entries + hidden)
    assert answer(without, Query("clean room sensor")) == answer(beside, Query("clean room sensor"))


def test_named_entries_are_compared_if_admitted() -> None:
    index = Index("test")
    index.apply([change(1), change(2, "nothing of it"), change(3, visibility="members")])
    wanted = [(SubjectKind.OFFER, n) for n in (2, 3, 4)]
    found = index.now.search(Query("clean room"), ENCODER.encode(["clean room"])[0], only=wanted)
    assert ids(found) == [2]


def test_words_alone_without_a_vector() -> None:
    index = Index("test")
    index.apply([change(1), change(2, "nothing of it")])
    found = index.now.search(Query("clean room"), None)
    assert (ids(found), found.cosine) == ([1], None)


def test_kinds_of_help_are_found_by_their_words() -> None:
    index = Index("test")
    index.apply([change(1, kinds=["incubation"]), change(2)])
    assert ids(index.now.search(Query("uom tao"), None)) == [1]


def test_empty_index_answers_nothing() -> None:
    assert search(Index("test")) == []


def test_other_dimensions_are_refused_before_anything_is_changed() -> None:
    index = Index("test")
    index.apply([change(1)])
    before = index.now.contents()
    odd = replace_vectors(change(2), np.ones((1, 5), dtype=np.float32))
    with pytest.raises(ValueError, match="different dimensions"):
        index.apply([change(3), odd])
    assert index.now.contents() == before


def replace_vectors(found: Change, vectors: Any) -> Change:
    return found._replace(vectors=vectors)


def test_a_session_in_the_past_changes_nothing(session: Session) -> None:
    index = Index("test")
    index.now = Snapshot.of(Segment.of([]), store.head(session) + 5)
    assert index.catch_up(session) == 0
    assert index.now.applied == store.head(session) + 5


def test_who_reads_while_another_writes_sees_one_state_or_the_next_never_a_mixture(
    sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    """Every commit changes all entries; eight threads look at each snapshot as a whole while it is replaced."""
    index, done, failures = Index("test", tmp_path), threading.Event(), []
    keys = [(SubjectKind.OFFER, n) for n in range(1, 300)]

    def commit(version: int) -> None:
        entry = Entry((("en", f"clean room {version}"),), (), {"visibility": "public"})
        with sessions() as session:
            session.connection(execution_options={"writes": True})
            store.write(session, "test", [record(key, entry) for key in keys])
            session.commit()

    def read() -> None:
        try:
            while not done.is_set():
                with sessions() as session:
                    index.catch_up(session)
                query = Query("clean room", subjects=frozenset({SubjectKind.OFFER}))
                found = index.now.search(query, ENCODER.encode(["clean room"])[0], only=keys)
                assert len(found.rows) == len(keys)
                assert len(set(found.hashes.tolist())) == len(set(found.coverage.tolist())) == 1
        except BaseException as error:
            failures.append(error)
            raise

    commit(0)
    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for version in range(1, 6):
        commit(version)
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    with sessions() as session:
        index.catch_up(session)
        fresh = Index("test")
        fresh.catch_up(session)
    assert index.now.contents() == fresh.now.contents()


def test_nobody_waits_for_a_change_that_takes_its_time(session: Session) -> None:
    index, begun, finish = Index("test"), threading.Event(), threading.Event()
    store.write(session, "test", [record((SubjectKind.OFFER, 1), Entry((("en", "clean room"),), (), {}))])
    index.catch_up(session)

    def slow() -> Iterator[Change]:
        yield change(2)
        begun.set()
        finish.wait()

    writer = threading.Thread(target=lambda: index.apply(slow()))
    writer.start()
    begun.wait()
    store.write(session, "test", [record((SubjectKind.OFFER, 3), Entry((("en", "clean room"),), (), {}))])
    assert index.catch_up(session) == 0
    assert len(index.now) == 1
    finish.set()
    writer.join()
    assert index.catch_up(session) == 1
    assert len(index.now) == 3


def test_room_grows() -> None:
    index = Index("test")
    index.apply([change(n, f"text {n}") for n in range(1, 200)])
    index.apply(
        [Change(n, SubjectKind.OFFER, n, True, "", [], {}, np.zeros((0, 0), np.float32)) for n in range(1, 150)]
    )
    index.apply([change(n, f"text {n}") for n in range(300, 400)])
    fresh = Index("test")
    fresh.apply([change(n, f"text {n}") for n in [*range(150, 200), *range(300, 400)]])
    assert index.now.contents() == fresh.now.contents()
