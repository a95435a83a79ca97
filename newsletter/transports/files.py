"""Mails as files that any mail program opens: one .eml each in a folder, or a Maildir."""

import os
import re
import stat
import tempfile
from collections.abc import Generator, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.config import Settings
from newsletter.finding import Finding, Severity
from newsletter.paths import make_private_folder
from newsletter.processes import is_running
from newsletter.text import brief
from newsletter.transports.base import (
    SendObserver,
    SendResult,
    SendStatus,
    Transport,
    TransportDownError,
    refuse_unmailable,
)

if TYPE_CHECKING:
    from newsletter.rendering.message import Message

_LONGEST_NAME = 160  # file systems allow 255 bytes; an address may have 254 itself
_AT_ONCE = 100
_PART = re.compile(r"\..+\.(\d+)\.part")


def from_settings(settings: Settings) -> "Files":
    return Files(Files.writes_to(settings), maildir=settings.transport.format == "maildir")


class Files(Transport):
    """Writes each mail whole or not at all: under another name first, then renamed.

    Mails that were claimed together are first written, then brought to the disk, then renamed, and
    the folder once for all of them: what is recorded as sent outlives a power cut.
    """

    at_once = _AT_ONCE
    stays_here = True

    @classmethod
    def writes_to(cls, settings: Settings) -> Path:
        return settings.folder / settings.transport.directory

    def __init__(self, folder: Path, *, maildir: bool = False) -> None:
        self._folder = folder
        self._maildir = maildir
        self._new = folder / "new" if maildir else folder
        self._parts = folder / "tmp" if maildir else folder
        self._ready = False

    def stream(
        self, chunks: Iterable[Sequence["Message"]], watch: SendObserver
    ) -> Generator[tuple["Message", SendResult]]:
        for chunk in chunks:
            parts: list[tuple[Message, Path]] = []
            try:
                failure = self._write_parts(chunk, parts)
                yield from self._refused(chunk, watch)
                yield from self._publish(parts, watch)
            except OSError as error:
                failure = error
            finally:
                for _, part in parts:
                    part.unlink(missing_ok=True)
            if failure is not None:
                raise TransportDownError(
                    f"{self._folder} cannot be written: {brief(failure.strerror or failure)}; "
                    "free or repair it, run again"
                ) from failure

    def taken(self, campaign: str, day: date) -> int | None:
        """The files of that issue; a Maildir's are named after their references."""
        del day
        if self._maildir:
            return None
        return sum(1 for _ in self._folder.glob(f"{campaign}-*.eml"))

    def check_health(self, settings: Settings, now: datetime) -> Iterable[Finding]:
        del settings, now
        yield _check_folder(self._folder)

    def _write_parts(
        self, mails: Sequence["Message"], parts: list[tuple["Message", Path]]
    ) -> OSError | None:
        """All that can be written; why there are no more."""
        try:
            self._make_ready()
            for mail in mails:
                if refuse_unmailable(mail) is None:
                    part = self._parts / f".{mail.reference}.{os.getpid()}.part"
                    parts.append((mail, part))
                    part.write_bytes(mail.as_bytes())
            for _, part in parts:
                _to_disk(part)
        except OSError as error:
            if parts:
                parts.pop()[1].unlink(missing_ok=True)
            return error
        return None

    def _refused(
        self, mails: Sequence["Message"], watch: SendObserver
    ) -> Generator[tuple["Message", SendResult]]:
        for mail in mails:
            refusal = refuse_unmailable(mail)
            if refusal is not None:
                watch.answered(mail, refusal)
                yield mail, refusal

    def _publish(
        self, parts: Sequence[tuple["Message", Path]], watch: SendObserver
    ) -> Generator[tuple["Message", SendResult]]:
        results = []
        for mail, part in parts:
            if watch.begin(mail):
                file = self._place(mail)
                part.replace(file)
                result = SendResult(SendStatus.ACCEPTED, provider_id=file.name)
                watch.answered(mail, result)
                results.append((mail, result))
        if results:
            _to_disk(self._new)
        yield from results

    def _make_ready(self) -> None:
        """The folders, and nothing half-made by a process that was killed."""
        if self._ready:
            return
        # Mails hold addresses and links that act for their readers: they are the owner's alone.
        make_private_folder(self._folder)
        for name in ("tmp", "new", "cur") if self._maildir else ():
            (self._folder / name).mkdir(mode=0o700, exist_ok=True)
        for part in self._parts.glob(".*.part"):
            match = _PART.fullmatch(part.name)
            if match and not is_running(int(match[1])):
                part.unlink(missing_ok=True)
        self._ready = True

    def _place(self, mail: "Message") -> Path:
        """The mail's file; another mail of that name stays, the same one is written again."""
        if self._maildir:
            return self._new / f"{mail.reference}.newsletter"
        file = self._folder / file_name(mail)
        if file.exists() and mail.message_id.encode() not in file.read_bytes():
            return file.with_name(f"{file.stem}-{mail.reference[:8]}.eml")
        return file


def file_name(mail: "Message") -> str:
    """Readable, and one for each address, though that can hold what a file name must not."""
    name = f"{mail.campaign}-{mail.recipient}"
    safe = re.sub(r"[^\w.@+-]", "_", name, flags=re.ASCII)[:_LONGEST_NAME]
    mark = "" if safe == name else f"-{mail.reference[:8]}"
    return f"{safe}{mark}.eml"


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_folder(folder: Path) -> Finding:
    """Whether a folder takes files and is closed to other users."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"a full disk says so")
    except OSError as error:
        text = f"{folder} cannot be written ({error.strerror}); look at transport.directory"
        return Finding("transport", Severity.TROUBLE, text)
    if folder.exists() and folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        text = (
            f"others on this machine can open {folder}: mails hold addresses, and links that act"
            f" for their readers; `chmod 700 {folder}`"
        )
        return Finding("transport", Severity.WARNING, text)
    text = f'mails become files in {folder}; transport.use = "smtp" or "sendgrid" sends them'
    return Finding("transport", Severity.OK, text)
