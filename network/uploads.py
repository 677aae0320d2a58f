"""Files in requests: which views take them, how large a request may be, and how a file leaves again.

Only views marked with `takes_files` accept more than the site's usual limit. A file always leaves as a download: it is
never shown inside a page, and the browser is told not to guess what it is.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, request, send_file
from werkzeug.datastructures import FileStorage

from models.errors import NotFound
from network.formatting import number
from network.services.files import MOST_BYTES, FileStore, Upload, examine
from network.settings import ROOT, Settings

View = TypeVar("View", bound=Callable[..., Any])
AROUND = 1024 * 1024
"""What a form may hold beside its files."""


def takes_files(number: int) -> Callable[[View], View]:
    """Marks a view that takes up to `number` files in one request."""

    def mark(view: View) -> View:
        view.most_bytes = number * MOST_BYTES + AROUND  # type: ignore[attr-defined]
        return view

    return mark


def store() -> FileStore:
    return cast(FileStore, current_app.extensions["uploads"])


def uploads(files: Iterable[FileStorage | None]) -> list[Upload]:
    """The files of a form that were chosen. Raises Invalid for one that is not taken."""
    chosen = [file for file in files if file is not None and file.filename]
    # One byte more than allowed is enough to know that a file is too large.
    return [examine(file.filename or "", file.stream.read(MOST_BYTES + 1)) for file in chosen]


def download(name: str, media_type: str, stored: str) -> Response:
    """The file to be saved. Raises NotFound when the folder has lost it."""
    path = store().path(stored)
    if not path.is_file():
        raise NotFound
    response = send_file(
        path, mimetype=media_type, as_attachment=True, download_name=name, conditional=False, etag=False
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def file_size(size: int) -> str:
    """The size of a file as readers of each language write it: '820 KB', '1,2 MB'."""
    if size < 1000 * 1000:
        return f"{number(max(1, round(size / 1000)))} KB"
    return f"{number(round(size / 1000 / 1000, 1))} MB"


def _limit() -> None:
    """Before anything reads the form: how large the request to this view may be."""
    view = current_app.view_functions.get(request.endpoint or "")
    most = getattr(view, "most_bytes", None)
    if most is not None:
        request.max_content_length = most


def init_app(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    app.extensions["uploads"] = FileStore(Path(settings.upload_folder or ROOT / "instance" / "uploads"))
    app.before_request(_limit)
    app.jinja_env.filters["file_size"] = file_size
