"""What a centre writes about a programme and its calls."""

from typing import Any, Self

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session
from wtforms import BooleanField, DateField, DecimalField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from models import Call, Programme
from models.calls import CallState
from models.texts import LANGUAGES, Bilingual
from models.types import Stage
from network.forms.base import (
    Form,
    MultiCheckbox,
    TextsForm,
    at_least,
    between,
    enum_choices,
    field_choices,
    length,
    required,
    strip,
)
from network.services.calls import MOST_CRITERIA, MOST_QUESTIONS, REASON_LENGTH, CallValues, Criterion, Question
from network.services.programmes import ProgrammeValues

DAY_MISSING = _("Choose a day.")
DATES = ("opens_on", "closes_on", "decide_by", "starts_on", "ends_on")
NUMBERS = ("capacity", "minimum", "reviews_wanted", "spread", "pass_mark")


class ProgrammeForm(TextsForm):
    EITHER = ("programme_name", "summary")

    programme_name_vi = StringField(_("Name in Vietnamese"), [length(max=200)], filters=[strip])
    programme_name_en = StringField(_("Name in English"), [length(max=200)], filters=[strip])
    summary_vi = TextAreaField(_("Description in Vietnamese"), [length(max=3000)], filters=[strip])
    summary_en = TextAreaField(_("Description in English"), [length(max=3000)], filters=[strip])
    gives_vi = TextAreaField(_("What one gets, in Vietnamese"), [length(max=2000)], filters=[strip])
    gives_en = TextAreaField(_("What one gets, in English"), [length(max=2000)], filters=[strip])
    who_vi = TextAreaField(_("Who can apply, in Vietnamese"), [length(max=2000)], filters=[strip])
    who_en = TextAreaField(_("Who can apply, in English"), [length(max=2000)], filters=[strip])
    stages = MultiCheckbox(_("Stages"), choices=enum_choices(Stage), description=_("None ticked means all of them."))
    fields = MultiCheckbox(_("Fields"), description=_("Open a group and choose one to three fields."))

    @classmethod
    def of(cls, session: Session, programme: Programme | None = None) -> Self:
        """The form as sent or, before that, with what the programme says so far."""
        form = cls(data=_programme_data(programme) if programme else None)
        form.fields.choices = field_choices(session)
        return form

    def values(self) -> ProgrammeValues:
        return ProgrammeValues(
            name=self._text("programme_name"),
            summary=self._text("summary"),
            gives=self._text("gives"),
            who=self._text("who"),
            stages=tuple(Stage(value) for value in self.stages.data or ()),
            fields=tuple(self.fields.data or ()),
        )

    def _text(self, name: str) -> Bilingual:
        return Bilingual(self[f"{name}_vi"].data, self[f"{name}_en"].data)


def _programme_data(p: Programme) -> dict[str, Any]:
    texts = {"programme_name": p.name, "summary": p.summary, "gives": p.gives, "who": p.who}
    return {
        **{f"{name}_{code}": getattr(text, code) for name, text in texts.items() for code in LANGUAGES},
        "stages": list(p.stages),
        "fields": [field.code for field in p.fields],
    }


