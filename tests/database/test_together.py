"""Two web workers, a sender and an import on one database file, at once: nobody is turned away."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import func, select

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.models import Standing, SubscriberRow
from newsletter.subscribers import form_limits, lifecycle
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.web.button_presses import BUTTON, PressMarker
from tests.conftest import NOW
from tests.web.test_unsubscribe import ONE_CLICK

pytestmark = pytest.mark.slow

# `NEWSLETTER_STRESS=10` makes it ten times as long.
_TIMES = int(os.environ.get("NEWSLETTER_STRESS", "1"))
_READERS, _LEAVERS, _LIST = 150 * _TIMES, 50 * _TIMES, 3000 * _TIMES


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "newsletter", *args]


@contextmanager
def worker(folder: Path, errors: Path) -> Iterator[int]:
    """A `newsletter serve` of its own; yields its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with errors.open("wb") as stderr:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command("serve", "--port", str(port)), cwd=folder, stderr=stderr
        )
        try:
            until = time.monotonic() + 60
            while "http://" not in errors.read_text() and time.monotonic() < until:
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=30)


def post(port: int, path: str, form: dict[str, str]) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": "Mozilla/5.0 (of a person)",
        }
        connection.request("POST", path, urlencode(form), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


@pytest.fixture
def crowd(database: Database) -> list[tuple[int, str]]:
    """Confirmed readers, some of whom will leave meanwhile."""
    with database.write.begin() as session:
        wish = SubscriptionRequest(["audio"], "titles", "en")
        emails = [f"reader{number:05}@reader.example" for number in range(_READERS)]
        return [
            (lifecycle.add_subscriber(session, each, wish, "yes", NOW).id, each) for each in emails
        ]


def requests(
    settings: Settings, database: Database, crowd: list[tuple[int, str]]
) -> Iterator[tuple[str, dict[str, str]]]:
    """What readers and strangers ask for, mixed."""
    with database.write.begin() as session:
        key = form_limits.load_key(session)
    links = bootstrap.signed_links(settings)
    for count, (number, _) in enumerate(crowd[:_LEAVERS]):
        yield urlsplit(links.unsubscribe(number, "audio")).path, ONE_CLICK
        yield "/", {"email": f"new{count}@reader.example", "newsletter": "audio"}
        other, its_email = crowd[-1 - count]
        preferences = urlsplit(links.preferences(other, its_email)).path
        wish = {"newsletter": "audio", "detail-audio": "full", "language": "zh"}
        yield preferences, {**wish, "shown": PressMarker(key, preferences).made(NOW), BUTTON: "1"}


def test_nobody_waits_in_vain_for_the_database(
    settings: Settings, database: Database, crowd: list[tuple[int, str]]
) -> None:
    folder = settings.folder
    people = "email\n" + "\n".join(f"listed{each}@reader.example" for each in range(_LIST))
    (folder / "people.csv").write_text(people)
    database.dispose()
    busy = (
        command("run"),
        command("subscribers", "import", "people.csv", "--consent", "on paper"),
        command("run"),
    )
    errors = [folder / f"worker{each}.log" for each in range(2)]
    with worker(folder, errors[0]) as first, worker(folder, errors[1]) as second:
        started = [
            subprocess.Popen(  # noqa: S603 - our own commands
                each, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            for each in busy
        ]
        ports = [first, second]
        asked = list(requests(settings, database, crowd))
        with ThreadPoolExecutor(8) as pool:
            answers = list(
                pool.map(lambda each: post(ports[each[0] % 2], *each[1]), enumerate(asked))
            )
        ended = [process.communicate(timeout=300) for process in started]
    assert {answer for answer in answers if answer >= 400} <= {429}
    assert [process.returncode for process in started] == [0, 0, 0]
    told = "".join(out + err for out, err in ended) + "".join(each.read_text() for each in errors)
    assert not re.search(r"locked|Traceback|OperationalError", told)
    with database.read() as session:
        confirmed = session.scalar(
            select(func.count())
            .select_from(SubscriberRow)
            .where(SubscriberRow.standing == Standing.CONFIRMED)
        )
        assert confirmed == _READERS - _LEAVERS + _LIST
        integrity = session.connection().exec_driver_sql("PRAGMA integrity_check").scalar()
        assert integrity == "ok"
    assert threading.active_count() < 20
