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

from matching.facts import Subject, facts_of, field_codes, organisation_kinds, owner_of, technology_kinds
from matching.questions import SUPPLY, Query
from matching.words import spans
from models.needs import Need
from models.offers import Offer
from models.organisations import Enterprise, Organisation, Partner
from models.programmes import Programme
from models.technologies import Technology
from models.texts import LANGUAGES, Bilingual, Language
from models.types import (
    NeedState,
    OfferKind,
    ProfileState,
    Stage,
    SubjectKind,
    SupplyState,
    Visibility,
)

TEXT_VERSION = 1
"""Part of every hash: raise it when `describe` says something else about the same entry, and all rows become stale."""

MOST_SPANS = 12  # per entry, shared by its languages

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


@dataclass(frozen=True)
class Entry:
    """What the index is to know of one entry.

    `parts` are (language, text), one for each language present; each becomes a vector. `spans` are clauses of those
    texts. `facts` are what filters and factors read (matching.facts). All of it can be written as JSON.
    """

    parts: tuple[tuple[Language, str], ...]
    spans: tuple[str, ...]
    facts: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def text_hash(self) -> str:
        """64 hexadecimal digits that change with anything the index knows of the entry."""
        content = json.dumps([TEXT_VERSION, self.parts, self.spans, self.facts], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


def describe(subject: Subject) -> Entry | None:
    """The entry of `subject` in the index, or None if it is not to be found there."""
    owner = owner_of(subject)
    if owner is not None and owner.state is ProfileState.SUSPENDED:
        return None
    if isinstance(subject, Need):
        shown = subject.state in (NeedState.PUBLISHED, NeedState.MATCHED)
    elif isinstance(subject, Offer | Technology | Programme):
        shown = subject.state is SupplyState.PUBLISHED
    else:
        shown = True
    texts = _texts(subject) if shown else []
    parts = _parts(texts)
    if not parts:
        return None
    return Entry(parts, _spans(texts, len(parts)), facts_of(subject))


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
        fields=field_codes(need.fields),
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
        fields=field_codes(offer.fields),
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
        kinds=technology_kinds(technology),
        fields=field_codes(technology.fields),
        clearance=clearance,
    )


def query_for_organisation(organisation: Organisation, clearance: Visibility = Visibility.PUBLIC) -> Query:
    """The needs that what `organisation` says of itself could answer."""
    return Query(
        text=_question(organisation)[0],
        subjects=frozenset({SubjectKind.NEED}),
        exclude_organisation=organisation.id,
        kinds=organisation_kinds(organisation),
        fields=field_codes(organisation.fields),
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
