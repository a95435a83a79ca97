"""subscribers interests: what somebody follows, and the picks that come of it."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from newsletter.cli import options, resources
from newsletter.cli.interests import change, papers_among, show, tell_papers
from newsletter.cli.interests.named import InterestOptions, with_interests
from newsletter.cli.interests.picks import show_picks


@click.command()
@click.argument("email")
@with_interests
@click.option("--picks", "slug", metavar="SLUG", help="Show their picks of that newsletter.")
@options.with_day
@options.with_json
@options.with_config
def interests(
    email: str,
    slug: str | None,
    day: date | None,
    as_json: bool,
    config_file: Path | None,
    **named_options: Any,  # noqa: ANN401 - as click has them
) -> None:
    """Show, add or remove what somebody is interested in.

    Without an option, everything that they named. `--picks` shows which papers of a day come first
    for them, and why.
    """
    from newsletter.interests import interest_store
    from newsletter.subscribers import lifecycle

    settings = resources.load_settings(config_file)
    changed = InterestOptions(**named_options)
    named = changed.named(settings)
    with resources.open_database(settings) as database:
        if named or changed.file:
            with database.write.begin() as session:
                reader = lifecycle.get_subscriber(session, email)
                change(session, reader.id, reader.email, named, remove=changed.remove)
            if not changed.remove:
                tell_papers(settings, database, papers_among(named))
        with database.read() as session:
            reader = lifecycle.get_subscriber(session, email)
            if slug is None and (as_json or not (named or changed.file)):
                show(session, interest_store.rows_of(session, reader.id), as_json)
            ranked_by = interest_store.load(session, reader.id)
    if slug is not None:
        show_picks(settings, slug, ranked_by, day, as_json)
