"""One connection to an SMTP server, and how mails go over it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import replace
from enum import Enum
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from newsletter.transports.base import SendResult, SendStatus
from newsletter.transports.smtp.connect import SmtpSocket, describe_error
from newsletter.transports.smtp.dot_stuffing import dot_stuff
from newsletter.transports.smtp.replies import (
    CLOSING,
    OK,
    Reply,
    ReplyParser,
    describe_reply,
    result_of_data,
    result_of_refusal,
    result_of_refused_sender,
)

if TYPE_CHECKING:
    from newsletter.rendering.message import Message
    from newsletter.rendering.transfer_encodings.qp_template import Octets

_GO_AHEAD = 354
_STEPS = 3  # MAIL, RCPT, DATA
_NUMBERS = count(1)  # of connections, of this process
# Not for ever: another server may bear it.
_NO_SMTPUTF8 = SendResult(
    SendStatus.REJECTED,
    "the SMTP server does not offer SMTPUTF8 (RFC 6531), which this address needs",
    unasked=True,
)
_BYE_WITHIN_S = 2.0
_HEARD_AT_ONCE = 65_536
_ROOM = 262_144  # octets that the system takes at once, so that a mail is one call


class Awaited(Enum):
    """The event that a task waits for before its next step."""

    READ = "the server says something"
    WRITE = "the server takes more"
    CONNECTION = "there is a connection"
    MAIL = "there is a mail to carry"


_T = TypeVar("_T")
# Something that takes time, in steps: at each `yield` its thread is free for other connections.
# Whoever drives it goes on when what it waits for is there, or throws an OSError into it.
Coroutine = Generator[Awaited, None, _T]


class NotSentError(OSError):
    """The connection broke before the mail could be taken."""


class SmtpConnection:
    """Speaks with one server; where PIPELINING (RFC 2920) is offered, in one write what may be.

    The next mail's envelope travels behind the body of the one before, so that a mail costs one
    round trip.
    """

    def __init__(self, connection: SmtpSocket) -> None:
        assert connection.sock is not None  # noqa: S101 - it is connected
        self._smtp = connection
        self.socket: socket.socket = connection.sock
        self.socket.setblocking(False)
        with suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)
        self._encrypted = isinstance(self.socket, ssl.SSLSocket)
        self._replies = ReplyParser()
        self._replies.feed(connection.left())  # what was said unasked, behind the last reply
        self.pipelining = connection.has_extn("pipelining")
        self.smtputf8 = connection.has_extn("smtputf8") and connection.has_extn("8bitmime")
        self.carried = 0  # mails
        self._number, self._has_taken = next(_NUMBERS), False
        self.usable = True
        self.announced: Message | None = None  # whose envelope is on the wire

    def announce(self, mail: Message) -> Coroutine[SendResult | None]:
        """Send the envelope and hear whether the content may come; an outcome where it may not.

        Raises:
            OSError: the connection is lost; the mail was surely not taken.
            ProviderRefusalError: the server refuses the sender of the mails.
        """
        if not self._bears(mail):
            return _NO_SMTPUTF8
        if self.announced is not mail and self.pipelining:
            yield from self._write([_envelope(mail)])
        self.announced = None
        replies: list[Reply] = []
        for step in range(_STEPS):
            if not self.pipelining:
                yield from self._write([f"{_commands(mail)[step]}\r\n".encode()])
            replies.append(self._replies.next() or (yield from self._reply()))
            if self._is_over(replies[-1]) or (not self.pipelining and _bad(replies)):
                break
        if _bad(replies):
            return self._numbered((yield from self._refusal(mail, replies)))
        return None

    def hand_over(
        self, content: Sequence[Octets], following: Message | None
    ) -> Coroutine[SendResult]:
        """Send the content, and behind it the next envelope; hear what became of the content.

        Raises:
            NotSentError: it broke before the end of the content was out, or the server had answered
                before it began, so that no answer could be believed.
        """
        if self._replies.has_begun:
            self.drop()
            raise NotSentError("the server answered a mail that it had not got")
        pieces = dot_stuff(content)
        end = sum(map(len, pieces))
        if following is not None and self.pipelining and self._bears(following):
            pieces.append(_envelope(following))
            self.announced = following
        try:
            yield from self._write(pieces, end)
            reply = yield from self._reply()
        except NotSentError:
            self.drop()
            raise
        except OSError as error:
            self.drop()
            return SendResult(
                SendStatus.UNCERTAIN, f"no answer after the mail: {describe_error(error)}"
            )
        self.carried += 1
        result = result_of_data(reply)
        if self._is_over(reply) or result is None:
            self.drop()
        if result is None:
            words = f"an answer that is none: {describe_reply(reply)}"
            return SendResult(SendStatus.UNCERTAIN, words)
        self._has_taken |= result.status is SendStatus.ACCEPTED
        return self._numbered(result)

    def drop(self) -> None:
        """Hang up."""
        self.usable = False
        self.announced = None
        self._smtp.close()

    def quit(self) -> None:
        """Take leave politely, but not for long."""
        if self.usable:
            with suppress(OSError):
                self.socket.settimeout(_BYE_WITHIN_S)
                self.socket.sendall(b"QUIT\r\n")
                self.socket.recv(_HEARD_AT_ONCE)
        self.drop()

    def _numbered(self, result: SendResult) -> SendResult:
        if self._has_taken or result.status is not SendStatus.REJECTED:
            return result
        return replace(result, idle_connection=self._number)

    def _bears(self, mail: Message) -> bool:
        return self.smtputf8 or not mail.needs_smtputf8

    def _refusal(self, mail: Message, replies: list[Reply]) -> Coroutine[SendResult]:
        by_step = dict(zip(("mail", "rcpt", "data"), replies, strict=False))
        try:
            if by_step["mail"][0] // 100 != OK:
                return result_of_refused_sender(by_step["mail"], mail)
            if by_step["rcpt"][0] // 100 != OK:
                return result_of_refusal(by_step["rcpt"])
            return result_of_refusal(by_step["data"])
        finally:
            go = by_step.get("data", (0, b""))[0] == _GO_AHEAD
            in_step = len(replies) == _STEPS or not self.pipelining
            yield from self._start_anew(go=go, in_step=in_step)

    def _start_anew(self, *, go: bool, in_step: bool) -> Coroutine[None]:
        """Forget a refused mail, so that the next one finds a clean session."""
        if not (self.usable and in_step):
            self.drop()
            return
        try:
            if go:  # it wants a content for nobody: an empty one (RFC 2920, 3.1)
                yield from self._write([b".\r\n"])
                yield from self._reply()
            yield from self._write([b"RSET\r\n"])
            if (yield from self._reply())[0] // 100 != OK:
                self.drop()
        except OSError:
            self.drop()

    def _is_over(self, reply: Reply) -> bool:
        """After these words the connection is of no use."""
        if reply[0] == CLOSING or not 200 <= reply[0] < 600:  # noqa: PLR2004
            self.usable = False
        return not self.usable

    def _reply(self) -> Coroutine[Reply]:
        while (reply := self._replies.next()) is None:
            yield Awaited.READ
            try:
                octets = self.socket.recv(_HEARD_AT_ONCE)
            except (BlockingIOError, ssl.SSLWantReadError):
                continue
            if not octets:
                raise ConnectionResetError("Connection unexpectedly closed")
            self._replies.feed(octets)
        return reply

    def _write(self, pieces: Sequence[Octets], end: int = 0) -> Coroutine[None]:
        """Send it all; `end` is where the final dot has left."""
        unsent = [b"".join(pieces)] if self._encrypted else pieces
        size, sent = sum(map(len, pieces)), 0
        try:
            while True:
                try:
                    taken = self._send(unsent)
                    sent += taken
                    if sent == size:
                        return
                    unsent = _after_octets(unsent, taken)
                except (BlockingIOError, ssl.SSLWantWriteError):
                    yield Awaited.WRITE
                except ssl.SSLWantReadError:
                    yield Awaited.READ
        except OSError as error:
            if sent < end:  # the final dot is not out: no server takes half a mail
                raise NotSentError(f"in the middle of the mail: {describe_error(error)}") from error
            raise

    def _send(self, pieces: Sequence[Octets]) -> int:
        """As much as can be sent now, in one call: to join the pieces would cost more than that."""
        return self.socket.send(pieces[0]) if self._encrypted else self.socket.sendmsg(pieces)


def _after_octets(pieces: Sequence[Octets], count: int) -> Sequence[Octets]:
    """The rest of the pieces, after so many octets."""
    for number, piece in enumerate(pieces):
        if count < len(piece):
            return [memoryview(piece)[count:], *pieces[number + 1 :]]
        count -= len(piece)
    return []


def _commands(mail: Message) -> tuple[str, str, str]:
    parameters = " SMTPUTF8 BODY=8BITMIME" if mail.needs_smtputf8 else ""
    return f"MAIL FROM:<{mail.envelope_sender}>{parameters}", f"RCPT TO:<{mail.recipient}>", "DATA"


def _envelope(mail: Message) -> bytes:
    return "".join(f"{command}\r\n" for command in _commands(mail)).encode()


def _bad(replies: list[Reply]) -> bool:
    *envelope, last = replies
    good = last[0] == _GO_AHEAD if len(replies) == _STEPS else last[0] // 100 == OK
    return not good or any(reply[0] // 100 != OK for reply in envelope)
