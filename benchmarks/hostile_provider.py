"""A provider that misbehaves in every way we know, for the whole list, at once and after a while.

    python -m benchmarks.hostile_provider [READERS [PATTERN]]    (2,000 by default, all behaviours)

The bundled day on SQLite, by the real `smtp` and `sendgrid` transports, to servers on loopback that
misbehave from the start and again after a quarter of the list; then they are well, three hours
later. Waits between rounds are skipped. PATTERN chooses behaviours. Exit code 1 where a reader was
given up without reason, got a mail twice or was lost, or where trouble ended with exit code 0.
"""

import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from tempfile import TemporaryDirectory
from threading import Lock

from sqlalchemy import delete, func, select

from newsletter import backup, bootstrap, scaffold
from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.errors import NewsletterError
from newsletter.models import DeliveryRow, KeyRow, SubscriberRow, SuppressionRow
from newsletter.rendering.issue_email import IssueEmails
from newsletter.sending.context import NO_OVERRIDE
from newsletter.sending.reports import totals
from newsletter.sending.sender import send_issue
from newsletter.subscribers import lifecycle
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.transports.base import Transport
from newsletter.transports.sendgrid.transport import SendGrid
from newsletter.transports.smtp.transport import Smtp
from tests.sending.killing import freeze
from tests.serving import Running
from tests.transports.smtp_standins import smtp_settings

DOMAINS = 12
CONNECTIONS = 4
TIMEOUT_S = 1.0
LATER = timedelta(hours=3)
_HANGS_S = 4 * TIMEOUT_S
_WIDE = 60  # of a line that is shown

CLOSE, HANG, TAKE, TRICKLE = "(closes)", "(hangs)", "(takes, closes)", "(trickles)"
GOOD = {
    "greeting": "220 hostile.example ESMTP",
    "EHLO": "250-hostile.example\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 go ahead",
    ".": "250 2.0.0 queued",
    "RSET": "250 2.0.0 Ok",
    "QUIT": "221 2.0.0 Bye",
}


@dataclass(frozen=True)
class Behaviour:
    """What a server does to everybody, or to some; and how many may be left unknown by it."""

    name: str
    when: str = ""  # the step of SMTP; empty for SendGrid
    says: str | int | tuple[str | int, ...] = ""  # a reply, or a status; several come in turn
    body: str = ""  # of a SendGrid answer
    only: str = ""  # a pattern of addresses; others are served well
    once: bool = False  # to every address at first sight only
    slow_s: float = 0.0
    # Readers that may be uncertain, beside what was on the wire: what is not SendGrid's own answer
    # says nothing of what it took.
    unknown: int = 0
    heals: bool = False  # all get it in the same run


class Hostile:
    """Whom a server took a mail for, and whether it misbehaves by now."""

    def __init__(self, behaviour: Behaviour, after: int) -> None:
        self.behaviour, self.after = behaviour, after
        self.taken: Counter[str] = Counter()
        self.seen: set[str] = set()
        self.is_well = False
        self.said = 0  # answers that were none of the usual
        self.lock = Lock()

    def misbehaves(self, when: str, email: str) -> bool:
        with self.lock:
            mine = self.behaviour.when == when and not self.is_well
            if not mine or sum(self.taken.values()) < self.after:
                return False
            if self.behaviour.once:
                new = email not in self.seen
                self.seen.add(email)
                return new
            return re.search(self.behaviour.only, email) is not None

    def says(self) -> str | int:
        """The answer to whom it misbehaves now."""
        says = self.behaviour.says
        if not isinstance(says, tuple):
            return says
        with self.lock:
            self.said += 1
            return says[self.said % len(says)]

    def take(self, email: str) -> None:
        with self.lock:
            self.taken[email] += 1


