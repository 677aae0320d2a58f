"""The audit trail holds what the table of events declares, and every use case keeps to it."""

import ast
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, audit
from models.audit import Undeclared, record
from models.audit_events import EVENTS, FIELDS, KINDS, fitting
from network import audit_words, trail
from tests.factories import Make

WRITERS = {"record", "_record", "record_call", "audit", "_audit", "_changed", "_note"}


def written(root: Path) -> Iterator[tuple[str, str]]:
    """The event of every call that writes to the trail; of one put together at the time, its beginning."""
    for path in (root / "network" / "services").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "id", None)
            if not isinstance(node, ast.Call) or name not in WRITERS:
                continue
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and "." in argument.value:
                    yield path.name, argument.value
                if isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.Constant):
                    yield path.name, f"{argument.values[0].value}*"


def test_every_event_that_a_use_case_names_is_declared(root: Path) -> None:
    found = list(written(root))
    assert len(found) > 100
    declared = {*EVENTS, *(f"{name.partition('.')[0]}.*" for name in EVENTS)}
    assert [(file, name) for file, name in found if name not in declared] == []


def test_every_event_and_every_field_has_words() -> None:
    assert EVENTS.keys() - trail.STEPS.keys() == set()
    assert trail.STEPS.keys() - EVENTS.keys() == set()
    names = {part.partition(":")[0].rstrip("?") for fields in EVENTS.values() for part in fields.split()}
    assert names - audit_words.FIELDS.keys() == set()
    assert {name.partition(".")[0] for name in EVENTS} == audit_words.AREAS.keys()
    assert set(FIELDS.values()) <= KINDS.keys()


def test_free_words_stand_where_a_reason_is_given_and_nowhere_else() -> None:
    with_words = {name for name, fields in EVENTS.items() if ":words" in fields}
    assert {name.partition(".")[0] for name in with_words} == {
        "action",
        "application",
        "claim",
        "organisation",
        "profile",
    }


@pytest.mark.parametrize(
    ("event", "data", "wrong"),
    [
        ("need.steal", {}, "not declared"),
        ("need.create", {"title": "Secret"}, "no field 'title'"),
        ("interest.send", {}, "lacks the field 'to'"),
        ("interest.send", {"to": "somebody"}, "is no number"),
        ("interest.send", {"to": True}, "is no number"),
        ("interest.decline", {"reason": "We do not like you."}, "is no code"),
        ("application.accepted", {"reason": None, "moved_up": "yes"}, "is no flag"),
        ("contribution.pay", {"before": [1, "x"], "after": 2}, "is no numbers"),
    ],
)
def test_what_is_not_declared_is_refused(
    session: Session, make: Make, now: datetime, event: str, data: dict[str, object], wrong: str
) -> None:
    with pytest.raises(Undeclared, match=wrong):
        record(session, None, event, make.organisation(), now=now, **data)
    assert make.count(AuditEvent) == 0


def test_in_production_it_is_left_out_and_logged(
    session: Session, make: Make, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(audit, "strict", False)
    with caplog.at_level(logging.ERROR):
        record(session, None, "interest.send", make.organisation(), now=now, to=7, message="Confidential")
    assert session.scalars(sa.select(AuditEvent.data)).one() == {"to": 7}
    assert "'message'" in caplog.text
    assert "Confidential" not in caplog.text


def test_what_may_be_left_out_and_what_may_be_empty() -> None:
    assert fitting("interest.withdraw", {}) == ({}, [])
    assert fitting("interest.withdraw", {"reason": None}) == ({"reason": None}, [])
    assert fitting("profile.suspended", {"reason": "Two sentences. And more!"})[1] == []
