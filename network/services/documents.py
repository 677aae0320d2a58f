"""Documents of an organisation: put up, described, replaced, deleted.

Managers do it; every step leaves an audit row that names neither title nor file. A replaced file is kept for the own
organisation. A deleted document is gone from the site at once; its files leave the folder with the next sweep.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Document, DocumentVersion, Organisation, User
from models.audit import record
from models.documents import DocumentKind, DocumentLevel
from models.errors import Conflict, Invalid, NotFound
from network.services import permits
from network.services.files import FileStore, Upload

MOST_DOCUMENTS = 30
TITLE_LENGTH = 150


def find_own(session: Session, organisation: Organisation, document_id: int) -> Document:
    """Raises NotFound for a document of another organisation."""
    document = session.get(Document, document_id)
    if document is None or document.organisation_id != organisation.id:
        raise NotFound
    return document


def add_document(
    session: Session,
    actor: User,
    organisation: Organisation,
    kind: DocumentKind | None,
    title: str,
    level: DocumentLevel | None,
    file: Upload | None,
    *,
    store: FileStore,
    now: datetime,
) -> Document:
    """Without a title it is called by the name of its file.

    Raises Invalid 'document_kind_missing', 'document_level_missing' or 'file_missing', Conflict 'too_many_documents'.
    """
    _may_write(actor, organisation)
    if kind is None:
        raise Invalid("document_kind_missing")
    if level is None:
        raise Invalid("document_level_missing")
    if file is None:
        raise Invalid("file_missing")
    there = sa.select(sa.func.count(Document.id)).where(Document.organisation_id == organisation.id)
    if (session.scalar(there) or 0) >= MOST_DOCUMENTS:
        raise Conflict("too_many_documents")
    document = Document(
        organisation_id=organisation.id, kind=kind, title=_title(title, file.name), level=level, added_at=now
    )
    session.add(document)
    session.flush()
    _keep(session, actor, document, 1, file, store, now)
    _note(session, actor, "add", document, now)
    return document


def describe_document(
    session: Session,
    actor: User,
    document: Document,
    kind: DocumentKind | None,
    title: str,
    level: DocumentLevel | None,
    *,
    now: datetime,
) -> Document:
    """What it is called and who reads it. Raises Invalid as `add_document`."""
    _may_write(actor, document.organisation)
    if kind is None:
        raise Invalid("document_kind_missing")
    if level is None:
        raise Invalid("document_level_missing")
    document.kind, document.level = kind, level
    document.title = _title(title, document.versions[0].name)
    _note(session, actor, "describe", document, now)
    return document


def replace_file(
    session: Session, actor: User, document: Document, file: Upload | None, *, store: FileStore, now: datetime
) -> Document:
    """A new version, which readers get from now on. Raises Invalid 'file_missing'."""
    _may_write(actor, document.organisation)
    if file is None:
        raise Invalid("file_missing")
    session.refresh(document, attribute_names=["level"], with_for_update=True)
    latest = sa.select(sa.func.max(DocumentVersion.number)).where(DocumentVersion.document_id == document.id)
    _keep(session, actor, document, (session.scalar(latest) or 0) + 1, file, store, now)
    session.expire(document, ["versions"])
    _note(session, actor, "replace", document, now)
    return document


def delete_document(session: Session, actor: User, document: Document, *, now: datetime) -> None:
    """With all its versions."""
    _may_write(actor, document.organisation)
    _note(session, actor, "delete", document, now)
    session.delete(document)


def _may_write(actor: User, organisation: Organisation) -> None:
    permits.manager_of(actor, organisation.id)
    permits.not_suspended(organisation)


def _title(title: str, file_name: str) -> str:
    return (" ".join(title.split()) or file_name)[:TITLE_LENGTH]


def _keep(
    session: Session, actor: User, document: Document, number: int, file: Upload, store: FileStore, now: datetime
) -> None:
    session.add(
        DocumentVersion(
            document_id=document.id,
            number=number,
            name=file.name,
            media_type=file.media_type,
            size=len(file.content),
            stored=store.keep(file),
            author_id=actor.id,
            at=now,
        )
    )


def _note(session: Session, actor: User, verb: str, document: Document, now: datetime) -> None:
    record(
        session,
        actor,
        f"document.{verb}",
        document,
        now=now,
        organisation_id=document.organisation_id,
        kind=document.kind.value,
        level=document.level.value,
    )
