"""subscribers import, export: many at once."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from newsletter import languages
from newsletter.cli import common, output

if TYPE_CHECKING:
    from collections import Counter

    from newsletter.config import Settings
    from newsletter.db import Database
    from newsletter.subscribers.import_files import FileSurvey, ImportEntry
    from newsletter.subscribers.import_rows import ImportOptions, RowReport
    from newsletter.subscribers.queries import SubscriberFilter

_SHOWN = 20


def with_choice(command: common.Command) -> common.Command:
    """The options that choose some of all subscribers."""
    for option in (
        click.option("--search", metavar="TEXT", help="Only whose address holds this."),
        click.option(
            "--since", type=common.Day(), metavar="YYYY-MM-DD", help="Only who came on or after."
        ),
        click.option("--domain", metavar="DOMAIN", help="Only those at this domain."),
        click.option("--to", "slug", metavar="SLUG", help="Only those of this newsletter."),
        click.option(
            "--standing",
            type=click.Choice(["pending", "confirmed", "left", "suppressed"]),
            help="Only those.",
        ),
    ):
        command = option(command)
    return command


def choice(
    settings: "Settings",
    standing: str | None,
    slug: str | None,
    domain: str | None,
    since: date | None,
    search: str | None,
) -> "SubscriberFilter":
    from newsletter.subscribers.queries import SubscriberFilter

    return SubscriberFilter(
        standing=standing,
        newsletter=settings.newsletter(slug).slug if slug else None,
        domain=domain.lower().lstrip("@") if domain else None,
        since=datetime.combine(since, time(), UTC) if since else None,
        search=search,
    )


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "json", "jsonl"]),
    default="csv",
    show_default=True,
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A new file that only you can read.  [default: standard output]",
)
@with_choice
@common.with_config
def export(form: str, output: Path | None, config_file: Path | None, **wanted: Any) -> None:  # noqa: ANN401 - the options of `with_choice`
    """Write subscribers out.

    As a table that a spreadsheet cannot mistake for formulas, or as JSON; `import` reads both
    back: who left or is suppressed there, it keeps out. Who was erased is known by a hash only
    and is not in it.
    """
    from newsletter import bootstrap
    from newsletter.subscribers import exporting, queries

    settings = common.load(config_file)
    chosen = choice(settings, **wanted)
    with bootstrap.open_database(settings) as database, database.read() as session:
        members = queries.iterate_subscribers(session, chosen)
        if output is None:
            exporting.write_export(form, members, sys.stdout)
            return
        # The mark at the start is for Excel, which else takes UTF-8 for something older.
        with new_file(output, "utf-8-sig" if form == "csv" else "utf-8") as stream:
            number = exporting.write_export(form, members, stream)
    click.echo(f"{number} in {output}")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--consent", metavar="TEXT", help="How these people agreed: your proof.")
@click.option(
    "--to",
    "slugs",
    multiple=True,
    metavar="SLUG",
    help="A newsletter; repeatable.  [default: what the list says, else the first]",
)
@click.option("--language", type=click.Choice(languages.CODES), help="Where the list says none.")
@click.option("--column", metavar="NAME", help="The column with the addresses.")
@click.option("--encoding", metavar="NAME", help="Of the file, where it is not found out.")
@click.option("--dry-run", is_flag=True, help="Everything, but nothing is kept.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A new CSV file: what became of every line.",
)
@common.with_json
@common.with_config
def import_list(
    file: Path,
    consent: str | None,
    slugs: tuple[str, ...],
    language: str | None,
    column: str | None,
    encoding: str | None,
    dry_run: bool,
    report: Path | None,
    as_json: bool,
    config_file: Path | None,
) -> None:
    """Take in a list of people who agreed.

    CSV or TSV in any encoding, with or without a header, or a JSON object a line. Nobody comes
    back who left, was erased or is suppressed. Stopped or killed, the same command goes on where
    it was; repeated, it does nothing twice. Exit code 1 where a line could not be read.
    """
    from newsletter import bootstrap
    from newsletter.errors import WrongUseError
    from newsletter.subscribers import import_files
    from newsletter.subscribers.import_rows import UNREADABLE

    settings = common.load(config_file)
    if not consent or not consent.strip():
        raise WrongUseError(
            "an import needs --consent TEXT: when and how these people agreed to be mailed; who did"
            " not is asked one by one, by `newsletter subscribers add`"
        )
    survey = import_files.survey_file(file, encoding)
    plan = _plan(settings, consent.strip(), slugs, language, guessed=survey.guessed)
    shown: list[RowReport] = []
    with (
        bootstrap.open_database(settings) as real,
        _report(report) as written,
        real.rehearsal() if dry_run else nullcontext(real) as database,
        common.bar("importing", survey.lines) as step,
    ):
        entries = import_files.read_entries(file, survey.encoding, column)
        content = _digest(survey, plan, column, dry_run)
        counts = _run(database, entries, plan, content, _teller(shown, written, step))
    _tell(file, counts, shown, dry_run, as_json)
    failed = sum(number for fate, number in counts.items() if fate in UNREADABLE)
    click.get_current_context().exit(1 if failed else 0)


def _plan(
    settings: "Settings",
    consent: str,
    slugs: tuple[str, ...],
    language: str | None,
    *,
    guessed: bool,
) -> "ImportOptions":
    from newsletter.subscribers.import_rows import ImportOptions

    chosen = [settings.newsletter(slug) for slug in slugs or (None,)]
    return ImportOptions(
        consent=consent,
        details={newsletter.slug: newsletter.detail for newsletter in settings.newsletters},
        newsletters=[newsletter.slug for newsletter in chosen],
        language=language or chosen[0].language,
        only=bool(slugs),
        guessed=guessed,
    )


def _run(
    database: "Database",
    entries: "Iterator[ImportEntry]",
    plan: "ImportOptions",
    content: str,
    tell: "Callable[[RowReport], None]",
) -> "Counter[str]":
    from newsletter.subscribers import importing

    with database.read() as session:
        done = importing.interrupted_import(session, content)
    if done:
        common.warn(f"going on behind the first {done} entries, which are done")
    return importing.import_file(database, entries, plan, content, common.utc_now(), tell)


def _digest(survey: "FileSurvey", plan: "ImportOptions", column: str | None, dry_run: bool) -> str:
    """The same list with the same wishes: that is what can be gone on with."""
    from hashlib import sha256

    wishes = (survey.digest, survey.encoding, plan.consent, plan.newsletters, plan.language)
    return sha256(repr((*wishes, plan.only, column, dry_run)).encode()).hexdigest()


def _teller(
    shown: "list[RowReport]", written: "Callable[[RowReport], None]", step: Callable[[int], None]
) -> "Callable[[RowReport], None]":
    from newsletter.subscribers.import_rows import TAKEN

    def tell(told: "RowReport") -> None:
        written(told)
        step(1)
        if told.fate not in TAKEN and len(shown) <= _SHOWN:
            shown.append(told)

    return tell


@contextmanager
def _report(path: Path | None) -> "Iterator[Callable[[RowReport], None]]":
    """What writes a line of the report, where one is wanted."""
    if path is None:
        yield lambda _told: None
        return
    import csv

    from newsletter.subscribers.csv_injection import escape_cell

    with new_file(path, "utf-8-sig") as stream:
        writer = csv.writer(stream)
        writer.writerow(("line", "address", "fate", "detail"))
        yield lambda told: writer.writerow(
            (
                told.line,
                escape_cell(_one_line(told.address)),
                told.fate,
                escape_cell(_one_line(told.detail)),
            )
        )


def _tell(
    file: Path, counts: "Counter[str]", shown: "list[RowReport]", dry_run: bool, as_json: bool
) -> None:
    if as_json:
        output.print_json({"dry_run": dry_run, "lines": counts.total(), "fates": dict(counts)})
        return
    if shown:
        rows = [
            (row.line, _one_line(row.address), row.fate, _one_line(row.detail))
            for row in shown[:_SHOWN]
        ]
        output.print_table(("line", "address", "fate", "detail"), rows)
        if len(shown) > _SHOWN:
            click.echo("... and more; --report FILE has every line")
        click.echo()
    told = ", ".join(f"{number} {fate}" for fate, number in sorted(counts.items()))
    note = "  (a rehearsal: nothing was kept)" if dry_run else ""
    click.echo(f"{file}: {counts.total()} entries = {told or 'nothing'}{note}")


def _one_line(text: str) -> str:
    """Short and printable, whatever stood in the file."""
    plain = "".join(character if character.isprintable() else "?" for character in text[:81])
    return f"{plain[:80]}..." if len(plain) > 80 else plain  # noqa: PLR2004 - a terminal's width


@contextmanager
def new_file(path: Path, encoding: str) -> Iterator[TextIO]:
    """A file for its owner only: whole or not at all, and never over one that is there.

    Raises:
        WrongUseError: there is one.
        NewsletterError: it cannot be written.
    """
    from newsletter.errors import NewsletterError, WrongUseError

    there = WrongUseError(f"{path} is there already; name another file")
    if path.exists():
        raise there
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with open(descriptor, "w", encoding=encoding, newline="") as stream:  # noqa: PTH123 - a descriptor, for its mode
            yield stream
        os.link(part, path)
    except FileExistsError:
        raise there from None
    except OSError as error:
        raise NewsletterError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
