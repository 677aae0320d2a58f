"""Records of the starter registry that hold others: an action programme with its roadmap, outputs and money."""

from datetime import date
from typing import Any

from models import ActionProgramme, Contribution, Milestone, Output
from models.actions import ActionState, CapitalSource, MilestoneState
from models.texts import Bilingual
from models.types import Provenance

Record = dict[str, Any]


def text(record: Record, name: str) -> Bilingual:
    return Bilingual(record.get(f"{name}_vi") or None, record.get(f"{name}_en") or None)


def day(record: Record, name: str) -> date | None:
    return date.fromisoformat(record[name]) if record.get(name) else None


def action_programme(common: dict[str, Any], record: Record) -> ActionProgramme:
    """`common` are the values that every entry of the registry shares, with the texts of the programme itself."""
    return ActionProgramme(
        state=ActionState(record["state"]),
        starts_on=date.fromisoformat(record["starts_on"]),
        ends_on=date.fromisoformat(record["ends_on"]),
        milestones=[_milestone(m) for m in record["milestones"]],
        outputs=[_output(o) for o in record["outputs"]],
        contributions=[_contribution(c, common) for c in record.get("contributions") or []],
        **common,
    )


def _milestone(record: Record) -> Milestone:
    return Milestone(
        title=text(record, "title"),
        due_on=date.fromisoformat(record["due_on"]),
        state=MilestoneState(record["state"]),
        done_on=day(record, "done_on"),
        obstacle=text(record, "obstacle"),
        decision=text(record, "decision"),
        escalated_on=day(record, "escalated_on"),
        decided_on=day(record, "decided_on"),
    )


def _output(record: Record) -> Output:
    return Output(
        title=text(record, "title"),
        unit=text(record, "unit"),
        target=record["target"],
        reached=record["reached"],
        as_of=day(record, "as_of"),
    )


def _contribution(record: Record, common: dict[str, Any]) -> Contribution:
    return Contribution(
        source=CapitalSource(record["source"]),
        promised_vnd=record["promised_vnd"],
        paid_vnd=record["paid_vnd"],
        as_of=date.fromisoformat(record["as_of"]),
        provenance=Provenance(common["provenance"]),
        sources=common["sources"],
    )
