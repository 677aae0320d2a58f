"""Which encoder serves, and which served before."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("embedding_clock") as table:
        table.add_column(sa.Column("encoder", sa.String(length=200), nullable=True))
        table.add_column(sa.Column("previous", sa.String(length=200), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("embedding_clock") as table:
        table.drop_column("previous")
        table.drop_column("encoder")
