"""Saved searches with what was found for them, what people have been told already, and needs begun and not saved.

What is published by now counts as published long ago: nobody is told of it as new.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SUBJECTS = ("organisation", "offer", "technology", "programme", "need")
FREQUENCIES = ("daily", "weekly", "off")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _subject() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("subject_kind", _words("subjectkind", *SUBJECTS), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False, autoincrement=False),
    )


def _moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _of(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{parent}")
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "publication",
        *_subject(),
        _moment("at"),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", name=op.f("pk_publication")),
    )
    op.create_index("ix_publication_at", "publication", ["at"], unique=False)
    _note_what_is_there()
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", _words("searchkind", "question", "directory", "needs", "technologies"), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("frequency", _words("frequency", *FREQUENCIES), nullable=False),
        _moment("checked_at"),
        _moment("digest_at"),
        _moment("created_at"),
        _moment("updated_at"),
        sa.CheckConstraint("(kind = 'question') = (text IS NOT NULL)", name=op.f("ck_saved_search_asked")),
        _of("saved_search", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
    )
    op.create_index(op.f("ix_saved_search_user_id"), "saved_search", ["user_id"], unique=False)
    op.create_index("ix_saved_search_checked_at", "saved_search", ["checked_at"], unique=False)
    op.create_table(
        "saved_search_hit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=False),
        *_subject(),
        sa.Column("score", sa.Double(), nullable=True),
        _moment("found_at"),
        _of("saved_search_hit", "search_id", "saved_search"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search_hit")),
        sa.UniqueConstraint(
            "search_id",
            "subject_kind",
            "subject_id",
            name=op.f("uq_saved_search_hit_search_id_subject_kind_subject_id"),
        ),
    )
    op.create_table(
        "news_choice",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("frequency", _words("frequency", *FREQUENCIES), nullable=False),
        _moment("digest_at"),
        _of("news_choice", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_news_choice")),
    )
    op.create_table(
        "news_told",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        _moment("told_at"),
        _of("news_told", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_told")),
        sa.UniqueConstraint("user_id", "about", "subject", name=op.f("uq_news_told_user_id_about_subject")),
    )
    op.create_table(
        "need_draft",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        _moment("saved_at"),
        _of("need_draft", "need_id", "need"),
        _of("need_draft", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("need_id", "user_id", name=op.f("pk_need_draft")),
    )


def _note_what_is_there() -> None:
    entry = sa.table(
        "embedding", sa.column("subject_kind"), sa.column("subject_id"), sa.column("deleted", sa.Boolean())
    )
    long_ago = sa.literal(datetime(2000, 1, 1, tzinfo=UTC), sa.DateTime(timezone=True))
    found = sa.select(entry.c.subject_kind, entry.c.subject_id, long_ago).where(entry.c.deleted.is_(False)).distinct()
    columns = (sa.column(name) for name in ("subject_kind", "subject_id", "at"))
    op.execute(sa.table("publication", *columns).insert().from_select(["subject_kind", "subject_id", "at"], found))


def downgrade() -> None:
    for table in ("need_draft", "news_told", "news_choice", "saved_search_hit", "saved_search", "publication"):
        op.drop_table(table)
