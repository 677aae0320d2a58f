"""The plain values of an entry that filters and factors read: what `matching.catalogue` turns into columns.

organisation_id, organisation_kind   the owner; None for a programme run by a body outside the directory
visibility                           public or members
kinds                                of help looked for or given; empty when the entry does not say
fields, stages, district, languages  codes; an offer that names no stage is for all of them
trl_min, trl_max                     levels of technology readiness served, looked for or reached
capacity                             teams at a time
closes_on                            ISO date of the end of an intake
network_member                       for organisations: whether it is one of the seven centres
stale                                there, and true, for a technology that its owner has not confirmed for too long
"""

from collections.abc import Iterable
from typing import Any

from models.needs import Need
from models.offers import Offer
from models.organisations import Centre, Organisation, Partner
from models.programmes import Programme
from models.taxonomy import Field
from models.technologies import Technology
from models.types import OfferKind, PartnerKind, Stage, TransferForm, Visibility

Subject = Need | Offer | Technology | Programme | Organisation

PARTNER_GIVES = {
    PartnerKind.FUND: OfferKind.FUNDING,
    PartnerKind.EXCHANGE: OfferKind.MARKET_ACCESS,
    PartnerKind.ACCELERATOR: OfferKind.ACCELERATION,
    PartnerKind.TESTING: OfferKind.TESTING,
    PartnerKind.IP_LEGAL: OfferKind.IP_LEGAL,
}

TRANSFER_GIVES = {
    TransferForm.JOINT_DEVELOPMENT: OfferKind.CONTRACT_RESEARCH,
    TransferForm.SERVICE: OfferKind.CONTRACT_RESEARCH,
}


def owner_of(subject: Subject) -> Organisation | None:
    return subject if isinstance(subject, Organisation) else subject.organisation


def facts_of(subject: Subject) -> dict[str, Any]:
    """The facts of `subject`, as JSON; what does not apply to its kind is left out."""
    owner = owner_of(subject)
    facts: dict[str, Any] = {
        "organisation_id": owner.id if owner else None,
        "organisation_kind": owner.kind.value if owner else None,
        "visibility": Visibility.PUBLIC.value,
        "fields": list(field_codes(subject.fields)),
        "kinds": [],
        "stages": [],
    }
    if isinstance(subject, Need):
        facts |= {
            "visibility": subject.visibility.value,
            "kinds": [kind.value for kind in subject.kinds],
            "stages": [subject.stage.value] if subject.stage else [],
            "trl_min": subject.trl,
            "trl_max": subject.trl,
            "district": subject.district,
        }
    elif isinstance(subject, Offer):
        facts |= {
            "visibility": subject.visibility.value,
            "kinds": [subject.kind.value],
            "stages": list(subject.stages) or [stage.value for stage in Stage],
            "trl_min": subject.trl_min,
            "trl_max": subject.trl_max,
            "district": subject.district,
            "languages": list(subject.languages),
            "capacity": subject.capacity,
        }
    elif isinstance(subject, Technology):  # what is ready serves whoever is less so
        facts |= {
            "visibility": subject.visibility.value,
            "kinds": [kind.value for kind in technology_kinds(subject)],
            "trl_min": 1 if subject.trl else None,
            "trl_max": subject.trl,
        }
        facts |= {"stale": True} if subject.stale_at else {}
    elif isinstance(subject, Programme):
        closes = subject.closes_on.isoformat() if subject.closes_on else None
        facts |= {"stages": list(subject.stages), "capacity": subject.capacity, "closes_on": closes}
    else:
        facts |= {
            "kinds": [kind.value for kind in organisation_kinds(subject)],
            "district": subject.district,
            "capacity": subject.capacity if isinstance(subject, Centre) else None,
            "network_member": isinstance(subject, Centre) and subject.network_member,
        }
    return facts


def field_codes(fields: Iterable[Field]) -> tuple[str, ...]:
    return tuple(sorted(each.code for each in fields))


def technology_kinds(technology: Technology) -> tuple[OfferKind, ...]:
    """What its forms of transfer come to; a licence is assumed where none is named."""
    forms = technology.transfer_forms
    return tuple(dict.fromkeys(TRANSFER_GIVES.get(f, OfferKind.LICENSING) for f in forms)) or (OfferKind.LICENSING,)


def organisation_kinds(organisation: Organisation) -> tuple[OfferKind, ...]:
    """What the profile says it gives; empty if it does not say."""
    if isinstance(organisation, Centre):
        return tuple(OfferKind(service) for service in organisation.services)
    if isinstance(organisation, Partner) and organisation.partner_kind in PARTNER_GIVES:
        return (PARTNER_GIVES[organisation.partner_kind],)
    return ()
