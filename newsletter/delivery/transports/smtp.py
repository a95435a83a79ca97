"""Mails through an SMTP server (RFC 5321), one connection, one mail after the other."""

import re
import smtplib
from collections.abc import Iterator, Sequence

from newsletter.config import Settings, TransportSettings
from newsletter.delivery.transports.outcomes import (
    Outcome,
    TransportDownError,
    Verdict,
    one_line,
    unmailable,
)
from newsletter.delivery.transports.smtp_connecting import check, connect, said
from newsletter.rendering.mail import Mail

_OK, _TEMPORARY, _PERMANENT = 2, 4, 5  # the first digit of a reply
_GO_AHEAD = 354
_DOT_AT_START = re.compile(rb"(?m)^\.")
# The codes of RFC 3463 that say that this mailbox does not exist; other 5.1.x speak of the sender.
_NO_SUCH_ADDRESS = re.compile(r"\d{3} 5\.1\.(?:1|2|3|6|10)(?!\d)")
# Refusals that would meet every reader: our login (RFC 4954), our sender, our right to relay.
_ABOUT_US = re.compile(
    r"53[0458] |\d{3} 5\.1\.[78](?!\d)"
    r"|.*\brelay(?:ing)? (?:access )?(?:denied|prohibited|not (?:permitted|allowed))",
    re.IGNORECASE,
)


def from_settings(settings: Settings) -> "Smtp":
    return Smtp(settings.transport)


class Smtp:
    """Connects with the first mail and keeps the connection for the next ones."""

    at_once = 1

    def __init__(self, settings: TransportSettings) -> None:
        check(settings)
        self._settings = settings
        self._connection: smtplib.SMTP | None = None

    def send(self, mails: Sequence[Mail]) -> Iterator[tuple[Mail, Outcome]]:
        for mail in mails:
            yield mail, unmailable(mail) or self._send(mail)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except OSError:
                connection.close()

    def _send(self, mail: Mail) -> Outcome:
        kept = self._connection is not None
        try:
            outcome = self._transaction(mail)
            if kept and self._connection is None and outcome.verdict is Verdict.TRY_LATER:
                # Servers close a connection after so many mails; a new one is as good.
                outcome = self._transaction(mail)
        except TransportDownError:
            self._drop()
            raise
        return outcome

    def _transaction(self, mail: Mail) -> Outcome:
        try:
            if self._connection is None:
                self._connection = connect(self._settings)
            refusal = _announce(self._connection, mail)
        except OSError as error:  # smtplib's own errors too
            self._drop()
            return Outcome(Verdict.TRY_LATER, f"before the mail was handed over: {said(error)}")
        if refusal is None:
            return self._hand_over(self._connection)
        self._start_anew(self._connection)
        return refusal

    def _hand_over(self, connection: smtplib.SMTP) -> Outcome:
        """Send the dot that ends a mail; from here on silence means that nobody can know."""
        try:
            connection.send(b".\r\n")
            code, answer = connection.getreply()
        except OSError as error:
            self._drop()
            return Outcome(Verdict.UNCERTAIN, f"no answer after the mail: {said(error)}")
        if code // 100 == _OK:
            return Outcome(Verdict.ACCEPTED, provider_id=one_line(answer)[:200])
        if code // 100 in {_TEMPORARY, _PERMANENT}:
            outcome = _refused(code, answer)
            self._start_anew(connection)
            return outcome
        self._drop()
        return Outcome(Verdict.UNCERTAIN, f"an answer that is none: {one_line(answer)}")

    def _start_anew(self, connection: smtplib.SMTP) -> None:
        """Forget a refused mail, so that the next one finds a clean session."""
        try:
            code, _ = connection.rset()
        except OSError:
            self._drop()
            return
        if code // 100 != _OK:
            self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _announce(connection: smtplib.SMTP, mail: Mail) -> Outcome | None:
    """Send envelope and content, all but the final dot; an outcome only where they are refused."""
    code, answer = connection.mail(mail.envelope_sender)
    if code // 100 == _PERMANENT:
        raise TransportDownError(
            f"the SMTP server refuses the sender {mail.envelope_sender}: {code} "
            f"{one_line(answer)}; see [site] and [transport]"
        )
    if code // 100 == _OK:
        code, answer = connection.rcpt(mail.recipient)
    if code // 100 == _OK:
        code, answer = connection.docmd("DATA")
    if code != _GO_AHEAD:
        return _refused(code, answer)
    connection.send(_DOT_AT_START.sub(b"..", mail.as_bytes()))
    return None


def _refused(code: int, answer: bytes) -> Outcome:
    told = f"{code} {one_line(answer)}"
    if code // 100 != _PERMANENT:
        return Outcome(Verdict.TRY_LATER, told)
    if _ABOUT_US.match(told):
        raise TransportDownError(f"the SMTP server does not work for us: {told}; see [transport]")
    return Outcome(Verdict.REJECTED, told, permanent=bool(_NO_SUCH_ADDRESS.match(told)))
