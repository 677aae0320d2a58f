"""Two languages, Vietnamese first: the language of a request, addresses that keep it, and names of the domain's words.

The language is the first part of the address (/vi/…, /en/…). Models stay language-free: every enumeration gets its
wording here, and nowhere else.
"""

import enum
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, g, has_app_context, has_request_context, request, url_for
from flask_babel import force_locale, gettext, lazy_gettext
from markupsafe import Markup, escape

from models.figures import FigureGroup
from models.texts import LANGUAGES, Bilingual
from models.types import (
    AnswerState,
    ChallengeKind,
    ChallengeResult,
    ChallengeState,
    ClaimState,
    CloseReason,
    DeclineReason,
    EnterpriseSize,
    EventKind,
    EventState,
    InstituteKind,
    InterestState,
    InvestorType,
    InvitationState,
    IpStatus,
    IpType,
    MatchState,
    MembershipRole,
    NeedState,
    OfferKind,
    OrganisationKind,
    PartnerKind,
    PlatformRole,
    ProfileState,
    Provenance,
    RegistrationState,
    Stage,
    SubjectKind,
    SupplyState,
    TransferForm,
    Visibility,
)

_ = lazy_gettext

_WORDINGS: tuple[tuple[enum.StrEnum, Any], ...] = (
    (OrganisationKind.CENTRE, _("Innovation centre")),
    (OrganisationKind.ENTERPRISE, _("Enterprise")),
    (OrganisationKind.STARTUP, _("Startup")),
    (OrganisationKind.INSTITUTE, _("University or institute")),
    (OrganisationKind.PARTNER, _("Commercialisation partner")),
    (InvestorType.CITY, _("Invested in by the city")),
    (InvestorType.ENTERPRISE, _("Invested in by enterprises")),
    (InvestorType.INSTITUTE, _("Invested in by institutes and universities")),
    (InstituteKind.UNIVERSITY, _("University")),
    (InstituteKind.INSTITUTE, _("Research institute")),
    (InstituteKind.ACADEMY, _("Academy")),
    (InstituteKind.LABORATORY, _("Laboratory")),
    (PartnerKind.FUND, _("Investment fund")),
    (PartnerKind.CORPORATE, _("Corporation")),
    (PartnerKind.EXCHANGE, _("Technology exchange")),
    (PartnerKind.ACCELERATOR, _("Accelerator")),
    (PartnerKind.TESTING, _("Testing and calibration")),
    (PartnerKind.IP_LEGAL, _("Intellectual property and law")),
    (PartnerKind.SUPPORT, _("Support organisation")),
    (EnterpriseSize.MICRO, _("Micro enterprise")),
    (EnterpriseSize.SMALL, _("Small enterprise")),
    (EnterpriseSize.MEDIUM, _("Medium-sized enterprise")),
    (EnterpriseSize.LARGE, _("Large enterprise")),
    (Stage.IDEA, _("Idea")),
    (Stage.PROTOTYPE, _("Prototype")),
    (Stage.PILOT, _("Pilot with users")),
    (Stage.REVENUE, _("First revenue")),
    (Stage.GROWTH, _("Growth")),
    (OfferKind.INCUBATION, _("Incubation")),
    (OfferKind.ACCELERATION, _("Acceleration")),
    (OfferKind.MENTORING, _("Mentoring")),
    (OfferKind.TRAINING, _("Training")),
    (OfferKind.WORKSPACE, _("Workspace")),
    (OfferKind.LAB, _("Laboratory use")),
    (OfferKind.TESTING, _("Testing and certification")),
    (OfferKind.CONTRACT_RESEARCH, _("Contract research")),
    (OfferKind.LICENSING, _("Technology licence")),
    (OfferKind.IP_LEGAL, _("Patents and legal help")),
    (OfferKind.FUNDING, _("Funding")),
    (OfferKind.PILOT, _("Pilot site")),
    (OfferKind.MARKET_ACCESS, _("Market access")),
    (Provenance.ILLUSTRATIVE, _("Illustrative")),
    (Provenance.PUBLIC_SOURCE, _("Public source")),
    (Provenance.SELF_DECLARED, _("Self-declared")),
    (Provenance.VERIFIED, _("Verified")),
    (Visibility.PUBLIC, _("Everybody")),
    (Visibility.MEMBERS, _("Verified members only")),
    (ProfileState.UNCLAIMED, _("Not claimed yet")),
    (ProfileState.CLAIMED, _("Waiting for verification")),
    (ProfileState.VERIFIED, _("Verified by the network")),
    (ProfileState.SUSPENDED, _("Suspended")),
    (NeedState.DRAFT, _("Draft")),
    (NeedState.PUBLISHED, _("Published")),
    (NeedState.MATCHED, _("Matched")),
    (NeedState.CLOSED, _("Closed")),
    (CloseReason.MET_IN_NETWORK, _("Met in the network")),
    (CloseReason.MET_ELSEWHERE, _("Met elsewhere")),
    (CloseReason.WITHDRAWN, _("Withdrawn")),
    (CloseReason.EXPIRED, _("Expired")),
    (SupplyState.DRAFT, _("Draft")),
    (SupplyState.PUBLISHED, _("Published")),
    (SupplyState.WITHDRAWN, _("Withdrawn")),
    (IpType.PATENT, _("Patent")),
    (IpType.UTILITY_SOLUTION, _("Utility solution")),
    (IpType.PLANT_VARIETY, _("Plant variety")),
    (IpType.COPYRIGHT, _("Copyright")),
    (IpType.TRADE_SECRET, _("Trade secret")),
    (IpType.NONE, _("No protection")),
    (IpStatus.FILED, _("Filed")),
    (IpStatus.GRANTED, _("Granted")),
    (IpStatus.REGISTERED, _("Registered")),
    (IpStatus.NONE, _("Not filed")),
    (TransferForm.LICENCE, _("Licence")),
    (TransferForm.ASSIGNMENT, _("Assignment of rights")),
    (TransferForm.JOINT_DEVELOPMENT, _("Joint development")),
    (TransferForm.SERVICE, _("Technical service")),
    (TransferForm.SPIN_OFF, _("Spin-off company")),
    (MatchState.SUGGESTED, _("New")),
    (MatchState.SEEN, _("Seen")),
    (MatchState.SHORTLISTED, _("Shortlisted")),
    (MatchState.DISMISSED, _("Set aside")),
    (MatchState.INTEREST, _("Interest sent")),
    (InterestState.DRAFT, _("Draft")),
    (InterestState.SENT, _("Waiting for an answer")),
    (InterestState.ACCEPTED, _("Accepted")),
    (InterestState.DECLINED, _("Declined")),
    (InterestState.WITHDRAWN, _("Withdrawn")),
    (InterestState.EXPIRED, _("Not answered in time")),
    (InterestState.IN_DISCUSSION, _("In discussion")),
    (InterestState.AGREED, _("Agreed")),
    (InterestState.OUTCOME_PROPOSED, _("Outcome proposed")),
    (InterestState.CONFIRMED, _("Confirmed by both sides")),
    (InterestState.DISPUTED, _("Disputed")),
    (InterestState.ENDED, _("Ended without result")),
    (DeclineReason.TOO_EARLY, _("Too early a stage")),
    (DeclineReason.BENEFIT_UNCLEAR, _("Benefit over what exists unclear")),
    (DeclineReason.ROUTE_UNCLEAR, _("Commercial route unclear")),
    (DeclineReason.DESCRIPTION_UNCLEAR, _("Description unclear")),
    (DeclineReason.OUTSIDE_FIELD, _("Outside our field")),
    (DeclineReason.NO_CAPACITY, _("No capacity now")),
    (DeclineReason.CONFLICT_OF_INTEREST, _("Conflict of interest")),
    (DeclineReason.TERMS, _("Terms not acceptable")),
    (DeclineReason.OTHER_PARTNER, _("Already working with another")),
    (PlatformRole.USER, _("User")),
    (PlatformRole.COORDINATOR, _("Coordinator")),
    (PlatformRole.ADMINISTRATOR, _("Administrator")),
    (MembershipRole.MEMBER, _("Member")),
    (MembershipRole.MANAGER, _("Manager")),
    (MembershipRole.REVIEWER, _("Reviewer")),
    (InvitationState.PENDING, _("Invited")),
    (InvitationState.ACCEPTED, _("Accepted")),
    (InvitationState.DECLINED, _("Declined")),
    (InvitationState.REVOKED, _("Taken back")),
    (ClaimState.OPEN, _("Waiting for a coordinator")),
    (ClaimState.ACCEPTED, _("Handed over")),
    (ClaimState.REFUSED, _("Refused")),
    (ClaimState.WITHDRAWN, _("Taken back")),
    (ClaimState.OVERTAKEN, _("Handed over to somebody else")),
    (EventKind.EXHIBITION, _("Exhibition")),
    (EventKind.WORKSHOP, _("Workshop")),
    (EventKind.PITCH_DAY, _("Pitch day")),
    (EventKind.MATCHMAKING, _("Matchmaking")),
    (EventKind.TRAINING, _("Training course")),
    (EventState.DRAFT, _("Draft")),
    (EventState.PUBLISHED, _("Published")),
    (EventState.CANCELLED, _("Called off")),
    (RegistrationState.REGISTERED, _("You have a place")),
    (RegistrationState.WAITING, _("On the waiting list")),
    (RegistrationState.CANCELLED, _("Place given up")),
    (ChallengeKind.CITY, _("Problem of the city")),
    (ChallengeKind.ENTERPRISE, _("Problem of an enterprise")),
    (ChallengeState.DRAFT, _("Draft")),
    (ChallengeState.PUBLISHED, _("Published")),
    (ChallengeState.CLOSED, _("Closed")),
    (ChallengeResult.SOLVED, _("Solved")),
    (ChallengeResult.NO_RESULT, _("Closed without result")),
    (AnswerState.SENT, _("Waiting for a decision")),
    (AnswerState.SHORTLISTED, _("Shortlisted")),
    (AnswerState.ACCEPTED, _("Accepted")),
    (AnswerState.DECLINED, _("Declined")),
    (AnswerState.WITHDRAWN, _("Withdrawn")),
    (SubjectKind.ORGANISATION, _("Organisation")),
    (SubjectKind.OFFER, _("Offer")),
    (SubjectKind.TECHNOLOGY, _("Technology")),
    (SubjectKind.PROGRAMME, _("Programme")),
    (SubjectKind.NEED, _("Need")),
    (FigureGroup.NETWORK, _("The network")),
    (FigureGroup.RANK, _("Rankings")),
    (FigureGroup.ENTERPRISES, _("Enterprises and startups")),
    (FigureGroup.INSTITUTES, _("Universities and institutes")),
    (FigureGroup.FINANCE, _("Money")),
    (FigureGroup.GOALS, _("Goals and plans")),
)

