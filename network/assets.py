"""Static files, our own and those of packages (Bootstrap, htmx), with addresses that change with the content."""

import functools
import hashlib
import importlib.util
from pathlib import Path

from flask import Blueprint, Flask, Response, url_for


def _package(name: str, folder: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name)
    return Path(spec.origin).parent / folder


FOLDERS = {
    "bootstrap": _package("flask_bootstrap", "static/bootstrap5"),
    "htmx": _package("js_lib_htmx", "static/htmx"),
}


STATIC = Path(__file__).parent / "static"
STYLES = (
    "tokens",
    "base",
    "frame",
    "parts",
    "lists",
    "columns",
    "entry",
    "suggestions",
    "forms",
    "tables",
    "home",
    "workspace",
    "media",
)
"""The files of static/css in the order in which they are put together as site.css."""


@functools.cache
def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def stylesheet() -> tuple[str, str]:
    """All our styles in one text, and its fingerprint; made anew when a file has changed."""
    files = [STATIC / "css" / f"{name}.css" for name in STYLES]
    return _joined(tuple(files), max(file.stat().st_mtime_ns for file in files))


@functools.lru_cache(maxsize=1)
def _joined(files: tuple[Path, ...], changed: int) -> tuple[str, str]:
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return text, hashlib.sha256(text.encode()).hexdigest()[:10]


def stylesheet_address() -> str:
    return url_for("style.static", v=stylesheet()[1])


def asset(name: str, package: str | None = None) -> str:
    """The address of a static file of ours or of a package, fingerprinted so that it may be cached for a year."""
    if package is None:
        return url_for("static", filename=name, v=_fingerprint(STATIC / name))
    return url_for(f"{package}.static", filename=name, v=_fingerprint(FOLDERS[package] / name))


def init_app(app: Flask) -> None:
    for name, folder in FOLDERS.items():
        app.register_blueprint(Blueprint(name, __name__, static_folder=folder, static_url_path=f"/static/{name}"))
    app.jinja_env.globals.update(asset=asset, stylesheet_address=stylesheet_address)

    @app.get("/static/site.css", endpoint="style.static")
    def _style() -> Response:
        response = Response(stylesheet()[0], mimetype="text/css")
        response.cache_control.max_age, response.cache_control.public = 31536000, True
        return response
