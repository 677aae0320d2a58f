"""Many technologies at once from a spreadsheet: looked through, agreed to, carried out, and taken back again.

Managers only. Nothing is written to a technology before somebody has agreed to exactly what the report says; carrying
out and taking back are one transaction each: all of it or nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    ChallengeAnswer,
    Exhibit,
    ExpressionOfInterest,
    Organisation,
    Technology,
    TechnologyUpload,
    User,
)
from models.audit import record
from models.errors import Conflict, Invalid, NotFound
from models.jobs import enqueue_embedding
from models.states import UPLOAD, move
from models.technology_history import UploadState
from models.types import Provenance, SubjectKind, SupplyState
from network.services import permits, supply, versions
from network.services.spreadsheets import Sheet
from network.services.technology_rows import Vocabulary
from network.services.upload_plans import Action, Plan, owned, plan

KEPT = timedelta(days=14)
"""So long a spreadsheet waits for a yes."""


def find_upload(session: Session, organisation: Organisation, upload_id: int) -> TechnologyUpload:
    """Raises NotFound unless the upload is the organisation's."""
    upload = session.get(TechnologyUpload, upload_id)
    if upload is None or upload.organisation_id != organisation.id:
        raise NotFound
    return upload


def keep_sheet(
    session: Session, actor: User, organisation: Organisation, file_name: str, sheet: Sheet, *, now: datetime
) -> TechnologyUpload:
    """The cells as they were read, for the report. Nothing else is written."""
    permits.manager_of(actor, organisation.id)
    permits.not_suspended(organisation)
    if organisation.kind not in supply.LISTING:
        raise NotFound
    name = " ".join(file_name.replace("\\", "/").rsplit("/", 1)[-1].split())[-200:] or "xlsx"
    upload = TechnologyUpload(
        organisation=organisation, author=actor, file_name=name, created_at=now, sheet=sheet.as_json(), items=[]
    )
    session.add(upload)
    record(session, actor, "upload.check", upload, now=now, organisation_id=organisation.id)
    return upload


def report(session: Session, upload: TechnologyUpload, vocabulary: Vocabulary) -> Plan:
    """What the upload would do as things stand now."""
    return plan(session, upload.organisation, Sheet.from_json(upload.sheet), vocabulary)


def carry_out(
    session: Session,
    actor: User,
    upload: TechnologyUpload,
    vocabulary: Vocabulary,
    fingerprint: str,
    *,
    publish: bool,
    now: datetime,
) -> TechnologyUpload:
    """Makes and changes what the report says; new entries are drafts, or published with `publish`. Refused rows are
    left out.

    Raises Conflict('upload_changed') when the report that was agreed to is no longer what would be done.
    """
    permits.manager_of(actor, upload.organisation_id)
    permits.not_suspended(upload.organisation)
    state = move(UPLOAD, upload.state, UploadState.APPLIED)
    planned = report(session, upload, vocabulary)
    if planned.fingerprint != fingerprint:
        raise Conflict("upload_changed")
    if not planned.does_something:
        raise Invalid("upload_does_nothing")
    there = {technology.id: technology for technology in session.scalars(owned(upload.organisation_id))}
    items: list[dict[str, Any]] = []
    for row in planned.of(Action.CREATE) + planned.of(Action.UPDATE):
        values, fields = versions.values_of(row.content)
        before = None
        if row.target_id is None:
            technology = supply.create(session, actor, Technology, upload.organisation, values, fields, now=now)
            if publish:
                supply.publish(session, actor, technology, now=now)
        else:
            technology = there[row.target_id]
            before = versions.content_of(technology) | {"origin": [technology.provenance.value, technology.uncertain]}
            supply.update(session, actor, technology, values, fields, now=now)
        item = {"row": row.number, "id": technology.id, "state": technology.state.value}
        items.append(item | {"before": before, "after": versions.content_of(technology)})
    upload.state, upload.applied_at, upload.items, upload.sheet = state, now, items, {}
    created, changed, refused = (len(planned.of(a)) for a in (Action.CREATE, Action.UPDATE, Action.REFUSE))
    counts = {"created": created, "changed": changed, "refused": refused}
    record(session, actor, "upload.apply", upload, now=now, organisation_id=upload.organisation_id, **counts)
    return upload


