"""Do the rows say what the entries say, and does the index say what the rows say?"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matching import entries, store
from matching.text import describe


@dataclass(frozen=True)
class Verification:
    """`problems` name each entry that differs and how."""

    problems: tuple[str, ...] = ()
    entries: int = 0

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(session: Session, model: str, held: Mapping[store.Key, str]) -> Verification:
    """Compares every entry, described afresh, with its row, and `held`, the hashes of an index, with the rows."""
    keys = list(entries.everything(session))
    described = {key: describe(subject) for key, subject in entries.load(session, keys).items()}
    wanted = {key: entry.text_hash for key, entry in described.items() if entry}
    rows = store.hashes(session, model)
    return Verification(tuple(_compare("row", wanted, rows) + _compare("index", rows, held)), len(wanted))


def _compare(where: str, wanted: Mapping[store.Key, str], found: Mapping[store.Key, str]) -> list[str]:
    problems = []
    for key in sorted(wanted.keys() | found.keys()):
        name = f"{key[0].value}:{key[1]}"
        if key not in found:
            problems.append(f"{name} is missing in the {where}")
        elif key not in wanted:
            problems.append(f"{name} should not be in the {where}")
        elif wanted[key] != found[key]:
            problems.append(f"{name} is out of date in the {where}")
    return problems
