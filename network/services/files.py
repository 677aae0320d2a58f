"""Files that people send: what is taken, and where it is kept.

A file is taken for what is in it, not for what it calls itself: name and content must agree, and both be on the list.
It is kept under a name of our own in a folder that no web server shows, and never opened again by the site. Documents
with macros are refused.
"""

import io
import re
import secrets
import unicodedata
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models.errors import Invalid

MOST_BYTES = 10 * 1024 * 1024
NAME_LENGTH = 150
MOST_PARTS = 5000  # in an office document; one with more is no document
OFFICE = "application/vnd.openxmlformats-officedocument."


def _office(main: str) -> Callable[[bytes], bool]:
    """An office document of which `main` is the main part."""

    def fits(content: bytes) -> bool:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                names = package.namelist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            return False
        macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return len(names) <= MOST_PARTS and not macros and {"[Content_Types].xml", main} <= set(names)

    return fits


@dataclass(frozen=True)
class FileType:
    endings: tuple[str, ...]
    media_type: str
    fits: Callable[[bytes], bool]


TYPES: tuple[FileType, ...] = (
    FileType(("pdf",), "application/pdf", lambda content: content.startswith(b"%PDF-")),
    FileType(("docx",), OFFICE + "wordprocessingml.document", _office("word/document.xml")),
    FileType(("xlsx",), OFFICE + "spreadsheetml.sheet", _office("xl/workbook.xml")),
    FileType(("pptx",), OFFICE + "presentationml.presentation", _office("ppt/presentation.xml")),
    FileType(("png",), "image/png", lambda content: content.startswith(b"\x89PNG\r\n\x1a\n")),
    FileType(("jpg", "jpeg"), "image/jpeg", lambda content: content.startswith(b"\xff\xd8\xff")),
)
BY_ENDING: Mapping[str, FileType] = {ending: kind for kind in TYPES for ending in kind.endings}
ACCEPT = ",".join(f".{ending}" for ending in BY_ENDING)
"""For the `accept` of a file field."""


@dataclass(frozen=True)
class Upload:
    """A file that has been looked at and may be kept."""

    name: str
    media_type: str
    content: bytes


def examine(name: str, content: bytes) -> Upload:
    """Raises Invalid 'file_type', 'file_content', 'file_empty' or 'file_large', which say what to change."""
    name = clean_name(name)
    kind = BY_ENDING.get(name.rpartition(".")[2].lower()) if "." in name else None
    if kind is None:
        raise Invalid("file_type", name=name)
    if not content:
        raise Invalid("file_empty", name=name)
    if len(content) > MOST_BYTES:
        raise Invalid("file_large", name=name)
    if not kind.fits(content):
        raise Invalid("file_content", name=name)
    return Upload(name, kind.media_type, content)


def clean_name(name: str) -> str:
    """The last part of the path, without characters that steer a terminal or turn the text around."""
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    stem, dot, ending = " ".join(kept.split()).strip(". ").rpartition(".")
    return f"{stem[: NAME_LENGTH - len(ending) - 1]}{dot}{ending}"[-NAME_LENGTH:]


class FileStore:
    """The folder of uploads. Names in it are random; nobody can guess one or put a file elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, upload: Upload) -> str:
        """Writes the file and returns its name. A transaction that fails afterwards leaves it for `sweep`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        stored = secrets.token_hex(16)
        with (self.folder / stored).open("xb") as file:
            file.write(upload.content)
        return stored

    def path(self, stored: str) -> Path:
        """Where a kept file lies. Raises ValueError for a name that this store cannot have given."""
        if not re.fullmatch(r"[0-9a-f]{32}", stored):
            raise ValueError(stored)
        return self.folder / stored

    def sweep(self, known: Collection[str], *, before: datetime) -> int:
        """Removes files older than `before` that nobody names any more; returns how many."""
        gone = 0
        for path in self._files():
            if path.name not in known and path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _files(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from (path for path in self.folder.iterdir() if re.fullmatch(r"[0-9a-f]{32}", path.name))
