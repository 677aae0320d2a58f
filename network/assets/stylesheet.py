"""The one stylesheet: what the pages use of Bootstrap, then our own rules.

A rule of Bootstrap stays when every class, element and attribute of one of its selectors can occur on a page: the words
in `class` attributes and string literals of templates, and the string literals of forms and scripts. Custom properties
that no rule reads go as well. Our own files (static/css, in the order of STYLES) stay whole.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import tinycss2

from network.assets.files import STATIC, Asset, package_file
from network.settings import ROOT

STYLES = (
    "tokens",
    "typeface",
    "base",
    "frame",
    "parts",
    "badges",
    "lists",
    "columns",
    "entry",
    "suggestions",
    "forms",
    "tables",
    "progress",
    "marks",
    "home",
    "workspace",
    "design",
    "media",
)
"""The files of static/css in the order in which they are put together. Files not named follow, before the last one."""

TEMPLATES = ROOT / "templates"
SCRIPTS = STATIC / "site.js"
FORMS = ROOT / "network" / "forms"

_BLOCK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_SPOKEN = re.compile(r"\b(?:_|n?gettext|ngettext)\(\s*\"[^\"]*\"(?:\s*,\s*\"[^\"]*\")?")
_LITERAL = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_CLASSES = re.compile(r"\bclass=\"([^\"]*)\"")
_TAG = re.compile(r"<([a-z][a-z0-9]*)")
_DECLARED = re.compile(r"(?<=[{;])(--bs-[\w-]+):[^;}]*;?")
_WORD = re.compile(r"^-?[A-Za-z_][\w-]*$")


def styles() -> list[Path]:
    folder = STATIC / "css"
    others = sorted({path.stem for path in folder.glob("*.css")} - set(STYLES))
    return [folder / f"{name}.css" for name in (*STYLES[:-1], *others, STYLES[-1])]


def sources() -> Iterator[Path]:
    yield from (STATIC / "css").glob("*.css")
    yield from STATIC.glob("*.*")
    yield from TEMPLATES.rglob("*.html")
    yield from FORMS.glob("*.py")


def changed() -> int:
    """A number that changes with any source."""
    return hash(tuple(sorted((str(path), path.stat().st_mtime_ns) for path in sources())))


def text(linked: Mapping[str, Asset]) -> str:
    """All styles in one text. `asset:name` in it becomes the address of that file, which lies in the same folder."""
    ours = "".join(_squeezed(path.read_text(encoding="utf-8")) for path in styles())
    whole = _without_unread_properties(bootstrap(used_classes(), used_elements()), ours)
    return re.sub(r"asset:([\w.-]+)", lambda found: linked[found[1]].address, whole)


def used_classes() -> set[str]:
    """Every word that may be a class on a page. Rather too many than one too few."""
    words = {word for path in TEMPLATES.rglob("*.html") for word in classes_in(path.read_text(encoding="utf-8"))}
    for path in FORMS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.update(_words(node.value))
    for literal in _LITERAL.finditer(SCRIPTS.read_text(encoding="utf-8")):
        words.update(_words(literal[1] or literal[2] or ""))
    return words


def classes_in(template: str) -> set[str]:
    """The classes of a template: of its `class` attributes, and of the literals that it may put into one."""
    words = {
        word
        for block in _BLOCK.findall(template)
        for literal in _LITERAL.finditer(_SPOKEN.sub("", block))
        for word in _words(literal[1] or literal[2] or "")
    }
    return words | written_classes(template)


def written_classes(template: str) -> set[str]:
    """The classes that stand in `class` attributes as they are, without those put together from parts."""
    plain = _BLOCK.sub(lambda block: "\0" if block[0].startswith("{{") else " ", template)
    return {word for attribute in _CLASSES.findall(plain) for word in attribute.split() if _WORD.match(word)}


def used_elements() -> set[str]:
    found = {"html", "body", "h1", "h2", "h3", "h4"}
    for path in TEMPLATES.rglob("*.html"):
        found.update(_TAG.findall(path.read_text(encoding="utf-8")))
    return found | {"input", "select", "textarea", "option"}


def _words(text: str) -> Iterator[str]:
    return (word for word in text.split() if _WORD.match(word))


def bootstrap(classes: set[str], elements: set[str]) -> str:
    """Bootstrap's stylesheet without the rules that cannot apply to a page with these classes and elements."""
    path = package_file("flask_bootstrap", "static/bootstrap5/css/bootstrap.min.css")
    rules = _parsed(path.read_text(encoding="utf-8"))
    return "".join(_kept(rules, classes, elements))


def _kept(rules: Iterable[Any], classes: set[str], elements: set[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [s for s in _split(rule.prelude) if _applies(s, classes, elements)]
            if selectors:
                yield f"{','.join(tinycss2.serialize(s).strip() for s in selectors)}{{{_body(rule.content)}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports") and rule.content:
            inner = "".join(_kept(_parsed(tinycss2.serialize(rule.content)), classes, elements))
            if inner:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}"


def _split(prelude: list[Any]) -> Iterator[list[Any]]:
    part: list[Any] = []
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _applies(selector: list[Any], classes: set[str], elements: set[str]) -> bool:
    before = ""
    for token in selector:
        if token.type == "ident":
            if before == "." and token.value not in classes:
                return False
            if before not in (".", ":") and token.value not in elements and not token.value[0].isdigit():
                return False
        elif token.type == "hash" or (token.type == "[] block" and _strange(token)):
            return False
        before = token.value if token.type == "literal" else ""
    return True


def _strange(attribute: Any) -> bool:
    """Whether no page of ours carries this attribute."""
    return bool(tinycss2.serialize(attribute.content).startswith(("data-bs", "list", "dir")))


def _parsed(sheet: str) -> list[Any]:
    return list(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True))


def _body(content: list[Any]) -> str:
    return str(tinycss2.serialize([token for token in content if token.type != "comment"])).strip()


def _squeezed(sheet: str) -> str:
    """A sheet without comments and with white space folded, as far as that never changes its meaning."""
    tokens = tinycss2.parse_component_value_list(sheet, skip_comments=True)
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", tinycss2.serialize(tokens))).replace(";}", "}").strip()


def _without_unread_properties(theirs: str, ours: str) -> str:
    """Both sheets, without custom properties of Bootstrap that nothing reads, directly or through others."""
    while True:
        thinner = _DECLARED.sub(_Read(theirs + ours), theirs)
        if thinner == theirs:
            return re.sub(r"[^{}]+\{\}", "", thinner) + ours
        theirs = thinner


class _Read:
    """Keeps the declaration of a custom property that some rule of `sheet` reads."""

    def __init__(self, sheet: str) -> None:
        self.names = set(re.findall(r"var\((--[\w-]+)", sheet))

    def __call__(self, declaration: re.Match[str]) -> str:
        return declaration[0] if declaration[1] in self.names else ""
