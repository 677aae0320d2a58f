"""What of an entry is put into words for the index, and what of a need or a supply is asked.

Only the public level goes in: title and summary, never `details`. What may not be found at all (drafts, closed needs,
withdrawn offers, anything of a suspended organisation) has no `Entry`, and so loses its place in the index.

The kinds of help are not written into the embedded texts: appended to the offers of network_dev they changed nDCG@10
from .519 to .523 (dev) and from .528 to .494 (test). They are a factor of their own (matching.rank), and the words
for them are searched for letter by letter (`kind_words`).
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from matching.questions import SUPPLY, Query
from matching.words import spans
from models.needs import Need
from models.offers import Offer
from models.organisations import Centre, Enterprise, Organisation, Partner
from models.programmes import Programme
from models.taxonomy import Field
from models.technologies import Technology
from models.texts import LANGUAGES, Bilingual, Language
from models.types import (
    NeedState,
    OfferKind,
    PartnerKind,
    ProfileState,
    Stage,
    SubjectKind,
    SupplyState,
    TransferForm,
    Visibility,
)

TEXT_VERSION = 1
"""Part of every hash: raise it when `describe` says something else about the same entry, and all rows become stale."""

MOST_SPANS = 12  # per entry, shared by its languages

Subject = Need | Offer | Technology | Programme | Organisation

KIND_WORDS: dict[OfferKind, str] = {
    OfferKind.INCUBATION: "ươm tạo incubation",
    OfferKind.ACCELERATION: "tăng tốc acceleration",
    OfferKind.MENTORING: "cố vấn mentoring",
    OfferKind.TRAINING: "đào tạo training",
    OfferKind.WORKSPACE: "chỗ làm việc workspace",
    OfferKind.LAB: "phòng thí nghiệm laboratory",
    OfferKind.TESTING: "thử nghiệm kiểm định testing",
    OfferKind.CONTRACT_RESEARCH: "nghiên cứu theo hợp đồng contract research",
    OfferKind.LICENSING: "chuyển giao cấp phép licensing",
    OfferKind.IP_LEGAL: "sở hữu trí tuệ pháp lý intellectual property legal",
    OfferKind.FUNDING: "vốn tài trợ funding",
    OfferKind.PILOT: "chạy thử pilot",
    OfferKind.MARKET_ACCESS: "tiếp cận thị trường market access",
}

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


@dataclass(frozen=True)
class Entry:
    """What the index is to know of one entry.

    `parts` are (language, text), one for each language present; each becomes a vector. `spans` are clauses of those
    texts. `facts` are the plain values that filters and factors read: see `matching.catalogue`, which turns them into
    columns. All of it can be written as JSON.
    """

    parts: tuple[tuple[Language, str], ...]
    spans: tuple[str, ...]
    facts: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def text_hash(self) -> str:
        """64 hexadecimal digits that change with anything the index knows of the entry."""
        content = json.dumps([TEXT_VERSION, self.parts, self.spans, self.facts], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


def kind_of(subject: Subject) -> SubjectKind:
    return SubjectKind(subject.__tablename__ if not isinstance(subject, Organisation) else "organisation")


def describe(subject: Subject) -> Entry | None:
    """The entry of `subject` in the index, or None if it is not to be found there."""
    owner = subject if isinstance(subject, Organisation) else subject.organisation
    if owner is not None and owner.state is ProfileState.SUSPENDED:
        return None
    if isinstance(subject, Need):
        shown = subject.state in (NeedState.PUBLISHED, NeedState.MATCHED)
    elif isinstance(subject, Offer | Technology):
        shown = subject.state is SupplyState.PUBLISHED
    else:
        shown = True
    texts = _texts(subject) if shown else []
    parts = _parts(texts)
    if not parts:
        return None
    return Entry(parts, _spans(texts, len(parts)), {**_owner_facts(owner), **_facts(subject)})


def kind_words(kinds: Iterable[str]) -> str:
    """Vietnamese and English words for these values of OfferKind, for the word index."""
    return " ".join(KIND_WORDS[OfferKind(kind)] for kind in kinds)


def query_for_need(need: Need, clearance: Visibility = Visibility.PUBLIC, *, on: date | None = None) -> Query:
    """What could answer `need`, as far as a reader of this `clearance` may see it; never from its own organisation.

    The Vietnamese text is asked if there is one. The language of the help counts only if the need is written in one
    language. `on` leaves out programmes that have closed by that day.
    """
    text, written = _question(need)
    return Query(
        text=text,
        subjects=SUPPLY,
        exclude_organisation=need.organisation_id,
        kinds=tuple(need.kinds),
        fields=_codes(need.fields),
        stage=need.stage,
        trl=need.trl,
        district=need.district,
        language=written,
        clearance=clearance,
        on=on,
    )


def query_for_offer(offer: Offer, clearance: Visibility = Visibility.PUBLIC) -> Query:
    """The needs that `offer` could answer. An offer for several stages or levels lets them all count alike."""
    return Query(
        text=_question(offer)[0],
        subjects=frozenset({SubjectKind.NEED}),
        exclude_organisation=offer.organisation_id,
        kinds=(offer.kind,),
        fields=_codes(offer.fields),
        stage=Stage(offer.stages[0]) if len(offer.stages) == 1 else None,
        district=offer.district,
        clearance=clearance,
    )


def query_for_technology(technology: Technology, clearance: Visibility = Visibility.PUBLIC) -> Query:
    """The needs that `technology` could answer."""
    return Query(
        text=_question(technology)[0],
        subjects=frozenset({SubjectKind.NEED}),
        exclude_organisation=technology.organisation_id,
        kinds=_technology_kinds(technology),
        fields=_codes(technology.fields),
        clearance=clearance,
    )


def query_for_organisation(organisation: Organisation, clearance: Visibility = Visibility.PUBLIC) -> Query:
    """The needs that what `organisation` says of itself could answer."""
    return Query(
        text=_question(organisation)[0],
        subjects=frozenset({SubjectKind.NEED}),
        exclude_organisation=organisation.id,
        kinds=_organisation_kinds(organisation),
        fields=_codes(organisation.fields),
        district=organisation.district,
        clearance=clearance,
    )


def _question(subject: Subject) -> tuple[str, Language | None]:
    """The text to ask with, and its language if it is written in one only."""
    parts = _parts(_texts(subject))
    return (parts[0][1] if parts else ""), (parts[0][0] if len(parts) == 1 else None)


def _texts(subject: Subject) -> list[Bilingual]:
    """The public texts in the order in which they are embedded."""
    if isinstance(subject, Programme):
        return [subject.name, subject.summary, subject.gives, subject.who]
    if isinstance(subject, Organisation):
        more = [subject.products] if isinstance(subject, Enterprise) else []
        more += [subject.ticket] if isinstance(subject, Partner) else []
        return [subject.name, subject.summary, *more]
    return [subject.title, subject.summary]


def _parts(texts: Sequence[Bilingual]) -> tuple[tuple[Language, str], ...]:
    """For each language the texts that exist in it, one after the other."""
    joined = {language: " ".join(filter(None, (getattr(text, language) for text in texts))) for language in LANGUAGES}
    return tuple((language, " ".join(text.split())) for language, text in joined.items() if text.strip())


def _spans(texts: Sequence[Bilingual], languages: int) -> tuple[str, ...]:
    """The first clauses in each language; a title is not run together with what follows it."""
    found: list[str] = []
    for language in LANGUAGES:
        clauses = [span for text in texts for span in spans(getattr(text, language) or "")]
        found += clauses[: MOST_SPANS // languages]
    return tuple(dict.fromkeys(found))


def _owner_facts(owner: Organisation | None) -> dict[str, Any]:
    return {
        "organisation_id": owner.id if owner else None,
        "organisation_kind": owner.kind.value if owner else None,
        "visibility": Visibility.PUBLIC.value,
    }


def _facts(subject: Subject) -> dict[str, Any]:
    facts: dict[str, Any] = {"fields": list(_codes(subject.fields)), "kinds": [], "stages": []}
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
            "kinds": [kind.value for kind in _technology_kinds(subject)],
            "trl_min": 1 if subject.trl else None,
            "trl_max": subject.trl,
        }
    elif isinstance(subject, Programme):
        closes = subject.closes_on.isoformat() if subject.closes_on else None
        facts |= {"stages": list(subject.stages), "capacity": subject.capacity, "closes_on": closes}
    else:
        facts |= {
            "kinds": [kind.value for kind in _organisation_kinds(subject)],
            "district": subject.district,
            "capacity": subject.capacity if isinstance(subject, Centre) else None,
            "network_member": isinstance(subject, Centre) and subject.network_member,
        }
    return facts


def _codes(fields: Iterable[Field]) -> tuple[str, ...]:
    return tuple(sorted(each.code for each in fields))


def _technology_kinds(technology: Technology) -> tuple[OfferKind, ...]:
    form = technology.transfer_form
    return (TRANSFER_GIVES.get(form, OfferKind.LICENSING) if form else OfferKind.LICENSING,)


def _organisation_kinds(organisation: Organisation) -> tuple[OfferKind, ...]:
    """What the profile says it gives; empty if it does not say."""
    if isinstance(organisation, Centre):
        return tuple(OfferKind(service) for service in organisation.services)
    if isinstance(organisation, Partner) and organisation.partner_kind in PARTNER_GIVES:
        return (PARTNER_GIVES[organisation.partner_kind],)
    return ()
