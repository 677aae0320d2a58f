"""How the mails of each kind of notice come."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField

from models.notices import MailChoice, NoticeKind
from network.forms.base import Form, chosen, enum_choices
from network.i18n import wording


class NoticeForm(Form):
    """A row of three choices for each of `kinds`; made anew for each reader, who has kinds of their own."""

    def choices(self) -> dict[NoticeKind, MailChoice]:
        return {NoticeKind(name): MailChoice(value) for name, value in self.data.items()}


def notice_form(kinds: Iterable[NoticeKind], **values: Any) -> NoticeForm:
    fields = {kind.value: RadioField(wording(kind), [chosen()], choices=enum_choices(MailChoice)) for kind in kinds}
    form: NoticeForm = type("OwnNoticeForm", (NoticeForm,), fields)(**values)
    return form


class TurnOffForm(Form):
    choice = RadioField(
        _("From now on"),
        [chosen()],
        choices=[choice for choice in enum_choices(MailChoice) if choice.value != MailChoice.AT_ONCE],
        default=MailChoice.OFF.value,
    )
