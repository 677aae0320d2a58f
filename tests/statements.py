"""Counts the statements a session sends, to keep lists from growing one per row."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session


@contextmanager
def statements_of(session: Session) -> Iterator[list[str]]:
    """The statements sent within the block, on a session that has forgotten what it had loaded."""
    session.flush()
    session.expunge_all()
    connection, sent = session.connection(), list[str]()

    def note(_: Any, cursor: Any, statement: str, *__: Any) -> None:
        sent.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(connection, "before_cursor_execute", note)
