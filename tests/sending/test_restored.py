"""A folder that comes back from a copy, in the middle of an issue: nobody gets it twice."""

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update

from newsletter import backup, bootstrap, config, delivery_counters, machine_clock
from newsletter.cli.printing import output
from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.database import db
from newsletter.database.db import Database
from newsletter.errors import NewsletterError
from newsletter.models import BatchRow, DeliveryRow, IssueEntryRow, IssueRow, KeyRow
from newsletter.rendering.message import Message
from newsletter.sending import health
from newsletter.sending.health import passing_file_system
from newsletter.sending.readers import freezing
from newsletter.sending.restore_guard import server_identity
from newsletter.sending.restore_guard.machine_memory import machine_memory
from newsletter.subscribers import lifecycle
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.transports.base import (
    RecordUnreadableError,
    SendResult,
    Transport,
    TransportDownError,
)
from newsletter.transports.memory import Memory
from tests.conftest import NOW, Cli

Send = Callable[..., list[str]]


class Limited(Transport):
    """Takes so many mails, and is then down; tells `at` before the mail of that number."""

    def __init__(self, most: int, at_once: int, at: Callable[[int], None]) -> None:
        self.at_once, self.most, self.at = at_once, most, at
        self.memory = Memory()

    def send(self, mails: Sequence[Message]) -> Iterator[tuple[Message, SendResult]]:
        for mail in mails:
            if len(self.memory.sent) == self.most:
                raise TransportDownError("401 revoked")
            self.at(len(self.memory.sent) + 1)
            yield from self.memory.send([mail])

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def send(settings: Settings, readers: list[str]) -> Send:
    """The day, by a transport that takes so many; to whom it went."""
    assert readers

    def day(most: int, at_once: int = 1, at: Callable[[int], None] = lambda _: None) -> list[str]:
        transport = Limited(most, at_once, at)
        with bootstrap.open_services(
            settings, machine_clock.utc_now, output.progress_bar, lambda: False
        ) as services:
            daily.run_day(replace(services, transport=transport), settings.newsletters[0], None)
        return [mail.recipient for mail in transport.memory.sent]

    return day


class Copies:
    """Of database and marks together, as a backup of the folder makes them."""

    def __init__(self, settings: Settings) -> None:
        self.folder, self.copy = settings.folder, settings.folder / "copy"

    def take(self, *, whole_machine: bool = False) -> None:
        self.copy.mkdir()
        if whole_machine:
            shutil.copytree(self.folder / "state", self.copy / "state")
        backup.copy_sqlite(self.folder / "newsletter.db", self.copy / "newsletter.db")
        if (self.folder / ".sending").exists():
            shutil.copytree(self.folder / ".sending", self.copy / ".sending")

    def bring_back(self) -> None:
        for file in self.folder.glob("newsletter.db*"):
            file.unlink()
        shutil.rmtree(self.folder / ".sending", ignore_errors=True)
        if (self.copy / "state").exists():
            shutil.rmtree(self.folder / "state")
        shutil.copytree(self.copy, self.folder, dirs_exist_ok=True)
        restored = db.connect("sqlite:///newsletter.db", self.folder)
        with restored.write.begin() as session:  # older than a lease
            session.execute(update(BatchRow).values(leased_until=NOW))
        restored.dispose()


@pytest.fixture
def copies(settings: Settings, database: Database) -> Copies:
    database.dispose()
    return Copies(settings)


def arrived(folder: Path) -> list[str]:
    return [
        file.stem.removeprefix("audio-2025-07-11-")
        for file in sorted((folder / "outbox").iterdir())
    ]


