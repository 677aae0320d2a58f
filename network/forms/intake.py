"""What managers of a centre send about the applications they received."""

from collections.abc import Iterable
from typing import Any, Self

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice, SelectField, TextAreaField

from models.applications import Verdict
from models.types import DeclineReason
from network.forms.base import Form, MultiCheckbox, chosen, enum_choices, length, optional_enum, required, strip
from network.queries.intake import Reviewer
from network.queries.proposals import ProposalRow
from network.services.admissions import NOTE_LENGTH
from network.services.reviews import COMMENT_LENGTH


class ReviewersForm(Form):
    people = MultiCheckbox(
        _("Reviewers"),
        [chosen(_("Choose at least one member who does not manage the centre."))],
        coerce=int,
        description=_("Members of your centre who do not manage it: whoever manages reads the names."),
    )

    @classmethod
    def of(cls, reviewers: Iterable[Reviewer], *, ticked: Iterable[int] = ()) -> Self:
        form = cls(data={"people": list(ticked)})
        form.people.choices = [SelectChoice(r.id, r.name) for r in reviewers]
        return form


class LookAgainForm(Form):
    words = TextAreaField(
        _("What should they think over?"),
        [required(_("Say what should be looked at again.")), length(max=COMMENT_LENGTH)],
        filters=[strip],
        description=_("The reviewer reads this. Do not say what the others gave."),
    )


class TalkedOverForm(Form):
    words = TextAreaField(
        _("What came of it?"),
        [required(_("Note in a sentence what came of it.")), length(max=COMMENT_LENGTH)],
        filters=[strip],
        description=_("Kept with the application for your centre; the points stay as they are."),
    )


class RejectForm(Form):
    reason = RadioField(
        _("Why not?"),
        [chosen(_("Choose a reason: it helps the other side and improves the next suggestions."))],
        choices=enum_choices(DeclineReason),
        coerce=optional_enum(DeclineReason),
        description=_("It stands in the letter."),
    )
    note = TextAreaField(
        _("Anything to add"),
        [length(max=NOTE_LENGTH)],
        filters=[strip],
        description=_("It stands in the letter, in the words you write."),
    )


class OverrideForm(Form):
    reason = TextAreaField(
        _("Why beyond the places there are?"),
        [required(_("Give a reason: it stands in the trail, and both sides read it.")), length(max=NOTE_LENGTH)],
        filters=[strip],
        description=_("It stands in the trail for good, and is sent to the centre."),
    )


class PlanForm(Form):
    """For each application of the proposal: what is fixed, the reason of a refusal, and a note for the letter."""

    @classmethod
    def of(cls, rows: Iterable[ProposalRow]) -> Self:
        fields: dict[str, Any] = {}
        data: dict[str, Any] = {}
        for row in rows:
            key = row.proposed.application_id
            fields[f"fixed_{key}"] = SelectField(
                _("Decision"),
                choices=enum_choices(Verdict, _("By the points")),
                coerce=optional_enum(Verdict),
            )
            fields[f"reason_{key}"] = SelectField(
                _("Reason of a refusal"),
                choices=enum_choices(DeclineReason, _("None yet")),
                coerce=optional_enum(DeclineReason),
            )
            fields[f"note_{key}"] = TextAreaField(_("Note for the letter"), [length(max=NOTE_LENGTH)], filters=[strip])
            data[f"fixed_{key}"] = row.proposed.fixed
            data[f"reason_{key}"] = row.planned_reason
            data[f"note_{key}"] = row.proposed.note
        form: Self = type(cls.__name__, (cls,), fields)(data=data)
        return form

    def row(self, application_id: int) -> tuple[Any, Any, Any]:
        return tuple(self[f"{name}_{application_id}"] for name in ("fixed", "reason", "note"))
