"""How far a profile has come: what is said, what is still missing, and what stands in one language only."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Document, Organisation
from models.texts import LANGUAGES, Bilingual
from network.services.profile_steps import STEPS, Step


@dataclass(frozen=True)
class Part:
    """One thing a profile says. `lacks` is the language in which it is missing while the other one is there."""

    name: str
    step: Step
    there: bool
    lacks: str | None = None


@dataclass(frozen=True)
class StepRow:
    step: Step
    parts: tuple[Part, ...]

    @property
    def missing(self) -> int:
        return sum(not part.there for part in self.parts)


@dataclass(frozen=True)
class Progress:
    steps: tuple[StepRow, ...]
    documents: int

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(part for row in self.steps for part in row.parts)

    @property
    def done(self) -> int:
        return sum(part.there for part in self.parts)

    @property
    def missing(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if not part.there)

    @property
    def one_language(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.lacks)

    def lacks(self, name: str) -> str | None:
        return next((part.lacks for part in self.parts if part.name == name), None)


def progress(session: Session, organisation: Organisation) -> Progress:
    """One statement beside what the organisation has loaded."""
    counted = sa.select(sa.func.count(Document.id)).where(Document.organisation_id == organisation.id)
    number = session.scalar(counted) or 0
    rows = []
    for step, names in STEPS[organisation.kind].items():
        parts = tuple(_part(organisation, step, name) for name in names)
        if step is Step.DOCUMENTS:
            parts = (Part("documents", step, number > 0),)
        rows.append(StepRow(step, parts))
    return Progress(tuple(rows), number)


def _part(organisation: Organisation, step: Step, name: str) -> Part:
    value = getattr(organisation, name)
    if isinstance(value, Bilingual):
        absent = [code for code in LANGUAGES if not getattr(value, code)]
        return Part(name, step, len(absent) < len(LANGUAGES), absent[0] if len(absent) == 1 else None)
    return Part(name, step, bool(value) or value == 0)
