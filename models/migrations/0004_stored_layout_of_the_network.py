"""The drawings of the network of organisations and fields, computed beside the requests."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "graph_layout",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("positions", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_graph_layout")),
    )


def downgrade() -> None:
    op.drop_table("graph_layout")
