"""What a centre enters about a cohort: a milestone, the day it was reached, hours of a mentor."""

from collections.abc import Iterable
from typing import Self

from flask_babel import lazy_gettext as _
from wtforms import DateField, DecimalField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from models.texts import Bilingual
from network.forms.base import Form, between, chosen, length, optional_int, required, strip
from network.i18n import plain
from network.queries.cohorts import Team
from network.services.cohorts import HIGHEST_HOURS

DAY_MISSING = _("Choose a day.")


class MilestoneForm(Form):
    title_vi = StringField(_("Milestone in Vietnamese"), [length(max=200)], filters=[strip])
    title_en = StringField(_("Milestone in English"), [length(max=200)], filters=[strip])
    due_on = DateField(_("To be reached by"), [InputRequired(DAY_MISSING)])
    team = SelectField(_("For"), coerce=optional_int)

    @classmethod
    def of(cls, teams: Iterable[Team]) -> Self:
        form = cls(prefix="milestone")
        form.team.choices = [SelectChoice("", _("Every team")), *_teams(teams)]
        return form

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_vi.data, self.title_en.data)


class HoursForm(Form):
    team = SelectField(_("Team"), [chosen()], coerce=optional_int)
    on_day = DateField(_("Day"), [InputRequired(DAY_MISSING)])
    hours = DecimalField(_("Hours"), [InputRequired(_("Write how many hours.")), between(0, HIGHEST_HOURS)], places=2)
    mentor = StringField(_("Mentor"), [required(_("Name the mentor.")), length(max=120)], filters=[strip])
    topic = TextAreaField(_("What it was about"), [required(), length(max=500)], filters=[strip])

    @classmethod
    def of(cls, teams: Iterable[Team]) -> Self:
        form = cls(prefix="hours")
        form.team.choices = _teams(teams)
        return form

    @property
    def minutes(self) -> int:
        return round(float(self.hours.data) * 60)


class DoneForm(Form):
    """A day, or nothing for 'not reached after all'."""

    done_on = DateField(_("Reached on"), [InputRequired(DAY_MISSING)])


def _teams(teams: Iterable[Team]) -> list[SelectChoice]:
    return [SelectChoice(team.application_id, plain(team.organisation.name)) for team in teams]
