"""The question as JSON: POST /api/v1/suggestions. The same answer as on the first page, at the caller's level."""

from typing import Any, Literal

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.wrappers import Response

from network.auth import Access, requires, viewer
from network.errors import answer as failure
from network.explanations import reason_text
from network.extensions import csrf, db, engine, limiter
from network.formatting import today
from network.i18n import language, plain, speaking
from network.queries.suggestions import MAX_LENGTH, SuggestionCard, answer

blueprint = Blueprint("suggestions", __name__)
csrf.exempt(blueprint)  # it only reads


class Question(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    text: str = Field(min_length=1, max_length=MAX_LENGTH)
    limit: int = Field(default=10, ge=1, le=50)
    language: Literal["vi", "en"] | None = None
    """Of the answer; what the client accepts when not given."""


@blueprint.post("/suggestions")
@limiter.limit("60/minute")
@requires(Access.PUBLIC)
def ask() -> dict[str, Any] | tuple[Response | str, int]:
    body = request.get_json()
    wanted = body.get("language") if isinstance(body, dict) else None
    with speaking(wanted if wanted in ("vi", "en") else language()):
        try:
            question = Question.model_validate(body)
        except ValidationError as error:
            return failure(422, "invalid", _("Something in the request is not right."), {"fields": _complaints(error)})
        found = answer(db.session, engine(), question.text, viewer(), question.limit, on=today())
        return {
            "suggestions": [_as_json(card) for card in found.cards],
            "threshold": found.threshold,
            "degraded": found.degraded,
        }


def _as_json(card: SuggestionCard) -> dict[str, Any]:
    return {
        "kind": card.subject.value,
        "title": plain(card.title),
        "url": url_for(card.endpoint, **card.arguments, _external=True),
        "score": round(card.score, 4),
        "reasons": [
            {"factor": reason.factor, "weight": round(reason.weight, 4), "text": reason_text(reason)}
            for reason in card.reasons
        ],
        "illustrative": card.illustrative,
        "organisation": plain(card.organisation.name if card.organisation else card.operator) or None,
        "phrases": [{"asked": phrase.asked, "found": phrase.found} for phrase in card.phrases],
    }


def _complaints(error: ValidationError) -> dict[str, str]:
    """What is wrong with each field, in the reader's language."""
    return {".".join(map(str, e["loc"])) or "body": _complaint(e["type"], e.get("ctx", {})) for e in error.errors()}


def _complaint(kind: str, context: dict[str, Any]) -> str:
    match kind:
        case "missing" | "string_too_short":
            return str(_("Fill this in."))
        case "string_too_long":
            return str(_("Write at most %(limit)s characters.", limit=context["max_length"]))
        case "greater_than_equal" | "less_than_equal" | "int_type" | "int_parsing" | "int_from_float":
            return str(_("Write a whole number from 1 to 50."))
        case "literal_error":
            return str(_("Write vi or en."))
        case "extra_forbidden":
            return str(_("There is no such field."))
        case _:
            return str(_("This has the wrong type."))
