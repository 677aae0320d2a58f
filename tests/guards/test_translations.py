"""Every string of the interface exists in Vietnamese, with the same placeholders."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import ngettext

from network.i18n import speaking

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


NUMBERS = (0, 1, 2, 3, 5, 11, 21, 100)


def plurals(catalog: Catalog) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    """Both English forms of every counted message, and its Vietnamese forms."""
    found = []
    for message in catalog:
        if message.id and isinstance(message.id, tuple | list):
            strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
            found.append(((message.id[0], message.id[1]), tuple(strings)))
    return found


def test_counted_messages_have_two_forms_in_english_and_one_in_vietnamese(vietnamese: Catalog) -> None:
    assert vietnamese.num_plurals == 1
    counted = plurals(vietnamese)
    assert len(counted) > 50
    wrong = [ids for ids, strings in counted if len(strings) != 1 or not strings[0]]
    assert wrong == []
    # The singular is for one: it may leave the number out, but names nothing that the plural does not.
    strange = [ids for ids, _ in counted if set(PLACEHOLDER.findall(ids[0])) - set(PLACEHOLDER.findall(ids[1]))]
    assert strange == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_number_chooses_the_form_of_the_language(app: Flask, vietnamese: Catalog, language: str) -> None:
    wrong = []
    with app.app_context(), speaking(language):
        for (one, many), strings in plurals(vietnamese):
            wanted = {name for names in PLACEHOLDER.findall(many) for name in names if name}
            for number in NUMBERS:
                values = {**dict.fromkeys(wanted, "x"), "num": number}
                form = strings[0] if language == "vi" else one if number == 1 else many
                said = ngettext(one, many, number, **{k: v for k, v in values.items() if k != "num"})
                if said != form % values:
                    wrong.append((number, one, said))
    assert wrong == []
