"""The index rows in the database: written by the worker, read in order by the index of each process.

A transaction that writes rows does everything else first, calls `write` and commits at once. `write` stores the rows,
then counts up the clock, then stamps the rows with the new number. The clock's row lock is taken at that point and
held until the commit, so numbers become visible in their order: whoever reads `head` = n sees every row stamped up to
n. Rows are stamped after the lock because a number read before it could be overtaken. The lock is held for two short
statements; rows written before it block nobody, since only one worker at a time may write an entry (matching.worker).
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from matching.text import Entry
from models.embeddings import Embedding, EmbeddingClock
from models.types import SubjectKind

Key = tuple[SubjectKind, int]

CHUNK = 500  # keys in one statement, rows fetched at once

_ROWS: Any = Embedding.__table__  # as a table: entities would cost more than the answer itself
_SPANS = sa.select(_ROWS.c.id, _ROWS.c.text_hash, sa.cast(_ROWS.c.spans, sa.Text), _ROWS.c.span_vectors).where(
    _ROWS.c.id.in_(sa.bindparam("row_ids", expanding=True)), _ROWS.c.deleted.is_(False)
)

_CREATE_CLOCK = """INSERT INTO embedding_clock (id, seq)
SELECT 1, coalesce(max(seq), 0) FROM embedding WHERE true ON CONFLICT (id) DO NOTHING"""


@dataclass(frozen=True)
class Record:
    """What is to be stored of one entry: None for one that is no longer to be found.

    `vectors` has a float32 row for each part of the entry, `span_vectors` one for each span; both may be left out
    when the stored row is known to have the same hash.
    """

    subject: SubjectKind
    subject_id: int
    entry: Entry | None
    vectors: NDArray[np.float32] | None = None
    span_vectors: NDArray[np.float32] | None = None

    @property
    def key(self) -> Key:
        return self.subject, self.subject_id


class Change(NamedTuple):
    """A stored row as the index reads it; `vectors` (parts, dimension) float32, empty for a deleted entry."""

    row_id: int
    subject: SubjectKind
    subject_id: int
    deleted: bool
    text_hash: str
    texts: list[str]
    facts: dict[str, Any]
    vectors: NDArray[np.float32]

    @property
    def key(self) -> Key:
        return self.subject, self.subject_id


@dataclass(frozen=True)
class Spans:
    """The clauses of an entry and a vector for each, shape (clauses, dimension), as of the row with this hash."""

    text_hash: str
    texts_json: str
    vectors: NDArray[np.float16]

    @property
    def texts(self) -> list[str]:
        texts: list[str] = json.loads(self.texts_json)
        return texts


def write(session: Session, model: str, records: Iterable[Record]) -> list[Key]:
    """Stores what differs from the rows of `model` and returns its keys. The caller commits at once (see above).

    A row with the same hash is not touched. An entry that is None leaves a tombstone, or nothing if it never was there.
    Raises ValueError for vectors that do not fit the entry.
    """
    records = sorted(records, key=lambda record: record.key)  # the same order in every transaction: no deadlock
    rows = _rows(session, model, [record.key for record in records])
    changed = []
    for record in records:
        row = rows.get(record.key)
        if _same(row, record.entry):
            continue
        if row is None:
            row = Embedding(model=model, subject_kind=record.subject, subject_id=record.subject_id, seq=0)
            session.add(row)
        _fill(row, record)
        changed.append(row)
    session.flush()
    if changed:
        seq = _tick(session)
        for row in changed:
            row.seq = seq
        session.flush()
    return [(row.subject_kind, row.subject_id) for row in changed]


def head(session: Session) -> int:
    """The number of the newest change; 0 before the first."""
    return session.scalar(sa.select(EmbeddingClock.seq)) or 0


def served_before(session: Session) -> str | None:
    """What the last switch replaced; None if there was none."""
    return session.scalar(sa.select(EmbeddingClock.previous))


def ensure_clock(session: Session) -> None:
    """Makes the row of the clock if a database lacks it."""
    session.execute(sa.text(_CREATE_CLOCK))


def serve(session: Session, encoder: str, instead_of: str) -> None:
    """From the commit on every process answers with the rows of `encoder`. The caller commits at once."""
    ensure_clock(session)
    session.execute(sa.update(EmbeddingClock).values(encoder=encoder, previous=instead_of))


def changes(session: Session, model: str, after: int, upto: int) -> Iterator[Change]:
    """The rows of `model` with `after < seq <= upto`, in that order; without the vectors of spans, which stay here."""
    columns = (
        Embedding.id,
        Embedding.subject_kind,
        Embedding.subject_id,
        Embedding.deleted,
        Embedding.text_hash,
        Embedding.parts,
        Embedding.facts,
        Embedding.vector,
    )
    statement = (
        sa.select(*columns)
        .where(Embedding.model == model, Embedding.seq > after, Embedding.seq <= upto)
        .order_by(Embedding.seq, Embedding.id)
        .execution_options(yield_per=CHUNK)
    )
    for row_id, kind, subject_id, deleted, text_hash, parts, facts, vector in session.execute(statement):
        texts = [part["text"] for part in parts]
        yield Change(row_id, kind, subject_id, deleted, text_hash, texts, facts, unpack(vector, len(texts)))


def hashes(session: Session, model: str, keys: Sequence[Key] | None = None) -> dict[Key, str]:
    """The hash of every live row of `model`, or of those among `keys`."""
    live = sa.select(Embedding.subject_kind, Embedding.subject_id, Embedding.text_hash).where(
        Embedding.model == model, Embedding.deleted.is_(False)
    )
    statements = [live] if keys is None else [live.where(condition) for condition in _among(keys)]
    return {(kind, id_): text_hash for statement in statements for kind, id_, text_hash in session.execute(statement)}


def stamps(session: Session, model: str) -> Iterator[Sequence[Any]]:
    """What every row of `model` says of itself, in blocks: id, subject_kind, subject_id, text_hash, deleted, seq."""
    columns = (
        Embedding.id,
        Embedding.subject_kind,
        Embedding.subject_id,
        Embedding.text_hash,
        Embedding.deleted,
        Embedding.seq,
    )
    statement = sa.select(*columns).where(Embedding.model == model).execution_options(yield_per=20 * CHUNK)
    yield from session.execute(statement).partitions()


def latest_model(session: Session) -> str | None:
    """The encoder of the newest row: what there is to search when no encoder can be loaded."""
    return session.scalar(sa.select(Embedding.model).order_by(Embedding.seq.desc()).limit(1))


def read_spans(session: Session, row_ids: Sequence[int], dimension: int) -> dict[int, Spans]:
    """What the live ones among these rows say of their clauses, by the number of the row. One statement."""
    found = session.connection().execute(_SPANS, {"row_ids": row_ids}).all()
    return {
        row_id: Spans(text_hash, texts, np.frombuffer(vectors, dtype=np.float16).reshape(-1, dimension))
        for row_id, text_hash, texts, vectors in found
    }


def unpack(data: bytes, count: int) -> NDArray[np.float32]:
    """`data` as `count` float32 rows of equal length; shape (0, 0) for none."""
    if not count:
        return np.zeros((0, 0), dtype=np.float32)
    return np.frombuffer(data, dtype=np.float32).reshape(count, -1)


def _rows(session: Session, model: str, keys: Sequence[Key]) -> dict[Key, Embedding]:
    found: dict[Key, Embedding] = {}
    for condition in _among(keys):
        statement = sa.select(Embedding).where(Embedding.model == model, condition)
        for row in session.scalars(statement.execution_options(populate_existing=True)):
            found[row.subject_kind, row.subject_id] = row
    return found


def _among(keys: Sequence[Key]) -> Iterator[sa.ColumnElement[bool]]:
    """Conditions that together select `keys`, each short enough for one statement."""
    for kind in SubjectKind:
        ids = sorted({id_ for subject, id_ in keys if subject is kind})
        for start in range(0, len(ids), CHUNK):
            yield sa.and_(Embedding.subject_kind == kind, Embedding.subject_id.in_(ids[start : start + CHUNK]))


def _same(row: Embedding | None, entry: Entry | None) -> bool:
    if row is None or row.deleted:
        return entry is None
    return entry is not None and row.text_hash == entry.text_hash


def _fill(row: Embedding, record: Record) -> None:
    entry = record.entry
    if entry is None:
        row.deleted, row.text_hash, row.facts = True, "", {}
        row.parts, row.vector, row.spans, row.span_vectors = [], b"", [], b""
        return
    vectors, span_vectors = record.vectors, record.span_vectors
    if vectors is None or len(vectors) != len(entry.parts):
        raise ValueError(f"{record.key}: a vector is needed for each of {len(entry.parts)} parts")
    if span_vectors is None or len(span_vectors) != len(entry.spans):
        raise ValueError(f"{record.key}: a vector is needed for each of {len(entry.spans)} spans")
    row.deleted, row.text_hash, row.facts = False, entry.text_hash, entry.facts
    row.parts = [{"lang": language, "text": text} for language, text in entry.parts]
    row.vector = np.ascontiguousarray(vectors, dtype=np.float32).tobytes()
    row.spans = list(entry.spans)
    row.span_vectors = np.ascontiguousarray(span_vectors, dtype=np.float16).tobytes()


def _tick(session: Session) -> int:
    """Counts up the clock and keeps its row locked until the commit. Makes the row if a database lacks it."""
    statement = sa.update(EmbeddingClock).values(seq=EmbeddingClock.seq + 1).returning(EmbeddingClock.seq)
    statement = statement.execution_options(synchronize_session=False)
    seq = session.scalar(statement)
    if seq is None:
        ensure_clock(session)
        seq = session.scalar(statement)
    assert seq is not None
    return seq
