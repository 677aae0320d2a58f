"""What anybody may write to the coordinators."""

from flask_babel import lazy_gettext as _
from wtforms import EmailField, SelectChoice, SelectField, StringField, TextAreaField

from network.forms.base import Form, chosen, email, length, required, strip
from network.services.contact import MESSAGE_LENGTH, SHORTEST

TOPICS = {
    "question": _("A question about the network"),
    "access": _("A barrier: something I cannot read or use"),
    "privacy": _("My personal data"),
    "wrong": _("Something on the site is wrong"),
    "other": _("Something else"),
}


class ContactForm(Form):
    name = StringField(_("Your name"), [required(), length(max=120)], filters=[strip])
    email = EmailField(
        _("E-mail address"),
        [required(), email(), length(max=254)],
        filters=[strip],
        description=_("Only for the answer. It is kept nowhere else."),
    )
    topic = SelectField(_("What is it about?"), [chosen()], choices=[SelectChoice(*topic) for topic in TOPICS.items()])
    message = TextAreaField(
        _("Message"),
        [required(_("Write your message in a sentence or more.")), length(SHORTEST, MESSAGE_LENGTH)],
        filters=[strip],
    )
