"""The facts of the entries as columns: one row of numbers per entry, so that filters and factors are array operations.

Enumerations stand as their position plus one, sets of them as bits; 0 always means 'not known'.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.questions import Query
from models.taxonomy import DISTRICTS
from models.texts import LANGUAGES
from models.types import OfferKind, OrganisationKind, Stage, SubjectKind, Visibility

Rows = NDArray[np.void]
Mask = NDArray[np.bool_]

MOST_FIELDS = 8  # of one entry; further ones do not count

ROW = np.dtype(
    [
        ("subject", "i1"),
        ("id", "i8"),
        ("organisation", "i8"),
        ("organisation_kind", "i1"),
        ("level", "i1"),
        ("kinds", "u4"),
        ("fields", "i2", MOST_FIELDS),
        ("stages", "u1"),
        ("trl_min", "i1"),
        ("trl_max", "i1"),
        ("district", "i2"),
        ("languages", "u1"),
        ("capacity", "i4"),  # plus one
        ("closes", "i4"),  # day number of datetime.date
        ("stale", "?"),
    ]
)

SUBJECTS = tuple(SubjectKind)
ORGANISATION_KINDS = tuple(OrganisationKind)
LEVELS = tuple(Visibility)  # from open to closed
OFFER_KINDS = tuple(OfferKind)
STAGES = tuple(Stage)
DISTRICT_CODES = tuple(DISTRICTS)


def row(subject: SubjectKind, subject_id: int, facts: Mapping[str, Any]) -> NDArray[np.void]:
    """A ROW of shape () for these facts (see matching.text). An unknown value is stored as 'not known'.

    The level alone never is: a value that is not known counts as the most closed one.
    """
    found = np.zeros((), ROW)
    found["subject"], found["id"] = code(SUBJECTS, subject), subject_id
    found["organisation"] = facts.get("organisation_id") or 0
    found["organisation_kind"] = code(ORGANISATION_KINDS, facts.get("organisation_kind"))
    found["level"] = code(LEVELS, facts.get("visibility")) or len(LEVELS)
    found["kinds"] = bits(OFFER_KINDS, facts.get("kinds") or ())
    codes = field_numbers(facts.get("fields") or ())[:MOST_FIELDS]
    found["fields"][: len(codes)] = codes
    found["stages"] = bits(STAGES, facts.get("stages") or ())
    low, high = facts.get("trl_min"), facts.get("trl_max")
    if low or high:
        found["trl_min"], found["trl_max"] = low or 1, high or 9
    found["district"] = code(DISTRICT_CODES, facts.get("district"))
    found["languages"] = bits(LANGUAGES, facts.get("languages") or ())
    capacity = facts.get("capacity")
    found["capacity"] = 0 if capacity is None else min(capacity, 2**31 - 2) + 1
    found["closes"] = date.fromisoformat(facts["closes_on"]).toordinal() if facts.get("closes_on") else 0
    found["stale"] = bool(facts.get("stale"))
    return found


def code(members: tuple[str, ...], value: str | None) -> int:
    return members.index(value) + 1 if value in members else 0


def bits(members: tuple[str, ...], values: Iterable[str]) -> int:
    return sum(1 << code(members, value) - 1 for value in set(values) if code(members, value))


def named(members: tuple[StrEnum, ...], value: int) -> list[str]:
    """The values behind `bits`, in the order of the enumeration."""
    return [member.value for i, member in enumerate(members) if value >> i & 1]


def field_numbers(codes: Iterable[str]) -> list[int]:
    return [int(each) for each in codes if each.isdigit()]


def broad(numbers: NDArray[np.integer]) -> NDArray[np.integer]:
    """Of a field its broad field: 102 -> 1. A broad field stays itself."""
    return np.where(numbers >= 100, numbers // 100, numbers)


def admitted(rows: Rows, query: Query) -> Mask:
    """Which rows may be suggested at all for `query`: what it asks for, and what its reader may read."""
    subjects = [code(SUBJECTS, kind) for kind in query.subjects]
    mask: Mask = np.isin(rows["subject"], subjects) & (rows["level"] <= code(LEVELS, query.clearance))
    if query.organisation_kinds:
        kinds = [code(ORGANISATION_KINDS, kind) for kind in query.organisation_kinds]
        mask &= np.isin(rows["organisation_kind"], kinds) | (rows["organisation"] == 0)
    if query.organisation_id is not None:
        mask &= rows["organisation"] == query.organisation_id
    if query.exclude_organisation is not None:
        mask &= rows["organisation"] != query.exclude_organisation
    if query.on is not None:
        mask &= (rows["closes"] == 0) | (rows["closes"] >= query.on.toordinal())
    return mask
