"""Computes where the nodes of the drawn network stand, when it has changed, and stores it. Never during a request.

Only what everybody may see goes in: organisations that are not suspended, their fields, their programmes.
"""

import hashlib
import json
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
    links,
    organisation_key,
    programme_links,
)

VERSION = 1
"""Part of the fingerprint: raise it when the same network is to be drawn in another way."""

MARGIN = 40
NEAR, NEAR_FIELD = 26.0, 46.0
"""How far apart two nodes stand at least, and a field from anything else."""

Edges = dict[tuple[str, str], float]


@dataclass(frozen=True)
class Skeleton:
    """Which nodes are tied how strongly. Keys that begin with 'area' only pull together and are not drawn."""

    edges: Edges

    @property
    def head(self) -> str:
        text = json.dumps([VERSION, sorted((a, b, w) for (a, b), w in self.edges.items())])
        return hashlib.sha256(text.encode()).hexdigest()


def refresh_layouts(session: Session, *, now: datetime) -> list[str]:
    """Draws anew what has changed and returns the names of those drawings. Five statements if nothing has."""
    drawn = []
    for name, skeleton in skeletons(session).items():
        stored = session.get(GraphLayout, name)
        if stored is not None and stored.head == skeleton.head:
            continue
        positions = draw(skeleton.edges, stored.positions if stored else {})
        if stored is None:
            session.add(GraphLayout(name=name, head=skeleton.head, positions=positions, made_at=now))
        else:
            stored.head, stored.positions, stored.made_at = skeleton.head, positions, now
        drawn.append(name)
    session.flush()
    return drawn


def skeletons(session: Session) -> dict[str, Skeleton]:
    """Both drawings. Four statements."""
    kinds = dict(session.execute(sa.select(Organisation.id, Organisation.kind)).all())
    parents = dict(session.execute(sa.select(Field.code, Field.parent_code)).all())
    works = links(session, visible.organisations(None))
    programmes = [(number, code) for number, _, _, code in programme_links(session, None) if code]
    edges: dict[str, Edges] = {TOGETHER: {}, APART: {}}
    for number, code in works:
        edges[APART][organisation_key(number), field_key(code)] = 1.0
        if kinds[number] in GROUPED:
            edges[TOGETHER][group_key(kinds[number], code), field_key(code)] = 1.0
        else:
            edges[TOGETHER][organisation_key(number), field_key(code)] = 1.0
    for number, code in programmes:
        for name, found in edges.items():
            if name == APART or kinds[number] not in GROUPED:
                found[organisation_key(number), field_key(code)] = 1.5
    for found in edges.values():
        codes = sorted({b.removeprefix("field:") for _, b in found})
        areas = sorted({parents[code] or code for code in codes})
        found |= {(field_key(code), f"area:{parents[code] or code}"): 0.6 for code in codes}
        found |= {(f"area:{a}", f"area:{b}"): 0.15 for a in areas for b in areas if a < b}
    return {name: Skeleton(found) for name, found in edges.items()}


def draw(edges: Edges, before: dict[str, list[int]]) -> dict[str, list[int]]:
    """A force-directed layout; where most nodes had a place before, it starts from there and moves them little."""
    import networkx as nx

    graph: Any = nx.Graph()
    graph.add_nodes_from(sorted({node for edge in edges for node in edge}))
    graph.add_weighted_edges_from((a, b, weight) for (a, b), weight in sorted(edges.items()))
    if not graph:
        return {}
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
    nodes = [node for node in found if not node.startswith("area:")]
    points = _into_the_box(np.array([found[node] for node in nodes]))
    distances = np.array([NEAR_FIELD if node.startswith("field:") else NEAR for node in nodes])
    points = _apart(points, distances)
    return {node: [round(x), round(y)] for node, (x, y) in zip(nodes, points.tolist(), strict=True)}


def _into_the_box(points: NDArray[Any]) -> NDArray[Any]:
    low, high = points.min(axis=0), points.max(axis=0)
    size = np.array([WIDTH, HEIGHT]) - 2 * MARGIN
    return MARGIN + (points - low) / np.maximum(high - low, 1e-9) * size


def _apart(points: NDArray[Any], distances: NDArray[Any], rounds: int = 80) -> NDArray[Any]:
    """Pushes nodes that stand too near to each other apart, a little in each round, within the box."""
    wanted = np.maximum(distances[:, None], distances[None, :])
    angles = np.arange(len(points)) * 2.399963  # nodes at one spot leave it in different directions
    points = points + 0.01 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    for _ in range(rounds):
        between = points[:, None, :] - points[None, :, :]
        length = np.maximum(np.linalg.norm(between, axis=2), 1e-6)
        push = np.clip(wanted - length, 0, None) / length
        np.fill_diagonal(push, 0)
        points = points + 0.25 * (between * push[:, :, None]).sum(axis=1)
        points = np.clip(points, MARGIN / 2, np.array([WIDTH, HEIGHT]) - MARGIN / 2)
    return points
