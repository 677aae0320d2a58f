"""Computes where the nodes of the drawn network stand, when it has changed, and stores it. Never during a request.

Only what everybody may see goes in: organisations that are not suspended, their fields, their programmes.
"""

import hashlib
import json
import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from models import Field, GraphLayout, Organisation
from models.graphs import HEIGHT, WIDTH
from network.queries import visible
from network.queries.graph import (
    APART,
    GROUPED,
    TOGETHER,
    field_key,
    group_key,
    label_key,
    links,
    organisation_key,
    phone_key,
    programme_links,
)
from network.services import labels

VERSION = 6
"""Part of the fingerprint: raise it when the same network is to be drawn in another way."""

MARGIN = 44
ORGANISATION, GROUP, FIELD, FIELDS = 12.5, 19.0, 27.0, 96.0
"""How much room a node needs around itself. Two fields stand FIELDS apart at least: their names need room as well."""

GOLDEN = 2.399963
"""The golden angle: places that differ by it from one to the next never lie in one direction."""

Edges = dict[tuple[str, str], float]


@dataclass(frozen=True)
class Skeleton:
    """Which nodes are tied how strongly. Keys that begin with 'area' only pull together and are not drawn. `names` are
    those of the fields in both languages, `counts` how many organisations stand behind a field or a group."""

    edges: Edges
    names: dict[str, tuple[str, ...]]
    counts: dict[str, int]

    @property
    def head(self) -> str:
        """Where one more organisation moves no node, nothing is drawn anew: counts are left out."""
        text = json.dumps([VERSION, sorted((a, b, w) for (a, b), w in self.edges.items()), sorted(self.names.items())])
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Outdated:
    """A drawing whose network has changed; `before` is where its nodes stood."""

    name: str
    skeleton: Skeleton
    before: dict[str, list[int]]

    def draw(self) -> dict[str, list[int]]:
        """Places of nodes and of names. Takes seconds: end the transaction before."""
        return name(draw(self.skeleton.edges, self.before), self.skeleton)


def outdated(session: Session) -> list[Outdated]:
    """What has to be drawn anew. Five statements."""
    stored = {layout.name: layout for layout in session.scalars(sa.select(GraphLayout))}
    return [
        Outdated(name, skeleton, stored[name].positions if name in stored else {})
        for name, skeleton in skeletons(session).items()
        if name not in stored or stored[name].head != skeleton.head
    ]


def store(session: Session, old: Outdated, positions: dict[str, list[int]], *, now: datetime) -> None:
    session.merge(GraphLayout(name=old.name, head=old.skeleton.head, positions=positions, made_at=now))
    session.flush()


def skeletons(session: Session) -> dict[str, Skeleton]:
    """Both drawings. Four statements."""
    kinds = dict(session.execute(sa.select(Organisation.id, Organisation.kind)).all())
    fields = {field.code: field for field in session.scalars(sa.select(Field))}
    parents = {code: field.parent_code for code, field in fields.items()}
    works = links(session, visible.organisations(None))
    programmes = [(number, code) for number, _, _, code in programme_links(session, None) if code]
    edges: dict[str, Edges] = {TOGETHER: {}, APART: {}}
    counts: Counter[str] = Counter()
    for number, code in works:
        counts[field_key(code)] += 1
        counts[group_key(kinds[number], code)] += 1
        edges[APART][organisation_key(number), field_key(code)] = 1.0
        if kinds[number] in GROUPED:
            edges[TOGETHER][group_key(kinds[number], code), field_key(code)] = 1.0
        else:
            edges[TOGETHER][organisation_key(number), field_key(code)] = 1.0
    for number, code in programmes:
        for name, found in edges.items():
            if name == APART or kinds[number] not in GROUPED:
                found[organisation_key(number), field_key(code)] = 1.5
    names: dict[str, tuple[str, ...]] = {}
    for found in edges.values():
        codes = sorted({b.removeprefix("field:") for _, b in found})
        areas = sorted({parents[code] or code for code in codes})
        found |= {(field_key(code), f"area:{parents[code] or code}"): 0.6 for code in codes}
        found |= {(f"area:{a}", f"area:{b}"): 0.15 for a in areas for b in areas if a < b}
        names |= {field_key(code): tuple(filter(None, (fields[code].name.vi, fields[code].name.en))) for code in codes}
    return {
        drawing: Skeleton(found, {key: names[key] for pair in found for key in pair if key in names}, dict(counts))
        for drawing, found in edges.items()
    }


