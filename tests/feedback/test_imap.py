"""An IMAP server that is encrypted, not to be trusted, slow, or gone in the middle."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.health import last_runs
from newsletter.models import FeedbackRow, Standing
from newsletter.subscribers import lifecycle
from tests.certificates import Certificate, certificate, needs_openssl
from tests.conftest import Cli
from tests.feedback import mails
from tests.feedback.imap_standin import ImapStandIn, Trouble
from tests.feedback.samples import ledger_of, suppressed
from tests.feedback.test_mailbox import imap, token

pytestmark = needs_openssl

encrypted = pytest.mark.parametrize("security", ["tls", "starttls"])


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("tls"), "IP:127.0.0.1")


Box = Callable[..., ImapStandIn]


@pytest.fixture
def box(ours: Certificate, monkeypatch: pytest.MonkeyPatch) -> Box:
    """A server with these letters, which the settings name, and whose certificate is trusted."""

    def filled(
        *letters: bytes, security: str = "tls", timeout_s: float = 0.5, shows: Certificate = ours
    ) -> ImapStandIn:
        starttls = security == "starttls"
        server = ImapStandIn(*letters, context=shows.context, starttls=starttls)
        imap(monkeypatch, server.port, imap_security=security, timeout_s=str(timeout_s))
        return server

    ours.trust(monkeypatch)
    return filled


@pytest.fixture
def unsubscribe_mail(
    settings: Settings, database: Database, sent: dict[str, str]
) -> tuple[str, bytes]:
    """Who leaves, and the mail by which they do."""
    reader = list(sent)[1]
    return reader, mails.plain(token(settings, database, reader))


def told_once(cli: Cli) -> str:
    """The one line of a run that failed."""
    said = cli("feedback")
    assert (said.code, said.out) == (1, "")
    (line,) = said.err.splitlines()
    assert line.startswith("newsletter: the mailbox at 127.0.0.1 cannot be read: ")
    assert "open-sesame" not in line
    assert " b'" not in line, "what a server said is no Python"
    return line


@encrypted
def test_it_is_read_and_marked(
    cli: Cli,
    sent: dict[str, str],
    database: Database,
    box: Box,
    security: str,
) -> None:
    gone, reference = next(iter(sent.items()))
    with box(mails.dsn(reference), mails.plain("Hello"), security=security) as server:
        assert "2 mails: 1 bounce, 1 not understood" in cli("feedback").out
        assert server.flags == {1: "\\SEEN", 2: "\\SEEN \\FLAGGED"}
        commands = [each.split()[0] for each in server.heard]
        assert security == "tls" or commands.index("STARTTLS") < commands.index("LOGIN")
    with database.read() as session:
        assert suppressed(session, sent).keys() == {gone}


@pytest.mark.usefixtures("sent")
@encrypted
def test_a_certificate_that_nobody_vouches_for_is_one_line_and_no_login_leaves(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, box: Box, security: str
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with box(mails.plain("Hello"), security=security) as server:
        assert "CERTIFICATE_VERIFY_FAILED" in told_once(cli)
        assert not [each for each in server.heard if each.startswith("LOGIN")]


@pytest.mark.usefixtures("sent")
@encrypted
def test_a_certificate_of_another_host_is_one_line_and_no_login_leaves(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, box: Box, tmp_path: Path, security: str
) -> None:
    other = certificate(tmp_path, "DNS:imap.example.org")
    other.trust(monkeypatch)
    with box(mails.plain("Hello"), security=security, shows=other) as server:
        assert "not valid for '127.0.0.1'" in told_once(cli)
        assert not [each for each in server.heard if each.startswith("LOGIN")]


@pytest.mark.usefixtures("sent")
def test_what_is_slipped_in_behind_the_answer_to_starttls_is_not_believed(
    cli: Cli, box: Box
) -> None:
    with box(mails.plain("Hello"), security="starttls") as server:
        server.slipped_in = "\r\n* BYE go away"
        assert "1 mail: 1 not understood" in cli("feedback").out


@pytest.mark.usefixtures("sent")
@encrypted
def test_a_refused_login_is_one_line_without_the_password(
    cli: Cli, box: Box, security: str
) -> None:
    with box(mails.plain("Hello"), security=security) as server:
        server.password = "another one"
        assert "wrong password" in told_once(cli)
        assert server.flags == {}


@pytest.mark.usefixtures("sent")
def test_a_server_that_never_answers_the_handshake_is_given_up(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ImapStandIn(silent=True) as server:
        imap(monkeypatch, server.port, imap_security="tls")
        assert "timed out" in told_once(cli)


@pytest.mark.usefixtures("sent")
def test_the_alarm_says_why_a_mailbox_could_not_be_read_and_of_the_timer_where_nobody_tried(
    cli: Cli, settings: Settings, database: Database, box: Box
) -> None:
    hearing = settings.feedback.model_copy(update={"imap_host": "127.0.0.1"})
    watched = settings.model_copy(update={"feedback": hearing})

    def alarms(hours: int) -> str:
        later = datetime.now(UTC) + timedelta(hours=hours)
        found = last_runs.check(watched, database, later)
        return "".join(each.text for each in found if each.part == "feedback")

    with box() as server:
        with database.write.begin() as session:
            last_runs.record(session, last_runs.FEEDBACK, datetime.now(UTC) - timedelta(hours=30))
        assert "let cron run" in alarms(0)
        server.password = "changed"
        refused = told_once(cli).removeprefix("newsletter: ")
        assert refused in alarms(0)
        assert "cron" not in alarms(0)
        assert "let cron run" in alarms(30)
        server.password = "open-sesame"
        assert cli("feedback").code == 0
        assert not alarms(0)
        assert "let cron run" in alarms(30)


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize("trouble", [Trouble.SILENCE, Trouble.TRICKLE])
@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "UID SEARCH", "UID FETCH", "UID STORE"])
def test_a_server_that_is_silent_or_trickles_for_ever_is_given_up_and_read_again_later(
    cli: Cli, box: Box, command: str, trouble: Trouble
) -> None:
    with box(mails.plain("Hello"), timeout_s=0.2) as server:
        server.trouble = {command: trouble}
        assert "timed out" in told_once(cli)
        assert "1 mail: 1 not understood" in cli("feedback").out


def test_of_a_huge_mail_only_the_beginning_is_fetched(
    cli: Cli, sent: dict[str, str], database: Database, box: Box
) -> None:
    gone, reference = next(iter(sent.items()))
    huge = mails.dsn(reference) + b"x" * 40_000_000
    with box(huge, mails.plain("Hello"), timeout_s=5) as server:
        assert "2 mails: 1 bounce, 1 not understood" in cli("feedback").out
        assert server.octets_of_mails < 2_000_000
    with database.read() as session:
        assert suppressed(session, sent).keys() == {gone}


@pytest.mark.usefixtures("sent")
def test_an_answer_far_longer_than_asked_for_is_refused_before_it_is_read(
    cli: Cli, box: Box
) -> None:
    with box(mails.plain("Hello")) as server:
        server.trouble = {"UID FETCH": Trouble.TOO_LONG}
        assert "an answer of 99000000 octets" in told_once(cli)
        assert server.flags == {}


@pytest.mark.parametrize(
    "gone_at",
    [
        ("UID FETCH 2", Trouble.DROPPED_BEFORE),
        ("UID FETCH 2", Trouble.DROPPED_HALFWAY),
        ("UID STORE 2", Trouble.DROPPED_BEFORE),
        ("UID STORE 2", Trouble.DROPPED_AFTER),
        ("UID FETCH 3", Trouble.DROPPED_HALFWAY),
        ("UID STORE 3", Trouble.DROPPED_BEFORE),
    ],
)
def test_gone_in_the_middle_nothing_is_lost_and_nothing_is_handled_twice(
    cli: Cli,
    sent: dict[str, str],
    database: Database,
    box: Box,
    unsubscribe_mail: tuple[str, bytes],
    gone_at: tuple[str, Trouble],
) -> None:
    (gone, first), _, (angry, third), *_ = sent.items()
    tired, letter = unsubscribe_mail
    with box(mails.dsn(first), letter, mails.arf(third)) as server:
        server.trouble = dict([gone_at])
        told_once(cli)
        read_so_far = len(server.flags)
        again = json.loads(cli("feedback", "--json").out)
        assert again["letters"] == len(server.mails) - read_so_far
        assert server.flags == dict.fromkeys((1, 2, 3), "\\SEEN")
    with database.read() as session:
        assert suppressed(session, sent).keys() == {gone, angry}
        assert session.scalar(select(func.count()).select_from(FeedbackRow)) == 2
        assert [state for state, _ in ledger_of(session).values()].count("failed") == 1
        assert lifecycle.get_subscriber(session, tired).standing == Standing.LEFT
    for reader in (tired, angry):
        history = json.loads(cli("subscribers", "show", reader, "--json").out)["history"]
        assert [each["act"] for each in history] == ["confirmed", "left"]
