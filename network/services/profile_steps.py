"""A profile in steps: which of its parts belong to which step, for each kind of organisation.

`documents` is a step without parts: documents have a page of their own.
"""

import enum
from collections.abc import Mapping

from models.types import OrganisationKind

WHO_WE_ARE = ("name", "summary", "district", "address", "website", "founded_year")


class Step(enum.StrEnum):
    WHO = "who"
    PRODUCT = "product"
    STANDING = "standing"
    FIELDS = "fields"
    WISHES = "wishes"
    """What a startup looks for, and what a centre or partner gives."""
    DOCUMENTS = "documents"


STEPS: Mapping[OrganisationKind, Mapping[Step, tuple[str, ...]]] = {
    OrganisationKind.STARTUP: {
        Step.WHO: WHO_WE_ARE,
        Step.PRODUCT: ("description",),
        Step.STANDING: ("stage", "team_size"),
        Step.FIELDS: ("fields",),
        Step.WISHES: ("seeking",),
        Step.DOCUMENTS: (),
    },
    OrganisationKind.ENTERPRISE: {
        Step.WHO: WHO_WE_ARE,
        Step.PRODUCT: ("description", "products"),
        Step.STANDING: ("size",),
        Step.FIELDS: ("fields",),
        Step.DOCUMENTS: (),
    },
    OrganisationKind.CENTRE: {
        Step.WHO: WHO_WE_ARE,
        Step.PRODUCT: ("description",),
        Step.STANDING: ("investor_type", "staff_count"),
        Step.FIELDS: ("fields",),
        Step.WISHES: ("services", "capacity", "reply_days"),
        Step.DOCUMENTS: (),
    },
    OrganisationKind.INSTITUTE: {
        Step.WHO: WHO_WE_ARE,
        Step.PRODUCT: ("description",),
        Step.STANDING: ("institute_kind", "transfer_office"),
        Step.FIELDS: ("fields",),
        Step.DOCUMENTS: (),
    },
    OrganisationKind.PARTNER: {
        Step.WHO: WHO_WE_ARE,
        Step.PRODUCT: ("description",),
        Step.STANDING: ("partner_kind",),
        Step.FIELDS: ("fields",),
        Step.WISHES: ("ticket",),
        Step.DOCUMENTS: (),
    },
}


def parts_of(kind: OrganisationKind, step: Step | None = None) -> tuple[str, ...]:
    """The parts of one step, or of the whole profile in the order of the steps."""
    if step is not None:
        return STEPS[kind][step]
    return tuple(name for parts in STEPS[kind].values() for name in parts)


def after(kind: OrganisationKind, step: Step) -> Step:
    """The next step; the last one leads to itself."""
    steps = list(STEPS[kind])
    return steps[min(steps.index(step) + 1, len(steps) - 1)]
