"""A connection to an SMTP server, encrypted and logged in, or a clear no."""

import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from typing import Any

from newsletter.config import TransportSettings
from newsletter.network.bounded_reader import BoundedReader
from newsletter.text import brief
from newsletter.transports.base import ProviderRefusalError, TransportDownError
from newsletter.transports.smtp.replies import LONGEST, describe_reply

_TEMPORARY, _PERMANENT = 400, 500


class SmtpSocket(smtplib.SMTP):
    """Believes no reply that takes longer than the time-out, or does not end."""

    _refused_login: smtplib.SMTPAuthenticationError | None = None

    def getreply(self) -> tuple[int, bytes]:
        sock = self.sock
        if sock is not None:
            if self.file is None:  # also after STARTTLS: what came in plain text is forgotten
                self.file = BoundedReader(sock)
            self.file.expect(LONGEST, sock.gettimeout() or self.timeout)
        return super().getreply()

    def auth(
        self,
        mechanism: str,
        authobject: Callable[..., Any],
        *,
        initial_response_ok: bool = True,
    ) -> tuple[int, bytes]:
        """Log in by one mechanism; `login` tries those that the server offers in turn.

        Where the server has hung up after a refusal, the refusal is what it said.
        """
        try:
            return super().auth(mechanism, authobject, initial_response_ok=initial_response_ok)
        except smtplib.SMTPAuthenticationError as refusal:
            self._refused_login = self._refused_login or refusal
            raise
        except OSError:
            if self._refused_login is None:
                raise
            raise self._refused_login from None

    def left(self) -> bytes:
        """The octets that the server sent behind the last reply."""
        return b"" if self.file is None else bytes(self.file.left())


class _SmtpSocketOverTls(SmtpSocket, smtplib.SMTP_SSL):
    pass


def connect(settings: TransportSettings) -> SmtpSocket:
    """Connect, encrypt and log in as the settings say; never less than they say.

    Raises:
        ProviderRefusalError: this server refuses us, in its own words.
        TransportDownError: it will not work with these settings.
        OSError: not at this moment (smtplib's own errors are of this kind).
    """
    with ExitStack() as undo:
        try:
            connection = open_connection(settings)
            undo.callback(connection.close)
            introduce(connection, settings)
        except (OSError, UnicodeError) as error:  # the latter where the host is no name at all
            if isinstance(error, OSError) and _may_pass(error):
                raise
            is_refusal = isinstance(error, smtplib.SMTPResponseException)
            raise (ProviderRefusalError if is_refusal else TransportDownError)(
                f"the SMTP server {settings.host}:{settings.port} cannot be used: "
                f"{describe_error(error)}; see [transport]"
            ) from error
        undo.pop_all()
    return connection


def describe_error(error: Exception) -> str:
    """The server's words where the error holds them."""
    if isinstance(error, smtplib.SMTPResponseException):
        return describe_reply((error.smtp_code, error.smtp_error))
    return brief(error)


def open_connection(settings: TransportSettings) -> SmtpSocket:
    """Connect, and read the greeting.

    Raises:
        OSError, UnicodeError: no server answers, or one that does not speak SMTP.
    """
    host, port, timeout_s = settings.host, settings.port, settings.timeout_s
    if settings.security == "tls":
        context = ssl.create_default_context()
        return _SmtpSocketOverTls(host, port, _our_name(), timeout=timeout_s, context=context)
    return SmtpSocket(host, port, _our_name(), timeout=timeout_s)


@cache
def _our_name() -> str | None:
    """The name for EHLO. Looked up once: a slow name server would delay every connection."""
    name = socket.getfqdn()
    return name if "." in name else None


def introduce(connection: smtplib.SMTP, settings: TransportSettings) -> None:
    """Encrypt and log in as the settings say.

    Raises:
        TransportDownError: nothing can be sent so.
        OSError: as smtplib has it.
    """
    if connection.sock is not None:
        # The final dot goes out at once instead of waiting for the body's acknowledgement.
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if settings.security == "starttls":
        connection.starttls(context=ssl.create_default_context())
    connection.ehlo_or_helo_if_needed()
    if settings.username:
        try:
            connection.login(settings.username, settings.password.get_secret_value())
        except UnicodeEncodeError:  # its text would show a part of the password
            raise TransportDownError(
                "transport.username and transport.password must be ASCII: smtplib sends no other"
            ) from None


def _may_pass(error: OSError) -> bool:
    """Whether the same settings may work in a minute."""
    match error:
        case smtplib.SMTPResponseException():
            return _TEMPORARY <= error.smtp_code < _PERMANENT
        case smtplib.SMTPException():
            return isinstance(error, smtplib.SMTPServerDisconnected)
        case socket.gaierror():
            return error.errno != socket.EAI_NONAME
    hangs_up = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    return hangs_up or not isinstance(error, ssl.SSLError)