@pytest.mark.slow
def test_only_whom_this_machine_claimed_since_the_copy_is_uncertain(
    cli: Cli, settings: Settings, send: Send, copies: Copies, readers: list[str]
) -> None:
    assert send(4) == readers[:4]
    copies.take()
    assert send(2) == readers[4:6]  # and the seventh was claimed, then given back
    copies.bring_back()
    said = cli("run")
    assert said.code == 1
    assert "has taken up 8 mails of it, the database knows of 5" in said.err
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        until = machine_clock.utc_now() + timedelta(minutes=5)  # who had it in hand at the copy
        session.execute(update(BatchRow).values(owner="worker:1:gone", leased_until=until))
    said = cli("send", "--restored")
    assert "2 are uncertain now" in said.err
    assert "10 sent + 0 skipped + 0 failed + 2 uncertain" in said.out
    assert arrived(settings.folder) == readers[6:]
    with bootstrap.open_database(settings) as database, database.read() as session:
        (number,) = session.scalars(select(IssueRow.id))
        counted = delivery_counters.of_issue(session, number)
        assert counted == delivery_counters.scanned(session, number)


def test_a_copy_from_before_the_issue_was_frozen(
    cli: Cli, settings: Settings, send: Send, copies: Copies, readers: list[str]
) -> None:
    """It is frozen anew, and also to somebody who was lost with the copy and came again."""
    copies.take()
    assert send(3) == readers[:3]
    copies.bring_back()
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        wish = SubscriptionRequest(["audio"], config.DETAILS[0], "zh")
        lifecycle.add_subscriber(
            session, "again@reader.example", wish, "yes", machine_clock.utc_now()
        )
    assert cli("run").code == 1
    assert "4 are uncertain now" in cli("send", "--restored").err
    assert arrived(settings.folder) == readers[3:]


def test_where_the_record_has_gaps_everybody_who_is_pending_is_uncertain(
    cli: Cli, settings: Settings, send: Send, copies: Copies
) -> None:
    send(4)
    copies.take()
    send(2)
    copies.bring_back()
    (record,) = (settings.folder / "state").glob("*/*.claimed")
    record.write_bytes(record.read_bytes()[:-32])
    assert "8 are uncertain now" in cli("send", "--restored").err
    assert not (settings.folder / "outbox").exists()


def test_a_copy_from_the_middle_of_a_chunk(
    cli: Cli, settings: Settings, send: Send, copies: Copies, readers: list[str]
) -> None:
    """Every mail of it was claimed already, and the marks in the copy would say: not begun."""
    assert send(12, 12, lambda number: copies.take() if number == 2 else None) == readers
    copies.bring_back()
    said = cli("run")
    assert "0 sent + 0 skipped + 0 failed + 12 uncertain" in said.out
    assert not (settings.folder / "outbox").exists()


def test_a_run_goes_on_after_the_operator_said_what_it_is(
    cli: Cli, settings: Settings, send: Send, copies: Copies, readers: list[str]
) -> None:
    copies.take()
    assert send(12) == readers
    copies.bring_back()
    assert cli("run").code == 1
    assert "12 are uncertain now" in cli("send", "--restored").err
    assert "12 settled as sent" in cli("deliveries", "settle", "--as", "sent").out
    assert "nothing to do" in cli("run").out
    assert not (settings.folder / "outbox").exists()


