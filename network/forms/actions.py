"""What a coordinator writes about an action programme: the plan, how far it has come, what holds it up, its money."""

from datetime import date
from typing import Any, Self

from flask_babel import lazy_gettext as _
from wtforms import DateField, FieldList, FormField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from models import ActionProgramme
from models.actions import CapitalSource
from models.texts import LANGUAGES, Bilingual
from network.forms.base import Form, TextsForm, at_least, enum_choices, length, strip
from network.services.action_plans import Money
from network.services.actions import Plan, PlannedMilestone, PlannedOutput

TEXTS = ("office", "title", "breakthrough", "goal")
ROWS_AT_FIRST, MORE_ROWS, MOST_ROWS = 4, 3, 40
MILLION = 10**6
DAY = _("Choose a day.")


class _Row(Form):
    """One line of a list; one that is left empty does not count."""

    @property
    def empty(self) -> bool:
        return not any(field.data or any(field.raw_data or ()) for field in self)

    def pair(self, name: str) -> Bilingual:
        return Bilingual(self[f"{name}_vi"].data, self[f"{name}_en"].data)

    def validate(self, extra_validators: Any = None) -> bool:
        return self.empty or super().validate(extra_validators)


class MilestoneRow(_Row):
    title_vi = StringField(_("Milestone in Vietnamese"), [length(max=200)], filters=[strip])
    title_en = StringField(_("Milestone in English"), [length(max=200)], filters=[strip])
    due_on = DateField(_("Due on"), [InputRequired(DAY)])

    def planned(self) -> PlannedMilestone:
        return PlannedMilestone(self.pair("title"), self.due_on.data)


class OutputRow(_Row):
    title_vi = StringField(_("Output in Vietnamese"), [length(max=200)], filters=[strip])
    title_en = StringField(_("Output in English"), [length(max=200)], filters=[strip])
    unit_vi = StringField(_("Unit in Vietnamese"), [length(max=60)], filters=[strip])
    unit_en = StringField(_("Unit in English"), [length(max=60)], filters=[strip])
    target = IntegerField(_("How many are to be reached"), [InputRequired(_("Write a whole number.")), at_least(1)])

    def planned(self) -> PlannedOutput:
        return PlannedOutput(self.pair("title"), self.pair("unit"), self.target.data)


class ActionForm(TextsForm):
    EITHER = ("title", "office")

    office_vi = StringField(_("Office in Vietnamese"), [length(max=200)], filters=[strip])
    office_en = StringField(_("Office in English"), [length(max=200)], filters=[strip])
    title_vi = StringField(_("Title in Vietnamese"), [length(max=200)], filters=[strip])
    title_en = StringField(_("Title in English"), [length(max=200)], filters=[strip])
    breakthrough_vi = TextAreaField(_("Breakthrough in Vietnamese"), [length(max=1000)], filters=[strip])
    breakthrough_en = TextAreaField(_("Breakthrough in English"), [length(max=1000)], filters=[strip])
    goal_vi = TextAreaField(_("Goal in Vietnamese"), [length(max=1000)], filters=[strip])
    goal_en = TextAreaField(_("Goal in English"), [length(max=1000)], filters=[strip])
    starts_on = DateField(_("First day"), [InputRequired(DAY)])
    ends_on = DateField(_("Last day"), [InputRequired(DAY)])
    milestones = FieldList(FormField(MilestoneRow), _("Milestones"), min_entries=ROWS_AT_FIRST, max_entries=MOST_ROWS)
    outputs = FieldList(FormField(OutputRow), _("Outputs"), min_entries=ROWS_AT_FIRST, max_entries=MOST_ROWS)

    @classmethod
    def of(cls, programme: ActionProgramme | None = None) -> Self:
        """The form as sent or, before that, with what is registered so far."""
        return cls(data=_data(programme) if programme else None)

    @property
    def errors(self) -> dict[str | None, Any]:
        """Those of lines as words of the list they stand in."""
        found = dict(super().errors)
        for name in {"milestones", "outputs"} & set(found):
            found[name] = [text for row in self[name] for texts in row.form.errors.values() for text in texts]
        return found

    def more(self) -> None:
        """Room for further lines."""
        for rows in (self.milestones, self.outputs):
            for _line in range(min(MORE_ROWS, MOST_ROWS - len(rows))):
                rows.append_entry()

    def plan(self) -> Plan:
        return Plan(
            **{name: Bilingual(self[f"{name}_vi"].data, self[f"{name}_en"].data) for name in TEXTS},
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            milestones=tuple(row.form.planned() for row in self.milestones if not row.form.empty),
            outputs=tuple(row.form.planned() for row in self.outputs if not row.form.empty),
        )


def _data(programme: ActionProgramme) -> dict[str, Any]:
    def texts(entry: Any, *names: str) -> dict[str, Any]:
        return {f"{name}_{code}": getattr(getattr(entry, name), code) for name in names for code in LANGUAGES}

    return {
        **texts(programme, *TEXTS),
        "starts_on": programme.starts_on,
        "ends_on": programme.ends_on,
        "milestones": [{**texts(m, "title"), "due_on": m.due_on} for m in programme.milestones],
        "outputs": [{**texts(o, "title", "unit"), "target": o.target} for o in programme.outputs],
    }


class CountForm(Form):
    reached = IntegerField(_("Reached"), [InputRequired(_("Write a whole number.")), at_least(0)])
    on = DateField(_("Counted on"), [InputRequired(DAY)])


class DoneForm(Form):
    on = DateField(_("Completed on"), [InputRequired(DAY)])


class WordsForm(Form):
    """What holds something up, what was decided, why something is passed on or given up."""

    words_vi = TextAreaField(_("In Vietnamese"), [length(max=2000)], filters=[strip])
    words_en = TextAreaField(_("In English"), [length(max=2000)], filters=[strip])

    @property
    def words(self) -> Bilingual:
        return Bilingual(self.words_vi.data, self.words_en.data)


class SettleForm(WordsForm):
    due_on = DateField(_("New day"), [InputRequired(DAY)])


class AmountForm(Form):
    """Amounts are typed in million VND."""

    promised = IntegerField(_("Promised, in million VND"), [InputRequired(_("Write a whole number.")), at_least(1)])
    paid = IntegerField(_("Of that paid in, in million VND"), [Optional(), at_least(0)], default=0)
    on = DateField(_("As of"), [InputRequired(DAY)])

    @property
    def promised_vnd(self) -> int:
        return int(self.promised.data) * MILLION

    @property
    def paid_vnd(self) -> int:
        return int(self.paid.data or 0) * MILLION


class MoneyForm(AmountForm):
    source = SelectField(_("Source of the money"), choices=enum_choices(CapitalSource), coerce=CapitalSource)

    def money(self) -> Money:
        day: date = self.on.data
        return Money(self.source.data, self.promised_vnd, self.paid_vnd, day)


__all__ = [
    "ActionForm",
    "AmountForm",
    "CountForm",
    "DoneForm",
    "MilestoneRow",
    "MoneyForm",
    "OutputRow",
    "SettleForm",
    "WordsForm",
]
