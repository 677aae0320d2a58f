"""What a host writes about an event, and why it calls one off."""

from datetime import datetime
from typing import Any, Self

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateTimeLocalField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from models import Event
from models.texts import LANGUAGES, Bilingual
from models.types import EventKind
from network.formatting import HANOI
from network.forms.base import (
    Form,
    TextsForm,
    at_least,
    chosen,
    district_choices,
    enum_choices,
    length,
    required,
    strip,
)
from network.services.events import REASON_LENGTH, EventValues

TEXTS = ("title", "summary", "place")
MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
"""As browsers send and want it; the last one is what people type where there is no picker."""


class EventForm(TextsForm):
    """Moments are typed and shown by the clock of Hanoi."""

    title_vi = StringField(_("Title in Vietnamese"), [length(max=200)], filters=[strip])
    title_en = StringField(_("Title in English"), [length(max=200)], filters=[strip])
    summary_vi = TextAreaField(_("Description in Vietnamese"), [length(max=4000)], filters=[strip])
    summary_en = TextAreaField(_("Description in English"), [length(max=4000)], filters=[strip])
    kind = RadioField(_("Kind of event"), [chosen()], choices=enum_choices(EventKind))
    starts_at = DateTimeLocalField(_("Begins"), [InputRequired(_("Choose day and time."))], format=MOMENT)
    ends_at = DateTimeLocalField(_("Ends"), [InputRequired(_("Choose day and time."))], format=MOMENT)
    place_vi = StringField(_("Place in Vietnamese"), [length(max=300)], filters=[strip])
    place_en = StringField(_("Place in English"), [length(max=300)], filters=[strip])
    district = SelectField(
        _("District"), choices=lambda: district_choices(_("Not said")), coerce=lambda code: code or None
    )
    online = BooleanField(_("One can take part online"))
    link = StringField(
        _("Address to join online"),
        [length(max=500)],
        filters=[strip],
        description=_("Only those who have a place see it."),
    )
    capacity = IntegerField(
        _("Places"),
        [Optional(), at_least(1)],
        description=_("Leave it empty if everybody finds room. When all are taken, a waiting list begins."),
    )
    register_by = DateTimeLocalField(
        _("Registration closes"),
        [Optional()],
        format=MOMENT,
        description=_("When it is left empty: as the event begins."),
    )

    @classmethod
    def of(cls, event: Event | None = None) -> Self:
        """The form as sent or, before that, with what the event says so far."""
        return cls(data=_data(event) if event else None)

    def values(self) -> EventValues:
        texts = {name: Bilingual(self[f"{name}_vi"].data, self[f"{name}_en"].data) for name in TEXTS}
        return EventValues(
            **texts,
            kind=EventKind(self.kind.data),
            starts_at=_in_hanoi(self.starts_at.data),
            ends_at=_in_hanoi(self.ends_at.data),
            district=self.district.data,
            online=self.online.data,
            link=self.link.data or None,
            capacity=self.capacity.data,
            register_by=_in_hanoi(self.register_by.data) if self.register_by.data else None,
        )


def _in_hanoi(moment: datetime) -> datetime:
    return moment.replace(tzinfo=HANOI)


def _data(event: Event) -> dict[str, Any]:
    moments = {name: getattr(event, name) for name in ("starts_at", "ends_at", "register_by")}
    return {
        **{f"{name}_{code}": getattr(getattr(event, name), code) for name in TEXTS for code in LANGUAGES},
        **{name: moment and moment.astimezone(HANOI) for name, moment in moments.items()},
        "kind": event.kind.value,
        "district": event.district,
        "online": event.online,
        "link": event.link,
        "capacity": event.capacity,
    }


class CancelForm(Form):
    reason = TextAreaField(
        _("Why is it called off?"),
        [required(_("Say why: everybody who registered reads it.")), length(max=REASON_LENGTH)],
        filters=[strip],
        description=_("Everybody who registered gets this by e-mail, and it stands on the page of the event."),
    )
