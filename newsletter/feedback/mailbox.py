"""Reads mails to the feedback address from an IMAP folder, a Maildir or a pipe.

A mail that was dealt with is marked as seen. One that was not understood is flagged as well, so
that a person finds it. No mail is ever deleted.
"""

import imaplib
import os
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count, groupby
from pathlib import Path
from typing import Any, BinaryIO

from newsletter.config import FeedbackSettings, Settings, combinations
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.feedback.bounce_parser import LONGEST
from newsletter.network.bounded_reader import BoundedReader
from newsletter.text import brief

_LONGEST_KEPT = 25 * 1024 * 1024
_LONGEST_ANSWER = 16 * 1024 * 1024  # of an IMAP server: a mail, or the numbers of two million
_PATIENCES = 4  # so many time-outs may one answer take
_deliveries = count()


class MailboxError(NewsletterError):
    """The mailbox cannot be read."""


@dataclass(frozen=True)
class InboundMessage:
    """A mail's beginning, and how to mark it: understood or not."""

    raw: bytes
    mark: Callable[[bool], None]


InboundMessages = Generator[InboundMessage]


def read_configured(settings: Settings) -> InboundMessages | None:
    """The mailbox of [feedback]: a Maildir or an IMAP folder; None where it names neither."""
    place = settings.feedback
    if place.maildir is not None:
        return read_maildir(settings.folder / place.maildir)
    return read_imap(place) if place.imap_host else None


def read_maildir(folder: Path) -> InboundMessages:
    """The new mails of a Maildir.

    Raises:
        WrongUseError: there is none.
        MailboxError: it cannot be read or written.
    """
    new, current = folder / "new", folder / "cur"
    if not new.is_dir():
        raise WrongUseError(f"{folder} is no Maildir: it has no folder `new`")
    try:
        current.mkdir(exist_ok=True)
        for file in sorted(new.iterdir()):
            if file.is_file():
                with file.open("rb") as stream:
                    raw = stream.read(LONGEST)
                yield InboundMessage(raw, _seen_in(file, current))
    except OSError as error:
        raise MailboxError(f"{folder} cannot be read: {brief(error)}") from error


def _seen_in(file: Path, current: Path) -> Callable[[bool], None]:
    def mark(understood: bool) -> None:  # noqa: FBT001 - the one thing that is said of a mail
        try:
            file.rename(current / f"{file.name}:2,{'S' if understood else 'FS'}")
        except OSError as error:
            raise MailboxError(f"{file} cannot be marked: {brief(error)}") from error

    return mark


def read_pipe(stream: BinaryIO, folder: Path) -> InboundMessages:
    """One mail that a mail server hands over; what is not understood goes into a Maildir.

    Raises:
        MailboxError: it could not be kept; the mail server should hand it over again.
    """
    raw = stream.read(_LONGEST_KEPT)

    def mark(understood: bool) -> None:  # noqa: FBT001 - the one thing that is said of a mail
        if understood:
            return
        try:
            _put(folder, raw)
        except OSError as error:
            raise MailboxError(f"{folder} cannot be written: {brief(error)}") from error

    yield InboundMessage(raw[:LONGEST], mark)


