"""What a spreadsheet of technologies would do, row by row, as things stand now. Writes nothing."""

import enum
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Field, Organisation, Technology
from models.errors import Invalid
from models.texts import Bilingual, fold
from models.types import SupplyState
from network.services import technology_values, versions
from network.services.spreadsheets import Row, Sheet
from network.services.technology_rows import EMPTY, Problem, Vocabulary, overlay
from network.services.texts import in_one_language

COLUMN_OF = {
    "title_missing": "title_vi",
    "summary_missing": "summary_vi",
    "languages_apart": "summary_vi",
    "owner_missing": "owners",
    "owner_twice": "owners",
    "too_many_owners": "owners",
    "shares_over": "owners",
    "shares_short": "owners",
    "price_order": "price_high",
    "price_missing": "price_low",
    "price_without_basis": "price_basis",
    "protection_contradicts": "ip_type",
    "reference_taken": "reference",
    "contact_data": "summary_vi",
}
"""Where to look when a row does not hold together."""


class Action(enum.StrEnum):
    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Trouble:
    """A problem with the address of the cell where it is to be mended."""

    address: str
    problem: Problem


@dataclass(frozen=True)
class PlannedRow:
    """`content` is what the technology would say; `changes` names what of it differs from what it says now."""

    number: int
    action: Action
    title: Bilingual
    target_id: int | None
    published: bool
    content: Mapping[str, Any]
    changes: tuple[str, ...]
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True)
class Plan:
    rows: tuple[PlannedRow, ...]
    unknown: tuple[tuple[str, str], ...]

    def of(self, action: Action) -> tuple[PlannedRow, ...]:
        return tuple(row for row in self.rows if row.action == action)

    @property
    def does_something(self) -> bool:
        return any(row.action in (Action.CREATE, Action.UPDATE) for row in self.rows)

    @cached_property
    def fingerprint(self) -> str:
        """The same as long as the same would be done: what was agreed to can be told from what it has become."""
        said = [[r.number, r.action.value, r.target_id, r.changes, r.content] for r in self.rows]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def field_words(session: Session) -> dict[str, str]:
    """Codes and folded names of all fields in both languages. One statement."""
    words: dict[str, str] = {}
    for field in session.scalars(sa.select(Field)):
        words |= {fold(name): field.code for name in (field.name.vi, field.name.en, field.code) if name}
    return words


def plan(session: Session, organisation: Organisation, sheet: Sheet, vocabulary: Vocabulary) -> Plan:
    """Six statements, however many rows there are."""
    return _Planner(session, organisation, sheet, vocabulary).plan()


class _Planner:
    def __init__(self, session: Session, organisation: Organisation, sheet: Sheet, vocabulary: Vocabulary) -> None:
        self.sheet, self.vocabulary = sheet, vocabulary
        own = list(session.scalars(owned(organisation.id)))
        self.by_number = {technology.id: technology for technology in own}
        self.by_reference = {technology.reference: technology for technology in own if technology.reference}
        shown = [technology for technology in own if technology.state is not SupplyState.WITHDRAWN]
        self.by_title = {name: technology.id for technology in shown for name in _names(technology.title)}
        self.targets: set[int] = set()
        self.references: set[str] = set()
        self.titles: set[str] = set()

    def plan(self) -> Plan:
        return Plan(tuple(self._row(row) for row in self.sheet.rows), self.sheet.unknown)

    def _row(self, row: Row) -> PlannedRow:
        try:
            target = self._target(row)
        except _Wrong as wrong:
            title = Bilingual(row.cells.get("title_vi"), row.cells.get("title_en"))
            return self._planned(row, None, title, EMPTY, (), [wrong.problem])
        before = versions.content_of(target) if target else EMPTY
        content, problems = overlay(before, row.cells, self.vocabulary)
        problems = problems or self._together(content, target)
        changes = versions.changed(before, content)
        return self._planned(row, target, Bilingual(*content["title"]), content, changes, problems)

    def _planned(
        self,
        row: Row,
        target: Technology | None,
        title: Bilingual,
        content: Mapping[str, Any],
        changes: tuple[str, ...],
        problems: list[Problem],
    ) -> PlannedRow:
        if problems:
            action = Action.REFUSE
        elif target is None:
            action = Action.CREATE
        else:
            action = Action.UPDATE if changes else Action.UNCHANGED
        troubles = tuple(Trouble(self.sheet.address(row.number, problem.column), problem) for problem in problems)
        published = target is not None and target.state is SupplyState.PUBLISHED
        target_id = target.id if target else None
        return PlannedRow(row.number, action, title, target_id, published, content, changes, troubles)

    def _target(self, row: Row) -> Technology | None:
        """The own technology that the row is about, if it names one. Raises _Wrong."""
        number, reference = row.cells.get("number"), row.cells.get("reference")
        target = self.by_reference.get(" ".join(reference.split())) if reference else None
        if number:
            target = self.by_number.get(int(number)) if number.isascii() and number.isdigit() else None
            if target is None:
                raise _Wrong("number", "unknown_number", number)
        if target is not None and target.id in self.targets:
            raise _Wrong("number" if number else "reference", "row_twice")
        if target is not None:
            self.targets.add(target.id)
        return target

    def _together(self, content: Mapping[str, Any], target: Technology | None) -> list[Problem]:
        """What does not hold together in the row, with the others of the sheet and with what is there already."""
        values, _fields = versions.values_of(content)
        try:
            in_one_language(values["title"], values["summary"], "summary_missing")
            technology_values.check(values)
        except Invalid as error:
            return [Problem(COLUMN_OF[error.code], error.code)]
        reference = values["reference"]
        if reference:
            holder = self.by_reference.get(reference)
            if (holder and holder is not target) or reference in self.references:
                return [Problem("reference", "reference_taken", reference)]
            self.references.add(reference)
        if target is None:
            return self._new_title(values["title"])
        return []

    def _new_title(self, title: Bilingual) -> list[Problem]:
        names = _names(title)
        there = next((self.by_title[name] for name in names if name in self.by_title), None)
        if there is not None:
            return [Problem("title_vi", "title_there", str(there))]
        if names & self.titles:
            return [Problem("title_vi", "title_twice")]
        self.titles |= names
        return []


class _Wrong(Exception):
    def __init__(self, column: str, code: str, word: str = "") -> None:
        self.problem = Problem(column, code, word)
        super().__init__(code)


def owned(organisation_id: int) -> sa.Select[Technology]:
    """The technologies of an organisation with all that a content says of them."""
    return (
        sa.select(Technology)
        .where(Technology.organisation_id == organisation_id)
        .options(
            joinedload(Technology.organisation),
            selectinload(Technology.fields),
            selectinload(Technology.owner_rows),
            selectinload(Technology.other_forms),
            selectinload(Technology.pictures),
        )
        .order_by(Technology.id)
    )


def _names(title: Bilingual) -> set[str]:
    return {" ".join(fold(name).split()) for name in (title.vi, title.en) if name}
