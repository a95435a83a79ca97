"""Each worker tells in a table that it lives, and a hash of its settings, without their secrets."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Event, Lock
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter import __version__
from newsletter.config import Settings
from newsletter.models import WorkerRow
from newsletter.sending.records.journal import Journal, Owner, delete_journal, has_died
from newsletter.services import Services
from newsletter.subscribers.health import key_fingerprint

_FORGOTTEN_AFTER = timedelta(days=1)
# What may differ from machine to machine.
_OF_A_MACHINE: dict[str, Any] = {
    **dict.fromkeys(("folder", "database", "templates", "alarm", "metrics", "web", "api"), True),
    "site": {"secret_keys"},
    "sending": {"state_dir"},
    "transport": {"connections", "directory"},
}


def settings_digests(settings: Settings) -> dict[str, str]:
    """A short hash of each section of the configuration, of the keys and of the templates.

    Passwords are not in it; of a secret key, its fingerprint.
    """
    told = settings.model_dump(mode="json", exclude=_OF_A_MACHINE)
    told["keys"] = [key_fingerprint(key.get_secret_value()) for key in settings.site.secret_keys]
    folder = settings.templates.dir
    told["templates"] = _files(settings.folder / folder) if folder else {}
    return {
        section: sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
        for section, value in told.items()
    }


def _files(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@dataclass(frozen=True)
class Heartbeat:
    """A worker's row, from its start to its orderly end."""

    services: Services
    settings: Settings
    queues: Collection[str]
    owner: Owner = field(default_factory=Owner.this_process)
    _turn: Lock = field(default_factory=Lock)
    _ended: Event = field(default_factory=Event)

    @cached_property
    def _lock(self) -> Journal | None:
        """By which who starts after us on this machine sees whether we live."""
        journals = self.services.journals
        return Journal(journals, self.owner.name) if journals is not None else None

    def beat(self) -> bool:
        """Write down that it lives now, and first forget who has been gone for a day.

        And who died on this machine: we are what was started instead. False once it has ended.
        Waits for nobody who writes, so it tells whether the database answers.
        """
        now = self.services.clock()
        with self._turn:
            if self._ended.is_set():
                return False
            if self._lock is not None:
                self._lock.begin()
            with self.services.database.row_locked.begin() as session:
                row = session.get(WorkerRow, self.owner.name)
                if row is None:
                    _forget_gone(session, self.services.journals, now)
                    session.add(self._new_row(now))
                else:
                    row.seen_at = now
        return True

    def end(self) -> None:
        with self._turn:
            self._ended.set()
            with self.services.database.row_locked.begin() as session:
                session.execute(delete(WorkerRow).where(WorkerRow.name == self.owner.name))
            if self._lock is not None:
                self._lock.close()

    def break_off(self) -> None:
        """End without a word in the database; the next worker sees that by the journal."""
        self._ended.set()
        if self._lock is not None:
            self._lock.has_nothing_open = False
            self._lock.close()

    def _new_row(self, now: datetime) -> WorkerRow:
        return WorkerRow(
            name=self.owner.name,
            queues=" ".join(self.queues),
            version=__version__,
            settings=settings_digests(self.settings),
            started_at=now,
            seen_at=now,
        )


def _forget_gone(session: Session, marks: Path | None, now: datetime) -> None:
    session.execute(delete(WorkerRow).where(WorkerRow.seen_at < now - _FORGOTTEN_AFTER))
    for name in session.scalars(select(WorkerRow.name)).all():
        if marks is not None and has_died(marks, name):
            session.execute(delete(WorkerRow).where(WorkerRow.name == name))
            delete_journal(marks, name)
