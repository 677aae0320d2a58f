"""From talk to confirmed outcome: messages, files, steps, agreements, outcomes; a suggestion knows that it was declined."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

AGREEMENTS = ("mou", "nda", "research", "service_contract", "technology_transfer", "incubation", "investment")
OUTCOMES = ("incubated", "pilot", "contract", "licence", "investment", "hire", "product")
STEPS = (
    "started",
    "agreement_recorded",
    "agreement_objected",
    "agreement_taken_back",
    "outcome_proposed",
    "outcome_confirmed",
    "outcome_disputed",
    "outcome_withdrawn",
    "outcome_reminded",
    "outcome_late",
    "ended",
)
ENDS = (
    "not_suitable",
    "no_reply",
    "terms",
    "no_funding",
    "no_capacity",
    "postponed",
    "other_partner",
    "need_met",
)
DISPUTES = ("not_happened", "not_yet", "other_kind", "other_date", "other_value", "not_from_this")
MATCHES = ("suggested", "seen", "shortlisted", "dismissed", "interest")
DECLINES = (
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

DECLINED = """
UPDATE "match" SET state = 'declined' WHERE state = 'interest' AND EXISTS (
    SELECT 1 FROM interest WHERE interest.need_id = "match".need_id
        AND "match".organisation_id IN (interest.from_organisation_id, interest.to_organisation_id)
        AND coalesce(interest.offer_id, 0) = coalesce("match".offer_id, 0)
        AND coalesce(interest.technology_id, 0) = coalesce("match".technology_id, 0)
        AND interest.state = 'declined'
) AND NOT EXISTS (
    SELECT 1 FROM interest WHERE interest.need_id = "match".need_id
        AND "match".organisation_id IN (interest.from_organisation_id, interest.to_organisation_id)
        AND coalesce(interest.offer_id, 0) = coalesce("match".offer_id, 0)
        AND coalesce(interest.technology_id, 0) = coalesce("match".technology_id, 0)
        AND interest.state NOT IN ('declined', 'withdrawn')
)
"""


def _words(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _of(table: str, column: str, parent: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{parent}")
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interest_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _of("message", "interest_id", "interest"),
        _of("message", "organisation_id", "organisation"),
        _of("message", "author_id", "user_account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_interest_id_at", "message", ["interest_id", "at"], unique=False)
    op.create_index(op.f("ix_message_organisation_id"), "message", ["organisation_id"], unique=False)
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interest_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", _words("agreementkind", AGREEMENTS), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("object_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", _words("agreementstate", ("recorded", "objected", "taken_back")), nullable=False),
        sa.Column("objection", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'objected') = (objection IS NOT NULL)", name=op.f("ck_agreement_objected_with_reason")
        ),
        sa.CheckConstraint("(state = 'recorded') = (settled_at IS NULL)", name=op.f("ck_agreement_settled_at")),
        _of("agreement", "interest_id", "interest"),
        _of("agreement", "organisation_id", "organisation"),
        _of("agreement", "recorded_by_id", "user_account", "SET NULL"),
        _of("agreement", "settled_by_id", "user_account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_index("ix_agreement_interest_id_state", "agreement", ["interest_id", "state"], unique=False)
    op.create_table(
        "outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interest_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("annuls", sa.Boolean(), nullable=False),
        sa.Column("correction_reason", sa.Text(), nullable=True),
        sa.Column("kind", _words("outcomekind", OUTCOMES), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("value_vnd", sa.BigInteger(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirm_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            _words("outcomestate", ("proposed", "confirmed", "disputed", "withdrawn", "corrected")),
            nullable=False,
        ),
        sa.Column("dispute_reason", _words("disputereason", DISPUTES), nullable=True),
        sa.Column("dispute_note", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("publish_proposer", sa.Boolean(), nullable=False),
        sa.Column("publish_other", sa.Boolean(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("corrects_id IS NOT NULL OR NOT annuls", name=op.f("ck_outcome_annuls_something")),
        sa.CheckConstraint(
            "(corrects_id IS NULL) = (correction_reason IS NULL)", name=op.f("ck_outcome_corrects_with_reason")
        ),
        sa.CheckConstraint(
            "state <> 'disputed' OR dispute_reason IS NOT NULL", name=op.f("ck_outcome_disputed_with_reason")
        ),
        sa.CheckConstraint("(state = 'proposed') = (settled_at IS NULL)", name=op.f("ck_outcome_settled_at")),
        sa.CheckConstraint("value_vnd >= 0", name=op.f("ck_outcome_value")),
        _of("outcome", "interest_id", "interest"),
        _of("outcome", "organisation_id", "organisation"),
        _of("outcome", "corrects_id", "outcome"),
        _of("outcome", "proposed_by_id", "user_account", "SET NULL"),
        _of("outcome", "settled_by_id", "user_account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
    )
    op.create_index(op.f("ix_outcome_interest_id"), "outcome", ["interest_id"], unique=False)
    op.create_index("ix_outcome_state_confirm_by", "outcome", ["state", "confirm_by"], unique=False)
    op.create_index(
        "uq_outcome_open_correction",
        "outcome",
        ["corrects_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interest_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("agreement_id", sa.Integer(), nullable=True),
        sa.Column("outcome_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN message_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN agreement_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN outcome_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_attachment_one_place"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachment_size")),
        _of("attachment", "interest_id", "interest"),
        _of("attachment", "message_id", "message"),
        _of("attachment", "agreement_id", "agreement"),
        _of("attachment", "outcome_id", "outcome"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("stored", name=op.f("uq_attachment_stored")),
    )
    for column in ("interest_id", "message_id", "agreement_id", "outcome_id"):
        op.create_index(op.f(f"ix_attachment_{column}"), "attachment", [column], unique=False)
    op.create_table(
        "connection_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interest_id", sa.Integer(), nullable=False),
        sa.Column("kind", _words("stepkind", STEPS), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("agreement_id", sa.Integer(), nullable=True),
        sa.Column("outcome_id", sa.Integer(), nullable=True),
        sa.Column("reason", _words("endreason", ENDS), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'ended') = (reason IS NOT NULL)", name=op.f("ck_connection_step_ended_with_reason")
        ),
        _of("connection_step", "interest_id", "interest"),
        _of("connection_step", "organisation_id", "organisation"),
        _of("connection_step", "author_id", "user_account", "SET NULL"),
        _of("connection_step", "agreement_id", "agreement"),
        _of("connection_step", "outcome_id", "outcome"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection_step")),
    )
    op.create_index("ix_connection_step_interest_id_at", "connection_step", ["interest_id", "at"], unique=False)
    _match_states((*MATCHES, "declined"))
    op.execute(DECLINED)


def downgrade() -> None:
    op.execute("UPDATE \"match\" SET state = 'interest' WHERE state = 'declined'")
    _match_states(MATCHES)
    for table in ("connection_step", "attachment", "outcome", "agreement", "message"):
        op.drop_table(table)


def _match_states(states: tuple[str, ...]) -> None:
    """Other states for suggestions. SQLite has to make the table anew; nothing points to it, so nothing is lost."""
    condition = f"state IN ({', '.join(repr(state) for state in states)})"
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_match_matchstate"), "match", type_="check")
        op.create_check_constraint(op.f("ck_match_matchstate"), "match", condition)
        return
    with op.batch_alter_table("match", copy_from=_match_table(condition), recreate="always"):
        pass
    op.create_index(op.f("ix_match_offer_id"), "match", ["offer_id"], unique=False)
    op.create_index("ix_match_supplier_state", "match", ["organisation_id", "side", "state"], unique=False)
    op.create_index(op.f("ix_match_technology_id"), "match", ["technology_id"], unique=False)
    subject = (sa.text("coalesce(offer_id, 0)"), sa.text("coalesce(technology_id, 0)"))
    op.create_index("uq_match_pair_side", "match", ["need_id", "organisation_id", *subject, "side"], unique=True)


def _match_table(states: str) -> sa.Table:
    return sa.Table(
        "match",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("need_id", "organisation_id")),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("offer_id", "technology_id")),
        *(sa.Column(name, sa.String(length=32), nullable=False) for name in ("side", "state")),
        sa.Column("dismiss_reason", sa.String(length=32), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("policy", sa.String(length=40), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("created_at", "updated_at")),
        sa.PrimaryKeyConstraint("id", name="pk_match"),
        sa.CheckConstraint(
            "(state = 'dismissed') = (dismiss_reason IS NOT NULL)", name="ck_match_dismissed_with_reason"
        ),
        sa.CheckConstraint("offer_id IS NULL OR technology_id IS NULL", name="ck_match_one_subject"),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name="ck_match_score"),
        sa.CheckConstraint("side IN ('asker', 'supplier')", name="ck_match_matchside"),
        sa.CheckConstraint(states, name="ck_match_matchstate"),
        sa.CheckConstraint(
            f"dismiss_reason IN ({', '.join(repr(reason) for reason in DECLINES)})", name="ck_match_declinereason"
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{parent}_id"], [f"{parent}.id"], name=f"fk_match_{parent}_id_{parent}", ondelete="CASCADE"
            )
            for parent in ("need", "organisation", "offer", "technology")
        ),
    )
