"""Column types and enumerations shared by the entities. Stored values are stable: addresses and files use them."""

import enum
from datetime import UTC, datetime
from typing import NotRequired, TypedDict

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in UTC, always timezone-aware in Python. SQLite keeps no zone: it is added on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone: use datetime.now(UTC)")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def enum_type(cls: type[enum.StrEnum], name: str | None = None) -> sa.Enum:
    """A text column limited by a CHECK constraint to the values of `cls`, the same on every database.

    `name` is that of the constraint, for the second column of a table with the same values.
    """
    return sa.Enum(
        cls,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=name or cls.__name__.lower(),
        values_callable=lambda members: [m.value for m in members],
    )


class SourceRef(TypedDict):
    """Where a public fact was read: address, and date as far as the page shows it ('2025', '2025-12', '2025-12-25')."""

    url: str
    date: NotRequired[str | None]


class OrganisationKind(enum.StrEnum):
    CENTRE = "centre"
    ENTERPRISE = "enterprise"
    STARTUP = "startup"
    INSTITUTE = "institute"
    PARTNER = "partner"


class InvestorType(enum.StrEnum):
    CITY = "city"
    ENTERPRISE = "enterprise"
    INSTITUTE = "institute"


class InstituteKind(enum.StrEnum):
    UNIVERSITY = "university"
    INSTITUTE = "institute"
    ACADEMY = "academy"
    LABORATORY = "laboratory"


class PartnerKind(enum.StrEnum):
    FUND = "fund"
    CORPORATE = "corporate"
    EXCHANGE = "exchange"
    ACCELERATOR = "accelerator"
    TESTING = "testing"
    IP_LEGAL = "ip_legal"
    SUPPORT = "support"


class EnterpriseSize(enum.StrEnum):
    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Stage(enum.StrEnum):
    IDEA = "idea"
    PROTOTYPE = "prototype"
    PILOT = "pilot"
    REVENUE = "revenue"
    GROWTH = "growth"


class OfferKind(enum.StrEnum):
    """What can be asked for and given. The order is the order of the lists on the pages."""

    INCUBATION = "incubation"
    ACCELERATION = "acceleration"
    MENTORING = "mentoring"
    TRAINING = "training"
    WORKSPACE = "workspace"
    LAB = "lab"
    TESTING = "testing"
    CONTRACT_RESEARCH = "contract_research"
    LICENSING = "licensing"
    IP_LEGAL = "ip_legal"
    FUNDING = "funding"
    PILOT = "pilot"
    MARKET_ACCESS = "market_access"


class Provenance(enum.StrEnum):
    ILLUSTRATIVE = "illustrative"
    PUBLIC_SOURCE = "public_source"
    SELF_DECLARED = "self_declared"
    VERIFIED = "verified"


class Visibility(enum.StrEnum):
    """Who may read an entry at all. Details of a readable entry are for verified members in any case."""

    PUBLIC = "public"
    MEMBERS = "members"


class ProfileState(enum.StrEnum):
    UNCLAIMED = "unclaimed"
    CLAIMED = "claimed"
    VERIFIED = "verified"
    SUSPENDED = "suspended"


class NeedState(enum.StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    MATCHED = "matched"
    CLOSED = "closed"


class CloseReason(enum.StrEnum):
    MET_IN_NETWORK = "met_in_network"
    MET_ELSEWHERE = "met_elsewhere"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class SupplyState(enum.StrEnum):
    """State of an offer or a technology listing."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class IpType(enum.StrEnum):
    PATENT = "patent"
    UTILITY_SOLUTION = "utility_solution"
    PLANT_VARIETY = "plant_variety"
    COPYRIGHT = "copyright"
    TRADE_SECRET = "trade_secret"
    NONE = "none"


class IpStatus(enum.StrEnum):
    FILED = "filed"
    GRANTED = "granted"
    REGISTERED = "registered"
    NONE = "none"


class TransferForm(enum.StrEnum):
    LICENCE = "licence"
    ASSIGNMENT = "assignment"
    JOINT_DEVELOPMENT = "joint_development"
    SERVICE = "service"
    SPIN_OFF = "spin_off"


class MatchState(enum.StrEnum):
    SUGGESTED = "suggested"
    SEEN = "seen"
    SHORTLISTED = "shortlisted"
    DISMISSED = "dismissed"
    INTEREST = "interest"
    DECLINED = "declined"


class MatchSide(enum.StrEnum):
    """For whom a match was suggested: the one who asks or the one who can help."""

    ASKER = "asker"
    SUPPLIER = "supplier"


class InterestState(enum.StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    IN_DISCUSSION = "in_discussion"
    AGREED = "agreed"
    OUTCOME_PROPOSED = "outcome_proposed"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    ENDED = "ended"


class DeclineReason(enum.StrEnum):
    TOO_EARLY = "too_early"
    BENEFIT_UNCLEAR = "benefit_unclear"
    ROUTE_UNCLEAR = "route_unclear"
    DESCRIPTION_UNCLEAR = "description_unclear"
    OUTSIDE_FIELD = "outside_field"
    NO_CAPACITY = "no_capacity"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    TERMS = "terms"
    OTHER_PARTNER = "other_partner"


class PlatformRole(enum.StrEnum):
    """What a person may do on the whole site, beside the memberships."""

    USER = "user"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


class MembershipRole(enum.StrEnum):
    MEMBER = "member"
    MANAGER = "manager"
    REVIEWER = "reviewer"


class InvitationState(enum.StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"


class ClaimState(enum.StrEnum):
    """State of the wish to take a profile over. Overtaken: somebody else was made its manager meanwhile."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"


class EventKind(enum.StrEnum):
    EXHIBITION = "exhibition"
    WORKSHOP = "workshop"
    PITCH_DAY = "pitch_day"
    MATCHMAKING = "matchmaking"
    TRAINING = "training"


class EventState(enum.StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class RegistrationState(enum.StrEnum):
    """Whether a person has a place at an event, waits for one, or has given it up."""

    REGISTERED = "registered"
    WAITING = "waiting"
    CANCELLED = "cancelled"


class ChallengeKind(enum.StrEnum):
    """Whose problem it is."""

    CITY = "city"
    ENTERPRISE = "enterprise"


class ChallengeState(enum.StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


class ChallengeResult(enum.StrEnum):
    SOLVED = "solved"
    NO_RESULT = "no_result"


class AnswerState(enum.StrEnum):
    """State of an answer to a challenge."""

    SENT = "sent"
    SHORTLISTED = "shortlisted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class SubjectKind(enum.StrEnum):
    """The kinds of entry that have a text to be matched."""

    ORGANISATION = "organisation"
    OFFER = "offer"
    TECHNOLOGY = "technology"
    PROGRAMME = "programme"
    NEED = "need"
