"""One file for the browser: its bytes, its fingerprint, and the same bytes compressed."""

import gzip
import hashlib
import importlib.util
import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import brotli

from network.settings import ROOT

STATIC = Path(__file__).parent.parent / "static"
CACHE = ROOT / "instance" / "assets"
"""What takes long to make is kept here, under the fingerprint of what it was made from."""

PRESSED = (".png", ".woff2")
"""Files that are compressed in themselves."""


def package_file(package: str, path: str) -> Path:
    """A file inside an installed package."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    return Path(spec.origin).parent / path


def fingerprint(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:10]


def kept(made_from: bytes, ending: str, make: Callable[[], bytes]) -> bytes:
    """What `make` makes, or what it made from the same before. Works without a place to write, only slower."""
    path = CACHE / f"{hashlib.sha256(made_from).hexdigest()[:32]}{ending}"
    if path.exists():
        return path.read_bytes()
    body = make()
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{hashlib.sha256(body).hexdigest()[:8]}.part")
        part.write_bytes(body)
        part.replace(path)
    except OSError:
        pass
    return body


@dataclass(frozen=True)
class Asset:
    """`compressed` holds the body by content coding, best first; empty when that would make it no smaller."""

    name: str
    body: bytes
    mimetype: str
    fingerprint: str
    compressed: Mapping[str, bytes]

    @classmethod
    def made(cls, name: str, body: str | bytes, mimetype: str) -> "Asset":
        body = body.encode() if isinstance(body, str) else body
        compressed = {}
        if not name.endswith(PRESSED):
            compressed = {"br": brotli.compress(body), "gzip": gzip.compress(body, mtime=0)}
        return cls(name, body, mimetype, fingerprint(body), compressed)

    @classmethod
    def read(cls, path: Path) -> "Asset":
        return cls.made(path.name, path.read_bytes(), mimetypes.guess_type(path)[0] or "application/octet-stream")

    @property
    def address(self) -> str:
        """The name with the fingerprint before its ending: site.0123456789.css"""
        stem, _, ending = self.name.rpartition(".")
        return f"{stem}.{self.fingerprint}.{ending}"
