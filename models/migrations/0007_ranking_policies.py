"""Ranking policies as data, and which of them is in force."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ranking_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_policy")),
        sa.UniqueConstraint("name", name=op.f("uq_ranking_policy_name")),
    )
    with op.batch_alter_table("embedding_clock") as table:
        table.add_column(sa.Column("policy_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_embedding_clock_policy_id_ranking_policy"), "ranking_policy", ["policy_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("embedding_clock") as table:
        table.drop_constraint(op.f("fk_embedding_clock_policy_id_ranking_policy"), type_="foreignkey")
        table.drop_column("policy_id")
    op.drop_table("ranking_policy")
