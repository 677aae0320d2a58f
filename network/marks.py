"""A mark for every organisation without a logo: a floor tile of its own, drawn from its name and kind.

The tile is one quarter turned four times about the middle. Which shapes stand in the quarter follows from the name
alone, so the same organisation has the same tile everywhere and for ever; colours and outline say its kind, and are
left to the stylesheet (static/css/marks.css). No style and no id is written into the page.
"""

import hashlib
import unicodedata
from functools import lru_cache

from flask import Flask
from markupsafe import Markup

from models.types import OrganisationKind

SIZES = ("small", "medium", "large")

# A quarter is 32 wide; its corner 0,0 is the corner of the tile, 32,32 the middle.
_GROUNDS = (
    '<path class="light" d="M0 0h32A32 32 0 0 1 0 32z"/>',  # quarter disc about the corner
    '<path class="light" d="M32 32H0A32 32 0 0 1 32 0z"/>',  # quarter disc about the middle
    '<path class="light" d="M0 0h32L0 32z"/>',  # triangle at the corner
    '<path class="light" d="M0 32A32 32 0 0 1 32 0A32 32 0 0 1 0 32z"/>',  # leaf across
    '<path class="light" d="M0 0A32 32 0 0 1 32 32A32 32 0 0 1 0 0z"/>',  # leaf towards the middle
    '<path class="light" d="M0 0h16v32H0z"/>',  # half
    '<path class="light" d="M0 0h32v16H16v16H0z"/>',  # angle
)
_FIGURES = (
    '<path class="strong" d="M0 0h14A14 14 0 0 1 0 14z"/>',  # small quarter disc at the corner
    '<path class="strong" d="M32 0v20A20 20 0 0 1 12 0z"/>',  # quarter disc at the side
    '<path class="strong" d="M22 0h10v32H0V22A22 22 0 0 0 22 0z"/>',  # ring about the corner, to the middle
    '<path class="strong" d="M12 0h10A22 22 0 0 1 0 22V12A12 12 0 0 0 12 0z"/>',  # ring about the corner
    '<path class="strong" d="M32 12v10A10 10 0 0 0 22 32H12A20 20 0 0 1 32 12z"/>',  # ring about the middle
    '<circle class="strong" cx="16" cy="16" r="9"/>',
    '<path class="strong" d="M16 4l12 12-12 12L4 16z"/>',  # diamond
    '<path class="strong" d="M0 10L10 0h12L0 22z"/>',  # stripe across
    '<path class="strong" d="M4 4A18 18 0 0 1 28 28A18 18 0 0 1 4 4z"/>',  # petal
    '<path class="strong" d="M32 0v32H0z"/>',  # triangle at the middle
)
_CENTRES = (
    "",
    '<circle class="strong" cx="32" cy="32" r="7"/>',
    '<circle class="ground" cx="32" cy="32" r="8"/><circle class="strong" cx="32" cy="32" r="4"/>',
    '<path class="ground" d="M32 22l10 10-10 10-10-10z"/>',
    '<path class="strong" d="M32 24l8 8-8 8-8-8z"/>',
)


def _numbers(name: str) -> bytes:
    folded = " ".join(unicodedata.normalize("NFC", name).casefold().split())
    return hashlib.sha256(folded.encode()).digest()


@lru_cache(maxsize=2048)
def tile(name: str) -> str:
    """The drawing inside a mark, for the view box 0 0 64 64."""
    numbers = _numbers(name)
    quarter = _GROUNDS[numbers[0] % len(_GROUNDS)] + _FIGURES[numbers[1] % len(_FIGURES)]
    middle = _CENTRES[numbers[2] % len(_CENTRES)]
    turned = (
        f'<g transform="rotate({angle} 32 32)">{quarter}</g>' if angle else f"<g>{quarter}</g>"
        for angle in (0, 90, 180, 270)
    )
    if numbers[3] % 2:  # every other tile is a mirror instead of a turn
        turned = (
            f"<g{move}>{quarter}</g>"
            for move in (
                "",
                ' transform="matrix(-1 0 0 1 64 0)"',
                ' transform="matrix(1 0 0 -1 0 64)"',
                ' transform="matrix(-1 0 0 -1 64 64)"',
            )
        )
    return "".join(turned) + middle


def mark(name: str, kind: OrganisationKind | str, size: str = "medium") -> Markup:
    """The mark as SVG for the page itself. It says nothing that the name beside it does not, so it is hidden to readers
    by ear."""
    if size not in SIZES:
        raise ValueError(f"size is '{size}': use {', '.join(SIZES)}")
    classes = f"org-mark org-mark-{OrganisationKind(kind).value}" + (f" org-mark-{size}" if size != "medium" else "")
    head = Markup('<svg class="{}" viewBox="0 0 64 64" aria-hidden="true" focusable="false">').format(classes)
    return head + Markup(tile(name)) + Markup("</svg>")  # noqa: S704


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(mark=mark)
