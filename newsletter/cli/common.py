"""What commands share: options, the settings, stopping, a progress bar, tables."""

import json
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from newsletter.config import Settings
    from newsletter.daily import Services
    from newsletter.sources.base import Source

_MEASURED = 1000  # rows that say how wide a column is
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
    return click.option(
        "--config",
        "config_file",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="The configuration.  [default: NEWSLETTER_CONFIG, else newsletter.toml]",
    )(command)


def with_day(command: Command) -> Command:
    return click.option(
        "--day", type=Day(), metavar="YYYY-MM-DD", help="Another day than the newest."
    )(command)


def with_json(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="For scripts.")(command)


with_slug = click.argument("slug", required=False)


def utc_now() -> datetime:
    return datetime.now(UTC)


def load(config_file: Path | None) -> "Settings":
    from newsletter import config

    return config.load(config_file)


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
            yield services
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
            return Text(f"{task.speed:,.0f}/s" if task.speed else "", style="dim")

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


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def stream_json(values: Iterable[object]) -> None:
    """A JSON list of what may be a million things, written as they come."""
    separator = "["
    for value in values:
        click.echo(separator, nl=separator == ",")
        click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str), nl=False)
        separator = ","
    click.echo("[]" if separator == "[" else "]")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Aligned columns, numbers to the right; wide characters count two."""
    stream_table(columns, rows, heading=True)


def stream_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, heading: bool = False
) -> bool:
    """The same for rows as they come, the first thousand of which say how wide a column is.

    Returns whether there was any; without one, nothing is printed unless `heading` is wanted.
    """
    left = iter(rows)
    first = list(islice(left, _MEASURED))
    if not first and not heading:
        return False
    cells = [[_cell(value) for value in row] for row in first]
    widths = [
        max(_width(text) for text in (name, *(row[place] for row in cells)))
        for place, name in enumerate(columns)
    ]
    numeric = [all(isinstance(row[place], int) for row in first) for place in range(len(columns))]
    rest = ([_cell(value) for value in row] for row in left)
    for row in chain([list(columns)], cells, rest):
        line = [
            " " * (width - _width(text)) + text if right else text + " " * (width - _width(text))
            for text, width, right in zip(row, widths, numeric, strict=True)
        ]
        click.echo("  ".join(line).rstrip())
    return True


def is_watched() -> bool:
    """Whether a person looks at standard output."""
    return sys.stdout.isatty()


def warn(line: str) -> None:
    click.echo(f"newsletter: {line}", err=True)


def short(day: date) -> str:
    """`Fri 11 Jul 2025`, whatever the machine's locale."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    return wcswidth(text)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return " ".join(str(value).split())
