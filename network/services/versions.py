"""Versions of a technology: what it said after each change that others could read, and what differs between two.

The content of a version is JSON, one value for each name in FIELDS: a text, a number, a code, or a list of them. Every
name belongs to one level of reader; nothing else decides who may read which part of a version.
"""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Technology, TechnologyVersion, User
from models.technologies import Owner, PriceBasis
from models.texts import Bilingual
from models.types import IpStatus, IpType, SupplyState, TransferForm, Visibility

Content = Mapping[str, Any]


class Level(enum.StrEnum):
    """Who may read a part of an entry, beside its owner."""

    ENTRY = "entry"
    """Whoever may read the entry."""
    MEMBERS = "members"
    CONFIDENTIAL = "confidential"
    OWNER = "owner"
    """Nobody else."""


TEXTS = ("title", "summary", "ready_for", "evidence", "price_note", "details", "confidential")
WORDS: dict[str, type[enum.StrEnum]] = {
    "ip_type": IpType,
    "ip_status": IpStatus,
    "price_basis": PriceBasis,
    "visibility": Visibility,
}
PLAIN = ("trl", "ip_number", "ip_territory", "price_low", "price_high", "reference")

FIELDS: dict[str, Level] = {
    "title": Level.ENTRY,
    "summary": Level.ENTRY,
    "fields": Level.ENTRY,
    "trl": Level.ENTRY,
    "evidence": Level.ENTRY,
    "ready_for": Level.ENTRY,
    "ip_type": Level.ENTRY,
    "ip_number": Level.ENTRY,
    "ip_status": Level.ENTRY,
    "ip_territory": Level.ENTRY,
    "owners": Level.ENTRY,
    "transfer_forms": Level.ENTRY,
    "price_basis": Level.ENTRY,
    "price_low": Level.ENTRY,
    "price_high": Level.ENTRY,
    "price_note": Level.ENTRY,
    "pictures": Level.ENTRY,
    "details": Level.MEMBERS,
    "confidential": Level.CONFIDENTIAL,
    "visibility": Level.OWNER,
    "reference": Level.OWNER,
}


def content_of(technology: Technology) -> dict[str, Any]:
    """What the entry says now, as JSON."""
    texts = {name: getattr(technology, name) or Bilingual() for name in TEXTS}
    words = {name: getattr(technology, name) for name in WORDS}
    said: dict[str, Any] = {
        **{name: [text.vi, text.en] for name, text in texts.items()},
        **{name: word.value if word else None for name, word in words.items()},
        **{name: getattr(technology, name) for name in PLAIN},
        "fields": sorted(field.code for field in technology.fields),
        "owners": [[owner.name, owner.share] for owner in technology.owners],
        "transfer_forms": [form.value for form in technology.transfer_forms],
        "pictures": [[p.digest, p.alt.vi, p.alt.en] for p in technology.pictures if p.described],
    }
    return {name: said[name] for name in FIELDS}


def values_of(content: Content) -> tuple[dict[str, Any], list[str]]:
    """A content as the values and field codes that network.services.supply takes. Pictures stay what they are."""
    values: dict[str, Any] = {name: Bilingual(*content[name]) for name in TEXTS}
    values |= {name: words(content[name]) if content[name] else None for name, words in WORDS.items()}
    values |= {name: content[name] for name in PLAIN}
    values["owners"] = tuple(Owner(name, share) for name, share in content["owners"])
    values["transfer_forms"] = tuple(TransferForm(form) for form in content["transfer_forms"])
    return values, list(content["fields"])


def changed(before: Content, after: Content) -> tuple[str, ...]:
    """The names whose value differs, in the order of FIELDS."""
    return tuple(name for name in FIELDS if before.get(name) != after.get(name))


def keep_first(session: Session, technology: Technology) -> None:
    """Before a published entry changes: as it stands, if it was published before versions were kept."""
    if technology.state is SupplyState.PUBLISHED and _latest(session, technology) is None:
        _add(session, technology, 1, technology.updated_at, None)


def keep(session: Session, actor: User | None, technology: Technology, *, now: datetime) -> TechnologyVersion | None:
    """After a change to a published entry: a new version, unless it says what the last one said."""
    if technology.state is not SupplyState.PUBLISHED:
        return None
    latest = _latest(session, technology)
    if latest is not None and latest.content == content_of(technology):
        return None
    return _add(session, technology, latest.number + 1 if latest else 1, now, actor)


def _latest(session: Session, technology: Technology) -> TechnologyVersion | None:
    # Whoever changes the same entry at the same moment waits here, so that numbers stay in a row.
    session.execute(sa.select(Technology.id).where(Technology.id == technology.id).with_for_update())
    found = sa.select(TechnologyVersion).where(TechnologyVersion.technology_id == technology.id)
    return session.scalar(found.order_by(TechnologyVersion.number.desc()).limit(1))


def _add(session: Session, technology: Technology, number: int, at: datetime, author: User | None) -> TechnologyVersion:
    version = TechnologyVersion(
        technology=technology, number=number, at=at, author=author, content=content_of(technology)
    )
    session.add(version)
    return version
