"""Texts in, ranked and explained suggestions out. Knows `models`; never Flask, never `network`.

Importing this package loads no numerical library: each name below is fetched from its module on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matching.encoder import Encoder, EncoderUnavailable, load_encoder
    from matching.profiles import affinity

__all__ = ["Encoder", "EncoderUnavailable", "affinity", "load_encoder"]

_HOME = {
    "Encoder": "encoder",
    "EncoderUnavailable": "encoder",
    "affinity": "profiles",
    "load_encoder": "encoder",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