def in_the_way(session: Session, upload: TechnologyUpload) -> list[Technology | None]:
    """What has been changed, published, asked about or shown since the upload, and so keeps it from being undone.

    None stands for an entry that is gone.
    """
    ids = [item["id"] for item in upload.items]
    there = {t.id: t for t in session.scalars(owned(upload.organisation_id).where(Technology.id.in_(ids)))}
    made = [item["id"] for item in upload.items if item["before"] is None]
    used = _used(session, made)
    found = []
    for item in upload.items:
        technology = there.get(item["id"])
        if technology is None or technology.id in used or _changed_since(technology, item):
            found.append(technology)
    return found


def undo(session: Session, actor: User, upload: TechnologyUpload, *, now: datetime) -> TechnologyUpload:
    """Takes back all that the upload did: what it made goes, what it changed says again what it said before.

    Raises Conflict('upload_built_on') when anything stands in the way.
    """
    permits.manager_of(actor, upload.organisation_id)
    permits.not_suspended(upload.organisation)
    state = move(UPLOAD, upload.state, UploadState.UNDONE)
    if in_the_way(session, upload):
        raise Conflict("upload_built_on")
    for item in reversed(upload.items):
        technology = session.get_one(Technology, item["id"])
        if item["before"] is None:
            owner = technology.organisation_id
            record(session, actor, "technology.delete", technology, now=now, organisation_id=owner)
            enqueue_embedding(session, SubjectKind.TECHNOLOGY, technology.id)
            session.delete(technology)
        else:
            values, fields = versions.values_of(item["before"])
            supply.update(session, actor, technology, values, fields, now=now)
            origin, technology.uncertain = item["before"]["origin"]
            technology.provenance = Provenance(origin)
    upload.state, upload.undone_at = state, now
    record(session, actor, "upload.undo", upload, now=now, organisation_id=upload.organisation_id)
    return upload


def discard(session: Session, actor: User, upload: TechnologyUpload, *, now: datetime) -> TechnologyUpload:
    """Nothing was written, and nothing will be: the cells are forgotten."""
    permits.manager_of(actor, upload.organisation_id)
    upload.state, upload.sheet = move(UPLOAD, upload.state, UploadState.DISCARDED), {}
    record(session, actor, "upload.discard", upload, now=now, organisation_id=upload.organisation_id)
    return upload


def forget_old(session: Session, *, now: datetime) -> int:
    """Gives up what has waited too long for a yes; returns how many they were."""
    waiting = sa.select(TechnologyUpload).where(
        TechnologyUpload.state == UploadState.CHECKED, TechnologyUpload.created_at <= now - KEPT
    )
    old = session.scalars(waiting).all()
    for upload in old:
        upload.state, upload.sheet = move(UPLOAD, upload.state, UploadState.DISCARDED), {}
        record(session, None, "upload.discard", upload, now=now, organisation_id=upload.organisation_id)
    return len(old)


def _used(session: Session, ids: Sequence[int]) -> set[int]:
    """Those that somebody asked about, that answer a challenge, or that are exhibited."""
    used: set[int] = set()
    for column in (ExpressionOfInterest.technology_id, ChallengeAnswer.technology_id, Exhibit.technology_id):
        used |= {found for found in session.scalars(sa.select(column).where(column.in_(ids))) if found}
    return used


def _changed_since(technology: Technology, item: dict[str, Any]) -> bool:
    return technology.state is not SupplyState(item["state"]) or versions.content_of(technology) != item["after"]
