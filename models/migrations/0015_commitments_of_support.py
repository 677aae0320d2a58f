"""Commitments of support that startups ask of centres."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STATES = ("asked", "granted", "declined", "withdrawn")
REASONS = (
    "too_early",
    "benefit_unclear",
    "route_unclear",
    "description_unclear",
    "outside_field",
    "no_capacity",
    "conflict_of_interest",
    "terms",
    "other_partner",
)


def _of(column: str, parent: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_commitment_{column}_{parent}")
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=name, ondelete=ondelete)


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _words(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "commitment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("asks", sa.Text(), nullable=False),
        sa.Column("state", _words("commitmentstate", STATES), nullable=False),
        _moment("asked_at"),
        _moment("reply_by"),
        _moment("reminded_at", nullable=True),
        _moment("escalated_at", nullable=True),
        sa.Column("commits_vi", sa.Text(), nullable=True),
        sa.Column("commits_en", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("decline_reason", _words("declinereason", REASONS), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        _moment("settled_at", nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("organisation_id <> centre_id", name=op.f("ck_commitment_two_sides")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_commitment_dates")),
        sa.CheckConstraint(
            "(state = 'granted') = (starts_on IS NOT NULL AND ends_on IS NOT NULL"
            " AND coalesce(commits_vi, commits_en) IS NOT NULL)",
            name=op.f("ck_commitment_granted_whole"),
        ),
        sa.CheckConstraint(
            "(state = 'declined') = (decline_reason IS NOT NULL)", name=op.f("ck_commitment_declined_with_reason")
        ),
        sa.CheckConstraint("(state = 'asked') = (settled_at IS NULL)", name=op.f("ck_commitment_settled_at")),
        _of("organisation_id", "organisation"),
        _of("centre_id", "organisation"),
        _of("author_id", "user_account", "SET NULL"),
        _of("settled_by_id", "user_account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
    )
    waiting = sa.text("state = 'asked'")
    op.create_index(
        "uq_commitment_asked",
        "commitment",
        ["organisation_id", "centre_id"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("ix_commitment_state_reply_by", "commitment", ["state", "reply_by"], unique=False)
    op.create_index("ix_commitment_centre_id_state", "commitment", ["centre_id", "state"], unique=False)


def downgrade() -> None:
    op.drop_table("commitment")
