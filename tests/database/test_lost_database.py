"""The database dies at any statement of a run: one line, exit code 1, and the next run goes on."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import InterfaceError, OperationalError

from newsletter.config import Settings
from tests.conftest import Cli

_FAILURES = (
    OperationalError("?", {}, Exception("disk I/O error")),
    InterfaceError("?", {}, Exception("connection already closed")),
)


@contextmanager
def dying_after(statements: int) -> Iterator[list[int]]:
    """Every statement from that one on fails; yields how many were tried."""
    tried = [0]

    def fail(*_: object) -> None:
        tried[0] += 1
        if tried[0] > statements:
            raise _FAILURES[statements % 2]

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        yield tried
    finally:
        event.remove(Engine, "before_cursor_execute", fail)


@pytest.mark.slow
def test_whatever_statement_the_database_dies_at_a_run_ends_in_one_line(
    cli: Cli, settings: Settings, readers: list[str]
) -> None:
    statements = 0
    while True:
        with dying_after(statements) as tried:
            said = cli("run")
        if tried[0] <= statements or "done already" in said.out:
            break  # what is left is the look at everything after a run, which fails none
        assert said.code == 1, (statements, said)
        assert said.err.count("\n") == 1, (statements, said.err)
        assert "database" in said.err, (statements, said.err)
        statements += 3
    assert statements > 30
    said = cli("run")
    assert f"{len(readers)} subscribers = " in said.out
    assert "pending" not in said.out
    mails = Counter(file.name for file in (settings.folder / "outbox").glob("*.eml"))
    assert len(mails) <= len(readers)
