"""The maps of the site: the page for people, and /sitemap.xml for search engines, with both languages of every address.

/sitemap.xml lists the maps: one of the pages, and as many of each kind of entry as it needs.
"""

from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, abort, current_app, render_template, url_for
from flask_babel import lazy_gettext as _

from models.figures import FigureGroup
from models.texts import LANGUAGES
from network.auth import Access, requires
from network.extensions import db
from network.guides import GUIDES
from network.i18n import wording
from network.linking import site_address
from network.queries import sitemap

SECTIONS: tuple[tuple[Any, tuple[tuple[str, Any], ...]], ...] = (
    (
        _("Find"),
        (
            ("home.index", _("Find help")),
            ("search.index", _("Search the whole site")),
            ("directory.index", _("Directory")),
            ("explorer.index", _("Explorer")),
            ("needs.index", _("Needs")),
            ("offers.index", _("Offers")),
            ("technologies.index", _("Technologies")),
        ),
    ),
    (
        _("Take part"),
        (
            ("programmes.index", _("Programmes")),
            ("challenges.index", _("Challenges")),
            ("events.index", _("Events")),
            ("showcase.index", _("Showcase")),
            ("accounts.sign_up", _("Join")),
            ("accounts.sign_in", _("Sign in")),
            ("accounts_recovery.forgotten", _("Forgotten your password?")),
        ),
    ),
    (
        _("Figures"),
        (
            ("figures.index", _("All figures")),
            ("figures.funnel", _("From need to confirmed outcome")),
            ("actions.index", _("Action programmes")),
            ("figures.co_investment", _("Co-investment")),
        ),
    ),
    (
        _("About this site"),
        (
            ("home.about", _("About the network")),
            ("help.index", _("Help")),
            ("contact.index", _("Contact")),
            ("information.privacy", _("Privacy")),
            ("information.accessibility", _("Accessibility")),
            ("information.sitemap", _("Sitemap")),
        ),
    ),
)

ADDRESSES: dict[sitemap.Part, tuple[str, str]] = {
    sitemap.Part.ORGANISATIONS: ("directory.profile", "slug"),
    sitemap.Part.NEEDS: ("needs.detail", "need_id"),
    sitemap.Part.OFFERS: ("offers.detail", "offer_id"),
    sitemap.Part.TECHNOLOGIES: ("technologies.detail", "technology_id"),
    sitemap.Part.PROGRAMMES: ("programmes.detail", "programme_id"),
    sitemap.Part.CHALLENGES: ("challenges.detail", "challenge_id"),
    sitemap.Part.EVENTS: ("events.detail", "event_id"),
    sitemap.Part.ACTIONS: ("actions.detail", "action_id"),
}


def sections() -> list[tuple[Any, list[tuple[str, dict[str, str], Any]]]]:
    """The sections with the pages that this installation has: endpoint, what its address needs, caption."""
    known = current_app.view_functions
    found = []
    for title, pages in SECTIONS:
        rows: list[tuple[str, dict[str, str], Any]] = []
        for endpoint, caption in pages:
            rows += [(endpoint, {}, caption)] if endpoint in known else []
            if endpoint == "figures.index":
                rows += [("figures.topic", {"group": group.value}, wording(group)) for group in FigureGroup]
        found.append((title, rows))
    return found


def _pairs(endpoint: str, **values: Any) -> dict[str, str]:
    """The address in each language."""
    return {code: site_address() + url_for(endpoint, lang=code, **values) for code in LANGUAGES}


def _xml(template: str, **context: Any) -> Response:
    return Response(render_template(template, **context), mimetype="application/xml")


@requires(Access.PUBLIC)
def index() -> Response:
    return _xml("sitemap/index.xml", maps=list(_maps()))


def _maps() -> Iterator[str]:
    yield site_address() + url_for("sitemap_part", part="pages", number=1)
    for part, count in sitemap.pages(db.session).items():
        for number in range(1, count + 1):
            yield site_address() + url_for("sitemap_part", part=part.value, number=number)


@requires(Access.PUBLIC)
def part(part: str, number: int) -> Response:
    if part == "pages" and number == 1:
        entries = [
            (_pairs(endpoint, **values), None) for _title, pages in sections() for endpoint, values, _caption in pages
        ]
        entries += [(_pairs("help.guide", key=guide.key), None) for guide in GUIDES]
        return _xml("sitemap/part.xml", entries=entries)
    if part not in set(sitemap.Part) or number < 1:
        abort(404)
    endpoint, argument = ADDRESSES[sitemap.Part(part)]
    places = sitemap.places(db.session, sitemap.Part(part), number)
    if not places:
        abort(404)
    return _xml("sitemap/part.xml", entries=[(_pairs(endpoint, **{argument: p.key}), p.changed_at) for p in places])


def init_app(app: Flask) -> None:
    app.add_url_rule("/sitemap.xml", endpoint="sitemap", view_func=index)
    app.add_url_rule("/sitemap-<part>-<int:number>.xml", endpoint="sitemap_part", view_func=part)
