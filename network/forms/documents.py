"""A document of an organisation: what it is, who reads it, and its file."""

from typing import Self

from flask_babel import lazy_gettext as _
from wtforms import FileField, RadioField, SelectField, StringField

from models.documents import DocumentKind, DocumentLevel
from network.forms.base import chosen, enum_choices, length, optional_enum, strip
from network.forms.connections import FILES, WithFiles
from network.queries.documents import DocumentRow
from network.services.documents import TITLE_LENGTH
from network.services.files import ACCEPT


class DescribeForm(WithFiles):
    kind = SelectField(
        _("What it is"),
        [chosen()],
        choices=enum_choices(DocumentKind, _("Choose one.")),
        coerce=optional_enum(DocumentKind),
    )
    title = StringField(
        _("What readers see it called"),
        [length(max=TITLE_LENGTH)],
        filters=[strip],
        description=_("Without a title it is called by the name of its file."),
    )
    level = RadioField(
        _("Who may read it"), [chosen()], choices=enum_choices(DocumentLevel), coerce=optional_enum(DocumentLevel)
    )

    @classmethod
    def of(cls, row: DocumentRow) -> Self:
        return cls(data={"kind": row.kind, "title": row.title, "level": row.level})


class NewDocumentForm(DescribeForm):
    file = FileField(_("File"), [chosen(_("Choose a file."))], description=FILES, render_kw={"accept": ACCEPT})


class ReplaceForm(WithFiles):
    file = FileField(_("File"), [chosen(_("Choose a file."))], description=FILES, render_kw={"accept": ACCEPT})
