"""A file with what a worker knows of its mails at each moment; it outlives a killed process.

The database is told in groups: a commit a mail would cost more than the mail. Between two commits
a worker marks each mail in a small file mapped into memory: claimed, begun (before the first byte
that could make the server take it), accepted, not taken. A mark costs no call and no disk; what
is in the mapping outlives the process, though not a power cut. So a journal is believed only on
the machine, and in the boot, that wrote it; else every claimed mail may have left.

A worker locks its file for as long as it lives, and the system lets the lock go however it ends.
So an unlocked file is a dead worker's. Host name and process number do not identify a worker: in
containers all machines may have the same.
"""

import fcntl
import mmap
import os
import secrets
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import BinaryIO

from newsletter.errors import NewsletterError
from newsletter.paths import make_private_folder
from newsletter.transports.base import SendStatus

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_HEADER = struct.Struct("<8s?q120s40s")  # magic, taken over, batch, owner, boot
_MAGIC = b"journal1"
_TAKEN_OVER = 8  # where that flag lies
_SLOT = struct.Struct("<32sB")
_PLACE = _SLOT.size - 1  # of the mark in a slot
_NO_BATCH = 0


class Mark(IntEnum):
    NONE = 0
    CLAIMED = 1
    BEGUN = 2
    ACCEPTED = 3
    NOT_TAKEN = 4
    UNKNOWN = 5  # begun, and the answer was lost


MARK_AFTER = {
    SendStatus.ACCEPTED: Mark.ACCEPTED,
    SendStatus.UNCERTAIN: Mark.UNKNOWN,
    SendStatus.TRY_LATER: Mark.NOT_TAKEN,
    SendStatus.REJECTED: Mark.NOT_TAKEN,
}


class Journal:
    """One worker's marks for one batch at a time. Marks may be set from any thread."""

    def __init__(self, folder: Path, owner: str) -> None:
        self._file = journal_file(folder, owner)
        self._owner = owner
        self._slots: dict[str, int] = {}
        self._stream: BinaryIO | None = None
        self._map: mmap.mmap | None = None
        self.has_nothing_open = True  # of its batch

    def begin(self) -> None:
        """Show that this worker lives, before it leases its first batch.

        Raises:
            NewsletterError: there is no room for it, so mails must not leave.
        """
        if self._stream is None:
            self.open(_NO_BATCH, 0)
            self.has_nothing_open = True

    def open(self, batch_id: int, room: int) -> None:
        """Start anew for a batch of so many deliveries.

        The new file is locked before it takes the old one's place. So this worker looks alive at
        every moment, and a process that reads the old file reads it to the end.

        Raises:
            NewsletterError: there is no room for it, so mails must not leave.
        """
        size = _HEADER.size + room * _SLOT.size
        head = _HEADER.pack(_MAGIC, False, batch_id, self._owner.encode(), boot_id().encode())
        try:
            make_private_folder(self._file.parent)
            part = self._file.with_suffix(".part")
            stream = part.open("w+b")
            # Written, not left sparse: a full disk must be an error here, not a crash later.
            stream.write(head + bytes(size - len(head)))
            stream.flush()
            with suppress(OSError):  # a file system without locks: then only the lease tells
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            new = mmap.mmap(stream.fileno(), size)
            part.replace(self._file)
        except OSError as error:
            raise NewsletterError(
                f"{self._file.parent} cannot be written: {error.strerror}; nothing was sent"
            ) from error
        self._let_go()
        self._stream, self._map, self._slots, self.has_nothing_open = stream, new, {}, False

    def claim(self, references: Sequence[str]) -> None:
        """These are claimed, which the database knows already."""
        if self._map is None:
            return
        for reference in references:
            slot = self._slots.setdefault(reference, len(self._slots))
            place = _HEADER.size + slot * _SLOT.size
            _SLOT.pack_into(self._map, place, reference.encode(), Mark.CLAIMED)

    def mark(self, reference: str, mark: Mark) -> bool:
        """Set a mark; False where another worker has taken the batch over.

        The worker marks first and looks second. A process that takes over sets the flag first and
        reads the marks second. So one of the two always sees the other.
        """
        if self._map is None:
            return True
        slot = self._slots[reference]
        self._map[_HEADER.size + slot * _SLOT.size + _PLACE] = mark
        return not self._map[_TAKEN_OVER]

    def close(self) -> None:
        """The worker ends; a journal with open marks stays for its successor."""
        if self._stream is not None and self.has_nothing_open:
            self._file.unlink(missing_ok=True)
        self._let_go()

    def _let_go(self) -> None:
        if self._stream is not None and self._map is not None:
            self._map.close()
            self._stream.close()
        self._stream = self._map = None


def has_died(folder: Path | None, owner: str) -> bool:
    """Whether that worker surely ended without letting go; elsewhere only its lease tells."""
    if folder is None:
        return False
    try:
        with journal_file(folder, owner).open("r+b") as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:  # of another machine, or somebody holds it
        return False
    return True


def take_over(folder: Path, owner: str, batch_id: int) -> dict[str, Mark] | None:
    """Stop that worker, and read its marks; None where this machine has no journal of it.

    A mail without a mark was not begun.
    """
    try:
        with (
            journal_file(folder, owner).open("r+b") as stream,
            mmap.mmap(stream.fileno(), 0) as content,
        ):
            content[_TAKEN_OVER] = 1
            return _read(content, owner, batch_id)
    except (OSError, ValueError):  # no such file, or an empty one
        return None


def delete_journal(folder: Path, owner: str) -> None:
    """Delete a journal whose marks are in the database now."""
    journal_file(folder, owner).unlink(missing_ok=True)


def journal_file(folder: Path, owner: str) -> Path:
    return folder / f"{owner.rpartition(':')[2]}.journal"


def boot_id() -> str:
    """The identifier of this boot of the machine; else one of this process alone."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return f"no boot id, process {os.getpid()}"


def _read(content: mmap.mmap, owner: str, batch_id: int) -> dict[str, Mark] | None:
    magic, _, batch, name, booted = _HEADER.unpack_from(content)
    known = (magic, name.rstrip(b"\0").decode(), booted.rstrip(b"\0").decode())
    if known != (_MAGIC, owner, boot_id()):
        return None
    if batch != batch_id:
        return {}  # it had not come to this one yet
    slots = _SLOT.iter_unpack(content[_HEADER.size :])
    return {reference.rstrip(b"\0").decode(): Mark(mark) for reference, mark in slots if mark}


@dataclass(frozen=True)
class Owner:
    """A worker: its machine and process, for people, and a token that no other worker has."""

    host: str
    pid: int
    token: str

    @classmethod
    def this_process(cls) -> "Owner":
        return cls(socket.gethostname(), os.getpid(), secrets.token_hex(4))

    @property
    def name(self) -> str:
        return f"{self.host[:80]}:{self.pid}:{self.token}"
