"""What the two sides of a connection write, record, propose and answer."""

import re
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    MultipleFileField,
    RadioField,
    TextAreaField,
)
from wtforms.validators import Optional

from models.agreements import AgreementKind
from models.outcomes import DisputeReason, OutcomeKind
from models.threads import EndReason
from network.forms.base import Form, at_least, chosen, enum_choices, length, required, strip
from network.services.connections import MOST_FILES, TEXT_LENGTH
from network.services.files import ACCEPT
from network.services.outcomes import OutcomeValues

FILES = _("PDF, docx, xlsx, pptx, PNG or JPG, at most 10 MB each.")
FILE_ERRORS = ("file_type", "file_content", "file_empty", "file_large", "too_many_files")
AGAIN = _("Choose the file again: a form that is sent back cannot keep it.")
FIGURES = re.compile(r"\d+|\d{1,3}(?:[.,\s]\d{3})+")
GREATEST = 10**15


class AmountField(IntegerField):
    """An amount in dong, in figures, with or without marks between the thousands."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        self.raw_data = [text]
        if not text:
            return
        if not FIGURES.fullmatch(text) or (amount := int(re.sub(r"\D", "", text))) > GREATEST:
            raise ValueError(_("Write the amount in dong in figures, for example 1.500.000.000."))
        self.data = amount

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:,}".replace(",", ".")


class WithFiles(Form):
    """A form with one file field. What is refused about a file is said at that field."""

    FILE_FIELD = "file"

    def refuse(self, error: Any, **fields: str) -> None:
        super().refuse(error, **{**dict.fromkeys(FILE_ERRORS, self.FILE_FIELD), **fields})

    def forget_files(self) -> None:
        """Before the form is shown again: browsers do not keep chosen files."""
        field = self[self.FILE_FIELD]
        files = field.data if isinstance(field.data, list) else [field.data]
        if any(getattr(file, "filename", "") for file in files) and not field.errors:
            field.errors = [AGAIN]


class MessageForm(WithFiles):
    FILE_FIELD = "files"
    text = TextAreaField(
        _("Your message"),
        [required(_("Write a message; a file alone says too little.")), length(max=TEXT_LENGTH)],
        filters=[strip],
    )
    files = MultipleFileField(
        _("Files"),
        description=_("Up to %(number)s. PDF, docx, xlsx, pptx, PNG or JPG, at most 10 MB each.", number=MOST_FILES),
        render_kw={"accept": ACCEPT},
    )


class EndForm(Form):
    reason = RadioField(
        _("Why does it end?"),
        [chosen(_("Choose why it ends: the other side reads it."))],
        choices=[choice for choice in enum_choices(EndReason) if choice.value != EndReason.NEED_MET.value],
    )
    note = TextAreaField(
        _("Anything to add"),
        [length(max=TEXT_LENGTH)],
        filters=[strip],
        description=_("The other side reads it. What would help next time?"),
    )


class AgreementForm(WithFiles):
    kind = RadioField(
        _("What kind of agreement?"),
        [chosen(_("Choose what kind of agreement it is."))],
        choices=enum_choices(AgreementKind),
    )
    agreed_on = DateField(_("Agreed on"), [required(_("Give the day."))])
    note = TextAreaField(
        _("In a few words"),
        [length(max=TEXT_LENGTH)],
        filters=[strip],
        description=_("What each side does, by when. Only the two sides read it."),
    )
    file = FileField(_("The signed paper"), description=FILES, render_kw={"accept": ACCEPT})


class ObjectionForm(Form):
    reason = TextAreaField(
        _("What is not right?"),
        [required(_("Say in a sentence what is not right: the other side reads it.")), length(max=TEXT_LENGTH)],
        filters=[strip],
    )


class OutcomeForm(WithFiles):
    kind = RadioField(_("What came of it?"), [chosen(_("Choose what came of it."))], choices=enum_choices(OutcomeKind))
    happened_on = DateField(_("Since when, or on which day?"), [required(_("Give the day."))])
    value = AmountField(
        _("Value in VND"),
        [Optional(), at_least(0)],
        description=_("In figures, for example 1.500.000.000. Leave it empty when there is none or it is secret."),
        render_kw={"inputmode": "numeric"},
    )
    evidence = TextAreaField(
        _("How can one see it?"),
        [
            required(_("Say in a sentence or two how one can see that it happened.")),
            length(max=TEXT_LENGTH),
        ],
        filters=[strip],
        description=_(
            "Number and day of a contract, where the pilot ran, what was measured. Only the two sides read it."
        ),
    )
    file = FileField(_("A paper that shows it"), description=FILES, render_kw={"accept": ACCEPT})
    publish = BooleanField(
        _("We agree that kind, month and names stand on both profiles for everybody"),
        description=_("Only if the other side agrees as well. Value, evidence and file are never shown."),
    )

    def values(self, file: Any) -> OutcomeValues:
        return OutcomeValues(
            OutcomeKind(self.kind.data), self.happened_on.data, self.evidence.data or "", self.value.data, file
        )


class CorrectionForm(OutcomeForm):
    why = TextAreaField(
        _("What was wrong before?"),
        [required(_("Say in a sentence what was wrong: both sides keep it.")), length(max=TEXT_LENGTH)],
        filters=[strip],
    )


class AnnulForm(Form):
    why = TextAreaField(
        _("Why should it not be counted?"),
        [required(_("Say in a sentence what was wrong: both sides keep it.")), length(max=TEXT_LENGTH)],
        filters=[strip],
    )


class ConfirmForm(Form):
    publish = BooleanField(
        _("We agree that kind, month and names stand on both profiles for everybody"),
        description=_("Only if the other side agrees as well. Value, evidence and file are never shown."),
    )


class DisputeForm(Form):
    reason = RadioField(
        _("What is not right?"),
        [chosen(_("Choose what is not right: the other side reads it."))],
        choices=enum_choices(DisputeReason),
    )
    note = TextAreaField(
        _("How was it, then?"),
        [length(max=TEXT_LENGTH)],
        filters=[strip],
        description=_("The other side reads it and can propose it anew."),
    )
