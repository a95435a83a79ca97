"""Mails as .eml files in a folder; any mail program opens them."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from newsletter.config import Settings
from newsletter.delivery.transports.outcomes import Outcome, TransportDownError, Verdict
from newsletter.rendering.mail import Mail


def from_settings(settings: Settings) -> "Files":
    return Files(settings.folder / settings.transport.directory)


class Files:
    """Writes each mail whole or not at all: under another name first, then renamed."""

    at_once = 1

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, mails: Sequence[Mail]) -> Iterator[tuple[Mail, Outcome]]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for mail in mails:
                file = self._folder / file_name(mail)
                _write(file, mail.as_bytes())
                yield mail, Outcome(Verdict.ACCEPTED, provider_id=file.name)
        except OSError as error:
            raise TransportDownError(
                f"{self._folder} cannot be written: {error.strerror}; free or repair it, run again"
            ) from error

    def close(self) -> None:
        """Nothing is open."""


def file_name(mail: Mail) -> str:
    """Readable, and one for each mail: an address can hold what a file name must not."""
    safe = re.sub(r"[^\w.@+-]", "_", mail.recipient)
    mark = "" if safe == mail.recipient else f"-{mail.reference[:8]}"
    return f"{mail.stream}-{safe}{mark}.eml"


def _write(file: Path, content: bytes) -> None:
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
