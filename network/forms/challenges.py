"""What an owner writes about a challenge, how it ends, and what others answer."""

from typing import Any, Self

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from models import Challenge
from models.texts import LANGUAGES, Bilingual
from models.types import ChallengeKind, ChallengeResult, DeclineReason
from network.forms.base import (
    Form,
    MultiCheckbox,
    TextsForm,
    at_least,
    chosen,
    enum_choices,
    field_choices,
    length,
    optional_enum,
    required,
    strip,
)
from network.i18n import plain
from network.services.challenges import TEXT_LENGTH, ChallengeValues

MILLION = 10**6
TEXTS = ("title", "problem", "wanted", "reward")


class ChallengeForm(TextsForm):
    EITHER = ("title", "problem", "wanted")

    title_vi = StringField(_("Title in Vietnamese"), [length(max=200)], filters=[strip])
    title_en = StringField(_("Title in English"), [length(max=200)], filters=[strip])
    problem_vi = TextAreaField(_("Problem in Vietnamese"), [length(max=4000)], filters=[strip])
    problem_en = TextAreaField(_("Problem in English"), [length(max=4000)], filters=[strip])
    wanted_vi = TextAreaField(_("What a solution must do, in Vietnamese"), [length(max=3000)], filters=[strip])
    wanted_en = TextAreaField(_("What a solution must do, in English"), [length(max=3000)], filters=[strip])
    reward_vi = TextAreaField(_("Reward in Vietnamese"), [length(max=1000)], filters=[strip])
    reward_en = TextAreaField(_("Reward in English"), [length(max=1000)], filters=[strip])
    kind = RadioField(_("Whose problem is it?"), [chosen()], choices=enum_choices(ChallengeKind))
    fields = MultiCheckbox(_("Fields"), description=_("Open a group and choose one to three fields."))
    budget = IntegerField(
        _("Budget in million VND"),
        [Optional(), at_least(0)],
        description=_("For example 150. Everybody who reads the challenge sees it."),
    )
    answer_by = DateField(_("Answers until"), [InputRequired(_("Choose a day that is still to come."))])

    @classmethod
    def of(cls, session: Session, challenge: Challenge | None = None) -> Self:
        """The form as sent or, before that, with what the challenge says so far."""
        form = cls(data=_data(challenge) if challenge else None)
        form.fields.choices = field_choices(session)
        return form

    def values(self) -> ChallengeValues:
        texts = {name: Bilingual(self[f"{name}_vi"].data, self[f"{name}_en"].data) for name in TEXTS}
        return ChallengeValues(
            **texts,
            kind=ChallengeKind(self.kind.data),
            answer_by=self.answer_by.data,
            budget_vnd=None if self.budget.data is None else self.budget.data * MILLION,
            fields=tuple(self.fields.data or ()),
        )


def _data(challenge: Challenge) -> dict[str, Any]:
    return {
        **{f"{name}_{code}": getattr(getattr(challenge, name), code) for name in TEXTS for code in LANGUAGES},
        "kind": challenge.kind.value,
        "fields": [field.code for field in challenge.fields],
        "budget": None if challenge.budget_vnd is None else challenge.budget_vnd // MILLION,
        "answer_by": challenge.answer_by,
    }


class CloseChallengeForm(Form):
    result = RadioField(
        _("How did it end?"),
        [chosen(_("Say whether the challenge was solved."))],
        choices=enum_choices(ChallengeResult),
        coerce=optional_enum(ChallengeResult),
    )
    outcome_vi = TextAreaField(_("What came of it, in Vietnamese"), [length(max=2000)], filters=[strip])
    outcome_en = TextAreaField(_("What came of it, in English"), [length(max=2000)], filters=[strip])

    @property
    def outcome(self) -> Bilingual:
        return Bilingual(self.outcome_vi.data, self.outcome_en.data)


class AnswerForm(Form):
    """`subject` is 'technology:7', 'offer:7' or nothing."""

    text = TextAreaField(
        _("Your solution"),
        [required(_("Write what you would do, and what you have already.")), length(max=TEXT_LENGTH)],
        filters=[strip],
        description=_("What you would do, what you have already, what it costs and how long it takes."),
    )
    subject = SelectField(_("One of your technologies or offers"), validate_choice=True)

    @classmethod
    def of(cls, subjects: list[tuple[str, Bilingual]], chosen_subject: str = "") -> Self:
        form = cls(data={"subject": chosen_subject})
        form.subject.choices = [("", _("None in particular")), *((key, plain(title)) for key, title in subjects)]
        return form

    def subject_id(self, kind: str) -> int | None:
        """The number of the technology or offer chosen, if it is of this kind."""
        chosen_kind, _colon, number = str(self.subject.data or "").partition(":")
        return int(number) if chosen_kind == kind else None


class AcceptAnswerForm(Form):
    reply = TextAreaField(
        _("How to go on"),
        [required(_("Say how to go on: when and how you can be reached.")), length(max=TEXT_LENGTH)],
        filters=[strip],
        description=_("When and how you can be reached, and what to bring along."),
    )


class DeclineAnswerForm(Form):
    reason = RadioField(
        _("Why not?"),
        [chosen(_("Choose a reason: it helps the other side and improves the next suggestions."))],
        choices=enum_choices(DeclineReason),
        coerce=optional_enum(DeclineReason),
        description=_("The other side reads the reason."),
    )
    reply = TextAreaField(
        _("Anything to add"),
        [length(max=TEXT_LENGTH)],
        filters=[strip],
        description=_("What would have to change, or who could help instead."),
    )
