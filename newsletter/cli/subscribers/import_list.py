"""subscribers import: many at once, with the proof of their consent."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter import languages, machine_clock
from newsletter.cli import options, resources
from newsletter.cli.printing import output
from newsletter.cli.subscribers.import_report import (
    counts_as_json,
    print_result,
    report_writer,
    row_printer,
    warn_of_doubts,
)
from newsletter.errors import WrongUseError

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator

    from newsletter.config import Settings
    from newsletter.database.db import Database
    from newsletter.subscribers.list_import.import_files import ImportEntry
    from newsletter.subscribers.list_import.import_rows import ImportOptions, RowReport
    from newsletter.subscribers.list_import.list_encoding import FileSurvey


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
@click.option("--language", type=click.Choice(languages.CODES), help="For rows without a language.")
@click.option("--column", metavar="NAME", help="The column with the addresses.")
@click.option("--encoding", metavar="NAME", help="Encoding of the file, where it is not found out.")
@click.option(
    "--refused-by",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="People with this value in this column said no, and only they; repeatable.",
)
@click.option(
    "--ignore-column",
    "ignored",
    multiple=True,
    metavar="NAME",
    help="Nobody says no in that column; repeatable.",
)
@click.option(
    "--as",
    "standing",
    type=click.Choice(["subscribed", "left", "suppressed"]),
    help="What all in the list are; those who left or are suppressed are kept out.",
)
@click.option("--dry-run", is_flag=True, help="Do everything, but keep nothing.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A new CSV file: what became of every line.",
)
@options.with_json
@options.with_config
def import_list(
    file: Path,
    consent: str | None,
    slugs: tuple[str, ...],
    language: str | None,
    column: str | None,
    encoding: str | None,
    refused_by: tuple[str, ...],
    ignored: tuple[str, ...],
    standing: str | None,
    dry_run: bool,
    report: Path | None,
    as_json: bool,
    config_file: Path | None,
) -> None:
    """Take in a list of people who agreed.

    CSV or TSV in any encoding, with or without a header, or a JSON object a line. Nobody comes
    back who left, was erased or is suppressed, and nobody comes in who said no in the list itself.
    With `--as left` or `--as suppressed` everybody in the list is kept out from now on. Stopped or
    killed, the same command goes on where it was; repeated, it does nothing twice. Exit code 1
    where a line could not be read.
    """
    from newsletter.sending.restore_guard import machine_memory
    from newsletter.subscribers.list_import import do_not_mail, import_files, list_encoding
    from newsletter.subscribers.list_import.import_review import ListReview, review_list
    from newsletter.subscribers.list_import.import_rows import UNREADABLE
    from newsletter.subscribers.list_import.opt_out_columns import ColumnRules

    settings = resources.load_settings(config_file)
    keeps_out = standing in {"left", "suppressed"}
    consent = (consent or "").strip()
    _check_wishes(consent, slugs, standing)
    survey = list_encoding.survey_file(file, encoding)
    plan = replace(
        _plan(settings, consent, slugs, language, guessed=survey.guessed),
        rules=ColumnRules.from_options(refused_by, ignored),
    )
    review = ListReview()
    if not keeps_out:
        review = review_list(import_files.read_entries(file, survey.encoding, column), plan)
        plan = replace(plan, refused=review.refused)
        if standing is None and not review.has_own_column:
            _check_name(file)
    troubled: list[RowReport] = []
    reading_on: list[str] = []
    with (
        resources.open_database(settings, *([] if keeps_out else plan.newsletters)) as real,
        report_writer(report) as write_report,
        real.rehearsal() if dry_run else nullcontext(real) as database,
        output.progress_bar("importing", survey.lines) as step,
    ):
        if not dry_run:
            machine_memory.take_readers_in(settings, real)
        entries = import_files.read_entries(file, survey.encoding, column)
        print_row = row_printer(troubled, reading_on, write_report, step, only_told=keeps_out)
        if keeps_out:
            now = machine_clock.utc_now()
            counts = do_not_mail.keep_out(database, entries, plan, str(standing), now, print_row)
        else:
            content = _digest(survey, plan, column, dry_run)
            counts = _run(database, entries, plan, content, print_row)
    if as_json:
        output.print_json(counts_as_json(counts, review, dry_run))
    else:
        print_result(file, counts, troubled, dry_run)
        warn_of_doubts(review, reading_on)
    failed = sum(number for status, number in counts.items() if status in UNREADABLE)
    click.get_current_context().exit(1 if failed else 0)


def _check_name(file: Path) -> None:
    from newsletter.subscribers.list_import.column_kinds import is_opt_out_file

    if is_opt_out_file(file.stem):
        raise WrongUseError(
            f"{file.name} sounds like a list of people who said no: --as left keeps them out,"
            " --as subscribed takes them in all the same"
        )


def _check_wishes(consent: str, slugs: tuple[str, ...], standing: str | None) -> None:
    if standing in {"left", "suppressed"}:
        if slugs:
            raise WrongUseError(f"--as {standing} is for all newsletters; leave out --to")
        return
    if not consent:
        raise WrongUseError(
            "an import needs --consent TEXT: when and how these people agreed to be mailed; who did"
            " not is asked one by one, by `newsletter subscribers add`"
        )


def _plan(
    settings: "Settings",
    consent: str,
    slugs: tuple[str, ...],
    language: str | None,
    *,
    guessed: bool,
) -> "ImportOptions":
    from newsletter.subscribers.list_import.import_rows import ImportOptions

    chosen = [options.chosen_newsletter(settings, slug) for slug in slugs or (None,)]
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
    print_row: "Callable[[RowReport], None]",
) -> "Counter[str]":
    from newsletter.subscribers.list_import import importing

    with database.read() as session:
        done = importing.interrupted_import(session, content)
    if done:
        output.warn(f"going on behind the first {done} entries, which are done")
    return importing.import_file(
        database, entries, plan, content, machine_clock.utc_now(), print_row
    )


def _digest(survey: "FileSurvey", plan: "ImportOptions", column: str | None, dry_run: bool) -> str:
    """The same list with the same wishes: that is what can be gone on with."""
    from hashlib import sha256

    wishes = (survey.digest, survey.encoding, plan.consent, plan.newsletters, plan.language)
    rules = sorted((name, sorted(values)) for name, values in plan.rules.refused_by.items())
    said = (*wishes, plan.only, column, dry_run, rules, sorted(plan.rules.ignored))
    return sha256(repr(said).encode()).hexdigest()
