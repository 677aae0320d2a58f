"""The whole site: people, organisations, needs and supply, matches and interests, audit, index rows, jobs and mails."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = ("default",)
depends_on = None

OPEN_INTEREST = "state IN ('sent', 'accepted', 'in_discussion', 'agreed', 'outcome_proposed', 'disputed')"


def upgrade() -> None:
    op.create_table(
        "embedding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum(
                "organisation",
                "offer",
                "technology",
                "programme",
                "need",
                name="subjectkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=100), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.Column("span_vectors", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_embedding")),
        sa.UniqueConstraint(
            "subject_kind", "subject_id", "model", name=op.f("uq_embedding_subject_kind_subject_id_model")
        ),
    )
    op.create_index("ix_embedding_model_seq", "embedding", ["model", "seq"], unique=False)
    op.create_table(
        "embedding_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_embedding_clock_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_embedding_clock")),
    )
    op.create_table(
        "field",
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("parent_code", sa.String(length=3), nullable=True),
        sa.Column("name_vi", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["parent_code"], ["field.code"], name=op.f("fk_field_parent_code_field")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_field")),
    )
    op.create_table(
        "figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "figure_group",
            sa.Enum(
                "network",
                "rank",
                "enterprises",
                "finance",
                "institutes",
                "goals",
                name="figuregroup",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("label_vi", sa.Text(), nullable=True),
        sa.Column("label_en", sa.Text(), nullable=True),
        sa.Column("value_vi", sa.Text(), nullable=True),
        sa.Column("value_en", sa.Text(), nullable=True),
        sa.Column("unit_vi", sa.Text(), nullable=True),
        sa.Column("unit_en", sa.Text(), nullable=True),
        sa.Column("period_vi", sa.Text(), nullable=True),
        sa.Column("period_en", sa.Text(), nullable=True),
        sa.Column("as_of", sa.String(length=10), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starter_key", sa.String(length=100), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum(
                "illustrative",
                "public_source",
                "self_declared",
                "verified",
                name="provenance",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("note_vi", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure")),
        sa.UniqueConstraint("starter_key", name=op.f("uq_figure_starter_key")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_done_at", "job", ["done_at", "id"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "centre",
                "enterprise",
                "startup",
                "institute",
                "partner",
                name="organisationkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name_vi", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("summary_vi", sa.Text(), nullable=True),
        sa.Column("summary_en", sa.Text(), nullable=True),
        sa.Column("description_vi", sa.Text(), nullable=True),
        sa.Column("description_en", sa.Text(), nullable=True),
        sa.Column("district", sa.String(length=20), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("founded_year", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "unclaimed",
                "claimed",
                "verified",
                "suspended",
                name="profilestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starter_key", sa.String(length=100), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum(
                "illustrative",
                "public_source",
                "self_declared",
                "verified",
                name="provenance",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("note_vi", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.CheckConstraint("coalesce(name_vi, name_en) IS NOT NULL", name=op.f("ck_organisation_named")),
        sa.CheckConstraint("founded_year BETWEEN 1800 AND 2100", name=op.f("ck_organisation_founded_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
        sa.UniqueConstraint("starter_key", name=op.f("uq_organisation_starter_key")),
    )
    op.create_index(op.f("ix_organisation_district"), "organisation", ["district"], unique=False)
    op.create_index(op.f("ix_organisation_kind"), "organisation", ["kind"], unique=False)
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
    )
    op.create_index("ix_outbox_mail_sent_at", "outbox_mail", ["sent_at"], unique=False)
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "user",
                "coordinator",
                "administrator",
                name="platformrole",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("session_key", sa.String(length=32), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_account_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_audit_event_actor_id_user_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_audit_event_organisation_id_organisation"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index(op.f("ix_audit_event_organisation_id"), "audit_event", ["organisation_id"], unique=False)
    op.create_index("ix_audit_event_subject", "audit_event", ["subject"], unique=False)
    op.create_table(
        "centre",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "investor_type",
            sa.Enum(
                "city",
                "enterprise",
                "institute",
                name="investortype",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("network_member", sa.Boolean(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("staff_count", sa.Integer(), nullable=True),
        sa.Column("reply_days", sa.Integer(), nullable=True),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_centre_capacity")),
        sa.CheckConstraint("reply_days > 0", name=op.f("ck_centre_reply_days")),
        sa.ForeignKeyConstraint(
            ["id"], ["organisation.id"], name=op.f("fk_centre_id_organisation"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_centre")),
    )
    op.create_table(
        "enterprise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("st_enterprise", sa.Boolean(), nullable=False),
        sa.Column(
            "size",
            sa.Enum(
                "micro",
                "small",
                "medium",
                "large",
                name="enterprisesize",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("products_vi", sa.Text(), nullable=True),
        sa.Column("products_en", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["id"], ["organisation.id"], name=op.f("fk_enterprise_id_organisation"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise")),
    )
    op.create_table(
        "institute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "institute_kind",
            sa.Enum(
                "university",
                "institute",
                "academy",
                "laboratory",
                name="institutekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("transfer_office_vi", sa.Text(), nullable=True),
        sa.Column("transfer_office_en", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["id"], ["organisation.id"], name=op.f("fk_institute_id_organisation"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institute")),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "member",
                "manager",
                "reviewer",
                name="membershiprole",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_membership_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("user_id", "organisation_id", name=op.f("uq_membership_user_id_organisation_id")),
    )
    op.create_index(op.f("ix_membership_organisation_id"), "membership", ["organisation_id"], unique=False)
    op.create_table(
        "need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title_vi", sa.Text(), nullable=True),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("summary_vi", sa.Text(), nullable=True),
        sa.Column("summary_en", sa.Text(), nullable=True),
        sa.Column("details_vi", sa.Text(), nullable=True),
        sa.Column("details_en", sa.Text(), nullable=True),
        sa.Column(
            "stage",
            sa.Enum(
                "idea",
                "prototype",
                "pilot",
                "revenue",
                "growth",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("trl", sa.Integer(), nullable=True),
        sa.Column("district", sa.String(length=20), nullable=True),
        sa.Column("budget_vnd", sa.BigInteger(), nullable=True),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.Column(
            "visibility",
            sa.Enum("public", "members", name="visibility", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "matched",
                "closed",
                name="needstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "close_reason",
            sa.Enum(
                "met_in_network",
                "met_elsewhere",
                "withdrawn",
                "expired",
                name="closereason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starter_key", sa.String(length=100), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum(
                "illustrative",
                "public_source",
                "self_declared",
                "verified",
                name="provenance",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("note_vi", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (close_reason IS NOT NULL)", name=op.f("ck_need_closed_with_reason")),
        sa.CheckConstraint(
            "state = 'draft' OR published_at IS NOT NULL OR state = 'closed'", name=op.f("ck_need_published_at")
        ),
        sa.CheckConstraint("budget_vnd >= 0", name=op.f("ck_need_budget")),
        sa.CheckConstraint("coalesce(title_vi, title_en) IS NOT NULL", name=op.f("ck_need_titled")),
        sa.CheckConstraint("trl BETWEEN 1 AND 9", name=op.f("ck_need_trl")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_need_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
        sa.UniqueConstraint("starter_key", name=op.f("uq_need_starter_key")),
    )
    op.create_index(op.f("ix_need_organisation_id"), "need", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_need_state"), "need", ["state"], unique=False)
    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "incubation",
                "acceleration",
                "mentoring",
                "training",
                "workspace",
                "lab",
                "testing",
                "contract_research",
                "licensing",
                "ip_legal",
                "funding",
                "pilot",
                "market_access",
                name="offerkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("title_vi", sa.Text(), nullable=True),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("summary_vi", sa.Text(), nullable=True),
        sa.Column("summary_en", sa.Text(), nullable=True),
        sa.Column("details_vi", sa.Text(), nullable=True),
        sa.Column("details_en", sa.Text(), nullable=True),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("trl_min", sa.Integer(), nullable=True),
        sa.Column("trl_max", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("district", sa.String(length=20), nullable=True),
        sa.Column(
            "visibility",
            sa.Enum("public", "members", name="visibility", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "withdrawn",
                name="supplystate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starter_key", sa.String(length=100), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum(
                "illustrative",
                "public_source",
                "self_declared",
                "verified",
                name="provenance",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("note_vi", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_offer_capacity")),
        sa.CheckConstraint("coalesce(title_vi, title_en) IS NOT NULL", name=op.f("ck_offer_titled")),
        sa.CheckConstraint(
            "trl_min BETWEEN 1 AND 9 AND trl_max BETWEEN 1 AND 9 AND trl_min <= trl_max", name=op.f("ck_offer_trl")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_offer_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("starter_key", name=op.f("uq_offer_starter_key")),
    )
    op.create_index(op.f("ix_offer_kind"), "offer", ["kind"], unique=False)
    op.create_index(op.f("ix_offer_organisation_id"), "offer", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_offer_state"), "offer", ["state"], unique=False)
    op.create_table(
        "organisation_field",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("field_code", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["field_code"], ["field.code"], name=op.f("fk_organisation_field_field_code_field")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_field_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "field_code", name=op.f("pk_organisation_field")),
    )
    op.create_index(op.f("ix_organisation_field_field_code"), "organisation_field", ["field_code"], unique=False)
    op.create_table(
        "partner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "partner_kind",
            sa.Enum(
                "fund",
                "corporate",
                "exchange",
                "accelerator",
                "testing",
                "ip_legal",
                "support",
                name="partnerkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("ticket_vi", sa.Text(), nullable=True),
        sa.Column("ticket_en", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["id"], ["organisation.id"], name=op.f("fk_partner_id_organisation"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
    )
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("operator_vi", sa.Text(), nullable=True),
        sa.Column("operator_en", sa.Text(), nullable=True),
        sa.Column("name_vi", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("summary_vi", sa.Text(), nullable=True),
        sa.Column("summary_en", sa.Text(), nullable=True),
        sa.Column("gives_vi", sa.Text(), nullable=True),
        sa.Column("gives_en", sa.Text(), nullable=True),
        sa.Column("who_vi", sa.Text(), nullable=True),
        sa.Column("who_en", sa.Text(), nullable=True),
        sa.Column("status_vi", sa.Text(), nullable=True),
        sa.Column("status_en", sa.Text(), nullable=True),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starter_key", sa.String(length=100), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum(
                "illustrative",
                "public_source",
                "self_declared",
                "verified",
                name="provenance",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("note_vi", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_programme_capacity")),
        sa.CheckConstraint("coalesce(name_vi, name_en) IS NOT NULL", name=op.f("ck_programme_named")),
        sa.CheckConstraint("opens_on <= closes_on", name=op.f("ck_programme_dates")),
        sa.CheckConstraint(
            "organisation_id IS NOT NULL OR coalesce(operator_vi, operator_en) IS NOT NULL",
            name=op.f("ck_programme_operated"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_programme_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("starter_key", name=op.f("uq_programme_starter_key")),
    )
    op.create_index(op.f("ix_programme_organisation_id"), "programme", ["organisation_id"], unique=False)
    op.create_table(
        "startup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "idea",
                "prototype",
                "pilot",
                "revenue",
                "growth",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("team_size", sa.Integer(), nullable=True),
        sa.Column("directly_supported", sa.Boolean(), nullable=False),
        sa.Column("seeking", sa.JSON(), nullable=False),
        sa.CheckConstraint("team_size > 0", name=op.f("ck_startup_team_size")),
        sa.ForeignKeyConstraint(
            ["id"], ["organisation.id"], name=op.f("fk_startup_id_organisation"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_startup")),
    )
    op.create_table(
        "technology",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title_vi", sa.Text(), nullable=True),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("summary_vi", sa.Text(), nullable=True),
        sa.Column("summary_en", sa.Text(), nullable=True),
        sa.Column("details_vi", sa.Text(), nullable=True),
        sa.Column("details_en", sa.Text(), nullable=True),
        sa.Column("trl", sa.Integer(), nullable=True),
        sa.Column(
            "ip_type",
            sa.Enum(
                "patent",
                "utility_solution",
                "plant_variety",
                "copyright",
                "trade_secret",
                "none",
                name="iptype",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "ip_status",
            sa.Enum(
                "filed",
                "granted",
                "registered",
                "none",
                name="ipstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("ip_territory", sa.String(length=40), nullable=True),
        sa.Column(
            "transfer_form",
            sa.Enum(
                "licence",
                "assignment",
                "joint_development",
                "service",
                "spin_off",
                name="transferform",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "visibility",
            sa.Enum("public", "members", name="visibility", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "withdrawn",
                name="supplystate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starter_key", sa.String(length=100), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum(
                "illustrative",
                "public_source",
                "self_declared",
                "verified",
                name="provenance",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("note_vi", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.CheckConstraint("coalesce(title_vi, title_en) IS NOT NULL", name=op.f("ck_technology_titled")),
        sa.CheckConstraint("trl BETWEEN 1 AND 9", name=op.f("ck_technology_trl")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_technology_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technology")),
        sa.UniqueConstraint("starter_key", name=op.f("uq_technology_starter_key")),
    )
    op.create_index(op.f("ix_technology_organisation_id"), "technology", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_technology_state"), "technology", ["state"], unique=False)
    op.create_table(
        "interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("from_organisation_id", sa.Integer(), nullable=False),
        sa.Column("to_organisation_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column("technology_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "sent",
                "accepted",
                "declined",
                "withdrawn",
                "expired",
                "in_discussion",
                "agreed",
                "outcome_proposed",
                "confirmed",
                "disputed",
                "ended",
                name="intereststate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "decline_reason",
            sa.Enum(
                "too_early",
                "benefit_unclear",
                "route_unclear",
                "description_unclear",
                "outside_field",
                "no_capacity",
                "conflict_of_interest",
                "terms",
                "other_partner",
                name="declinereason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state <> 'declined' OR decline_reason IS NOT NULL", name=op.f("ck_interest_declined_with_reason")
        ),
        sa.CheckConstraint(
            "state = 'draft' OR (sent_at IS NOT NULL AND reply_by IS NOT NULL)",
            name=op.f("ck_interest_sent_with_deadline"),
        ),
        sa.CheckConstraint("from_organisation_id <> to_organisation_id", name=op.f("ck_interest_two_sides")),
        sa.CheckConstraint("offer_id IS NULL OR technology_id IS NULL", name=op.f("ck_interest_one_subject")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_interest_answered_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_interest_author_id_user_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["from_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_interest_from_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_interest_need_id_need"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offer.id"], name=op.f("fk_interest_offer_id_offer"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["technology_id"], ["technology.id"], name=op.f("fk_interest_technology_id_technology"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["to_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_interest_to_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
    )
    op.create_index(op.f("ix_interest_from_organisation_id"), "interest", ["from_organisation_id"], unique=False)
    op.create_index("ix_interest_state_reply_by", "interest", ["state", "reply_by"], unique=False)
    op.create_index(op.f("ix_interest_to_organisation_id"), "interest", ["to_organisation_id"], unique=False)
    op.create_table(
        "match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column("technology_id", sa.Integer(), nullable=True),
        sa.Column(
            "side",
            sa.Enum("asker", "supplier", name="matchside", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "suggested",
                "seen",
                "shortlisted",
                "dismissed",
                "interest",
                name="matchstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "dismiss_reason",
            sa.Enum(
                "too_early",
                "benefit_unclear",
                "route_unclear",
                "description_unclear",
                "outside_field",
                "no_capacity",
                "conflict_of_interest",
                "terms",
                "other_partner",
                name="declinereason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("policy", sa.String(length=40), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'dismissed') = (dismiss_reason IS NOT NULL)", name=op.f("ck_match_dismissed_with_reason")
        ),
        sa.CheckConstraint("offer_id IS NULL OR technology_id IS NULL", name=op.f("ck_match_one_subject")),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_match_score")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_match_need_id_need"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_match_offer_id_offer"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_match_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["technology_id"], ["technology.id"], name=op.f("fk_match_technology_id_technology"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match")),
    )
    op.create_index(op.f("ix_match_offer_id"), "match", ["offer_id"], unique=False)
    op.create_index("ix_match_supplier_state", "match", ["organisation_id", "side", "state"], unique=False)
    op.create_index(op.f("ix_match_technology_id"), "match", ["technology_id"], unique=False)
    op.create_table(
        "need_field",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("field_code", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["field_code"], ["field.code"], name=op.f("fk_need_field_field_code_field")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_field_need_id_need"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("need_id", "field_code", name=op.f("pk_need_field")),
    )
    op.create_index(op.f("ix_need_field_field_code"), "need_field", ["field_code"], unique=False)
    op.create_table(
        "need_kind",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "incubation",
                "acceleration",
                "mentoring",
                "training",
                "workspace",
                "lab",
                "testing",
                "contract_research",
                "licensing",
                "ip_legal",
                "funding",
                "pilot",
                "market_access",
                name="offerkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_kind_need_id_need"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("need_id", "kind", name=op.f("pk_need_kind")),
    )
    op.create_table(
        "offer_field",
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("field_code", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["field_code"], ["field.code"], name=op.f("fk_offer_field_field_code_field")),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offer.id"], name=op.f("fk_offer_field_offer_id_offer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("offer_id", "field_code", name=op.f("pk_offer_field")),
    )
    op.create_index(op.f("ix_offer_field_field_code"), "offer_field", ["field_code"], unique=False)
    op.create_table(
        "programme_field",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("field_code", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["field_code"], ["field.code"], name=op.f("fk_programme_field_field_code_field")),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programme.id"],
            name=op.f("fk_programme_field_programme_id_programme"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("programme_id", "field_code", name=op.f("pk_programme_field")),
    )
    op.create_index(op.f("ix_programme_field_field_code"), "programme_field", ["field_code"], unique=False)
    op.create_table(
        "technology_field",
        sa.Column("technology_id", sa.Integer(), nullable=False),
        sa.Column("field_code", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["field_code"], ["field.code"], name=op.f("fk_technology_field_field_code_field")),
        sa.ForeignKeyConstraint(
            ["technology_id"],
            ["technology.id"],
            name=op.f("fk_technology_field_technology_id_technology"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("technology_id", "field_code", name=op.f("pk_technology_field")),
    )
    op.create_index(op.f("ix_technology_field_field_code"), "technology_field", ["field_code"], unique=False)

    op.create_index(
        "uq_interest_open",
        "interest",
        [
            "need_id",
            "from_organisation_id",
            "to_organisation_id",
            sa.text("coalesce(offer_id, 0)"),
            sa.text("coalesce(technology_id, 0)"),
        ],
        unique=True,
        sqlite_where=sa.text(OPEN_INTEREST),
        postgresql_where=sa.text(OPEN_INTEREST),
    )
    op.create_index(
        "uq_match_pair_side",
        "match",
        [
            "need_id",
            "organisation_id",
            sa.text("coalesce(offer_id, 0)"),
            sa.text("coalesce(technology_id, 0)"),
            "side",
        ],
        unique=True,
    )
    op.execute("INSERT INTO embedding_clock (id, seq) VALUES (1, 0)")


def downgrade() -> None:
    op.drop_index(op.f("ix_technology_field_field_code"), table_name="technology_field")
    op.drop_table("technology_field")
    op.drop_index(op.f("ix_programme_field_field_code"), table_name="programme_field")
    op.drop_table("programme_field")
    op.drop_index(op.f("ix_offer_field_field_code"), table_name="offer_field")
    op.drop_table("offer_field")
    op.drop_table("need_kind")
    op.drop_index(op.f("ix_need_field_field_code"), table_name="need_field")
    op.drop_table("need_field")
    op.drop_index(op.f("ix_match_technology_id"), table_name="match")
    op.drop_index("ix_match_supplier_state", table_name="match")
    op.drop_index(op.f("ix_match_offer_id"), table_name="match")
    op.drop_table("match")
    op.drop_index(op.f("ix_interest_to_organisation_id"), table_name="interest")
    op.drop_index("ix_interest_state_reply_by", table_name="interest")
    op.drop_index(op.f("ix_interest_from_organisation_id"), table_name="interest")
    op.drop_table("interest")
    op.drop_index(op.f("ix_technology_state"), table_name="technology")
    op.drop_index(op.f("ix_technology_organisation_id"), table_name="technology")
    op.drop_table("technology")
    op.drop_table("startup")
    op.drop_index(op.f("ix_programme_organisation_id"), table_name="programme")
    op.drop_table("programme")
    op.drop_table("partner")
    op.drop_index(op.f("ix_organisation_field_field_code"), table_name="organisation_field")
    op.drop_table("organisation_field")
    op.drop_index(op.f("ix_offer_state"), table_name="offer")
    op.drop_index(op.f("ix_offer_organisation_id"), table_name="offer")
    op.drop_index(op.f("ix_offer_kind"), table_name="offer")
    op.drop_table("offer")
    op.drop_index(op.f("ix_need_state"), table_name="need")
    op.drop_index(op.f("ix_need_organisation_id"), table_name="need")
    op.drop_table("need")
    op.drop_index(op.f("ix_membership_organisation_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_table("institute")
    op.drop_table("enterprise")
    op.drop_table("centre")
    op.drop_index("ix_audit_event_subject", table_name="audit_event")
    op.drop_index(op.f("ix_audit_event_organisation_id"), table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_table("user_account")
    op.drop_index("ix_outbox_mail_sent_at", table_name="outbox_mail")
    op.drop_table("outbox_mail")
    op.drop_index(op.f("ix_organisation_kind"), table_name="organisation")
    op.drop_index(op.f("ix_organisation_district"), table_name="organisation")
    op.drop_table("organisation")
    op.drop_index("ix_job_done_at", table_name="job")
    op.drop_table("job")
    op.drop_table("figure")
    op.drop_table("field")
    op.drop_table("embedding_clock")
    op.drop_index("ix_embedding_model_seq", table_name="embedding")
    op.drop_table("embedding")
