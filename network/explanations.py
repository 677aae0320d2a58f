"""The reasons of a suggestion as sentences for people. Ranking is language-free; every wording of it stands here.

Templates use `reason_text`, `factor_name`, `fit_words`, `suits_words`, `points`, `is_against` and `top_reasons`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from matching.questions import Reason
from models.types import MatchSide, OfferKind, Stage
from network.formatting import district
from network.i18n import label, plain

Details = Mapping[str, Any]

FACTORS: Mapping[str, Any] = {
    "meaning": lazy_gettext("Meaning"),
    "words": lazy_gettext("Words"),
    "kind": lazy_gettext("Kind of help"),
    "field": lazy_gettext("Field"),
    "stage": lazy_gettext("Stage"),
    "trl": lazy_gettext("Technology readiness"),
    "district": lazy_gettext("Place"),
    "language": lazy_gettext("Language"),
    "capacity": lazy_gettext("Places"),
    "fresh": lazy_gettext("Up to date"),
    "record": lazy_gettext("Answers so far"),
    "load": lazy_gettext("Requests waiting"),
}
"""Short names of what counts in a score."""

TOP = 3  # reasons shown before one asks for all
CLOSE, FAR = 0.6, 0.12  # meaning: the chance that this is an answer; below FAR hardly one
WELL, PARTLY = 0.75, 0.45  # of what the other side has said and done: nearly all of it; about half of it
MANY, SOME = 0.25, 0.06  # share of the question's words


def factor_name(factor: str) -> str:
    return str(FACTORS[factor])


def reason_text(reason: Reason, side: MatchSide = MatchSide.ASKER) -> str:
    """The reason as one sentence to the side that looks for help, or to the side that can give it.

    Reasons about fields name them when their details carry `names` (network.queries.suggestions).
    """
    return SENTENCES[reason.factor](reason.value, reason.details, side)


def is_against(reason: Reason) -> bool:
    """Whether the reason speaks against the suggestion. What an entry does not say never does."""
    if reason.factor == "meaning":
        return reason.value < FAR
    if reason.factor in ("words", "district") or not _known(reason):
        return False
    return reason.value < 0.5


def top_reasons(reasons: Iterable[Reason], *, quoted: bool = False) -> list[Reason]:
    """The strongest reasons for, then the strongest one against; both as ordered as `reasons`.

    `quoted` leaves out what phrases shown beside them say better: that the texts are close.
    """
    reasons = [r for r in reasons if _known(r) and not (quoted and r.factor in ("meaning", "words"))]
    speaking = [r for r in reasons if not is_against(r) and (r.factor != "words" or r.value >= SOME)]
    return speaking[:TOP] + [reason for reason in reasons if is_against(reason)][:1]


def fit_words(score: float, threshold: float) -> str:
    """How good a score is, in words. Above the threshold by how far it goes to the best possible."""
    above = (score - threshold) / (1 - threshold)
    if above < 0:
        return str(_("Weak fit"))
    if above < 0.25:
        return str(_("Possible fit"))
    return str(_("Good fit") if above < 0.5 else _("Very good fit"))


def suits_words(value: float) -> str:
    """How well one side suits the wishes of the other, 0 to 1, in words that follow 'You fit them'."""
    if value >= WELL:
        return str(_("well"))
    return str(_("in part") if value >= PARTLY else _("hardly"))


def points(share: float) -> int:
    """A share of a score as points of 100."""
    return round(share * 100)


def _known(reason: Reason) -> bool:
    return bool(reason.details.get("known", True))


def _meaning(value: float, details: Details, side: MatchSide) -> str:
    if value >= CLOSE:
        return str(_("Both texts speak of much the same thing"))
    return str(_("The texts are close in meaning") if value >= FAR else _("The texts have little in common"))


def _words(value: float, details: Details, side: MatchSide) -> str:
    if value >= MANY:
        return str(_("Many words are the same"))
    return str(_("Some words are the same") if value >= SOME else _("Hardly a word is the same"))


def _kind(value: float, details: Details, side: MatchSide) -> str:
    kinds = _listed(label(OfferKind(kind)) for kind in details["kinds"])
    if not details["known"]:
        return str(_("Does not say which kind of help"))
    if side == MatchSide.SUPPLIER:
        if value == 1:
            return str(_("Looks for what you offer: %(kinds)s", kinds=kinds))
        return str(
            _("Looks for something close to what you offer") if value > 0 else _("Does not look for what you offer")
        )
    if value == 1:
        return str(_("Offers what you look for: %(kinds)s", kinds=kinds))
    if value > 0:
        return str(_("Offers something close to what you look for: %(kinds)s", kinds=kinds))
    return str(_("Does not offer what you look for: %(kinds)s", kinds=kinds))


def _field(value: float, details: Details, side: MatchSide) -> str:
    if not details["known"]:
        return str(_("No field is given"))
    fields = "; ".join(plain(name) for name in details.get("names", ()))
    if value == 1:
        return str(_("Works in the same field: %(fields)s", fields=fields) if fields else _("Works in the same field"))
    if value > 0:
        return str(
            _("Works in a field close by: %(fields)s", fields=fields) if fields else _("Works in a field close by")
        )
    return str(_("Works in another field: %(fields)s", fields=fields) if fields else _("Works in another field"))


def _stage(value: float, details: Details, side: MatchSide) -> str:
    stages = _listed(label(Stage(stage)) for stage in details["stages"])
    if not details["known"]:
        return str(_("Does not say for which stage"))
    if value == 1:
        return str(_("Right for the stage: %(stages)s", stages=stages))
    if value > 0:
        return str(_("Meant for the stage before or after: %(stages)s", stages=stages))
    return str(_("Meant for another stage than this: %(stages)s", stages=stages))


def _trl(value: float, details: Details, side: MatchSide) -> str:
    if not details["known"]:
        return str(_("Technology readiness is not given"))
    low, high = details["low"], details["high"]
    levels = _("level %(level)s", level=low) if low == high else _("levels %(low)s to %(high)s", low=low, high=high)
    if value == 1:
        return str(_("Technology readiness fits (%(levels)s)", levels=levels))
    if value >= 0.5:
        return str(_("Technology readiness is near (%(levels)s)", levels=levels))
    return str(_("Technology readiness is far off (%(levels)s)", levels=levels))


def _district(value: float, details: Details, side: MatchSide) -> str:
    if not details["known"]:
        return str(_("No place is given"))
    place = district(details["district"])
    if value == 1:
        return str(_("In the same part of the city: %(place)s", place=place))
    return str(_("In another part of the city: %(place)s", place=place))


def _language(value: float, details: Details, side: MatchSide) -> str:
    names = {"vi": _("Vietnamese"), "en": _("English")}
    languages = _listed(names[code] for code in details["languages"])
    if not details["known"]:
        return str(_("Does not say in which language"))
    if value < 0.5:
        return str(_("Not in the language you write in: %(languages)s", languages=languages))
    return str(_("In the language you write in: %(languages)s", languages=languages))


def _capacity(value: float, details: Details, side: MatchSide) -> str:
    if not details["known"]:
        return str(_("Does not say for how many there is room"))
    count = details["capacity"]
    if not count:
        return str(_("No places at present"))
    return str(ngettext("Room for %(num)d team at a time", "Room for %(num)d teams at a time", count))


def _fresh(value: float, details: Details, side: MatchSide) -> str:
    return str(_("Not known to be out of date") if value else _("Its owner has not confirmed it for long"))


def _record(value: float, details: Details, side: MatchSide) -> str:
    if not details["known"]:
        return str(_("Has not answered a request yet"))
    if side == MatchSide.SUPPLIER:
        return str(_("You have said yes to such requests") if value >= 0.5 else _("You have seldom said yes so far"))
    if value >= 0.6:
        return str(_("Says yes to most requests"))
    return str(_("Says yes to some requests") if value >= 0.4 else _("Seldom says yes to requests"))


def _load(value: float, details: Details, side: MatchSide) -> str:
    if side == MatchSide.SUPPLIER:
        return str(_("Few requests wait for you") if value >= 0.5 else _("Many requests wait for you already"))
    if value >= 0.8:
        return str(_("Few requests wait there"))
    return str(_("Some requests wait there") if value >= 0.5 else _("Many requests wait there already"))


def _listed(words: Iterable[str]) -> str:
    """'Testing and certification, funding': the first word as it stands, the others small."""
    first, *others = list(words) or [""]
    return ", ".join([first, *(word[:1].lower() + word[1:] for word in others)])


SENTENCES: Mapping[str, Callable[[float, Details, MatchSide], str]] = {
    "meaning": _meaning,
    "words": _words,
    "kind": _kind,
    "field": _field,
    "stage": _stage,
    "trl": _trl,
    "district": _district,
    "language": _language,
    "capacity": _capacity,
    "fresh": _fresh,
    "record": _record,
    "load": _load,
}


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        reason_text=reason_text,
        factor_name=factor_name,
        fit_words=fit_words,
        suits_words=suits_words,
        points=points,
        is_against=is_against,
        top_reasons=top_reasons,
    )
