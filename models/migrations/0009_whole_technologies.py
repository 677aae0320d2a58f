"""Technologies whole: evidence, owners, forms, prices, a confidential level, pictures, versions, uploads, confirmation.

Columns come one by one and with their checks in the statement itself: SQLite would otherwise make the table anew, and
with it delete the interests, matches and exhibits that point to it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BASES = ("on_request", "lump_sum", "yearly", "royalty", "free")
FORMS = ("licence", "assignment", "joint_development", "service", "spin_off")
TEXTS = ("ready_for_vi", "ready_for_en", "confidential_vi", "confidential_en", "evidence_vi", "evidence_en")
NOTES = ("price_note_vi", "price_note_en")
MOMENTS = ("confirmed_at", "reminded_at", "stale_at")


def _of(table: str, column: str, parent: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{parent}")
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=name, ondelete=ondelete)


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.add_column("technology", sa.Column("reference", sa.String(length=60), nullable=True))
    op.add_column("technology", sa.Column("ip_number", sa.String(length=120), nullable=True))
    for name in (*TEXTS, *NOTES):
        op.add_column("technology", sa.Column(name, sa.Text(), nullable=True))
    for name in MOMENTS:
        op.add_column("technology", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    bases = ", ".join(f"'{basis}'" for basis in BASES)
    op.execute(
        "ALTER TABLE technology ADD COLUMN price_basis VARCHAR(32) "
        f"CONSTRAINT ck_technology_pricebasis CHECK (price_basis IN ({bases}))"
    )
    op.execute(
        "ALTER TABLE technology ADD COLUMN price_low BIGINT CONSTRAINT ck_technology_price_low CHECK (price_low >= 0)"
    )
    op.execute(
        "ALTER TABLE technology ADD COLUMN price_high BIGINT "
        "CONSTRAINT ck_technology_price_high CHECK (price_high >= price_low)"
    )
    op.execute("UPDATE technology SET confirmed_at = updated_at WHERE state = 'published'")
    op.create_index("uq_technology_reference", "technology", ["organisation_id", "reference"], unique=True)
    op.create_table(
        "technology_owner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("technology_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.CheckConstraint("share BETWEEN 1 AND 10000", name=op.f("ck_technology_owner_share")),
        _of("technology_owner", "technology_id", "technology"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technology_owner")),
    )
    op.create_index(op.f("ix_technology_owner_technology_id"), "technology_owner", ["technology_id"], unique=False)
    op.create_table(
        "technology_transfer",
        sa.Column("technology_id", sa.Integer(), nullable=False),
        sa.Column("form", _words("transferform", *FORMS), nullable=False),
        _of("technology_transfer", "technology_id", "technology"),
        sa.PrimaryKeyConstraint("technology_id", "form", name=op.f("pk_technology_transfer")),
    )
    op.create_table(
        "technology_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("technology_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("alt_vi", sa.Text(), nullable=True),
        sa.Column("alt_en", sa.Text(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_technology_picture_size")),
        _of("technology_picture", "technology_id", "technology"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technology_picture")),
        sa.UniqueConstraint("technology_id", "digest", name=op.f("uq_technology_picture_technology_id_digest")),
    )
    op.create_index(op.f("ix_technology_picture_technology_id"), "technology_picture", ["technology_id"], unique=False)
    op.create_table(
        "technology_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("technology_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        _of("technology_version", "technology_id", "technology"),
        _of("technology_version", "author_id", "user_account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technology_version")),
        sa.UniqueConstraint("technology_id", "number", name=op.f("uq_technology_version_technology_id_number")),
    )
    op.create_table(
        "technology_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("state", _words("uploadstate", "checked", "applied", "undone", "discarded"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sheet", sa.JSON(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('applied', 'undone') OR applied_at IS NOT NULL",
            name=op.f("ck_technology_upload_applied_at"),
        ),
        _of("technology_upload", "organisation_id", "organisation"),
        _of("technology_upload", "author_id", "user_account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technology_upload")),
    )
    op.create_index(
        op.f("ix_technology_upload_organisation_id"), "technology_upload", ["organisation_id", "id"], unique=False
    )


def downgrade() -> None:
    for table in ("upload", "version", "picture", "transfer", "owner"):
        op.drop_table(f"technology_{table}")
    op.drop_index("uq_technology_reference", table_name="technology")
    for name in ("price_high", "price_low", "price_basis", *MOMENTS, *NOTES, *TEXTS, "ip_number", "reference"):
        op.drop_column("technology", name)
