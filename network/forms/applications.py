"""What an applicant writes: the same parts for every call, then the answers to its questions."""

from collections.abc import Iterable
from typing import Any, Self

from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import Optional

from models.types import Stage
from network.forms.base import Form, enum_choices, length, optional_enum, strip
from network.i18n import plain
from network.queries.applications import AnswerRow, ApplicationDetail
from network.services.applications import TEXT_LENGTH, TITLE_LENGTH, ApplicationValues


class ApplicationForm(Form):
    """A draft may leave anything out; what is too long is kept in the form and said."""

    NEEDED = ("title", "summary", "stage", "team")

    title = StringField(
        _("Your project in one line"),
        [length(max=TITLE_LENGTH)],
        filters=[strip],
        description=_("What it is, not who you are: reviewers read without names."),
    )
    summary = TextAreaField(
        _("What it does, for whom, and how far you are"),
        [length(max=TEXT_LENGTH)],
        filters=[strip],
        description=_("Leave out the names of your organisation and your people here, and in the answers below."),
    )
    stage = RadioField(_("Stage"), [Optional()], choices=enum_choices(Stage), coerce=optional_enum(Stage), default=None)
    team = TextAreaField(
        _("Who you are"),
        [length(max=TEXT_LENGTH)],
        filters=[strip],
        description=_("People, what each can do, how much time they have. The centre reads this, reviewers do not."),
    )

    @classmethod
    def of(cls, application: ApplicationDetail) -> Self:
        """The form for the questions of this call, as sent or with what the application says so far."""
        questions = {f"answer_{row.question_id}": _question(row) for row in application.answers}
        data: dict[str, Any] = {
            "title": application.row.title,
            "summary": application.summary,
            "stage": application.stage,
            "team": application.team,
            **{f"answer_{row.question_id}": row.text for row in application.answers},
        }
        form: Self = type(cls.__name__, (cls,), questions)(data=data)
        asked = (f"answer_{row.question_id}" for row in application.answers if row.required)
        for name in (*cls.NEEDED, *asked):
            form[name].flags.required = True  # before it is sent; a draft may lack anything
        return form

    def answers(self) -> Iterable[Any]:
        """The fields of the answers, in the order of the questions."""
        return [field for field in self if field.name.startswith("answer_")]

    def values(self) -> ApplicationValues:
        return ApplicationValues(
            self.title.data or "",
            self.summary.data or "",
            self.stage.data,
            self.team.data or "",
            {int(field.name.removeprefix("answer_")): field.data or "" for field in self.answers()},
        )


def _question(row: AnswerRow) -> TextAreaField:
    hint = _("Reviewers do not see this answer.") if row.names_people else ""
    return TextAreaField(plain(row.question), [length(max=TEXT_LENGTH)], filters=[strip], description=hint)
