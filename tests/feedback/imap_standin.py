"""An IMAP server on loopback with one folder, as far as `newsletter feedback` needs one."""

import re
import select
import ssl
from contextlib import suppress
from enum import Enum, auto
from socketserver import StreamRequestHandler, ThreadingTCPServer

from tests.serving import Running


class Trouble(Enum):
    """What goes wrong with a command, once."""

    DROPPED_BEFORE = auto()  # hangs up instead of doing it
    DROPPED_HALFWAY = auto()  # hangs up in the middle of the answer
    DROPPED_AFTER = auto()  # does it, and hangs up instead of saying so
    SILENCE = auto()
    TRICKLE = auto()  # an octet at a time, for ever
    TOO_LONG = auto()  # an answer of which nobody said that it may be so long


class _Session(StreamRequestHandler):
    server: "ImapStandIn"

    def handle(self) -> None:
        if self.server.silent:
            self.rfile.read()
            return
        with suppress(OSError):  # the other side does not trust us, or gives up
            if self.server.context and not self.server.starttls:
                self._encrypt(self.server.context)
            self._say("* OK ready")
            while line := self.rfile.readline():
                tag, _, command = line.decode().strip().partition(" ")
                self.server.heard.append(command)
                if not self._obey(tag, command):
                    return

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.connection.close()

    def _obey(self, tag: str, command: str) -> bool:
        """Do it and say so; whether the conversation goes on."""
        verb = command.upper()
        trouble = self.server.trouble_with(verb)
        if trouble is not None and not self._misbehave(trouble, verb):
            return False
        if verb.startswith("LOGIN") and self.server.password not in command:
            self._say(f"{tag} NO [AUTHENTICATIONFAILED] wrong password")
        elif verb.startswith("SELECT") and f'"{self.server.folder}"' not in command:
            self._say(f"{tag} NO no such folder")
        elif verb == "STARTTLS" and self.server.context:
            self._say(f"{tag} OK begin{self.server.slipped_in}")
            self._encrypt(self.server.context)
        else:
            self._answer(verb)
            self._say(f"{tag} OK done")
        return verb != "LOGOUT"

    def _encrypt(self, context: ssl.SSLContext) -> None:
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)

    def _misbehave(self, trouble: Trouble, verb: str) -> bool:
        """Whether the command is obeyed all the same."""
        match trouble:
            case Trouble.DROPPED_AFTER:
                self._answer(verb)
            case Trouble.DROPPED_HALFWAY:
                self.wfile.write(b"* 1 FETCH (UID 1 BODY[]<0> {500}\r\nSubject: half of")
            case Trouble.SILENCE:
                self.rfile.read()
            case Trouble.TRICKLE:
                while not select.select([self.connection], [], [], 0.02)[0]:
                    self.wfile.write(b"*")
            case Trouble.TOO_LONG:
                self.wfile.write(b"* 1 FETCH (UID 1 BODY[]<0> {99000000}\r\n")
                return True
            case Trouble.DROPPED_BEFORE:
                pass
        return False

    def _answer(self, verb: str) -> None:
        mails, flags = self.server.mails, self.server.flags
        if verb == "CAPABILITY":
            encrypted = isinstance(self.connection, ssl.SSLSocket)
            offer = " STARTTLS" * (self.server.starttls and not encrypted)
            self._say(f"* CAPABILITY IMAP4rev1{offer}")
        elif verb.startswith("SELECT"):
            self._say(f"* {len(mails)} EXISTS")
        elif verb.startswith("UID SEARCH UNSEEN"):
            unseen = [str(uid) for uid in mails if "\\SEEN" not in flags.get(uid, "")]
            self._say(f"* SEARCH {' '.join(unseen)}")
        elif found := re.match(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", verb):
            raw = mails[int(found[1])][: int(found[2])]
            self.server.octets_of_mails += len(raw)
            self.wfile.write(
                f"* 1 FETCH (UID {found[1]} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"
            )
        elif found := re.match(r"UID STORE (\d+) \+FLAGS\.SILENT \((.*)\)", verb):
            flags[int(found[1])] = found[2]

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class ImapStandIn(Running, ThreadingTCPServer):
    """With a context it is encrypted from the first octet, or from STARTTLS on."""

    daemon_threads = True

    def __init__(
        self,
        *mails: bytes,
        silent: bool = False,
        context: ssl.SSLContext | None = None,
        starttls: bool = False,
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails = dict(enumerate(mails, start=1))
        self.flags: dict[int, str] = {}
        self.heard: list[str] = []
        self.password = "open-sesame"
        self.folder = "INBOX"
        self.silent = silent
        self.context = context
        self.starttls = starttls
        self.slipped_in = ""  # in plain text, behind the answer to STARTTLS
        self.trouble: dict[str, Trouble] = {}  # by the beginning of a command
        self.octets_of_mails = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def trouble_with(self, verb: str) -> Trouble | None:
        begins = next((each for each in self.trouble if verb.startswith(each)), None)
        return self.trouble.pop(begins) if begins is not None else None
