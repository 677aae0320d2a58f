"""What is written to the other side, and what is answered."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectField, TextAreaField

from models.types import DeclineReason
from network.forms.base import Form, chosen, enum_choices, length, optional_int, required, strip
from network.services.interests import MESSAGE_LENGTH


class InterestForm(Form):
    need = SelectField(_("About which need?"), [chosen()], coerce=optional_int)
    offer = HiddenField()
    technology = HiddenField()
    organisation = HiddenField()
    message = TextAreaField(
        _("Your message"),
        [required(_("Write a short message: who you are and what you hope for.")), length(max=MESSAGE_LENGTH)],
        filters=[strip],
        description=_("Who you are, what you have already, what you hope for, and when you could talk."),
    )


class AcceptForm(Form):
    reply = TextAreaField(
        _("Your answer"),
        [required(_("Say how to go on: when and how you can be reached.")), length(max=MESSAGE_LENGTH)],
        filters=[strip],
        description=_("When and how you can be reached, and what to bring along."),
    )


class DeclineForm(Form):
    reason = RadioField(
        _("Why not?"),
        [chosen(_("Choose a reason: it helps the other side and improves the next suggestions."))],
        choices=enum_choices(DeclineReason),
        description=_("The other side reads the reason."),
    )
    reply = TextAreaField(
        _("Anything to add"),
        [length(max=MESSAGE_LENGTH)],
        filters=[strip],
        description=_("What would have to change, or who could help instead."),
    )
