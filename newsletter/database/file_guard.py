"""A process never goes on with a SQLite file that was deleted or replaced under it.

It would still read and write the old file, which has no name any more: an unsubscribe would be
lost, and all would look well. SQLite itself does not notice this
(https://www.sqlite.org/howtocorrupt.html, 2.2 and 2.3). Pages go on in the new file. A run ends,
since it holds what it read in the old one.
"""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

from newsletter.errors import NewsletterError


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


def refuse_another_file(engine: Engine, file: Path) -> None:
    """From now on a connection is used only while its file is the one that is there now.

    Else its use raises `NewsletterError`.
    """
    at_first = _identity(file)

    def compare_file(*_: object) -> None:
        if _identity(file) != at_first:
            raise NewsletterError(
                f"{file} was replaced by another file while this ran, as by a copy that came back:"
                " it goes no further; the next `newsletter run` says what is held"
            )

    event.listen(engine, "checkout", compare_file)


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except FileNotFoundError:
        return None
    return stat.st_dev, stat.st_ino
