"""What a centre writes about its stand in the exhibition, and about what stands on it."""

from typing import Any, Self

from flask_babel import lazy_gettext as _
from wtforms import StringField, TextAreaField

from models import Stand
from models.texts import LANGUAGES, Bilingual
from network.forms.base import Form, TextsForm, length, strip
from network.services.stands import StandValues


class StandForm(TextsForm):
    EITHER = ("theme",)

    theme_vi = StringField(_("Theme in Vietnamese"), [length(max=120)], filters=[strip])
    theme_en = StringField(_("Theme in English"), [length(max=120)], filters=[strip])
    welcome_vi = TextAreaField(_("Welcome in Vietnamese"), [length(max=1000)], filters=[strip])
    welcome_en = TextAreaField(_("Welcome in English"), [length(max=1000)], filters=[strip])

    @classmethod
    def of(cls, stand: Stand | None = None) -> Self:
        """The form as sent or, before that, with what the stand says so far."""
        return cls(data=_data(stand) if stand else None)

    def values(self) -> StandValues:
        return StandValues(
            Bilingual(self.theme_vi.data, self.theme_en.data), Bilingual(self.welcome_vi.data, self.welcome_en.data)
        )


def _data(stand: Stand) -> dict[str, Any]:
    return {
        f"{name}_{code}": getattr(getattr(stand, name), code) for name in ("theme", "welcome") for code in LANGUAGES
    }


class CaptionForm(Form):
    caption_vi = StringField(_("Caption in Vietnamese"), [length(max=160)], filters=[strip])
    caption_en = StringField(_("Caption in English"), [length(max=160)], filters=[strip])

    @property
    def caption(self) -> Bilingual:
        return Bilingual(self.caption_vi.data, self.caption_en.data)
