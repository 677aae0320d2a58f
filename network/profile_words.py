"""The guided profile in words: its steps, its parts, and why each part matters to those who read it."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from models.types import OrganisationKind
from network.services.profile_steps import Step

STEP_NAMES: Mapping[Step, Any] = {
    Step.WHO: _("Who we are"),
    Step.PRODUCT: _("What we do"),
    Step.FIELDS: _("Fields"),
    Step.DOCUMENTS: _("Documents"),
}

STEP_NAMES_OF: Mapping[tuple[OrganisationKind, Step], Any] = {
    (OrganisationKind.STARTUP, Step.PRODUCT): _("Product"),
    (OrganisationKind.STARTUP, Step.STANDING): _("Stage and team"),
    (OrganisationKind.STARTUP, Step.WISHES): _("What we look for"),
    (OrganisationKind.ENTERPRISE, Step.PRODUCT): _("Product"),
    (OrganisationKind.ENTERPRISE, Step.STANDING): _("Size"),
    (OrganisationKind.CENTRE, Step.STANDING): _("Backing and staff"),
    (OrganisationKind.CENTRE, Step.WISHES): _("What we give"),
    (OrganisationKind.INSTITUTE, Step.STANDING): _("Kind of house"),
    (OrganisationKind.PARTNER, Step.STANDING): _("Kind of partner"),
    (OrganisationKind.PARTNER, Step.WISHES): _("What we contribute"),
}

PART_NAMES: Mapping[str, Any] = {
    "name": _("Name"),
    "summary": _("Summary"),
    "description": _("Description"),
    "district": _("District"),
    "address": _("Address"),
    "website": _("Website"),
    "founded_year": _("Year of foundation"),
    "products": _("Products"),
    "stage": _("How far you are"),
    "team_size": _("People in the team"),
    "size": _("Size"),
    "investor_type": _("Who invests in it"),
    "staff_count": _("Staff"),
    "institute_kind": _("What it is"),
    "transfer_office": _("Technology transfer office"),
    "partner_kind": _("What it is"),
    "ticket": _("Usual contribution"),
    "fields": _("Fields"),
    "seeking": _("Looking for"),
    "services": _("Services"),
    "capacity": _("Places"),
    "reply_days": _("Days to reply"),
    "documents": _("A document"),
}

WHY: Mapping[str, Any] = {
    "name": _("Readers find you by it."),
    "summary": _("It stands first wherever you appear, and suggestions are made from it."),
    "description": _("Whoever thinks of talking to you reads on here."),
    "district": _("Those nearby are suggested to each other, and you stand on the map."),
    "address": _("Visitors need to know where to go."),
    "website": _("Readers check there whether you are who you say."),
    "founded_year": _("Some programmes are for young enterprises only."),
    "products": _("Those who look for a pilot or a supplier search for products."),
    "stage": _("Centres take in teams of certain stages: without it they cannot tell whether you fit."),
    "team_size": _("Centres plan their places by it."),
    "size": _("Support differs by size class."),
    "investor_type": _("Startups ask whose house it is before they apply."),
    "staff_count": _("The law counts the staff of a centre (Decree 268, articles 29 to 31)."),
    "institute_kind": _("Readers tell universities and laboratories apart by it."),
    "transfer_office": _("Enterprises want to know who signs for a technology."),
    "partner_kind": _("A fund is asked other things than a testing house."),
    "ticket": _("It spares you requests that are far too large or too small."),
    "fields": _("The field counts for much of the fit: without it you are found by words alone."),
    "seeking": _("Centres and partners see at a glance whether it is worth asking you."),
    "services": _("You are only suggested for help that you name."),
    "capacity": _("Nobody asks a full house; it is known at the moment of acceptance."),
    "reply_days": _("A promised day is why many ask at all."),
    "documents": _("A pitch deck or a certificate answers the first questions before anybody asks."),
}


def step_name(kind: OrganisationKind, step: Step) -> str:
    return str(STEP_NAMES_OF.get((kind, step)) or STEP_NAMES[step])
