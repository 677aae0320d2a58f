"""What one side proposes for a meeting, and what the other says when none of the times suits."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import lazy_ngettext as ngettext
from wtforms import DateTimeLocalField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from models.meetings import MOST_SLOTS
from network.formatting import HANOI
from network.forms.base import Form, chosen, length, required, strip
from network.forms.events import MOMENT
from network.services.meetings import TEXT_LENGTH, MeetingValues

LENGTHS = (30, 45, 60, 90, 120, 180)


class MeetingForm(Form):
    """Times are typed and shown by the clock of Hanoi; the first one is needed, the others may stay empty."""

    subject = StringField(_("What is the meeting for?"), [required(), length(max=200)], filters=[strip])
    minutes = SelectField(
        _("How long?"),
        [chosen()],
        coerce=int,
        default=60,
        choices=[SelectChoice(n, ngettext("%(num)d minute", "%(num)d minutes", n)) for n in LENGTHS],
    )
    place = StringField(
        _("Where"),
        [length(max=300)],
        filters=[strip],
        description=_("Street and house, or the name of the place. A place or an address online is needed."),
    )
    link = StringField(
        _("Address to join online"), [length(max=500)], filters=[strip], description=_("Begins with https://")
    )

    @property
    def slots(self) -> list[Any]:
        return [self[f"slot_{n}"] for n in range(1, MOST_SLOTS + 1)]

    def values(self) -> MeetingValues:
        moments = tuple(field.data.replace(tzinfo=HANOI) for field in self.slots if isinstance(field.data, datetime))
        return MeetingValues(self.subject.data, self.minutes.data, moments, self.place.data or "", self.link.data or "")


for _n in range(1, MOST_SLOTS + 1):
    _checks = [required(_("Choose day and time."))] if _n == 1 else [Optional()]
    setattr(MeetingForm, f"slot_{_n}", DateTimeLocalField(_("Time %(number)s", number=_n), _checks, format=MOMENT))


class OthersForm(Form):
    note = TextAreaField(
        _("Which times would suit you?"),
        [required(_("Say which times would suit you: the other side reads it.")), length(max=TEXT_LENGTH)],
        filters=[strip],
    )


class CancelForm(Form):
    reason = TextAreaField(
        _("Why is it called off?"),
        [required(_("Say why it is called off: the other side reads it.")), length(max=TEXT_LENGTH)],
        filters=[strip],
    )
