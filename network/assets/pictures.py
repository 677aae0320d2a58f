"""Pictures for those who take no SVG, painted from ours: icons of the installed site, previews of a shared link."""

from collections.abc import Iterator

from network.assets.files import STATIC, Asset, kept, package_file

ICONS = {"icon-192.png": ("icon.svg", 192), "icon-512.png": ("icon.svg", 512), "icon-180.png": ("icon.svg", 180)}
PREVIEWS = {"preview-vi.png": "preview-vi.svg", "preview-en.png": "preview-en.svg"}
PREVIEW_SIZE = (1200, 630)


def painted() -> Iterator[Asset]:
    for name, (source, width) in ICONS.items():
        yield _painted(name, source, width)
    for name, source in PREVIEWS.items():
        yield _painted(name, source, PREVIEW_SIZE[0])


def _painted(name: str, source: str, width: int) -> Asset:
    drawing = (STATIC / "pictures" / source).read_text(encoding="utf-8")
    body = kept(f"{width}{drawing}".encode(), ".png", lambda: _paint(drawing, width))
    return Asset.made(name, body, "image/png")


def _paint(drawing: str, width: int) -> bytes:
    import resvg_py

    fonts = [
        str(package_file("fontpkg_be_vietnam_pro", f"files/BeVietnamPro-{s}.ttf")) for s in ("Regular", "SemiBold")
    ]
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=drawing,
            width=width,
            font_files=fonts,
            font_family="Be Vietnam Pro",
            sans_serif_family="Be Vietnam Pro",
            skip_system_fonts=True,
        )
    )
