"""The names of fields in the drawn network: how they break into lines and how much room they take.

Where they stand is computed with the layout (services/labels.py) so that no two meet, in either language.
"""

from collections.abc import Iterable

LINE = 20
"""Letters on a line. A name has two lines at most on a wide screen, and one on a narrow one."""

TYPE, PHONE_TYPE = 12, 26
"""Size of the letters in units of the drawing, as in static/css/explorer.css."""

HEIGHT = 13 / 12
NARROW, BROAD = frozenset("ijlftrI.,'’()–-: "), frozenset("mwMWĐQOÔƠ")


def lines(name: str, most: int = 2) -> tuple[str, ...]:
    """The name on at most so many lines; what is left out is an ellipsis."""
    found = [""]
    for word in name.split():
        if found[-1] and len(found[-1]) + 1 + len(word) > LINE:
            found.append("")
        found[-1] = f"{found[-1]} {word}".strip()
    if len(found) > most:
        found = [*found[: most - 1], found[most - 1].rstrip(",;") + "…"]
    return tuple(found)


def width(line: str) -> float:
    """In sizes of the letters, rather too much than too little: letters of Be Vietnam Pro in four sorts."""
    return sum(0.38 if c in NARROW else 0.86 if c in BROAD else 0.7 if c.isupper() else 0.6 for c in line)


def extent(names: Iterable[str], most: int, size: int) -> tuple[float, float]:
    """Width and height that are enough for each of the names."""
    broken = [lines(name, most) for name in names]
    return max(width(line) for name in broken for line in name) * size, max(map(len, broken)) * size * HEIGHT
