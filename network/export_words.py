"""What the tables to take away and their forms are called, on their page and in the audit trail."""

from typing import Any

from flask_babel import lazy_gettext as _

TABLES: dict[str, Any] = {
    "organisations": _("Organisations"),
    "needs": _("Needs"),
    "requests": _("Requests"),
    "fields": _("Needs and supply by field"),
    "centres": _("Load of the centres"),
    "exposure": _("Who is suggested"),
    "outcomes": _("Outcomes"),
    "funnel": _("From need to outcome"),
    "action-programmes": _("Action programmes: outputs"),
    "milestones": _("Action programmes: milestones"),
    "co-investment": _("Co-investment"),
    "figures": _("Figures"),
    "audit": _("Audit trail"),
}
FORMS: dict[str, Any] = {"csv": "CSV", "xlsx": _("Excel")}
