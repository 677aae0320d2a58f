"""What managers send about the people of their organisation, and what the invited and the claimants send."""

from collections.abc import Collection
from typing import Any, Self

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, PasswordField, RadioField, SelectChoice, StringField, TextAreaField

from models.types import MembershipRole
from network.forms.accounts import LANGUAGE_CHOICES, PASSWORD_HINT
from network.forms.base import Form, chosen, email, length, required, strip
from network.i18n import wording
from network.services.claims import REASON_LENGTH

ROLE_HINT = _("Members read everything and write drafts. Managers also publish, answer others and invite people.")
REVIEWER_HINT = _("Reviewers of a centre read applications without names, and nothing of its talks with others.")


class RoleForm(Form):
    role = RadioField(_("Role"), [chosen()], default=MembershipRole.MEMBER.value, description=ROLE_HINT)

    @classmethod
    def of(cls, roles: Collection[MembershipRole], **data: Any) -> Self:
        """The form for the roles that can be given here."""
        form = cls(**data)
        form.role.choices = [SelectChoice(role.value, wording(role)) for role in roles]
        if MembershipRole.REVIEWER in roles:
            form.role.description = f"{ROLE_HINT} {REVIEWER_HINT}"
        return form

    def chosen_role(self) -> MembershipRole:
        return MembershipRole(self.role.data)


class InviteManagerForm(Form):
    """What a coordinator sends for an organisation that nobody manages."""

    name = StringField(_("Name"), [required(), length(max=120)], filters=[strip])
    email = EmailField(_("E-mail address"), [required(), email(), length(max=254)], filters=[strip])
    language = RadioField(_("Language of the mail"), [chosen()], choices=LANGUAGE_CHOICES)


class InviteForm(InviteManagerForm, RoleForm):
    """What a manager sends."""


class JoinForm(Form):
    """An account for the invited address, which is not asked for once more."""

    name = StringField(_("Your name"), [required(), length(max=120)], filters=[strip])
    password = PasswordField(_("Password"), [required(), length(10, 200)], description=PASSWORD_HINT)
    consent = BooleanField(
        _("I agree that the network keeps my name, my e-mail address and what I do on this site."),
        [chosen(_("Without your consent we may not keep your data, and cannot open an account."))],
        description=_(
            "We use these data only to run your account and to connect your organisation with others. You may see, "
            "correct, download and delete them at any time, on the page of your account. These are your rights under "
            "the Personal Data Protection Law, 91/2025/QH15."
        ),
    )


class ClaimForm(Form):
    reason = TextAreaField(
        _("How do you belong to it?"),
        [required(_("Say in one or two sentences how you belong to the organisation.")), length(20, REASON_LENGTH)],
        filters=[strip],
        description=_(
            "Your position, and how a coordinator can check it: for example a telephone number on the organisation's "
            "own website."
        ),
    )
