"""Spreadsheets of technologies that an institute has sent, and what each did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, joinedload

from models import Field, Technology, TechnologyUpload
from models.technology_history import UploadState
from models.texts import Bilingual
from network.services.technology_uploads import KEPT

SHOWN = 20


@dataclass(frozen=True)
class UploadRow:
    id: int
    file_name: str
    state: UploadState
    at: datetime
    author: str | None


@dataclass(frozen=True)
class Done:
    """What was done to one technology. `title` is None once it is gone."""

    row: int
    id: int
    title: Bilingual | None
    created: bool


@dataclass(frozen=True)
class UploadDetail:
    row: UploadRow
    kept_until: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    done: tuple[Done, ...]


def uploads(session: Session, organisation_id: int) -> tuple[UploadRow, ...]:
    """The latest ones, newest first. One statement."""
    found = (
        sa.select(TechnologyUpload)
        .where(TechnologyUpload.organisation_id == organisation_id)
        .options(joinedload(TechnologyUpload.author), defer(TechnologyUpload.sheet), defer(TechnologyUpload.items))
        .order_by(TechnologyUpload.id.desc())
        .limit(SHOWN)
    )
    return tuple(map(_row, session.scalars(found)))


def upload_detail(session: Session, upload: TechnologyUpload) -> UploadDetail:
    """One statement beside the upload itself."""
    ids = [item["id"] for item in upload.items]
    there = {t.id: t.title for t in session.scalars(sa.select(Technology).where(Technology.id.in_(ids)))}
    items = sorted(upload.items, key=lambda item: int(item["row"]))
    done = tuple(Done(item["row"], item["id"], there.get(item["id"]), item["before"] is None) for item in items)
    return UploadDetail(_row(upload), upload.created_at + KEPT, upload.applied_at, upload.undone_at, done)


def blocking(technologies: Iterable[Technology | None]) -> tuple[tuple[int, Bilingual] | None, ...]:
    """What keeps an upload from being undone; None for an entry that is gone."""
    return tuple((technology.id, technology.title) if technology else None for technology in technologies)


def field_names(session: Session) -> list[tuple[str, str, str]]:
    """Code, Vietnamese and English name of every field, for the lists in the template."""
    fields = session.scalars(sa.select(Field).order_by(Field.code))
    return [(field.code, field.name.vi or "", field.name.en or "") for field in fields]


def _row(upload: TechnologyUpload) -> UploadRow:
    author = upload.author.name if upload.author else None
    return UploadRow(upload.id, upload.file_name, upload.state, upload.created_at, author)
