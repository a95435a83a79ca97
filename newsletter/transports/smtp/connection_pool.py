"""Where connections come from, and where they rest between mails."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from newsletter.config import TransportSettings
from newsletter.transports.smtp.connect import connect
from newsletter.transports.smtp.connection import SmtpConnection

if TYPE_CHECKING:
    from newsletter.rendering.message import Message
    from newsletter.rendering.transfer_encodings.qp_template import Octets

_REFUSED_AGAIN = 2  # new connections


class ConnectionPool:
    """Connects with the first mails and keeps the connections for the next ones."""

    def __init__(self, settings: TransportSettings, sign: Callable[[bytes], bytes] | None) -> None:
        self._settings = settings
        self._sign = sign
        self._resting: deque[SmtpConnection] = deque()
        self.timeout_s = settings.timeout_s
        self.connections = settings.connections
        self.per_connection = settings.per_connection
        self._takes_sender = False  # it did once
        self._sender_refusals = 0  # since then

    def connection(self) -> SmtpConnection:
        """A new connection; may take long. From any thread.

        Raises:
            OSError: not now.
            TransportDownError: never with these settings.
        """
        return SmtpConnection(connect(self._settings))

    def resting(self) -> SmtpConnection | None:
        """One that rests, if there is any."""
        while self._resting:
            connection = self._resting.pop()
            if connection.usable:
                return connection
        return None

    def accept_sender(self) -> None:
        """A mail may be handed over, so the sender is as the server wants it."""
        self._takes_sender, self._sender_refusals = True, 0

    def may_take_sender(self) -> bool:
        """After a refusal of the sender: whether a new connection may be all it needs.

        It is what the server had enough of where senders were taken before. Each connection may
        meet that once, and a few new ones by accident.
        """
        self._sender_refusals += 1
        most = self.connections + _REFUSED_AGAIN
        return self._takes_sender and self._sender_refusals <= most

    def release(self, connection: SmtpConnection) -> None:
        """Keep a connection for the next mails. From any thread."""
        if connection.announced is not None:
            connection.drop()  # its envelope is of a mail that is not to be sent now
        if connection.usable:
            self._resting.append(connection)

    def close(self) -> None:
        while self._resting:
            self._resting.pop().quit()

    def content(self, mail: "Message") -> "Sequence[Octets]":
        """The message in pieces, of which mails share the large ones."""
        pieces = mail.pieces()
        if self._sign is None:
            return pieces
        message = b"".join(pieces)
        return [self._sign(message).removesuffix(message), *pieces]
