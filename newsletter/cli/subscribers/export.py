"""subscribers export: those that a filter chooses, as CSV or JSON."""

import sys
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import options, resources
from newsletter.cli.printing.output import new_file

if TYPE_CHECKING:
    from newsletter.config import Settings
    from newsletter.subscribers.queries import SubscriberFilter


def with_filter(command: options.Command) -> options.Command:
    """The options that choose some of all subscribers."""
    for option in (
        click.option("--search", metavar="TEXT", help="Only addresses that hold this."),
        click.option(
            "--since",
            type=options.Day(),
            metavar="YYYY-MM-DD",
            help="Only who came on this day or later.",
        ),
        click.option("--domain", metavar="DOMAIN", help="Only addresses of this domain."),
        click.option("--to", "slug", metavar="SLUG", help="Only subscribers of this newsletter."),
        click.option(
            "--standing",
            type=click.Choice(["pending", "confirmed", "left", "suppressed"]),
            help="Only subscribers in this state.",
        ),
    ):
        command = option(command)
    return command


def subscriber_filter(
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
        newsletter=options.chosen_newsletter(settings, slug).slug if slug else None,
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
@with_filter
@options.with_config
def export(form: str, output: Path | None, config_file: Path | None, **filter_options: Any) -> None:  # noqa: ANN401 - the options of `with_filter`
    """Write subscribers out.

    As a table that a spreadsheet cannot mistake for formulas, or as JSON; `import` reads both
    back: who left or is suppressed there, it keeps out. Who was erased is known by a hash only
    and is not in it.
    """
    from newsletter.subscribers import list_export, queries

    settings = resources.load_settings(config_file)
    chosen = subscriber_filter(settings, **filter_options)
    asked = [chosen.newsletter] if chosen.newsletter else []
    with resources.open_database(settings, *asked) as database, database.read() as session:
        members = queries.iterate_subscribers(session, chosen)
        if output is None:
            list_export.write_export(form, members, sys.stdout)
            return
        # The mark at the start is for Excel, which else takes UTF-8 for something older.
        with new_file(output, "utf-8-sig" if form == "csv" else "utf-8") as stream:
            number = list_export.write_export(form, members, stream)
    click.echo(f"{number} in {output}")
