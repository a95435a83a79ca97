"""What has not changed is not sent again, and no file of it can spoil a request."""

import os
import stat
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import formatdate
from itertools import count
from pathlib import Path

import pytest
import requests

from newsletter.config import SourceSettings
from newsletter.sources.base import SourceError
from newsletter.sources.http.adapter import PoliteAdapter
from newsletter.sources.http.cache import ResponseCache
from newsletter.sources.http.session import PoliteSession
from tests.sources.recorder import Given, Recorder, Seen, recording
from tests.sources.samples import Told, rss
from tests.sources.standin import Clock

FEED = rss(Told())
OTHER = rss(Told("2507.07271v1"))
NOT_MODIFIED = Given(b"", 304)
MINUTES = count(step=60)  # one process comes after the other
TYPE = {"Content-Type": "application/rss+xml; charset=utf-8"}
BY_TAG = {**TYPE, "ETag": '"one"'}
BY_DATE = {**TYPE, "Last-Modified": "Fri, 11 Jul 2025 04:00:00 GMT"}


@pytest.fixture
def arxiv_org() -> Iterator[Recorder]:
    with recording() as recorder:
        serve(recorder, FEED, BY_TAG)
        yield recorder


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "answers"


def serve(recorder: Recorder, body: bytes, headers: dict[str, str]) -> None:
    """Answer as a server does that knows its validators."""

    def answer(seen: Seen) -> Given:
        tag, date = seen.headers.get("If-None-Match"), seen.headers.get("If-Modified-Since")
        same = tag == headers.get("ETag") and date == headers.get("Last-Modified")
        return NOT_MODIFIED if same and (tag or date) else Given(body, 200, headers)

    recorder.answer = answer


def session_at(answers: Path) -> PoliteSession:
    clock = Clock()
    clock.now += next(MINUTES)
    settings = SourceSettings(timeout_s=5)
    return PoliteSession(PoliteAdapter(settings, "nobody", clock.sleep, clock, answers.parent))


def asked(recorder: Recorder, answers: Path, path: str = "/rss/cs.SD") -> requests.Response:
    answers.parent.mkdir(exist_ok=True)
    with session_at(answers) as session:
        return session.fetch(recorder.url + path)


def conditions(recorder: Recorder) -> list[tuple[str | None, str | None]]:
    wanted = ("If-None-Match", "If-Modified-Since")
    return [(seen.headers.get(wanted[0]), seen.headers.get(wanted[1])) for seen in recorder.seen]


@pytest.mark.parametrize("headers", [BY_TAG, BY_DATE, BY_TAG | BY_DATE])
def test_what_did_not_change_comes_from_the_disk_as_it_once_came(
    arxiv_org: Recorder, answers: Path, headers: dict[str, str]
) -> None:
    serve(arxiv_org, FEED, headers)
    first, second = (asked(arxiv_org, answers) for _ in range(2))
    assert (second.status_code, second.content, second.url) == (200, FEED, first.url)
    assert (second.headers, second.encoding, second.text) == (
        first.headers,
        first.encoding,
        first.text,
    )
    validators = (headers.get("ETag"), headers.get("Last-Modified"))
    assert conditions(arxiv_org) == [(None, None), validators]


def test_what_changed_comes_anew_and_is_asked_about_from_then_on(
    arxiv_org: Recorder, answers: Path
) -> None:
    asked(arxiv_org, answers)
    serve(arxiv_org, OTHER, {"ETag": '"two"'})
    assert [asked(arxiv_org, answers).content for _ in range(2)] == [OTHER, OTHER]
    assert conditions(arxiv_org) == [(None, None), ('"one"', None), ('"two"', None)]
    serve(arxiv_org, FEED, {})
    assert [asked(arxiv_org, answers).content for _ in range(2)] == [FEED, FEED]
    assert conditions(arxiv_org)[3:] == [('"two"', None), (None, None)]


def test_addresses_and_redirects_are_not_mixed_up(arxiv_org: Recorder, answers: Path) -> None:
    asked(arxiv_org, answers, "/old")
    moved = Given(b"", 301, {"Location": "/new"})
    here = Given(OTHER, 200, {"ETag": '"two"'})
    arxiv_org.answer = lambda seen: moved if seen.path == "/old" else here
    assert asked(arxiv_org, answers, "/old").content == OTHER
    assert conditions(arxiv_org) == [(None, None), ('"one"', None), (None, None)]


@pytest.mark.parametrize(
    "given",
    [
        Given(FEED),
        Given(FEED, 404, BY_TAG),
        Given(FEED, 200, BY_TAG | {"Cache-Control": "no-store"}),
        Given(FEED, 200, {"ETag": '"\xe9"'}),
        Given(b"<html>Come again</html>", 200, BY_TAG),
        Given(FEED[:-20], 200, BY_TAG),
        Given(b"", 200, BY_TAG),
    ],
)
def test_only_a_whole_answer_that_can_be_asked_about_is_kept(
    arxiv_org: Recorder, answers: Path, given: Given
) -> None:
    arxiv_org.answer = lambda _seen: given
    assert [asked(arxiv_org, answers).content for _ in range(2)] == [given.body] * 2
    assert conditions(arxiv_org) == [(None, None)] * 2