LABELS: dict[tuple[type[enum.StrEnum], str], Any] = {(type(word), word.value): wording for word, wording in _WORDINGS}
"""By enumeration and value, because members of two enumerations are equal when their values are."""

TRL_LABELS: dict[int, Any] = {
    1: _("Basic principles"),
    2: _("Technology concept"),
    3: _("Proof of concept"),
    4: _("Validated in the laboratory"),
    5: _("Validated in a relevant environment"),
    6: _("Demonstrated in a relevant environment"),
    7: _("Demonstrated in an operational environment"),
    8: _("System complete and qualified"),
    9: _("Actual system proven"),
}

LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}


def wording(value: enum.StrEnum) -> Any:
    """The wording of a word of the domain, put into the language of the request when it is shown."""
    return LABELS[type(value), value.value]


def label(value: enum.StrEnum | None) -> str:
    """The wording of a word of the domain in the language of the request; empty for None."""
    return "" if value is None else str(wording(value))


def choices(values: Iterable[enum.StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, label(value)) for value in values]


def language() -> str:
    """'vi' or 'en': what `speaking` says, else from the address, else what the browser prefers, else Vietnamese."""
    if not has_request_context():
        return str(g.get("language", "vi")) if has_app_context() else "vi"
    if "language" not in g:
        first = request.path.split("/", 2)[1]
        g.language = first if first in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "vi")
    return str(g.language)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Puts everything said inside into this language: for mails, the command line, and a request that names it."""
    before = g.get("language")
    g.language = code
    try:
        with force_locale(code):
            yield
    finally:
        if before is None:
            g.pop("language", None)
        else:
            g.language = before


def text(value: Bilingual | None) -> Markup:
    """A bilingual text for a page: in the reader's language, else in the other one, marked with its language.

    A text shown in the other language carries `lang` for screen readers and a note that says so.
    """
    if not value:
        return Markup()
    chosen, code = value.pick(language())
    if code == language():
        return escape(chosen)
    note = gettext("in Vietnamese") if code == "vi" else gettext("in English")
    return Markup('<span lang="{}">{}</span> <small class="text-language">({})</small>').format(code, chosen, note)


def plain(value: Bilingual | None) -> str:
    """A bilingual text without marks, for titles, attributes and mails."""
    return value.pick(language())[0] if value else ""


def address_in(code: str) -> str:
    """The address of the page now shown, in the other language, with the same query."""
    if request.endpoint and request.view_args is not None and request.url_rule and "lang" in request.url_rule.arguments:
        query = {k: v for k, v in request.args.to_dict(flat=False).items() if k not in ("lang",)}
        return url_for(request.endpoint, **{**query, **request.view_args, "lang": code})
    return url_for("home.index", lang=code)


def init_app(app: Flask) -> None:
    @app.url_value_preprocessor
    def _take_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and "lang" in values:
            g.language = values.pop("lang")

    @app.url_defaults
    def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = language()

    app.jinja_env.globals.update(
        label=label,
        text=text,
        plain=plain,
        language=language,
        address_in=address_in,
        LANGUAGES=LANGUAGES,
        LANGUAGE_NAMES=LANGUAGE_NAMES,
        TRL_LABELS=TRL_LABELS,
    )


__all__ = ["LABELS", "choices", "force_locale", "init_app", "label", "language", "plain", "speaking", "text", "wording"]
