"""subscribers import: what became of the lines, on the terminal and as a file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.printing import output
from newsletter.text import counted

if TYPE_CHECKING:
    from collections import Counter

    from newsletter.subscribers.list_import.import_review import ListReview
    from newsletter.subscribers.list_import.import_rows import RowReport

_SHOWN = 20


def row_printer(
    troubled: "list[RowReport]",
    reading_on: list[str],
    write_report: "Callable[[RowReport], None]",
    step: Callable[[int], None],
    *,
    only_told: bool,
) -> "Callable[[RowReport], None]":
    """Takes each line's report; `only_told`: only those are shown that have a detail."""
    from newsletter.subscribers.list_import.import_rows import TAKEN

    def print_row(row_report: "RowReport") -> None:
        write_report(row_report)
        step(1)
        if row_report.reads_on:
            reading_on.append(row_report.address)
        is_told = bool(row_report.detail) if only_told else row_report.status not in TAKEN
        if is_told and len(troubled) <= _SHOWN:
            troubled.append(row_report)

    return print_row


@contextmanager
def report_writer(path: Path | None) -> "Iterator[Callable[[RowReport], None]]":
    """Writes a line of the report, where one is wanted."""
    if path is None:
        yield lambda _told: None
        return
    import csv

    from newsletter.text import escape_cell

    with output.new_file(path, "utf-8-sig") as stream:
        writer = csv.writer(stream)
        writer.writerow(("line", "address", "fate", "detail"))
        yield lambda row_report: writer.writerow(
            (
                row_report.line,
                escape_cell(_one_line(row_report.address)),
                row_report.status,
                escape_cell(_one_line(row_report.detail)),
            )
        )


def counts_as_json(
    counts: "Counter[str]", review: "ListReview", dry_run: bool
) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "lines": counts.total(),
        "fates": dict(counts),
        "unused_columns": review.unused_columns,
        "unread_dates": review.unread_dates,
    }


def warn_of_doubts(review: "ListReview", reading_on: list[str]) -> None:
    if reading_on:
        shown = ", ".join(map(_one_line, reading_on[:_SHOWN]))
        output.warn(
            f"{counted(len(reading_on), 'reader')} of ours said no by the list, and yes here, later"
            f" for all we know: {shown}{', ...' if len(reading_on) > _SHOWN else ''}; `newsletter"
            " subscribers remove EMAIL` lets them go"
        )
    if review.unused_columns:
        output.warn(
            f"columns that were not used: {', '.join(map(_one_line, review.unused_columns))}"
        )
    if review.unread_dates:
        output.warn(
            f"{counted(review.unread_dates, 'date')} of confirmation could not be read (first:"
            f" {_one_line(review.first_unread_date)}); they count as of this import. Dates that"
            " cannot be confused are written 2025-07-11"
        )


def print_result(
    file: Path, counts: "Counter[str]", troubled: "list[RowReport]", dry_run: bool
) -> None:
    if troubled:
        rows = [
            (row.line, _one_line(row.address), row.status, _one_line(row.detail))
            for row in troubled[:_SHOWN]
        ]
        output.print_table(("line", "address", "fate", "detail"), rows)
        if len(troubled) > _SHOWN:
            click.echo("... and more; --report FILE has every line")
        click.echo()
    row_report = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
    note = "  (a rehearsal: nothing was kept)" if dry_run else ""
    entries = counted(counts.total(), "entry", "entries")
    click.echo(f"{file}: {entries} = {row_report or 'nothing'}{note}")
    if unknown := counts["unknown-newsletter"]:
        output.warn(
            f"{counted(unknown, 'entry', 'entries')} with newsletters that are not configured here;"
            " --to SLUG takes such people in for one that is, whatever the list names"
        )


def _one_line(text: str) -> str:
    """Short and printable, whatever stood in the file."""
    plain = "".join(character if character.isprintable() else "?" for character in text[:81])
    return f"{plain[:80]}..." if len(plain) > 80 else plain  # noqa: PLR2004 - a terminal's width
