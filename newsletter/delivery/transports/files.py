"""Mails as .eml files in a folder; any mail program opens them."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from newsletter.config import Settings
from newsletter.delivery.transports.outcomes import (
    Outcome,
    TransportDownError,
    Verdict,
    one_line,
    unmailable,
)
from newsletter.rendering.mail import Mail

_LONGEST_NAME = 160  # file systems allow 255 bytes; an address may have 254 itself


def from_settings(settings: Settings) -> "Files":
    return Files(settings.folder / settings.transport.directory)


class Files:
    """Writes each mail whole or not at all: under another name first, then renamed."""

    at_once = 1

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, mails: Sequence[Mail]) -> Iterator[tuple[Mail, Outcome]]:
        for mail in mails:
            yield mail, unmailable(mail) or self._write(mail)

    def close(self) -> None:
        """Nothing is open."""

    def _write(self, mail: Mail) -> Outcome:
        part = self._folder / f".{mail.reference}.{os.getpid()}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = self._place(mail)
            try:
                _write_through(part, mail.as_bytes())
                part.replace(file)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise TransportDownError(
                f"{self._folder} cannot be written: {one_line(error.strerror or error)}; "
                "free or repair it, run again"
            ) from error
        return Outcome(Verdict.ACCEPTED, provider_id=file.name)

    def _place(self, mail: Mail) -> Path:
        """The mail's file; another mail of that name stays, the same one is written again."""
        file = self._folder / file_name(mail)
        if file.exists() and mail.message_id.encode() not in file.read_bytes():
            return file.with_name(f"{file.stem}-{mail.reference[:8]}.eml")
        return file


def file_name(mail: Mail) -> str:
    """Readable, and one for each address, though that can hold what a file name must not."""
    wanted = f"{mail.stream}-{mail.recipient}"
    safe = re.sub(r"[^\w.@+-]", "_", wanted, flags=re.ASCII)[:_LONGEST_NAME]
    mark = "" if safe == wanted else f"-{mail.reference[:8]}"
    return f"{safe}{mark}.eml"


def _write_through(file: Path, content: bytes) -> None:
    with file.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
