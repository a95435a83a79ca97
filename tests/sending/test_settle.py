"""What was judged wrongly can be put right, by the operator and nobody else."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from newsletter import machine_clock
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.subscribers import consent_log, lifecycle, suppression
from tests.conftest import NOW, Cli
from tests.plugins import install_plugin

TRANSPORT = """
from newsletter.transports.base import SendResult, SendStatus, Transport

def from_settings(settings):
    return Moody(settings.folder)

class Moody(Transport):
    at_once = 100

    def __init__(self, folder):
        self._folder = folder

    def send(self, mails):
        refused = (self._folder / "refused.txt").read_text().split()
        for mail in mails:
            if mail.recipient.partition("@")[0] in refused:
                yield mail, SendResult(
                    SendStatus.REJECTED, "550 5.1.1 no such user", permanent=True)
                continue
            with (self._folder / "taken.txt").open("a") as taken:
                taken.write(mail.recipient + chr(10))
            yield mail, SendResult(SendStatus.ACCEPTED)

    def close(self):
        pass
"""
FAILED = ("deliveries", "settle", "--state", "failed", "--as", "resend")


@pytest.fixture
def moody(
    cli: Cli, settings: Settings, readers: list[str], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A server with a broken table refused three of twelve for ever; whom it took by now."""
    assert len(readers) == 12
    packages = settings.folder / "packages"
    install_plugin(
        packages, monkeypatch, "moody_transport", TRANSPORT, "newsletter.transports: moody"
    )
    monkeypatch.setenv("NEWSLETTER_TRANSPORT__USE", "moody")
    monkeypatch.setattr(machine_clock, "utc_now", lambda: NOW)
    (settings.folder / "refused.txt").write_text("reader03 reader07 reader11")
    assert "9 sent + 0 skipped + 3 failed" in cli("run").out
    (settings.folder / "refused.txt").write_text("")
    return settings.folder / "taken.txt"


def reason_of(database: Database, email: str) -> str | None:
    with database.read() as session:
        return suppression.suppression_reason(session, email)


def test_readers_that_were_refused_wrongly_get_their_issue_and_are_mailed_again(
    cli: Cli, database: Database, moody: Path
) -> None:
    assert reason_of(database, "reader03@reader.example")
    said = cli(*FAILED)
    assert "3 settled as resend." in said.out
    assert "3 are no longer suppressed." in said.out
    assert "newsletter send audio --day 2025-07-11" in said.out
    assert reason_of(database, "reader03@reader.example") is None
    assert "12 sent + 0 skipped + 0 failed" in cli("send").out
    taken = moody.read_text().split()
    assert len(taken) == len(set(taken)) == 12


@pytest.mark.usefixtures("moody")
def test_of_an_issue_that_is_old_news_the_next_command_says_that_it_is_late(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine_clock, "utc_now", lambda: NOW + timedelta(days=4))
    (command,) = re.findall("^Next: newsletter (.+)$", cli(*FAILED).out, re.MULTILINE)
    assert "12 sent" in cli(*command.split()).out


@pytest.mark.usefixtures("moody")
def test_a_dry_run_lists_them_and_changes_nothing(cli: Cli, database: Database) -> None:
    said = cli(*FAILED, "--dry-run")
    assert "reader07@reader.example" in said.out
    assert "3 would be settled as resend." in said.out
    assert reason_of(database, "reader07@reader.example")
    assert "nothing to do" in cli("run").out


@pytest.mark.usefixtures("moody")
@pytest.mark.parametrize(
    ("options", "number"),
    [
        (("--reason", "NO SUCH user"), 3),
        (("--reason", "over quota"), 0),
        (("--reason", "%"), 0),
        (("--domain", "reader.example"), 3),
        (("--domain", "example"), 0),
        (("--since", "2025-07-11"), 3),
        (("--since", "2025-07-12T08:00"), 0),
    ],
)
def test_they_are_chosen_by_reason_domain_and_time(
    cli: Cli, options: tuple[str, ...], number: int
) -> None:
    assert f"{number} settled as resend." in cli(*FAILED, *options).out


@pytest.mark.usefixtures("moody")
def test_a_suppression_of_another_moment_stays(cli: Cli, database: Database) -> None:
    with database.write.begin() as session:
        suppression.end_suppression(session, "reader03@reader.example")
        earlier = NOW - timedelta(days=3)
        suppression.suppress(session, "reader03@reader.example", "rejected: gone", earlier)
    assert "2 are no longer suppressed." in cli(*FAILED).out
    assert reason_of(database, "reader03@reader.example") == "rejected: gone"
    assert "11 sent + 1 skipped + 0 failed" in cli("send").out


@pytest.mark.usefixtures("moody")
def test_the_operator_lifts_a_suppression_with_a_reason_that_is_kept(
    cli: Cli, database: Database
) -> None:
    said = cli("subscribers", "unsuppress", "reader03@reader.example", "--reason", "table mended")
    assert said.code == 0
    assert "it was suppressed: rejected: 550 5.1.1 no such user" in said.out
    assert reason_of(database, "reader03@reader.example") is None
    with database.read() as session:
        subscriber = lifecycle.get_subscriber(session, "reader03@reader.example")
        last = consent_log.consent_history(session, subscriber.id)[-1]
    assert last.act == "unsuppressed"
    assert last.wording.startswith("table mended (it was suppressed: rejected:")
    again = cli("subscribers", "unsuppress", "reader03@reader.example", "--reason", "again")
    assert (again.code, again.err) == (2, "newsletter: reader03@reader.example is not suppressed\n")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (suppression.LEFT, "only their own confirmation ends that"),
        (suppression.ERASED, "only their own confirmation ends that"),
        (suppression.COMPLAINED, "--although-complained lifts it"),
    ],
)
def test_somebodys_own_no_is_not_the_operators_to_lift(
    cli: Cli, database: Database, reason: str, words: str
) -> None:
    with database.write.begin() as session:
        suppression.suppress(session, "ada@reader.example", reason, NOW)
    said = cli("subscribers", "unsuppress", "ada@reader.example", "--reason", "because")
    assert said.code == 2
    assert words in said.err
    assert reason_of(database, "ada@reader.example") == reason


def test_a_complaint_is_lifted_with_their_word_that_they_want_mails_again(
    cli: Cli, database: Database
) -> None:
    with database.write.begin() as session:
        suppression.suppress(session, "ada@reader.example", suppression.COMPLAINED, NOW)
    options = ("--reason", "a slip, she wrote", "--although-complained")
    assert cli("subscribers", "unsuppress", "ada@reader.example", *options).code == 0
    assert reason_of(database, "ada@reader.example") is None
