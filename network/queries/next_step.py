"""The one thing a reader can do next with an entry that somebody else offers: ask, for the own organisation."""

from dataclasses import dataclass

from models import User
from models.types import MembershipRole, OrganisationKind
from network.queries.cards import OrganisationRef, organisation_ref

ASKING_KINDS = (OrganisationKind.STARTUP, OrganisationKind.ENTERPRISE)


@dataclass(frozen=True)
class NextStep:
    """`own` when the reader belongs to the owner of the entry; `asker` is the organisation the reader can ask for, and
    `manager` whether he may send the question himself. `askable` is false where nobody is to be asked at all."""

    own: bool
    asker: OrganisationRef | None
    manager: bool
    askable: bool


def next_step(viewer: User | None, owner_id: int | None, *, answers: bool = True) -> NextStep:
    """`answers` is false for an owner that nobody can ask: a startup looks for help itself."""
    memberships = viewer.memberships if viewer else []
    own = any(m.organisation_id == owner_id for m in memberships)
    askers = [m for m in memberships if m.organisation.kind in ASKING_KINDS] if answers else []
    askers.sort(key=lambda m: m.role is not MembershipRole.MANAGER)
    return NextStep(
        own,
        organisation_ref(askers[0].organisation) if askers else None,
        bool(askers) and askers[0].role is MembershipRole.MANAGER,
        answers,
    )
