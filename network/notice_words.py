"""The wording of notices, of how they come, and of meetings; part of network/wordings.py."""

import enum
from typing import Any

from flask_babel import lazy_gettext as _

from models.meetings import MeetingState
from models.notices import MailChoice, NoticeKind

WORDINGS: tuple[tuple[enum.StrEnum, Any], ...] = (
    (MeetingState.PROPOSED, _("Waits for a time to be picked")),
    (MeetingState.AGREED, _("Time agreed on")),
    (MeetingState.OTHERS_ASKED, _("Other times asked for")),
    (MeetingState.WITHDRAWN, _("Withdrawn")),
    (MeetingState.CANCELLED, _("Called off")),
    (NoticeKind.REQUESTS, _("Requests to talk and their answers")),
    (NoticeKind.DEADLINES, _("Reminders of days to come")),
    (NoticeKind.CONNECTIONS, _("Messages, meetings and agreements")),
    (NoticeKind.OUTCOMES, _("Outcomes to confirm and confirmed")),
    (NoticeKind.APPLICATIONS, _("Applications and cohorts")),
    (NoticeKind.CHALLENGES, _("Challenges and their answers")),
    (NoticeKind.EVENTS, _("My events")),
    (NoticeKind.ENTRIES, _("Entries of ours that need looking after")),
    (NoticeKind.NEWS, _("New entries that fit")),
    (NoticeKind.STANDING, _("My role, and how our profile stands")),
    (NoticeKind.PEOPLE, _("Colleagues who come and go")),
    (NoticeKind.COORDINATION, _("What waits for coordinators")),
    (NoticeKind.ACCOUNT, _("My account")),
    (MailChoice.AT_ONCE, _("At once")),
    (MailChoice.DAILY, _("Once a day")),
    (MailChoice.OFF, _("Not by mail")),
)
