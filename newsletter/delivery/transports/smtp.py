"""Mails through an SMTP server (RFC 5321), in clear only where that was said."""

import smtplib
import ssl
from collections.abc import Iterator, Sequence

from newsletter.config import Settings, TransportSettings
from newsletter.delivery.transports.outcomes import Outcome, TransportDownError, Verdict
from newsletter.rendering.mail import Mail

_CLOSING = 421  # the server closes the connection, not this mail's fault
_PERMANENT = 500


def from_settings(settings: Settings) -> "Smtp":
    return Smtp(settings.transport)


class Smtp:
    """Connects with the first mail and keeps the connection for the next ones."""

    at_once = 1

    def __init__(self, settings: TransportSettings) -> None:
        self._settings = settings
        self._connection: smtplib.SMTP | None = None

    def send(self, mails: Sequence[Mail]) -> Iterator[tuple[Mail, Outcome]]:
        for mail in mails:
            yield mail, self._send(mail)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()

    def _send(self, mail: Mail) -> Outcome:
        if self._connection is None:
            self._connection = self._connect()
        outcome = self._envelope(self._connection, mail) or self._data(self._connection, mail)
        if outcome.verdict is not Verdict.ACCEPTED:
            self._leave_clean()
        return outcome

    def _envelope(self, connection: smtplib.SMTP, mail: Mail) -> Outcome | None:
        """Sender and recipient; an outcome only where one of them was refused."""
        try:
            for code, answer in (
                connection.mail(mail.sender[1]),
                connection.rcpt(mail.recipient),
            ):
                if code not in {250, 251}:
                    return _refused(code, answer)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Outcome(Verdict.TRY_LATER, f"the connection broke: {_line(error)}")
        return None

    def _data(self, connection: smtplib.SMTP, mail: Mail) -> Outcome:
        """The message itself; once it is handed over, silence means that nobody can know."""
        try:
            code, answer = connection.data(mail.as_bytes())
        except smtplib.SMTPDataError as error:  # refused before anything was handed over
            return _refused(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Outcome(Verdict.UNCERTAIN, f"no answer after the message: {_line(error)}")
        if code == 250:  # noqa: PLR2004 - RFC 5321's "okay, completed"
            return Outcome(Verdict.ACCEPTED, provider_id=_line(answer)[:200])
        return _refused(code, answer)

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        where = f"{settings.host}:{settings.port}"
        context = ssl.create_default_context()
        try:
            if settings.security == "tls":
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    settings.host, settings.port, timeout=settings.timeout_s, context=context
                )
            else:
                connection = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_s)
            if settings.security == "starttls":
                connection.starttls(context=context)
            connection.ehlo_or_helo_if_needed()
            if settings.username:
                self._log_in(connection)
        except (smtplib.SMTPException, OSError) as error:
            raise TransportDownError(
                f"the SMTP server {where} cannot be used: {_line(error)}; see [transport]"
            ) from error
        return connection

    def _log_in(self, connection: smtplib.SMTP) -> None:
        settings = self._settings
        if settings.security == "none" and settings.host not in {"localhost", "127.0.0.1", "::1"}:
            raise TransportDownError(
                'no password goes over plain text: set transport.security = "starttls" or "tls"'
            )
        connection.login(settings.username, settings.password.get_secret_value())

    def _leave_clean(self) -> None:
        """Forget a refused mail, so that the next one starts anew."""
        if self._connection is None:
            return
        try:
            self._connection.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _refused(code: int, answer: bytes | str) -> Outcome:
    told = f"{code} {_line(answer)}"
    if code == _CLOSING or code < _PERMANENT:
        return Outcome(Verdict.TRY_LATER, told)
    # 5.1.x speaks of the address (RFC 3463); any other refusal may pass.
    return Outcome(Verdict.REJECTED, told, permanent="5.1." in told)


def _line(told: object) -> str:
    text = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    return " ".join(text.split())[:300] or type(told).__name__