class _SmtpSession(StreamRequestHandler):
    server: "_SmtpServer"

    def handle(self) -> None:
        self.email, self.mail_ok, self.rcpt_ok = "", False, False
        going_on = self._reply("greeting")
        while going_on and (line := self.rfile.readline()):
            verb = line[:4].decode("latin-1").strip().upper()
            if verb == "RCPT":
                self.email = line.decode("latin-1").partition("<")[2].partition(">")[0]
            if (verb == "RCPT" and not self.mail_ok) or (verb == "DATA" and not self.rcpt_ok):
                self.wfile.write(b"503 5.5.1 not now\r\n")
                continue
            going_on = self._reply(verb)
            if verb == "DATA" and going_on and self.said.startswith("354"):
                going_on = self._swallow() and self._reply(".")

    def _swallow(self) -> bool:
        if self.server.hostile.misbehaves("body", self.email):
            self.rfile.read(1000)
            time.sleep(self.server.hostile.behaviour.slow_s)
            return False
        return any(line == b".\r\n" for line in iter(self.rfile.readline, b""))

    def _reply(self, when: str) -> bool:
        hostile = self.server.hostile
        self.said = GOOD.get(when, "502 5.5.1 what?")
        if hostile.misbehaves(when, self.email):
            time.sleep(hostile.behaviour.slow_s)
            self.said = str(hostile.says()) or self.said
        if when == "MAIL":
            self.mail_ok, self.rcpt_ok = self.said.startswith("250"), False
        if when == "RCPT":
            self.rcpt_ok = self.said.startswith("250")
        if self.said == HANG:
            time.sleep(_HANGS_S)
        if self.said in {HANG, CLOSE}:
            return False
        if when == "." and self.said.startswith(("250", TAKE)):
            hostile.take(self.email)
        if self.said == TAKE:
            return False
        if self.said == TRICKLE:
            return self._trickle()
        self.wfile.write(f"{self.said}\r\n".encode())
        return when != "QUIT" and not self.said.startswith("421")

    def _trickle(self) -> bool:
        for octet in b"250-" + b"x" * 100:
            self.wfile.write(bytes([octet]))
            time.sleep(TIMEOUT_S / 10)
        return False

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()


class _SmtpServer(Running, ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, hostile: Hostile) -> None:
        super().__init__(("127.0.0.1", 0), _SmtpSession)
        self.hostile = hostile

    def handle_error(self, *_: object) -> None:
        """The other side hung up."""

    def transport(self) -> Transport:
        port = int(self.server_address[1])
        return Smtp(smtp_settings(port, connections=CONNECTIONS, timeout_s=TIMEOUT_S))


class _SendGridHandler(BaseHTTPRequestHandler):
    server: "_SendGridServer"
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        people = [each["to"][0]["email"] for each in body["personalizations"]]
        hostile, behaviour = self.server.hostile, self.server.hostile.behaviour
        says: str | int = 202
        said = b""
        if any([hostile.misbehaves("", email) for email in people]):  # noqa: C419 - all are seen
            time.sleep(behaviour.slow_s)
            says, said = hostile.says() or 202, self._fill_in(behaviour, people).encode()
        if says == HANG:
            time.sleep(_HANGS_S)
        if says in {202, TAKE}:
            for email in people:
                hostile.take(email)
        if isinstance(says, str):
            self.close_connection = True
            for octet in b"HTTP/1.1 502 " + b"x" * 100 if says == TRICKLE else b"":
                self.wfile.write(bytes([octet]))
                time.sleep(TIMEOUT_S / 10)
            return
        self.send_response(says)
        reset_s = time.time() + (30 if "soon" in behaviour.name else 3600)
        for name, value in (
            ("X-RateLimit-Reset", f"{reset_s:.0f}"),
            ("Location", "https://127.0.0.1:1/"),
            ("Content-Length", str(len(said))),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said)

    def _fill_in(self, behaviour: Behaviour, people: list[str]) -> str:
        """NUMBER is the place of the first that is meant."""
        places = (str(at) for at, who in enumerate(people) if re.search(behaviour.only, who))
        return behaviour.body.replace("NUMBER", next(places, "0"))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _SendGridServer(Running, ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, hostile: Hostile) -> None:
        super().__init__(("127.0.0.1", 0), _SendGridHandler)
        self.hostile = hostile

    def handle_error(self, *_: object) -> None:
        """The other side hung up."""

    def transport(self) -> Transport:
        timeout_s = TIMEOUT_S + self.hostile.behaviour.slow_s
        return SendGrid("SG.key", f"http://127.0.0.1:{self.server_address[1]}", timeout_s)


def _error(field: str | None, message: str) -> str:
    return json.dumps({"errors": [{"field": field, "message": message, "help": None}]})


