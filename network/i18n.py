"""Two languages, Vietnamese first: the language of a request, addresses that keep it, and names of the domain's words.

The language is the first part of the address (/vi/…, /en/…). Models stay language-free: every enumeration gets its
wording in network/wordings.py, and nowhere else.
"""

import enum
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, g, has_app_context, has_request_context, request, url_for
from flask_babel import force_locale, gettext
from markupsafe import Markup, escape

from models.figures import FigureGroup
from models.texts import LANGUAGES, Bilingual
from models.types import Stage
from network.wordings import LABELS, TRL_LABELS

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
        STAGES=tuple(Stage),
        FIGURE_GROUPS=tuple(FigureGroup),
    )


__all__ = [
    "LABELS",
    "TRL_LABELS",
    "choices",
    "force_locale",
    "init_app",
    "label",
    "language",
    "plain",
    "speaking",
    "text",
    "wording",
]
