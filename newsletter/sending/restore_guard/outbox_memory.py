"""The mails of the outbox that left from this machine, so that a copy that comes back is noticed.

They wait again in a copy from before they left. A file for each day holds the references of the
mails written on it, a line each, where a backup of the database's folder does not bring it back.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from newsletter.config import Settings
from newsletter.models import OutboxRow
from newsletter.paths import make_private_folder
from newsletter.sending.restore_guard.machine_memory import machine_memory

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OutboxMemory:
    """Of one database; without a folder nothing is remembered."""

    folder: Path | None = None

    def remember(self, row: OutboxRow) -> None:
        """The mail left. Written before the database is told."""
        if self.folder is None:
            return
        try:
            make_private_folder(self.folder)
            with self._file(self.folder, row).open("a", encoding="ascii") as file:
                file.write(f"{row.reference}\n")
        except OSError as error:
            _log.warning("%s cannot be written: %s", self.folder, error.strerror)

    def has_left(self, row: OutboxRow) -> bool:
        """Whether a mail that waits left before; its database is a copy then, or a worker died."""
        if self.folder is None:
            return False
        try:
            return f"{row.reference}\n".encode() in self._file(self.folder, row).read_bytes()
        except OSError:
            return False

    @staticmethod
    def _file(folder: Path, row: OutboxRow) -> Path:
        return folder / f"{row.written_at:%Y-%m-%d}.outbox"


def outbox_memory(settings: Settings, session: Session) -> OutboxMemory:
    return OutboxMemory(machine_memory(settings, session).elsewhere)
