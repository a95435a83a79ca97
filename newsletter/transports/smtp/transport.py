"""Mails through an SMTP server (RFC 5321): several connections, several mails a connection."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence

from newsletter.config import Settings, TransportSettings, combinations
from newsletter.rendering.message import Message
from newsletter.transports.base import NoObserver, SendObserver, SendResult
from newsletter.transports.smtp import dkim
from newsletter.transports.smtp.connect import connect
from newsletter.transports.smtp.connection import SmtpConnection
from newsletter.transports.smtp.event_loop import SmtpEventLoop

_AT_ONCE = 100  # claimed together; a power cut leaves no more than these uncertain


def from_settings(settings: Settings) -> "Smtp":
    return Smtp(settings.transport, dkim.from_settings(settings.dkim, settings.folder))


class Smtp:
    """Connects with the first mails and keeps the connections for the next ones."""

    def __init__(
        self, settings: TransportSettings, sign: Callable[[bytes], bytes] | None = None
    ) -> None:
        combinations.check_smtp(settings)
        self._settings = settings
        self._sign = sign
        self._resting: deque[SmtpConnection] = deque()
        self.timeout_s = settings.timeout_s
        self.connections = settings.connections
        self.per_connection = settings.per_connection
        self.at_once = max(_AT_ONCE, 2 * settings.connections)

    def send(self, mails: Sequence[Message]) -> Generator[tuple[Message, SendResult]]:
        return self.stream([mails], NoObserver())

    def stream(
        self, chunks: Iterable[Sequence[Message]], watch: SendObserver
    ) -> Generator[tuple[Message, SendResult]]:
        event_loop = SmtpEventLoop(self, watch)
        try:
            yield from event_loop.carry(chunks)
        finally:
            event_loop.shutdown()

    def close(self) -> None:
        while self._resting:
            self._resting.pop().quit()

    def connection(self) -> SmtpConnection:
        while self._resting:
            connection = self._resting.pop()
            if connection.usable:
                return connection
        return SmtpConnection(connect(self._settings))

    def release(self, connection: SmtpConnection) -> None:
        """Keep a connection for the next mails."""
        if connection.announced is not None:
            connection.drop()  # its envelope is of a mail that is not to be sent now
        if connection.usable:
            self._resting.append(connection)

    def content(self, mail: Message) -> Sequence[bytes]:
        """The message in pieces, of which mails share the large ones."""
        pieces = mail.pieces()
        if self._sign is None:
            return pieces
        message = b"".join(pieces)
        return [self._sign(message).removesuffix(message), *pieces]
