"""What is on: events with registration, challenges with answers, and the stands of the exhibition."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "challenge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", _words("challengekind", "city", "enterprise"), nullable=False),
        sa.Column("title_vi", sa.Text(), nullable=True),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("problem_vi", sa.Text(), nullable=True),
        sa.Column("problem_en", sa.Text(), nullable=True),
        sa.Column("wanted_vi", sa.Text(), nullable=True),
        sa.Column("wanted_en", sa.Text(), nullable=True),
        sa.Column("reward_vi", sa.Text(), nullable=True),
        sa.Column("reward_en", sa.Text(), nullable=True),
        sa.Column("budget_vnd", sa.BigInteger(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("state", _words("challengestate", "draft", "published", "closed"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", _words("challengeresult", "solved", "no_result"), nullable=True),
        sa.Column("outcome_vi", sa.Text(), nullable=True),
        sa.Column("outcome_en", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starter_key", sa.String(length=100), nullable=True),
        sa.Column(
            "provenance",
            _words("provenance", "illustrative", "public_source", "self_declared", "verified"),
            nullable=False,
        ),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("note_vi", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (result IS NOT NULL)", name=op.f("ck_challenge_closed_with_result")),
        sa.CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name=op.f("ck_challenge_published_at")),
        sa.CheckConstraint("budget_vnd >= 0", name=op.f("ck_challenge_budget")),
        sa.CheckConstraint("coalesce(title_vi, title_en) IS NOT NULL", name=op.f("ck_challenge_titled")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_challenge_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
        sa.UniqueConstraint("starter_key", name=op.f("uq_challenge_starter_key")),
    )
    op.create_index(op.f("ix_challenge_organisation_id"), "challenge", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_challenge_state"), "challenge", ["state"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            _words("eventkind", "exhibition", "workshop", "pitch_day", "matchmaking", "training"),
            nullable=False,
        ),
        sa.Column("title_vi", sa.Text(), nullable=True),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("summary_vi", sa.Text(), nullable=True),
        sa.Column("summary_en", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place_vi", sa.Text(), nullable=True),
        sa.Column("place_en", sa.Text(), nullable=True),
        sa.Column("district", sa.String(length=20), nullable=True),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("register_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", _words("eventstate", "draft", "published", "cancelled"), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starter_key", sa.String(length=100), nullable=True),
        sa.Column(
            "provenance",
            _words("provenance", "illustrative", "public_source", "self_declared", "verified"),
            nullable=False,
        ),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("note_vi", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancel_reason IS NOT NULL)", name=op.f("ck_event_cancelled_with_reason")
        ),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_event_capacity")),
        sa.CheckConstraint("coalesce(title_vi, title_en) IS NOT NULL", name=op.f("ck_event_titled")),
        sa.CheckConstraint("online OR coalesce(place_vi, place_en) IS NOT NULL", name=op.f("ck_event_somewhere")),
        sa.CheckConstraint("register_by <= starts_at", name=op.f("ck_event_register_by")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_event_span")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_event_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("starter_key", name=op.f("uq_event_starter_key")),
    )
    op.create_index(op.f("ix_event_organisation_id"), "event", ["organisation_id"], unique=False)
    op.create_index("ix_event_state_starts_at", "event", ["state", "starts_at"], unique=False)
    op.create_table(
        "stand",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("theme_vi", sa.Text(), nullable=True),
        sa.Column("theme_en", sa.Text(), nullable=True),
        sa.Column("welcome_vi", sa.Text(), nullable=True),
        sa.Column("welcome_en", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starter_key", sa.String(length=100), nullable=True),
        sa.Column(
            "provenance",
            _words("provenance", "illustrative", "public_source", "self_declared", "verified"),
            nullable=False,
        ),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("note_vi", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.CheckConstraint("coalesce(theme_vi, theme_en) IS NOT NULL", name=op.f("ck_stand_themed")),
        sa.CheckConstraint("number > 0", name=op.f("ck_stand_number")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_stand_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand")),
        sa.UniqueConstraint("number", name=op.f("uq_stand_number")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_stand_organisation_id")),
        sa.UniqueConstraint("starter_key", name=op.f("uq_stand_starter_key")),
    )
    op.create_table(
        "challenge_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column("technology_id", sa.Integer(), nullable=True),
        sa.Column(
            "state", _words("answerstate", "sent", "shortlisted", "accepted", "declined", "withdrawn"), nullable=False
        ),
        sa.Column(
            "decline_reason",
            _words(
                "declinereason",
                "too_early",
                "benefit_unclear",
                "route_unclear",
                "description_unclear",
                "outside_field",
                "no_capacity",
                "conflict_of_interest",
                "terms",
                "other_partner",
            ),
            nullable=True,
        ),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'declined') = (decline_reason IS NOT NULL)", name=op.f("ck_challenge_answer_declined_with_reason")
        ),
        sa.CheckConstraint("offer_id IS NULL OR technology_id IS NULL", name=op.f("ck_challenge_answer_one_subject")),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_challenge_answer_author_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_challenge_answer_challenge_id_challenge"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_challenge_answer_decided_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offer.id"], name=op.f("fk_challenge_answer_offer_id_offer"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_challenge_answer_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["technology_id"],
            ["technology.id"],
            name=op.f("fk_challenge_answer_technology_id_technology"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_answer")),
    )
    op.create_index(
        "ix_challenge_answer_challenge_id_state", "challenge_answer", ["challenge_id", "state"], unique=False
    )
    op.create_index(op.f("ix_challenge_answer_organisation_id"), "challenge_answer", ["organisation_id"], unique=False)
    op.create_index(
        "uq_challenge_answer_standing",
        "challenge_answer",
        ["challenge_id", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('sent', 'shortlisted', 'accepted')"),
        postgresql_where=sa.text("state IN ('sent', 'shortlisted', 'accepted')"),
    )
    op.create_table(
        "challenge_field",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("field_code", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_challenge_field_challenge_id_challenge"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["field_code"], ["field.code"], name=op.f("fk_challenge_field_field_code_field")),
        sa.PrimaryKeyConstraint("challenge_id", "field_code", name=op.f("pk_challenge_field")),
    )
    op.create_index(op.f("ix_challenge_field_field_code"), "challenge_field", ["field_code"], unique=False)
    op.create_table(
        "exhibit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stand_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("technology_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("caption_vi", sa.Text(), nullable=True),
        sa.Column("caption_en", sa.Text(), nullable=True),
        sa.CheckConstraint("(technology_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_exhibit_one_subject")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_exhibit_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["stand_id"], ["stand.id"], name=op.f("fk_exhibit_stand_id_stand"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["technology_id"], ["technology.id"], name=op.f("fk_exhibit_technology_id_technology"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exhibit")),
        sa.UniqueConstraint("stand_id", "organisation_id", name=op.f("uq_exhibit_stand_id_organisation_id")),
        sa.UniqueConstraint("stand_id", "technology_id", name=op.f("uq_exhibit_stand_id_technology_id")),
    )
    op.create_index(op.f("ix_exhibit_organisation_id"), "exhibit", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_exhibit_technology_id"), "exhibit", ["technology_id"], unique=False)
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", _words("registrationstate", "registered", "waiting", "cancelled"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_registration_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_registration_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("event_id", "user_id", name=op.f("uq_registration_event_id_user_id")),
    )
    op.create_index(
        "ix_registration_event_id_state_asked_at", "registration", ["event_id", "state", "asked_at"], unique=False
    )
    op.create_index(op.f("ix_registration_user_id"), "registration", ["user_id"], unique=False)


def downgrade() -> None:
    for table in ("registration", "exhibit", "challenge_field", "challenge_answer", "stand", "event", "challenge"):
        op.drop_table(table)
