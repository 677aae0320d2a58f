"""The base of every form: messages in the reader's language, common validators, choices and the checkbox list.

WTForms ships no Vietnamese, so its own messages are reworded here and go through our catalogue. Forgery tokens are
checked for every request (network.extensions.csrf); a page puts one in with `csrf_token()`.
"""

import enum
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from flask_babel import lazy_ngettext as ngettext
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import SelectChoice, SelectMultipleField
from wtforms.validators import DataRequired, Email, InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from models import Field
from models.errors import DomainError, Invalid
from models.taxonomy import DISTRICTS
from network.errors import message
from network.i18n import plain, wording

Word = TypeVar("Word", bound=enum.StrEnum)

WORDING: dict[str, Any] = {
    "This field is required.": _("Fill this in."),
    "Not a valid choice.": _("Choose one of the options shown."),
    "Invalid Choice: could not coerce.": _("Choose one of the options shown."),
    "Invalid choice(s): one or more data inputs could not be coerced.": _("Choose from the options shown."),
    "Not a valid integer value.": _("Write a whole number."),
    "Not a valid decimal value.": _("Write a number."),
    "Not a valid float value.": _("Write a number."),
    "Not a valid date value.": _("Write the date as day, month and year."),
    "Not a valid datetime value.": _("Write the day and the time."),
    "Invalid URL.": _("Write a web address that begins with https://"),
}


class _Messages:
    """What WTForms takes for its translations."""

    def gettext(self, string: str) -> str:
        return str(WORDING.get(string, string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        if "valid choice" in singular:
            return str(_("Choose from the options shown."))
        return singular if n == 1 else plural


class Form(FlaskForm):
    class Meta:
        csrf = False

        def get_translations(self, form: "Form") -> _Messages:
            return _Messages()

    def refuse(self, error: DomainError, **fields: str) -> None:
        """Shows the refusal of a use case in the form: at the field named for its code, else above all fields."""
        name = fields.get(error.code)
        if name is None:
            self.form_errors.append(message(error))
        else:
            self[name].errors = [*self[name].errors, message(error)]


class TextsForm(Form):
    """Texts in two languages: of each pair in `EITHER` one is needed. Says so for all of them at once."""

    EITHER: tuple[str, ...] = ("title", "summary")

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        for name in self.EITHER:
            if not (self[f"{name}_vi"].data or self[f"{name}_en"].data):
                self.refuse(Invalid(f"{name}_missing"), **{f"{name}_missing": f"{name}_vi"})
                valid = False
        return valid


def required(text: Any = None) -> DataRequired:
    return DataRequired(text or _("Fill this in."))


def chosen(text: Any = None) -> InputRequired:
    """For a choice or a checkbox."""
    return InputRequired(text or _("Choose one."))


def length(min: int = 0, max: int = -1) -> Length:
    if min and max > 0:
        return Length(min, max, _("Write between %(low)s and %(high)s characters.", low=min, high=max))
    if min:
        return Length(
            min, max, ngettext("Write at least %(num)d character.", "Write at least %(num)d characters.", min)
        )
    return Length(min, max, ngettext("Write at most %(num)d character.", "Write at most %(num)d characters.", max))


class _Range(NumberRange):
    """Silent about what is not a number: the field has said so already."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.data is not None:
            super().__call__(form, field)


def between(min: int, max: int) -> NumberRange:
    return _Range(min, max, _("Write a number from %(low)s to %(high)s.", low=min, high=max))


def at_least(min: int) -> NumberRange:
    return _Range(min, message=_("Write a number of at least %(low)s.", low=min))


def email() -> Email:
    return Email(_("Write an e-mail address such as name@example.org."))


def strip(value: str | None) -> str | None:
    """A filter for text fields: white space at the ends says nothing."""
    return value.strip() if value else value


def optional_int(value: Any) -> int | None:
    """`coerce` of a SelectField of numbers whose first choice is empty."""
    return None if value in (None, "", "None") else int(value)


def optional_enum(words: type[Word]) -> Callable[[Any], Word | None]:
    """`coerce` of a SelectField or RadioField of words of the domain whose first choice is empty."""
    return lambda value: None if value in (None, "", "None") else words(value)


def _with_empty(empty: Any, choices: list[SelectChoice]) -> list[SelectChoice]:
    return choices if empty is None else [SelectChoice("", empty), *choices]


def enum_choices(words: type[enum.StrEnum], empty: Any = None) -> list[SelectChoice]:
    """Value and lazy label of every word; with `empty`, a first choice of no value that is worded so."""
    return _with_empty(empty, [SelectChoice(word.value, wording(word)) for word in words])


def field_choices(session: Session) -> dict[str, list[SelectChoice]]:
    """Fields of research by broad field, worded in the reader's language. One query."""
    fields = session.scalars(sa.select(Field).order_by(Field.code)).all()
    broad = {f.code: plain(f.name) for f in fields if f.parent_code is None}
    groups: dict[str, list[SelectChoice]] = defaultdict(list)
    for field in fields:
        if field.parent_code is not None:
            groups[broad[field.parent_code]].append(SelectChoice(field.code, plain(field.name)))
    return dict(groups)


def district_choices(empty: Any = None) -> list[SelectChoice]:
    """Call it when the form is made (`choices=district_choices` does): the names are in the reader's language."""
    return _with_empty(empty, [SelectChoice(code, plain(name)) for code, name in DISTRICTS.items()])


class _Checkbox(CheckboxInput):
    validation_attrs = ("disabled",)
    """Without `required`, which would ask the browser to have every box ticked."""


class MultiCheckbox(SelectMultipleField):
    """Several choices as checkboxes; `forms.options(field)` shows them, `groups` those of grouped choices."""

    widget = ListWidget(prefix_label=False)
    option_widget = _Checkbox()

    def groups(self) -> Iterator[tuple[str, list[Any]]]:
        """Caption and options of each group of `choices`, as from `field_choices`."""
        options = iter(self)
        for caption, choices in self.choices.items():
            yield caption, [next(options) for _choice in choices]
