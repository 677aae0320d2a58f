"""Be Vietnam Pro, cut to the characters of Vietnamese and English: drawn for stacked diacritics, small to load."""

from collections.abc import Iterator
from io import BytesIO

from network.assets.files import Asset, kept, package_file

WEIGHTS = {400: "Regular", 600: "SemiBold"}

RANGES = ((0x20, 0x7E), (0xA0, 0x17F), (0x1A0, 0x1B0), (0x300, 0x309), (0x323, 0x323), (0x1EA0, 0x1EF9))
SIGNS = "–—‘’“”„†•…‰‹›₫€−"
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga"]


def cuts() -> Iterator[Asset]:
    for weight, style in WEIGHTS.items():
        whole = package_file("fontpkg_be_vietnam_pro", f"files/BeVietnamPro-{style}.ttf").read_bytes()
        recipe = f"{RANGES}{SIGNS}{FEATURES}".encode()
        body = kept(whole + recipe, ".woff2", lambda whole=whole: _cut(whole))  # type: ignore[misc]
        yield Asset.made(f"text-{weight}.woff2", body, "font/woff2")


def characters() -> list[int]:
    return [code for first, last in RANGES for code in range(first, last + 1)] + [ord(sign) for sign in SIGNS]


def _cut(whole: bytes) -> bytes:
    """Imported here, because a process that finds the cut ready needs none of it."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(BytesIO(whole))
    options = subset.Options()
    options.layout_features, options.hinting = FEATURES, False
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    font.flavor = "woff2"
    result = BytesIO()
    font.save(result)
    return result.getvalue()
