"""Needs: what a startup or an enterprise looks for, from the first draft to the day it is met.

Permissions: members of the owner write and delete drafts; what others read already (publish, change, close) is for its
managers. A closed need stays as it is.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ExpressionOfInterest, Field, Need, Organisation, User
from models.audit import record
from models.errors import Conflict, Invalid, NotFound
from models.interests import OPEN_STATES
from models.jobs import enqueue, enqueue_embedding
from models.states import NEED, move
from models.texts import Bilingual
from models.types import (
    CloseReason,
    NeedState,
    OfferKind,
    OrganisationKind,
    Provenance,
    Stage,
    SubjectKind,
    Visibility,
)
from network.services import permits
from network.services.settling import has_agreement, settle_others
from network.services.texts import cleaned, fields_named, stated_by_owner

OWNERS = frozenset({OrganisationKind.STARTUP, OrganisationKind.ENTERPRISE})
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
EMPTY = Bilingual()
MET = (CloseReason.MET_IN_NETWORK, CloseReason.MET_ELSEWHERE)


@dataclass(frozen=True)
class NeedValues:
    """Everything a need says, as its owner typed it; `fields` are codes."""

    title: Bilingual
    summary: Bilingual
    details: Bilingual = EMPTY
    kinds: tuple[OfferKind, ...] = ()
    fields: tuple[str, ...] = ()
    stage: Stage | None = None
    trl: int | None = None
    district: str | None = None
    budget_vnd: int | None = None
    needed_by: date | None = None
    visibility: Visibility = Visibility.PUBLIC


def find_own(session: Session, actor: User, organisation: Organisation, need_id: int) -> Need:
    """The need, if it is one of this organisation of the actor. Raises NotFound otherwise."""
    need = session.get(Need, need_id)
    if need is None or need.organisation_id != organisation.id or actor.membership_of(organisation.id) is None:
        raise NotFound
    return need


def create_need(
    session: Session, actor: User, organisation: Organisation, values: NeedValues, *, now: datetime
) -> Need:
    """A draft. Raises Invalid when title or summary is missing or the day has passed."""
    permits.member_of(actor, organisation.id)
    permits.not_suspended(organisation)
    if organisation.kind not in OWNERS:
        raise Invalid("needs_not_for_kind")
    _check(values.title, values.summary, values.needed_by, now)
    fields = fields_named(session, values.fields)
    illustrative = organisation.provenance is Provenance.ILLUSTRATIVE
    need = Need(
        organisation=organisation,
        provenance=Provenance.ILLUSTRATIVE if illustrative else Provenance.SELF_DECLARED,
        state=NeedState.DRAFT,
    )
    _fill(need, values, fields)
    session.add(need)
    record(session, actor, "need.create", need, now=now, organisation_id=organisation.id)
    enqueue_embedding(session, SubjectKind.NEED, need.id)
    return need


def update_need(session: Session, actor: User, need: Need, values: NeedValues, *, now: datetime) -> Need:
    """New words for a need. A need that others read already is looked at again for suggestions."""
    _may_write(actor, need)
    permits.not_suspended(need.organisation)
    _check(values.title, values.summary, values.needed_by, now)
    _fill(need, values, fields_named(session, values.fields))
    stated_by_owner(need)
    _changed(session, actor, need, "need.update", now)
    return need


def publish_need(session: Session, actor: User, need: Need, *, now: datetime) -> Need:
    """Shows a draft to others, or looks for more help for a matched need. Both sides then get their suggestions."""
    permits.manager_of(actor, need.organisation_id)
    permits.not_suspended(need.organisation)
    _check(need.title, need.summary, need.needed_by, now)
    first = need.state is NeedState.DRAFT
    need.state = move(NEED, need.state, NeedState.PUBLISHED)
    if first:
        need.published_at = now
    _changed(session, actor, need, "need.publish", now)
    return need


def unpublish_need(session: Session, actor: User, need: Need, *, now: datetime) -> Need:
    """Takes a published need back to the drafts. Raises Conflict while somebody waits for an answer about it."""
    permits.manager_of(actor, need.organisation_id)
    if open_interests(session, need):
        raise Conflict("need_has_open_interests")
    need.state = move(NEED, need.state, NeedState.DRAFT)
    _changed(session, actor, need, "need.unpublish", now)
    return need


def close_need(session: Session, actor: User, need: Need, reason: CloseReason | None, *, now: datetime) -> Need:
    """The end of a need, with the reason.

    A need that was met ends what others still wait for, see `settling`; otherwise open interests stay open.

    Raises Invalid without a reason, and for a need said to be met in the network when no agreement shows with whom.
    """
    permits.manager_of(actor, need.organisation_id)
    if reason is None:
        raise Invalid("reason_missing")
    target = move(NEED, need.state, NeedState.CLOSED)
    if reason is CloseReason.MET_IN_NETWORK and not has_agreement(session, need):
        raise Invalid("met_without_agreement")
    need.state, need.close_reason = target, reason
    if reason in MET:
        settle_others(session, actor, need, now=now)
    _changed(session, actor, need, "need.close", now, reason=reason.value)
    return need


def follow_agreements(session: Session, actor: User, need: Need, *, now: datetime, recorded: bool = False) -> None:
    """A published need with a new agreement is matched; a matched one without any is on the board again.

    Called by whoever records or ends an agreement, on whichever side: no permission of its own.
    """
    agreed = has_agreement(session, need)
    if recorded and agreed and need.state is NeedState.PUBLISHED:
        need.state = move(NEED, need.state, NeedState.MATCHED)
        _changed(session, actor, need, "need.match", now)
    elif not agreed and need.state is NeedState.MATCHED:
        need.state = move(NEED, need.state, NeedState.PUBLISHED)
        _changed(session, actor, need, "need.unmatch", now)


def delete_need(session: Session, actor: User, need: Need, *, now: datetime) -> None:
    """Removes a draft for good. Raises Conflict for anything others have read or asked about."""
    permits.member_of(actor, need.organisation_id)
    asked = sa.select(ExpressionOfInterest.id).where(ExpressionOfInterest.need_id == need.id).limit(1)
    if need.state is not NeedState.DRAFT or session.scalar(asked) is not None:
        raise Conflict("need_not_deletable", current=need.state.value)
    record(session, actor, "need.delete", need, now=now, organisation_id=need.organisation_id)
    enqueue_embedding(session, SubjectKind.NEED, need.id)
    session.delete(need)


def open_interests(session: Session, need: Need) -> int:
    """How many expressions of interest about the need are under way."""
    statement = sa.select(sa.func.count(ExpressionOfInterest.id)).where(
        ExpressionOfInterest.need_id == need.id, ExpressionOfInterest.state.in_(OPEN_STATES)
    )
    return session.scalar(statement) or 0


def _may_write(actor: User, need: Need) -> None:
    if need.state is NeedState.DRAFT:
        permits.member_of(actor, need.organisation_id)
    else:
        permits.manager_of(actor, need.organisation_id)
    if need.state is NeedState.CLOSED:
        raise Conflict("need_closed")


def _check(title: Bilingual, summary: Bilingual, needed_by: date | None, now: datetime) -> None:
    """Raises Invalid unless one language has both a title and a summary, and the day is still to come."""
    title, summary = cleaned(title), cleaned(summary)
    if not title:
        raise Invalid("title_missing")
    if not summary:
        raise Invalid("summary_missing")
    if not (title.vi and summary.vi) and not (title.en and summary.en):
        raise Invalid("languages_apart")
    if needed_by and needed_by < now.astimezone(HANOI).date():
        raise Invalid("date_past")


def _fill(need: Need, values: NeedValues, fields: list[Field]) -> None:
    need.title = cleaned(values.title, one_line=True)
    need.summary, need.details = cleaned(values.summary), cleaned(values.details)
    need.kinds, need.fields = list(values.kinds), fields
    need.stage, need.trl, need.district = values.stage, values.trl, values.district
    need.budget_vnd, need.needed_by, need.visibility = values.budget_vnd, values.needed_by, values.visibility


def _changed(session: Session, actor: User, need: Need, action: str, now: datetime, **data: str) -> None:
    record(session, actor, action, need, now=now, organisation_id=need.organisation_id, **data)
    enqueue_embedding(session, SubjectKind.NEED, need.id)
    if need.state is NeedState.PUBLISHED:
        enqueue(session, "match", f"need:{need.id}")
