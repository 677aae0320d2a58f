"""Who may act for an organisation. Use cases ask here, whatever page they were called from."""

from models import Organisation, User
from models.errors import NotPermitted
from models.types import MembershipRole, ProfileState


def member_of(actor: User, organisation_id: int) -> None:
    """Raises NotPermitted unless the actor belongs to the organisation."""
    if actor.membership_of(organisation_id) is None:
        raise NotPermitted


def manager_of(actor: User, organisation_id: int) -> None:
    """Raises NotPermitted unless the actor is a manager of the organisation."""
    membership = actor.membership_of(organisation_id)
    if membership is None or membership.role is not MembershipRole.MANAGER:
        raise NotPermitted


def speaker_of(actor: User, organisation_id: int) -> None:
    """Raises NotPermitted for reviewers as well: what two sides write to each other is none of their business."""
    member_of(actor, organisation_id)
    membership = actor.membership_of(organisation_id)
    if membership is not None and membership.role is MembershipRole.REVIEWER:
        raise NotPermitted


def coordinator(actor: User) -> None:
    if not actor.coordinates:
        raise NotPermitted


def not_suspended(organisation: Organisation) -> None:
    """A suspended organisation neither asks nor answers nor publishes."""
    if organisation.state is ProfileState.SUSPENDED:
        raise NotPermitted("suspended")
