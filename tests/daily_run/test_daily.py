"""A day, once, however often it is asked for."""

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select

from newsletter import machine_clock
from newsletter import outbox as outbox_of_letters
from newsletter.config import Settings
from newsletter.daily_run import rounds
from newsletter.database.db import Database
from newsletter.models import (
    AnnouncementRow,
    DeliveryRow,
    IssueRow,
    OutboxRow,
    PickRow,
    SubscriberRow,
)
from newsletter.outbox import EmailType
from newsletter.sources.base import SourceError
from newsletter.subscribers import lifecycle, suppression
from tests.conftest import NOW, Cli


def outbox(settings: Settings) -> list[str]:
    return sorted(file.name for file in (settings.folder / "outbox").glob("*"))


@contextmanager
def plans() -> Iterator[list[str]]:
    """How SQLite goes about each statement meanwhile: SCAN reads a table, or its index, as a whole.

    A least or greatest value is one row, which it calls a search.
    """
    found: list[str] = []

    def explain(
        _: object, cursor: sqlite3.Cursor, statement: str, values: Sequence[str], *_rest: object
    ) -> None:
        if statement.startswith("SELECT"):
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            found.extend(row[3] for row in plan)

    event.listen(Engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", explain)


def rows(database: Database, table: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_run_sends_everybody_confirmed_one_mail(
    cli: Cli, settings: Settings, readers: list[str]
) -> None:
    said = cli("run")
    assert said.code == 0
    assert "12 subscribers = 12 sent + 0 skipped + 0 failed + 0 uncertain" in said.out
    assert outbox(settings) == [f"audio-2025-07-11-{email}.eml" for email in readers]


def test_a_second_run_of_the_same_day_does_nothing_and_says_so(
    cli: Cli, settings: Settings, readers: list[str]
) -> None:
    with plans() as first:
        cli("run")
    assert [plan for plan in first if "(newsletter=? AND subscriber_id>?)" in plan]  # a slice
    assert not [plan for plan in first if re.search(r"subscription .*\(newsletter=\?\)", plan)]
    before = {file: file.read_bytes() for file in (settings.folder / "outbox").iterdir()}
    with plans() as second:
        said = cli("run")
    assert said.code == 0
    assert "done already, nothing to do" in said.out
    assert second
    assert not [plan for plan in second if re.match(r"SCAN (subscri|delivery)", plan)]
    assert before == {file: file.read_bytes() for file in (settings.folder / "outbox").iterdir()}
    assert len(before) == len(readers)


def test_who_subscribes_after_the_issue_is_frozen_waits_for_the_next(
    cli: Cli, settings: Settings, readers: list[str]
) -> None:
    cli("run")
    cli("subscribers", "add", "late@reader.example", "--consent", "by letter")
    said = cli("run")
    assert "12 subscribers" in said.out
    assert len(outbox(settings)) == len(readers)


def test_a_run_that_fails_sends_the_outbox_and_forgets_all_the_same(
    cli: Cli,
    settings: Settings,
    database: Database,
    readers: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert cli("run").code == 0
    old = NOW - timedelta(days=1000)
    with database.write.begin() as session:
        reader = lifecycle.get_subscriber(session, readers[0])
        outbox_of_letters.enqueue(session, EmailType.DATA, reader, machine_clock.utc_now())
        issue_id = session.scalars(select(IssueRow.id)).one()
        session.add(PickRow(issue_id=issue_id, subscriber_id=reader.id, chosen={}, made_at=old))

    def fail(*_: object) -> None:
        raise SourceError("arXiv does not answer")

    monkeypatch.setattr(rounds, "run_days", fail)
    rehearsed = cli("run", "--dry-run")
    assert "arXiv does not answer" in rehearsed.err
    assert rows(database, OutboxRow) == rows(database, PickRow) == 1
    before = len(outbox(settings))
    said = cli("run")
    assert (said.code, rehearsed.code) == (1, 1)
    assert "arXiv does not answer" in said.err
    assert rows(database, OutboxRow) == rows(database, PickRow) == 0
    assert len(outbox(settings)) == before + 1


@pytest.mark.usefixtures("readers")
def test_a_dry_run_changes_nothing(cli: Cli, settings: Settings, database: Database) -> None:
    database.dispose()
    before = hashlib.sha256((settings.folder / "newsletter.db").read_bytes()).hexdigest()
    files = sorted(settings.folder.iterdir())
    said = cli("run", "--dry-run")
    assert said.code == 0
    assert "12 subscribers = 12 sent" in said.out
    assert "a rehearsal: nothing was sent or kept" in said.out
    assert hashlib.sha256((settings.folder / "newsletter.db").read_bytes()).hexdigest() == before
    assert sorted(settings.folder.iterdir()) == files
    assert rows(database, IssueRow) == 0


@pytest.mark.usefixtures("settings")
def test_an_issue_without_subscribers_is_kept_for_the_archive(cli: Cli) -> None:
    said = cli("run")
    assert said.code == 0
    assert "0 subscribers = 0 sent" in said.out
    assert json.loads(cli("issues", "list", "--json").out)[0]["papers"] == 26


def test_the_steps_one_by_one_make_the_same_day(
    cli: Cli, settings: Settings, readers: list[str]
) -> None:
    fetched = cli("fetch")
    assert "cs.SD        Fri 11 Jul 2025  " in fetched.out
    assert "11 new, 2 cross-lists, 10 replacements  sample 23" in fetched.out
    assert "1 new, 2 cross-lists, 1 replacement  sample 4" in fetched.out
    assert "11 made, 15 kept, 0 failed" in cli("summarize").out
    assert "0 made, 26 kept, 0 failed" in cli("summarize").out
    assert cli("run").code == 0
    assert len(outbox(settings)) == len(readers)


@pytest.mark.slow
def test_who_left_since_the_freeze_is_skipped_at_the_last_moment(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    (settings.folder / "outbox").write_text("a file where the folder should be")
    down = cli("run")
    assert down.code == 1
    assert "12 still pending" in down.out
    assert "outbox cannot be written" in down.err
    (settings.folder / "outbox").unlink()
    cli("subscribers", "remove", readers[3])
    with database.write.begin() as session:
        suppression.suppress(session, readers[5], "complaint", NOW)
    said = cli("send")
    assert said.code == 0
    assert "12 subscribers = 10 sent + 2 skipped + 0 failed + 0 uncertain" in said.out
    listed = json.loads(cli("deliveries", "list", "--state", "skipped", "--json").out)
    assert [(each["address"], each["reason"]) for each in listed] == [
        (readers[3], "left"),
        (readers[5], "suppressed: complaint"),
    ]


def test_a_paused_reader_is_counted_as_skipped(
    cli: Cli, database: Database, readers: list[str]
) -> None:
    with database.write.begin() as session:
        subscriber = lifecycle.get_subscriber(session, readers[0])
        lifecycle.subscriptions(session, subscriber)[0].paused_until = NOW.date()
    assert "12 subscribers = 11 sent + 1 skipped" in cli("run").out


@pytest.mark.usefixtures("readers")
def test_a_part_that_is_not_installed_uses_up_no_day(cli: Cli, settings: Settings) -> None:
    file = settings.folder / "newsletter.toml"
    bundled = file.read_text()
    file.write_text(bundled.replace('use = "bundled"', 'use = "bundle"'))
    said = cli("run")
    assert said.code == 2
    assert "source.use: there is no source 'bundle'; did you mean 'bundled'?" in said.err
    file.write_text(bundled)
    assert "12 sent" in cli("run").out


@pytest.mark.usefixtures("readers")
def test_a_day_that_the_source_does_not_hold_is_one_clear_line(cli: Cli) -> None:
    said = cli("run", "--day", "2025-07-14")
    assert said.code == 1
    assert said.err == (
        "newsletter: the bundled sample holds 2025-07-11 only; use --day 2025-07-11\n"
    )


@pytest.mark.usefixtures("readers")
def test_saved_files_make_the_same_issue_without_any_source(cli: Cli) -> None:
    from newsletter.sources import bundled

    folder = Path(bundled.__file__).parent / "bundled_day"
    saved = [arg for file in sorted(folder.glob("*.xml")) for arg in ("--from-file", str(file))]
    said = cli("fetch", "--day", "2025-07-11", *saved)
    assert said.code == 0
    assert "11 new, 2 cross-lists, 10 replacements  unchecked 23" in said.out
    cli("run", "--day", "2025-07-11")
    page = cli("issues", "export", "--format", "text").out
    assert "arXiv 没有给出这一天的论文数，可能有论文缺失。" in page
    shown = json.loads(cli("issues", "show", "--json").out)
    assert len(shown["papers"]) == 26
    assert {each["summary"]["made_by"] for each in shown["papers"]} == {"extractive"}
    assert "Accepted at IEEE MLSP 2025" in page


def test_a_frozen_issue_says_the_same_after_a_new_fetch(
    cli: Cli, database: Database, readers: list[str]
) -> None:
    cli("run")
    before = cli("issues", "export", "--format", "json").out
    with database.write.begin() as session:
        for row in session.scalars(select(AnnouncementRow)):
            session.delete(row)
    assert cli("issues", "export", "--format", "json").out == before
    assert rows(database, DeliveryRow) == len(readers) == rows(database, SubscriberRow)


@pytest.mark.usefixtures("readers")
def test_run_tells_scripts_the_same(cli: Cli) -> None:
    (told,) = json.loads(cli("run", "--json").out)
    assert told["newsletter"] == "audio"
    assert told["papers"] == {"new": 12, "cross": 3, "replace": 11}
    assert told["deliveries"]["sent"] == 12
    assert told["already"] is False
    assert json.loads(cli("run", "--json").out)[0]["already"] is True


@pytest.mark.usefixtures("settings")
def test_trouble_with_one_newsletter_does_not_keep_the_others_waiting(
    cli: Cli, settings: Settings
) -> None:
    file = settings.folder / "newsletter.toml"
    other = '[[newsletters]]\nslug = "text"\ntitle = "Text"\ncategories = ["cs.CL"]\n\n[source]'
    file.write_text(file.read_text().replace("[source]", other))
    said = cli("run")
    assert said.code == 1
    assert "audio  Fri 11 Jul 2025  12 new" in said.out
    assert "text: the bundled sample holds cs.SD and eess.SP only, not cs.CL" in said.err
