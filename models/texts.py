"""Texts in Vietnamese and English side by side, and the folding that lets `uom tao` find `ươm tạo`."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")


@dataclass(frozen=True)
class Bilingual:
    """One text in both languages; either may be missing."""

    vi: str | None = None
    en: str | None = None

    def pick(self, language: str) -> tuple[str, Language | None]:
        """The text in `language`, else in the other one, with the language it is in.

        Returns ("", None) when both are missing.
        """
        wanted, other = (("vi", self.vi), ("en", self.en)) if language == "vi" else (("en", self.en), ("vi", self.vi))
        for code, text in (wanted, other):
            if text:
                return text, code  # type: ignore[return-value]
        return "", None

    def __bool__(self) -> bool:
        return bool(self.vi or self.en)


def fold(text: str) -> str:
    """Lower case without tone and vowel marks: 'Ươm tạo Đổi mới' -> 'uom tao doi moi'."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def slugify(text: str) -> str:
    """A part of an address: ascii letters, digits and single hyphens, at most 80 characters."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in fold(text)).split()
    return "-".join(words)[:80].strip("-")
