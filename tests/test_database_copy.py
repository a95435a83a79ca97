"""From SQLite to PostgreSQL in the middle of a list's life: all comes along, nobody is doubled."""

import os
import re
import shlex
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from newsletter import bootstrap, config, database_copy, machine_clock
from newsletter.cli.printing import output
from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.database import db
from newsletter.database.db import Database
from newsletter.models import Base, IssueRow, KeyRow, SubscriberRow
from newsletter.sending.restore_guard.machine_memory import machine_memory
from newsletter.subscribers import erasure, lifecycle
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.web import create_app
from tests import postgresql
from tests.conftest import NOW, Cli
from tests.sending.test_restored import Limited, arrived

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
DOCUMENTED = Path(__file__).parents[1] / "docs" / "scale.md"
ADDRESS = "postgresql+psycopg://newsletter@db.example.org/newsletter"
WISH = SubscriptionRequest(["audio"], "brief", "en")


@pytest.fixture
def empty(server: postgresql.Server, migrated: str) -> str:
    """The address of a PostgreSQL database with our tables, and nothing in them."""
    url = server.url(server.create(migrated)).replace("postgresql:", "postgresql+psycopg:")
    other = db.connect(url, Path())
    with other.write.begin() as session:  # as every database has one of its own
        session.get_one(KeyRow, "database").value = "0" * 64
    other.dispose()
    return url


def interrupted_day(settings: Settings, taken: int) -> list[str]:
    """The day, until the provider refuses the login after so many mails; to whom they went."""
    transport = Limited(taken, 1, lambda _: None)
    with bootstrap.open_services(
        settings, machine_clock.utc_now, output.progress_bar, lambda: False
    ) as services:
        daily.run_day(replace(services, transport=transport), settings.newsletters[0], None)
    return [mail.recipient for mail in transport.memory.sent]


def killed_after(rows: int, settings: Settings, url: str) -> None:
    """A copy in a process of its own, which does not survive so many rows."""
    child = os.fork()
    if child:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        return
    done = 0

    @contextmanager
    def bar(_label: str, _total: int) -> Iterator[Callable[[int], None]]:
        def step(number: int) -> None:
            nonlocal done
            done += number
            if done >= rows:
                os.kill(os.getpid(), signal.SIGKILL)

        yield step

    try:
        database_copy.copy_database(settings, url, NOW, bar)
    finally:
        os._exit(1)


def documented_commands() -> list[list[str]]:
    """What docs/scale.md tells to type."""
    section = DOCUMENTED.read_text("utf-8").partition("## From SQLite to PostgreSQL")[2]
    (block,) = re.findall(
        r"^```\n(.*?)^```", section.partition("\n## ")[0], re.MULTILINE | re.DOTALL
    )
    return [shlex.split(line) for line in block.splitlines()]


def numbers(database: Database) -> dict[str, int]:
    with database.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


@pytest.mark.slow
@pytest.mark.usefixtures("short_day")
def test_a_list_moves_in_the_middle_of_an_issue_and_goes_on(
    cli: Cli,
    settings: Settings,
    database: Database,
    readers: list[str],
    empty: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Killed twice on its way, and the commands are those of the page."""
    with database.write.begin() as session:
        gone = lifecycle.add_subscriber(session, "gone@reader.example", WISH, "yes", NOW)
        highest = gone.id
        erasure.erase(session, gone, NOW)
    assert interrupted_day(settings, taken=5) == readers[:5]
    database.dispose()
    monkeypatch.setattr(database_copy, "_AT_ONCE", 20)
    for rows in (30, 90):
        killed_after(rows, settings, empty)
    with (
        pytest.raises(OperationalError, match="was copied to another"),
        database.write() as session,
    ):
        session.connection()  # of somebody who still has the old one open
    monkeypatch.setenv("NEWSLETTER_DATABASE__URL", empty)
    assert "an unfinished copy; run `newsletter db copy` again" in cli("run").err
    monkeypatch.delenv("NEWSLETTER_DATABASE__URL")
    for command in documented_commands():
        program, *words = (word.replace(ADDRESS, empty) for word in command)
        if program == "export":
            monkeypatch.setenv(*words[0].split("=", 1))
            continue
        said = cli(*words)
        assert said.code == 0, said.err
    assert arrived(settings.folder) == readers[5:]

    moved = config.load(settings.folder / "newsletter.toml")
    with bootstrap.open_database(moved) as new:
        before, after = numbers(database), numbers(new)
        assert before["subscriber"] == after["subscriber"] == len(readers)
        with new.write.begin() as session:
            assert session.scalars(select(IssueRow.state)).all() == ["done"]
            fresh = lifecycle.add_subscriber(session, "new@reader.example", WISH, "yes", NOW)
            assert fresh.id == highest + 1  # no old link means somebody else
    links = bootstrap.signed_links(settings)
    with database.read() as session:
        first = session.scalars(select(SubscriberRow).order_by(SubscriberRow.id)).first()
        assert first is not None
    link = links.unsubscribe(first.id, "audio")
    app = create_app(moved)
    path = link.removeprefix(settings.site.url)
    assert app.test_client().post(path, data=ONE_CLICK).status_code == 200
    app.extensions["newsletter.database"].dispose()
    with bootstrap.open_database(moved) as new, new.read() as session:
        left = lifecycle.get_subscriber(session, first.email)
        assert not lifecycle.active_subscriptions(session, left)


@pytest.mark.slow
@pytest.mark.usefixtures("short_day", "readers")
@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_list_moves_between_servers_and_to_a_file_and_nothing_is_held(
    cli: Cli, settings: Settings, database: Database, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server whose log is shorter, and one without any, is no copy that came back."""
    assert len(interrupted_day(settings, taken=5)) == 5
    with database.read() as session:
        memory = machine_memory(settings, session)
    memory.see_log("", 10**15)
    for url in (empty, "sqlite:///back.db"):
        killed_after(20, settings, url)
        assert cli("db", "copy", url).code == 0
        again = cli("db", "copy", url)
        assert again.code == 2
        assert "a copy of it; name an empty one" in again.err
        monkeypatch.setenv("NEWSLETTER_DATABASE__URL", url)
        settings = config.load(settings.folder / "newsletter.toml")
    assert (settings.folder / "back.db").stat().st_mode & 0o777 == 0o600
    assert "12 sent" in cli("send").out
    assert len(arrived(settings.folder)) == 7


def test_other_data_are_not_copied_upon(cli: Cli, settings: Settings, readers: list[str]) -> None:
    assert cli("db", "copy").code == 2
    monday = settings.folder / "monday.db"
    assert cli("backup", str(monday)).code == 0
    with closing(sqlite3.connect(monday)) as connection, connection:
        connection.execute("UPDATE key SET value = 'b' || value WHERE purpose = 'database'")
    said = cli("db", "copy", f"sqlite:///{monday}")
    assert said.code == 2
    assert f"other data: {len(readers)} in table subscriber" in said.err
    assert cli("subscribers", "remove", readers[0]).code == 0  # nothing was closed
