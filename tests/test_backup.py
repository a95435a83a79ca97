"""A backup while everything runs, and the way back: nothing doubled, no no forgotten."""

import os
import shutil
import signal
import sqlite3
import threading
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from newsletter import backup, machine_clock, outbox
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.errors import NewsletterError
from newsletter.models import SentOutboxRow
from newsletter.outbox import EmailType
from newsletter.periodic_work import clean
from newsletter.subscribers import lifecycle
from newsletter.subscribers.lifecycle import SubscriptionRequest
from tests.conftest import NOW, Cli


def number_of_subscribers(file: Path) -> int:
    connection = sqlite3.connect(file)
    number = int(connection.execute("SELECT count(*) FROM subscriber").fetchone()[0])
    connection.close()
    return number


def emptied_outbox(settings: Settings) -> Path:
    outbox = settings.folder / "outbox"
    shutil.rmtree(outbox, ignore_errors=True)
    return outbox


@pytest.mark.usefixtures("readers")
def test_a_copy_taken_and_brought_back(cli: Cli, settings: Settings) -> None:
    copy = settings.folder / "monday.db"
    assert "brings it back" in cli("backup", str(copy)).out
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in settings.folder.glob("*monday*")] == ["monday.db"]
    assert cli("backup", str(copy)).code == 2
    cli("subscribers", "erase", "reader00@reader.example", "--yes")
    said = cli("restore", str(copy))
    assert said.code == 2
    assert "--yes puts" in said.err
    said = cli("restore", str(copy), "--yes")
    assert said.code == 0, said.err
    (kept,) = settings.folder.glob("newsletter.db.before-*")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert number_of_subscribers(kept) == 11
    assert "1 erased since the copy" in said.out
    assert number_of_subscribers(settings.folder / "newsletter.db") == 11


