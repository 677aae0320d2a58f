"""Whether a page still looks as it was approved, as a person sees it from some way off.

Another version of Chromium draws letters a little differently and may break a line elsewhere, which moves everything
below. So both pictures are blurred, compared in bands that may each lie a little higher or lower, and judged by the
tile that differs most: a block that is gone, moved or in another colour fills a tile, a letter does not.
"""

import numpy as np
from PIL import Image, ImageFilter

Pixels = np.ndarray

HEIGHT = 0.03
"""By what share the height may differ."""
BAND, STEP, DRIFT = 16, 3, 24
"""Rows of a band; by how many it may lie off the one above; by how many in all."""
COLOUR = 28
"""The difference of a pixel, of 255, from which on it counts."""
TILE = 0.25
"""The share of differing pixels in a tile from which on it is another page."""


def unlike(approved: Image.Image, seen: Image.Image) -> str | None:
    """In which way the page looks different, or None."""
    if approved.width != seen.width:
        return f"{seen.width} wide, approved {approved.width}"
    if abs(seen.height - approved.height) > HEIGHT * approved.height:
        return f"{seen.height} high, approved {approved.height}"
    shares = _tiles(_differing(_blurred(approved), _blurred(seen)))
    row, column = np.unravel_index(shares.argmax(), shares.shape)
    if shares[row, column] > TILE:
        return f"{shares[row, column]:.0%} of the tile at {column * BAND}, {row * BAND} differ"
    return None


def _blurred(picture: Image.Image) -> Pixels:
    return np.asarray(picture.convert("RGB").filter(ImageFilter.GaussianBlur(2)), dtype=np.int16)


def _differing(approved: Pixels, seen: Pixels) -> Pixels:
    """Which pixels of the approved picture differ, each band laid where it fits best."""
    room = DRIFT + STEP + BAND
    wide = np.pad(seen, ((room, room + max(0, len(approved) - len(seen))), (0, 0), (0, 0)), mode="edge")
    off, found = 0, []
    for top in range(0, len(approved), BAND):
        band = approved[top : top + BAND]
        near = range(max(-DRIFT, off - STEP), min(DRIFT, off + STEP) + 1)
        laid = {d: np.abs(band - wide[top + room + d :][: len(band)]).max(axis=2) for d in near}
        off = min(laid, key=lambda d: (laid[d].mean(), abs(d)))
        found.append(laid[off] > COLOUR)
    return np.concatenate(found)


def _tiles(differing: Pixels) -> Pixels:
    """The share of differing pixels in each square of BAND."""
    high, wide = differing.shape
    padded = np.pad(differing, ((0, -high % BAND), (0, -wide % BAND)))
    return padded.reshape(padded.shape[0] // BAND, BAND, -1, BAND).mean(axis=(1, 3))
