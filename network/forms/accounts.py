"""What a person sends about their own account."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, PasswordField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import ValidationError

from models.texts import LANGUAGES
from models.types import OrganisationKind
from network.forms.base import Form, chosen, email, enum_choices, length, required, strip
from network.i18n import LANGUAGE_NAMES

NO_ORGANISATION = "none"
LANGUAGE_CHOICES = [SelectChoice(code, LANGUAGE_NAMES[code]) for code in LANGUAGES]
PASSWORD_HINT = _("At least 10 characters. A few words that only you would put together are easy to keep in mind.")


class SignInForm(Form):
    email = EmailField(_("E-mail address"), [required(), length(max=254)], filters=[strip])
    password = PasswordField(_("Password"), [required(), length(max=200)])
    remember = BooleanField(_("Keep me signed in on this device"))


class SignUpForm(Form):
    name = StringField(_("Your name"), [required(), length(max=120)], filters=[strip])
    email = EmailField(_("E-mail address"), [required(), email(), length(max=254)], filters=[strip])
    password = PasswordField(_("Password"), [required(), length(10, 200)], description=PASSWORD_HINT)
    organisation_kind = RadioField(
        _("What do you join with?"),
        [chosen()],
        choices=[*enum_choices(OrganisationKind), SelectChoice(NO_ORGANISATION, _("Without an organisation for now"))],
    )
    organisation_name = StringField(
        _("Name of the organisation"),
        [length(max=200)],
        filters=[strip],
        description=_("As in its registration. Leave it empty when you join without an organisation."),
    )
    organisation_summary = TextAreaField(
        _("What it does"),
        [length(max=600)],
        filters=[strip],
        description=_("One or two sentences that everybody may read. You can improve them later."),
    )
    consent = BooleanField(
        _("I agree that the network keeps my name, my e-mail address and what I do on this site."),
        [chosen(_("Without your consent we may not keep your data, and cannot open an account."))],
        description=_(
            "We use these data only to run your account and to connect your organisation with others. You may see, "
            "correct, download and delete them at any time, on the page of your account. These are your rights under "
            "the Personal Data Protection Law, 91/2025/QH15."
        ),
    )

    def entry(self) -> dict[str, Any]:
        """What `network.services.accounts.sign_up` takes from the form."""
        kind = self.organisation_kind.data
        return {
            "name": self.name.data,
            "email": self.email.data,
            "password": self.password.data,
            "consent": self.consent.data,
            "organisation_kind": None if kind == NO_ORGANISATION else OrganisationKind(kind),
            "organisation_name": self.organisation_name.data or "",
            "organisation_summary": self.organisation_summary.data or "",
        }

    def validate_organisation_name(self, field: StringField) -> None:
        if self.organisation_kind.data not in (None, NO_ORGANISATION) and not field.data:
            raise ValidationError(_("Write the name of your organisation."))


class AccountForm(Form):
    name = StringField(_("Your name"), [required(), length(max=120)], filters=[strip])
    language = RadioField(_("Language of the mails to you"), [chosen()], choices=LANGUAGE_CHOICES)


class PasswordForm(Form):
    old = PasswordField(_("Present password"), [required(), length(max=200)])
    new = PasswordField(_("New password"), [required(), length(10, 200)], description=PASSWORD_HINT)


class ForgottenForm(Form):
    email = EmailField(_("E-mail address"), [required(), email(), length(max=254)], filters=[strip])


class NewPasswordForm(Form):
    new = PasswordField(_("New password"), [required(), length(10, 200)], description=PASSWORD_HINT)


class EmailForm(Form):
    new_email = EmailField(
        _("New e-mail address"),
        [required(), email(), length(max=254)],
        filters=[strip],
        description=_("A mail goes there. The address changes when you open the link in it."),
    )
    password = PasswordField(_("Password"), [required(), length(max=200)])


class EraseForm(Form):
    password = PasswordField(_("Password"), [required(), length(max=200)])
