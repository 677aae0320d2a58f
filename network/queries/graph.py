"""The network as nodes and edges: fields, the organisations that work in them, and what ties organisations together.

Where a node stands is computed beside the requests (services/layouts.py) from what everybody may see; a page only
reads it. Expressions of interest never move a node: nobody can guess from a distance what he may not read.

With many organisations those of GROUPED kinds are drawn together, one node for each kind and field ('together');
with MOST or fewer each stands by itself ('apart').
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ExpressionOfInterest, Field, GraphLayout, Organisation, Programme, User
from models.graphs import HEIGHT, WIDTH
from models.interests import OPEN_STATES
from models.organisations import organisation_field
from models.programmes import programme_field
from models.texts import Bilingual
from models.types import InterestState, OrganisationKind
from network.queries import visible
from network.queries.explorer import ExplorerCriteria
from network.queries.facets import Narrowing

GROUPED = (OrganisationKind.ENTERPRISE, OrganisationKind.STARTUP)
MOST = 150
TOGETHER, APART = "together", "apart"
SHOWN_STATES = (*OPEN_STATES, InterestState.CONFIRMED.value)

Position = tuple[int, int]
Label = tuple[int, int, int]


def field_key(code: str) -> str:
    return f"field:{code}"


def organisation_key(organisation_id: int) -> str:
    return f"organisation:{organisation_id}"


def group_key(kind: OrganisationKind, code: str) -> str:
    return f"{kind.value}:{code}"


def label_key(node: str) -> str:
    return f"label:{node}"


def phone_key(node: str) -> str:
    return f"phone:{node}"


@dataclass(frozen=True)
class Node:
    """A field, an organisation, or a group: the organisations of one `kind` in the field `code`.

    `kind` is None for a field, `slug` only an organisation has; `count` is the number of organisations behind it.
    `label` and `phone` say where the name of a field stands on a wide and on a narrow screen, from the node: dx, dy and
    its anchor (services/labels.py); None where there is no room for it.
    """

    key: str
    name: Bilingual
    kind: OrganisationKind | None
    code: str | None
    slug: str | None
    count: int
    x: int
    y: int
    label: Label | None = None
    phone: Label | None = None

    @property
    def is_group(self) -> bool:
        return self.kind is not None and self.slug is None


@dataclass(frozen=True)
class FieldRow:
    """One row of the table: a field and everybody drawn beside it."""

    field: Node
    members: tuple[Node, ...]


@dataclass(frozen=True)
class Run:
    """A programme that an organisation shown runs, and the fields it is for."""

    organisation: Node
    programme_id: int
    name: Bilingual
    fields: tuple[Node, ...]


@dataclass(frozen=True)
class Tie:
    """An expression of interest, open or confirmed, between two organisations shown."""

    asking: Node
    answering: Node
    state: InterestState


@dataclass(frozen=True)
class Network:
    """`together` says that the grouped kinds are drawn by field; `drawn` is false until the first layout is stored."""

    fields: tuple[FieldRow, ...]
    nodes: tuple[Node, ...]
    runs: tuple[Run, ...]
    ties: tuple[Tie, ...]
    together: bool
    drawn: bool
    total: int
    fieldless: int


def links(session: Session, condition: Any) -> list[tuple[int, str]]:
    """Which of the organisations that meet `condition` works in which field. One statement."""
    found = sa.select(Organisation.id).where(condition)
    link = organisation_field.c
    rows = session.execute(
        sa.select(link.organisation_id, link.field_code)
        .where(link.organisation_id.in_(found))
        .order_by(link.field_code, link.organisation_id)
    )
    return [(organisation_id, code) for organisation_id, code in rows]


def programme_links(session: Session, viewer: User | None) -> list[tuple[int, int, Bilingual, str | None]]:
    """Organisation, programme, its name and one of its fields; None without fields. One statement."""
    rows = session.execute(
        sa.select(
            Programme.organisation_id,
            Programme.id,
            Programme.name_vi,  # type: ignore[attr-defined]
            Programme.name_en,  # type: ignore[attr-defined]
            programme_field.c.field_code,
        )
        .outerjoin(programme_field, programme_field.c.programme_id == Programme.id)
        .where(Programme.organisation_id.is_not(None), visible.programmes(viewer))
        .order_by(Programme.id, programme_field.c.field_code)
    )
    return [
        (organisation_id, number, Bilingual(vi, en), code)
        for organisation_id, number, vi, en, code in rows
        if organisation_id is not None
    ]


def network(narrowing: Narrowing, viewer: User | None, criteria: ExplorerCriteria) -> Network:
    """Six statements, for any number of organisations."""
    session = narrowing.session
    rows = session.execute(
        sa.select(Organisation.id, Organisation.kind, Organisation.slug, Organisation.name_vi, Organisation.name_en)  # type: ignore[attr-defined]
        .select_from(narrowing.source)
        .where(*narrowing.where())
        .order_by(Organisation.folded)
    ).all()
    together = len(rows) > MOST
    works: dict[int, list[str]] = defaultdict(list)
    shown = {row.id for row in rows}
    for organisation_id, code in links(session, sa.and_(*narrowing.where())):
        works[organisation_id].append(code)
    ties = [
        tie
        for tie in session.execute(
            sa.select(
                ExpressionOfInterest.from_organisation_id,
                ExpressionOfInterest.to_organisation_id,
                ExpressionOfInterest.state,
            )
            .where(visible.interests(viewer), ExpressionOfInterest.state.in_(SHOWN_STATES))
            .order_by(ExpressionOfInterest.id)
        )
        if tie.from_organisation_id in shown and tie.to_organisation_id in shown
    ]
    layout = session.get(GraphLayout, TOGETHER if together else APART)
    positions = layout.positions if layout else {}
    place = _placing(positions)

    names = {field.code: field for field in session.scalars(sa.select(Field))}
    inside = criteria.field if together else None
    codes = sorted(
        {code for codes in works.values() for code in codes if not inside or inside in (code, names[code].parent_code)}
    )
    counts: dict[str, int] = defaultdict(int)
    grouped: dict[tuple[OrganisationKind, str], int] = defaultdict(int)
    for row in rows:
        for code in works[row.id]:
            counts[code] += 1
            if together and row.kind in GROUPED:
                grouped[row.kind, code] += 1
    fields = {
        code: replace(
            _node(place, field_key(code), names[code].name, code=code, count=counts[code]),
            label=_label(positions.get(label_key(field_key(code)))),
            phone=_label(positions.get(phone_key(field_key(code)))),
        )
        for code in codes
    }
    groups = {
        (kind, code): _node(place, group_key(kind, code), names[code].name, (code,), kind=kind, code=code, count=number)
        for (kind, code), number in grouped.items()
        if code in fields
    }
    tied = {number for tie in ties for number in (tie.from_organisation_id, tie.to_organisation_id)}
    organisations = {
        row.id: _node(
            place,
            organisation_key(row.id),
            Bilingual(row.name_vi, row.name_en),
            works[row.id],
            kind=row.kind,
            slug=row.slug,
        )
        for row in rows
        if not (together and row.kind in GROUPED and row.id not in tied) and (works[row.id] or row.id in tied)
    }
    beside: dict[str, list[Node]] = defaultdict(list)
    for number, node in organisations.items():
        for code in works[number]:
            beside[code].append(node)
    for (_, code), node in groups.items():
        beside[code].append(node)
    return Network(
        tuple(FieldRow(node, tuple(beside[code])) for code, node in fields.items()),
        (*groups.values(), *organisations.values()),
        _runs(programme_links(session, viewer), organisations, fields),
        tuple(
            Tie(organisations[tie.from_organisation_id], organisations[tie.to_organisation_id], tie.state)
            for tie in ties
        ),
        together,
        layout is not None,
        len(rows),
        sum(not works[row.id] for row in rows),
    )


def _runs(
    rows: Iterable[tuple[int, int, Bilingual, str | None]],
    organisations: Mapping[int, Node],
    fields: Mapping[str, Node],
) -> tuple[Run, ...]:
    runs: dict[int, tuple[int, Bilingual, list[Node]]] = {}
    for organisation_id, programme_id, name, code in rows:
        if organisation_id in organisations:
            _, _, found = runs.setdefault(programme_id, (organisation_id, name, []))
            found += [fields[code]] if code is not None and code in fields else []
    return tuple(Run(organisations[o], programme_id, name, tuple(f)) for programme_id, (o, name, f) in runs.items())


Place = Callable[[str, Iterable[str]], Position]


def _placing(positions: Mapping[str, list[int]]) -> Place:
    """Where a node stands. One that is younger than the layout stands beside its fields, always at the same spot."""

    def place(key: str, codes: Iterable[str]) -> Position:
        if key in positions:
            x, y = positions[key]
            return x, y
        near = [positions[field_key(code)] for code in codes if field_key(code) in positions]
        if not near:
            near = [[WIDTH // 2, HEIGHT // 2]]
        angle = sum(key.encode()) * 2.399963  # the golden angle keeps neighbours in this order apart
        x, y = (sum(values) / len(near) for values in zip(*near, strict=True))
        return (
            min(WIDTH - 20, max(20, round(x + 34 * math.cos(angle)))),
            min(HEIGHT - 20, max(20, round(y + 34 * math.sin(angle)))),
        )

    return place


def _label(stored: list[int] | None) -> Label | None:
    if stored is None:
        return None
    dx, dy, anchor = stored
    return dx, dy, anchor


def _node(
    place: Place,
    key: str,
    name: Bilingual,
    codes: Iterable[str] = (),
    *,
    kind: OrganisationKind | None = None,
    code: str | None = None,
    slug: str | None = None,
    count: int = 1,
) -> Node:
    return Node(key, name, kind, code, slug, count, *place(key, codes))
