"""The pages, one blueprint per area, all below the language: /vi/… and /en/…

Endpoint `needs.detail` is `network/pages/needs.py`, `templates/needs/detail.html` and `tests/pages/test_needs.py`.
"""

from importlib import import_module

from flask import Flask, redirect, url_for
from werkzeug.wrappers import Response

from network.auth import Access, requires

AREAS = (
    "home",
    "installed",
    "design",
    "directory",
    "explorer",
    "search",
    "why_not",
    "questions",
    "saved_searches",
    "technologies",
    "needs",
    "offers",
    "programmes",
    "challenges",
    "events",
    "showcase",
    "figures",
    "actions",
    "help",
    "information",
    "contact",
    "accounts",
    "accounts_recovery",
    "notifications",
    "workspace",
    "queue",
    "documents",
    "workspace_needs",
    "need_coach",
    "comparison",
    "workspace_offers",
    "workspace_technologies",
    "technology_desk",
    "technology_pictures",
    "technology_uploads",
    "workspace_challenges",
    "workspace_events",
    "workspace_stand",
    "workspace_programmes",
    "workspace_calls",
    "intake",
    "intake_applications",
    "reviews",
    "cohorts",
    "yearly_report",
    "commitments",
    "applications",
    "answers",
    "matches",
    "interests",
    "connections",
    "deals",
    "agreements",
    "meetings",
    "outcomes",
    "timeline",
    "people",
    "invitations",
    "claims",
    "coordination",
    "coordination_mails",
    "coordination_audit",
    "workspace_audit",
    "coordination_claims",
    "coordination_exposure",
    "coordination_health",
    "coordination_exports",
    "coordination_outcomes",
    "coordination_intakes",
    "coordination_actions",
)


def init_app(app: Flask) -> None:
    for area in AREAS:
        blueprint = import_module(f"network.pages.{area}").blueprint
        app.register_blueprint(blueprint, url_prefix="/<any(vi, en):lang>" + (blueprint.url_prefix or ""))

    @app.get("/")
    @requires(Access.PUBLIC)
    def root() -> Response:
        return redirect(url_for("home.index"))
