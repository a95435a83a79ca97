"""A process never goes on with a SQLite file that was deleted or replaced under it.

It would still read and write the old file, which has no name any more: an unsubscribe would be
lost, and all would look well. SQLite itself does not notice this
(https://www.sqlite.org/howtocorrupt.html, 2.2 and 2.3).
"""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError


def follow_file(engine: Engine, file: Path) -> None:
    """From now on a connection is used only while its file is the one of that name.

    A replaced file is opened anew. Once there was a file, a missing one is not made again: a new
    connection then raises `OperationalError`.
    """
    was_there = False

    def refuse_a_new_file(*_: object) -> None:
        if was_there and not file.exists():
            raise sqlite3.OperationalError("its file was deleted or moved while this ran")

    def note_file(_connection: object, record: Any, /) -> None:  # noqa: ANN401 - SQLAlchemy's
        nonlocal was_there
        record.info["file"] = _identity(file)
        was_there = True

    def compare_file(_connection: object, record: Any, _proxy: object, /) -> None:  # noqa: ANN401
        if record.info["file"] != _identity(file):
            raise DisconnectionError(f"{file} was deleted or replaced")

    event.listen(engine, "do_connect", refuse_a_new_file)
    event.listen(engine, "connect", note_file)
    event.listen(engine, "checkout", compare_file)


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except FileNotFoundError:
        return None
    return stat.st_dev, stat.st_ino
