"""A database of made-up organisations of any size, with index rows, written without the slow way through the worker."""

from itertools import islice
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from matching.words import spans
from models import Base, Embedding, EmbeddingClock, Organisation
from models.base import open_sqlite, utc_now
from models.types import OrganisationKind, ProfileState, Provenance, SubjectKind

BLOCK = 5000


def fill(path: Path, texts: list[str], vectors: NDArray[np.float32], kinds: list[str]) -> None:
    """Writes `path` unless it is there. The clauses of a text have its vector with a little noise of their own."""
    if path.exists():
        return
    scratch = path.with_suffix(".scratch")
    scratch.unlink(missing_ok=True)
    engine = sa.create_engine(f"sqlite:///{scratch}")
    open_sqlite(engine)
    Base.metadata.create_all(engine)
    rng = np.random.default_rng(1)
    with Session(engine) as session:
        session.add(EmbeddingClock(id=1, seq=len(texts)))
        rows = iter(enumerate(zip(texts, vectors, kinds, strict=True), start=1))
        while block := list(islice(rows, BLOCK)):
            session.execute(sa.insert(Organisation.__table__), [_organisation(i, *row) for i, row in block])
            session.execute(sa.insert(Embedding), [_embedding(i, *row, rng) for i, row in block])
            session.commit()
    engine.dispose()
    scratch.rename(path)


def _organisation(number: int, text: str, _vector: NDArray[np.float32], kind: str) -> dict[str, object]:
    return {
        "id": number,
        "slug": f"body-{number}",
        "kind": OrganisationKind(kind),
        "name_vi": f"Đơn vị thử tải {number}",
        "summary_vi": text,
        "state": ProfileState.CLAIMED,
        "provenance": Provenance.ILLUSTRATIVE,
        "folded": "",
        "created_at": utc_now(),
        "updated_at": utc_now(),
    }


def _embedding(
    number: int, text: str, vector: NDArray[np.float32], kind: str, rng: np.random.Generator
) -> dict[str, object]:
    clauses = spans(text)
    near = vector + 0.04 * rng.normal(size=(len(clauses), len(vector)))
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    return {
        "subject_kind": SubjectKind.ORGANISATION,
        "subject_id": number,
        "model": "hanoi-vi-en-2",
        "text_hash": str(number),
        "parts": [{"lang": "vi", "text": text}],
        "vector": vector.astype(np.float32).tobytes(),
        "spans": clauses,
        "span_vectors": near.astype(np.float16).tobytes(),
        "facts": {"organisation_id": number, "organisation_kind": kind, "visibility": "public", "languages": ["vi"]},
        "deleted": False,
        "seq": number,
    }
