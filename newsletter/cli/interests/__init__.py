"""interests: what the group behind a newsletter follows, and how all interests are named."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter import machine_clock
from newsletter.cli import options, resources
from newsletter.cli.interests.named import InterestOptions, with_interests
from newsletter.cli.interests.picks import show_picks
from newsletter.cli.printing import output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from newsletter.config import Settings
    from newsletter.database.db import Database
    from newsletter.interests.interest_store import Owner
    from newsletter.interests.named_interest import Interest
    from newsletter.models import NamedInterest


@click.command()
@options.with_slug
@with_interests
@click.option(
    "--export", is_flag=True, help="Print the interests as JSON that --import reads back."
)
@click.option("--picks", is_flag=True, help="Show what comes first of a day, and why.")
@options.with_day
@options.with_json
@options.with_config
def interests(
    slug: str | None,
    export: bool,
    picks: bool,
    day: date | None,
    as_json: bool,
    config_file: Path | None,
    **named_options: Any,  # noqa: ANN401 - as click has them
) -> None:
    """Show, add or remove what the group behind a newsletter is interested in.

    Its issues open with the papers that follow from it, for all readers, from the next issue on.
    Readers who named something themselves have their own papers first.
    """
    from newsletter.interests import interest_store
    from newsletter.interests.portable import to_portable

    settings = resources.load_settings(config_file)
    owner = options.chosen_newsletter(settings, slug).slug
    changed = InterestOptions(**named_options)
    named = changed.named(settings)
    with resources.open_database(settings, owner) as database:
        if named or changed.file:
            with database.write.begin() as session:
                change(session, owner, owner, named, remove=changed.remove)
            if not changed.remove:
                tell_papers(settings, database, papers_among(named))
        with database.read() as session:
            rows = interest_store.newsletter_rows(session, owner)
            texts = interest_store.texts_of(session, rows)
            if export:
                output.print_json(to_portable(rows, texts))
            elif not picks and (as_json or not (named or changed.file)):
                show(session, rows, as_json)
            ranked_by = interest_store.as_ranked_by(rows, texts)
    if picks:
        show_picks(settings, owner, ranked_by, day, as_json, of_newsletter=True)


def papers_among(named: "Sequence[Interest]") -> list[str]:
    """The names of the papers, for `tell_papers`."""
    return [interest.value for interest in named if interest.kind == "paper"]


def tell_papers(settings: "Settings", database: "Database", among: "Sequence[str]") -> None:
    """Ask arXiv for the texts of these papers; where it fails, the next run asks."""
    from newsletter import bootstrap
    from newsletter.interests import named_papers

    source = bootstrap.load_source(settings)
    named_papers.fetch_texts(
        source, settings, database, machine_clock.utc_now(), output.warn, among
    )


def change(
    session: "Session", owner: "Owner", name: str, named: "list[Interest]", *, remove: bool
) -> None:
    """Note or take back what was named of whoever has that name, and say so."""
    from newsletter.interests import interest_store, named_interest

    if remove:
        removed = interest_store.remove(session, owner, named)
        click.echo(f"{removed} removed, {len(named) - removed} were not there.")
        return
    left_over = interest_store.add(session, owner, named, "operator", machine_clock.utc_now())
    click.echo(f"{len(named) - len(left_over)} noted for {name}.")
    for kind in dict.fromkeys(interest.kind for interest in left_over):
        number = sum(interest.kind is kind for interest in left_over)
        most = named_interest.MOST[kind]
        output.warn(f"{number} of kind {kind} left out: {most} is the most that one can have")


def show(session: "Session", rows: "Sequence[NamedInterest]", as_json: bool) -> None:
    """Everything that was named."""
    from newsletter.transactional import data_export

    entries = data_export.interest_entries(session, rows)
    if as_json:
        output.print_json(entries)
    elif entries:
        columns = ("kind", "wanted", "value", "title", "detail", "origin", "since")
        output.print_table(
            columns, [[_text(entry[column]) for column in columns] for entry in entries]
        )
    else:
        click.echo("No interests; --author, --word, --category, --paper and --import add some.")


def _text(value: object) -> object:
    if isinstance(value, dict):
        return "; ".join(f"{name} {', '.join(names)}" for name, names in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value