_FOR_ALL = (
    ("RCPT", "550 5.4.5 Daily user sending limit exceeded"),
    (".", "550 5.4.5 Daily user sending limit exceeded"),
    (".", "552 over quota"),
    ("MAIL", "550 account suspended"),
    (".", "550 account suspended"),
    ("RCPT", "554 5.7.1 blocked"),
    (".", "550 5.7.26 DMARC: unauthenticated"),
    (".", "550 5.7.515 Access denied, does not meet the required authentication level"),
    (".", "552 5.3.4 size"),
    ("RCPT", "550 5.1.1 no such user"),
    ("RCPT", "550 what is this?"),
    (".", "554 what is this?"),
    ("MAIL", "530 5.7.0 Authentication required"),
    ("RCPT", "554 5.7.1 Relay access denied"),
    ("RCPT", "450 4.2.1 not now"),
    (".", "451 4.3.0 no room"),
    (".", "452 4.5.3 too many recipients"),
    ("greeting", "421 4.7.0 too many connections"),
    ("greeting", "554 5.7.1 you are on our list"),
    ("EHLO", "421 4.3.2 shutting down"),
    ("MAIL", "421 4.7.0 try again later"),
    ("RCPT", "421 4.7.28 unusual rate"),
    ("DATA", "421 4.3.0 busy"),
    ("DATA", "554 5.5.1 no"),
    ("DATA", "250 what?"),
    (".", "421 4.3.2 shutting down"),
    (".", "hello"),
    (".", "\x00\xff\x1b[2J"),
    ("RCPT", "\x00\xff\x1b[2J"),
    ("MAIL", "999 odd"),
    *((when, CLOSE) for when in ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "body", ".")),
    *((when, HANG) for when in ("greeting", "EHLO", "MAIL", "RCPT", "DATA", ".")),
)
_LOSES = {CLOSE, HANG, "hello", "\x00\xff\x1b[2J"}
_MIX = ("554 5.3.0 no", "451 4.3.0 later", "421 4.3.2 bye", "550 what is this?")
SMTP = (
    *(
        Behaviour(
            f"{when} {says}",
            when,
            says,
            unknown=CONNECTIONS + 1 if when in {"body", "."} and says in _LOSES else 0,
        )
        for when, says in _FOR_ALL
    ),
    Behaviour("RCPT greylists", "RCPT", "450 4.2.0 Greylisted", once=True, heals=True),
    Behaviour("RCPT later at first sight", "RCPT", "451 4.7.1 later", once=True, heals=True),
    Behaviour("one domain: 450", "RCPT", "450 4.2.1 not now", only="@d3[.]"),
    Behaviour("one domain: 5.7.1", "RCPT", "554 5.7.1 blocked", only="@d3[.]"),
    Behaviour("one reader in ten: 5.7.1", "RCPT", "554 5.7.1 blocked", only="0@"),
    Behaviour("slow, 0.05 s a mail", ".", slow_s=0.05, heals=True),
    Behaviour(". taken, then closed", ".", TAKE, unknown=CONNECTIONS + 1),
    Behaviour(". trickles", ".", TRICKLE, unknown=CONNECTIONS + 1),
    Behaviour("body is not read on", "body", CLOSE, slow_s=2 * TIMEOUT_S, unknown=CONNECTIONS + 1),
    Behaviour(". 554 or 451", ".", ("554 5.3.0 no", "451 4.3.0 later")),
    Behaviour(". 554, 451 or 421", ".", ("554 what?", "451 4.3.0 later", "421 4.3.2 bye")),
    Behaviour(". one in five is taken", ".", (*_MIX, GOOD["."])),
    Behaviour(". one in twenty is taken", ".", (*_MIX * 4, *_MIX[:3], GOOD["."])),
    Behaviour("RCPT one in twenty is taken", "RCPT", (*_MIX * 4, *_MIX[:3], GOOD["RCPT"])),
    Behaviour("one in twenty, else lost", ".", (CLOSE,) * 19 + (GOOD["."],), unknown=4 * 5),
)
_HTML = "<html><body><h1>We will be back soon</h1></body></html>"
SENDGRID = (
    Behaviour("400 for the whole request", says=400, body=_error(None, "Bad Request")),
    Behaviour("400 from.email", says=400, body=_error("from.email", "not a verified sender")),
    Behaviour("400 HTML", says=400, body=_HTML, unknown=11),
    Behaviour(
        "400 for each address alone",
        says=400,
        body=_error("personalizations.NUMBER.to.0.email", "Does not contain a valid address."),
    ),
    Behaviour("401", says=401, body=_error(None, "The provided authorization grant is invalid")),
    Behaviour("401 credits", says=401, body=_error(None, "Maximum credits exceeded")),
    Behaviour("402", says=402, body=_error(None, "pay")),
    Behaviour("403", says=403, body=_error("from", "does not match a verified Sender Identity")),
    Behaviour("403 credits", says=403, body=_error(None, "Maximum credits exceeded")),
    Behaviour("405 HTML", says=405, body=_HTML, unknown=11),
    Behaviour("408", says=408, body=_error(None, "took too long")),
    Behaviour("413", says=413, body=_error(None, "The payload is too large")),
    Behaviour("418", says=418, body=_error(None, "a teapot")),
    Behaviour("429 soon", says=429, body=_error(None, "too many requests")),
    Behaviour("429 in an hour", says=429, body=_error(None, "too many requests")),
    Behaviour("500", says=500, body=_error(None, "internal")),
    Behaviour("500 HTML", says=500, body=_HTML, unknown=11),
    Behaviour("503", says=503, body=_error(None, "not available")),
    Behaviour("503 HTML", says=503, body=_HTML, unknown=11),
    Behaviour("502", says=502, body=_HTML, unknown=11),
    Behaviour("504", says=504, body=_HTML, unknown=11),
    Behaviour("200 HTML", says=200, body=_HTML, unknown=11),
    Behaviour("302", says=302, unknown=11),
    Behaviour("closes", says=CLOSE, unknown=11),
    Behaviour("hangs", says=HANG, unknown=11),
    Behaviour("takes, and closes", says=TAKE, unknown=11),
    Behaviour("trickles", says=TRICKLE, unknown=11),
    Behaviour("500, 429 or 503", says=(500, 429, 503), body=_HTML, unknown=11),
    Behaviour("500, 502 or 503", says=(500, 502, 503), body=_HTML, unknown=11),
    Behaviour("500 or taken", says=(500, 202), body=_HTML, unknown=25),
    Behaviour("502 or taken", says=(502, 202), body=_HTML, unknown=25),
    Behaviour("slow, 0.8 s", slow_s=0.8, heals=True),
    Behaviour("slow, 2.5 s", slow_s=2.5, heals=True),
)


