"""Whoever asks on this machine, one asks at a time and the interval passes in between."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tenacity import wait_none

from newsletter.config import SourceSettings
from newsletter.sources.base import SourceError
from newsletter.sources.http import retry
from newsletter.sources.http.adapter import PoliteAdapter
from newsletter.sources.http.cache import cache_folder
from newsletter.sources.http.request_interval import Destination, RequestInterval
from newsletter.sources.http.session import PoliteSession
from tests.sources.recorder import Given, Recorder, Seen, recording
from tests.sources.standin import Clock

INTERVAL_S = 0.1
API = Destination("export.arxiv.org", "arxiv.org")
PAGE = Destination("arxiv.org", "arxiv.org", is_page=True)
MIRROR = Destination("mirror.example", "mirror.example")
CLOCKS_DIFFER_S = 0.001  # ours is the wall clock, the server's is not

PROCESS = """
import sys, threading
from newsletter.config import SourceSettings
from newsletter.sources.http.adapter import PoliteAdapter
from newsletter.sources.http.session import PoliteSession

url, interval_s, threads, times = sys.argv[1], *map(float, sys.argv[2:])

def ask():
    adapter = PoliteAdapter(SourceSettings(min_interval_s=interval_s), "nobody")
    with PoliteSession(adapter) as session:
        for _ in range(int(times)):
            session.fetch(url)

asking = [threading.Thread(target=ask) for _ in range(int(threads))]
for each in asking:
    each.start()
for each in asking:
    each.join()
"""


@pytest.fixture
def arxiv_org() -> Iterator[Recorder]:
    with recording() as recorder:
        yield recorder


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("NEWSLETTER_CACHE_DIR", str(tmp_path / "cache"))
    return cache_folder()


def process(url: str, threads: int, times: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", PROCESS, url, *map(str, (INTERVAL_S, threads, times))]
    return subprocess.Popen(command)  # noqa: S603 - this test's own program


def session_of(interval_s: float = INTERVAL_S) -> PoliteSession:
    return PoliteSession(PoliteAdapter(SourceSettings(min_interval_s=interval_s), "nobody"))


def ask(url: str, times: int = 1, interval_s: float = INTERVAL_S) -> None:
    with session_of(interval_s) as session:
        for _ in range(times):
            session.fetch(url)


def took_turns(recorder: Recorder, interval_s: float = INTERVAL_S) -> bool:
    return min(recorder.gaps()) >= interval_s - CLOCKS_DIFFER_S


@pytest.mark.slow
def test_processes_and_their_threads_take_turns(arxiv_org: Recorder) -> None:
    arxiv_org.answer = lambda _seen: Given(takes_s=0.02)
    others = [process(arxiv_org.url, threads=2, times=3) for _ in range(3)]
    ask(arxiv_org.url, times=4)
    assert [each.wait() for each in others] == [0, 0, 0]
    assert len(arxiv_org.seen) == 22
    assert took_turns(arxiv_org)


def test_threads_with_one_session_take_turns_too(arxiv_org: Recorder) -> None:
    arxiv_org.answer = lambda _seen: Given(takes_s=0.02)
    with session_of() as session:
        threads = [threading.Thread(target=session.fetch, args=(arxiv_org.url,)) for _ in range(6)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert len(arxiv_org.seen) == 6
    assert took_turns(arxiv_org)


def test_so_do_refusals_redirects_and_different_hosts(arxiv_org: Recorder) -> None:
    answers = {
        "/refused": Given(status=404),
        "/moved": Given(status=302, headers={"Location": "/here"}),
    }
    arxiv_org.answer = lambda seen: answers.get(seen.path, Given())
    other_name = arxiv_org.url.replace("127.0.0.1", "localhost")
    for url in (f"{arxiv_org.url}/refused", f"{arxiv_org.url}/moved", f"{other_name}/"):
        ask(url)
    assert [each.path for each in arxiv_org.seen] == ["/refused", "/moved", "/here", "/"]
    assert took_turns(arxiv_org)


@pytest.mark.slow
def test_everybody_waits_when_one_was_asked_to_come_later(
    arxiv_org: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(_seen: Seen) -> Given:
        first = len(arxiv_org.seen) == 1
        return Given(status=429, headers={"Retry-After": "2"}) if first else Given()

    monkeypatch.setattr(retry, "_BACKOFF", wait_none())
    arxiv_org.answer = answer
    turned_away = threading.Thread(target=ask, args=(arxiv_org.url,))
    turned_away.start()
    arxiv_org.came.acquire()
    other = process(arxiv_org.url, threads=2, times=1)
    turned_away.join()
    assert other.wait() == 0
    assert len(arxiv_org.seen) == 4
    assert arxiv_org.gaps()[0] >= 2 - CLOCKS_DIFFER_S
    assert took_turns(arxiv_org)


def test_a_killed_process_leaves_no_lock_and_the_interval_starts_again(
    arxiv_org: Recorder, folder: Path
) -> None:
    answers = {"/silence": Given(takes_s=60)}
    arxiv_org.answer = lambda seen: answers.get(seen.path, Given())
    victim = process(f"{arxiv_org.url}/silence", threads=1, times=1)
    arxiv_org.came.acquire()
    impatient = RequestInterval(folder, INTERVAL_S, patience_s=0.2)
    with (
        pytest.raises(SourceError, match="another newsletter process has been asking arXiv for"),
        impatient.turn(API),
    ):
        pass
    killed_at = time.monotonic()
    victim.kill()
    victim.wait()
    ask(arxiv_org.url)
    assert [each.path for each in arxiv_org.seen] == ["/silence", "/"]
    assert arxiv_org.seen[1].start - killed_at >= INTERVAL_S


class Machine:
    """Paces of several sessions in one folder, by a clock that passes only when one sleeps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()

    def waited(
        self, to: Destination | None = None, rest_s: float = 0.0, *, of_all: bool = False
    ) -> float:
        """How long a new session waits for its turn."""
        before = self.clock.now
        pace = RequestInterval(self.folder, 3.0, self.clock.sleep, self.clock, page_interval_s=15.0)
        with pace.turn(to or API) as turn:
            waited = self.clock.now - before
            turn.rest_s, turn.rest_of_all = rest_s, of_all
        return waited


