"""A segment in a file that all processes of the site map into memory, so that it is held once.

A file is written whole under another name and then renamed; who has the one before open keeps it. Its first line says
how long it is, what wrote it and what the rest sums up to: a file that is torn, damaged or written by another version
of the code is not read. What it says of each entry is compared with the rows before it is used (`agrees`).
"""

import fcntl
import hashlib
import json
import logging
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from matching import catalogue, lexical, segments, store, text, vectors, words
from matching.segments import Segment, number
from models import taxonomy, texts, types

log = logging.getLogger(__name__)

ALIGNED = 64
UNSAVED = "the index cannot be saved, each process holds its own"
WRITTEN_BY = catalogue, lexical, segments, text, vectors, words, taxonomy, texts, types  # a change to any may tell


class SavedIndex:
    """The file of one encoder in `folder`."""

    def __init__(self, folder: Path, model: str) -> None:
        self._model = model
        self.path = folder / f"{hashlib.sha256(model.encode()).hexdigest()[:16]}.index"

    def read(self) -> tuple[Segment, int] | None:
        """The segment, in memory as far as it is looked at, and the last change in it; None without a sound file."""
        try:
            data = np.asarray(np.memmap(self.path, mode="r"))
        except (OSError, ValueError):  # none, or one of no length
            return None
        end = data[:8192].tobytes().find(b"\n")
        sum_, _, line = data[: max(end, 0)].tobytes().partition(b" ")
        if f"{zlib.crc32(data[end + 1 :].data, zlib.crc32(line)):08x}".encode() != sum_:
            log.warning("the saved index %s is damaged", self.path)
            return None
        head = json.loads(line)
        if (head["model"], head["code"]) != (self._model, _code()):
            return None
        start = end + 1 + -(end + 1) % ALIGNED
        found = {
            name: data[start + at : start + at + size].view(_dtype(dtype)).reshape(shape)
            for name, dtype, shape, at, size in head["arrays"]
        }
        return _filled(Segment, found), head["applied"]

    def write(self, segment: Segment, applied: int) -> None:
        """Takes the place of what was there. Only in `alone`; a failure is logged and leaves the file as it was."""
        arrays = {name: np.ascontiguousarray(array) for name, array in _named(segment)}
        listed, at = [], 0
        for name, array in arrays.items():
            listed.append(
                [name, array.dtype.descr if array.dtype.names else array.dtype.str, array.shape, at, array.nbytes]
            )
            at += array.nbytes + -array.nbytes % ALIGNED
        head = {"model": self._model, "code": _code(), "applied": applied, "arrays": listed}
        line = json.dumps(head).encode()
        pieces: list[bytes | memoryview] = [b"\0" * (-(len(line) + 10) % ALIGNED)]
        for array in arrays.values():
            pieces += [array.reshape(-1).view(np.uint8).data, b"\0" * (-array.nbytes % ALIGNED)]
        sum_ = zlib.crc32(line)
        for piece in pieces:
            sum_ = zlib.crc32(piece, sum_)
        scratch = self.path.with_suffix(".scratch")
        try:
            with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                for piece in [f"{sum_:08x} ".encode(), line, b"\n", *pieces]:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            scratch.replace(self.path)
        except OSError as error:
            log.warning("%s: %s", UNSAVED, error)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether this process is the one that may write, without waiting; as if it were where nobody can."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.path.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600)
        except OSError as error:
            log.warning("%s: %s", UNSAVED, error)
            yield True
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            alone = True
        except BlockingIOError:
            alone = False
        try:
            yield alone
        finally:
            os.close(lock)


def agrees(session: Session, model: str, segment: Segment, applied: int) -> bool:
    """Whether the rows up to `applied` are in the segment as they are, and all else in it has changed since."""
    same = np.zeros(len(segment), dtype=bool)
    for block in store.stamps(session, model):
        rows = [row for row in block if row.seq > applied or not row.deleted]
        keys = np.array([number((row.subject_kind, row.subject_id)) for row in rows], dtype=np.int64)
        at = np.minimum(np.searchsorted(segment.keys, keys), max(len(segment) - 1, 0))
        if not len(segment):
            return False
        held = segment.keys[at] == keys
        newer = np.array([row.seq > applied for row in rows], dtype=bool)
        hashes = np.array([row.text_hash.encode() for row in rows], dtype=np.bytes_)
        ids = np.array([row.id for row in rows], dtype=np.int64)
        alike = held & (segment.hashes[at] == hashes) & (segment.row_ids[at] == ids)
        if not np.all(alike | newer):
            return False
        same[at[held]] = True
    return bool(same.all())


@cache
def _code() -> str:
    """Of all that says what the arrays mean."""
    found = hashlib.sha256(np.__version__.encode())
    for module in WRITTEN_BY:
        found.update(Path(str(module.__file__)).read_bytes())
    return found.hexdigest()


def _dtype(described: Any) -> np.dtype[Any]:
    if isinstance(described, str):
        return np.dtype(described)
    return np.dtype([(name, kind, *(tuple(shape) for shape in rest)) for name, kind, *rest in described])


def _named(part: Any, prefix: str = "") -> Iterator[tuple[str, NDArray[Any]]]:
    """Every array of a dataclass of arrays and such dataclasses."""
    for field in fields(part):
        value = getattr(part, field.name)
        yield from _named(value, f"{prefix}{field.name}.") if is_dataclass(value) else [(prefix + field.name, value)]


def _filled(kind: Any, found: dict[str, NDArray[Any]], prefix: str = "") -> Any:
    """The reverse of `_named`."""
    values = {}
    for field in fields(kind):
        inner = isinstance(field.type, type) and is_dataclass(field.type)
        values[field.name] = (
            _filled(field.type, found, f"{prefix}{field.name}.") if inner else found[prefix + field.name]
        )
    return kind(**values)
