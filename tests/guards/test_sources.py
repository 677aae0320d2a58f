"""Rules about the source files themselves."""

import re
import tomllib
from pathlib import Path

import pytest

PLACES = ("templates", "network", "models", "matching", "script", "docs", "benchmarks", "tests")
TEXT = {".py", ".html", ".css", ".js", ".svg", ".md", ".sh", ".toml", ".txt", ""}


def sources(root: Path) -> list[Path]:
    files = [f for place in PLACES for f in (root / place).rglob("*") if f.is_file() and f.suffix in TEXT]
    return [f for f in files if "__pycache__" not in f.parts and "data" not in f.parts]


def test_no_page_or_style_loads_anything_from_another_site(root: Path) -> None:
    loading = re.compile(r"""(?:src|href)=["']?(?:https?:)?//|@import|url\(["']?(?:https?:)?//""", re.IGNORECASE)
    found = [
        f"{file.relative_to(root)}: {line.strip()}"
        for folder in ("templates", "network/static")
        for file in (root / folder).rglob("*")
        if file.is_file()
        for line in file.read_text(encoding="utf-8").splitlines()
        if loading.search(line) and "http://www.w3.org" not in line
    ]
    assert found == []


def test_nothing_names_a_package_registry_or_a_path_of_one_machine(root: Path) -> None:
    words = re.compile(
        "|".join(("/work" + "/", "/root" + "/", "/opt" + "/", "pypi" + r"\.org", "npmjs" + r"\.(org|com)"))
    )
    found = [f"{f.relative_to(root)}" for f in sources(root) if words.search(f.read_text(encoding="utf-8"))]
    assert found == []


def test_locks_hold_the_versions_of_pyproject(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    direct = project["dependencies"] + project["optional-dependencies"]["test"]
    locked = {
        line.strip().lower()
        for lock in root.glob("requirements*.lock")
        for line in lock.read_text().splitlines()
        if "==" in line
    }
    wanted = {re.sub(r"\[.*?\]", "", requirement).lower() for requirement in direct}
    assert wanted - locked == set()


@pytest.mark.parametrize("folder", ["models", "matching", "network"])
def test_modules_stay_of_a_size_that_reads_well(root: Path, folder: str) -> None:
    long = {
        str(file.relative_to(root)): len(file.read_text(encoding="utf-8").splitlines())
        for file in (root / folder).rglob("*.py")
        if "migrations" not in file.parts
    }
    assert {name: lines for name, lines in long.items() if lines > 330} == {}


def test_every_module_says_what_it_is_for(root: Path) -> None:
    silent = [
        str(file.relative_to(root))
        for folder in ("models", "matching", "network")
        for file in (root / folder).rglob("*.py")
        if file.read_text(encoding="utf-8").strip() and not file.read_text(encoding="utf-8").startswith('"""')
    ]
    assert silent == []
