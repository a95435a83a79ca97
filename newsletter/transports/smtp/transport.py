"""Mails through an SMTP server (RFC 5321): several connections, several mails a connection."""

from collections.abc import Callable, Generator, Iterable, Sequence
from datetime import datetime

from newsletter.config import Settings, TransportSettings, combinations
from newsletter.finding import Finding
from newsletter.rendering.message import Message
from newsletter.transports.base import SendObserver, SendResult, Transport
from newsletter.transports.smtp import dkim
from newsletter.transports.smtp.connection_pool import ConnectionPool
from newsletter.transports.smtp.event_loop import SmtpEventLoop

_AT_ONCE = 200  # claimed together; a power cut leaves no more than these uncertain


def from_settings(settings: Settings) -> "Smtp":
    return Smtp(settings.transport, dkim.from_settings(settings.dkim, settings.folder))


class Smtp(Transport):
    def __init__(
        self, settings: TransportSettings, sign: Callable[[bytes], bytes] | None = None
    ) -> None:
        combinations.check_smtp(settings)
        self._pool = ConnectionPool(settings, sign)
        self.connections = settings.connections
        self.at_once = max(_AT_ONCE, 6 * settings.connections)

    def stream(
        self, chunks: Iterable[Sequence[Message]], watch: SendObserver
    ) -> Generator[tuple[Message, SendResult]]:
        event_loop = SmtpEventLoop(self._pool, watch)
        try:
            yield from event_loop.carry(chunks)
        finally:
            event_loop.shutdown()

    def check_health(self, settings: Settings, now: datetime) -> Iterable[Finding]:
        from newsletter.transports.smtp import health

        del now
        yield health.check(settings.transport, settings.site.feedback_address)

    def close(self) -> None:
        self._pool.close()
