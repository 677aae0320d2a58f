"""What an organisation writes about a need, and why it closes one."""

from typing import Any, Self

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from models import Need, NeedDraft
from models.texts import LANGUAGES, Bilingual
from models.types import CloseReason, OfferKind, Stage, Visibility
from network.forms.base import (
    Form,
    MultiCheckbox,
    TextsForm,
    at_least,
    chosen,
    district_choices,
    enum_choices,
    field_choices,
    length,
    optional_enum,
    optional_int,
    strip,
)
from network.i18n import TRL_LABELS, language
from network.services.needs import NeedValues

MILLION = 10**6
LONGEST = 10_000  # characters kept of a field that somebody has begun


def trl_choices() -> list[tuple[str, Any]]:
    return [("", _("Not known or not relevant")), *((str(n), f"{n} – {name}") for n, name in TRL_LABELS.items())]


class NeedForm(TextsForm):
    title_vi = StringField(_("Title in Vietnamese"), [length(max=200)], filters=[strip])
    title_en = StringField(_("Title in English"), [length(max=200)], filters=[strip])
    summary_vi = TextAreaField(_("Description in Vietnamese"), [length(max=2000)], filters=[strip])
    summary_en = TextAreaField(_("Description in English"), [length(max=2000)], filters=[strip])
    details_vi = TextAreaField(_("Details in Vietnamese"), [length(max=8000)], filters=[strip])
    details_en = TextAreaField(_("Details in English"), [length(max=8000)], filters=[strip])
    kinds = MultiCheckbox(
        _("What kind of help?"),
        choices=enum_choices(OfferKind),
        description=_("Choose all that would do. Leave it open if you do not know."),
    )
    fields = MultiCheckbox(_("Fields"), description=_("Open a group and choose one to three fields."))
    stage = SelectField(_("How far you are"), choices=enum_choices(Stage, _("Not said")), coerce=optional_enum(Stage))
    trl = SelectField(_("Technology readiness level (TRL)"), choices=trl_choices, coerce=optional_int)
    district = SelectField(
        _("Where the help is needed"), choices=lambda: district_choices(_("Anywhere")), coerce=lambda code: code or None
    )
    budget = IntegerField(
        _("Budget in million VND"),
        [Optional(), at_least(0)],
        description=_("For example 150. Whoever reads the need sees it."),
    )
    needed_by = DateField(_("Needed by"), [Optional()])
    visibility = RadioField(
        _("Who may read it once it is published?"),
        [chosen()],
        choices=enum_choices(Visibility),
        default=Visibility.PUBLIC.value,
        description=_("The details are for verified members in any case."),
    )

    @classmethod
    def of(cls, session: Session, need: Need | None = None, question: str = "", draft: NeedDraft | None = None) -> Self:
        """The form as sent or, before that, as somebody has left it, or with what the need says, or with a question."""
        data = _data(need) if need else {f"summary_{language()}": question[:2000]}
        form = cls(formdata=MultiDict(draft.values)) if draft else cls(data=data)
        form.fields.choices = field_choices(session)
        return form

    def typed(self) -> dict[str, list[str]]:
        """What stands in the fields, right or wrong, to be kept. Fields left empty are left out."""
        sent = {name: [str(value)[:LONGEST] for value in field.raw_data or ()] for name, field in self._fields.items()}
        return {name: values for name in sent if (values := [value for value in sent[name] if value.strip()][:50])}

    def differs(self, need: Need) -> bool:
        """Whether anything but white space has been changed."""
        return self._said() != type(self)(formdata=None, data=_data(need))._said()

    def _said(self) -> dict[str, Any]:
        said = {name: field.data for name, field in self._fields.items()}
        return {
            name: sorted(value) if isinstance(value, list) else str(value).split()
            for name, value in said.items()
            if value not in (None, "", [])
        }

    def so_far(self) -> NeedValues:
        """As `values`, of a form that is not finished: what cannot be read counts as not said."""
        if self.visibility.data not in set(Visibility):
            self.visibility.data = Visibility.PUBLIC.value
        self.kinds.data = [kind for kind in self.kinds.data or () if kind in set(OfferKind)]
        self.fields.data = [code for code in self.fields.data or () if code.isascii() and code.isdigit()]
        return self.values()

    def values(self) -> NeedValues:
        return NeedValues(
            title=Bilingual(self.title_vi.data, self.title_en.data),
            summary=Bilingual(self.summary_vi.data, self.summary_en.data),
            details=Bilingual(self.details_vi.data, self.details_en.data),
            kinds=tuple(OfferKind(kind) for kind in self.kinds.data or ()),
            fields=tuple(self.fields.data or ()),
            stage=self.stage.data,
            trl=self.trl.data,
            district=self.district.data,
            budget_vnd=None if self.budget.data is None else self.budget.data * MILLION,
            needed_by=self.needed_by.data,
            visibility=Visibility(self.visibility.data),
        )


def _data(need: Need) -> dict[str, Any]:
    texts = {
        f"{name}_{code}": getattr(getattr(need, name), code)
        for name in ("title", "summary", "details")
        for code in LANGUAGES
    }
    return {
        **texts,
        "kinds": [kind.value for kind in need.kinds],
        "fields": [field.code for field in need.fields],
        "stage": need.stage,
        "trl": need.trl,
        "district": need.district,
        "budget": None if need.budget_vnd is None else need.budget_vnd // MILLION,
        "needed_by": need.needed_by,
        "visibility": need.visibility.value,
    }


class CloseForm(Form):
    reason = RadioField(_("Why do you close it?"), [chosen()], choices=enum_choices(CloseReason))

    @property
    def chosen(self) -> CloseReason:
        return CloseReason(self.reason.data)
