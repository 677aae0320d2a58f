"""The waiting jobs: entries whose text, state or owner changed are embedded anew, then the matches they touch renewed.

Embedding is slow and takes place outside any transaction. The transaction that stores the result is one that only one
worker at a time can hold; it describes the entries once more and stores only those that still say what was embedded.
The job rows done are exactly those read before; a change made meanwhile has added a row of its own, which is found in
the next round. A round with a limit takes the newest jobs first: what somebody has just saved does not wait behind a
bulk load. A job that fails keeps the error; it is tried again by the next call, MOST_ATTEMPTS times in all.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from matching import entries, matches, store
from matching.encoder import Encoder
from matching.store import Key, Record
from matching.text import Entry, describe
from models.base import utc_now
from models.jobs import Job, enqueue, enqueue_embedding
from models.types import SubjectKind

if TYPE_CHECKING:
    from matching.engine import Engine

log = logging.getLogger(__name__)

BATCH = 48  # jobs read, and entries stored, together
MANY = 2000  # match jobs read together: several about one need are one piece of work
MOST_ATTEMPTS = 5
WORKERS = 57_2025  # the number of our advisory lock on PostgreSQL

MATCHED = (SubjectKind.NEED, SubjectKind.OFFER, SubjectKind.TECHNOLOGY, SubjectKind.ORGANISATION)
NEED_KEYS = f"{SubjectKind.NEED.value}:%"


class Round:
    """One call of the worker: what it has tried and failed at is left for the next one."""

    def __init__(self, session: Session, engine: "Engine", encoder: Encoder) -> None:
        self.session, self.engine, self.encoder = session, engine, encoder
        self._failed: set[int] = set()

    def embed(self, limit: int | None = None, progress: Callable[[int], None] | None = None) -> int:
        """Does 'embed' jobs in batches until none waits or `limit` are done; returns how many entries were looked at.

        `progress` is told the number of jobs done after each batch.
        """
        looked_at, left = 0, limit
        while left is None or left > 0:
            jobs = self._waiting("embed", BATCH if left is None else min(BATCH, left), newest=limit is not None)
            if not jobs:
                break
            looked_at += self._embed(jobs)
            left = None if left is None else left - len(jobs)
            if progress:
                progress(len(jobs))
        return looked_at

    def fill(self, progress: Callable[[int], None] | None = None) -> int:
        """Embeds every entry whose row is missing or out of date; returns how many. Commits after each batch.

        `progress` is told the number of entries found complete, then of those done after each batch. An entry that
        fails ends it with the error.
        """
        wanted: dict[Key, str | None] = {}
        for keys in _batches(sorted(entries.everything(self.session)), entries.CHUNK):
            wanted |= {key: _hash(entry) for key, entry in self._described(keys).items()}
        stored = store.hashes(self.session, self.encoder.name)
        lacking = [key for key in wanted.keys() | stored.keys() if wanted.get(key) != stored.get(key)]
        if progress:
            progress(len(wanted) - len(lacking))
        for keys in _batches(sorted(lacking), BATCH):
            described = self._described(keys)
            self.session.commit()
            records = [self._encoded(key, entry) for key, entry in described.items()]
            writing(self.session)
            now = self._described(keys)
            same = [record for record in records if _hash(record.entry) == _hash(now[record.key])]
            store.write(self.session, self.encoder.name, same)
            self.session.commit()
            if progress:
                progress(len(keys))
        return len(lacking)

    def match(self, limit: int | None = None) -> int:
        """Does 'match' jobs, those about supplies first; returns how many needs had their matches renewed.

        `limit` bounds the jobs about supplies, and the needs.
        """
        newest = limit is not None
        while jobs := self._waiting("match", limit or MANY, Job.key.not_like(NEED_KEYS), newest=newest):
            self._spread(jobs)
            if limit:
                break
        renewed = 0
        while limit is None or renewed < limit:
            jobs = self._waiting("match", MANY, Job.key.like(NEED_KEYS), newest=newest)
            wanted = list(dict.fromkeys(jobs.values()))[: None if limit is None else limit - renewed]
            if not wanted:
                break
            for key in wanted:
                renewed += self._refresh(key, [id_ for id_, each in jobs.items() if each == key])
        return renewed

    def _embed(self, jobs: dict[int, str]) -> int:
        """Returns how many entries the jobs were about."""
        keys = {name: key for name in jobs.values() if (key := _key(name))}
        errors = dict.fromkeys(set(jobs.values()) - keys.keys(), "not the name of an entry")
        described = self._described(keys.values())
        stored = store.hashes(self.session, self.encoder.name, sorted(keys.values()))
        self.session.commit()
        records: list[Record] = []
        for name, key in keys.items():
            entry = described[key]
            if _hash(entry) == stored.get(key):
                continue
            try:
                records.append(self._encoded(key, entry))
            except Exception as error:  # whatever the model raises belongs to this entry; the others go on
                log.exception("could not embed %s", name)
                errors[name] = f"{type(error).__name__}: {error}"
        writing(self.session)
        now = self._described(keys.values())
        current = {key for key, entry in now.items() if _hash(entry) == _hash(described[key])}
        changed = [record for record in records if record.key in current]
        self._follow([record.key for record in changed])
        self._fail({id_: errors[name] for id_, name in jobs.items() if name in errors})
        self._finish([id_ for id_, name in jobs.items() if name not in errors and keys[name] in current])
        store.write(self.session, self.encoder.name, changed)
        self.session.commit()
        return len(set(jobs.values()))

    def _follow(self, changed: Collection[Key]) -> None:
        """Entries follow their organisation, which decides whether they are shown; matches follow both."""
        organisations = [id_ for kind, id_ in changed if kind is SubjectKind.ORGANISATION]
        for kind, id_ in entries.owned_by(self.session, organisations) if organisations else ():
            enqueue_embedding(self.session, kind, id_)
        for kind, id_ in changed:
            if kind in MATCHED:
                enqueue(self.session, "match", f"{kind.value}:{id_}")

    def _spread(self, jobs: dict[int, str]) -> None:
        """Turns jobs about supplies into jobs about the needs they touch; about all needs when that is less work."""
        keys = {name: key for name in jobs.values() if (key := _key(name))}
        everyone = matches.open_needs(self.session)
        if len(keys) >= len(everyone):
            needs = everyone
        else:
            needs = set().union(*(matches.touched_needs(self.session, self.engine, key) for key in keys.values()))
        self.session.commit()
        writing(self.session)
        for need_id in sorted(needs):
            enqueue(self.session, "match", f"{SubjectKind.NEED.value}:{need_id}")
        self._fail({id_: "not the name of an entry" for id_, name in jobs.items() if name not in keys})
        self._finish([id_ for id_, name in jobs.items() if name in keys])
        self.session.commit()

    def _refresh(self, name: str, ids: list[int]) -> int:
        """The matches of one need, in a transaction of their own. Returns 1, or 0 if that failed."""
        writing(self.session)
        try:
            key = _key(name)
            if key is None:
                raise ValueError("not the name of an entry")
            matches.refresh(self.session, self.engine, key[1], now=utc_now())
        except (ValueError, LookupError, TypeError, RuntimeError, SQLAlchemyError) as error:
            log.exception("could not renew the matches of %s", name)
            self.session.rollback()
            writing(self.session)
            self._fail(dict.fromkeys(ids, f"{type(error).__name__}: {error}"))
            self.session.commit()
            return 0
        self._finish(ids)
        self.session.commit()
        return 1

    def _waiting(
        self, kind: str, most: int, *conditions: sa.ColumnElement[bool], newest: bool = False
    ) -> dict[int, str]:
        """Ids and keys of the oldest or newest jobs that wait and have not failed in this round. Commits."""
        statement = sa.select(Job.id, Job.key).where(*_to_do(kind), Job.id.not_in(self._failed), *conditions)
        jobs = {
            row.id: row.key
            for row in self.session.execute(statement.order_by(Job.id.desc() if newest else Job.id).limit(most))
        }
        self.session.commit()
        return jobs

    def _described(self, keys: Iterable[Key]) -> dict[Key, Entry | None]:
        keys = sorted(set(keys))
        subjects = entries.load(self.session, keys)
        return {key: describe(subjects[key]) if key in subjects else None for key in keys}

    def _encoded(self, key: Key, entry: Entry | None) -> Record:
        if entry is None:
            return Record(*key, None)
        texts = [text for _, text in entry.parts]
        vectors = self.encoder.encode([*texts, *entry.spans])
        return Record(*key, entry, vectors[: len(texts)], vectors[len(texts) :])

    def _finish(self, ids: Collection[int]) -> None:
        self.session.execute(sa.update(Job).where(Job.id.in_(ids)).values(done_at=utc_now(), error=None))

    def _fail(self, errors: dict[int, str]) -> None:
        for id_, error in errors.items():
            values = {"attempts": Job.attempts + 1, "error": error[:1000]}
            self.session.execute(sa.update(Job).where(Job.id == id_).values(values))
        self._failed |= errors.keys()


def writing(session: Session) -> None:
    """Begins a transaction that only one worker at a time can hold."""
    connection = session.connection(execution_options={"writes": True})
    if connection.dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(WORKERS)))


def renew_matches(session: Session) -> None:
    """All stored matches follow the encoder that serves now. The caller commits; the next round does it."""
    for need_id in sorted(matches.open_needs(session)):
        enqueue(session, "match", f"{SubjectKind.NEED.value}:{need_id}")


def waiting_count(session: Session, kind: str = "embed") -> int:
    """How many jobs of this kind wait, for a progress bar."""
    return session.scalar(sa.select(sa.func.count()).select_from(Job).where(*_to_do(kind))) or 0


def _batches(keys: list[Key], size: int) -> Iterator[list[Key]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))


def _to_do(kind: str) -> tuple[sa.ColumnElement[bool], ...]:
    return Job.kind == kind, Job.done_at.is_(None), Job.attempts < MOST_ATTEMPTS


def _key(name: str) -> Key | None:
    """The entry a job is about; None if the name is not one."""
    kind, _, id_ = name.partition(":")
    return (SubjectKind(kind), int(id_)) if kind in tuple(SubjectKind) and id_.isdigit() else None


def _hash(entry: Entry | None) -> str | None:
    return entry.text_hash if entry else None
