"""An operator sends one reader one issue once more, and the ledger says so."""

import json
import os
import signal
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import select, update

from newsletter import machine_clock
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.feedback import apply
from newsletter.feedback.events import Event
from newsletter.models import EventType, ResendRow, SubscriptionRow
from newsletter.sending.limits import pauses
from newsletter.subscribers import lifecycle, opt_out, suppression
from tests.conftest import BY_HAND, NOW, Cli

pytestmark = pytest.mark.usefixtures("short_day")


def mails(settings: Settings, email: str) -> list[bytes]:
    """Those in the outbox that go to somebody, without what is each one's own."""
    files = sorted((settings.folder / "outbox").glob(f"audio-*{email}*"))
    contents = [file.read_bytes() for file in files]
    references = [str(message_from_bytes(content)["Message-ID"])[1:] for content in contents]
    return [
        content.replace(reference.partition("@")[0].encode(), b"")
        for content, reference in zip(contents, references, strict=True)
    ]


@pytest.mark.on_both_databases
@pytest.mark.slow
def test_the_same_mail_goes_once_more_and_the_account_stays(
    cli: Cli, settings: Settings, readers: list[str]
) -> None:
    cli("subscribers", "interests", readers[0], "--add", "word:speech")
    assert cli("run").code == 0
    account = json.loads(cli("deliveries", "status", "--json").out)
    said = cli("resend", readers[0])
    assert (said.code, "audio 2025-07-11 was accepted once more" in said.out) == (0, True), said.err
    first, second = mails(settings, readers[0])
    assert first == second
    after = json.loads(cli("deliveries", "status", "--json").out)
    assert after.pop("resent") == {"sent": 1}
    assert after == {key: value for key, value in account.items() if key != "resent"}
    told = json.loads(cli("deliveries", "list", "--subscriber", readers[0], "--json").out)
    assert [(row["issue"], row["sent_by"], row["state"]) for row in told] == [
        ("audio 2025-07-11", "run", "sent"),
        ("audio 2025-07-11", "resend", "sent"),
    ]
    assert "1 sent" in cli("deliveries", "status").out
    again = cli("resend", readers[0])
    assert (again.code, "--again sends another" in again.err) == (2, True)
    assert cli("resend", readers[0], "--again").code == 0
    assert "done already" in cli("run").out
    assert len(mails(settings, readers[0])) == 3
    assert len(mails(settings, readers[1])) == 1
    assert cli("subscribers", "erase", readers[0], "--yes").code == 0


@pytest.mark.slow
def test_who_must_not_be_mailed_is_refused_in_one_line(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    cli("run")
    with database.write.begin() as session:
        suppression.suppress(session, readers[0], "bounced: no such user", NOW)
        left = lifecycle.get_subscriber(session, readers[1])
        opt_out.unsubscribe(session, left, None, BY_HAND, NOW)
        session.execute(
            update(SubscriptionRow)
            .where(SubscriptionRow.subscriber_id == left.id + 1)
            .values(newsletter="another")
        )
    cli("subscribers", "add", "new@reader.example")
    for email, why in (
        (readers[0], "must not be mailed: bounced: no such user"),
        (readers[1], "left: nothing is sent"),
        (readers[2], "does not read audio"),
        ("new@reader.example", "has not confirmed: nothing is sent"),
        ("nobody@reader.example", "no subscriber nobody@reader.example"),
    ):
        said = cli("resend", email)
        assert (said.code, why in said.err.splitlines()[-1]) == (2, True), said.err
    assert "2 January" not in cli("resend", readers[3], "--day", "2025-01-02").out
    assert len(mails(settings, readers[3])) == 1


@pytest.mark.slow
def test_pauses_and_limits_hold_it_and_a_refused_login_is_said(
    cli: Cli,
    settings: Settings,
    database: Database,
    readers: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cli("run")
    with database.write.begin() as session:
        pauses.pause_domain(
            session, "reader.example", "it refuses everything", machine_clock.utc_now()
        )
    said = cli("resend", readers[0])
    assert (said.code, "reader.example is paused" in said.err) == (1, True)
    with database.write.begin() as session:
        pauses.resume_domain(session, "reader.example")
        pauses.pause_sending(session, "421 busy", None, machine_clock.utc_now())
    said = cli("resend", readers[0])
    assert (said.code, "sending is paused until" in said.err) == (1, True)
    with database.write.begin() as session:
        pauses.resume_sending(session, machine_clock.utc_now())
    (settings.folder / "outbox").rename(settings.folder / "elsewhere")
    (settings.folder / "outbox").write_text("no folder")
    said = cli("resend", readers[0], "--json")
    assert said.code == 1
    assert json.loads(said.out)["state"] == "failed"
    (settings.folder / "outbox").unlink()
    assert cli("resend", readers[0]).code == 0  # what surely did not leave asks for no --again
    monkeypatch.setenv("NEWSLETTER_SENDING__PER_HOUR", "1")
    assert cli("resend", readers[1]).code == 0
    said = cli("resend", readers[2])
    assert (said.code, "the limits of [sending]" in said.err) == (1, True)


_DIES = """
import os, signal, sys
from newsletter.cli.main import _run
from newsletter.transports import files
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
files.Files.send = files.Files.stream = die
_run(["resend", sys.argv[1]])
"""


@pytest.mark.slow
def test_one_killed_in_the_middle_is_uncertain_until_a_bounce_or_the_operator_says_more(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    cli("run")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    died = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _DIES, readers[0]],
        cwd=settings.folder,
        env=environment,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    told = json.loads(cli("deliveries", "list", "--subscriber", readers[0], "--json").out)
    assert [row["state"] for row in told] == ["sent", "uncertain"]
    said = cli("resend", readers[0])
    assert (said.code, "nobody knows whether" in said.err) == (2, True)
    bounce = Event("1", "mailbox", told[1]["reference"], EventType.BOUNCE, NOW, "no such user")
    with database.write.begin() as session:
        apply.apply_events(session, [bounce], NOW)
        assert session.scalars(select(ResendRow.state)).all() == ["failed"]
    assert "failed" in cli("deliveries", "list", "--subscriber", readers[0]).out
