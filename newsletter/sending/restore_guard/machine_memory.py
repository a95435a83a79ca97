"""This machine's own count of what it claimed, so that a restored database is noticed.

For each issue a file holds how many mails of it were ever claimed. The database counts them too,
and counts first. If the database's count is lower, it was restored: mails that were sent since the
copy are pending again in it, and would be sent twice.

The file lies beside the database, and again where a backup of that folder does not bring it back:
in the user's state directory, or where `sending.state_dir` says. The claimed readers are written
down there, too, and the journals lie there: one restored with the folder would tell old news.
"""

import fcntl
import logging
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import FileIO
from pathlib import Path

from sqlalchemy.orm import Session

from newsletter.config import Settings
from newsletter.database.db import Database, is_sqlite
from newsletter.database.missing_rows import insert_missing
from newsletter.errors import NewsletterError
from newsletter.models import IssueRow, KeyRow
from newsletter.paths import can_write, make_private_folder, try_private_folder
from newsletter.sending.restore_guard import claim_record
from newsletter.sending.restore_guard.claim_record import ClaimedSince
from newsletter.sending.restore_guard.memory_folders import FENCE, RECORD, state_folders

IDENTITY = "database"  # a key that every database has since migration 0012
_SENT_FROM = "sent from"  # a key once some machine has sent of the database, or took readers in
_KNOWN = "known"  # a file: this machine sends of it; what it holds is a day that it was restored
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?\.fence")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class IssueDays:
    """An issue as a machine remembers it: the newsletter's slug then, and the days it tells of."""

    newsletter: str
    first: date
    last: date

    @classmethod
    def of(cls, issue: IssueRow) -> "IssueDays":
        return cls(issue.first_name, issue.first_day or issue.day, issue.day)

    @property
    def name(self) -> str:
        days = f"{self.last}" if self.first == self.last else f"{self.first}..{self.last}"
        return f"{self.newsletter}-{days}"

    def shares_days_with(self, other: "IssueDays") -> bool:
        return self != other and self.first <= other.last and other.first <= self.last