@pytest.fixture
def machine(folder: Path) -> Machine:
    return Machine(folder)


def test_the_first_of_all_requests_waits_for_nothing(machine: Machine) -> None:
    assert [machine.waited(), machine.waited(), machine.waited()] == [0, 3, 3]


@pytest.mark.parametrize("jump_s", [-1e9, -3600, -0.5])
def test_a_clock_that_is_put_back_delays_nobody_for_longer_than_the_interval(
    machine: Machine, jump_s: float
) -> None:
    machine.waited(rest_s=100)
    machine.clock.now += jump_s
    assert [machine.waited(), machine.waited()] == [3, 3]


@pytest.mark.parametrize(
    "note",
    ["", "{", "[]", '{"at": NaN, "asking": false}', '{"at": 1e999, "asking": false}', "\x00" * 99],
)
def test_a_note_that_cannot_be_read_is_an_interval(machine: Machine, note: str) -> None:
    machine.waited()
    (machine.folder / "pacing.json").write_text(note)
    machine.clock.now += 10
    assert [machine.waited(), machine.waited()] == [3, 3]


def test_a_request_that_failed_counts_as_one(machine: Machine) -> None:
    pace = RequestInterval(machine.folder, 3.0, machine.clock.sleep, machine.clock)
    with pytest.raises(KeyboardInterrupt), pace.turn(API):
        raise KeyboardInterrupt
    assert machine.waited() == 3


def test_a_rest_is_the_hosts_that_asked_for_it(machine: Machine) -> None:
    machine.waited(rest_s=60)
    assert machine.waited(MIRROR) == 3
    assert machine.waited() == 57
    assert machine.waited() == 3


def test_pages_keep_more_distance_from_each_other_than_from_the_rest(machine: Machine) -> None:
    asked = [machine.waited(to) for to in (PAGE, API, API, PAGE, PAGE, API)]
    assert asked == [0, 3, 3, 9, 15, 3]


def test_a_rest_that_is_for_all_of_arxiv_is_kept_by_its_pages_too(machine: Machine) -> None:
    machine.waited(PAGE, rest_s=60)
    assert machine.waited(API) == 3
    machine.waited(API, rest_s=80, of_all=True)
    assert machine.waited(PAGE) == 80


def test_a_page_that_was_asked_for_when_the_clock_was_later_is_an_interval(
    machine: Machine,
) -> None:
    machine.waited(PAGE)
    machine.clock.now -= 3600
    assert machine.waited(PAGE) == 15


def test_a_killed_process_ends_no_rest(machine: Machine) -> None:
    machine.waited(rest_s=60)
    notes = machine.folder / "pacing.json"
    notes.write_text(notes.read_text().replace("false", "true"))  # as it is while somebody asks
    assert machine.waited() >= 60
    assert machine.waited() == 3


def test_a_long_rest_is_said_and_not_waited_for_and_ends(machine: Machine) -> None:
    machine.waited(rest_s=1000)
    with pytest.raises(SourceError, match=r"arxiv\.org asked this machine .* another 1000 seconds"):
        machine.waited()
    assert machine.waited(MIRROR) == 3
    machine.clock.now += 1000
    assert machine.waited() == 0


def test_no_rest_is_longer_than_a_day(machine: Machine) -> None:
    machine.waited(rest_s=float("inf"))
    machine.clock.now += 86_400
    assert machine.waited() == 0


def test_a_rest_far_in_the_future_is_not_believed(machine: Machine) -> None:
    machine.waited()
    note = {"at": machine.clock.now, "asking": False, "rests": {API.key: 9e9}}
    (machine.folder / "pacing.json").write_text(json.dumps(note))
    assert machine.waited() == 3


def test_what_arxiv_asks_of_one_session_the_next_one_keeps(arxiv_org: Recorder) -> None:
    arxiv_org.answer = lambda _seen: Given(status=429, headers={"Retry-After": "3600"})
    with pytest.raises(SourceError, match="asks not to come again for 3600 seconds"):
        ask(arxiv_org.url)
    with pytest.raises(SourceError, match="asked this machine not to come again for another"):
        ask(arxiv_org.url)
    assert len(arxiv_org.seen) == 1


def test_a_folder_of_the_variable_has_no_substitute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a file"
    file.touch()
    monkeypatch.setenv("NEWSLETTER_CACHE_DIR", str(file))
    with pytest.raises(SourceError, match="NEWSLETTER_CACHE_DIR names another folder"):
        ask("http://127.0.0.1:9/")


def test_without_a_cache_of_the_user_the_temporary_folder_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(
        "platformdirs.user_cache_path", lambda *_args, **_options: tmp_path / "file"
    )
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert cache_folder({}).parent == tmp_path
    assert cache_folder({}) == cache_folder({})
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_args, **_options: Path("~/.cache"))
    assert cache_folder({}).parent == tmp_path
    assert not Path("~").exists()
