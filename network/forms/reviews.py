"""What reviewers write: ties, a conflict of interest, a scorecard."""

from typing import Any, Self

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import Optional

from network.forms.base import Form, length, optional_int, strip
from network.i18n import plain
from network.queries.reviews import ReviewCard
from network.services.reviews import COMMENT_LENGTH, MOST_NAMES, NAME_LENGTH, Scorecard

POINTS: tuple[tuple[int, Any], ...] = (
    (1, _("1 – weak")),
    (2, _("2 – below what is needed")),
    (3, _("3 – good enough")),
    (4, _("4 – good")),
    (5, _("5 – outstanding")),
)


class TiesForm(Form):
    names = TextAreaField(
        _("Organisations you have ties with"),
        [length(max=MOST_NAMES * NAME_LENGTH)],
        filters=[strip],
        description=_(
            "One on each line: those you, your family or your employer work for, own, advise or compete with. "
            "Leave it empty if there are none."
        ),
    )

    def listed(self) -> list[str]:
        return (self.names.data or "").splitlines()


class ConflictForm(Form):
    note = TextAreaField(
        _("What is the conflict?"),
        [length(max=1000)],
        filters=[strip],
        description=_("One sentence for the managers of the centre. You need not give details."),
    )


class ScorecardForm(Form):
    comment = TextAreaField(
        _("On the whole"),
        [length(max=COMMENT_LENGTH)],
        filters=[strip],
        description=_("What decides it for you. The managers read it; the applicants do not."),
    )

    @classmethod
    def of(cls, card: ReviewCard) -> Self:
        """One row of points and one comment for each criterion, as sent or as saved so far."""
        fields: dict[str, Any] = {}
        data: dict[str, Any] = {"comment": card.comment}
        for criterion in card.call.criteria:
            points, comment = f"points_{criterion.id}", f"comment_{criterion.id}"
            fields[points] = RadioField(
                plain(criterion.name),
                [Optional()],
                choices=[SelectChoice(*pair) for pair in POINTS],
                coerce=optional_int,
                default=None,
            )
            fields[comment] = TextAreaField(
                _("Comment on: %(name)s", name=plain(criterion.name)), [length(max=COMMENT_LENGTH)], filters=[strip]
            )
            data[points], data[comment] = card.points.get(criterion.id), card.comments.get(criterion.id)
        form: Self = type(cls.__name__, (cls,), fields)(data=data)
        return form

    def row(self, criterion_id: int) -> tuple[Any, Any]:
        return self[f"points_{criterion_id}"], self[f"comment_{criterion_id}"]

    def card(self) -> Scorecard:
        points = {_id(f.name): f.data for f in self if f.name.startswith("points_")}
        comments = {_id(f.name): f.data or "" for f in self if f.name.startswith("comment_")}
        return Scorecard(points, comments, self.comment.data or "")


def _id(name: str) -> int:
    return int(name.rpartition("_")[2])