@pytest.mark.slow
def test_a_copy_on_another_machine_holds_issues_that_it_knows_nothing_of(
    cli: Cli,
    settings: Settings,
    send: Send,
    readers: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert send(0) == []  # a machine has sent of it; the copy is from before the issue
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        session.execute(delete(DeliveryRow))
        session.execute(delete(BatchRow))
        session.execute(delete(IssueEntryRow))
        session.execute(delete(IssueRow))
    shutil.rmtree(settings.folder / ".sending")
    monkeypatch.setenv("NEWSLETTER_STATE_DIR", str(settings.folder / "another"))
    said = cli("run")
    assert said.code == 1
    assert "sent from another machine" in said.err
    assert not (settings.folder / "outbox").exists()
    assert "12 are uncertain now" in cli("send", "--restored").err
    assert cli("send", "--restored").code == 2
    assert "12 settled as resend" in cli("deliveries", "settle", "--as", "resend").out
    assert "12 sent" in cli("send").out
    assert arrived(settings.folder) == readers


@pytest.mark.parametrize("said_before", [False, True])
def test_a_copy_from_before_the_first_issue_is_held_on_another_machine(
    cli: Cli,
    settings: Settings,
    readers: list[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    said_before: bool,
) -> None:
    """Where readers were taken in, and whence the issue may have gone out, is another place."""
    assert cli("subscribers", "add", "new@reader.example", "--consent", "said so").code == 0
    monkeypatch.setenv("NEWSLETTER_STATE_DIR", str(settings.folder / "another"))
    if said_before:
        assert "newsletter send --moved" in cli("check").out
        said = cli("send", "--moved")
        assert (said.code, said.err) == (
            0,
            "newsletter: this machine goes on; no issue of audio is there yet\n",
        )
        assert "comes from another machine" not in cli("check").out
    else:
        said = cli("run")
        assert (said.code, (settings.folder / "outbox").exists()) == (1, False)
        (line,) = [line for line in said.err.splitlines() if "another machine" in line]
        assert "`newsletter send audio --day 2025-07-11 --moved` where nothing was" in line
        assert cli("send", "--moved").code == 0
    assert "13 sent" in cli("run").out + cli("send").out
    assert arrived(settings.folder) == ["new@reader.example", *readers]


def test_the_folder_of_mails_is_the_provider_s_own_record(
    cli: Cli, settings: Settings, send: Send, copies: Copies
) -> None:
    """All of the machine came back, but that folder."""
    send(0)
    copies.take(whole_machine=True)
    assert "12 sent" in cli("send").out
    copies.bring_back()
    for file in (settings.folder / "outbox").iterdir():
        file.write_bytes(b"as it was")
    said = cli("run")
    assert said.code == 1
    assert "the provider has taken 12 mails of it, the database knows of 1" in said.err
    assert {file.read_bytes() for file in (settings.folder / "outbox").iterdir()} == {b"as it was"}
    assert "12 are uncertain now" in cli("send", "--restored").err
    assert "12 settled as sent" in cli("deliveries", "settle", "--as", "sent").out
    assert "nothing to do" in cli("run").out


def test_an_issue_that_goes_on_says_that_the_provider_s_record_cannot_be_read(
    send: Send,
    readers: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(*_: object) -> int:
        raise RecordUnreadableError("HTTP 403")

    monkeypatch.setattr(Limited, "taken", refuse)
    first = send(5)
    assert "could not be asked" not in caplog.text
    assert sorted(first + send(12)) == sorted(readers)
    assert "audio 2025-07-11 goes on, 6 mails of it were taken up before." in caplog.text
    assert "could not be asked: HTTP 403" in caplog.text


def test_a_machine_that_was_off_in_the_middle_goes_on_by_itself(
    cli: Cli, settings: Settings, send: Send, readers: list[str]
) -> None:
    assert send(4) == readers[:4]
    (fence,) = (settings.folder / "state").glob("*/*.fence")
    os.utime(fence, (0, 0))  # long before this machine was started
    assert "12 sent" in cli("run").out
    assert arrived(settings.folder) == readers[4:]


def test_who_brought_a_machine_back_can_say_so_before_an_issue_is_there(
    cli: Cli, settings: Settings, send: Send, readers: list[str]
) -> None:
    assert readers
    assert "issues up to now are held" in cli("send", "--day", "2025-07-11", "--restored").err
    assert send(12) == []
    assert "said to come from a copy" in cli("run").err
    assert "12 are uncertain now" in cli("send", "--restored").err
    assert "12 settled as resend" in cli("deliveries", "settle", "--as", "resend").out
    assert "12 sent" in cli("send").out
    assert arrived(settings.folder) == readers


@pytest.mark.slow
def test_who_brought_a_machine_back_is_believed_in_the_middle_of_an_issue(
    cli: Cli, settings: Settings, send: Send, copies: Copies, readers: list[str]
) -> None:
    """As the page on backups says it, word by word; nothing else on the machine knows."""
    (page,) = (Path(__file__).parents[2] / "docs").glob("backup.md")
    section = page.read_text().partition("## A snapshot")[2].partition("\n## ")[0]
    commands = re.findall(r"`newsletter (send SLUG[^`]*--restored)`", section)
    assert commands == ["send SLUG --day TODAY --restored", "send SLUG --restored"]
    assert send(4) == readers[:4]
    copies.take(whole_machine=True)
    assert send(4) == readers[4:8]
    copies.bring_back()
    today = commands[0].replace("SLUG", "audio").replace("TODAY", "2025-07-11").split()
    said = cli(*today)
    assert said.code == 0
    assert "8 are uncertain now, and other issues up to now are held" in said.err
    assert "nothing to do" in cli("run").out
    assert "8 settled as resend" in cli("deliveries", "settle", "--as", "resend").out
    assert "12 sent" in cli("send").out
    again = cli(*commands[1].replace("SLUG", "audio").split())
    assert (again.code, arrived(settings.folder)) == (2, readers[4:])


@pytest.mark.slow
def test_days_that_became_one_issue_are_compared_with_the_issues_of_each(
    cli: Cli, settings: Settings, send: Send, copies: Copies, readers: list[str]
) -> None:
    copies.take()
    assert send(4) == readers[:4]  # the issue of a day that the copy does not know of
    copies.bring_back()
    send(0)
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        session.execute(update(IssueRow).values(first_day=date(2025, 7, 10), day=date(2025, 7, 14)))
    said = cli("send", "--day", "2025-07-14")
    assert said.code == 1
    assert "has sent an issue of 2025-07-11 of which the database does not know" in said.err
    said = cli("send", "--day", "2025-07-14", "--restored")
    assert "4 are uncertain now" in said.err  # the fifth was claimed, then given back
    assert "8 sent" in said.out
    assert len(arrived(settings.folder)) == 8


@pytest.mark.parametrize("dialect", ["postgresql"])
@pytest.mark.slow
def test_another_server_or_timeline_means_a_restored_database(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    with database.read() as session:
        memory = machine_memory(settings, session)
    known = server_identity.identify(database)
    assert known is not None
    assert re.fullmatch(r"\d+/[0-9A-F]{8}/\d+/\d+", known)
    server, timeline, number, table = known.split("/")
    for before, is_held in (
        (f"{server}/{timeline}/{number}", False),  # of an older version
        (f"?/{timeline}/{number}/{table}", False),
        (f"7/{timeline}/{number}/{table}", True),
    ):
        with database.write.begin() as session:
            session.merge(KeyRow(purpose="server", value=before))
        server_identity.record_server(database, memory, machine_clock.utc_now())
        with database.read() as session:
            assert (session.get(KeyRow, "restored") is not None) is is_held
            assert session.get_one(KeyRow, "server").value == known
    said = cli("run")
    assert said.code == 1
    assert "was found on another server or timeline" in said.err
    assert f"{len(readers)} sent" in cli("send", "--moved").out


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_dump_from_before_the_first_issue_is_held_on_any_machine(
    cli: Cli, database: Database, readers: list[str]
) -> None:
    with database.write.begin() as session:  # as pg_restore --clean does it
        number = session.get_one(KeyRow, "server").value.rpartition("/")[0]
        session.merge(KeyRow(purpose="server", value=f"{number}/1"))
    said = cli("run")
    assert (said.code, "brought back from a dump" in said.err.replace("\n", " ")) == (1, True)
    assert f"{len(readers)} sent" in cli("send", "--moved").out


@pytest.mark.parametrize("dialect", ["postgresql"])
@pytest.mark.parametrize("history", ["another timeline", "a table made anew", "a shorter log"])
def test_a_run_stops_where_another_server_answers_behind_its_connection(
    settings: Settings,
    database: Database,
    send: Send,
    monkeypatch: pytest.MonkeyPatch,
    history: str,
) -> None:
    """A pooler keeps it while a standby that lags takes over, or while a snapshot comes back.

    So does every connection while `pg_restore --clean` makes the tables anew.
    """
    monkeypatch.setattr(freezing, "BATCH_SIZE", 2)
    taken: list[int] = []

    def at(number: int) -> None:
        taken.append(number)
        if number == 3 and history != "a shorter log":
            other = ("/[0-9A-F]{8}/", "/000000FE/") if "timeline" in history else (r"\d+$", "7")
            with database.write.begin() as session:
                row = session.get_one(KeyRow, "server")
                row.value = re.sub(*other, row.value)
        elif number == 3:
            with database.read() as session:
                memory = machine_memory(settings, session)
                memory.see_log(server_identity.restore_mark(session), 2**60)

    with pytest.raises(NewsletterError, match="came back from a copy"):
        send(12, at=at)
    assert taken == [1, 2, 3, 4]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_run_with_nothing_to_send_has_seen_the_log_too(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    """So a disk that comes back from a snapshot is known here, whoever sent since."""
    assert f"{len(readers)} sent" in cli("run").out
    with database.read() as session:
        memory = machine_memory(settings, session)
        mark = server_identity.restore_mark(session)
    with database.write.begin() as session:  # another machine's work
        session.merge(KeyRow(purpose="of a test", value="x" * 100))
    with database.read() as session:
        end = session.scalar(text(f"SELECT {server_identity.END_OF_LOG}"))
    assert memory.seen_log(mark) < end
    assert "nothing to do" in cli("run").out
    assert memory.seen_log(mark) >= end


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_role_that_may_not_ask_for_the_log_sends_all_the_same(
    cli: Cli, database: Database, readers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "DO $$ BEGIN CREATE ROLE sender LOGIN; EXCEPTION WHEN duplicate_object THEN END $$"
        )
        for statement in (
            "GRANT ALL ON ALL TABLES IN SCHEMA public TO sender",
            "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO sender",
            "REVOKE EXECUTE ON FUNCTION pg_current_wal_flush_lsn() FROM PUBLIC",
        ):
            connection.exec_driver_sql(statement)
    url = database.engine.url.set(drivername="postgresql", username="sender")
    monkeypatch.setenv("NEWSLETTER_DATABASE__URL", url.render_as_string(hide_password=False))
    assert f"{len(readers)} sent" in cli("run").out


MOUNTS = """22 1 0:20 / / rw,relatime - overlay overlay rw
40 22 8:1 /vol /data rw,relatime shared:1 - ext4 /dev/sda1 rw
41 40 0:40 / /data/run rw - tmpfs tmpfs rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/root/.local/state", "overlay"), ("/data/state", None), ("/data/run/a/b", "tmpfs")],
)
def test_a_state_directory_that_goes_with_its_container_is_known(
    tmp_path: Path, path: str, kind: str | None
) -> None:
    (tmp_path / "mountinfo").write_text(MOUNTS)
    assert passing_file_system(Path(path), tmp_path / "mountinfo") == kind
    assert passing_file_system(Path(path), tmp_path / "none") is None


def test_check_says_before_the_first_issue_that_it_goes(
    cli: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        health, "passing_file_system", lambda path: "overlay" if "state" in path.parts else None
    )
    said = cli("check").out
    assert f"{settings.folder / 'state'}" in said
    assert "set state_dir in [sending] (or NEWSLETTER_STATE_DIR)" in said


@pytest.mark.parametrize(("copied", "restored"), [(3, 7), (1, 2), (3, 4), (5, 9)])
def test_a_run_stops_when_a_copy_takes_the_place_of_its_database(
    settings: Settings, send: Send, cli: Cli, copied: int, restored: int
) -> None:
    """Two are claimed together; the copy knows of all claims where no more came."""
    taken: list[str] = []

    def at(number: int) -> None:
        taken.append("a mail")
        if number == copied:
            backup.back_up(settings, settings.folder / "copy.db")
        if number == restored:
            backup.restore(settings, settings.folder / "copy.db", NOW, overwrite=True)

    with pytest.raises(NewsletterError, match="came back from a copy"):
        send(12, 2, at)
    began = len(taken)
    assert began < 12
    if restored - copied > 1:
        assert "restored from a copy, and nothing is sent" in cli("run").err
        assert "uncertain now" in cli("send", "--restored").err
    cli("run")
    mails = list((settings.folder / "outbox").glob("*.eml"))
    counted = cli("deliveries", "status").out
    assert "pending" not in counted
    assert began + len(mails) <= 12, counted


def test_a_run_of_which_a_copy_knows_nothing_stops(settings: Settings, send: Send) -> None:
    backup.back_up(settings, settings.folder / "copy.db")

    def at(number: int) -> None:
        if number == 3:
            backup.restore(settings, settings.folder / "copy.db", NOW, overwrite=True)

    with pytest.raises(NewsletterError, match="came back from a copy"):
        send(12, 2, at)


@dataclass(frozen=True)
class FolderCopy:
    """The database with its log, as they lie; they come back one by one, as by `rsync`."""

    folder: Path

    def take(self) -> None:
        (self.folder / "copy").mkdir()
        with closing(sqlite3.connect(self.folder / "newsletter.db")) as waits:
            waits.execute("BEGIN IMMEDIATE")
            for file in self.folder.glob("newsletter.db*"):
                shutil.copy(file, self.folder / "copy")

    def bring_back(self) -> None:
        for file in (self.folder / "copy").iterdir():
            part = self.folder / f".{file.name}.part"
            Path(shutil.copy(file, part)).replace(self.folder / file.name)


@dataclass(frozen=True)
class CopyInPlace:
    """By SQLite's own tools, into the same file."""

    folder: Path

    def take(self) -> None:
        backup.back_up(config.load(self.folder / "newsletter.toml"), self.folder / "copy.db")

    def bring_back(self) -> None:
        backup.copy_sqlite(self.folder / "copy.db", self.folder / "newsletter.db")


@pytest.mark.parametrize("kind", [FolderCopy, CopyInPlace])
@pytest.mark.parametrize("copied", [3, 5])
def test_a_run_sends_nothing_out_of_a_copy_that_somebody_puts_in_its_database_s_place(
    settings: Settings,
    send: Send,
    cli: Cli,
    readers: list[str],
    kind: type[FolderCopy] | type[CopyInPlace],
    copied: int,
) -> None:
    """The copy shows the batch in this run's hands; two are claimed together."""
    taken: list[str] = []
    copy, restored = kind(settings.folder), copied + 4

    def at(number: int) -> None:
        taken.append("a mail")
        if number == copied:
            copy.take()
        if number == restored:
            copy.bring_back()

    with pytest.raises(NewsletterError, match=r"replaced by another file|came back from a copy"):
        send(12, 2, at)
    assert len(taken) == restored + 1  # what was claimed when it came
    said = cli("run")
    assert said.code == 1
    assert "restored from a copy, and nothing is sent" in said.err
    assert "uncertain now" in cli("send", "--restored").err
    assert arrived(settings.folder) == readers[restored + 1 :]
    assert "pending" not in cli("deliveries", "status").out
    with bootstrap.open_database(settings) as database, database.read() as session:
        (number,) = session.scalars(select(IssueRow.id))
        counted = delivery_counters.of_issue(session, number)
        assert counted == delivery_counters.scanned(session, number)


@pytest.mark.on_both_databases
def test_a_run_stops_where_its_database_counts_fewer_claims_than_this_machine(
    send: Send, database: Database
) -> None:
    """As after a dump that was brought back beneath it."""

    def at(number: int) -> None:
        if number == 5:
            with database.write.begin() as session:
                session.execute(update(IssueRow).values(claims=2))

    with pytest.raises(NewsletterError, match="came back from a copy"):
        send(12, 2, at)


def test_what_a_copy_shows_as_on_its_way_becomes_uncertain(
    settings: Settings, send: Send, cli: Cli, database: Database
) -> None:
    """The copy was made when all were claimed, so that this machine knows of no more."""

    def at(number: int) -> None:
        if number == 11:
            backup.back_up(settings, settings.folder / "copy.db")

    assert len(send(12, 12, at)) == 12
    database.dispose()
    backup.restore(settings, settings.folder / "copy.db", NOW, overwrite=True)
    said = cli("send")
    assert "12 uncertain" in said.out, said
    assert not (settings.folder / "outbox").exists()
