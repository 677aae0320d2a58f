"""The index rows: one per entry and encoder, stamped with a sequence number that is never seen out of order.

`seq` comes from the one row of `embedding_clock`, counted up as the last statement of a short transaction: the row
lock makes commits happen in the order of the numbers. A reader that has applied everything up to `head` therefore
misses nothing when it next asks for `applied < seq <= head`. (A sequence or auto-increment is handed out before the
commit: a late commit is then skipped. Measured in the design notes: 168 of 360 rows lost.)
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import SubjectKind, enum_type


class EmbeddingClock(Base):
    """One row: the newest number, which encoder's rows serve, and which ranking policy is in force.

    `encoder` was switched to by its name as in the setting ENCODER ("" is the project's own); while it is NULL the
    setting serves. `previous` served before, for the way back. While `policy_id` is NULL the policy in the code serves.
    """

    __tablename__ = "embedding_clock"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    seq: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    encoder: Mapped[str | None] = mapped_column(sa.String(200))
    previous: Mapped[str | None] = mapped_column(sa.String(200))
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("ranking_policy.id"))


class Embedding(Base):
    """What the index knows of one entry.

    `parts` are the texts embedded, [{"lang": "vi", "text": ...}, ...]; `vector` their float32 vectors, row after row;
    `spans` the clauses of those texts and `span_vectors` their float16 vectors, used to show which phrases met;
    `facts` the values that filters and factors read (see matching.text). Only the public level of an entry goes in.
    `deleted` marks a tombstone: texts and vectors are then empty.
    """

    __tablename__ = "embedding"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "model"),
        Index("ix_embedding_model_seq", "model", "seq"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[SubjectKind] = mapped_column(enum_type(SubjectKind))
    subject_id: Mapped[int]
    model: Mapped[str] = mapped_column(sa.String(100))
    text_hash: Mapped[str] = mapped_column(sa.String(64))
    parts: Mapped[list[dict[str, str]]] = mapped_column(sa.JSON, default=list)
    vector: Mapped[bytes] = mapped_column(sa.LargeBinary, default=b"")
    spans: Mapped[list[str]] = mapped_column(default=list)
    span_vectors: Mapped[bytes] = mapped_column(sa.LargeBinary, default=b"")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    deleted: Mapped[bool] = mapped_column(default=False)
    seq: Mapped[int] = mapped_column(sa.BigInteger, default=0)
