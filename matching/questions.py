"""What is asked of matching and what it answers: the dataclasses that pages, command line and API share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from models.texts import Language
from models.types import OfferKind, OrganisationKind, Stage, SubjectKind, Visibility

SUPPLY = frozenset({SubjectKind.ORGANISATION, SubjectKind.OFFER, SubjectKind.TECHNOLOGY, SubjectKind.PROGRAMME})
"""What can answer a need."""


@dataclass(frozen=True)
class Query:
    """A text and what is known about who asks. What is not known is left empty and then carries no weight.

    `subjects` are the kinds of entry wanted; `organisation_kinds`, when not empty, limits organisations and owners of
    entries, but keeps the programmes of bodies outside the directory; `exclude_organisation` is the asker's own;
    `clearance` is the highest level the reader may read.
    """

    text: str
    subjects: frozenset[SubjectKind] = SUPPLY
    organisation_kinds: frozenset[OrganisationKind] = frozenset()
    organisation_id: int | None = None
    """Only entries of this organisation, when given."""
    exclude_organisation: int | None = None
    kinds: tuple[OfferKind, ...] = ()
    fields: tuple[str, ...] = ()
    stage: Stage | None = None
    trl: int | None = None
    district: str | None = None
    language: Language | None = None
    clearance: Visibility = Visibility.PUBLIC
    on: date | None = None
    """Programmes that have closed before this day are left out, when given."""


@dataclass(frozen=True)
class Reason:
    """One factor of a score. `weight` is its share of the score, at most its weight in the policy; `value` is 0 to 1.

    `details` are language-free facts for the sentence shown to people, for example {"kinds": ["testing"]}; `lost` is
    what the factor took away from a full score.
    """

    factor: str
    weight: float
    value: float
    details: Mapping[str, object] = field(default_factory=dict)
    lost: float = 0.0


@dataclass(frozen=True)
class Phrase:
    """A phrase of the question and the phrase of the entry that met it, with their cosine."""

    asked: str
    found: str
    similarity: float


@dataclass(frozen=True)
class Suggestion:
    subject: SubjectKind
    subject_id: int
    organisation_id: int | None
    score: float
    reasons: tuple[Reason, ...]
    phrases: tuple[Phrase, ...] = ()
    other_side: float | None = None
    """How far the owner would want to be asked, 0 to 1 (matching.rank.OTHER_SIDE); None when nothing says so."""


@dataclass(frozen=True)
class Suggestions:
    """Best first. Those whose score is below `threshold` are the nearest there are, not a fit.

    `degraded` says that the encoder could not be loaded and words alone were compared.
    """

    items: tuple[Suggestion, ...]
    threshold: float
    policy: str
    degraded: bool = False
