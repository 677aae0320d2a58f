"""Finds a place for the name of every field in the drawn network, so that no two names meet and few lie on a node.

A name may stand on eight sides of its node. The best side is chosen name by name, again and again, until nothing
changes any more; the name of the smaller field is left out where two still meet. Nodes that lie below a name are pushed
aside afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.graphs import HEIGHT, WIDTH
from network.queries.labels import PHONE_TYPE, TYPE, extent

Numbers = NDArray[np.float64]

GAP = 4.0
"""Between a node and its name, and between two names."""

MOST_ON_PHONES = 12

START, MIDDLE, END = 0, 1, 2
"""Where the place of a name lies in it: at its beginning, in its middle, at its end."""

SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))
"""Below first, then above, beside, and at the corners."""

ON_NAME, ON_FIELD, ON_NODE, OUTSIDE, TASTE = 60.0, 4.0, 1.0, 1e6, 6.0
"""What it costs, by area, to lie on something; and by number to stand on a side further down the list."""


@dataclass(frozen=True)
class Named:
    """A field as it is drawn: the middle and radius of its node, its names in both languages, how much it counts."""

    code: str
    x: float
    y: float
    radius: float
    names: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class Placed:
    """`dx`, `dy`: from the middle of the node to where the first line stands; `rectangle`: what the name covers."""

    dx: int
    dy: int
    anchor: int
    rectangle: tuple[float, float, float, float]

    @property
    def stored(self) -> list[int]:
        return [self.dx, self.dy, self.anchor]


def place(
    fields: list[Named], nodes: Numbers, *, lines: int = 2, size: int = TYPE, scale: float = 1.0
) -> dict[str, Placed]:
    """Places by code. `nodes`: x, y and radius of everything else that is drawn; `scale` makes nodes greater."""
    if not fields:
        return {}
    fields = sorted(fields, key=lambda field: (-field.count, field.code))
    options = [_options(field, lines, size, scale) for field in fields]
    rectangles = np.array([[option.rectangle for option in row] for row in options])
    circles = np.array([[f.x, f.y, f.radius * scale] for f in fields])
    outside = _outside(rectangles)
    fixed = TASTE * np.arange(len(SIDES))[None, :] + OUTSIDE * outside
    fixed = fixed + ON_FIELD * _covered(rectangles, circles) + ON_NODE * _covered(rectangles, nodes * [1, 1, scale])
    chosen = _settle(rectangles, fixed)
    kept: dict[str, Placed] = {}
    for n, field in enumerate(fields):
        here = rectangles[n, chosen[n]]
        others = np.array([placed.rectangle for placed in kept.values()]).reshape(-1, 4)
        if not outside[n, chosen[n]] and not _overlap(here, others).any():
            kept[field.code] = options[n][chosen[n]]
    return kept


def _settle(rectangles: Numbers, fixed: Numbers, sweeps: int = 40) -> list[int]:
    """The number of the side for each name; no name alone could do better then."""
    chosen = fixed.argmin(axis=1)
    for _ in range(sweeps):
        before = chosen.copy()
        for n in range(len(chosen)):
            others = np.delete(rectangles[np.arange(len(chosen)), chosen], n, axis=0)
            met = np.array([_overlap(rectangle, others).sum() for rectangle in rectangles[n]])
            chosen[n] = (fixed[n] + ON_NAME * met).argmin()
        if (before == chosen).all():
            break
    return [int(side) for side in chosen]


def _options(field: Named, lines: int, size: int, scale: float) -> list[Placed]:
    broad, high = extent(field.names, lines, size)
    found = []
    for right, down in SIDES:
        reach = field.radius * scale * (0.75 if right and down else 1) + GAP
        left = field.x + right * reach - (0 if right > 0 else broad if right < 0 else broad / 2)
        top = field.y + down * reach - (0 if down > 0 else high if down < 0 else high / 2)
        anchor = {1: START, 0: MIDDLE, -1: END}[right]
        dx, dy = round(right * reach), round(top - field.y + 0.82 * size)
        margin = GAP / 2
        found.append(Placed(dx, dy, anchor, (left - margin, top - margin, left + broad + margin, top + high + margin)))
    return found


def _overlap(one: Numbers, others: Numbers) -> Numbers:
    """The area that a rectangle shares with each of the others."""
    across = np.minimum(one[2], others[:, 2]) - np.maximum(one[0], others[:, 0])
    down = np.minimum(one[3], others[:, 3]) - np.maximum(one[1], others[:, 1])
    area: Numbers = np.clip(across, 0, None) * np.clip(down, 0, None)
    return area


def _covered(rectangles: Numbers, circles: Numbers) -> Numbers:
    """How much of the squares around the circles each rectangle covers, by name and side."""
    x, y, r = circles.T[:, None, None, :] if len(circles) else np.zeros((3, 1, 1, 0))
    left, top, right, bottom = np.moveaxis(rectangles, -1, 0)[..., None]
    across = np.minimum(right, x + r) - np.maximum(left, x - r)
    down = np.minimum(bottom, y + r) - np.maximum(top, y - r)
    area: Numbers = (np.clip(across, 0, None) * np.clip(down, 0, None)).sum(axis=-1)
    return area


def _outside(rectangles: Numbers) -> NDArray[np.bool_]:
    beyond: NDArray[np.bool_] = (
        (rectangles[..., 0] < 0)
        | (rectangles[..., 1] < 0)
        | (rectangles[..., 2] > WIDTH)
        | (rectangles[..., 3] > HEIGHT)
    )
    return beyond


def clear(points: Numbers, radii: Numbers, still: NDArray[np.bool_], names: Mapping[str, Placed]) -> Numbers:
    """Pushes the nodes that are not to stand `still` out from below the names and off each other."""
    boxes = np.array([placed.rectangle for placed in names.values()]).reshape(-1, 4)
    if not len(boxes):
        return points
    middle, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) / 2
    points, moving = points.copy(), (~still)[:, None]
    for _ in range(80):
        away = points[:, None, :] - middle[None, :, :]
        inside = half[None, :, :] + radii[:, None, None] - np.abs(away)
        deep = (inside > 0).all(axis=2)
        across = inside[..., 0] < inside[..., 1]
        push = np.where(across[..., None], [1.0, 0.0], [0.0, 1.0]) * inside * np.where(away >= 0, 1, -1)
        step = (push * deep[..., None]).sum(axis=1)
        between = points[:, None, :] - points[None, :, :]
        length = np.maximum(np.linalg.norm(between, axis=2), 1e-6)
        near = np.clip(radii[:, None] + radii[None, :] + 1 - length, 0, None) / length
        np.fill_diagonal(near, 0)
        step = 0.5 * step + 0.3 * (between * near[..., None]).sum(axis=1)
        points = points + np.where(moving, np.clip(step, -12, 12), 0)
        edge = radii[:, None] + 2
        points = np.where(moving, np.clip(points, edge, np.array([WIDTH, HEIGHT]) - edge), points)
    return points


def on_phones(fields: list[Named], nodes: Numbers) -> dict[str, Placed]:
    """Places for great letters on a small screen: one line each, for the greatest fields that have room."""
    greatest = sorted(fields, key=lambda field: (-field.count, field.code))[:MOST_ON_PHONES]
    return place(greatest, nodes, lines=1, size=PHONE_TYPE, scale=1.6)