def draw(edges: Edges, before: dict[str, list[int]]) -> dict[str, list[int]]:
    """A force-directed layout; where most nodes had a place before, it starts from there and moves them little.

    What hangs on one node alone is put beside that node afterwards: it would otherwise fly to the margin.
    """
    import networkx as nx

    whole: Any = nx.Graph()
    whole.add_nodes_from(sorted({node for edge in edges for node in edge}))
    whole.add_weighted_edges_from((a, b, weight) for (a, b), weight in sorted(edges.items()))
    if not whole:
        return {}
    leaves = {
        node: next(iter(whole[node]))
        for node in whole
        if whole.degree(node) == 1 and not node.startswith(("field:", "area:"))
    }
    graph = whole.subgraph([node for node in whole if node not in leaves])
    known = {node: np.array(before[node]) / WIDTH for node in graph if node in before}
    warm = 2 * len(known) > len(graph)
    found = nx.spring_layout(
        graph,
        k=2.2 / len(graph) ** 0.5,
        pos=known if warm else None,
        iterations=60 if warm else 400,
        seed=7,
        method="force",
    )
    drawn = [node for node in found if not node.startswith("area:")]
    points = dict(zip(drawn, _into_the_box(np.array([found[node] for node in drawn])), strict=True))
    for n, (leaf, stem) in enumerate(leaves.items()):
        points[leaf] = points[stem] + 2 * FIELD * np.array([np.cos(n * GOLDEN), np.sin(n * GOLDEN)])
    nodes = sorted(points)
    apart = _apart(np.array([points[node] for node in nodes]), np.array([_size(node) for node in nodes]))
    return {node: [round(x), round(y)] for node, (x, y) in zip(nodes, apart.tolist(), strict=True)}


def name(positions: dict[str, list[int]], skeleton: Skeleton) -> dict[str, list[int]]:
    """The same with a place for the name of every field that has room; nodes below a name move aside."""
    nodes = sorted(positions)
    points = np.array([positions[node] for node in nodes], dtype=float).reshape(-1, 2)
    radii = np.array([_radius(node, skeleton.counts) for node in nodes])
    still = np.array([node in skeleton.names for node in nodes], dtype=bool)
    fields = [
        labels.Named(
            node,
            float(points[n, 0]),
            float(points[n, 1]),
            float(radii[n]),
            skeleton.names[node],
            skeleton.counts.get(node, 1),
        )
        for n, node in enumerate(nodes)
        if still[n]
    ]

    def others() -> labels.Numbers:
        return np.column_stack([points[~still], radii[~still]])

    wide = labels.place(fields, others())
    points = labels.clear(points, radii, still, wide)
    narrow = labels.on_phones(fields, others())
    found = {node: [round(x), round(y)] for node, (x, y) in zip(nodes, points.tolist(), strict=True)}
    found |= {label_key(field): placed.stored for field, placed in wide.items()}
    return found | {phone_key(field): placed.stored for field, placed in narrow.items()}


def _radius(node: str, counts: dict[str, int]) -> float:
    """As templates/macros/drawings.html draws it."""
    kind = node.partition(":")[0]
    if kind == "field":
        return 6 + 1.1 * math.sqrt(counts.get(node, 1))
    return 10.0 if kind == "organisation" else 8 + 1.2 * math.sqrt(counts.get(node, 1))


def _size(node: str) -> float:
    return {"field": FIELD, "organisation": ORGANISATION}.get(node.partition(":")[0], GROUP)


def _into_the_box(points: NDArray[Any]) -> NDArray[Any]:
    """Half by place and half by rank in each direction, so that neither middle nor margin is crowded."""
    low, high = points.min(axis=0), points.max(axis=0)
    if len(points) == 1:
        return np.array([[WIDTH / 2, HEIGHT / 2]])
    place = (points - low) / np.maximum(high - low, 1e-9)
    rank = points.argsort(axis=0).argsort(axis=0) / (len(points) - 1)
    placed: NDArray[Any] = MARGIN + (0.4 * place + 0.6 * rank) * (np.array([WIDTH, HEIGHT]) - 2 * MARGIN)
    return placed


def _apart(points: NDArray[Any], sizes: NDArray[Any], rounds: int = 160) -> NDArray[Any]:
    """Pushes nodes that stand too near to each other apart, a little in each round, within the box.

    The name of a field stands below it: the middle of what it needs is lower than the node, and twice as wide as high.
    """
    fields = sizes == FIELD
    both, either = fields[:, None] & fields[None, :], fields[:, None] | fields[None, :]
    wanted = np.where(both, FIELDS, sizes[:, None] + sizes[None, :])
    lower = np.stack([np.zeros(len(points)), np.where(fields, 12.0, 0.0)], axis=1)
    shape = np.where(both[:, :, None], np.array([1.0, 1.9]), np.where(either[:, :, None], np.array([0.8, 1.1]), 1.0))
    angles = np.arange(len(points)) * GOLDEN  # nodes at one spot leave it in different directions
    shaken = 0.1 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points = points + lower
    for _ in range(rounds):
        points = points + shaken
        between = (points[:, None, :] - points[None, :, :]) * shape
        length = np.maximum(np.linalg.norm(between, axis=2), 1e-6)
        push = np.clip(wanted - length, 0, None) / length
        np.fill_diagonal(push, 0)
        points = points + 0.2 * (between * push[:, :, None]).sum(axis=1)
        points = np.clip(points, MARGIN / 2, np.array([WIDTH, HEIGHT]) - MARGIN / 2)
    moved: NDArray[Any] = np.clip(points - lower, MARGIN / 2, np.array([WIDTH, HEIGHT]) - MARGIN)
    return moved
