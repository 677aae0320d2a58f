"""The stand of a centre in the exhibition: setting it up, what stands on it and in which order, closing it.

A stand opens to everybody with its first exhibit. Exhibited is what everybody may read anyway: published technologies,
and the products of enterprises that are shown. Permissions: managers of the centre.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Enterprise, Exhibit, Organisation, Stand, Technology, User
from models.audit import record
from models.errors import Conflict, Invalid, NotFound
from models.texts import Bilingual
from models.types import OrganisationKind, ProfileState, SupplyState, Visibility
from network.services import permits
from network.services.outbox import in_both, names_of, post_to_organisation
from network.services.texts import cleaned, provenance_of, stated_by_owner

MOST_EXHIBITS = 12


@dataclass(frozen=True)
class StandValues:
    theme: Bilingual
    welcome: Bilingual


def find_own(session: Session, organisation: Organisation) -> Stand | None:
    return session.scalar(sa.select(Stand).where(Stand.organisation_id == organisation.id))


def find_exhibit(session: Session, organisation: Organisation, exhibit_id: int) -> tuple[Stand, Exhibit]:
    """An exhibit on the organisation's own stand. Raises NotFound."""
    stand = find_own(session, organisation)
    found = next((e for e in stand.exhibits if e.id == exhibit_id), None) if stand else None
    if stand is None or found is None:
        raise NotFound
    return stand, found


def set_up(session: Session, actor: User, centre: Organisation, values: StandValues, *, now: datetime) -> Stand:
    """A stand without exhibits, at the first place in the hall that is free. Raises Conflict if there is one."""
    permits.manager_of(actor, centre.id)
    permits.not_suspended(centre)
    if centre.kind is not OrganisationKind.CENTRE:
        raise NotFound
    if find_own(session, centre) is not None:
        raise Conflict("stand_exists")
    stand = Stand(organisation=centre, number=_free_number(session), provenance=provenance_of(centre))
    _fill(stand, values)
    session.add(stand)
    record(session, actor, "stand.create", stand, now=now, organisation_id=centre.id)
    return stand


def _free_number(session: Session) -> int:
    taken = set(session.scalars(sa.select(Stand.number)))
    return next(n for n in range(1, len(taken) + 2) if n not in taken)


def update(session: Session, actor: User, stand: Stand, values: StandValues, *, now: datetime) -> Stand:
    _may_change(actor, stand)
    _fill(stand, values)
    stated_by_owner(stand)
    _changed(session, actor, stand, now)
    return stand


def _fill(stand: Stand, values: StandValues) -> None:
    theme = cleaned(values.theme, one_line=True)
    if not theme:
        raise Invalid("theme_missing")
    stand.theme, stand.welcome = theme, cleaned(values.welcome)


def put(
    session: Session,
    actor: User,
    stand: Stand,
    *,
    technology_id: int | None = None,
    organisation_id: int | None = None,
    now: datetime,
) -> Exhibit:
    """Puts a technology or the products of an enterprise at the end of the stand, and tells its owner.

    Raises NotFound for what not everybody may read, Conflict for what stands there already or finds no room.
    """
    _may_change(actor, stand)
    if (technology_id is None) == (organisation_id is None):
        raise NotFound
    exhibit = Exhibit(position=max((e.position for e in stand.exhibits), default=0) + 1)
    if technology_id is not None:
        exhibit.technology = _technology(session, technology_id)
    else:
        exhibit.organisation = _enterprise(session, organisation_id)
    if any((e.technology_id, e.organisation_id) == (technology_id, organisation_id) for e in stand.exhibits):
        raise Conflict("exhibited_already")
    if len(stand.exhibits) >= MOST_EXHIBITS:
        raise Conflict("stand_full")
    stand.exhibits.append(exhibit)
    _changed(session, actor, stand, now)
    _tell_owner(session, stand, exhibit)
    return exhibit


def _tell_owner(session: Session, stand: Stand, exhibit: Exhibit) -> None:
    owner = exhibit.technology.organisation if exhibit.technology is not None else exhibit.organisation
    if owner is None or owner.id == stand.organisation_id:
        return
    title = exhibit.technology.title if exhibit.technology is not None else owner.name
    centre = {**names_of(stand.organisation), "slug": stand.organisation.slug}
    post_to_organisation(session, owner, "exhibit_shown", title=in_both(title), centre=centre)


def _technology(session: Session, number: int) -> Technology:
    found = session.get(Technology, number)
    if found is None or found.state is not SupplyState.PUBLISHED or found.visibility is not Visibility.PUBLIC:
        raise NotFound
    if found.organisation.state is ProfileState.SUSPENDED:
        raise NotFound
    return found


def _enterprise(session: Session, number: int | None) -> Organisation:
    found = session.get(Enterprise, number)
    if found is None or found.state is ProfileState.SUSPENDED:
        raise NotFound
    return found


def describe(
    session: Session, actor: User, stand: Stand, exhibit: Exhibit, caption: Bilingual, *, now: datetime
) -> Exhibit:
    """Why it is worth stopping at it; nothing is allowed as well."""
    _may_change(actor, stand)
    exhibit.caption = cleaned(caption, one_line=True)
    _changed(session, actor, stand, now)
    return exhibit


def move(session: Session, actor: User, stand: Stand, exhibit: Exhibit, *, up: bool, now: datetime) -> None:
    """One place up or down; at the end of the row it stays."""
    _may_change(actor, stand)
    row = sorted(stand.exhibits, key=lambda e: (e.position, e.id))
    at = row.index(exhibit)
    other = max(at - 1, 0) if up else min(at + 1, len(row) - 1)
    row[at], row[other] = row[other], row[at]
    for position, entry in enumerate(row, 1):
        entry.position = position
    _changed(session, actor, stand, now)


def remove(session: Session, actor: User, stand: Stand, exhibit: Exhibit, *, now: datetime) -> None:
    """Takes it off the stand. Without any exhibit the stand is closed to others until there is one again."""
    _may_change(actor, stand)
    stand.exhibits.remove(exhibit)
    _changed(session, actor, stand, now)


def close(session: Session, actor: User, stand: Stand, *, now: datetime) -> None:
    """The stand leaves the hall, with its words; its place is free for another."""
    _may_change(actor, stand)
    record(session, actor, "stand.close", stand, now=now, organisation_id=stand.organisation_id)
    session.delete(stand)


def _may_change(actor: User, stand: Stand) -> None:
    permits.manager_of(actor, stand.organisation_id)
    permits.not_suspended(stand.organisation)


def _changed(session: Session, actor: User, stand: Stand, now: datetime) -> None:
    stand.updated_at = now
    record(session, actor, "stand.update", stand, now=now, organisation_id=stand.organisation_id)
