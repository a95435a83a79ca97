"""What this machine remembers of its sending: so that a restored database is noticed.

For each issue a file holds how many mails of it were ever claimed. The database counts the same,
and is told first; so it can only say less when it was restored from before. What was sent in
between is then pending again in the database, and would be doubled.
"""

import fcntl
import os
from datetime import date
from io import FileIO
from pathlib import Path

from newsletter.errors import NewsletterError


def remember(folder: Path, newsletter: str, day: date, claims: int) -> None:
    """So many were claimed. Written before the first of them leaves; never goes down.

    Raises:
        NewsletterError: it cannot be written, and so nothing may be sent.
    """
    try:
        with _opened(folder, newsletter, day) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if claims > _number(os.pread(file.fileno(), 20, 0)):
                os.pwrite(file.fileno(), b"%020d" % claims, 0)
    except OSError as error:
        raise NewsletterError(
            f"{folder} cannot be written: {error.strerror}; nothing was sent"
        ) from error


def remembered(folder: Path, newsletter: str, day: date) -> int:
    try:
        return _number(_file(folder, newsletter, day).read_bytes())
    except FileNotFoundError:
        return 0


def _opened(folder: Path, newsletter: str, day: date) -> FileIO:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(_file(folder, newsletter, day), os.O_RDWR | os.O_CREAT, 0o600)
    return FileIO(descriptor, "r+b")


def _file(folder: Path, newsletter: str, day: date) -> Path:
    return folder / f"{newsletter}-{day}.fence"


def _number(content: bytes) -> int:
    return int(content) if content.strip().isdigit() else 0
