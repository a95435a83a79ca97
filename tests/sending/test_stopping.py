"""SIGTERM while mails are on the wire: to a server that answers, and to one that hangs."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from newsletter.config import Settings
from tests.conftest import Cli
from tests.sending.killing import freeze
from tests.transports.smtp_standins import GOOD_REPLIES, HELD, SILENCE, OddSmtp

pytestmark = pytest.mark.slow

LANES = 3
_PATIENT_S = "600"  # nothing but the bound itself can end what hangs
_RESCUED_AFTER_S = 120  # a test that fails, not one that measures
PIPELINING = "250-odd.example\r\n250 PIPELINING"

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def send(
    settings: Settings, readers: list[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    """`newsletter send` in a process of its own, of an issue that is frozen for twelve readers."""
    assert len(readers) == 12
    freeze(settings)
    started: list[subprocess.Popen[str]] = []

    def start(server: OddSmtp, stop_within_s: float) -> subprocess.Popen[str]:
        for name, value in {
            "TRANSPORT__USE": "smtp",
            "TRANSPORT__HOST": "127.0.0.1",
            "TRANSPORT__PORT": str(server.port),
            "TRANSPORT__SECURITY": "none",
            "TRANSPORT__CONNECTIONS": str(LANES),
            "TRANSPORT__TIMEOUT_S": _PATIENT_S,
            "SENDING__STOP_WITHIN_S": str(stop_within_s),
        }.items():
            monkeypatch.setenv(f"NEWSLETTER_{name}", value)
        command = [sys.executable, "-m", "newsletter", "send"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started.append(subprocess.Popen(command, cwd=settings.folder, text=True, **pipes))  # type: ignore[call-overload]  # noqa: S603
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.communicate()


def terminated(process: subprocess.Popen[str], server: OddSmtp, waiting: int = LANES) -> None:
    """Ask it to stop while the server owes it so many answers; come back when it has heard that."""
    for _ in range(waiting):
        assert server.waits.acquire(timeout=_RESCUED_AFTER_S)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.stderr is not None
    assert process.stderr.readline() == "newsletter: finishing what is on its way\n"


def ends_well(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate(timeout=_RESCUED_AFTER_S)
    assert process.returncode == 0
    return out


def uncertain(cli: Cli) -> list[dict[str, str]]:
    told: list[dict[str, str]] = json.loads(
        cli("deliveries", "list", "--state", "uncertain", "--json").out
    )
    return told


@pytest.mark.parametrize("dialect", [GOOD_REPLIES["EHLO"], PIPELINING])
def test_a_server_that_answers_is_waited_for_and_nothing_is_uncertain(
    cli: Cli, send: Start, dialect: str
) -> None:
    accepted = GOOD_REPLIES["."]
    with OddSmtp(EHLO=dialect, **{".": [accepted, accepted, HELD]}) as server:
        process = send(server, stop_within_s=600)
        terminated(process, server)
        server.may_answer.set()
        out = ends_well(process)
        assert len(server.contents) == 2 + LANES
    assert f"{2 + LANES} sent + 0 skipped + 0 failed + 0 uncertain + 7 still pending" in out
    assert uncertain(cli) == []


@pytest.mark.parametrize("dialect", [GOOD_REPLIES["EHLO"], PIPELINING])
def test_of_a_server_that_hangs_no_more_is_uncertain_than_it_owes_an_answer_for(
    cli: Cli, send: Start, dialect: str
) -> None:
    accepted = GOOD_REPLIES["."]
    with OddSmtp(EHLO=dialect, **{".": [accepted, accepted, SILENCE]}) as server:
        process = send(server, stop_within_s=0.5)
        terminated(process, server)
        out = ends_well(process)
        taken = len(server.contents)
        assert taken == 2 + LANES
    assert f"2 sent + 0 skipped + 0 failed + {LANES} uncertain + 7 still pending" in out
    left_open = {each["address"] for each in uncertain(cli)}
    assert len(left_open) == LANES
    with OddSmtp(EHLO=dialect) as server:
        process = send(server, stop_within_s=0.5)
        assert "9 sent + 0 skipped + 0 failed + 3 uncertain" in ends_well(process)
        assert taken + len(server.contents) == 12
    assert {each["address"] for each in uncertain(cli)} == left_open


@pytest.mark.parametrize("when", ["greeting", "EHLO", "MAIL", "RCPT", "DATA"])
def test_of_a_server_that_hangs_before_a_mail_is_handed_over_nothing_is_uncertain(
    cli: Cli, send: Start, when: str
) -> None:
    with OddSmtp(**{when: SILENCE}) as server:
        process = send(server, stop_within_s=0.5)
        terminated(process, server)
        assert "0 sent + 0 skipped + 0 failed + 0 uncertain + 12 still pending" in ends_well(
            process
        )
        assert not server.contents
    assert uncertain(cli) == []
    with OddSmtp() as server:
        assert "12 sent + 0 skipped + 0 failed + 0 uncertain" in ends_well(send(server, 0.5))