class CallForm(Form):
    """The last rows of criteria and questions may stay empty. A call that is out keeps both: see `fixed`."""

    name_vi = StringField(_("Name in Vietnamese"), [length(max=200)], filters=[strip])
    name_en = StringField(_("Name in English"), [length(max=200)], filters=[strip])
    opens_on = DateField(_("Opens on"), [InputRequired(DAY_MISSING)])
    closes_on = DateField(
        _("Closes on"), [InputRequired(DAY_MISSING)], description=_("The last day on which one can apply.")
    )
    decide_by = DateField(
        _("Decision by"), [InputRequired(DAY_MISSING)], description=_("Applicants rely on it; coordinators see delays.")
    )
    starts_on = DateField(_("The cohort begins on"), [Optional()])
    ends_on = DateField(_("The cohort ends on"), [Optional()])
    capacity = IntegerField(_("Places"), [InputRequired(_("Say how many teams you can take.")), at_least(1)])
    minimum = IntegerField(
        _("Smallest number of teams"),
        [Optional(), at_least(0)],
        default=0,
        description=_("Fewer than this, and the cohort is not worth beginning. You are warned before you decide."),
    )
    expects_vi = TextAreaField(_("What you expect, in Vietnamese"), [length(max=3000)], filters=[strip])
    expects_en = TextAreaField(_("What you expect, in English"), [length(max=3000)], filters=[strip])
    reviews_wanted = IntegerField(_("Reviews for each application"), [InputRequired(), between(1, 9)], default=2)
    spread = IntegerField(
        _("Points by which reviewers may differ"),
        [InputRequired(), between(1, 4)],
        default=1,
        description=_("On one criterion, of 1 to 5 points. What is further apart is talked over."),
    )
    pass_mark = DecimalField(
        _("Least mean of points"),
        [InputRequired(), between(1, 5)],
        places=1,
        default=3,
        description=_("From 1 to 5. Who has less is not proposed."),
    )

    @classmethod
    def of(cls, call: Call | None = None) -> Self:
        """The form as sent or, before that, with what the call says so far."""
        form = cls(data=_call_data(call) if call else None)
        form.fixed = call is not None and call.state is not CallState.DRAFT
        return form

    fixed = False
    """Whether criteria and questions can no longer be changed."""

    def criteria(self) -> list[tuple[Any, Any, Any]]:
        """Vietnamese, English and weight of every row."""
        names = ("vi", "en", "weight")
        return [tuple(self[f"criterion_{n}_{name}"] for name in names) for n in range(MOST_CRITERIA)]

    def questions(self) -> list[tuple[Any, Any, Any, Any]]:
        """Vietnamese, English, whether it must be answered and whether it names people, of every row."""
        names = ("vi", "en", "required", "people")
        return [tuple(self[f"question_{n}_{name}"] for name in names) for n in range(MOST_QUESTIONS)]

    def values(self) -> CallValues:
        rows = [(Bilingual(vi.data, en.data), weight.data) for vi, en, weight in self.criteria()]
        asked = [(Bilingual(vi.data, en.data), need.data, people.data) for vi, en, need, people in self.questions()]
        return CallValues(
            name=Bilingual(self.name_vi.data, self.name_en.data),
            expects=Bilingual(self.expects_vi.data, self.expects_en.data),
            **{name: self[name].data for name in DATES},
            capacity=self.capacity.data,
            minimum=self.minimum.data or 0,
            reviews_wanted=self.reviews_wanted.data,
            spread=self.spread.data,
            pass_mark=float(self.pass_mark.data),
            criteria=tuple(Criterion(name, weight or 0) for name, weight in rows if name or weight),
            questions=tuple(Question(text, need, people) for text, need, people in asked if text),
        )


for _n in range(MOST_CRITERIA):
    _number = {"n": _n + 1}
    setattr(
        CallForm,
        f"criterion_{_n}_vi",
        StringField(_("Criterion %(n)s in Vietnamese", **_number), [length(max=200)], filters=[strip]),
    )
    setattr(
        CallForm,
        f"criterion_{_n}_en",
        StringField(_("Criterion %(n)s in English", **_number), [length(max=200)], filters=[strip]),
    )
    setattr(
        CallForm,
        f"criterion_{_n}_weight",
        IntegerField(_("Weight of criterion %(n)s", **_number), [Optional(), between(1, 100)]),
    )

for _n in range(MOST_QUESTIONS):
    _number = {"n": _n + 1}
    setattr(
        CallForm,
        f"question_{_n}_vi",
        TextAreaField(_("Question %(n)s in Vietnamese", **_number), [length(max=600)], filters=[strip]),
    )
    setattr(
        CallForm,
        f"question_{_n}_en",
        TextAreaField(_("Question %(n)s in English", **_number), [length(max=600)], filters=[strip]),
    )
    setattr(CallForm, f"question_{_n}_required", BooleanField(_("Must be answered"), default=True))
    setattr(CallForm, f"question_{_n}_people", BooleanField(_("Names people: reviewers do not see the answer")))


def _call_data(call: Call) -> dict[str, Any]:
    data: dict[str, Any] = {name: getattr(call, name) for name in (*DATES, *NUMBERS)}
    for name, text in (("name", call.name), ("expects", call.expects)):
        data |= {f"{name}_{code}": getattr(text, code) for code in LANGUAGES}
    for n, criterion in enumerate(call.criteria):
        data |= {f"criterion_{n}_{code}": getattr(criterion.name, code) for code in LANGUAGES}
        data[f"criterion_{n}_weight"] = criterion.weight
    for n, question in enumerate(call.questions):
        data |= {f"question_{n}_{code}": getattr(question.text, code) for code in LANGUAGES}
        data |= {f"question_{n}_required": question.required, f"question_{n}_people": question.names_people}
    return data


class CancelCallForm(Form):
    reason = TextAreaField(
        _("Why is it called off?"),
        [required(_("Say why: everybody who applied reads it.")), length(max=REASON_LENGTH)],
        filters=[strip],
        description=_("Everybody who applied or began to gets this by e-mail."),
    )
