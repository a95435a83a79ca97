"""Subscribers through the whole sending path to a SendGrid on loopback that checks what it takes.

    python benchmarks/by_sendgrid.py [SUBSCRIBERS] [PROCESSES] [FOLDER]     (1,000,000 and 1)

Everything is real but the other end: the bundled day, frozen for all subscribers, the ledger on
SQLite in FOLDER, the `sendgrid` transport, as many runs at once as PROCESSES. The stand-in runs in
a process of its own, reads every personalization, and counts references, so that a mail lost or
doubled would show.
"""

import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Process, Queue, get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import orjson
from pydantic import SecretStr
from sqlalchemy import insert

from newsletter import bootstrap, config, scaffold
from newsletter.cli.printing.output import progress_bar
from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.models import Standing, SubscriberRow, SubscriptionRow
from newsletter.sending.reports.totals import DeliveryTotals
from newsletter.transports.sendgrid.request_bodies import MOST

_SHARE = 20_000


class _Taking(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    references: set[str]
    requests = 0
    taken = 0

    def do_POST(self) -> None:
        body = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
        people = body["personalizations"]
        assert len(people) <= MOST
        for person in people:
            (to,), own = person["to"], person["headers"]
            reference = person["custom_args"]["reference"]
            assert "@" in to["email"]
            assert reference in own["Message-ID"]
            assert own["List-Unsubscribe"].startswith("<http")
            self.references.add(reference)
        type(self).requests += 1
        type(self).taken += len(people)
        self.send_response(202)
        self.send_header("X-Message-Id", f"message{self.requests}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def _serve(said: "Queue[Any]", asked: "Queue[Any]") -> None:
    _Taking.references = set()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Taking) as server:
        said.put(server.server_address[1])
        Thread(target=server.serve_forever, daemon=True).start()
        asked.get()
        cpu = resource.getrusage(resource.RUSAGE_SELF)
        said.put(
            (_Taking.requests, _Taking.taken, len(_Taking.references), cpu.ru_utime + cpu.ru_stime)
        )


@contextmanager
def _sendgrid() -> Iterator[tuple[int, "Queue[Any]", "Queue[Any]"]]:
    context = get_context("spawn")
    said, asked = context.Queue(), context.Queue()
    process: Process = context.Process(target=_serve, args=(said, asked), daemon=True)  # type: ignore[assignment]
    process.start()
    try:
        yield said.get(timeout=30), said, asked
    finally:
        process.terminate()
        process.join()


def _subscribe(settings: Settings, number: int) -> None:
    now = datetime.now(UTC)
    details = config.DETAILS
    with bootstrap.open_database(settings) as database:
        for start in range(1, number + 1, _SHARE):
            share = range(start, min(start + _SHARE, number + 1))
            people = [
                {
                    "id": each,
                    "email": f"reader{each}@domain{each % 500}.example",
                    "standing": Standing.CONFIRMED,
                    "language": "zh",
                    "consent": "a benchmark",
                    "created_at": now,
                    "confirmed_at": now,
                }
                for each in share
            ]
            wishes = [
                {
                    "subscriber_id": each,
                    "newsletter": "audio",
                    "detail": details[each % len(details)],
                    "since": now,
                }
                for each in share
            ]
            with database.write.begin() as session:
                session.execute(insert(SubscriberRow), people)
                session.execute(insert(SubscriptionRow), wishes)


def _configured(folder: Path, port: int) -> Settings:
    settings = scaffold.write_configuration(folder / "newsletter.toml", scaffold.DEMO, {})
    transport = settings.transport.model_copy(
        update={
            "use": "sendgrid",
            "api_key": SecretStr("SG.benchmark"),
            "base_url": f"http://127.0.0.1:{port}",
        }
    )
    return settings.model_copy(update={"transport": transport})


def _run(settings: Settings) -> tuple[float, DeliveryTotals, str | None]:
    """Seconds of CPU, the account at the end, and what went wrong."""
    cpu = time.process_time()
    with bootstrap.open_services(
        settings, lambda: datetime.now(UTC), progress_bar, lambda: False
    ) as parts:
        report = daily.run_day(parts, settings.newsletters[0], None)
    assert report.result is not None
    return time.process_time() - cpu, report.result.account, report.result.trouble


def _measure(folder: Path, number: int, processes: int) -> None:
    with _sendgrid() as (port, said, asked):
        settings = _configured(folder, port)
        _subscribe(settings, number)
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            list(pool.map(abs, range(processes)))  # they are there
            before = time.perf_counter()
            runs = list(pool.map(_run, [settings] * processes))
            took = time.perf_counter() - before
        asked.put("enough")
        requests, taken, different, server_cpu = said.get(timeout=60)
    used = sum(cpu for cpu, _, _ in runs)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{number:,} subscribers, {processes} runs at once: {took:.1f} s,"
        f" {number / took:,.0f} a second, in {requests} requests"
    )
    print(f"  our CPU {used:.1f} s ({1000 * used / number:.3f} ms a mail), peak {peak:.0f} MB")
    print(f"  the stand-in took {taken:,} ({different:,} different), its CPU {server_cpu:.1f} s")
    for _, account, trouble in runs:
        print(f"  {account}{f', trouble: {trouble}' if trouble else ''}")
    assert taken == different == max(account.sent for _, account, _ in runs) == number


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    processes = int(sys.argv[2]) if len(sys.argv) > 2 else 1  # noqa: PLR2004
    with TemporaryDirectory(dir=sys.argv[3] if len(sys.argv) > 3 else None) as folder:  # noqa: PLR2004
        _measure(Path(folder), number, processes)


if __name__ == "__main__":
    main()
