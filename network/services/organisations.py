"""Profiles: what an organisation says of itself. Its managers write them.

What the network or an authority decides (membership of the network, recognition, verification) is not theirs to write.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from models import Organisation, User
from models.audit import record
from models.errors import Conflict, Invalid
from models.jobs import enqueue_embedding
from models.texts import Bilingual
from models.types import OrganisationKind, SubjectKind
from network.services import permits
from network.services.accounts import organisation_named
from network.services.texts import cleaned, fields_named, stated_by_owner

EMPTY = Bilingual()

OWN_WORDS: Mapping[OrganisationKind, frozenset[str]] = {
    OrganisationKind.CENTRE: frozenset({"investor_type", "services", "capacity", "staff_count", "reply_days"}),
    OrganisationKind.ENTERPRISE: frozenset({"size", "products"}),
    OrganisationKind.STARTUP: frozenset({"stage", "team_size", "seeking"}),
    OrganisationKind.INSTITUTE: frozenset({"institute_kind", "transfer_office"}),
    OrganisationKind.PARTNER: frozenset({"partner_kind", "ticket"}),
}
"""What each kind adds to the profile and its managers may write."""


@dataclass(frozen=True)
class ProfileValues:
    """A whole profile as its manager typed it; `fields` are codes, `of_kind` what the kind of organisation adds."""

    name: Bilingual
    summary: Bilingual
    description: Bilingual = EMPTY
    fields: tuple[str, ...] = ()
    district: str | None = None
    address: str | None = None
    website: str | None = None
    founded_year: int | None = None
    of_kind: Mapping[str, Any] = field(default_factory=dict)


def update_profile(
    session: Session, actor: User, organisation: Organisation, values: ProfileValues, *, now: datetime
) -> Organisation:
    """A new profile. A verified organisation stays verified; the audit row keeps the name it had.

    Raises Invalid for what is missing or malformed, Conflict('name_taken').
    """
    permits.manager_of(actor, organisation.id)
    permits.not_suspended(organisation)
    name, summary = cleaned(values.name, one_line=True), cleaned(values.summary)
    _check(session, organisation, name, summary, values)
    former = organisation.name.pick("vi")[0]
    organisation.fields = fields_named(session, values.fields)
    organisation.name, organisation.summary = name, summary
    organisation.description = cleaned(values.description)
    organisation.district, organisation.founded_year = values.district, values.founded_year
    organisation.address, organisation.website = _one_line(values.address), _one_line(values.website)
    for attribute, value in values.of_kind.items():
        setattr(organisation, attribute, cleaned(value) if isinstance(value, Bilingual) else value)
    stated_by_owner(organisation)
    record(
        session,
        actor,
        "organisation.update",
        organisation,
        now=now,
        organisation_id=organisation.id,
        **({"former_name": former} if former != name.pick("vi")[0] else {}),
    )
    enqueue_embedding(session, SubjectKind.ORGANISATION, organisation.id)
    return organisation


def _check(
    session: Session, organisation: Organisation, name: Bilingual, summary: Bilingual, values: ProfileValues
) -> None:
    if not name:
        raise Invalid("organisation_missing")
    if not summary and organisation.summary:  # it may be saved half done, but not emptied again
        raise Invalid("summary_missing")
    if values.website and not is_web_address(values.website.strip()):
        raise Invalid("not_a_web_address")
    if not set(values.of_kind) <= OWN_WORDS[organisation.kind]:
        raise Invalid(unknown=sorted(set(values.of_kind) - OWN_WORDS[organisation.kind]))
    known = (organisation.name.vi, organisation.name.en)
    for text in (name.vi, name.en):
        if text and text not in known and organisation_named(session, text) not in (None, organisation.id):
            raise Conflict("name_taken")


def is_web_address(text: str) -> bool:
    """Whether a browser may safely be led there."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "") and not any(c.isspace() for c in text)


def _one_line(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None
