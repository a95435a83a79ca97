"""Servers on loopback that take mails as the real ones do, or misbehave as those do on bad days."""

import asyncio
import hashlib
import select
import socket
import ssl
import string
import threading
from contextlib import suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from newsletter.config import TransportSettings
from newsletter.rendering.message import Message, MessageContent, Placeholders
from tests.serving import Running

if TYPE_CHECKING:
    from collections.abc import Callable

BLANKS = Placeholders.fresh()
LETTER = MessageContent.of(
    subject="音频: 26 papers of 2025-07-11",
    html=f"<p>To {BLANKS.html['recipient']}, <a href='{BLANKS.html['unsubscribe']}'>退订</a></p>",
    text=f"Hello {BLANKS.text['recipient']}\n.\n..two dots\nLeave: {BLANKS.text['unsubscribe']}\n",
    placeholders=BLANKS,
)
SENDER = ("Audio & Speech", "daily@papers.example.org")


def mail_to(
    recipient: str, content: MessageContent = LETTER, stream: str = "audio-2025-07-11"
) -> Message:
    owner = quote(recipient, string.printable, errors="replace")
    unsubscribe = f"https://papers.example.org/unsubscribe/{owner}?a=1&b=2"
    told_apart = f"{recipient} {stream} {content.subject}"
    return Message(
        recipient=recipient,
        reference=hashlib.sha256(told_apart.encode("utf-8", "replace")).hexdigest()[:24],
        campaign=stream,
        sender=SENDER,
        headers=(
            ("Date", "Fri, 11 Jul 2025 06:30:00 +0000"),
            ("List-Id", "<audio.papers.example.org>"),
            ("List-Unsubscribe", f"<{unsubscribe}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ),
        content=content,
        values={"recipient": recipient, "unsubscribe": unsubscribe},
    )


class Postbox:
    """An aiosmtpd handler that keeps envelopes, and knows nobody called `gone`."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, bytes]] = []
        self.before_taking: Callable[[], None] = lambda: None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's interface
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _more: list[str]
    ) -> str:
        if address.startswith("gone@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's interface
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.before_taking()
        content = envelope.original_content or b""
        (recipient,) = envelope.rcpt_tos
        self.taken.append((str(envelope.mail_from), recipient, content))
        return f"250 2.0.0 Ok: queued as {len(self.taken):06}"


class RealSmtp(Controller):
    """A real SMTP server, on a free port that the system picks."""

    def __init__(self, **options: object) -> None:
        self.postbox = Postbox()
        super().__init__(self.postbox, hostname="127.0.0.1", port=0, **options)  # type: ignore[arg-type]

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


CLOSE = "(closes)"
SILENCE = "(says nothing)"
HELD = "(says what is good, once it may)"
# How a reply begins that has no end, how it goes on, and the pause before it does.
ENDLESS = {
    "(an octet at a time)": (b"250 o", b"k", 0.02),
    "(a line at a time)": (b"", b"250-and\r\n", 0.02),
    "(a line without end)": (b"250 o", b"k" * 65_536, 0.0),
    "(lines without end)": (b"", b"250-and\r\n" * 8_192, 0.0),
}
GOOD_REPLIES: dict[str, str] = {
    "greeting": "220 odd.example ESMTP",
    "EHLO": "250-odd.example\r\n250 AUTH PLAIN",
    "AUTH": "235 2.7.0 welcome",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 go ahead",
    ".": "250 2.0.0 queued",
    "RSET": "250 2.0.0 Ok",
    "QUIT": "221 2.0.0 Bye",
}


class _OddSession(StreamRequestHandler):
    server: "OddSmtp"

    def handle(self) -> None:
        self.server.connections += 1
        going_on = self._reply("greeting")
        while going_on and (line := self.rfile.readline()):
            verb = line.split(maxsplit=1)[0].decode().upper()
            self.server.lines.append(line)
            self.server.heard.append(verb)
            going_on = self._reply(verb)
            if verb == "STARTTLS" and going_on and self.server.context is not None:
                going_on = self._encrypt(self.server.context)
            if verb == "DATA" and going_on and self.reply.startswith("354"):
                going_on = self._swallow() and self._reply(".")

    def _swallow(self) -> bool:
        whole = any(line == b".\r\n" for line in iter(self.rfile.readline, b""))
        if whole:
            self.server.contents.append(self.client_address)
        return whole

    def _encrypt(self, context: ssl.SSLContext) -> bool:
        if self.server.before_the_handshake:
            self.connection.recv(1, socket.MSG_PEEK)  # the other side has begun it
            self.wfile.write(self.server.before_the_handshake)
        try:
            self.connection = context.wrap_socket(self.connection, server_side=True)
        except OSError:
            return False  # the other side does not trust us, or what it read
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        return True

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.connection.close()

    def _reply(self, when: str) -> bool:
        self.reply = reply = self.server.next_reply(when)
        self.server.said.append(reply)
        if reply in {SILENCE, HELD}:
            self.server.waits.release()
        if reply == SILENCE:
            self.rfile.read()  # until the other side gives up
        if reply == HELD:
            self.server.may_answer.wait()
            reply = GOOD_REPLIES[when]
        if reply in ENDLESS:
            with suppress(OSError):
                self._say_for_ever(*ENDLESS[reply])
        if reply in {CLOSE, SILENCE, *ENDLESS}:
            return False
        self.wfile.write(f"{reply}\r\n".encode())
        return when != "QUIT"

    def _say_for_ever(self, beginning: bytes, more: bytes, pause_s: float) -> None:
        """Until the other side hangs up."""
        self.wfile.write(beginning)
        while True:
            self.wfile.write(more)
            self.server.octets_of_the_endless += len(more)
            heard, _, _ = select.select([self.connection], [], [], pause_s)
            if heard and not self.connection.recv(65_536):
                return


class OddSmtp(Running, ThreadingTCPServer):
    """An SMTP server that answers what it is told to; the last reply to a command is repeated."""

    daemon_threads = True

    def __init__(
        self, context: ssl.SSLContext | None = None, /, **replies: str | list[str]
    ) -> None:
        super().__init__(("127.0.0.1", 0), _OddSession)
        self.context = context
        self.before_the_handshake = b""
        self.contents: list[object] = []  # from where each came that came to its final dot
        self.octets_of_the_endless = 0
        self.waits = threading.Semaphore(0)  # one for each answer that does not come, or not yet
        self.may_answer = threading.Event()
        self._replies = {
            when: [reply] if isinstance(reply, str) else list(reply)
            for when, reply in (dict(GOOD_REPLIES) | replies).items()
        }
        self.heard: list[str] = []
        self.lines: list[bytes] = []
        self.said: list[str] = []
        self.connections = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def next_reply(self, when: str) -> str:
        replies = self._replies.get(when, ["502 5.5.1 what?"])
        return replies.pop(0) if len(replies) > 1 else replies[0]


def smtp_settings(port: int, **others: object) -> TransportSettings:
    plain = {"use": "smtp", "host": "127.0.0.1", "security": "none", "connections": 1}
    return TransportSettings.model_validate({"timeout_s": 5.0, **plain, "port": port, **others})


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
