"""Kill senders at random moments, then look at who got what.

As a script: `python -m tests.sending.killing [KILLS [SENDERS]]`. A hostile SMTP server, in a
process that is never killed, writes down every mail that it takes before it says so.
"""

import os
import random
import re
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from unittest import mock
from urllib.parse import urlsplit

from newsletter import bootstrap, delivery_counters, scaffold
from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.database.db import Database
from newsletter.issues import issue_days, issue_queries
from newsletter.rendering.issue_email import IssueEmails
from newsletter.sending import batch_worker
from newsletter.sending.context import NO_OVERRIDE
from newsletter.sending.readers import freezing
from newsletter.sending.reports import stats, totals
from newsletter.sending.reports.totals import DeliveryTotals
from newsletter.sending.sender import send_issue
from newsletter.sources import bundled
from newsletter.subscribers import lifecycle
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.subscribers.link_claims import UnsubscribeClaim
from tests.transports.smtp_standins import smtp_settings

CONNECTIONS = 3
_LOG = "taken.log"
_ON_THE_WIRE = 2  # mails a connection that a killed process may leave uncertain


@dataclass(frozen=True)
class Found:
    """What came of it, told by the server and by the ledger."""

    kills: int
    taken: Counter[str]  # mails by address, as the server wrote them down
    states: dict[str, str]  # by address, as the ledger has them
    account: DeliveryTotals
    counters_hold: bool

    def complaints(self) -> list[str]:
        """Every way in which the promise was broken."""
        doubled = [email for email, number in self.taken.items() if number > 1]
        lost = [
            email
            for email, state in self.states.items()
            if state == "sent" and not self.taken[email]
        ]
        unknown = self.taken.keys() - self.states.keys()
        bound = self.kills * CONNECTIONS * _ON_THE_WIRE
        broken = {
            f"doubled: {doubled}": doubled,
            f"lost: {lost}": lost,
            f"to strangers: {unknown}": unknown,
            f"{self.account.uncertain} uncertain after {self.kills} kills": self.account.uncertain
            > bound,
            f"not balanced: {self.account}": not self.account.balances,
            "the counters differ from the rows": not self.counters_hold,
        }
        return [words for words, holds in broken.items() if holds]


def killed_until_done(folder: Path, readers: int, kills: int, senders: int, seed: int) -> Found:
    """Freeze an issue for so many readers; kill senders so often; let them finish; look."""
    dice = random.Random(seed)  # noqa: S311 - moments, no secrets
    settings = _settings(folder, readers)
    with _in_slices(), hostile_server(settings, seed) as (port, taken):
        issue_id, mails = freeze(settings)
        done = 0
        while done < kills:
            running = [_sender(settings, port, issue_id, mails) for _ in range(senders)]
            _wait_for_some(settings, running, dice)
            for pid in running:
                os.kill(pid, signal.SIGKILL)
                _, status = os.waitpid(pid, 0)
                done += os.WIFSIGNALED(status)
            if _account(settings, issue_id).balances:
                break
        for pid in [_sender(settings, port, issue_id, mails) for _ in range(senders)]:
            os.waitpid(pid, 0)
        return _found(settings, issue_id, done, taken())


@contextmanager
def _in_slices() -> Iterator[None]:
    """The senders write most recipients down themselves, and are killed at that too.

    They do it between two batches, and while mails are on the wire.
    """
    with (
        mock.patch.multiple(freezing, BATCH_SIZE=50, SLICE=1, _PER_CONNECTION=1),
        mock.patch.object(batch_worker, "_BUSY_AFTER", 2),
    ):
        yield


def _wait_for_some(settings: Settings, running: list[int], dice: random.Random) -> None:
    """Until a few more mails were taken or somebody has ended, and then a moment."""
    log = settings.folder / _LOG
    wanted = log.stat().st_size + dice.randrange(1, 30) * len("r00000@reader.example\n")
    while log.stat().st_size < wanted and not any(map(_has_ended, running)):
        time.sleep(0.001)
    time.sleep(dice.uniform(0, 0.01))


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _settings(folder: Path, readers: int) -> Settings:
    settings = scaffold.write_configuration(folder / "newsletter.toml", scaffold.DEMO, {})
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        for number in range(readers):
            wish = SubscriptionRequest(["audio"], "titles", "en")
            email = f"r{number:05}@reader.example"
            lifecycle.add_subscriber(
                session, email, wish, "on the phone", datetime(2025, 7, 11, tzinfo=UTC)
            )
    return settings


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def _no_bar(_label: str, _total: int) -> Iterator[Callable[[int], None]]:
    yield lambda _done: None


def freeze(settings: Settings) -> tuple[int, IssueEmails]:
    """The issue, and its mails rendered once for all the processes to come."""
    with (
        bootstrap.open_database(settings) as database,
        bootstrap.open_services(settings, _now, _no_bar, lambda: _is_frozen(database)) as parts,
    ):
        daily.run_day(parts, settings.newsletters[0], None)
        with parts.database.read() as session:
            issue_id = issue_queries.get_issue(session, "audio", None).id
        mails = IssueEmails(
            daily.load_frozen_issue(parts, issue_id), parts.site, parts.links, parts.theme
        )
        mails.content("titles", "en")
        return issue_id, mails


def _is_frozen(database: Database) -> bool:
    with database.read() as session:
        return issue_days.find_issue(session, "audio", bundled.DAY) is not None


