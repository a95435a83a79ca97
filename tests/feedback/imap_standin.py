"""An IMAP server on loopback with one folder, as far as `newsletter feedback` needs one."""

import re
from socketserver import StreamRequestHandler, ThreadingTCPServer

from tests.serving import Running


class _Session(StreamRequestHandler):
    server: "ImapStandIn"

    def handle(self) -> None:
        if self.server.silent:
            self.rfile.read()
            return
        self._say("* OK ready")
        for line in iter(self.rfile.readline, b""):
            tag, _, command = line.decode().strip().partition(" ")
            verb = command.upper()
            self.server.heard.append(command)
            if verb.startswith("LOGIN") and self.server.password not in command:
                self._say(f"{tag} NO [AUTHENTICATIONFAILED] wrong password")
                continue
            if verb.startswith("SELECT") and '"INBOX"' not in command:
                self._say(f"{tag} NO no such folder")
                continue
            self._answer(verb)
            self._say(f"{tag} OK done")
            if verb == "LOGOUT":
                return

    def _answer(self, verb: str) -> None:
        mails, flags = self.server.mails, self.server.flags
        if verb == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1")
        elif verb.startswith("SELECT"):
            self._say(f"* {len(mails)} EXISTS")
        elif verb.startswith("UID SEARCH UNSEEN"):
            unseen = [str(uid) for uid in mails if "\\SEEN" not in flags.get(uid, "")]
            self._say(f"* SEARCH {' '.join(unseen)}")
        elif found := re.match(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", verb):
            raw = mails[int(found[1])][: int(found[2])]
            self.wfile.write(
                f"* 1 FETCH (UID {found[1]} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"
            )
        elif found := re.match(r"UID STORE (\d+) \+FLAGS\.SILENT \((.*)\)", verb):
            flags[int(found[1])] = found[2]

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class ImapStandIn(Running, ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, *mails: bytes, silent: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails = dict(enumerate(mails, start=1))
        self.flags: dict[int, str] = {}
        self.heard: list[str] = []
        self.password = "open-sesame"
        self.silent = silent

    @property
    def port(self) -> int:
        return int(self.server_address[1])
