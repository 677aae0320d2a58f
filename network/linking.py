"""How others refer to a page: its one address, the same page in the other language, the picture of a shared link."""

from typing import cast

from flask import Flask, current_app, request, url_for

from models.texts import LANGUAGES
from network.auth import Access, access_of
from network.i18n import language
from network.settings import Settings

TELLING = ("kind", "page")
"""Questions in an address that make another page of it. All others only narrow or order what is there."""


def site_address() -> str:
    """Scheme and host: those of SITE_URL in production, elsewhere those the page was asked for at."""
    settings = cast(Settings, current_app.config["SETTINGS"])
    return settings.site_url.rstrip("/") if settings.production else request.host_url.rstrip("/")


def canonical(code: str | None = None) -> str | None:
    """The one full address of the page now shown, in its language or another. None for what nobody else may open."""
    rule, endpoint = request.url_rule, request.endpoint
    if rule is None or endpoint is None or request.routing_exception is not None or "lang" not in rule.arguments:
        return None
    if access_of(current_app._get_current_object(), endpoint) is not Access.PUBLIC:  # type: ignore[attr-defined]
        return None
    telling = {key: request.args[key] for key in TELLING if request.args.get(key) and request.args[key] != "1"}
    return site_address() + url_for(endpoint, **{**telling, **(request.view_args or {}), "lang": code or language()})


def alternates() -> list[tuple[str, str]]:
    """Pairs of hreflang and address; readers of a third language begin with the Vietnamese page."""
    pairs = [(code, address) for code in LANGUAGES if (address := canonical(code))]
    return [*pairs, ("x-default", pairs[0][1])] if pairs else []


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(site_address=site_address, canonical=canonical, alternates=alternates)