def _put(folder: Path, raw: bytes) -> None:
    """Deliver into a Maildir: written elsewhere first, then renamed."""
    for name in ("tmp", "new", "cur"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    name = f"{int(time.time())}.P{os.getpid()}Q{next(_deliveries)}.{socket.gethostname()}"
    part = folder / "tmp" / name
    with part.open("wb") as stream:
        stream.write(raw)
        stream.flush()
        os.fsync(stream.fileno())
    part.rename(folder / "new" / name)


def read_imap(settings: FeedbackSettings) -> InboundMessages:
    """The unseen mails of an IMAP folder.

    Raises:
        WrongUseError: the settings would give a password away.
        MailboxError: the server is out of reach, refuses us, or lacks the folder.
    """
    combinations.check_imap(settings)
    with _clear_trouble(settings.imap_host), _logged_in(settings) as server:
        for number in _ask(server, "SEARCH", "UNSEEN")[0].split():
            parts = _ask(server, "FETCH", number.decode(), f"(BODY.PEEK[]<0.{LONGEST}>)")
            raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if raw is not None:
                yield InboundMessage(raw, _seen_on(server, settings.imap_host, number.decode()))


def try_imap(settings: FeedbackSettings) -> None:
    """Log in and open the folder; nothing in it is read or marked.

    Raises:
        WrongUseError: the settings would give a password away.
        MailboxError: as in `read_imap`, its cause beneath it.
    """
    combinations.check_imap(settings)
    with _clear_trouble(settings.imap_host), _logged_in(settings):
        pass


@contextmanager
def _clear_trouble(host: str) -> Iterator[None]:
    try:
        yield
    except (OSError, imaplib.IMAP4.error, UnicodeError) as error:
        raise MailboxError(
            f"the mailbox at {host} cannot be read: {brief(error)}; see [feedback]"
        ) from error


class _BoundedImap(imaplib.IMAP4):
    """Gives up on an answer that takes too long, or is endless."""

    _incoming: BoundedReader | None = None

    def expect(self) -> None:
        """Call before each command."""
        within_s = _PATIENCES * (self.sock.gettimeout() or 0)
        self._source().expect(_LONGEST_ANSWER, within_s)

    def read(self, size: int) -> bytes:
        return self._source().read(size)

    def readline(self) -> bytes:
        return self._source().readline(_LONGEST_ANSWER)

    def _source(self) -> BoundedReader:
        if self._incoming is None or self._incoming.sock is not self.sock:
            self._incoming = BoundedReader(self.sock)  # after STARTTLS what was plain is forgotten
            self.expect()
        return self._incoming


class _BoundedImapOverTls(_BoundedImap, imaplib.IMAP4_SSL):
    pass


@contextmanager
def _logged_in(settings: FeedbackSettings) -> Iterator[_BoundedImap]:
    host, port, timeout = settings.imap_host, settings.imap_port, settings.timeout_s
    context = ssl.create_default_context()
    if settings.imap_security == "tls":
        server: _BoundedImap = _BoundedImapOverTls(host, port, ssl_context=context, timeout=timeout)
    else:
        server = _BoundedImap(host, port, timeout=timeout)
    try:
        if settings.imap_security == "starttls":
            server.starttls(context)
        server.login(settings.imap_username, settings.imap_password.get_secret_value())
        _select(server, settings.imap_folder)
        yield server
    finally:
        try:
            server.expect()
            server.logout()
        except (OSError, imaplib.IMAP4.error):
            with suppress(OSError):  # it may be closed already
                server.shutdown()


def _select(server: _BoundedImap, name: str) -> None:
    """Open a folder of any name; also one that was written as the protocol has it."""
    for spelling in dict.fromkeys((_modified_utf7(name), name)):
        if not spelling.isascii():
            continue
        folder = spelling.replace("\\", r"\\").replace('"', r"\"")
        answer, data = server.select(f'"{folder}"')
        if answer == "OK":
            return
    raise imaplib.IMAP4.error(f"{name}: {brief(data[0] or 'no such folder')}")


def _modified_utf7(name: str) -> str:
    """A folder's name as IMAP writes it (RFC 3501, 5.1.3)."""
    written = []
    for plain, text in groupby(name, lambda char: " " <= char <= "~"):
        run = "".join(text)
        if plain:
            written.append(run.replace("&", "&-"))
        else:
            code = b64encode(run.encode("utf-16-be")).decode().rstrip("=")
            written.append(f"&{code.replace('/', ',')}-")
    return "".join(written)


def _seen_on(server: _BoundedImap, host: str, number: str) -> Callable[[bool], None]:
    def mark(understood: bool) -> None:  # noqa: FBT001 - the one thing that is said of a mail
        flags = r"(\Seen)" if understood else r"(\Seen \Flagged)"
        with _clear_trouble(host):
            _ask(server, "STORE", number, "+FLAGS.SILENT", flags)

    return mark


def _ask(server: _BoundedImap, command: str, *args: str) -> list[Any]:
    server.expect()
    answer, data = server.uid(command, *args)
    if answer != "OK":
        raise imaplib.IMAP4.error(f"{command}: {brief(data[0] if data else answer)}")
    return [line for line in data if line is not None] or [b""]
