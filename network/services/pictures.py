"""Pictures of a technology: known by their content, drawn anew, described in both languages before others see them.

What is stored is a WebP that we wrote: whatever else was in the file, a place where the photo was taken or a script
after its end, is gone.
"""

import hashlib
import io
import struct
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from models import Technology, TechnologyPicture, User
from models.audit import record
from models.errors import Conflict, Invalid, NotFound
from models.texts import Bilingual
from models.types import SupplyState
from network.services import freshness, permits, versions
from network.services.texts import cleaned

if TYPE_CHECKING:
    from PIL import Image

KINDS = ("JPEG", "PNG", "WEBP")
LARGEST_FILE = 8 * 1024 * 1024
MOST_POINTS = 50_000_000
"""A file of a few kilobytes can ask for gigabytes of memory: its size in points is read before the picture."""

LONGEST_SIDE, SMALL_SIDE, SHORTEST_SIDE = 1600, 480, 100
MOST_PICTURES = 6
MOST_ALT = 300


@dataclass(frozen=True)
class Prepared:
    content: bytes
    small: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def prepare(data: bytes) -> Prepared:
    """The picture in `data` in two sizes. Raises Invalid for what is no picture of ours, too large or too small."""
    from PIL import Image, ImageOps

    if len(data) > LARGEST_FILE:
        raise Invalid("picture_too_heavy")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the check below is stricter
            opened = Image.open(io.BytesIO(data), formats=KINDS)
        if opened.width * opened.height > MOST_POINTS:
            raise Invalid("picture_too_large")
        if min(opened.size) < SHORTEST_SIDE:
            raise Invalid("picture_too_small")
        opened.load()
        picture: Image.Image = ImageOps.exif_transpose(opened)
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        small = picture.copy()
        small.thumbnail((SMALL_SIDE, SMALL_SIDE))
    except Image.DecompressionBombError as error:
        raise Invalid("picture_too_large") from error
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, struct.error) as error:
        raise Invalid("picture_unreadable") from error
    return Prepared(_webp(picture), _webp(small), picture.width, picture.height)


def _webp(picture: "Image.Image") -> bytes:
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=82, method=4, exif=b"", xmp=b"", icc_profile=b"")
    return file.getvalue()


def add_picture(
    session: Session, actor: User, technology: Technology, data: bytes, alt: Bilingual, *, now: datetime
) -> TechnologyPicture:
    """Raises Invalid for a file that is no picture, Conflict when there are enough or this one is there already."""
    _may_write(session, actor, technology)
    if len(technology.pictures) >= MOST_PICTURES:
        raise Conflict("too_many_pictures")
    prepared = prepare(data)
    if any(picture.digest == prepared.digest for picture in technology.pictures):
        raise Conflict("picture_twice")
    picture = TechnologyPicture(
        position=max((p.position for p in technology.pictures), default=0) + 1,
        digest=prepared.digest,
        alt=_alt(alt),
        width=prepared.width,
        height=prepared.height,
        content=prepared.content,
        small=prepared.small,
        added_at=now,
    )
    technology.pictures.append(picture)
    _changed(session, actor, technology, "add", now)
    return picture


def describe_picture(
    session: Session, actor: User, technology: Technology, picture_id: int, alt: Bilingual, *, now: datetime
) -> TechnologyPicture:
    """What is to be seen on it, for those who cannot. One language may wait; until then others do not see it."""
    _may_write(session, actor, technology)
    picture = _find(technology, picture_id)
    picture.alt = _alt(alt)
    _changed(session, actor, technology, "describe", now)
    return picture


def move_first(session: Session, actor: User, technology: Technology, picture_id: int, *, now: datetime) -> None:
    """The picture becomes the one that stands for the technology."""
    _may_write(session, actor, technology)
    picture = _find(technology, picture_id)
    technology.pictures.remove(picture)
    technology.pictures.insert(0, picture)
    for position, each in enumerate(technology.pictures, start=1):
        each.position = position
    _changed(session, actor, technology, "order", now)


def remove_picture(session: Session, actor: User, technology: Technology, picture_id: int, *, now: datetime) -> None:
    _may_write(session, actor, technology)
    technology.pictures.remove(_find(technology, picture_id))
    _changed(session, actor, technology, "remove", now)


def _find(technology: Technology, picture_id: int) -> TechnologyPicture:
    found = next((picture for picture in technology.pictures if picture.id == picture_id), None)
    if found is None:
        raise NotFound
    return found


def _alt(alt: Bilingual) -> Bilingual:
    text = cleaned(alt, one_line=True)
    return Bilingual(text.vi and text.vi[:MOST_ALT], text.en and text.en[:MOST_ALT])


def _may_write(session: Session, actor: User, technology: Technology) -> None:
    if technology.state is SupplyState.DRAFT:
        permits.member_of(actor, technology.organisation_id)
    else:
        permits.manager_of(actor, technology.organisation_id)
    permits.not_suspended(technology.organisation)
    versions.keep_first(session, technology)


def _changed(session: Session, actor: User, technology: Technology, step: str, now: datetime) -> None:
    owner = technology.organisation_id
    record(session, actor, "technology.pictures", technology, now=now, organisation_id=owner, step=step)
    if versions.keep(session, actor, technology, now=now):
        freshness.made_fresh(session, technology, now=now)
