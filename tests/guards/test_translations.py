"""Every string of the interface exists in Vietnamese, with the same placeholders."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

PLACEHOLDER = re.compile(r"%\((\w+)\)s|%\((\w+)\)d|\{(\w*)\}")


@pytest.fixture(scope="module")
def vietnamese() -> Catalog:
    path = Path(__file__).parents[2] / "network" / "translations" / "vi" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale="vi")


def test_no_string_of_the_site_is_missing(vietnamese: Catalog, root: Path, tmp_path: Path) -> None:
    template = tmp_path / "messages.pot"
    keywords = ["-k", "lazy_gettext", "-k", "lazy_ngettext:1,2"]
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg", *keywords]
    subprocess.run([*command, "-o", str(template), "."], cwd=root, check=True, capture_output=True)
    with template.open("rb") as file:
        wanted = [message for message in read_po(file) if message.id]
    assert len(wanted) > 300
    assert [m.id for m in wanted if not _translated(vietnamese.get(m.id, m.context))] == []


def _translated(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(strings)


def test_translations_keep_their_placeholders(vietnamese: Catalog) -> None:
    wrong = []
    for message in vietnamese:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wanted = {name for text in ids for name in PLACEHOLDER.findall(text)}
        # The plural form carries every placeholder; a singular may leave the number out.
        if any(set(PLACEHOLDER.findall(text)) != wanted for text in strings[-1:]):
            wrong.append(message.id)
    assert wrong == []


def test_no_translation_is_left_over(vietnamese: Catalog) -> None:
    assert list(vietnamese.obsolete) == []
