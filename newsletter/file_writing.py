"""Writes files so that others see them whole or not at all, for their owner only."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO


def replace_file(file: Path, content: bytes, *, durable: bool = True) -> None:
    """Write a file in one step; one that was there keeps its mode, and a link stays a link.

    One that is not `durable` can be gone after a power cut, and costs less to write.

    Raises:
        OSError: it cannot be written; the old file is as it was.
    """
    target = file.resolve()
    with _beside(target) as (part, stream):
        stream.write(content)
        stream.flush()
        if durable:
            os.fsync(stream.fileno())
        if target.exists():
            part.chmod(target.stat().st_mode & 0o777)
        part.replace(target)


@contextmanager
def create_file(file: Path, encoding: str = "utf-8") -> Iterator[TextIO]:
    """A stream whose text is a new file's once all is written; it keeps its line ends.

    Raises:
        FileExistsError: there is one; it is as it was.
        OSError: it cannot be written.
    """
    if file.exists():
        raise FileExistsError(file)
    with _beside(file) as (part, stream):
        with open(stream.fileno(), "w", encoding=encoding, newline="", closefd=False) as text:
            yield text
        os.link(part, file)


@contextmanager
def _beside(file: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file in the same folder, which is deleted at the end if it is still there."""
    number, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(number, "wb") as stream:
            yield Path(name), stream
    finally:
        Path(name).unlink(missing_ok=True)