@dataclass(frozen=True)
class Ended:
    """What a run came to."""

    account: totals.DeliveryTotals
    suppressed: int
    code: int
    line: str


class Trial:
    """One behaviour against the issue as it was frozen."""

    def __init__(self, settings: Settings, issue_id: int) -> None:
        self.settings, self.issue_id = settings, issue_id

    def run(self, transport: Transport, after: timedelta) -> Ended:
        clock = lambda: datetime.now(UTC) + after  # noqa: E731 - a clock
        with bootstrap.open_services(self.settings, clock, _no_bar, lambda: False) as parts:
            used = replace(parts, transport=transport)
            context = daily._send_context(used, lambda _done: None, NO_OVERRIDE)  # noqa: SLF001 - without waits
            context.sleep = lambda _wait_s: None
            content = daily.load_frozen_issue(used, self.issue_id)
            mails = IssueEmails(content, used.site, used.links, used.theme)
            try:
                result = send_issue(context, self.issue_id, mails)
                code, line = int(not result.is_done), result.trouble or ""
            except NewsletterError as error:
                code, line = 1, str(error)
            finally:
                transport.close()
            with used.database.read() as session:
                account = totals.delivery_totals(session, self.issue_id)
                suppressed = session.scalar(select(func.count()).select_from(SuppressionRow)) or 0
        return Ended(account, suppressed, code, line)

    def states(self) -> dict[str, str]:
        with bootstrap.open_database(self.settings) as database, database.read() as session:
            rows = session.execute(
                select(SubscriberRow.email, DeliveryRow.state).join(
                    DeliveryRow, DeliveryRow.subscriber_id == SubscriberRow.id
                )
            )
            return {row.email: row.state for row in rows}


@contextmanager
def _no_bar(_label: str, _total: int) -> Iterator[Callable[[int], None]]:
    yield lambda _done: None


