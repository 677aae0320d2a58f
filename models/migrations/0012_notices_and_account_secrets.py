"""Notices in the site and how their mails come, mails tried again later, secrets that prove a mailbox."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KINDS = (
    "requests",
    "deadlines",
    "connections",
    "outcomes",
    "applications",
    "challenges",
    "events",
    "entries",
    "news",
    "standing",
    "people",
    "coordination",
    "account",
)


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_user_id_user_account")
    return sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", _words("noticekind", *KINDS), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=True),
        _moment("at"),
        _moment("read_at", nullable=True),
        sa.Column("for_digest", sa.Boolean(), nullable=False),
        _of_user("notification"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    )
    op.create_index("ix_notification_user_id_read_at", "notification", ["user_id", "read_at"], unique=False)
    op.create_index("ix_notification_for_digest_at", "notification", ["for_digest", "at"], unique=False)
    op.create_table(
        "notice_choice",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", _words("noticekind", *KINDS), nullable=False),
        sa.Column("mail", _words("mailchoice", "at_once", "daily", "off"), nullable=False),
        _of_user("notice_choice"),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_notice_choice")),
    )
    op.create_table(
        "account_secret",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("use", _words("secretuse", "password", "email"), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        _moment("made_at"),
        _moment("expires_at"),
        _moment("used_at", nullable=True),
        sa.CheckConstraint("(use = 'email') = (email IS NOT NULL)", name=op.f("ck_account_secret_address")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_account_secret_email_lower")),
        _of_user("account_secret"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_secret")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_account_secret_secret_hash")),
    )
    op.create_index(op.f("ix_account_secret_user_id"), "account_secret", ["user_id"], unique=False)
    with op.batch_alter_table("outbox_mail") as table:
        table.add_column(sa.Column("user_id", sa.Integer(), nullable=True))
        table.add_column(_moment("next_try_at", nullable=True))
        table.add_column(_moment("failed_at", nullable=True))
        table.create_foreign_key(
            op.f("fk_outbox_mail_user_id_user_account"), "user_account", ["user_id"], ["id"], ondelete="CASCADE"
        )
        table.create_index(op.f("ix_outbox_mail_user_id"), ["user_id"])
        table.create_index("ix_outbox_mail_failed_at", ["failed_at"])
    _whose_mails()


def _whose_mails() -> None:
    """Mails that stand there belong to whoever has that address; those that failed five times have failed for good."""
    op.execute("UPDATE outbox_mail SET user_id = (SELECT id FROM user_account WHERE email = recipient)")
    op.execute("UPDATE outbox_mail SET failed_at = created_at WHERE sent_at IS NULL AND attempts >= 5")


def downgrade() -> None:
    with op.batch_alter_table("outbox_mail") as table:
        table.drop_index("ix_outbox_mail_failed_at")
        table.drop_index(op.f("ix_outbox_mail_user_id"))
        table.drop_constraint(op.f("fk_outbox_mail_user_id_user_account"), type_="foreignkey")
        table.drop_column("failed_at")
        table.drop_column("next_try_at")
        table.drop_column("user_id")
    for table in ("account_secret", "notice_choice", "notification"):
        op.drop_table(table)