def _sender(settings: Settings, port: int, issue_id: int, mails: IssueEmails) -> int:
    """A process that sends what is pending; its number."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        transport = smtp_settings(port, connections=CONNECTIONS, timeout_s=2.0, per_connection=20)
        mine = settings.model_copy(update={"transport": transport})
        with bootstrap.open_services(mine, _now, _no_bar, lambda: False) as parts:
            for _ in range(20):
                context = daily._send_context(parts, lambda _done: None, NO_OVERRIDE)
                context.sleep = lambda wait_s: time.sleep(min(wait_s, 0.05))
                if send_issue(context, issue_id, mails).account.balances:
                    break
            code = 0
    finally:
        os._exit(code)


def _account(settings: Settings, issue_id: int) -> DeliveryTotals:
    with bootstrap.open_database(settings) as database, database.read() as session:
        return totals.delivery_totals(session, issue_id)


def _found(settings: Settings, issue_id: int, kills: int, taken: Counter[str]) -> Found:
    with bootstrap.open_database(settings) as database, database.read() as session:
        return Found(
            kills=kills,
            taken=taken,
            states={row[0]: row[1] for row in stats.list_deliveries(session, issue_id, None)},
            account=totals.delivery_totals(session, issue_id),
            counters_hold=delivery_counters.of_issue(session, issue_id)
            == delivery_counters.scanned(session, issue_id),
        )


@contextmanager
def hostile_server(
    settings: Settings, seed: int
) -> Iterator[tuple[int, Callable[[], Counter[str]]]]:
    """Its port, and what it has taken so far."""
    log = settings.folder / _LOG
    log.touch()
    listening = socket.create_server(("127.0.0.1", 0), backlog=100)
    port = listening.getsockname()[1]
    pid = os.fork()
    if not pid:
        try:
            _Server(listening, settings, log, seed).serve_forever()
        finally:
            os._exit(1)
    listening.close()
    try:
        yield port, lambda: Counter(log.read_text(encoding="ascii").split())
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


class _Server(ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, listening: socket.socket, settings: Settings, log: Path, seed: int) -> None:
        super().__init__(listening.getsockname(), _Conversation, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.links = bootstrap.signed_links(settings)
        self.log = os.open(log, os.O_WRONLY | os.O_APPEND)
        self.dice = random.Random(seed)  # noqa: S311 - misbehaviour, no secrets

    def handle_error(self, _request: object, _address: object) -> None:
        """Senders die here all the time."""


class _Conversation(StreamRequestHandler):
    """Now and then it says "not now", is slow, or hangs up; never after it took a mail."""

    server: _Server

    def handle(self) -> None:
        self._say("220 hostile.example ESMTP")
        recipient = ""
        for line in iter(self.rfile.readline, b""):
            verb = line.split(b" ")[0].strip().upper()
            mood = self.server.dice.random()
            if verb in {b"MAIL", b"RCPT", b"DATA"} and mood < 0.003:
                return
            if verb == b"EHLO":
                self._say("250-hostile.example\r\n250 PIPELINING")
            elif verb == b"RCPT":
                found = re.fullmatch(rb"RCPT TO:<(.+)>\r\n", line)
                recipient = found[1].decode() if found and mood > 0.005 else ""
                self._say("250 Ok" if recipient else "450 4.2.1 not now")
            elif verb == b"DATA":
                self._say("354 go ahead" if recipient else "554 no valid recipients")
                if recipient:
                    self._take(recipient)
            else:
                self._say("221 Bye" if verb == b"QUIT" else "250 Ok")

    def _take(self, recipient: str) -> None:
        lines = []
        for line in iter(self.rfile.readline, b""):
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b"."))
        else:
            return  # half a mail is none
        if self.server.dice.random() < 0.1:
            time.sleep(0.01)
        known = recipient if self._is_theirs(b"".join(lines), recipient) else f"!{recipient}"
        os.write(self.server.log, f"{known}\n".encode())
        self._say("250 2.0.0 taken")

    def _is_theirs(self, raw: bytes, recipient: str) -> bool:
        """Whole, addressed to them, with a link that is theirs."""
        mail = message_from_bytes(raw, policy=policy.default)
        url = str(mail["List-Unsubscribe"]).split(">")[0].removeprefix("<")
        token = urlsplit(url).path.rpartition("/")[2]
        claim = self.server.links.read(UnsubscribeClaim, token)
        number = int(recipient[1:6]) + 1
        texts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
        return (
            str(mail["To"]) == recipient
            and claim is not None
            and claim.subscriber_id == number
            and len(texts) == 2
            and all(recipient in text for text in texts)
        )

    def _say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())


def main(kills: int, senders: int) -> None:
    began = time.monotonic()
    done = rounds = uncertain = 0
    while done < kills:
        with tempfile.TemporaryDirectory() as folder:
            found = killed_until_done(Path(folder), 400, 40, senders, rounds)
        assert not found.complaints(), (rounds, found.complaints())
        done, rounds = done + found.kills, rounds + 1
        uncertain += found.account.uncertain
    print(  # noqa: T201 - the answer of a script
        f"{done} kills of {senders} at once, {rounds} issues, {time.monotonic() - began:.0f} s:"
        f" lost 0, doubled 0, uncertain {uncertain}, every account balanced"
    )


if __name__ == "__main__":
    main(*(int(each) for each in [*sys.argv[1:], "200", "1"][:2]))
