"""What the pages cost, and whether readers can leave while everything else goes on.

    python -m benchmarks.web_pages reading              CPU of a page, as a multiple of /robots.txt
    python -m benchmarks.web_pages leaving [READERS]    10,000 unsubscribe beside a running send
    python -m benchmarks.web_pages killed [READERS]     the same, `serve` is killed in the middle

Reading is measured in one process, the pages by turns, so that a busy machine slows all of them.
Leaving goes through `newsletter serve`, over fifty connections, while `newsletter run` sends an
issue to the same readers and twenty feed readers ask without pause. In the middle `serve` is killed
(SIGKILL) and started again; a reader's mail program tries again until it is answered, and everybody
who was told that they are out must be out.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select
from werkzeug.test import Client

from benchmarks.sending import prepared, sink
from newsletter import announcements, bootstrap, config, scaffold
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.issues import issue_store
from newsletter.models import SubscriptionRow
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import IssueEntry, IssueSection
from newsletter.sources import bundled
from newsletter.sources.base import FetchResult, PaperId
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.summaries import extractive_summarizer
from newsletter.web import create_app

NOW = datetime(2025, 7, 11, 6, 30, tzinfo=UTC)
OLDEST = date(2025, 5, 1)
DAYS, PAPERS = 20, 150
PORT = 18914
CONNECTIONS, FEED_READERS = 50, 20
_AGAIN_S = 0.5
ONE_CLICK = b"List-Unsubscribe=One-Click"


def main(what: str, number: int = 10_000) -> None:
    with TemporaryDirectory() as folder:
        if what == "reading":
            reading(Path(folder))
        else:
            with sink() as port:
                settings = prepared(Path(folder), port, number, "brief")
                leaving(settings, number, is_killed=what == "killed")


def reading(folder: Path) -> None:
    scaffold.write_configuration(folder / "newsletter.toml", scaffold.DEMO, {})
    settings = config.load(folder / "newsletter.toml", {})
    with bootstrap.open_database(settings) as database:
        fill(database, settings)
    client = Client(create_app(settings))
    gzip = {"Accept-Encoding": "gzip"}
    etag = client.get("/audio/feed").headers.get("ETag", "")
    asked = {
        "/robots.txt": ("/robots.txt", {}),
        "feed": ("/audio/feed", {}),
        "feed, gzip": ("/audio/feed", gzip),
        "feed, known": ("/audio/feed", {"If-None-Match": etag}),
        "issue, gzip": ("/audio/2025-05-10", gzip),
        "newsletter": ("/audio", gzip),
        "home": ("/", gzip),
    }
    first, cost = dict.fromkeys(asked, 0.0), dict.fromkeys(asked, 0.0)
    rounds = 100
    for turn in range(rounds + 1):
        for name, (path, headers) in asked.items():
            began = time.process_time()
            client.get(path, headers=headers).get_data()
            (cost if turn else first)[name] += time.process_time() - began
    for name, used_s in cost.items():
        ratio = used_s / cost["/robots.txt"]
        each_ms = 1000 * used_s / rounds
        print(f"{name:<14}{each_ms:8.3f} ms {ratio:6.1f} x  (first {1000 * first[name]:.0f} ms)")


def fill(database: Database, settings: Settings) -> None:
    """Twenty days of 150 papers, told from the bundled day's."""
    known = list(bundled.BundledDay().fetch(bundled.CATEGORIES, bundled.DAY).papers.values())
    for number in range(DAYS):
        day = OLDEST + timedelta(days=number)
        told = [
            replace(known[each % len(known)], id=PaperId(f"25{number:02}.{each:05}", 1))
            for each in range(PAPERS)
        ]
        entries = tuple(
            IssueEntry(IssueSection.NEW, paper, extractive_summarizer.sentence(paper))
            for paper in told
        )
        newsletter = settings.newsletters[0]
        content = IssueContent(
            newsletter.slug, newsletter.title, day, "en", newsletter.categories, entries, (), NOW
        )
        with database.write.begin() as session:
            fetched = FetchResult((), {paper.id: paper for paper in told})
            announcements.store_fetched(session, fetched, NOW)
            issue_store.freeze_issue(session, content)