@pytest.mark.usefixtures("readers")
def test_a_copy_to_a_full_disk_says_that_it_is_full(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(backup, "copy_sqlite", fail)
    for free, words in ((0, f"the disk of {tmp_path} is full"), (10**12, "disk I/O error")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        with pytest.raises(NewsletterError, match=words):
            backup.back_up(settings, tmp_path / "copy.db")


def test_a_copy_is_consistent_while_others_write(
    cli: Cli, settings: Settings, database: Database
) -> None:
    """Two rows at a time, so an odd number would be a torn transaction."""
    done = threading.Event()

    def write() -> None:
        number = 0
        while not done.is_set():
            with database.write.begin() as session:
                for _ in range(2):
                    number += 1
                    wish = SubscriptionRequest(["audio"], "brief", "en")
                    lifecycle.add_subscriber(session, f"r{number}@new.example", wish, "yes", NOW)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        said = [cli("backup", str(settings.folder / f"{number}.db")) for number in range(5)]
    finally:
        done.set()
        writer.join()
    assert [each.code for each in said] == [0] * 5
    counted = [number_of_subscribers(settings.folder / f"{number}.db") for number in range(5)]
    assert [number % 2 for number in counted] == [0] * 5
    assert counted == sorted(counted)


@pytest.mark.usefixtures("readers")
def test_who_said_no_since_the_copy_is_not_mailed_again(
    cli: Cli, settings: Settings, database: Database
) -> None:
    copy = settings.folder / "monday.db"
    cli("backup", str(copy))
    cli("subscribers", "remove", "reader01@reader.example")
    cli("subscribers", "add", "late@reader.example", "--to", "audio", "--consent", "said so")
    with database.read() as session:
        late = lifecycle.get_subscriber(session, "late@reader.example").id
    said = cli("restore", str(copy), "--yes")
    assert "From there: 1 left" in said.out
    with database.write.begin() as session:
        assert lifecycle.get_subscriber(session, "reader01@reader.example").standing == "left"
        wish = SubscriptionRequest(["audio"], "brief", "en")
        newest = lifecycle.add_subscriber(session, "other@reader.example", wish, "yes", NOW)
        assert newest.id > late  # their links never mean somebody else


def test_a_mail_that_left_the_outbox_does_not_leave_again_out_of_a_folder_copied_back(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    file, copy = settings.folder / "newsletter.db", settings.folder / "monday.db"

    def enqueue(email: str) -> None:
        with database.write.begin() as session:
            reader = lifecycle.get_subscriber(session, email)
            outbox.enqueue(session, EmailType.ALREADY, reader, machine_clock.utc_now())

    def number_that_left() -> int:
        return len(list((settings.folder / "outbox").glob("already-*")))

    enqueue(readers[0])
    cli("backup", str(copy))
    enqueue(readers[1])
    cli("run")
    assert number_that_left() == 2
    emptied_outbox(settings)
    database.dispose()
    for log in settings.folder.glob("newsletter.db-*"):
        log.unlink()
    shutil.copy(copy, file)
    enqueue(readers[2])
    cli("run")
    assert number_that_left() == 1
    with database.read() as session:
        assert outbox.backlog(session)[0] == 0
        known = session.scalars(select(SentOutboxRow.email)).all()
    assert sorted(known) == [readers[0], readers[2]]  # whose mails may bounce


def test_what_this_machine_remembers_of_mails_is_kept_as_long_as_the_list_of_who_got_an_issue(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    """A mail that waits in a copy from before that does not leave, since it may have left."""
    kept = timedelta(days=settings.database.retention_days)
    now = machine_clock.utc_now()

    def enqueue(written_at: datetime) -> None:
        with database.write.begin() as session:
            reader = lifecycle.get_subscriber(session, readers[0])
            outbox.enqueue(session, EmailType.ALREADY, reader, written_at)

    def remembered() -> set[str]:
        return {file.suffix for file in (settings.folder / "state").glob("*/*-*-*.*")}

    enqueue(now)
    cli("run")
    assert remembered() == {".fence", ".claimed", ".outbox"}
    for days, left in ((-1, {".fence", ".claimed", ".outbox"}), (1, {".fence"})):
        clean(database, settings, lambda: now + kept + timedelta(days=days), lambda: False)  # noqa: B023 - called at once
        assert remembered() == left
    emptied_outbox(settings)
    enqueue(now - kept - timedelta(days=1))
    cli("run")
    assert not list((settings.folder / "outbox").glob("already-*"))
    with database.read() as session:
        assert outbox.backlog(session)[0] == 0


def test_a_mail_that_left_the_outbox_since_the_copy_does_not_leave_again(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    copy = settings.folder / "monday.db"
    with database.write.begin() as session:
        for email in readers[:2]:
            reader = lifecycle.get_subscriber(session, email)
            outbox.enqueue(session, EmailType.ALREADY, reader, NOW)
    cli("backup", str(copy))
    with database.write.begin() as session:
        sent = outbox.claim_next(session, NOW)
        assert sent is not None
        outbox.record_sent(session, sent, NOW)
    assert "1 waiting mail had left" in cli("restore", str(copy), "--yes").out
    with database.read() as session:
        assert outbox.backlog(session)[0] == 1
        assert outbox.addresses_of(session, [sent.reference]) == {sent.reference: sent.email}


@pytest.mark.usefixtures("readers")
@pytest.mark.slow
def test_what_was_sent_since_the_copy_is_held(cli: Cli, settings: Settings) -> None:
    copy = settings.folder / "monday.db"
    cli("backup", str(copy))
    assert "12 sent" in cli("run").out
    outbox = emptied_outbox(settings)
    assert cli("restore", str(copy), "--yes").code == 0  # of that issue it knows nothing
    said = cli("run")
    assert said.code == 1
    assert "restored from a copy" in said.err
    assert not outbox.exists()
    assert "12 are uncertain now" in cli("send", "--restored").err
    assert not outbox.exists()


@pytest.mark.usefixtures("readers")
def test_a_restore_says_which_issue_is_held(cli: Cli, settings: Settings) -> None:
    (settings.folder / "outbox").write_text("a file where a folder should be")
    assert cli("run").code == 1
    (settings.folder / "outbox").unlink()
    copy = settings.folder / "monday.db"
    cli("backup", str(copy))
    assert "12 sent" in cli("send").out
    said = cli("restore", str(copy), "--yes")
    assert said.code == 1
    assert "restored from a copy, and nothing is sent" in said.err


def test_a_database_that_cannot_be_read_is_moved_away_and_replaced(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    copy = settings.folder / "monday.db"
    cli("backup", str(copy))
    database.dispose()
    broken = settings.folder / "newsletter.db"
    broken.write_bytes(b"nothing that SQLite knows" * 400)
    said = cli("restore", str(copy), "--yes")
    assert said.code == 0
    assert "who said no since the copy may be mailed again" in said.err
    (kept,) = settings.folder.glob("newsletter.db.before-*")
    assert kept.read_bytes().startswith(b"nothing that SQLite knows")
    assert number_of_subscribers(broken) == len(readers)


@pytest.mark.usefixtures("readers")
def test_a_copy_comes_back_where_there_is_no_database(
    cli: Cli, settings: Settings, database: Database
) -> None:
    copy = settings.folder / "monday.db"
    cli("backup", str(copy))
    database.dispose()
    for file in settings.folder.glob("newsletter.db*"):
        file.unlink()
    (settings.folder / "newsletter.db-wal").write_bytes(b"an old log")
    assert cli("restore", str(copy)).code == 0
    restored = settings.folder / "newsletter.db"
    assert restored.stat().st_mode & 0o777 == 0o600
    assert number_of_subscribers(restored) == 12


@pytest.mark.usefixtures("readers")
@pytest.mark.parametrize("content", [b"", b"no database at all" * 999])
def test_what_is_no_copy_of_ours_changes_nothing(
    cli: Cli, settings: Settings, content: bytes
) -> None:
    file = settings.folder / "something.db"
    file.write_bytes(content)
    said = cli("restore", str(file), "--yes")
    assert said.code == 1
    assert len(said.err.splitlines()) == 1
    assert "Traceback" not in said.err
    assert number_of_subscribers(settings.folder / "newsletter.db") == 12
    assert list(settings.folder.glob(".*.part*")) == []
    assert list(settings.folder.glob("*.before-*")) == []


@pytest.mark.usefixtures("readers")
def test_an_older_copy_is_upgraded_and_a_newer_one_refused(cli: Cli, settings: Settings) -> None:
    copy = settings.folder / "monday.db"
    cli("backup", str(copy))
    connection = sqlite3.connect(copy)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    said = cli("restore", str(copy), "--yes")
    assert said.code == 1
    assert "install the newer newsletter again" in said.err
    assert number_of_subscribers(settings.folder / "newsletter.db") == 12


def copy_half(source: Path, target: Path) -> None:
    """Killed with half of the pages written."""
    reading, writing = sqlite3.connect(source), sqlite3.connect(target)

    def kill(_status: int, remaining: int, total: int) -> None:
        if remaining < total / 2:
            os.kill(os.getpid(), signal.SIGKILL)

    reading.backup(writing, pages=1, progress=kill)


def killed_restore(settings: Settings, copy: Path, step: str, place: int) -> None:
    """In a process that is killed after that step, the first or the second time; or within it."""

    def wrapped(*args: Path) -> object:
        calls.append(args)
        if len(calls) < place:
            return done(*args)
        if step == "copy_sqlite":
            copy_half(*args)
        result = done(*args)
        os.kill(os.getpid(), signal.SIGKILL)
        return result

    pid = os.fork()
    if not pid:
        try:
            calls: list[object] = []
            done = getattr(backup, step)
            setattr(backup, step, wrapped)
            backup.restore(settings, copy, machine_clock.utc_now(), overwrite=True)
        finally:
            os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(pid, 0)[1])


STEPS = [("_copy", 1), ("_make_ready", 1), ("_keep", 1), ("_carry", 1), ("_copy", 2)]
WITHIN = [("copy_sqlite", place) for place in (1, 2, 3)]


@pytest.mark.usefixtures("readers")
@pytest.mark.slow
def test_a_restore_that_is_killed_at_any_step_sends_nothing_twice_and_can_be_repeated(
    cli: Cli, settings: Settings, database: Database
) -> None:
    copy, before = settings.folder / "monday.db", settings.folder / "before.db"
    cli("backup", str(copy))
    assert "12 sent" in cli("run").out
    cli("subscribers", "remove", "reader01@reader.example")
    cli("backup", str(before))
    outbox = emptied_outbox(settings)
    database.dispose()
    for step, place in (*STEPS, *WITHIN):
        backup.copy_sqlite(before, settings.folder / "newsletter.db")
        killed_restore(settings, copy, step, place)
        said = cli("run")
        is_new = (step, place) == ("_copy", 2)
        assert ("restored from a copy" in said.err) is is_new, (step, place, said)
        assert ("nothing to do" in said.out) is not is_new
        for kept in settings.folder.glob("newsletter.db.before-*"):
            assert number_of_subscribers(kept) == 12
            kept.unlink()
        said = cli("restore", str(copy), "--yes")
        assert "Restored from" in said.out
        assert "restored from a copy" in cli("run").err
        assert "left" in cli("subscribers", "list").out
        assert list(settings.folder.glob(".*.part*")) == []
        for kept in settings.folder.glob("newsletter.db.before-*"):
            kept.unlink()
    assert not outbox.exists()


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("dialect", ["postgresql"])
def test_postgresql_has_its_own_tools(cli: Cli) -> None:
    said = cli("backup", "copy")
    assert said.code == 2
    assert "`pg_dump --format=custom" in said.err
    said = cli("restore", "copy")
    assert said.code == 2
    assert "`pg_restore" in said.err
