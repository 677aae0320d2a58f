"""What use cases do with the words people type, whatever entry they are for."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Field, Organisation
from models.base import Provenanced
from models.errors import Invalid
from models.texts import Bilingual
from models.types import Provenance


def cleaned(text: Bilingual, *, one_line: bool = False) -> Bilingual:
    """Without white space at the ends, line ends as one character; an empty text counts as missing."""
    return Bilingual(_clean(text.vi, one_line), _clean(text.en, one_line))


def _clean(text: str | None, one_line: bool) -> str | None:
    if text is None:
        return None
    return (" ".join(text.split()) if one_line else text.replace("\r\n", "\n").strip()) or None


def fields_named(session: Session, codes: Iterable[str]) -> list[Field]:
    """The fields with these codes. Raises Invalid for a code that does not exist."""
    wanted = set(codes)
    if not wanted:
        return []
    fields = list(session.scalars(sa.select(Field).where(Field.code.in_(wanted)).order_by(Field.code)))
    if len(fields) != len(wanted):
        raise Invalid("unknown_field")
    return fields


def in_one_language(title: Bilingual, text: Bilingual, missing: str) -> None:
    """Raises Invalid unless one language has both; `missing` is the code for a text that is not there at all."""
    title, text = cleaned(title), cleaned(text)
    if not title:
        raise Invalid("title_missing")
    if not text:
        raise Invalid(missing)
    if not (title.vi and text.vi) and not (title.en and text.en):
        raise Invalid("languages_apart")


def provenance_of(organisation: Organisation) -> Provenance:
    """Of what an organisation adds: what an illustrative organisation adds stays marked as illustrative."""
    illustrative = organisation.provenance is Provenance.ILLUSTRATIVE
    return Provenance.ILLUSTRATIVE if illustrative else Provenance.SELF_DECLARED


def stated_by_owner(entry: Provenanced) -> None:
    """What its owner has rewritten is no longer what a public page says. Examples stay examples."""
    if entry.provenance is Provenance.PUBLIC_SOURCE:
        entry.provenance, entry.uncertain = Provenance.SELF_DECLARED, False
