"""Where the parts of a chart stand. The macros in templates/macros/charts.html draw what is computed here."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from flask import Flask

WIDTH, HEIGHT = 360, 220
LEFT, RIGHT, TOP, BOTTOM = 16, 24, 28, 30
EDGE, NEAR = 60, 34


@dataclass(frozen=True)
class Spot:
    """`below` puts the number under the spot, where the next one would cover it; `anchor` keeps it inside the box."""

    x: float
    y: float
    number: float
    goal: bool
    below: bool = False

    @property
    def anchor(self) -> str:
        return "end" if self.x > WIDTH - EDGE else "start" if self.x < EDGE / 2 else "middle"


@dataclass(frozen=True)
class Tick:
    x: float
    year: int


@dataclass(frozen=True)
class Line:
    """A course over years in a box of WIDTH by HEIGHT; `path` joins what was, the goal stands apart."""

    width: int
    height: int
    base: float
    spots: tuple[Spot, ...]
    ticks: tuple[Tick, ...]
    path: str


def line_chart(points: Sequence[tuple[float, float, bool]], falling: bool = False) -> Line:
    """`points` are (year, number, whether a goal). `falling` puts the smallest number at the top, as for ranks."""
    years, numbers = [p[0] for p in points], [p[1] for p in points]
    first, last = min(years), max(years)
    low = 0.0 if not falling else min(numbers) * 0.9
    high = max(numbers) * (1.1 if falling else 1.0)
    base = HEIGHT - BOTTOM

    def x(year: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * ((year - first) / (last - first) if last > first else 0.5), 1)

    def y(number: float) -> float:
        part = (number - low) / (high - low) if high > low else 0.5
        return round(TOP + (base - TOP) * (part if falling else 1 - part), 1)

    places = [x(year) for year in years]
    gaps = [after - before for before, after in pairwise(places)] + [WIDTH]
    spots = tuple(
        Spot(place, y(number), number, goal, below=gap < NEAR)
        for place, gap, (_year, number, goal) in zip(places, gaps, points, strict=True)
    )
    path = "M" + "L".join(f"{s.x} {s.y}" for s in spots if not s.goal)
    step = max(1, round((last - first) / 4))
    whole = range(int(-(-first // 1)), int(last) + 1, step)
    return Line(WIDTH, HEIGHT, base, spots, tuple(Tick(x(year), year) for year in whole), path)


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(line_chart=line_chart)
