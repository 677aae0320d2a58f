"""The file that processes share: used when it says what the rows say, and made anew whenever it does not."""

import fcntl
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from matching import saved, snapshot, store
from matching.index import Index
from matching.saved import SavedIndex
from matching.store import Record
from matching.text import Entry
from models.types import SubjectKind

Sessions = sessionmaker[Session]


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "SMALL", 8)


def write(sessions: Sessions, numbers: range, text: str | None = "clean room") -> None:
    records = []
    for n in numbers:
        entry = Entry((("en", f"{text} {n}"),), (), {"visibility": "public"}) if text else None
        vector = np.random.default_rng(n).normal(size=(1, 32)).astype(np.float32)
        records.append(Record(SubjectKind.OFFER, n, entry, vector, vector[:0]))
    with sessions() as session:
        session.connection(execution_options={"writes": True})
        store.write(session, "test", records)
        session.commit()


def process(sessions: Sessions, folder: Path | None, model: str = "test") -> Index:
    """One that has just started and answers its first question."""
    index = Index(model, folder)
    with sessions() as session:
        index.catch_up(session)
    return index


def mapped(index: Index) -> bool:
    held = index.now.large.vectors.vectors
    while isinstance(held.base, np.ndarray):
        held = held.base
    return not held.flags.writeable


def check(sessions: Sessions, index: Index) -> None:
    assert index.now.contents() == process(sessions, None).now.contents()


def test_a_second_process_maps_what_the_first_wrote_and_reads_only_what_is_new(
    sessions: Sessions, tmp_path: Path
) -> None:
    write(sessions, range(1, 30))
    assert mapped(process(sessions, tmp_path))
    write(sessions, range(5, 8), "seed fund")
    write(sessions, range(8, 10), None)
    second = Index("test", tmp_path)
    with sessions() as session:
        assert second.catch_up(session) == 5
    assert mapped(second)
    check(sessions, second)
    assert oct(SavedIndex(tmp_path, "test").path.stat().st_mode & 0o777) == "0o600"


def test_who_falls_behind_takes_the_newer_file_of_another(sessions: Sessions, tmp_path: Path) -> None:
    write(sessions, range(1, 30))
    first, second = process(sessions, tmp_path), process(sessions, tmp_path)
    write(sessions, range(30, 60))
    with sessions() as session:
        first.catch_up(session)
        written = SavedIndex(tmp_path, "test").path.stat().st_mtime_ns
        second.catch_up(session)
    assert SavedIndex(tmp_path, "test").path.stat().st_mtime_ns == written
    assert len(second.now.large) == 59
    assert mapped(second)
    check(sessions, second)


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flip(data: bytes) -> bytes:
    return data[:-200] + bytes([data[-200] ^ 1]) + data[-199:]


@pytest.mark.parametrize(
    "damage", [cut, flip, lambda data: b"", lambda data: b"not an index", lambda data: data + b"more"]
)
def test_a_damaged_file_is_noticed_and_written_anew(
    sessions: Sessions, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    write(sessions, range(1, 30))
    process(sessions, tmp_path)
    path = SavedIndex(tmp_path, "test").path
    sound = path.read_bytes()
    path.unlink()  # not written over: somebody may have it in memory
    path.write_bytes(damage(sound))
    assert SavedIndex(tmp_path, "test").read() is None
    check(sessions, process(sessions, tmp_path))
    assert path.read_bytes() == sound


@pytest.mark.parametrize("later", [0, 40])
def test_the_file_of_another_database_is_noticed(
    sessions: Sessions, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, later: int
) -> None:
    """Whether that database is older or newer than this one."""
    write(sessions, range(1, 30), "seed fund")
    for n in range(later):
        write(sessions, range(n, n + 1), "seed fund again")
    process(sessions, tmp_path)
    with sessions() as session:
        session.connection(execution_options={"writes": True})
        for table in ("embedding", "embedding_clock"):
            session.execute(sa.text(f"DELETE FROM {table}"))
        session.commit()
    for n in range(1, 25):
        write(sessions, range(n, n + 1))
    index = process(sessions, tmp_path)
    check(sessions, index)
    assert len(index.now) == 24


def test_a_row_that_changed_without_a_number_is_noticed(sessions: Sessions, tmp_path: Path) -> None:
    """As after a backup was put back."""
    write(sessions, range(1, 30))
    process(sessions, tmp_path)
    with sessions() as session:
        session.connection(execution_options={"writes": True})
        session.execute(sa.text("DELETE FROM embedding WHERE subject_id = 3"))
        session.commit()
    index = process(sessions, tmp_path)
    check(sessions, index)
    assert len(index.now) == 28


def test_the_file_of_other_code_or_another_encoder_is_not_read(
    sessions: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(sessions, range(1, 30))
    process(sessions, tmp_path)
    assert SavedIndex(tmp_path, "another").read() is None
    SavedIndex(tmp_path, "test").path.rename(SavedIndex(tmp_path, "another").path)
    assert SavedIndex(tmp_path, "another").read() is None
    process(sessions, tmp_path)
    monkeypatch.setattr(saved, "_code", lambda: "of tomorrow")
    assert SavedIndex(tmp_path, "test").read() is None


def test_one_writes_while_the_others_go_on(sessions: Sessions, tmp_path: Path) -> None:
    write(sessions, range(1, 30))
    path = SavedIndex(tmp_path, "test").path
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        index = process(sessions, tmp_path)
    assert not path.exists()
    check(sessions, index)


def test_a_folder_that_cannot_be_written_to_costs_only_memory(
    sessions: Sessions, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(sessions, range(1, 30))
    (tmp_path / "file").write_text("in the way")
    index = process(sessions, tmp_path / "file")
    check(sessions, index)
    assert "cannot be saved" in caplog.text


def test_what_cannot_be_written_any_more_leaves_the_older_file_and_the_newer_index(
    sessions: Sessions, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(sessions, range(1, 30))
    index = process(sessions, tmp_path)
    SavedIndex(tmp_path, "test").path.with_suffix(".scratch").mkdir()
    write(sessions, range(30, 60))
    with sessions() as session:
        index.catch_up(session)
        assert index.now.applied == store.head(session)
    check(sessions, index)
    assert "cannot be saved" in caplog.text
    check(sessions, process(sessions, tmp_path))
