"""Offers and technologies of an organisation: drafted by members, published and withdrawn by managers."""

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
from models.types import OrganisationKind, Provenance, SubjectKind, SupplyState
from network.services import permits

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
    """A draft. `values` are its columns, `fields` codes of fields. Raises Invalid without title and description."""
    permits.member_of(actor, organisation.id)
    permits.not_suspended(organisation)
    kinds = OFFERING if entity is Offer else LISTING
    if organisation.kind not in kinds:
        raise NotFound
    entry = entity(organisation=organisation, provenance=_provenance(organisation), state=SupplyState.DRAFT)
    session.add(entry)
    _fill(session, entry, values, fields)
    record(session, actor, f"{_kind(entry).value}.create", entry, now=now, organisation_id=organisation.id)
    return entry


def update(
    session: Session, actor: User, entry: Supply, values: Mapping[str, Any], fields: Sequence[str], *, now: datetime
) -> Supply:
    """Raises Invalid without title and description."""
    permits.member_of(actor, entry.organisation_id)
    _fill(session, entry, values, fields)
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
    return entry


def _fill(session: Session, entry: Offer | Technology, values: Mapping[str, Any], fields: Sequence[str]) -> None:
    title, summary = values["title"], values["summary"]
    if not title:
        raise Invalid("title_missing")
    if not summary:
        raise Invalid("summary_missing")
    for name, value in values.items():
        setattr(entry, name, value)
    entry.fields = list(session.scalars(sa.select(Field).where(Field.code.in_(fields)))) if fields else []


def _kind(entry: Offer | Technology) -> SubjectKind:
    return SubjectKind.OFFER if isinstance(entry, Offer) else SubjectKind.TECHNOLOGY


def _provenance(organisation: Organisation) -> Provenance:
    """What an illustrative organisation adds stays marked as illustrative."""
    illustrative = organisation.provenance is Provenance.ILLUSTRATIVE
    return Provenance.ILLUSTRATIVE if illustrative else Provenance.SELF_DECLARED
