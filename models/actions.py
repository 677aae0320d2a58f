"""Action programmes that follow up Resolution 57: a breakthrough, a goal, a roadmap, and outputs that can be counted.

What the city can settle is settled promptly; what is beyond it is passed on, with the reason. A milestone carries what
holds it up from the moment it is escalated, and the decision from the moment there is one.
"""

import enum
from datetime import date

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Provenanced, Searchable, Timed, bilingual
from models.texts import Bilingual
from models.types import Provenance, SourceRef, enum_type


class ActionState(enum.StrEnum):
    """State of an action programme. The order is the order of the list."""

    RUNNING = "running"
    PLANNED = "planned"
    DONE = "done"
    DROPPED = "dropped"


class MilestoneState(enum.StrEnum):
    """Settled: what held it up was decided in the city. Passed on: it is for a higher authority to decide."""

    OPEN = "open"
    LATE = "late"
    ESCALATED = "escalated"
    SETTLED = "settled"
    PASSED_ON = "passed_on"
    DONE = "done"


class CapitalSource(enum.StrEnum):
    """Who puts money into an action programme. The first two are public money, the others outside capital."""

    CITY_BUDGET = "city_budget"
    STATE_BUDGET = "state_budget"
    ENTERPRISE = "enterprise"
    FUND = "fund"
    BANK = "bank"
    INSTITUTE = "institute"
    FOREIGN = "foreign"


PUBLIC_MONEY = frozenset({CapitalSource.CITY_BUDGET, CapitalSource.STATE_BUDGET})


def _text(name: str) -> str:
    return f"coalesce({name}_vi, {name}_en) IS NOT NULL"


class ActionProgramme(Timed, Provenanced, Searchable, Base):
    """`office` answers for it. Everybody may read it."""

    __tablename__ = "action_programme"
    __table_args__ = (
        CheckConstraint(_text("title"), name="titled"),
        CheckConstraint(_text("office"), name="answered_for"),
        CheckConstraint("starts_on <= ends_on", name="dates"),
        CheckConstraint(f"(state = 'dropped') = ({_text('drop_reason')})", name="dropped_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[Bilingual] = bilingual("title")
    office: Mapped[Bilingual] = bilingual("office")
    breakthrough: Mapped[Bilingual] = bilingual("breakthrough")
    goal: Mapped[Bilingual] = bilingual("goal")
    state: Mapped[ActionState] = mapped_column(enum_type(ActionState), default=ActionState.PLANNED, index=True)
    drop_reason: Mapped[Bilingual] = bilingual("drop_reason")
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    milestones: Mapped[list["Milestone"]] = relationship(
        cascade="all, delete-orphan", order_by="Milestone.due_on, Milestone.id", back_populates="programme"
    )
    outputs: Mapped[list["Output"]] = relationship(
        cascade="all, delete-orphan", order_by="Output.id", back_populates="programme"
    )
    contributions: Mapped[list["Contribution"]] = relationship(
        cascade="all, delete-orphan", order_by="Contribution.id", back_populates="programme"
    )

    def searchable_texts(self) -> tuple[Bilingual | None, ...]:
        return self.title, self.office, self.breakthrough, self.goal


class Milestone(Timed, Base):
    """A step of the roadmap with the day by which it is to be done."""

    __tablename__ = "milestone"
    __table_args__ = (
        CheckConstraint(_text("title"), name="titled"),
        CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name="done_on"),
        CheckConstraint(
            f"state NOT IN ('escalated', 'settled', 'passed_on') OR {_text('obstacle')}", name="escalated_with_obstacle"
        ),
        CheckConstraint(f"state NOT IN ('settled', 'passed_on') OR {_text('decision')}", name="decided_with_reason"),
        Index("ix_milestone_state_due_on", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("action_programme.id", ondelete="CASCADE"), index=True)
    title: Mapped[Bilingual] = bilingual("title")
    due_on: Mapped[date]
    state: Mapped[MilestoneState] = mapped_column(enum_type(MilestoneState), default=MilestoneState.OPEN)
    done_on: Mapped[date | None]
    obstacle: Mapped[Bilingual] = bilingual("obstacle")
    decision: Mapped[Bilingual] = bilingual("decision")
    escalated_on: Mapped[date | None]
    decided_on: Mapped[date | None]

    programme: Mapped[ActionProgramme] = relationship(back_populates="milestones")


class Output(Timed, Base):
    """Something that can be counted: how many are to be reached, and how many had been on the day `as_of`."""

    __tablename__ = "action_output"
    __table_args__ = (
        CheckConstraint(_text("title"), name="titled"),
        CheckConstraint("target > 0", name="target"),
        CheckConstraint("reached >= 0", name="reached"),
        CheckConstraint("reached = 0 OR as_of IS NOT NULL", name="counted_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("action_programme.id", ondelete="CASCADE"), index=True)
    title: Mapped[Bilingual] = bilingual("title")
    unit: Mapped[Bilingual] = bilingual("unit")
    target: Mapped[int]
    reached: Mapped[int] = mapped_column(default=0)
    as_of: Mapped[date | None]

    programme: Mapped[ActionProgramme] = relationship(back_populates="outputs")


class Contribution(Timed, Base):
    """Money promised to a programme, and how much of it had been paid in on the day `as_of`."""

    __tablename__ = "contribution"
    __table_args__ = (
        CheckConstraint("promised_vnd > 0", name="promised"),
        CheckConstraint("paid_vnd BETWEEN 0 AND promised_vnd", name="paid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("action_programme.id", ondelete="CASCADE"), index=True)
    source: Mapped[CapitalSource] = mapped_column(enum_type(CapitalSource))
    promised_vnd: Mapped[int] = mapped_column(sa.BigInteger)
    paid_vnd: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    as_of: Mapped[date]
    provenance: Mapped[Provenance] = mapped_column(enum_type(Provenance), default=Provenance.SELF_DECLARED)
    sources: Mapped[list[SourceRef]] = mapped_column(default=list)

    programme: Mapped[ActionProgramme] = relationship(back_populates="contributions")
