"""What an institute says of a technology. Amounts and shares keep what was typed, and tell what they were read as."""

from collections.abc import Callable
from typing import Any, Self

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from sqlalchemy.orm import Session
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from models import Technology
from models.errors import Invalid
from models.technologies import Owner, PriceBasis
from models.texts import LANGUAGES, Bilingual
from models.types import IpStatus, IpType, TransferForm
from network.errors import message
from network.forms.base import Form, MultiCheckbox, enum_choices, length, optional_enum, optional_int, strip
from network.forms.supply import SupplyForm, trl_choices
from network.services import technology_values
from network.services.pictures import MOST_ALT
from network.services.technology_rows import LONGEST, PLAIN_LONGEST
from network.services.technology_values import MOST_OWNERS

FEWEST_ROWS, MORE_ROWS = 2, 3


class WrittenField(StringField):
    """Shows again what was typed; `value` is what it was read as."""

    def __init__(self, label: Any, reads: Callable[[str | None], Any], **more: Any) -> None:
        super().__init__(label, [length(max=60)], filters=[strip], **more)
        self.reads, self.value = reads, None

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        try:
            self.value = self.reads(self.data)
        except Invalid as error:
            raise ValidationError(message(error)) from error


def _text(label: Any, name: str) -> TextAreaField:
    return TextAreaField(label, [length(max=LONGEST[name])], filters=[strip])


def _line(label: Any, most: int, **more: Any) -> StringField:
    return StringField(label, [length(max=most)], filters=[strip], **more)


class TechnologyForm(SupplyForm):
    reference = _line(
        _("Your own number"), PLAIN_LONGEST["reference"], description=_("As in your records. Only you see it.")
    )
    trl = SelectField(_("Technology readiness level (TRL)"), choices=trl_choices, coerce=optional_int)
    evidence_vi = _text(_("Evidence in Vietnamese"), "evidence")
    evidence_en = _text(_("Evidence in English"), "evidence")
    ready_for_vi = _text(_("Ready for what, in Vietnamese"), "ready_for")
    ready_for_en = _text(_("Ready for what, in English"), "ready_for")
    ip_type = SelectField(_("Protection"), choices=enum_choices(IpType, _("Not said")), coerce=optional_enum(IpType))
    ip_number = _line(
        _("Number of the right"), PLAIN_LONGEST["ip_number"], description=_("Of the application or of the grant.")
    )
    ip_status = SelectField(
        _("State of the protection"), choices=enum_choices(IpStatus, _("Not said")), coerce=optional_enum(IpStatus)
    )
    ip_territory = WrittenField(
        _("Protected in"),
        technology_values.territories,
        description=_("Country codes, for example VN, US; WO for an international application."),
    )
    owner_rows = HiddenField()
    transfer_form = SelectField(
        _("Preferred form of transfer"),
        choices=enum_choices(TransferForm, _("Not said")),
        coerce=optional_enum(TransferForm),
    )
    other_forms = MultiCheckbox(_("Also possible"), choices=enum_choices(TransferForm))
    price_basis = SelectField(
        _("Price"), choices=enum_choices(PriceBasis, _("Not said")), coerce=optional_enum(PriceBasis)
    )
    price_low = WrittenField(_("From"), technology_values.amount, description=_("In dong: 1.500.000.000 or 1,5 tỷ."))
    price_high = WrittenField(_("Up to"), technology_values.amount, description=_("Empty if there is one amount."))
    price_note_vi = _line(_("Remark on the price, in Vietnamese"), LONGEST["price_note"])
    price_note_en = _line(_("Remark on the price, in English"), LONGEST["price_note"])
    confidential_vi = _text(_("Confidential, in Vietnamese"), "confidential")
    confidential_en = _text(_("Confidential, in English"), "confidential")

    TEXTS = ("title", "summary", "evidence", "ready_for", "price_note", "details", "confidential")
    PLAIN = ("trl", "ip_type", "ip_number", "ip_status", "price_basis")

    @classmethod
    def of(cls, session: Session, entry: Any = None) -> Self:
        form = super().of(session, entry)
        form.owner_count = form._count()
        return form

    owner_count: int

    @classmethod
    def _data(cls, entry: Any) -> dict[str, Any]:
        assert isinstance(entry, Technology)
        amounts = {name: getattr(entry, name) for name in ("price_low", "price_high")}
        rows: dict[str, Any] = {}
        for n, owner in enumerate(entry.owners, start=1):
            rows |= {f"owner_{n}": owner.name, f"share_{n}": f"{owner.share / 100:g}" if owner.share else ""}
        return {
            **super()._data(entry),
            **{name: "" if n is None else f"{n:,}".replace(",", ".") for name, n in amounts.items()},
            **rows,
            "reference": entry.reference,
            "ip_territory": entry.ip_territory,
            "transfer_form": entry.transfer_form,
            "other_forms": [form.value for form in entry.transfer_forms[1:]],
        }

    def values(self) -> dict[str, Any]:
        forms = (self.transfer_form.data, *(TransferForm(form) for form in self.other_forms.data or ()))
        pairs = [(self[f"owner_{n}"].data or "", self[f"share_{n}"].value) for n in range(1, MOST_OWNERS + 1)]
        return {
            **super().values(),
            "reference": self.reference.data or None,
            "ip_number": self.ip_number.data or None,
            "ip_territory": self.ip_territory.value,
            "owners": tuple(Owner(" ".join(name.split()), share) for name, share in pairs if name or share),
            "transfer_forms": tuple(form for form in forms if form),
            "price_low": self.price_low.value,
            "price_high": self.price_high.value,
        }

    @property
    def owners(self) -> list[tuple[Any, Any]]:
        """The rows that are shown: name and share."""
        return [(self[f"owner_{n}"], self[f"share_{n}"]) for n in range(1, self.owner_count + 1)]

    def show_more_owners(self) -> None:
        self.owner_count = min(self.owner_count + MORE_ROWS, MOST_OWNERS)

    def _count(self) -> int:
        """As many rows as were shown before, and one that is free."""
        filled = [n for n in range(1, MOST_OWNERS + 1) if self[f"owner_{n}"].data or self[f"share_{n}"].data]
        shown = int(self.owner_rows.data) if str(self.owner_rows.data or "").isdigit() else 0
        return min(max(FEWEST_ROWS, shown, max(filled, default=0) + 1), MOST_OWNERS)


for _number in range(1, MOST_OWNERS + 1):
    setattr(TechnologyForm, f"owner_{_number}", _line(_("Owner %(number)s", number=_number), 200))
    setattr(
        TechnologyForm,
        f"share_{_number}",
        WrittenField(_("Share of owner %(number)s in %%", number=_number), technology_values.share),
    )


class PictureForm(Form):
    """A file, and what is to be seen on it; the words may follow later."""

    file = FileField(_("Picture file"))
    alt_vi = _line(_("What is to be seen, in Vietnamese"), MOST_ALT)
    alt_en = _line(_("What is to be seen, in English"), MOST_ALT)

    def alt(self) -> Bilingual:
        return Bilingual(*(self[f"alt_{code}"].data or None for code in LANGUAGES))


class SheetForm(Form):
    file = FileField(_("Spreadsheet file"))
