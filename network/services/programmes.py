"""Programmes of a centre: drafted by its members, published and withdrawn by its managers.

What is not published is found by nobody. A programme whose calls are out stays until they are decided or called off.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Application, Call, Organisation, Programme, User
from models.audit import record
from models.calls import CallState
from models.errors import Conflict, Invalid, NotFound
from models.jobs import enqueue_embedding
from models.states import SUPPLY, move
from models.texts import Bilingual
from models.types import OrganisationKind, Stage, SubjectKind, SupplyState
from network.services import permits
from network.services.intake import staff_of
from network.services.texts import cleaned, fields_named, provenance_of, stated_by_owner

EMPTY = Bilingual()


@dataclass(frozen=True)
class ProgrammeValues:
    """Everything a programme says, as it was typed; `fields` are codes."""

    name: Bilingual
    summary: Bilingual
    gives: Bilingual = EMPTY
    who: Bilingual = EMPTY
    stages: tuple[Stage, ...] = ()
    fields: tuple[str, ...] = ()


def find_own(session: Session, organisation: Organisation, programme_id: int) -> Programme:
    """The programme, if this organisation runs it. Raises NotFound otherwise."""
    programme = session.get(Programme, programme_id)
    if programme is None or programme.organisation_id != organisation.id:
        raise NotFound
    return programme


def create_programme(
    session: Session, actor: User, organisation: Organisation, values: ProgrammeValues, *, now: datetime
) -> Programme:
    """A draft. Raises Invalid for what is missing, NotFound for an organisation that is no centre."""
    staff_of(actor, organisation.id)
    permits.not_suspended(organisation)
    if organisation.kind is not OrganisationKind.CENTRE:
        raise NotFound
    _check(values)
    programme = Programme(organisation=organisation, provenance=provenance_of(organisation), state=SupplyState.DRAFT)
    _fill(session, programme, values)
    session.add(programme)
    return _changed(session, actor, programme, "create", now)


def update_programme(
    session: Session, actor: User, programme: Programme, values: ProgrammeValues, *, now: datetime
) -> Programme:
    """What others may have read already is the managers' to change. Raises Invalid for what is missing."""
    organisation = _runner(programme)
    if programme.state is SupplyState.DRAFT:
        staff_of(actor, organisation.id)
    else:
        permits.manager_of(actor, organisation.id)
    permits.not_suspended(organisation)
    _check(values)
    _fill(session, programme, values)
    stated_by_owner(programme)
    return _changed(session, actor, programme, "update", now)


def publish_programme(session: Session, actor: User, programme: Programme, *, now: datetime) -> Programme:
    permits.not_suspended(_runner(programme))
    return _move(session, actor, programme, SupplyState.PUBLISHED, now)


def unpublish_programme(session: Session, actor: User, programme: Programme, *, now: datetime) -> Programme:
    """Back to the drafts. Raises Conflict while a call of it is out."""
    return _move(session, actor, programme, SupplyState.DRAFT, now)


def withdraw_programme(session: Session, actor: User, programme: Programme, *, now: datetime) -> Programme:
    """Raises Conflict while a call of it is out."""
    return _move(session, actor, programme, SupplyState.WITHDRAWN, now)


def delete_programme(session: Session, actor: User, programme: Programme, *, now: datetime) -> None:
    """Removes a draft for good, with its drafted calls. Raises Conflict for what others have read or applied to."""
    staff_of(actor, _runner(programme).id)
    if programme.state is not SupplyState.DRAFT:
        raise Conflict("not_a_draft", current=programme.state.value)
    applied = sa.select(Application.id).join(Call).where(Call.programme_id == programme.id).limit(1)
    if session.scalar(applied) is not None:
        raise Conflict("programme_has_applications")
    _changed(session, actor, programme, "delete", now)
    session.execute(sa.delete(Call).where(Call.programme_id == programme.id))
    session.delete(programme)


def _runner(programme: Programme) -> Organisation:
    if programme.organisation is None:
        raise NotFound
    return programme.organisation


def _move(session: Session, actor: User, programme: Programme, state: SupplyState, now: datetime) -> Programme:
    permits.manager_of(actor, _runner(programme).id)
    target = move(SUPPLY, programme.state, state)
    out = sa.select(Call.id).where(Call.programme_id == programme.id, Call.state == CallState.PUBLISHED).limit(1)
    if target is not SupplyState.PUBLISHED and session.scalar(out) is not None:
        raise Conflict("programme_has_open_calls")
    programme.state = target
    return _changed(session, actor, programme, target.value, now)


def _changed(session: Session, actor: User, programme: Programme, verb: str, now: datetime) -> Programme:
    record(session, actor, f"programme.{verb}", programme, now=now, organisation_id=programme.organisation_id)
    enqueue_embedding(session, SubjectKind.PROGRAMME, programme.id)
    return programme


def _check(values: ProgrammeValues) -> None:
    name, summary = cleaned(values.name), cleaned(values.summary)
    if not name:
        raise Invalid("programme_name_missing")
    if not summary:
        raise Invalid("summary_missing")
    if not (name.vi and summary.vi) and not (name.en and summary.en):
        raise Invalid("languages_apart")


def _fill(session: Session, programme: Programme, values: ProgrammeValues) -> None:
    programme.fields = fields_named(session, values.fields)
    programme.name = cleaned(values.name, one_line=True)
    programme.summary, programme.gives = cleaned(values.summary), cleaned(values.gives)
    programme.who = cleaned(values.who)
    programme.stages = [stage.value for stage in Stage if stage in values.stages]
