"""Offers and technologies of an organisation: drafted by members, published and withdrawn by managers.

Every change of a published technology is kept as a version, and counts as its owner's word that it is right.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Field, Offer, Organisation, Technology, User
from models.audit import record
from models.errors import Invalid, NotFound
from models.jobs import enqueue_embedding
from models.states import SUPPLY, move
from models.texts import Bilingual
from models.types import OrganisationKind, Provenance, SubjectKind, SupplyState
from network.services import freshness, permits, versions
from network.services.technology_values import check, has_contact
from network.services.texts import cleaned, fields_named, stated_by_owner

Supply = TypeVar("Supply", Offer, Technology)

OFFERING = (OrganisationKind.CENTRE, OrganisationKind.INSTITUTE, OrganisationKind.PARTNER, OrganisationKind.ENTERPRISE)
LISTING = (OrganisationKind.INSTITUTE,)


def find_own(session: Session, entity: type[Supply], organisation: Organisation, entry_id: int) -> Supply:
    """The offer or technology, if it is the organisation's. Raises NotFound otherwise."""
    entry = session.get(entity, entry_id)
    if entry is None or entry.organisation_id != organisation.id:
        raise NotFound
    return entry


def create(
    session: Session,
    actor: User,
    entity: type[Supply],
    organisation: Organisation,
    values: Mapping[str, Any],
    fields: Sequence[str],
    *,
    now: datetime,
) -> Supply:
    """A draft. `values` are its columns, `fields` codes of fields. Raises Invalid for what is missing or unknown."""
    permits.member_of(actor, organisation.id)
    permits.not_suspended(organisation)
    kinds = OFFERING if entity is Offer else LISTING
    if organisation.kind not in kinds:
        raise NotFound
    named = _checked(session, entity, organisation, values, fields)
    entry = entity(organisation=organisation, provenance=_provenance(organisation), state=SupplyState.DRAFT)
    _fill(entry, values, named)
    session.add(entry)
    record(session, actor, f"{_kind(entry).value}.create", entry, now=now, organisation_id=organisation.id)
    return entry


def update(
    session: Session, actor: User, entry: Supply, values: Mapping[str, Any], fields: Sequence[str], *, now: datetime
) -> Supply:
    """New words. What others may have read already is the managers' to change.

    Raises Invalid for what is missing or unknown.
    """
    if entry.state is SupplyState.DRAFT:
        permits.member_of(actor, entry.organisation_id)
    else:
        permits.manager_of(actor, entry.organisation_id)
    permits.not_suspended(entry.organisation)
    named = _checked(session, type(entry), entry.organisation, values, fields, entry.id)
    if isinstance(entry, Technology):
        versions.keep_first(session, entry)
    _fill(entry, values, named)
    stated_by_owner(entry)
    return _changed(session, actor, entry, "update", now)


def publish(session: Session, actor: User, entry: Supply, *, now: datetime) -> Supply:
    permits.not_suspended(entry.organisation)
    return _move(session, actor, entry, SupplyState.PUBLISHED, now)


def unpublish(session: Session, actor: User, entry: Supply, *, now: datetime) -> Supply:
    """Back to the drafts, from being published or withdrawn."""
    return _move(session, actor, entry, SupplyState.DRAFT, now)


def withdraw(session: Session, actor: User, entry: Supply, *, now: datetime) -> Supply:
    return _move(session, actor, entry, SupplyState.WITHDRAWN, now)


def _move(session: Session, actor: User, entry: Supply, state: SupplyState, now: datetime) -> Supply:
    permits.manager_of(actor, entry.organisation_id)
    entry.state = move(SUPPLY, entry.state, state)
    return _changed(session, actor, entry, state.value, now)


def _changed(session: Session, actor: User, entry: Supply, verb: str, now: datetime) -> Supply:
    kind = _kind(entry)
    record(session, actor, f"{kind.value}.{verb}", entry, now=now, organisation_id=entry.organisation_id)
    enqueue_embedding(session, kind, entry.id)
    if isinstance(entry, Technology) and entry.state is SupplyState.PUBLISHED:
        versions.keep(session, actor, entry, now=now)
        freshness.made_fresh(session, entry, now=now)
    return entry


def _checked(
    session: Session,
    entity: type[Offer] | type[Technology],
    organisation: Organisation,
    values: Mapping[str, Any],
    fields: Sequence[str],
    entry_id: int | None = None,
) -> list[Field]:
    """The fields named. Raises Invalid unless one language has both a title and a description, and the rest holds."""
    title, summary = cleaned(values["title"]), cleaned(values["summary"])
    if not title:
        raise Invalid("title_missing")
    if not summary:
        raise Invalid("summary_missing")
    if not (title.vi and summary.vi) and not (title.en and summary.en):
        raise Invalid("languages_apart")
    if entity is Technology:
        check(values)
        _check_reference(session, organisation, values.get("reference"), entry_id)
    elif organisation.kind is OrganisationKind.INSTITUTE and (has_contact(title) or has_contact(summary)):
        raise Invalid("contact_data")
    return fields_named(session, fields)


def _check_reference(session: Session, organisation: Organisation, reference: str | None, entry_id: int | None) -> None:
    """Raises Invalid if another technology of the organisation has this number of its own."""
    if not reference:
        return
    found = sa.select(Technology.id).where(
        Technology.organisation_id == organisation.id, Technology.reference == reference
    )
    with session.no_autoflush:
        taken = session.scalar(found)
    if taken is not None and taken != entry_id:
        raise Invalid("reference_taken")


def _fill(entry: Offer | Technology, values: Mapping[str, Any], fields: list[Field]) -> None:
    for name, value in values.items():
        text = cleaned(value, one_line=name == "title") if isinstance(value, Bilingual) else value
        setattr(entry, name, text)
    entry.fields = fields


def _kind(entry: Offer | Technology) -> SubjectKind:
    return SubjectKind.OFFER if isinstance(entry, Offer) else SubjectKind.TECHNOLOGY


def _provenance(organisation: Organisation) -> Provenance:
    """What an illustrative organisation adds stays marked as illustrative."""
    illustrative = organisation.provenance is Provenance.ILLUSTRATIVE
    return Provenance.ILLUSTRATIVE if illustrative else Provenance.SELF_DECLARED