def test_an_answer_that_proves_wrong_can_be_forgotten(arxiv_org: Recorder, answers: Path) -> None:
    answers.parent.mkdir()
    with session_at(answers) as session:
        session.forget(session.fetch(arxiv_org.url))
        session.forget(session.fetch(arxiv_org.url))
    assert conditions(arxiv_org) == [(None, None)] * 2


def test_what_came_to_another_process_while_this_one_waited_is_not_asked_for(
    arxiv_org: Recorder, answers: Path
) -> None:
    serve(arxiv_org, FEED, TYPE)  # nothing of it says whether it changed
    answers.parent.mkdir()
    clock = Clock()

    def session(sleep: Callable[[float], None]) -> PoliteSession:
        return PoliteSession(PoliteAdapter(SourceSettings(), "", sleep, clock, answers.parent))

    with session(clock.sleep) as first:
        first.fetch(arxiv_org.url)

    def others_first(seconds: float) -> None:
        """While one waits for its turn, another one has it."""
        clock.sleep(seconds)
        if len(arxiv_org.seen) == 1:
            with session(clock.sleep) as other:
                other.fetch(arxiv_org.url)

    with session(others_first) as waiting:
        assert waiting.fetch(arxiv_org.url).content == FEED
        assert len(arxiv_org.seen) == 2
        waiting.fetch(arxiv_org.url)  # wanted anew, it is asked for
    assert len(arxiv_org.seen) == 3


def test_what_is_kept_serves_until_the_time_first_said_and_is_asked_about_then(
    arxiv_org: Recorder, answers: Path
) -> None:
    answers.parent.mkdir()
    clock = Clock()
    for _ in range(3):  # processes, one after the other
        adapter = PoliteAdapter(SourceSettings(), "", clock.sleep, clock, answers.parent)
        with PoliteSession(adapter) as session:
            response = session.fetch(arxiv_org.url)
            assert response.content == FEED
            session.keep(response, session.now() + timedelta(seconds=100))
        clock.now += 60
    assert conditions(arxiv_org) == [(None, None), ('"one"', None)]
    with PoliteSession(adapter) as session:
        session.fetch(arxiv_org.url, anew=True)
    assert len(arxiv_org.seen) == 3


def test_nothing_but_get_is_kept_and_own_conditions_are_left_alone(
    arxiv_org: Recorder, answers: Path
) -> None:
    answers.parent.mkdir()
    with session_at(answers) as session:
        session.post(arxiv_org.url)
        session.get(arxiv_org.url, headers={"if-none-match": '"mine"'})
    assert conditions(arxiv_org) == [(None, None), ('"mine"', None)]
    assert not answers.exists()


@pytest.mark.parametrize("damage", [b"", b"\n", b"x\ny\nz", b"\x00" * 999])
def test_a_damaged_file_is_as_good_as_none(
    arxiv_org: Recorder, answers: Path, damage: bytes
) -> None:
    asked(arxiv_org, answers)
    (file,) = answers.iterdir()
    file.write_bytes(damage)
    assert asked(arxiv_org, answers).content == FEED
    file.write_bytes(file.read_bytes()[:-1])
    assert asked(arxiv_org, answers).content == FEED
    file.unlink()
    file.mkdir()
    assert asked(arxiv_org, answers).content == FEED
    assert conditions(arxiv_org) == [(None, None)] * 4


def test_where_nothing_can_be_written_answers_still_come(
    arxiv_org: Recorder, answers: Path
) -> None:
    answers.parent.mkdir()
    answers.touch()  # no folder
    assert [asked(arxiv_org, answers).content for _ in range(2)] == [FEED, FEED]


def test_not_modified_without_being_asked_is_asked_again(
    arxiv_org: Recorder, answers: Path
) -> None:
    arxiv_org.answer = lambda _seen: NOT_MODIFIED if len(arxiv_org.seen) == 1 else Given(FEED)
    assert asked(arxiv_org, answers).content == FEED
    arxiv_org.answer = lambda _seen: NOT_MODIFIED
    with pytest.raises(SourceError, match=r"HTTP 304 \(4 tries\)"):
        asked(arxiv_org, answers, "/other")


def test_old_answers_and_too_many_go(answers: Path) -> None:
    remembered = ResponseCache(answers)
    fresh = requests.Response()
    fresh.headers["Last-Modified"] = formatdate(usegmt=True)
    fresh._content = FEED
    for number in range(405):
        remembered.keep(f"https://arxiv.org/{number}", fresh)
    assert len(list(answers.iterdir())) == 400
    four_days_ago = time.time() - 4 * 86_400
    for file in answers.iterdir():
        os.utime(file, (four_days_ago, four_days_ago))
    assert all(remembered.recall(f"https://arxiv.org/{number}") is None for number in range(405))
    remembered.keep("https://arxiv.org/new", fresh)
    assert len(list(answers.iterdir())) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_files_tell_nobody_what_is_read_here(arxiv_org: Recorder, answers: Path) -> None:
    asked(arxiv_org, answers)
    (file,) = answers.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(answers.stat().st_mode) == 0o700
    assert "cs.SD" not in file.name
