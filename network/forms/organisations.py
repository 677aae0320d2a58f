"""The profile of an organisation as its managers write it: what all share, and what each kind adds."""

from collections.abc import Collection, Mapping
from typing import Any, Self

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from models import Organisation
from models.errors import DomainError
from models.texts import LANGUAGES, Bilingual
from models.types import (
    EnterpriseSize,
    InstituteKind,
    InvestorType,
    OfferKind,
    OrganisationKind,
    PartnerKind,
    Stage,
)
from network.forms.base import (
    Form,
    MultiCheckbox,
    at_least,
    between,
    district_choices,
    enum_choices,
    field_choices,
    length,
    optional_enum,
    strip,
)
from network.services.organisations import ProfileValues

NOT_SAID = _("Not said")
TEXTS = ("name", "summary", "description")


class ProfileForm(Form):
    """`pairs` and `single` name the fields that the kind of organisation adds, in two languages or in one."""

    pairs: tuple[str, ...] = ()
    single: tuple[str, ...] = ()
    organisation: Organisation

    name_vi = StringField(_("Name in Vietnamese"), [length(max=200)], filters=[strip])
    name_en = StringField(_("Name in English"), [length(max=200)], filters=[strip])
    summary_vi = TextAreaField(_("Summary in Vietnamese"), [length(max=600)], filters=[strip])
    summary_en = TextAreaField(_("Summary in English"), [length(max=600)], filters=[strip])
    description_vi = TextAreaField(_("Description in Vietnamese"), [length(max=8000)], filters=[strip])
    description_en = TextAreaField(_("Description in English"), [length(max=8000)], filters=[strip])
    fields = MultiCheckbox(_("Fields"), description=_("Open a group and choose the fields you work in."))
    district = SelectField(
        _("District"),
        choices=lambda: district_choices(NOT_SAID),
        coerce=lambda code: code or None,
        description=_("By the names in use before July 2025."),
    )
    address = StringField(_("Address"), [length(max=300)], filters=[strip])
    website = StringField(_("Website"), [length(max=300)], filters=[strip], description=_("It begins with https://"))
    founded_year = IntegerField(_("Founded in the year"), [Optional(), between(1800, 2100)])

    @classmethod
    def of(cls, session: Session, organisation: Organisation, parts: Collection[str] | None = None) -> Self:
        """The form as sent or, before that, with the profile as it is. With `parts`, only the fields of these."""
        form = cls(data=_data(organisation, cls))
        form.organisation = organisation
        if parts is not None:
            wanted = {*parts, *(f"{name}_{code}" for name in parts for code in LANGUAGES)}
            for name in [name for name in form._fields if name not in wanted]:
                del form[name]
        if "fields" in form:
            form.fields.choices = field_choices(session)
        return form

    def values(self) -> ProfileValues:
        """The whole profile: what is not asked for here stays as it is."""
        own = {name: self._pair(name) for name in self.pairs} | {name: self._one(name) for name in self.single}
        chosen = self.fields.data or () if "fields" in self else [field.code for field in self.organisation.fields]
        return ProfileValues(
            name=self._pair("name"),
            summary=self._pair("summary"),
            description=self._pair("description"),
            fields=tuple(chosen),
            district=self._one("district"),
            address=self._one("address"),
            website=self._one("website"),
            founded_year=self._one("founded_year"),
            of_kind=own,
        )

    def _one(self, name: str) -> Any:
        return self[name].data if name in self else getattr(self.organisation, name)

    def _pair(self, name: str) -> Bilingual:
        if f"{name}_vi" not in self:
            return getattr(self.organisation, name) or Bilingual()
        return Bilingual(self[f"{name}_vi"].data, self[f"{name}_en"].data)

    def refuse(self, error: DomainError, **fields: str) -> None:
        super().refuse(error, **{code: name for code, name in fields.items() if name in self})


def _data(organisation: Organisation, form: type[ProfileForm]) -> dict[str, Any]:
    texts = {
        f"{name}_{code}": getattr(getattr(organisation, name) or Bilingual(), code)
        for name in (*TEXTS, *form.pairs)
        for code in LANGUAGES
    }
    single = {name: getattr(organisation, name) for name in form.single}
    shared = {name: getattr(organisation, name) for name in ("district", "address", "website", "founded_year")}
    return {**texts, **single, **shared, "fields": [field.code for field in organisation.fields]}


class CentreForm(ProfileForm):
    single = ("investor_type", "services", "capacity", "staff_count", "reply_days")

    investor_type = SelectField(
        _("Who invests in it"), choices=enum_choices(InvestorType, NOT_SAID), coerce=optional_enum(InvestorType)
    )
    services = MultiCheckbox(_("Services"), choices=enum_choices(OfferKind))
    capacity = IntegerField(
        _("Places"), [Optional(), at_least(0)], description=_("How many teams it can take in at a time.")
    )
    staff_count = IntegerField(_("Staff"), [Optional(), at_least(0)])
    reply_days = IntegerField(
        _("Days to reply"),
        [Optional(), between(1, 60)],
        description=_("How soon you promise to answer an expression of interest."),
    )


class EnterpriseForm(ProfileForm):
    pairs = ("products",)
    single = ("size",)

    products_vi = TextAreaField(_("Products in Vietnamese"), [length(max=2000)], filters=[strip])
    products_en = TextAreaField(_("Products in English"), [length(max=2000)], filters=[strip])
    size = SelectField(_("Size"), choices=enum_choices(EnterpriseSize, NOT_SAID), coerce=optional_enum(EnterpriseSize))


class StartupForm(ProfileForm):
    single = ("stage", "team_size", "seeking")

    stage = SelectField(_("How far you are"), choices=enum_choices(Stage, NOT_SAID), coerce=optional_enum(Stage))
    team_size = IntegerField(_("People in the team"), [Optional(), at_least(1)])
    seeking = MultiCheckbox(
        _("Looking for"),
        choices=enum_choices(OfferKind),
        description=_("In general. What you look for in particular belongs in a need."),
    )


class InstituteForm(ProfileForm):
    pairs = ("transfer_office",)
    single = ("institute_kind",)

    institute_kind = SelectField(_("What it is"), choices=enum_choices(InstituteKind), coerce=InstituteKind)
    transfer_office_vi = StringField(_("Transfer office in Vietnamese"), [length(max=300)], filters=[strip])
    transfer_office_en = StringField(_("Transfer office in English"), [length(max=300)], filters=[strip])


class PartnerForm(ProfileForm):
    pairs = ("ticket",)
    single = ("partner_kind",)

    partner_kind = SelectField(_("What it is"), choices=enum_choices(PartnerKind), coerce=PartnerKind)
    ticket_vi = StringField(_("Usual contribution in Vietnamese"), [length(max=300)], filters=[strip])
    ticket_en = StringField(_("Usual contribution in English"), [length(max=300)], filters=[strip])


PROFILE_FORMS: Mapping[OrganisationKind, type[ProfileForm]] = {
    OrganisationKind.CENTRE: CentreForm,
    OrganisationKind.ENTERPRISE: EnterpriseForm,
    OrganisationKind.STARTUP: StartupForm,
    OrganisationKind.INSTITUTE: InstituteForm,
    OrganisationKind.PARTNER: PartnerForm,
}
