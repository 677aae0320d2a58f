"""Calls of programmes, applications, blind reviews, decision letters and cohorts; a programme is a draft before it is shown.

The column of `programme` comes with its check in the statement itself: SQLite would otherwise make the table anew, and
with it delete the fields that point to it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

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
STAGES = ("idea", "prototype", "pilot", "revenue", "growth")
VERDICTS = ("accepted", "waitlisted", "rejected")
APPLICATION = ("draft", "submitted", "under_review", "accepted", "waitlisted", "rejected", "withdrawn")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _text(name: str) -> tuple[sa.Column, sa.Column]:
    return sa.Column(f"{name}_vi", sa.Text(), nullable=True), sa.Column(f"{name}_en", sa.Text(), nullable=True)


def _times() -> tuple[sa.Column, sa.Column]:
    return _moment("created_at", False), _moment("updated_at", False)


def _moment(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _of(table: str, column: str, parent: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{parent}")
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=name, ondelete=ondelete)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*(columns or ("id",)), name=op.f(f"pk_{table}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns), unique=False)


def upgrade() -> None:
    op.execute(
        "ALTER TABLE programme ADD COLUMN state VARCHAR(32) DEFAULT 'published' NOT NULL "
        "CONSTRAINT ck_programme_supplystate CHECK (state IN ('draft', 'published', 'withdrawn'))"
    )
    _calls()
    _applications()
    _reviews()
    _cohorts()


def _calls() -> None:
    table = "programme_call"
    op.create_table(
        table,
        _number("id"),
        _number("programme_id"),
        *_text("name"),
        *_text("expects"),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("decide_by", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        _number("capacity"),
        _number("minimum"),
        _number("reviews_wanted"),
        _number("spread"),
        sa.Column("pass_mark", sa.Double(), nullable=False),
        sa.Column("state", _words("callstate", "draft", "published", "decided", "cancelled"), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        _moment("decided_at"),
        _number("decided_by_id", True),
        *_times(),
        _check(table, "named", "coalesce(name_vi, name_en) IS NOT NULL"),
        _check(table, "dates", "opens_on <= closes_on AND closes_on <= decide_by"),
        _check(table, "cohort_dates", "starts_on <= ends_on"),
        _check(table, "capacity", "capacity > 0"),
        _check(table, "minimum", "minimum BETWEEN 0 AND capacity"),
        _check(table, "reviews_wanted", "reviews_wanted BETWEEN 1 AND 9"),
        _check(table, "spread", "spread BETWEEN 1 AND 4"),
        _check(table, "pass_mark", "pass_mark BETWEEN 1 AND 5"),
        _check(table, "cancelled_with_reason", "(state = 'cancelled') = (cancel_reason IS NOT NULL)"),
        _check(table, "decided_at", "(state = 'decided') = (decided_at IS NOT NULL)"),
        _of(table, "programme_id", "programme"),
        _of(table, "decided_by_id", "user_account", "SET NULL"),
        _key(table),
    )
    _index(table, "programme_id")
    _index(table, "state", "closes_on")
    table = "call_criterion"
    op.create_table(
        table,
        _number("id"),
        _number("call_id"),
        _number("position"),
        *_text("name"),
        _number("weight"),
        _check(table, "named", "coalesce(name_vi, name_en) IS NOT NULL"),
        _check(table, "weight", "weight BETWEEN 1 AND 100"),
        _of(table, "call_id", "programme_call"),
        _key(table),
    )
    _index(table, "call_id")
    table = "call_question"
    op.create_table(
        table,
        _number("id"),
        _number("call_id"),
        _number("position"),
        *_text("text"),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("names_people", sa.Boolean(), nullable=False),
        _check(table, "asked", "coalesce(text_vi, text_en) IS NOT NULL"),
        _of(table, "call_id", "programme_call"),
        _key(table),
    )
    _index(table, "call_id")


def _applications() -> None:
    table = "application"
    op.create_table(
        table,
        _number("id"),
        _number("call_id"),
        _number("organisation_id"),
        _number("author_id", True),
        _number("number", True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("stage", _words("stage", *STAGES), nullable=True),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("state", _words("applicationstate", *APPLICATION), nullable=False),
        _moment("submitted_at"),
        _moment("reminded_at"),
        sa.Column("fixed", _words("verdict", *VERDICTS), nullable=True),
        sa.Column("planned_reason", _words("planned_reason", *REASONS), nullable=True),
        sa.Column("planned_note", sa.Text(), nullable=True),
        sa.Column("talked_over", sa.Text(), nullable=True),
        sa.Column("reason", _words("declinereason", *REASONS), nullable=True),
        _number("waitlist_rank", True),
        sa.Column("over_capacity", sa.Boolean(), nullable=False),
        _moment("decided_at"),
        *_times(),
        _check(table, "submitted_at", "state = 'draft' OR state = 'withdrawn' OR submitted_at IS NOT NULL"),
        _check(table, "numbered", "(submitted_at IS NULL) = (number IS NULL)"),
        _check(table, "rejected_with_reason", "(state = 'rejected') = (reason IS NOT NULL)"),
        _check(table, "waitlist_rank", "(state = 'waitlisted') = (waitlist_rank IS NOT NULL)"),
        _of(table, "call_id", "programme_call"),
        _of(table, "organisation_id", "organisation"),
        _of(table, "author_id", "user_account", "SET NULL"),
        _key(table),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_application_call_id_number")),
    )
    _index(table, "organisation_id")
    _index(table, "call_id", "state")
    standing = sa.text("state <> 'withdrawn'")
    op.create_index(
        "uq_application_standing",
        table,
        ["call_id", "organisation_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    table = "application_answer"
    op.create_table(
        table,
        _number("application_id"),
        _number("question_id"),
        sa.Column("text", sa.Text(), nullable=False),
        _of(table, "application_id", "application"),
        _of(table, "question_id", "call_question"),
        _key(table, "application_id", "question_id"),
    )
    _index(table, "question_id")
    table = "decision_letter"
    op.create_table(
        table,
        _number("id"),
        _number("application_id"),
        sa.Column("verdict", _words("verdict", *VERDICTS), nullable=False),
        sa.Column("reason", _words("declinereason", *REASONS), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        _number("place", True),
        sa.Column("moved_up", sa.Boolean(), nullable=False),
        _moment("issued_at", False),
        _number("issued_by_id", True),
        _check(table, "rejected_with_reason", "(verdict = 'rejected') = (reason IS NOT NULL)"),
        _check(table, "waitlisted_with_place", "(verdict = 'waitlisted') = (place IS NOT NULL)"),
        _of(table, "application_id", "application"),
        _of(table, "issued_by_id", "user_account", "SET NULL"),
        _key(table),
    )
    _index(table, "application_id")


def _reviews() -> None:
    table = "review"
    op.create_table(
        table,
        _number("id"),
        _number("application_id"),
        _number("reviewer_id", True),
        sa.Column(
            "state",
            _words("reviewstate", "assigned", "in_progress", "submitted", "conflict", "released"),
            nullable=False,
        ),
        _moment("assigned_at", False),
        _moment("cleared_at"),
        sa.Column("tie", _words("tie", "said", "named", "member"), nullable=True),
        sa.Column("tie_note", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("look_again", sa.Text(), nullable=True),
        _moment("submitted_at"),
        *_times(),
        _check(table, "submitted_at", "(state = 'submitted') = (submitted_at IS NOT NULL)"),
        _check(table, "conflict_with_tie", "(state = 'conflict') = (tie IS NOT NULL)"),
        _check(table, "cleared_first", "state NOT IN ('in_progress', 'submitted') OR cleared_at IS NOT NULL"),
        _of(table, "application_id", "application"),
        _of(table, "reviewer_id", "user_account", "SET NULL"),
        _key(table),
        sa.UniqueConstraint("application_id", "reviewer_id", name=op.f("uq_review_application_id_reviewer_id")),
    )
    _index(table, "reviewer_id", "state")
    table = "review_score"
    op.create_table(
        table,
        _number("review_id"),
        _number("criterion_id"),
        _number("points", True),
        sa.Column("comment", sa.Text(), nullable=True),
        _check(table, "points", "points BETWEEN 1 AND 5"),
        _of(table, "review_id", "review"),
        _of(table, "criterion_id", "call_criterion"),
        _key(table, "review_id", "criterion_id"),
    )
    _index(table, "criterion_id")
    table = "reviewer_declaration"
    op.create_table(
        table,
        _number("call_id"),
        _number("user_id"),
        sa.Column("names", sa.JSON(), nullable=False),
        _moment("declared_at", False),
        _of(table, "call_id", "programme_call"),
        _of(table, "user_id", "user_account"),
        _key(table, "call_id", "user_id"),
    )
    _index(table, "user_id")


def _cohorts() -> None:
    table = "cohort"
    op.create_table(
        table,
        _number("id"),
        _number("call_id"),
        *_text("name"),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        *_times(),
        _check(table, "named", "coalesce(name_vi, name_en) IS NOT NULL"),
        _check(table, "dates", "starts_on <= ends_on"),
        _of(table, "call_id", "programme_call"),
        _key(table),
        sa.UniqueConstraint("call_id", name=op.f("uq_cohort_call_id")),
    )
    table = "cohort_milestone"
    op.create_table(
        table,
        _number("id"),
        _number("cohort_id"),
        _number("application_id", True),
        *_text("title"),
        sa.Column("due_on", sa.Date(), nullable=False),
        _check(table, "titled", "coalesce(title_vi, title_en) IS NOT NULL"),
        _of(table, "cohort_id", "cohort"),
        _of(table, "application_id", "application"),
        _key(table),
    )
    _index(table, "cohort_id")
    _index(table, "application_id")
    table = "cohort_milestone_done"
    op.create_table(
        table,
        _number("milestone_id"),
        _number("application_id"),
        sa.Column("done_on", sa.Date(), nullable=False),
        _moment("recorded_at", False),
        _of(table, "milestone_id", "cohort_milestone"),
        _of(table, "application_id", "application"),
        _key(table, "milestone_id", "application_id"),
    )
    _index(table, "application_id")
    table = "mentor_hours"
    op.create_table(
        table,
        _number("id"),
        _number("application_id"),
        sa.Column("on_day", sa.Date(), nullable=False),
        _number("minutes"),
        sa.Column("mentor", sa.String(length=120), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        _number("entered_by_id", True),
        _moment("entered_at", False),
        _check(table, "minutes", "minutes BETWEEN 1 AND 1440"),
        _of(table, "application_id", "application"),
        _of(table, "entered_by_id", "user_account", "SET NULL"),
        _key(table),
    )
    _index(table, "application_id", "on_day")


def downgrade() -> None:
    tables = ("mentor_hours", "cohort_milestone_done", "cohort_milestone", "cohort", "reviewer_declaration")
    tables += ("review_score", "review", "decision_letter", "application_answer", "application")
    for table in (*tables, "call_question", "call_criterion", "programme_call"):
        op.drop_table(table)
    op.drop_column("programme", "state")
