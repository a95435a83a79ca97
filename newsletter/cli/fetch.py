"""fetch: what arXiv announced."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter import machine_clock
from newsletter.cli import options, resources
from newsletter.cli.printing import output
from newsletter.text import counted, short_day

if TYPE_CHECKING:
    from newsletter.config import NewsletterSettings, Settings
    from newsletter.models import ListingRow
    from newsletter.services import Services
    from newsletter.sources.base import Listing

_STATES = {"none": "none announced", "stale": "not yet", "unreachable": "unreachable"}
_NOTHING_OPEN = ("complete", "unchecked", "sample", "reconstructed", "none")


@click.command()
@options.with_slug
@options.with_day
@click.option(
    "--from-file",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A saved page, feed, API or OAI answer of arXiv, instead of the network; repeatable.",
)
@options.with_json
@options.with_config
def fetch(
    slug: str | None,
    day: date | None,
    files: tuple[Path, ...],
    as_json: bool,
    config_file: Path | None,
) -> None:
    """Fetch and keep what arXiv announced.

    Says of each category how many papers there are and whether that is all of them.
    """
    from newsletter.daily_run import fetching, rounds
    from newsletter.sources.base import SAVED_FILES
    from newsletter.sources.saved.from_files import SavedFiles

    settings = resources.load_settings(config_file)
    rows_as_json: list[dict[str, Any]] = []

    def fetch_newsletter(newsletter: "NewsletterSettings") -> bool:
        now = services.clock()
        announced_on = day or (
            source.current_day(now, newsletter.categories)
            if source
            else services.source.current_day(now)
        )
        rows, left_out = fetching.fetch(services, newsletter, announced_on, again=bool(files))
        lesser = {listing.category: _lesser_text(listing) for listing in left_out}
        for row in rows:
            counts = {**listing_as_json(services, row), "left_out": lesser.get(row.category)}
            rows_as_json.append(counts)
            if not as_json:
                click.echo(listing_line(row, counts))
        silent = set(newsletter.categories) - {row.category for row in rows}
        for category in sorted(silent):
            output.warn(f"nothing here says what {category} announced on {announced_on}")
        return not silent and all(row.state in _NOTHING_OPEN for row in rows)

    are_kept = not files
    try:
        source = SavedFiles(files) if files else None
        with resources.open_services(settings, source, sends=False) as services:
            chosen = options.chosen_newsletters(settings, slug)
            done = rounds.for_each_known(settings, services, chosen, fetch_newsletter, output.warn)
        are_kept |= any(row["source"].startswith(SAVED_FILES) for row in rows_as_json)
    finally:
        _note_files(settings, are_kept=are_kept)
    if as_json:
        output.print_json(rows_as_json)
    click.get_current_context().exit(0 if done else 1)


def _note_files(settings: "Settings", *, are_kept: bool) -> None:
    """So that `preview` asks no network for another day than that of the files."""
    from newsletter import bootstrap, completeness

    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        completeness.note_files(session, machine_clock.utc_now(), are_kept=are_kept)


def listing_as_json(services: "Services", row: "ListingRow") -> dict[str, Any]:
    """The state of a category's day, for scripts."""
    from newsletter import papers

    with services.database.read() as session:
        kinds = Counter(map(str, papers.kinds(session, row.day, row.category)))
    return {
        "category": row.category,
        "day": row.day,
        "state": row.state,
        "new": kinds["new"],
        "cross": kinds["cross"],
        "replaced": kinds["replace"] + kinds["replace-cross"],
        "expected": row.expected,
        "missing": row.missing,
        "source": row.source,
    }


def _lesser_text(told: "Listing") -> str:
    """A source that says less than is known: `saved files: new.html, 0 of 5 papers`."""
    if told.state in _STATES:
        return told.source
    papers = counted(told.expected or len(told.announcements), "paper")
    of = f"{len(told.announcements)} of " if told.expected else ""
    return f"{told.source}, {of}{papers}"


def listing_line(row: "ListingRow", counts: dict[str, Any]) -> str:
    """`cs.SD  Fri 11 Jul 2025  9 new, 1 cross-list, 11 replacements  complete 21/21`."""
    from newsletter.completeness import missing_text

    head = f"{row.category:<12} {short_day(row.day)}  "
    left_out = f"  (kept; told just now: {counts['left_out']})" if counts["left_out"] else ""
    if row.state in _STATES:
        return f"{head}{_STATES[row.state]}  ({row.source}){left_out}"
    of = f"{row.found}/{row.expected}" if row.expected is not None else str(row.found)
    crossed = counted(counts["cross"], "cross-list")
    again = counted(counts["replaced"], "replacement")
    trouble = f"  ({missing_text(row)})" if row.state == "partial" else ""
    return f"{head}{counts['new']} new, {crossed}, {again}  {row.state} {of}{trouble}{left_out}"
