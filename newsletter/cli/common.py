"""Commands share these: options, the settings, the database, stopping, a progress bar, warnings."""

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from newsletter.cli.folder_owner import refuse_root_for, refuse_root_with
from newsletter.errors import NewsletterError, NothingYetError, WrongUseError
from newsletter.file_writing import create_file

if TYPE_CHECKING:
    from newsletter.config import Settings
    from newsletter.database.db import Database
    from newsletter.services import Services
    from newsletter.sources.base import Source


Command = TypeVar("Command", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    name = "day"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day; write it like 2025-07-11", param, ctx)


def with_config(command: Command) -> Command:
    def look(_context: click.Context, _option: click.Parameter, file: Path | None) -> Path | None:
        from newsletter import config

        refuse_root_for(config.find_file(file).absolute())
        return file

    return click.option(
        "--config",
        "config_file",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        callback=look,
        help="The configuration.  [default: NEWSLETTER_CONFIG, else newsletter.toml]",
    )(command)


def with_day(command: Command) -> Command:
    return click.option(
        "--day", type=Day(), metavar="YYYY-MM-DD", help="Take this day instead of the newest."
    )(command)


def with_json(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")(command)


@contextmanager
def empty_json(empty: object, *, wanted: bool) -> Iterator[None]:
    """Where there is nothing yet, a script that wants JSON gets an empty one, and no error."""
    try:
        yield
    except NothingYetError as error:
        if not wanted:
            raise
        warn(str(error))
        click.echo(json.dumps(empty))
        click.get_current_context().exit(0)


with_slug = click.argument("slug", required=False)


def utc_now() -> datetime:
    return datetime.now(UTC)


def shared_clock(database: "Database") -> "Callable[[], datetime]":
    """The clock of all who take work of that database: leases of several machines go by it."""
    from newsletter.database import server_clock

    return server_clock.shared_clock(database, utc_now)


def load(config_file: Path | None) -> "Settings":
    from newsletter import config

    settings = config.load(config_file)
    refuse_root_with(settings)
    return settings


@contextmanager
def opened(
    settings: "Settings", source: "Source | None" = None, *, sends: bool = True
) -> Iterator["Services"]:
    """The running parts. A first SIGINT or SIGTERM lets what is on the wire finish."""
    from newsletter import bootstrap

    stop = False

    def ask_to_stop(_signal: int, _frame: object) -> None:
        nonlocal stop
        if stop:
            raise KeyboardInterrupt
        stop = True
        click.echo("newsletter: finishing what is on its way", err=True)

    before = {
        number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        with bootstrap.open_services(
            settings, utc_now, bar, lambda: stop, source, sends=sends
        ) as services:
            _unclear(settings, services.database)
            yield replace(services, clock=shared_clock(services.database))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def open_database(settings: "Settings", *asked: str) -> Iterator["Database"]:
    """The database. Readers whose newsletter is gone are said; `asked` are slugs to tell of.

    Raises:
        NewsletterError: all of `asked` may be another newsletter under a new slug.
    """
    from newsletter import bootstrap

    with bootstrap.open_database(settings) as database:
        refused = _unclear(settings, database)
        lines = [refused[slug] for slug in asked if slug in refused]
        if lines and len(lines) == len(asked):
            raise NewsletterError(lines[0])
        for line in lines:
            warn(line)
        yield database


def _unclear(settings: "Settings", database: "Database") -> dict[str, str]:
    """Say whose newsletter is gone; the newsletters that may be theirs, and what to do."""
    from newsletter import slugs

    with database.read() as session:
        gone = slugs.orphans(session, settings)
        refused = slugs.refused(session, settings, gone)
    context = click.get_current_context(silent=True)
    said: set[str] = context.meta.setdefault(__name__, set()) if context else set()
    for line in gone.values():
        if line not in said:
            said.add(line)
            warn(line)
    return refused


@contextmanager
def bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error, only where a person looks at it."""
    if not sys.stderr.isatty() or total == 0:
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            shown = task.speed is not None and task.speed >= 1
            return Text(f"{task.speed:,.0f}/s" if shown else "", style="dim")

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda done: progress.advance(task, done)


def is_watched() -> bool:
    """Whether a person looks at standard output."""
    return sys.stdout.isatty()


def warn(line: str) -> None:
    click.echo(f"newsletter: {line}", err=True)
    warnings().append(line)


def warnings() -> list[str]:
    """The warnings of this command so far."""
    context = click.get_current_context(silent=True)
    said: list[str] = context.meta.setdefault("newsletter.warnings", []) if context else []
    return said


@contextmanager
def new_file(path: Path, encoding: str) -> Iterator[TextIO]:
    """A file for its owner only: whole or not at all, and never over one that is there.

    Raises:
        WrongUseError: there is one.
        NewsletterError: it cannot be written.
    """
    try:
        with create_file(path, encoding) as stream:
            yield stream
    except FileExistsError as error:
        raise WrongUseError(f"{path} is there already; name another file") from error
    except OSError as error:
        raise NewsletterError(f"{path} cannot be written: {error.strerror}") from error
