"""The one thing a reader can do next with an entry that somebody else offers: ask, from the own needs."""

from dataclasses import dataclass

from models import User
from models.types import OrganisationKind
from network.queries.cards import OrganisationRef, organisation_ref

ASKING_KINDS = (OrganisationKind.STARTUP, OrganisationKind.ENTERPRISE)


@dataclass(frozen=True)
class NextStep:
    """`own` when the reader belongs to the owner of the entry; `asker` is the organisation the reader can ask for."""

    own: bool
    asker: OrganisationRef | None


def next_step(viewer: User | None, owner_id: int | None, *, answers: bool = True) -> NextStep:
    """`answers` is false for an owner that nobody can ask: a startup looks for help itself."""
    memberships = viewer.memberships if viewer else []
    own = any(m.organisation_id == owner_id for m in memberships)
    askers = [m.organisation for m in memberships if m.organisation.kind in ASKING_KINDS]
    return NextStep(own, organisation_ref(askers[0]) if askers and answers else None)
