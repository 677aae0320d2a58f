"""The waiting jobs: entries whose text, state or owner changed are embedded anew, then the matches they touch renewed.

Embedding is slow and takes place outside any transaction. The transaction that stores the result takes the lock of
workers, describes the entries once more, and stores only those that still say what was embedded. The job rows done are
exactly those read before; a change made meanwhile has added a row of its own, which is found in the next round.
"""

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matching import entries, matches, store
from matching.encoder import Encoder
from matching.text import Entry, describe
from models.base import utc_now
from models.jobs import Job, enqueue
from models.types import SubjectKind

if TYPE_CHECKING:
    from matching.engine import Engine

log = logging.getLogger(__name__)

BATCH = 48  # entries embedded and stored together
MOST_ATTEMPTS = 5
WORKERS = 57_2025  # the number of our advisory lock on PostgreSQL


def embed_waiting(
    session: Session, encoder: Encoder, *, limit: int | None = None, progress: Callable[[int], None] | None = None
) -> int:
    """Does 'embed' jobs in batches until none waits or `limit` entries were looked at; returns how many were."""
    done = 0
    while limit is None or done < limit:
        jobs = _waiting(session, "embed", min(BATCH, limit - done) if limit else BATCH)
        if not jobs:
            break
        done += _embed(session, encoder, jobs)
        if progress:
            progress(len(jobs))
    return done


def match_waiting(session: Session, engine: "Engine") -> int:
    """Does 'match' jobs: renews the stored matches of every need they touch; returns how many needs those were."""
    renewed = 0
    while jobs := _waiting(session, "match", BATCH):
        writing(session)
        needs: set[int] = set()
        for key in {_key(job_key) for job_key in jobs.values()}:
            needs |= matches.touched_needs(session, engine, key)
        for need_id in sorted(needs):
            matches.refresh(session, engine, need_id, now=utc_now())
        _finish(session, list(jobs))
        session.commit()
        renewed += len(needs)
    return renewed


def writing(session: Session) -> None:
    """Begins a transaction that only one worker at a time can hold."""
    connection = session.connection(execution_options={"writes": True})
    if connection.dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(WORKERS)))


def waiting_count(session: Session) -> int:
    """How many 'embed' jobs wait, for a progress bar."""
    statement = sa.select(sa.func.count()).where(Job.kind == "embed", Job.done_at.is_(None))
    return session.scalar(statement.where(Job.attempts < MOST_ATTEMPTS)) or 0


def _waiting(session: Session, kind: str, most: int) -> dict[int, str]:
    """Ids and keys of the oldest waiting jobs. Ends the transaction it read in."""
    statement = sa.select(Job.id, Job.key).where(Job.kind == kind, Job.done_at.is_(None), Job.attempts < MOST_ATTEMPTS)
    jobs = {row.id: row.key for row in session.execute(statement.order_by(Job.id).limit(most))}
    session.commit()
    return jobs


def _key(text: str) -> store.Key:
    kind, _, id_ = text.partition(":")
    return SubjectKind(kind), int(id_)


def _embed(session: Session, encoder: Encoder, jobs: dict[int, str]) -> int:
    keys = {_key(key) for key in jobs.values()}
    keys |= set(entries.owned_by(session, [id_ for kind, id_ in keys if kind is SubjectKind.ORGANISATION]))
    described = _described(session, keys)
    stored = store.hashes(session, encoder.name, sorted(keys))
    session.commit()
    try:
        records = {
            key: _encoded(encoder, key, entry)
            for key, entry in described.items()
            if entry is None or stored.get(key) != entry.text_hash
        }
    except Exception as error:  # whatever the model raises belongs to these jobs; the others go on
        log.exception("could not embed %s", ", ".join(sorted(jobs.values())))
        _fail(session, list(jobs), f"{type(error).__name__}: {error}")
        return len(keys)
    writing(session)
    now = _described(session, keys)
    current = {key for key, entry in now.items() if _hash(entry) == _hash(described[key])}
    changed = store.write(session, encoder.name, [record for key, record in records.items() if key in current])
    for kind, id_ in changed:
        if kind in (SubjectKind.NEED, SubjectKind.OFFER, SubjectKind.TECHNOLOGY, SubjectKind.ORGANISATION):
            enqueue(session, "match", f"{kind.value}:{id_}")
    _finish(session, [id_ for id_, key in jobs.items() if _key(key) in current])
    session.commit()
    return len(keys)


def _described(session: Session, keys: set[store.Key]) -> dict[store.Key, Entry | None]:
    subjects = entries.load(session, sorted(keys))
    return {key: describe(subjects[key]) if key in subjects else None for key in keys}


def _hash(entry: Entry | None) -> str | None:
    return entry.text_hash if entry else None


def _encoded(encoder: Encoder, key: store.Key, entry: Entry | None) -> store.Record:
    if entry is None:
        return store.Record(*key, None)
    texts = [text for _, text in entry.parts]
    vectors = encoder.encode([*texts, *entry.spans])
    return store.Record(*key, entry, vectors[: len(texts)], vectors[len(texts) :])


def _finish(session: Session, ids: Sequence[int]) -> None:
    session.execute(sa.update(Job).where(Job.id.in_(ids)).values(done_at=utc_now(), error=None))


def _fail(session: Session, ids: Sequence[int], error: str) -> None:
    session.execute(sa.update(Job).where(Job.id.in_(ids)).values(attempts=Job.attempts + 1, error=error))
    session.commit()
