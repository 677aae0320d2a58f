"""What the site is to look out for, and how often it tells."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice, StringField, TextAreaField

from models.alerts import Frequency
from models.types import SubjectKind
from network.forms.base import Form, MultiCheckbox, chosen, enum_choices, length, required, strip
from network.services.saved_searches import LONGEST_NAME, LONGEST_TEXT

SUBJECTS = [
    SelectChoice(SubjectKind.OFFER.value, _("Offers")),
    SelectChoice(SubjectKind.TECHNOLOGY.value, _("Technologies")),
    SelectChoice(SubjectKind.PROGRAMME.value, _("Programmes")),
    SelectChoice(SubjectKind.ORGANISATION.value, _("Organisations that can help")),
    SelectChoice(SubjectKind.NEED.value, _("Needs of others")),
]
HELP = [SubjectKind.OFFER.value, SubjectKind.TECHNOLOGY.value, SubjectKind.PROGRAMME.value]
"""What is looked out for unless something else is chosen."""


class NewsForm(Form):
    frequency = RadioField(
        _("How often by e-mail?"),
        [chosen()],
        choices=enum_choices(Frequency),
        default=Frequency.WEEKLY.value,
        description=_("One mail for everything that is new. Without mail you find it here."),
    )

    @property
    def chosen(self) -> Frequency:
        return Frequency(self.frequency.data)


class SearchForm(NewsForm):
    name = StringField(
        _("Name"), [required(), length(max=LONGEST_NAME)], filters=[strip], description=_("For you alone.")
    )


class QuestionForm(SearchForm):
    text = TextAreaField(_("What you look for"), [required(), length(max=LONGEST_TEXT)], filters=[strip])
    subjects = MultiCheckbox(_("Tell me of new"), [chosen()], choices=SUBJECTS, default=HELP)

    @property
    def kinds(self) -> list[SubjectKind]:
        return [SubjectKind(value) for value in self.subjects.data or ()]
