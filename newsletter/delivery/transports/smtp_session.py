"""One connection to an SMTP server, and how mails go over it."""

import smtplib
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache

from newsletter.delivery.transports import smtp_answers
from newsletter.delivery.transports.outcomes import Outcome, Verdict, one_line
from newsletter.delivery.transports.smtp_answers import OK, Reply
from newsletter.delivery.transports.smtp_connecting import said
from newsletter.rendering.mail import Mail

_GO_AHEAD = 354
_STEPS = 3  # MAIL, RCPT, DATA
_BYE_WITHIN_S = 2.0
_SHARED_FROM = 1000  # octets of a piece; a reader's own values are smaller


class NotSentError(OSError):
    """The connection broke before the mail could be taken."""


class Session:
    """Speaks with one server; where PIPELINING (RFC 2920) is offered, in one write what may be.

    The next mail's envelope travels behind the body of the one before, so that a mail costs one
    round trip.
    """

    def __init__(self, connection: smtplib.SMTP) -> None:
        assert connection.sock is not None  # noqa: S101 - it is connected
        self._smtp = connection
        self._socket: socket.socket = connection.sock
        self.pipelining = connection.has_extn("pipelining")
        self.carried = 0  # mails
        self.usable = True
        self.announced: Mail | None = None  # whose envelope is on the wire

    def announce(self, mail: Mail) -> Outcome | None:
        """Send the envelope and hear whether the content may come; an outcome where it may not.

        Raises:
            OSError: the connection is lost; the mail was surely not taken.
            TransportDownError: nothing can be sent at all.
        """
        if self.announced is not mail and self.pipelining:
            self._socket.sendall(_envelope(mail))
        self.announced = None
        commands = [f"MAIL FROM:<{mail.envelope_sender}>", f"RCPT TO:<{mail.recipient}>", "DATA"]
        replies: list[Reply] = []
        for command in commands:
            if not self.pipelining:
                self._socket.sendall(f"{command}\r\n".encode("ascii"))
            replies.append(self._reply())
            if self._is_over(replies[-1]) or (not self.pipelining and _bad(replies)):
                break
        return self._refusal(mail, replies)

    def hand_over(self, content: Sequence[bytes], following: Mail | None) -> Outcome:
        """Send the content, and behind it the next envelope; hear what became of the content.

        Raises:
            NotSentError: it broke before the end of the content was out.
            TransportDownError: nothing can be sent at all.
        """
        pieces = stuffed(content)
        end = sum(map(len, pieces))
        if following is not None and self.pipelining:
            pieces.append(_envelope(following))
            self.announced = following
        try:
            self._write(b"".join(pieces), end)
            reply = self._reply()
        except NotSentError:
            self.drop()
            raise
        except OSError as error:
            self.drop()
            return Outcome(Verdict.UNCERTAIN, f"no answer after the mail: {said(error)}")
        self.carried += 1
        outcome = smtp_answers.taken(reply)
        if self._is_over(reply) or outcome is None:
            self.drop()
        return outcome or Outcome(
            Verdict.UNCERTAIN, f"an answer that is none: {one_line(reply[1])}"
        )

    def drop(self) -> None:
        """Hang up."""
        self.usable = False
        self.announced = None
        self._smtp.close()

    def bye(self) -> None:
        """Take leave politely, but not for long."""
        if self.usable:
            with suppress(OSError, ValueError):
                self._socket.settimeout(_BYE_WITHIN_S)
                self._smtp.quit()
        self.drop()

    def cut(self) -> None:
        """End it from another thread: whoever waits for an answer gets an error at once."""
        with suppress(OSError):
            # Not SSLSocket's own, which takes the socket apart under the other thread.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _refusal(self, mail: Mail, replies: list[Reply]) -> Outcome | None:
        by_step = dict(zip(("mail", "rcpt", "data"), replies, strict=False))
        go = by_step.get("data", (0, b""))[0] == _GO_AHEAD
        try:
            if by_step["mail"][0] // 100 != OK:
                return smtp_answers.sender_refused(by_step["mail"], mail.envelope_sender)
            if by_step["rcpt"][0] // 100 != OK:
                return smtp_answers.refused(by_step["rcpt"], of_reader=True)
            return None if go else smtp_answers.refused(by_step["data"], of_reader=False)
        finally:
            if _bad(replies):
                self._start_anew(go=go, in_step=len(replies) == _STEPS or not self.pipelining)

    def _start_anew(self, *, go: bool, in_step: bool) -> None:
        """Forget a refused mail, so that the next one finds a clean session."""
        if not (self.usable and in_step):
            self.drop()
            return
        try:
            if go:  # it wants a content for nobody: an empty one (RFC 2920, 3.1)
                self._socket.sendall(b".\r\n")
                self._reply()
            self._socket.sendall(b"RSET\r\n")
            if self._reply()[0] // 100 != OK:
                self.drop()
        except OSError:
            self.drop()

    def _is_over(self, reply: Reply) -> bool:
        """After these words the connection is of no use."""
        if reply[0] == smtp_answers.CLOSING or not 200 <= reply[0] < 600:  # noqa: PLR2004
            self.usable = False
        return not self.usable

    def _reply(self) -> Reply:
        return self._smtp.getreply()

    def _write(self, data: bytes, end: int) -> None:
        view, sent = memoryview(data), 0
        while sent < len(data):
            try:
                sent += self._socket.send(view[sent:])
            except OSError as error:
                if sent < end:  # the final dot is not out: no server takes half a mail
                    raise NotSentError(f"in the middle of the mail: {said(error)}") from error
                raise


def _envelope(mail: Mail) -> bytes:
    return (f"MAIL FROM:<{mail.envelope_sender}>\r\nRCPT TO:<{mail.recipient}>\r\nDATA\r\n").encode(
        "ascii"
    )


def _bad(replies: list[Reply]) -> bool:
    *envelope, last = replies
    wanted = _GO_AHEAD // 100 if len(replies) == _STEPS else OK
    return last[0] // 100 != wanted or any(reply[0] // 100 != OK for reply in envelope)


def stuffed(content: Iterable[bytes]) -> list[bytes]:
    """Dots at line starts doubled, and the end marked (RFC 5321, 4.5.2)."""
    pieces, before = [], b"\r\n"  # the last two octets so far
    for piece in content:
        if before[-1:] == b"\n" and piece[:1] == b".":
            pieces.append(b".")
        pieces.append(_doubled_once(piece) if len(piece) > _SHARED_FROM else _doubled(piece))
        before = (before + piece[-2:])[-2:]
    return [*pieces, b".\r\n" if before == b"\r\n" else b"\r\n.\r\n"]


def _doubled(piece: bytes) -> bytes:
    return piece.replace(b"\n.", b"\n..")


# The same large pieces come with every mail of an issue: each is looked through once.
_doubled_once = lru_cache(maxsize=64)(_doubled)
