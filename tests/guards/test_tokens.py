"""Colours: each has a value for the dark, and every pair that meets on a page can be read in both."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "network" / "static" / "css" / "tokens.css"
HEX = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6});")

GROUNDS = ("paper", "raised", "mist")
TEXT_PAIRS = [
    *((text, ground) for text in ("ink", "ink-soft", "accent", "accent-dark", "red", "gold") for ground in GROUNDS),
    *((text, "accent-mist") for text in ("ink", "ink-soft", "accent", "accent-dark")),
    *((name, f"{name}-mist") for name in ("gold", "red", "green", "violet", "blue")),
    *(("ink", f"{name}-mist") for name in ("gold", "red", "green")),
    *(("on-accent", ground) for ground in ("accent", "accent-dark")),
    *((text, ground) for text in ("on-deep", "on-deep-soft") for ground in ("deep", "deep-line")),
    *(("on-bright", ground) for ground in ("bright", "bright-hover")),
    ("ink", "found"),
]
"""Text on its ground: 4.5 to 1 (WCAG 2.2, 1.4.3)."""

SHAPE_PAIRS = [
    *(("control", ground) for ground in ("paper", "raised")),
    *(("focus", ground) for ground in GROUNDS),
    ("bright", "deep"),
    *((f"tile-{kind}", "tile-ground") for kind in ("centre", "enterprise", "startup", "institute", "partner")),
]
"""Edges of controls, focus and drawings on their ground: 3 to 1 (1.4.11)."""


def values(dark: bool) -> dict[str, str]:
    light, _, night = TOKENS.read_text(encoding="utf-8").partition("@media screen and (prefers-color-scheme: dark)")
    return dict(HEX.findall(light)) | (dict(HEX.findall(night)) if dark else {})


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_the_measure_itself() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_colour_has_a_value_for_the_dark() -> None:
    light, _, night = TOKENS.read_text(encoding="utf-8").partition("@media screen and (prefers-color-scheme: dark)")
    assert len(HEX.findall(light)) > 30
    assert dict(HEX.findall(light)).keys() == dict(HEX.findall(night)).keys()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_can_be_read_on_its_ground(dark: bool) -> None:
    colours = values(dark)
    found = {f"{a} on {b}": round(contrast(colours[a], colours[b]), 2) for a, b in TEXT_PAIRS}
    assert {pair: ratio for pair, ratio in found.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_edges_and_drawings_can_be_seen(dark: bool) -> None:
    colours = values(dark)
    found = {f"{a} on {b}": round(contrast(colours[a], colours[b]), 2) for a, b in SHAPE_PAIRS}
    assert {pair: ratio for pair, ratio in found.items() if ratio < 3} == {}


def test_no_colour_stands_outside_the_tokens() -> None:
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted(TOKENS.parent.glob("*.css"))
        if path.name not in ("tokens.css", "media.css")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"#[0-9a-fA-F]{3,8}\b(?![\w-]*\s*\{)", line.replace("#000", "")) or "rgb(" in line
    ]
    assert found == []


def test_every_colour_read_is_declared() -> None:
    whole = "".join(path.read_text(encoding="utf-8") for path in TOKENS.parent.glob("*.css"))
    declared = set(re.findall(r"--([\w-]+)\s*:", whole))
    read = {name for name in re.findall(r"var\(--([\w-]+)\)", whole) if not name.startswith("bs-")}
    assert read - declared == set()
