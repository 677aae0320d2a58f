"""A mark for every organisation without a logo: a floor tile of its own, drawn from its name and kind.

The tile is one quarter, turned four times about the middle or mirrored. Which shapes stand in it follows from the name
alone, so the same organisation has the same tile everywhere and for ever; colours and outline say its kind, and are
left to the stylesheet (static/css/marks.css). No style and no id is written into the page.
"""

import hashlib
import unicodedata
from functools import lru_cache

from flask import Flask
from markupsafe import Markup

from models.texts import Bilingual
from models.types import OrganisationKind

SIZES = ("small", "medium", "large")

# A quarter is 32 wide; its corner 0,0 is the corner of the tile, 32,32 the middle.
_GROUNDS = (
    "M0 0h32A32 32 0 0 1 0 32z",  # quarter disc about the corner
    "M32 32H0A32 32 0 0 1 32 0z",  # quarter disc about the middle
    "M0 0h32L0 32z",  # triangle at the corner
    "M32 0v32H0z",  # triangle at the middle
    "M0 32A32 32 0 0 1 32 0A32 32 0 0 1 0 32z",  # leaf across
    "M0 0A32 32 0 0 1 32 32A32 32 0 0 1 0 0z",  # leaf towards the middle
    "M0 0h16v32H0z",  # half
    "M0 0h32v16H16v16H0z",  # angle at the corner
    "M16 0h16v32H0V16h16z",  # angle at the middle
    "M0 0h32v32A32 32 0 0 0 0 0z",  # what a quarter disc leaves
)
_FIGURES = (
    "M0 0h13A13 13 0 0 1 0 13z",  # small quarter disc at the corner
    "M32 0v18A18 18 0 0 1 14 0z",  # quarter disc at the side
    "M12 0h9A21 21 0 0 1 0 21V12A12 12 0 0 0 12 0z",  # ring about the corner
    "M32 12v9A11 11 0 0 0 21 32H12A20 20 0 0 1 32 12z",  # ring about the middle
    "M16 8a8 8 0 1 1 0 16a8 8 0 1 1 0-16z",  # disc
    "M16 5l11 11-11 11L5 16z",  # diamond
    "M0 12L12 0h9L0 21z",  # stripe across
    "M5 5A18 18 0 0 1 27 27A18 18 0 0 1 5 5z",  # petal
    "M32 14v18H14z",  # small triangle at the middle
    "M0 0h11v11H0zM21 21h11v11H21z",  # two squares
    "M0 32L16 16l16 16z",  # small triangle at the side
    "M10 32A22 22 0 0 1 32 10v6A16 16 0 0 0 16 32zM0 0h8A8 8 0 0 1 0 8z",  # narrow ring, and a corner
)
_DETAILS = (
    "",
    "M6 3a3 3 0 1 1 0 6a3 3 0 1 1 0-6z",  # dot at the corner
    "M16 13a3 3 0 1 1 0 6a3 3 0 1 1 0-6z",  # dot within
    "M28 2.500a3 3 0 1 1 0 6a3 3 0 1 1 0-6z",  # dot at the side
    "M16 12l4 4-4 4-4-4z",  # small diamond within
    "M0 0h7L0 7z",  # tip of the corner
)
_CENTRES = (
    "",
    '<circle class="strong" cx="32" cy="32" r="7"/>',
    '<circle class="ground" cx="32" cy="32" r="8"/><circle class="strong" cx="32" cy="32" r="4"/>',
    '<path class="ground" d="M32 22l10 10-10 10-10-10z"/>',
    '<path class="strong" d="M32 24l8 8-8 8-8-8z"/>',
)
_TURNS = ("", "rotate(90 32 32)", "rotate(180 32 32)", "rotate(270 32 32)")
_MIRRORS = ("", "matrix(-1 0 0 1 64 0)", "matrix(1 0 0 -1 0 64)", "matrix(-1 0 0 -1 64 64)")


def _numbers(name: str) -> bytes:
    folded = " ".join(unicodedata.normalize("NFC", name).casefold().split())
    return hashlib.sha256(folded.encode()).digest()


@lru_cache(maxsize=2048)
def tile(name: str) -> str:
    """The drawing inside a mark, for the view box 0 0 64 64."""
    numbers = _numbers(name)
    layers = zip(("light", "strong", "ground"), (_GROUNDS, _FIGURES, _DETAILS), numbers[:3], strict=True)
    paths = ((tone, shapes[number % len(shapes)]) for tone, shapes, number in layers)
    quarter = "".join(f'<path class="{tone}" d="{path}"/>' for tone, path in paths if path)
    moves = _MIRRORS if numbers[4] % 2 else _TURNS
    quarters = (f'<g transform="{move}">{quarter}</g>' if move else quarter for move in moves)
    return "".join(quarters) + _CENTRES[numbers[3] % len(_CENTRES)]


def mark(name: str | Bilingual, kind: OrganisationKind | str, size: str = "medium") -> Markup:
    """The mark as SVG for the page itself. It says nothing that the name beside it does not, so it is hidden to readers
    by ear."""
    name = name if isinstance(name, str) else name.vi or name.en or ""
    if size not in SIZES:
        raise ValueError(f"size is '{size}': use {', '.join(SIZES)}")
    classes = f"org-mark org-mark-{OrganisationKind(kind).value}" + (f" org-mark-{size}" if size != "medium" else "")
    head = Markup('<svg class="{}" viewBox="0 0 64 64" aria-hidden="true" focusable="false">').format(classes)
    return head + Markup(tile(name)) + Markup("</svg>")  # noqa: S704


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(mark=mark)
