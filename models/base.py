"""The declarative base, the columns every entry shares, and how SQLite must be opened."""

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, composite, declared_attr, mapped_column

from models.texts import Bilingual, fold
from models.types import Provenance, SourceRef, UTCDateTime, enum_type

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

__all__ = ["Base", "Provenanced", "Searchable", "Timed", "bilingual", "open_sqlite", "utc_now"]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UTCDateTime,
        date: sa.Date,
        str: sa.Text,
        list[SourceRef]: sa.JSON,
        list[str]: sa.JSON,
        dict[str, Any]: sa.JSON,
    }


def bilingual(name: str) -> Any:
    """A pair of nullable text columns `<name>_vi` and `<name>_en`, read and written as one `Bilingual`."""
    return composite(
        Bilingual,
        mapped_column(f"{name}_vi", sa.Text, nullable=True),
        mapped_column(f"{name}_en", sa.Text, nullable=True),
    )


class Timed:
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)


class Provenanced:
    """Where an entry comes from. `starter_key` names the record of the starter registry that made it, if one did."""

    starter_key: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    provenance: Mapped[Provenance] = mapped_column(enum_type(Provenance), default=Provenance.SELF_DECLARED)
    sources: Mapped[list[SourceRef]] = mapped_column(default=list)
    uncertain: Mapped[bool] = mapped_column(default=False)

    @declared_attr
    def note(cls) -> Mapped[Bilingual]:
        return bilingual("note")  # type: ignore[no-any-return]


class Searchable:
    """Keeps `folded`: the public texts in both languages without diacritics, for free-text search in lists."""

    folded: Mapped[str] = mapped_column(sa.Text, default="")

    def searchable_texts(self) -> tuple[Bilingual | None, ...]:
        raise NotImplementedError


@event.listens_for(Searchable, "before_insert", propagate=True)
@event.listens_for(Searchable, "before_update", propagate=True)
def _fold_texts(mapper: object, connection: object, target: Searchable) -> None:
    parts = [part for text in target.searchable_texts() if text for part in (text.vi, text.en) if part]
    folded = fold(" ".join(dict.fromkeys(parts)))
    if target.folded != folded:
        target.folded = folded


def open_sqlite(engine: Engine) -> None:
    """Foreign keys, write-ahead log and real transactions on every connection of an SQLite engine.

    The driver of Python 3.11 begins transactions by itself and too late; it is switched off and `BEGIN` sent instead.
    A connection opened with the execution option `writes=True` takes the write lock at once, so that a use case
    that first reads and then writes cannot fail half-way on a lock.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, record: object) -> None:
        connection.isolation_level = None
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
