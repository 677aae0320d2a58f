"""Documents of an organisation as far as a reader may have them. The one place where that is decided.

The own people read all, versions included, but those who only review applications for it. The other side of an accepted
request reads what is for both sides, verified members what is for them, and nobody else anything.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Document, DocumentVersion, ExpressionOfInterest, Organisation, User
from models.documents import DocumentKind, DocumentLevel
from models.errors import NotFound
from models.types import InterestState, MembershipRole, Visibility
from network.queries import visible
from network.queries.interests import TALKING

OPENED = (*TALKING, InterestState.CONFIRMED)
"""States of a request in which its two sides read what is confidential."""


@dataclass(frozen=True)
class FileRow:
    """One version. `person` put it up."""

    id: int
    number: int
    name: str
    size: int
    at: datetime
    person: str | None


@dataclass(frozen=True)
class DocumentRow:
    """`earlier` are the files that were replaced, latest first; empty for readers of other organisations."""

    id: int
    kind: DocumentKind
    title: str
    level: DocumentLevel
    file: FileRow
    earlier: tuple[FileRow, ...]


def speaks_for(viewer: User | None, organisation_id: int) -> bool:
    membership = viewer.membership_of(organisation_id) if viewer else None
    return membership is not None and membership.role is not MembershipRole.REVIEWER


def levels(session: Session, viewer: User | None, organisation_id: int) -> frozenset[DocumentLevel]:
    """What this reader may have of that organisation. One statement at most."""
    if viewer is None:
        return frozenset()
    if speaks_for(viewer, organisation_id):
        return frozenset(DocumentLevel)
    found = set()
    if visible.clearance(viewer) is Visibility.MEMBERS:
        found.add(DocumentLevel.MEMBERS)
    if _connected(session, viewer, organisation_id):
        found |= {DocumentLevel.MEMBERS, DocumentLevel.SIDES}
    return frozenset(found)


def _connected(session: Session, viewer: User, organisation_id: int) -> bool:
    own = [m.organisation_id for m in viewer.memberships if m.role is not MembershipRole.REVIEWER]
    if not own:
        return False
    asked = ExpressionOfInterest
    sides = sa.or_(
        sa.and_(asked.from_organisation_id == organisation_id, asked.to_organisation_id.in_(own)),
        sa.and_(asked.to_organisation_id == organisation_id, asked.from_organisation_id.in_(own)),
    )
    return session.scalar(sa.select(asked.id).where(sides, asked.state.in_(OPENED)).limit(1)) is not None


def documents(session: Session, viewer: User | None, organisation_id: int) -> tuple[DocumentRow, ...]:
    """By kind, then newest first. Four statements at most, and none for people without an account."""
    allowed = levels(session, viewer, organisation_id)
    if not allowed:
        return ()
    found = (
        sa.select(Document)
        .where(Document.organisation_id == organisation_id, Document.level.in_(allowed))
        .options(selectinload(Document.versions).joinedload(DocumentVersion.author))
    )
    order = list(DocumentKind)
    ours = speaks_for(viewer, organisation_id)
    rows = [_row(document, ours) for document in session.scalars(found.order_by(Document.id.desc()))]
    return tuple(sorted(rows, key=lambda row: order.index(row.kind)))


def own_document(session: Session, viewer: User, organisation_id: int, document_id: int) -> DocumentRow:
    """Raises NotFound for what is not of this organisation, or not for this reader."""
    found = next((row for row in documents(session, viewer, organisation_id) if row.id == document_id), None)
    if found is None:
        raise NotFound
    return found


def own_file(
    session: Session, viewer: User, organisation_id: int, document_id: int, number: int | None = None
) -> DocumentVersion:
    """The newest file, or for the own people the version `number`. Raises NotFound."""
    document = session.scalar(
        sa.select(Document)
        .where(Document.id == document_id, Document.organisation_id == organisation_id)
        .options(selectinload(Document.versions))
    )
    if document is None or document.level not in levels(session, viewer, organisation_id):
        raise NotFound
    if number is None:
        return document.versions[0]
    chosen = next((v for v in document.versions if v.number == number), None)
    if chosen is None or not speaks_for(viewer, organisation_id):
        raise NotFound
    return chosen


def shared_file(session: Session, viewer: User, slug: str, document_id: int) -> DocumentVersion:
    """The newest file of a document that this reader finds on the profile. Raises NotFound."""
    shown = sa.select(Document).join(Document.organisation).options(joinedload(Document.organisation))
    document = session.scalar(
        shown.where(Document.id == document_id, Organisation.slug == slug, visible.organisations(viewer))
    )
    if document is None:
        raise NotFound
    return own_file(session, viewer, document.organisation_id, document_id)


def _row(document: Document, ours: bool) -> DocumentRow:
    newest, *earlier = (_file(version, ours) for version in document.versions)
    return DocumentRow(
        document.id, document.kind, document.title, document.level, newest, tuple(earlier) if ours else ()
    )


def _file(version: DocumentVersion, ours: bool) -> FileRow:
    person = version.author.name if ours and version.author else None
    return FileRow(version.id, version.number, version.name, version.size, version.at, person)