def _frozen(folder: Path, readers: int) -> int:
    """An installation with so many readers and the issue frozen for them."""
    settings = scaffold.write_configuration(folder / "newsletter.toml", scaffold.DEMO, {})
    now = datetime(2025, 7, 11, tzinfo=UTC)
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        for number in range(readers):
            wish = SubscriptionRequest(["audio"], "titles", "en")
            email = f"r{number:05}@d{number % DOMAINS}.example"
            lifecycle.add_subscriber(session, email, wish, "on the phone", now)
    issue_id, _ = freeze(settings)
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        session.execute(delete(KeyRow).where(KeyRow.purpose == "sent from"))  # so a copy is none
    return issue_id


def _copied(frozen: Path, folder: Path) -> Settings:
    settings = scaffold.write_configuration(folder / "newsletter.toml", scaffold.DEMO, {})
    for file in folder.glob("newsletter.db*"):
        file.unlink()
    backup.copy_sqlite(frozen / "newsletter.db", folder / "newsletter.db")
    sending = settings.sending.model_copy(update={"state_dir": folder / "state"})
    return settings.model_copy(update={"sending": sending})


def _complaints(behaviour: Behaviour, ended: Ended, hostile: Hostile, after: int) -> list[str]:
    """Every way in which the promise was broken by the first run."""
    account = ended.account
    unknown = behaviour.unknown
    if unknown and after and not behaviour.when:  # the requests have grown by then
        unknown += max(80, account.audience // 10)
    broken = {
        "burned": account.failed > 0 or ended.suppressed > 0,
        "doubled": max(hostile.taken.values(), default=0) > 1,
        "uncertain": account.uncertain > unknown,
        "exit 0": account.pending > 0 and not ended.code,
        "no line": account.pending > 0 and not ended.line,
        "others": bool(behaviour.only) and account.sent < account.audience * 0.85,
        "not healed": behaviour.heals and account.sent < account.audience,
        "account": not account.sent <= len(hostile.taken) <= account.sent + account.uncertain,
    }
    return [words for words, holds in broken.items() if holds]


def _try(frozen: Path, issue_id: int, behaviour: Behaviour, after: int) -> bool:
    hostile = Hostile(behaviour, after)
    started_s = time.perf_counter()
    server = _SmtpServer(hostile) if behaviour.when else _SendGridServer(hostile)
    with TemporaryDirectory() as folder, server:
        trial = Trial(_copied(frozen, Path(folder)), issue_id)
        ended = trial.run(server.transport(), timedelta())
        complaints = _complaints(behaviour, ended, hostile, after)
        took_s = time.perf_counter() - started_s
        hostile.is_well = True
        after_all = trial.run(server.transport(), LATER)
        states = trial.states()
    sent = {email for email, state in states.items() if state == "sent"}
    unsure = {email for email, state in states.items() if state == "uncertain"}
    if (
        not sent <= set(hostile.taken) <= sent | unsure
        or max(hostile.taken.values(), default=0) > 1
    ):
        complaints.append("lost or doubled in the end")
    if after_all.account.pending or after_all.account.failed:
        complaints.append(f"not over: {after_all.account.pending} wait")
    account = ended.account
    print(
        f"{behaviour.name[:44]:44} {after:5} {account.sent:6} {account.failed:6}"
        f" {ended.suppressed:6} {account.uncertain:6} {account.pending:6} {ended.code:4}"
        f" {took_s:5.1f}  {ended.line[:_WIDE]}",
        flush=True,
    )
    if complaints:
        print(f"    !! {', '.join(complaints)}", flush=True)
    return not complaints


def main() -> None:
    readers = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    chosen = sys.argv[2] if len(sys.argv) > 2 else ""  # noqa: PLR2004
    print(
        f"{'behaviour':44} after   sent failed suppr. uncert pending exit     s  line", flush=True
    )
    with TemporaryDirectory() as folder:
        os.environ["NEWSLETTER_STATE_DIR"] = folder
        issue_id = _frozen(Path(folder), readers)
        done = [
            _try(Path(folder), issue_id, behaviour, after)
            for behaviour in (*SMTP, *SENDGRID)
            if re.search(chosen, behaviour.name)
            for after in (0, readers // 4)
        ]
    sys.exit(0 if all(done) else 1)


if __name__ == "__main__":
    main()
