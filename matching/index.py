"""The index of one process: the newest snapshot of the entries, kept up to the rows of the database.

The rows are the truth (matching.store); this is a cache that anyone may throw away. `catch_up` compares one number and
makes a new snapshot with what is newer, while those who search go on with the old one. Whatever the order of the
changes, the result equals a fresh build: `contents` says so.
"""

import threading
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy.orm import Session

from matching import store
from matching.saved import SavedIndex, agrees
from matching.segments import Segment
from matching.snapshot import Snapshot
from matching.store import Change

PATIENCE = 0.1  # seconds


class Index:
    """The entries of one encoder. Safe to use from several threads.

    With a `folder`, most of it is a file there that all processes share.
    """

    def __init__(self, model: str, folder: Path | None = None) -> None:
        self.model = model
        self.now = Snapshot.of(Segment.of([]), 0)
        self._file = SavedIndex(folder, model) if folder else None
        self._lock = threading.Lock()  # of those who make the next snapshot

    def catch_up(self, session: Session, head: int | None = None) -> int:
        """Applies the rows written since the last call; returns how many.

        `head` is the newest number if it has just been read; otherwise one short statement reads it. `session` must
        hold no uncommitted rows of its own: a rollback would leave the index ahead of the database. A session that
        looks at an older state than the index leaves it as it is. While another thread catches up, this one waits for
        PATIENCE, long enough for what was just saved by hand, and then goes on with what there is, if there is any.
        """
        head = store.head(session) if head is None else head
        if head <= self.now.applied or not self._lock.acquire(timeout=PATIENCE if self.now.applied else -1):
            return 0
        try:
            if head <= self.now.applied:
                return 0
            before = self.now if self.now.applied else self._opened(session, head) or self.now
            after, count = self._caught_up(session, before, head)
            if after.due:
                after = self._joined(session, after, head)
            self.now = after
            return count
        finally:
            self._lock.release()

    def apply(self, changes: Iterable[Change]) -> None:
        """Replaces or removes the entries named, as Snapshot.after; none is changed if it raises."""
        with self._lock:
            self.now = self.now.after(changes, self.now.applied)

    def _caught_up(self, session: Session, before: Snapshot, head: int) -> tuple[Snapshot, int]:
        counted = 0

        def found() -> Iterable[Change]:
            nonlocal counted
            for change in store.changes(session, self.model, before.applied, head):
                counted += 1
                yield change

        return before.after(found(), head), counted

    def _opened(self, session: Session, head: int) -> Snapshot | None:
        """What the file holds, if it says what the rows say."""
        found = self._file.read() if self._file else None
        if found is None or found[1] > head or not agrees(session, self.model, *found):
            return None
        return Snapshot.of(*found)

    def _joined(self, session: Session, snapshot: Snapshot, head: int) -> Snapshot:
        """In one segment, shared if there is a file: another process's if that is newer than ours, or ours written.

        While another process writes, all stays as it is.
        """
        if self._file is None:
            return snapshot.joined()
        with self._file.alone() as alone:
            if not alone:
                return snapshot
            newer = self._opened(session, head)
            if newer and newer.applied > snapshot.started:
                found, _ = self._caught_up(session, newer, head)
                if not found.due:
                    return found
            whole = snapshot.joined()
            self._file.write(whole.large, whole.applied)
            shared = self._file.read()
            return Snapshot.of(*shared) if shared and shared[1] == whole.applied else whole
