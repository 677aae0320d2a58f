"""Commitments of support: what a startup asks for, and how the centre answers."""

from typing import Self

from flask_babel import lazy_gettext as _
from wtforms import DateField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired

from models.texts import Bilingual
from models.types import DeclineReason
from network.forms.base import (
    Form,
    TextsForm,
    chosen,
    enum_choices,
    length,
    optional_enum,
    optional_int,
    required,
    strip,
)
from network.i18n import plain
from network.services.commitments import TEXT_LENGTH, Terms

DAY_MISSING = _("Choose a day.")


class AskForm(Form):
    centre = SelectField(
        _("Which centre?"),
        [chosen(_("Choose a centre."))],
        coerce=optional_int,
        description=_("Centres that accepted a request or an application of yours, or whose request you accepted."),
    )
    asks = TextAreaField(
        _("What you ask for"),
        [required(_("Say what you ask the centre to commit to.")), length(max=TEXT_LENGTH)],
        filters=[strip],
        description=_(
            "Which support, for how long, and what it is to lead to: rooms, mentors, tests, contacts, money."
        ),
    )

    @classmethod
    def of(cls, centres: list[tuple[int, Bilingual]], centre_id: int | None = None) -> Self:
        form = cls(data={"centre": centre_id})
        form.centre.choices = [SelectChoice(str(number), plain(name)) for number, name in centres]
        return form


class GrantForm(TextsForm):
    EITHER = ("commits",)

    commits_vi = TextAreaField(
        _("What the centre commits to, in Vietnamese"), [length(max=TEXT_LENGTH)], filters=[strip]
    )
    commits_en = TextAreaField(_("What the centre commits to, in English"), [length(max=TEXT_LENGTH)], filters=[strip])
    starts_on = DateField(_("From"), [InputRequired(DAY_MISSING)])
    ends_on = DateField(_("Until"), [InputRequired(DAY_MISSING)])

    @property
    def terms(self) -> Terms:
        assert self.starts_on.data
        assert self.ends_on.data
        return Terms(Bilingual(self.commits_vi.data, self.commits_en.data), self.starts_on.data, self.ends_on.data)


class DeclineForm(Form):
    reason = RadioField(
        _("Why not?"),
        [chosen(_("Choose a reason: it helps the other side and improves the next suggestions."))],
        choices=enum_choices(DeclineReason),
        coerce=optional_enum(DeclineReason),
        description=_("The other side reads the reason."),
    )
    note = TextAreaField(
        _("Anything to add"),
        [length(max=TEXT_LENGTH)],
        filters=[strip],
        description=_("What would have to change, or who could help instead."),
    )
