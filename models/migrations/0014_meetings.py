"""Meetings of the two sides of a connection; the audit trail found by person and by day."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATES = ("proposed", "agreed", "others_asked", "withdrawn", "cancelled")


def _of(table: str, column: str, parent: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{parent}")
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=name, ondelete=ondelete)


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interest_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.Column("link", sa.String(length=500), nullable=True),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="meetingstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        _moment("proposed_at"),
        _moment("settled_at", nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        _moment("starts_at", nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('agreed', 'cancelled')) = (starts_at IS NOT NULL)", name=op.f("ck_meeting_picked")
        ),
        sa.CheckConstraint("(state = 'proposed') = (settled_at IS NULL)", name=op.f("ck_meeting_settled")),
        sa.CheckConstraint("minutes BETWEEN 15 AND 480", name=op.f("ck_meeting_minutes")),
        sa.CheckConstraint("place IS NOT NULL OR link IS NOT NULL", name=op.f("ck_meeting_somewhere")),
        _of("meeting", "interest_id", "interest"),
        _of("meeting", "organisation_id", "organisation"),
        _of("meeting", "author_id", "user_account", "SET NULL"),
        _of("meeting", "settled_by_id", "user_account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index("ix_meeting_interest_id", "meeting", ["interest_id"], unique=False)
    op.create_index(op.f("ix_meeting_organisation_id"), "meeting", ["organisation_id"], unique=False)
    waiting = sa.text("state = 'proposed'")
    op.create_index(
        "uq_meeting_proposed",
        "meeting",
        ["interest_id"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "meeting_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        _moment("starts_at"),
        _of("meeting_slot", "meeting_id", "meeting"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_slot")),
        sa.UniqueConstraint("meeting_id", "starts_at", name=op.f("uq_meeting_slot_meeting_id_starts_at")),
    )
    op.create_index("ix_audit_event_actor_id_at", "audit_event", ["actor_id", "at"], unique=False)
    op.create_index("ix_audit_event_at", "audit_event", ["at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_audit_event_at", "audit_event")
    op.drop_index("ix_audit_event_actor_id_at", "audit_event")
    op.drop_table("meeting_slot")
    op.drop_table("meeting")
