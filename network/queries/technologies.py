"""The technologies that universities and institutes list for transfer: the list to narrow, and one in full."""

import enum
from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Technology, TechnologyTransfer, User
from models.errors import NotFound
from models.technologies import technology_field
from models.texts import Bilingual
from models.types import IpStatus, IpType, ProfileState, Provenance, TransferForm
from network.queries import visible
from network.queries.activity import StandRef, stands_of_technology
from network.queries.cards import TechnologyCard, technology_card
from network.queries.facets import (
    Choice,
    Condition,
    Criteria,
    Facet,
    Listing,
    Narrowing,
    equals,
    facet,
    has_words,
    in_field,
    order,
)
from network.queries.next_step import NextStep, next_step
from network.queries.paging import paginate
from network.queries.technology_facts import TechnologyFacts, facts, loads

ALIKE = 3


class TrlRange(enum.StrEnum):
    """Readiness levels in three steps: researched, tried out, ready for use."""

    EARLY = "1-3"
    MIDDLE = "4-6"
    LATE = "7-9"

    @property
    def levels(self) -> range:
        first, last = map(int, self.value.split("-"))
        return range(first, last + 1)


@dataclass(frozen=True, kw_only=True)
class TechnologyCriteria(Criteria):
    trl: TrlRange | None = None
    transfer: TransferForm | None = None


@dataclass(frozen=True)
class TechnologyDetail:
    """`details` is None for a reader who may not read them; `has_details` says whether there are any. `alike` are
    others in the same fields; `claimable` says that nobody has taken its owner's profile over."""

    card: TechnologyCard
    details: Bilingual | None
    has_details: bool
    ip_type: IpType | None
    ip_status: IpStatus | None
    ip_territory: str | None
    facts: TechnologyFacts
    stands: tuple[StandRef, ...]
    alike: tuple[TechnologyCard, ...]
    claimable: bool
    step: NextStep


def _levels(chosen: TrlRange | None) -> Condition | None:
    return Technology.trl.in_(chosen.levels) if chosen else None


def narrow(session: Session, viewer: User | None, criteria: TechnologyCriteria) -> Narrowing:
    """The technologies that this reader may see and has chosen."""
    return Narrowing(
        session,
        Technology,
        {
            "visible": visible.entries(Technology, viewer),
            "q": has_words(Technology.folded, criteria.q),
            "field": in_field(Technology.fields, criteria.field),
            "trl": _levels(criteria.trl),
            "transfer": _possible(criteria.transfer),
            "provenance": equals(Technology.provenance, criteria.provenance),
        },
    )


def listing(
    session: Session, viewer: User | None, criteria: TechnologyCriteria, number: int, *, language: str
) -> Listing[TechnologyCard]:
    """Ten statements."""
    narrowing = narrow(session, viewer, criteria)
    found = sa.select(Technology).where(*narrowing.where())
    found = found.options(joinedload(Technology.organisation), selectinload(Technology.fields))
    found = found.order_by(*order(Technology, "title", criteria.sort, language))
    page = paginate(session, found, number, technology_card)
    facets = (
        _trl_facet(narrowing, criteria.trl),
        _transfer_facet(narrowing, criteria.transfer),
        narrowing.fields(Technology.id, technology_field, criteria.field),
        narrowing.words("provenance", Technology.provenance, Provenance, criteria.provenance),
    )
    return Listing(criteria, page, facets)


def _trl_facet(narrowing: Narrowing, chosen: TrlRange | None) -> Facet:
    counts = narrowing.counts(Technology.trl, "trl")
    return facet("trl", chosen, (Choice(r.value, None, sum(counts.get(n, 0) for n in r.levels)) for r in TrlRange))


def _possible(form: TransferForm | None) -> Condition | None:
    """Preferred by its owner, or possible as well."""
    if form is None:
        return None
    return sa.or_(Technology.transfer_form == form, Technology.other_forms.any(TechnologyTransfer.form == form))


def _transfer_facet(narrowing: Narrowing, chosen: TransferForm | None) -> Facet:
    """The form preferred is never among the others, so that the two counts add up."""
    counts = Counter(narrowing.counts(Technology.transfer_form, "transfer"))
    others = (
        sa.select(TechnologyTransfer.form, sa.func.count())
        .join(Technology, Technology.id == TechnologyTransfer.technology_id)
        .where(*narrowing.where("transfer"))
        .group_by(TechnologyTransfer.form)
    )
    counts.update(dict(narrowing.session.execute(others).all()))
    return facet("transfer", chosen, (Choice(form.value, form, counts[form]) for form in TransferForm))


def technology(session: Session, viewer: User | None, technology_id: int) -> TechnologyDetail:
    """At most ten statements. Raises NotFound for what does not exist or may not be read."""
    found = sa.select(Technology).where(Technology.id == technology_id, visible.entry(Technology, viewer))
    found = found.options(joinedload(Technology.organisation), selectinload(Technology.fields), *loads())
    entry = session.scalar(found)
    if entry is None:
        raise NotFound
    return TechnologyDetail(
        technology_card(entry),
        entry.details if visible.details(viewer, entry.organisation_id) else None,
        bool(entry.details),
        entry.ip_type,
        entry.ip_status,
        entry.ip_territory,
        facts(session, viewer, entry),
        stands_of_technology(session, viewer, entry.id),
        _alike(session, viewer, entry),
        entry.organisation.state is ProfileState.UNCLAIMED,
        next_step(viewer, entry.organisation_id),
    )


def _alike(session: Session, viewer: User | None, entry: Technology) -> tuple[TechnologyCard, ...]:
    """Those that share most fields with it. None without fields; else two statements."""
    if not entry.fields:
        return ()
    link = technology_field.c
    shared = (
        sa.select(link.technology_id, sa.func.count().label("number"))
        .where(link.field_code.in_([field.code for field in entry.fields]), link.technology_id != entry.id)
        .group_by(link.technology_id)
        .subquery()
    )
    found = (
        sa.select(Technology)
        .join(shared, shared.c.technology_id == Technology.id)
        .where(visible.entries(Technology, viewer))
        .options(joinedload(Technology.organisation), selectinload(Technology.fields))
        .order_by(shared.c.number.desc(), Technology.id.desc())
        .limit(ALIKE)
    )
    return tuple(map(technology_card, session.scalars(found)))
