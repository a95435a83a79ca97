"""How commands print: lines, warnings, a table, JSON, a progress bar, a new file."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, TextIO, cast

import click

from newsletter.errors import NewsletterError, NothingYetError, WrongUseError
from newsletter.file_writing import create_file
from newsletter.text import escape_invisible, visible

_MEASURED = 1000  # rows that say how wide a column is


def without_password(url: str) -> str:
    from sqlalchemy import make_url

    return make_url(url).render_as_string(hide_password=True)


def flatten(prefix: str, value: object, rows: list[tuple[str, object]]) -> None:
    """`site.name`, `newsletters.0.slug`: settings by the names that errors use."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            flatten(f"{prefix}.{name}" if prefix else str(name), inner, rows)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for number, inner in enumerate(value):
            flatten(f"{prefix}.{number}", inner, rows)
    else:
        rows.append((prefix, ", ".join(map(str, value)) if isinstance(value, list) else value))


def json_text(value: object) -> str:
    """Indented, with the letters of all scripts; what nobody sees is escaped."""
    return escape_invisible(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_json(value: object) -> None:
    click.echo(json_text(value))


def stream_json(values: Iterable[object]) -> None:
    """A JSON list of what may be a million things, written as they come."""
    separator = "["
    for value in values:
        click.echo(separator, nl=separator == ",")
        click.echo(json_text(value), nl=False)
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
    remaining = iter(rows)
    first = list(islice(remaining, _MEASURED))
    if not first and not heading:
        return False
    cells = [[_cell(value) for value in row] for row in first]
    widths = [
        max(_width(text) for text in (name, *(row[place] for row in cells)))
        for place, name in enumerate(columns)
    ]
    numeric = [all(isinstance(row[place], int) for row in first) for place in range(len(columns))]
    rest = ([_cell(value) for value in row] for row in remaining)
    for row in chain([list(columns)], cells, rest):
        line = [
            " " * (width - _width(text)) + text if right else text + " " * (width - _width(text))
            for text, width, right in zip(row, widths, numeric, strict=True)
        ]
        click.echo("  ".join(line).rstrip())
    return True


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
    return " ".join(visible(str(value)).split())


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


@contextmanager
def progress_bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
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


class VisibleStream:
    """A text stream without invisible characters and marks that turn the direction of a line.

    Bytes for its `buffer` go through as they are: mails, and files written to a pipe.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(text if text.isascii() else visible(text))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self._stream, name)


@contextmanager
def visible_output() -> Iterator[None]:
    out, err = (cast("TextIO", VisibleStream(stream)) for stream in (sys.stdout, sys.stderr))
    with redirect_stdout(out), redirect_stderr(err):
        yield
