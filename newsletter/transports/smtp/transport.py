"""Mails through an SMTP server (RFC 5321): several connections, several mails a connection."""

from collections.abc import Callable, Generator, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from newsletter.config import Settings, TransportSettings, combinations
from newsletter.finding import Finding
from newsletter.transports.base import SenderProof, SendObserver, SendResult, Transport
from newsletter.transports.smtp.connection_pool import ConnectionPool
from newsletter.transports.smtp.event_loop import SmtpEventLoop

if TYPE_CHECKING:
    from newsletter.rendering.message import Message

_AT_ONCE = 200  # claimed together; a power cut leaves no more than these uncertain


def from_settings(settings: Settings) -> "Smtp":
    from newsletter.transports.smtp import dkim  # cryptography, which what only asks can spare

    return Smtp(settings.transport, dkim.from_settings(settings.dkim, settings.folder))


class Smtp(Transport):
    @classmethod
    def sender_proof(cls, settings: Settings) -> SenderProof:
        chosen = settings.transport
        return SenderProof(chosen.host, is_encrypted=chosen.security != "none")

    @classmethod
    def unheard(cls, settings: Settings) -> str:
        if settings.feedback.imap_host or settings.feedback.maildir:
            return ""
        return (
            f"bounces go to {settings.site.feedback_address} and nobody here reads them: set"
            " feedback.imap_host or feedback.maildir, and let cron run `newsletter feedback`"
        )

    def __init__(
        self, settings: TransportSettings, sign: Callable[[bytes], bytes] | None = None
    ) -> None:
        combinations.check_smtp(settings)
        self._pool = ConnectionPool(settings, sign)
        self.connections = settings.connections
        self.at_once = max(_AT_ONCE, 6 * settings.connections)

    def stream(
        self, chunks: Iterable[Sequence["Message"]], watch: SendObserver
    ) -> Generator[tuple["Message", SendResult]]:
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