@dataclass(frozen=True)
class MachineMemory:
    """Where this machine remembers; `elsewhere` is out of reach of a backup of `folder`."""

    folder: Path
    elsewhere: Path | None = None
    was_sent_from: bool = False  # or has readers, of some machine, perhaps another one

    @property
    def journals(self) -> Path:
        """Where a worker marks what is on the wire."""
        if self.elsewhere is not None and can_write(self.elsewhere):
            return self.elsewhere
        return self.folder

    def remember(self, issue: IssueDays, claims: int, subscribers: Sequence[int] = ()) -> None:
        """So many were claimed, these last. Written before one of them leaves; never goes down.

        Raises:
            NewsletterError: it cannot be written beside the database: nothing may be sent.
        """
        name = issue.name + FENCE
        try:
            _write(self.folder, name, claims)
        except OSError as error:
            raise NewsletterError(
                f"{self.folder} cannot be written: {error.strerror}; nothing was sent"
            ) from error
        if self.elsewhere is not None:
            try:
                _write(self.elsewhere, name, claims)
                if subscribers:
                    record = self.elsewhere / f"{issue.name}{RECORD}"
                    claim_record.append_claims(record, claims, subscribers)
            except OSError as error:
                _log.warning("%s cannot be written: %s", self.elsewhere, error.strerror)

    def give_back(self, issue: IssueDays, claims: Sequence[tuple[int, int]]) -> None:
        """Note claims of which nothing left, each with its number and its subscriber."""
        if self.elsewhere is None or not claims:
            return
        try:
            record = self.elsewhere / f"{issue.name}{RECORD}"
            claim_record.append_given_back(record, claims)
        except OSError as error:
            _log.warning("%s cannot be written: %s", self.elsewhere, error.strerror)

    def claims_of(self, issue: IssueDays) -> int:
        """How many mails of an issue this machine ever claimed."""
        return max(_read(folder, issue.name + FENCE) for folder in self._folders())

    def claimed_since(self, issue: IssueDays, claims: int) -> ClaimedSince | None:
        """The subscribers this machine claimed after so many claims; None where it lacks some."""
        if self.elsewhere is None:
            return None
        record = self.elsewhere / f"{issue.name}{RECORD}"
        return claim_record.claimed_since(record, claims, self.claims_of(issue))

    def sharing_days_with(self, issue: IssueDays) -> list[IssueDays]:
        """The other issues of that newsletter with a day of this one that were ever sent here."""
        found = {
            IssueDays(issue.newsletter, date.fromisoformat(match[1]), date.fromisoformat(last))
            for folder in self._folders()
            for file in folder.glob(f"{issue.newsletter}-*{FENCE}")
            for match in [_DAYS.fullmatch(file.name.removeprefix(f"{issue.newsletter}-"))]
            if match
            for last in [match[2] or match[1]]
        }
        return sorted(
            (other for other in found if issue.shares_days_with(other) and self.claims_of(other)),
            key=lambda other: other.last,
        )

    def forget(self, issue: IssueDays) -> None:
        """Forget an issue whose mails count as another issue's from now on."""
        for folder in self._folders():
            for suffix in (FENCE, RECORD):
                (folder / f"{issue.name}{suffix}").unlink(missing_ok=True)

    def knows(self, issue: IssueDays) -> bool:
        """Whether this machine itself sent of that issue; True where it has no place of its own."""
        if self.elsewhere is None or not can_write(self.elsewhere):
            return True
        return (self.elsewhere / f"{issue.name}{FENCE}").exists()

    def is_foreign(self, day: date) -> bool:
        """Whether the database came from another machine, which may have sent that day's issue."""
        known = self._known_file
        if known is None:
            return False
        try:
            restored = known.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return True
        return bool(restored) and day <= date.fromisoformat(restored)

    def is_new_here(self) -> bool:
        """Whether the database came from another machine, and the operator has not spoken yet."""
        known = self._known_file
        return known is not None and not known.exists()

    @property
    def _known_file(self) -> Path | None:
        """The file that marks the database as this machine's; None where it would prove nothing."""
        if self.was_sent_from and self.elsewhere is not None and can_write(self.elsewhere):
            return self.elsewhere / _KNOWN
        return None

    def make_known(self, restored: date | None = None) -> None:
        """This machine sends of it from now on; issues up to the day it was restored stay held."""
        if self.elsewhere is not None and can_write(self.elsewhere):
            content = restored.isoformat() if restored else ""
            make_private_folder(self.elsewhere)
            (self.elsewhere / _KNOWN).write_text(content, encoding="ascii")

    def register(self, database: Database) -> None:
        """Some machine sends of it now, or takes readers in; here alone is known that it is this.

        So a copy that goes to another machine is known there for what it is.
        """
        if self.was_sent_from or self.elsewhere is None:
            return
        with database.write.begin() as session:
            if session.get(KeyRow, _SENT_FROM) is not None:
                return
            insert_missing(session, KeyRow, [{"purpose": _SENT_FROM, "value": "a machine"}])
            self.make_known()

    def see_log(self, mark: str, end: int) -> None:
        """PostgreSQL's log ends there, or later; `mark` says since which restore."""
        if self.elsewhere is not None and can_write(self.elsewhere):
            _write(self.elsewhere, _log_file(mark), end)

    def seen_log(self, mark: str) -> int:
        """How far this machine has seen the log since that restore."""
        return 0 if self.elsewhere is None else _read(self.elsewhere, _log_file(mark))

    def trouble(self) -> str | None:
        """Which folder cannot be written, and why; None where all is well."""
        if self.elsewhere is None:
            return None
        try:
            try_private_folder(self.elsewhere)
        except OSError as error:
            return f"{self.elsewhere} cannot be written ({error.strerror})"
        return None

    def _folders(self) -> Iterator[Path]:
        yield self.folder
        if self.elsewhere is not None:
            yield self.elsewhere


def machine_memory(settings: Settings, session: Session) -> MachineMemory:
    """This machine's memory of that database, known by an identity that a copy keeps."""
    identity = session.get(KeyRow, IDENTITY)
    marks, base = state_folders(settings)
    elsewhere = base / identity.value[:32] if identity is not None else None
    return MachineMemory(marks, elsewhere, session.get(KeyRow, _SENT_FROM) is not None)


def take_readers_in(settings: Settings, database: Database) -> None:
    """Register the database here, as its readers could be mailed from a copy elsewhere.

    On PostgreSQL all machines have the same database, so it is not needed.
    """
    if not is_sqlite(database.engine):
        return
    with database.read() as session:
        memory = machine_memory(settings, session)
    if memory.trouble() is None:
        memory.register(database)


def _log_file(mark: str) -> str:
    return f"{re.sub('[^0-9]', '', mark)}.log-end"


def _write(folder: Path, name: str, claims: int) -> None:
    try:
        descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        make_private_folder(folder)
        descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
    with FileIO(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if claims > _number(os.pread(file.fileno(), 20, 0)):
            os.pwrite(file.fileno(), b"%020d" % claims, 0)


def _read(folder: Path, name: str) -> int:
    try:
        return _number((folder / name).read_bytes())
    except OSError:
        return 0


def _number(content: bytes) -> int:
    return int(content) if content.strip().isdigit() else 0
