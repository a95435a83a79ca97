"""`newsletter feedback` over a Maildir, an IMAP folder and a pipe."""

import io
import json
import shutil
from pathlib import Path

import pytest

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.feedback.poll import UNKNOWN
from newsletter.models import Standing, SubscriberRow
from newsletter.sending.limits import pauses
from newsletter.subscribers import lifecycle
from newsletter.subscribers.link_claims import UnsubscribeClaim
from tests.conftest import NOW, Cli
from tests.feedback import mails
from tests.feedback.imap_standin import ImapStandIn
from tests.feedback.samples import ledger_of, suppressed
from tests.transports.smtp_standins import unused_port


@pytest.fixture
def box(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


def put(box: Path, *raw: bytes) -> None:
    for each in raw:
        (box / "new" / f"{len(list(box.glob('*/*'))):03}.mail").write_bytes(each)


def token(settings: Settings, database: Database, email: str) -> str:
    with database.read() as session:
        claim = UnsubscribeClaim(lifecycle.get_subscriber(session, email).id, "audio")
    return bootstrap.signed_links(settings).token(claim)


def test_a_mailbox_is_read_to_its_end_each_letter_acts_and_none_is_deleted(
    cli: Cli, settings: Settings, database: Database, sent: dict[str, str], box: Path
) -> None:
    (gone, first), (angry, second), (full, third), (tired, _), *_ = sent.items()
    put(
        box,
        mails.dsn(first),
        mails.arf(second),
        mails.dsn(third, "5.2.2", diagnostic="552 mailbox full"),
        mails.plain(token(settings, database, tired)),
        mails.plain("Automatic reply: away"),
        mails.plain("I like your letters"),
        mails.dsn("f" * 24),
    )
    said = cli("feedback", "--maildir", str(box))
    assert said.code == 0
    assert said.out == (
        "7 mails: 2 bounce, 1 complaint, 1 unsubscribed, 1 automatic reply, 2 not understood\n"
        "  2 addresses suppressed\n"
    )
    assert f"kept for you to look at: 1 where {UNKNOWN}" in said.err
    assert not list((box / "new").iterdir())
    flags = [file.name.rpartition(",")[2] for file in sorted((box / "cur").iterdir())]
    assert flags == ["S", "S", "S", "S", "S", "FS", "FS"]
    with database.read() as session:
        assert suppressed(session, sent).keys() == {gone, angry}
        states = {email: state for email, (state, _) in ledger_of(session).items()}
        assert [email for email, state in states.items() if state == "failed"] == [gone, full]
        assert lifecycle.get_subscriber(session, tired).standing == Standing.LEFT
    assert cli("feedback", "--maildir", str(box)).out == "No new mail.\n"


def test_the_same_letters_read_again_change_nothing(
    cli: Cli, sent: dict[str, str], box: Path, tmp_path: Path, database: Database
) -> None:
    put(box, mails.dsn(next(iter(sent.values()))))
    shutil.copytree(box, tmp_path / "copy")
    first = json.loads(cli("feedback", "--json", "--maildir", str(box)).out)
    again = json.loads(cli("feedback", "--json", "--maildir", str(tmp_path / "copy")).out)
    assert (first["kinds"], first["suppressed"]) == ({"bounce": 1}, 1)
    assert again["suppressed"] == 0
    with database.read() as session:
        assert [state for state, _ in ledger_of(session).values()].count("failed") == 1


def test_failure_24_a_forged_bounce_harms_only_whom_its_writer_could_harm_anyway(
    cli: Cli, sent: dict[str, str], box: Path, database: Database
) -> None:
    (writer, own), (victim, _), *_ = sent.items()
    put(box, mails.dsn("0" * 24, recipient=victim), mails.dsn(own, recipient=victim))
    cli("feedback", "--maildir", str(box))
    with database.read() as session:
        assert suppressed(session, sent).keys() == {writer}


def test_leaving_by_mail_works_for_ever_and_for_somebody_erased(
    cli: Cli, settings: Settings, database: Database, sent: dict[str, str], box: Path
) -> None:
    reader = next(iter(sent))
    unsubscribe_mail = mails.plain(token(settings, database, reader))
    cli("subscribers", "erase", reader, "--yes")
    put(box, unsubscribe_mail, unsubscribe_mail)
    assert "2 mails: 2 unsubscribed" in cli("feedback", "--maildir", str(box)).out
    with database.read() as session:
        assert session.query(SubscriberRow).count() == len(sent) - 1


def imap(monkeypatch: pytest.MonkeyPatch, port: int, **more: str) -> None:
    """The settings of an IMAP folder, from the environment."""
    chosen = {
        "imap_host": "127.0.0.1",
        "imap_port": str(port),
        "imap_security": "none",
        "imap_username": "daily",
        "imap_password": "open-sesame",
        "timeout_s": "0.5",
    } | more
    for name, value in chosen.items():
        monkeypatch.setenv(f"NEWSLETTER_FEEDBACK__{name.upper()}", value)


def test_an_imap_folder_is_read_and_marked(
    cli: Cli, sent: dict[str, str], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, reference = next(iter(sent.items()))
    large = b"Subject: large\n\n" + b"x" * 3_000_000
    with ImapStandIn(mails.dsn(reference), mails.plain("Hello"), large) as server:
        imap(monkeypatch, server.port)
        assert "3 mails: 1 bounce, 2 not understood" in cli("feedback").out
        assert server.flags == {1: "\\SEEN", 2: "\\SEEN \\FLAGGED", 3: "\\SEEN \\FLAGGED"}
        assert cli("feedback").out == "No new mail.\n"
        assert server.heard[-1].upper() == "LOGOUT"
    with database.read() as session:
        assert suppressed(session, sent).keys() == {gone}


@pytest.mark.usefixtures("sent")
def test_an_imap_server_that_fails_is_one_line_without_the_password(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ImapStandIn() as server:
        for wrong, line in (
            ({"imap_password": "guessed-wrong"}, "wrong password"),
            ({"imap_folder": "Elsewhere"}, "no such folder"),
            ({"imap_security": "starttls"}, "TLS not supported"),
        ):
            imap(monkeypatch, server.port, **wrong)
            said = cli("feedback")
            assert (said.code, len(said.err.splitlines())) == (1, 1)
            assert line in said.err
            assert "guessed-wrong" not in said.err
    with ImapStandIn(silent=True) as server:
        imap(monkeypatch, server.port)
        assert "timed out" in cli("feedback").err
    imap(monkeypatch, unused_port())
    assert "the mailbox at 127.0.0.1 cannot be read" in cli("feedback").err
    imap(monkeypatch, 993, imap_host="imap.example.org")
    assert cli("feedback").code == 2


@pytest.mark.usefixtures("sent")
def test_without_a_mailbox_it_says_what_to_set(cli: Cli, tmp_path: Path) -> None:
    said = cli("feedback")
    assert said.code == 2
    assert "set feedback.imap_host or feedback.maildir" in said.err
    assert "is no Maildir" in cli("feedback", "--maildir", str(tmp_path)).err
    assert cli("feedback", "--maildir", str(tmp_path), "--stdin").code == 2


class _Piped:
    def __init__(self, raw: bytes) -> None:
        self.buffer = io.BytesIO(raw)


def test_a_mail_server_pipes_letters_in_and_what_is_not_understood_is_kept_whole(
    cli: Cli,
    sent: dict[str, str],
    database: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone, reference = next(iter(sent.items()))
    monkeypatch.setattr("sys.stdin", _Piped(mails.dsn(reference)))
    assert "1 mail: 1 bounce" in cli("feedback", "--stdin").out
    letter = mails.plain("Hello", "x" * 70 + "\n")
    monkeypatch.setattr("sys.stdin", _Piped(letter))
    assert "1 not understood" in cli("feedback", "--stdin").out
    (kept,) = (settings.folder / "feedback-kept" / "new").iterdir()
    assert kept.read_bytes() == letter
    with database.read() as session:
        assert suppressed(session, sent).keys() == {gone}


def test_a_paused_domain_is_resumed_by_hand(
    cli: Cli, settings: Settings, database: Database
) -> None:
    with database.write.begin() as session:
        pauses.pause_domain(session, "reader.example", "many blocks", NOW)
    assert "reader.example gets mail again" in cli("feedback", "--resume", "reader.example").out
    assert "reader.example is not paused" in cli("feedback", "--resume", "reader.example").err
    assert settings.folder.exists()
