"""Static files, our own and those of packages (Bootstrap, htmx), with addresses that change with the content."""

import functools
import hashlib
import importlib.util
from pathlib import Path

from flask import Blueprint, Flask, url_for


def _package(name: str, folder: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name)
    return Path(spec.origin).parent / folder


FOLDERS = {
    "bootstrap": _package("flask_bootstrap", "static/bootstrap5"),
    "htmx": _package("js_lib_htmx", "static/htmx"),
}


@functools.cache
def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(name: str, package: str | None = None) -> str:
    """The address of a static file of ours or of a package, fingerprinted so that it may be cached for a year."""
    if package is None:
        return url_for("static", filename=name, v=_fingerprint(Path(__file__).parent / "static" / name))
    return url_for(f"{package}.static", filename=name, v=_fingerprint(FOLDERS[package] / name))


def init_app(app: Flask) -> None:
    for name, folder in FOLDERS.items():
        app.register_blueprint(Blueprint(name, __name__, static_folder=folder, static_url_path=f"/static/{name}"))
    app.jinja_env.globals["asset"] = asset
