"""Action programmes with milestones, countable outputs and the money in them; the numbers that charts draw."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _text(name: str) -> tuple[sa.Column, sa.Column]:
    return sa.Column(f"{name}_vi", sa.Text(), nullable=True), sa.Column(f"{name}_en", sa.Text(), nullable=True)


def _times() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )


def _provenance() -> sa.Column:
    words = _words("provenance", "illustrative", "public_source", "self_declared", "verified")
    return sa.Column("provenance", words, nullable=False)


def _of(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{parent}")
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "action_programme",
        sa.Column("id", sa.Integer(), nullable=False),
        *_text("title"),
        *_text("office"),
        *_text("breakthrough"),
        *_text("goal"),
        sa.Column("state", _words("actionstate", "running", "planned", "done", "dropped"), nullable=False),
        *_text("drop_reason"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        *_times(),
        sa.Column("starter_key", sa.String(length=100), nullable=True),
        _provenance(),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        *_text("note"),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'dropped') = (coalesce(drop_reason_vi, drop_reason_en) IS NOT NULL)",
            name=op.f("ck_action_programme_dropped_with_reason"),
        ),
        sa.CheckConstraint("coalesce(office_vi, office_en) IS NOT NULL", name=op.f("ck_action_programme_answered_for")),
        sa.CheckConstraint("coalesce(title_vi, title_en) IS NOT NULL", name=op.f("ck_action_programme_titled")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_action_programme_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_programme")),
        sa.UniqueConstraint("starter_key", name=op.f("uq_action_programme_starter_key")),
    )
    op.create_index(op.f("ix_action_programme_state"), "action_programme", ["state"], unique=False)
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        *_text("title"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            _words("milestonestate", "open", "late", "escalated", "settled", "passed_on", "done"),
            nullable=False,
        ),
        sa.Column("done_on", sa.Date(), nullable=True),
        *_text("obstacle"),
        *_text("decision"),
        sa.Column("escalated_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        *_times(),
        sa.CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name=op.f("ck_milestone_done_on")),
        sa.CheckConstraint(
            "state NOT IN ('escalated', 'settled', 'passed_on') OR coalesce(obstacle_vi, obstacle_en) IS NOT NULL",
            name=op.f("ck_milestone_escalated_with_obstacle"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('settled', 'passed_on') OR coalesce(decision_vi, decision_en) IS NOT NULL",
            name=op.f("ck_milestone_decided_with_reason"),
        ),
        sa.CheckConstraint("coalesce(title_vi, title_en) IS NOT NULL", name=op.f("ck_milestone_titled")),
        _of("milestone", "programme_id", "action_programme"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    op.create_index(op.f("ix_milestone_programme_id"), "milestone", ["programme_id"], unique=False)
    op.create_index("ix_milestone_state_due_on", "milestone", ["state", "due_on"], unique=False)
    op.create_table(
        "action_output",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        *_text("title"),
        *_text("unit"),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        *_times(),
        sa.CheckConstraint("coalesce(title_vi, title_en) IS NOT NULL", name=op.f("ck_action_output_titled")),
        sa.CheckConstraint("reached = 0 OR as_of IS NOT NULL", name=op.f("ck_action_output_counted_on")),
        sa.CheckConstraint("reached >= 0", name=op.f("ck_action_output_reached")),
        sa.CheckConstraint("target > 0", name=op.f("ck_action_output_target")),
        _of("action_output", "programme_id", "action_programme"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_output")),
    )
    op.create_index(op.f("ix_action_output_programme_id"), "action_output", ["programme_id"], unique=False)
    op.create_table(
        "contribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            _words(
                "capitalsource", "city_budget", "state_budget", "enterprise", "fund", "bank", "institute", "foreign"
            ),
            nullable=False,
        ),
        sa.Column("promised_vnd", sa.BigInteger(), nullable=False),
        sa.Column("paid_vnd", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        _provenance(),
        sa.Column("sources", sa.JSON(), nullable=False),
        *_times(),
        sa.CheckConstraint("paid_vnd BETWEEN 0 AND promised_vnd", name=op.f("ck_contribution_paid")),
        sa.CheckConstraint("promised_vnd > 0", name=op.f("ck_contribution_promised")),
        _of("contribution", "programme_id", "action_programme"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
    )
    op.create_index(op.f("ix_contribution_programme_id"), "contribution", ["programme_id"], unique=False)
    op.create_table(
        "figure_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starter_key", sa.String(length=100), nullable=True),
        sa.Column("figure_id", sa.Integer(), nullable=False),
        sa.Column(
            "series",
            _words("figureseries", "st_enterprises", "national_share", "pii_score", "startupblink_rank"),
            nullable=False,
        ),
        *_text("label"),
        sa.Column("number", sa.Double(), nullable=False),
        sa.Column("at", sa.String(length=7), nullable=True),
        sa.Column("goal", sa.Boolean(), nullable=False),
        _of("figure_point", "figure_id", "figure"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_point")),
        sa.UniqueConstraint("starter_key", name=op.f("uq_figure_point_starter_key")),
    )
    op.create_index(op.f("ix_figure_point_figure_id"), "figure_point", ["figure_id"], unique=False)


def downgrade() -> None:
    for table in ("figure_point", "contribution", "action_output", "milestone", "action_programme"):
        op.drop_table(table)