class Server:
    """`newsletter serve`, which can die and come back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "newsletter", "serve", "--port", str(PORT)]
        return subprocess.Popen(command, cwd=self._folder)  # noqa: S603 - our own command

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process = self._started()


def leaving(settings: Settings, number: int, *, is_killed: bool) -> None:
    with bootstrap.open_database(settings) as database:
        fill(database, settings)
    links = bootstrap.signed_links(settings)
    command = [sys.executable, "-m", "newsletter"]
    server = Server(settings.folder)
    asyncio.run(Connection().ask("GET", "/robots.txt", b""))
    try:
        with subprocess.Popen([*command, "run", "audio"], cwd=settings.folder) as sender:  # noqa: S603
            time.sleep(3)
            began = time.perf_counter()
            half = server.kill if is_killed else lambda: None
            waits = sorted(asyncio.run(everybody_leaves(links, number, half)))
            took_s = time.perf_counter() - began
            is_sending = sender.poll() is None
            cpu_s = used_s(server.process.pid)
    finally:
        server.process.terminate()
        server.process.wait()
    with bootstrap.open_database(settings) as database, database.read() as session:
        held = select(func.count()).where(SubscriptionRow.left_at.is_(None))
        stayed = session.scalar(held)
    p99_ms, worst_ms = 1000 * waits[len(waits) * 99 // 100], 1000 * waits[-1]
    if not is_killed:  # the first of two took its figure along
        each_ms = 1000 * cpu_s / number
        print(f"the server used {cpu_s:.1f} s of CPU, {each_ms:.2f} ms for each who left")
    print(
        f"{number} left in {took_s:.1f} s ({number / took_s:.0f}/s), p99 {p99_ms:.0f} ms,"
        f" longest {worst_ms:.0f} ms; {stayed} lost; still sending: {is_sending};"
        f" {Connection.turned_away} answers of 503"
    )


def used_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def everybody_leaves(
    links: SignedLinks, number: int, half: Callable[[], None]
) -> Sequence[float]:
    """How long each waited until they were out; `half` is called when half of them are."""
    paths = [links.unsubscribe(each + 1, "audio") for each in range(number)]
    ahead = iter([path.partition("/u/")[2] for path in paths])
    waits: list[float] = []
    done = asyncio.Event()
    feeds = [asyncio.create_task(read_feed(done)) for _ in range(FEED_READERS)]
    leaving = [asyncio.create_task(leave_one_by_one(ahead, waits)) for _ in range(CONNECTIONS)]
    while len(waits) < number // 2:  # noqa: ASYNC110 - a figure, not an event, is waited for
        await asyncio.sleep(0.01)
    await asyncio.to_thread(half)
    await asyncio.gather(*leaving)
    done.set()
    asked = sum(await asyncio.gather(*feeds))
    print(f"{asked} feeds read meanwhile")
    return waits


async def leave_one_by_one(ahead: Iterator[str], waits: list[float]) -> None:
    connection = Connection()
    for token in ahead:
        began = time.perf_counter()
        status = await connection.ask("POST", f"/u/{token}", ONE_CLICK)
        assert status == 200, status  # noqa: PLR2004 - HTTP
        waits.append(time.perf_counter() - began)
    connection.close()


async def read_feed(done: asyncio.Event) -> int:
    """As a feed reader, though one in a hurry: four times a second."""
    connection = Connection()
    asked = 0
    while not done.is_set():
        await connection.ask("GET", "/audio/feed", b"")
        asked += 1
        await asyncio.sleep(0.25)
    connection.close()
    return asked


class Connection:
    """One to the server; where that dies it is made again, and what was asked is asked again."""

    turned_away = 0  # of all connections: answers of 503, whose Retry-After a person would heed

    def __init__(self) -> None:
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: bytes) -> int:
        while True:
            try:
                if self._streams is None:
                    self._streams = await asyncio.open_connection("127.0.0.1", PORT)
                status = await ask(*self._streams, method, path, body)
                if status != HTTPStatus.SERVICE_UNAVAILABLE:
                    return status
                Connection.turned_away += 1
                await asyncio.sleep(_AGAIN_S)
            except (OSError, asyncio.IncompleteReadError):
                self.close()
                await asyncio.sleep(_AGAIN_S)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


async def ask(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    method: str,
    path: str,
    body: bytes,
) -> int:
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: papers.example.org\r\nAccept-Encoding: gzip\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    fields = dict(
        line.lower().split(b": ", 1) for line in answer.split(b"\r\n")[1:] if b": " in line
    )
    await reader.readexactly(int(fields.get(b"content-length", b"0")))
    return int(answer.split(b" ", 2)[1])


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
