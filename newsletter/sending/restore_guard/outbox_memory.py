"""The mails of the outbox that left from this machine, so that a copy that comes back is noticed.

They wait again in a copy from before they left. A file for each day holds the references of the
mails written on it, a line each, where a backup of the database's folder does not bring it back.
It is kept as long as the list of who got an issue.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from newsletter.config import Settings
from newsletter.models import OutboxRow
from newsletter.paths import make_private_folder
from newsletter.sending.restore_guard.machine_memory import machine_memory
from newsletter.sending.restore_guard.memory_folders import LEFT

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OutboxMemory:
    """Of one database; without a folder nothing is remembered. After `keep` all is forgotten."""

    folder: Path | None = None
    keep: timedelta = timedelta.max

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

    def may_have_left(self, row: OutboxRow, now: datetime) -> bool:
        """Whether a mail that waits left before; its database is a copy then, or a worker died.

        Of a mail that is older than what is remembered nobody knows.
        """
        if self.folder is None:
            return False
        if now - row.written_at > self.keep:
            return True
        try:
            return f"{row.reference}\n".encode() in self._file(self.folder, row).read_bytes()
        except OSError:
            return False

    @staticmethod
    def _file(folder: Path, row: OutboxRow) -> Path:
        return folder / f"{row.written_at:%Y-%m-%d}{LEFT}"


def outbox_memory(settings: Settings, session: Session) -> OutboxMemory:
    keep = timedelta(days=settings.database.retention_days)
    return OutboxMemory(machine_memory(settings, session).elsewhere, keep)
