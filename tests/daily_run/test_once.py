"""Once: two at once, and killed at the worst moments."""

import json
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from newsletter.config import Settings
from tests.conftest import Cli


def slow(*values: object) -> ParameterSet:
    return pytest.param(*values, marks=pytest.mark.slow)


pytestmark = [pytest.mark.on_both_databases, pytest.mark.usefixtures("short_day")]

# Runs the day in a process that kills itself with SIGKILL around a chosen mail.
_KILLED = """
import os, signal, sys
from newsletter import bootstrap, config
from newsletter.daily_run import daily
from newsletter.cli import resources
from newsletter.cli.printing.output import progress_bar
from newsletter.machine_clock import utc_now
from newsletter.transports.base import Transport

moment, number = sys.argv[1], int(sys.argv[2])
settings = config.load(None)

class Killer(Transport):
    at_once = 1

    def __init__(self, real):
        self.real, self.count = real, 0

    def send(self, mails):
        self.count += 1
        if moment == "before" and self.count == number:
            os.kill(os.getpid(), signal.SIGKILL)
        for mail, outcome in self.real.send(mails):
            if moment == "after" and self.count == number:
                os.kill(os.getpid(), signal.SIGKILL)
            yield mail, outcome

    def close(self):
        self.real.close()

from dataclasses import replace
with bootstrap.open_services(settings, utc_now, progress_bar, lambda: False) as parts:
    parts = replace(parts, transport=Killer(parts.transport))
    daily.run_day(parts, settings.newsletters[0], None)
"""


def killed_run(settings: Settings, moment: str, number: int) -> int:
    command = [sys.executable, "-c", textwrap.dedent(_KILLED), moment, str(number)]
    return subprocess.run(command, cwd=settings.folder, check=False).returncode  # noqa: S603


def arrived(settings: Settings) -> list[str]:
    files = sorted((settings.folder / "outbox").iterdir())
    return [file.name.removeprefix("audio-2025-07-11-").removesuffix(".eml") for file in files]


@pytest.mark.parametrize(("moment", "number"), [slow("before", 1), ("before", 7), slow("after", 7)])
def test_killed_in_the_middle_everybody_is_accounted_for(
    cli: Cli, settings: Settings, readers: list[str], moment: str, number: int
) -> None:
    assert killed_run(settings, moment, number) == -signal.SIGKILL
    said = cli("run")
    assert said.code == 0
    assert "12 subscribers = 11 sent + 0 skipped + 0 failed + 1 uncertain" in said.out
    assert "`newsletter deliveries settle` decides" in said.err
    (uncertain,) = json.loads(cli("deliveries", "list", "--state", "uncertain", "--json").out)
    assert uncertain["address"] == readers[number - 1]
    assert uncertain["reason"] == "the sender was stopped while this mail was on its way"
    missing = [readers[number - 1]] if moment == "before" else []
    assert arrived(settings) == [email for email in readers if email not in missing]


@pytest.mark.slow
def test_an_uncertain_mail_is_never_sent_again_by_itself(
    cli: Cli, settings: Settings, readers: list[str]
) -> None:
    killed_run(settings, "before", 3)
    for _ in range(3):
        cli("run")
        cli("send")
    assert readers[2] not in arrived(settings)


@pytest.mark.slow
def test_the_operator_settles_what_nobody_can_know(
    cli: Cli, settings: Settings, readers: list[str]
) -> None:
    killed_run(settings, "before", 3)
    cli("run")
    wrong = cli("deliveries", "settle", "--as", "resend", "--reference", "nonsense")
    assert wrong.code == 2
    assert "no uncertain delivery 'nonsense'" in wrong.err
    assert "1 settled as resend." in cli("deliveries", "settle", "--as", "resend").out
    said = cli("send")
    assert "12 subscribers = 12 sent + 0 skipped + 0 failed + 0 uncertain" in said.out
    assert arrived(settings) == readers


@pytest.mark.slow
def test_what_is_settled_as_sent_stays_unsent(
    cli: Cli, settings: Settings, readers: list[str]
) -> None:
    killed_run(settings, "before", 3)
    cli("run")
    assert "1 settled as sent." in cli("deliveries", "settle", "--as", "sent").out
    assert "12 sent + 0 skipped + 0 failed + 0 uncertain" in cli("run").out
    assert readers[2] not in arrived(settings)


@pytest.mark.slow
def test_several_at_once_send_nothing_twice(settings: Settings, readers: list[str]) -> None:
    command = [sys.executable, "-m", "newsletter", "run", "--json"]
    together = [
        subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=settings.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    answers = [process.communicate(timeout=120) for process in together]
    assert [err for _, err in answers] == [""] * 4
    assert [process.returncode for process in together] == [0] * 4, answers
    accounts = [json.loads(out)[0]["deliveries"] for out, _ in answers]
    assert all(account == accounts[0] for account in accounts)
    assert accounts[0]["sent"] == len(readers)
    listed = subprocess.run(
        [sys.executable, "-m", "newsletter", "deliveries", "list", "--json"],
        cwd=settings.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [each["attempts"] for each in json.loads(listed.stdout)] == [1] * len(readers)
    assert arrived(settings) == readers


@pytest.mark.slow
def test_a_termination_lets_what_is_on_its_way_finish(
    cli: Cli, settings: Settings, readers: list[str]
) -> None:
    script = _KILLED.replace("SIGKILL", "SIGTERM").replace(
        "with bootstrap.open_services(settings, utc_now, progress_bar, lambda: False)",
        "with resources.open_services(settings)",
    )
    command = [sys.executable, "-c", textwrap.dedent(script), "before", "5"]
    subprocess.run(command, cwd=settings.folder, check=True, stderr=subprocess.DEVNULL)  # noqa: S603
    assert (
        "5 sent + 0 skipped + 0 failed + 0 uncertain + 7 still pending"
        in cli("deliveries", "status").out
    )
    assert "12 subscribers = 12 sent" in cli("run").out
    assert arrived(settings) == readers


@pytest.mark.slow
def test_no_half_written_mail_is_left_behind(settings: Settings, tmp_path: Path) -> None:
    killed_run(settings, "after", 2)
    assert not list(tmp_path.glob("**/*.part"))
