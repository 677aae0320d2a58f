"""What an organisation says of an offer, and what offers share with technologies."""

from typing import Any, Self

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from models import Offer, Technology
from models.texts import LANGUAGES, Bilingual
from models.types import OfferKind, Stage, Visibility
from network.forms.base import (
    MultiCheckbox,
    TextsForm,
    at_least,
    chosen,
    district_choices,
    enum_choices,
    field_choices,
    length,
    optional_int,
    strip,
)
from network.i18n import LANGUAGE_NAMES, TRL_LABELS


def trl_choices() -> list[tuple[str, Any]]:
    return [("", _("Not known or not relevant")), *((str(n), f"{n} – {name}") for n, name in TRL_LABELS.items())]


class SupplyForm(TextsForm):
    title_vi = StringField(_("Title in Vietnamese"), [length(max=200)], filters=[strip])
    title_en = StringField(_("Title in English"), [length(max=200)], filters=[strip])
    summary_vi = TextAreaField(_("Description in Vietnamese"), [length(max=2000)], filters=[strip])
    summary_en = TextAreaField(_("Description in English"), [length(max=2000)], filters=[strip])
    details_vi = TextAreaField(_("Details in Vietnamese"), [length(max=8000)], filters=[strip])
    details_en = TextAreaField(_("Details in English"), [length(max=8000)], filters=[strip])
    fields = MultiCheckbox(_("Fields"), description=_("Open a group and choose one to three fields."))
    visibility = RadioField(
        _("Who may read it once it is published?"),
        [chosen()],
        choices=enum_choices(Visibility),
        default=Visibility.PUBLIC.value,
        description=_("The details are for verified members in any case."),
    )
    TEXTS: tuple[str, ...] = ("title", "summary", "details")
    PLAIN: tuple[str, ...] = ()

    @classmethod
    def of(cls, session: Session, entry: Offer | Technology | None = None) -> Self:
        """The form as sent or, before that, with what the entry says so far."""
        form = cls(data=cls._data(entry) if entry else None)
        form.fields.choices = field_choices(session)
        return form

    @classmethod
    def _data(cls, entry: Offer | Technology) -> dict[str, Any]:
        said = {name: getattr(entry, name) or Bilingual() for name in cls.TEXTS}
        texts = {f"{name}_{code}": getattr(text, code) for name, text in said.items() for code in LANGUAGES}
        plain = {name: getattr(entry, name) for name in cls.PLAIN}
        return {
            **texts,
            **plain,
            "fields": [field.code for field in entry.fields],
            "visibility": entry.visibility.value,
        }

    def values(self) -> dict[str, Any]:
        texts = {
            name: Bilingual(self[f"{name}_vi"].data or None, self[f"{name}_en"].data or None) for name in self.TEXTS
        }
        return {
            **texts,
            **{name: self[name].data for name in self.PLAIN},
            "visibility": Visibility(self.visibility.data),
        }


class OfferForm(SupplyForm):
    kind = SelectField(_("Kind of help"), [chosen()], choices=enum_choices(OfferKind), coerce=OfferKind)
    stages = MultiCheckbox(_("For which stages"), choices=enum_choices(Stage), description=_("None means all."))
    trl_min = SelectField(_("Technology readiness from"), choices=trl_choices, coerce=optional_int)
    trl_max = SelectField(_("Technology readiness up to"), choices=trl_choices, coerce=optional_int)
    capacity = IntegerField(_("Teams at a time"), [Optional(), at_least(0)])
    languages = MultiCheckbox(_("Languages"), choices=list(LANGUAGE_NAMES.items()))
    district = SelectField(
        _("District"), choices=lambda: district_choices(_("Anywhere")), coerce=lambda code: code or None
    )
    PLAIN = ("kind", "stages", "trl_min", "trl_max", "capacity", "languages", "district")

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        low, high = self.trl_min.data, self.trl_max.data
        if low and high and low > high:
            self.trl_max.errors = [*self.trl_max.errors, _("This must not be below the level it begins with.")]
            return False
        if bool(low) != bool(high):
            self.trl_min.data, self.trl_max.data = low or 1, high or 9
        return valid
