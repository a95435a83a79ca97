"""subscribers interests: what somebody follows, and the picks that come of it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import common, output
from newsletter.errors import NewsletterError, WrongUseError

if TYPE_CHECKING:
    from newsletter.config import Settings
    from newsletter.db import Database
    from newsletter.interests import Interests, Pick
    from newsletter.interests.files import ReadingList
    from newsletter.interests.interest_store import Interest

_SHOWN = 20  # refused entries of a file


def with_interests(command: common.Command) -> common.Command:
    """The options that name interests, each repeatable."""
    for name, metavar, help_text in (
        ("category", "CATEGORY", "One of arXiv's categories."),
        ("word", "WORD", "A word or phrase; `*` at its end stands for any ending."),
        ("author", "NAME", "An author."),
        ("paper", "ID", "A paper, liked or not, by its arXiv identifier."),
    ):
        command = click.option(
            f"--{name}", f"{name}_values", multiple=True, metavar=metavar, help=help_text
        )(command)
    return command


@click.command()
@click.argument("email")
@with_interests
@click.option("--unwanted", is_flag=True, help="What is named is not wanted.")
@click.option("--remove", is_flag=True, help="What is named is taken back.")
@click.option(
    "--with",
    "companions",
    multiple=True,
    metavar="NAME|CATEGORY",
    help="A co-author or category that tells the author from namesakes.",
)
@click.option(
    "--not-this-one", "not_theirs", metavar="ID", help="A paper by a namesake of the author."
)
@click.option(
    "--import",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Papers from a file: identifiers, BibTeX, RIS, CSV, Zotero, CSL-JSON, ORCID.",
)
@click.option("--picks", "slug", metavar="SLUG", help="Show their picks of that newsletter.")
@common.with_day
@common.with_json
@common.with_config
def interests(
    email: str,
    unwanted: bool,
    remove: bool,
    companions: tuple[str, ...],
    not_theirs: str | None,
    file: Path | None,
    slug: str | None,
    day: date | None,
    as_json: bool,
    config_file: Path | None,
    **values: tuple[str, ...],
) -> None:
    """Show, add or remove what somebody is interested in.

    Without an option, everything that they named. `--picks` shows which papers of a day come first
    for them, and why.
    """
    from newsletter import bootstrap

    settings = common.load(config_file)
    named = _named(values, not unwanted)
    if companions or not_theirs:
        named = _told_apart(settings, named, companions, not_theirs)
    with bootstrap.open_database(settings) as database:
        if file is not None:
            named += _from_file(file, not unwanted)
        if named:
            _change(database, email, named, remove)
            tell_papers(settings, database)
        if slug is None and (as_json or not named):
            _show(database, email, as_json)
    if slug is not None:
        _show_picks(settings, email, slug, day, as_json)


def tell_papers(settings: "Settings", database: "Database") -> None:
    """Ask arXiv for the texts of papers that people named; where it fails, the next run asks."""
    from newsletter.interests import named_papers

    try:
        unknown = named_papers.fetch_texts(settings, database, common.utc_now())
    except named_papers.TextsMissingError as error:
        common.warn(str(error))
        return
    for name in unknown[:_SHOWN]:
        common.warn(f"arXiv knows no paper {name}")


def _named(values: dict[str, tuple[str, ...]], wanted: bool) -> "list[Interest]":
    from newsletter.interests.interest_store import Interest, InterestType, checked

    return [
        checked(Interest(kind, value, wanted))
        for kind in InterestType
        for value in values.get(f"{kind}_values", ())
    ]


def _told_apart(
    settings: "Settings", named: "list[Interest]", companions: Sequence[str], not_theirs: str | None
) -> "list[Interest]":
    from dataclasses import replace

    from newsletter.interests import interest_store
    from newsletter.sources.base import PaperId
    from newsletter.sources.lookup import find_paper
    from newsletter.taxonomy import CATEGORIES

    authors = [it for it in named if it.kind is interest_store.InterestType.AUTHOR]
    if len(authors) != 1:
        raise WrongUseError("--with and --not-this-one are about one --author")
    (author,) = authors
    detail = {
        "with": [name for name in companions if name not in CATEGORIES],
        "in": [name for name in companions if name in CATEGORIES],
    }
    told = [replace(author, detail={key: names for key, names in detail.items() if names})]
    if not_theirs:
        paper = find_paper(settings, PaperId.parse(not_theirs, 1).arxiv_id)
        told.append(interest_store.not_this_one(author.value, paper))
    return [it for it in named if it is not author] + told


def _from_file(file: Path, wanted: bool) -> "list[Interest]":
    from newsletter.interests.files import read_file
    from newsletter.interests.interest_store import Interest, InterestType

    try:
        reading_list = read_file(file.read_bytes())
    except OSError as error:
        raise WrongUseError(f"{file} cannot be read: {error.strerror}") from error
    except NewsletterError as error:
        raise NewsletterError(f"{file}: {error}") from error
    _print_counts(file, reading_list)
    return [
        Interest(InterestType.PAPER, paper.arxiv_id, wanted, paper=paper)
        for paper in reading_list.papers
    ]


def _print_counts(file: Path, reading_list: "ReadingList") -> None:
    click.echo(f"{file} ({reading_list.kind}): {reading_list.counts()}")
    refused = reading_list.refused
    if refused:
        rows = [(entry.name, entry.why) for entry in refused[:_SHOWN]]
        output.print_table(("refused", "why"), rows)
    if len(refused) > _SHOWN:
        click.echo(f"... and {len(refused) - _SHOWN} more")


def _change(database: "Database", email: str, named: "list[Interest]", remove: bool) -> None:
    from newsletter.interests import interest_store
    from newsletter.subscribers import lifecycle

    now = common.utc_now()
    with database.write.begin() as session:
        subscriber = lifecycle.get_subscriber(session, email)
        if remove:
            removed = interest_store.remove(session, subscriber.id, named)
            click.echo(f"{removed} removed, {len(named) - removed} were not there.")
            return
        left_over = interest_store.add(session, subscriber.id, named, "operator", now)
    click.echo(f"{len(named) - len(left_over)} noted for {subscriber.email}.")
    for kind in dict.fromkeys(it.kind for it in left_over):
        number = sum(it.kind is kind for it in left_over)
        most = interest_store.MOST[kind]
        common.warn(f"{number} of kind {kind} left out: a person can have {most}")


def _show(database: "Database", email: str, as_json: bool) -> None:
    from newsletter.subscribers import lifecycle
    from newsletter.transactional import data_export

    with database.read() as session:
        entries = data_export.interests_of(session, lifecycle.get_subscriber(session, email))
    if as_json:
        output.print_json(entries)
    elif entries:
        columns = ("kind", "wanted", "value", "title", "detail", "origin", "since")
        output.print_table(columns, [[_text(entry[it]) for it in columns] for entry in entries])
    else:
        click.echo("No interests; --author, --word, --category, --paper and --import add some.")


def _text(value: object) -> object:
    if isinstance(value, dict):
        return "; ".join(f"{name} {', '.join(names)}" for name, names in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def _show_picks(
    settings: "Settings", email: str, slug: str, day: date | None, as_json: bool
) -> None:
    from newsletter.cli.preview import content_of
    from newsletter.interests import interest_store
    from newsletter.subscribers import lifecycle

    newsletter = settings.newsletter(slug)
    with common.opened(settings, sends=False) as services:
        with services.database.read() as session:
            subscriber = lifecycle.get_subscriber(session, email)
            chosen = interest_store.load(session, subscriber.id)
        content = content_of(services, newsletter, day)
    picks = _picks([entry.paper for entry in content.entries], chosen)
    if as_json:
        output.print_json([_pick_as_json(pick) for pick in picks])
        return
    click.echo(f"{newsletter.slug}, {output.short(content.day)}: {len(picks)} picks")
    for pick in picks:
        click.echo(f"{pick.score:.3f}  {pick.paper.id.arxiv_id}  {pick.paper.title}")
        for reason in pick.reasons:
            click.echo(f"       {reason}")


def _picks(papers: Sequence[Any], chosen: "Interests") -> "list[Pick]":
    from newsletter.interests import DayIndex, compile_profile, pick_papers

    return pick_papers(DayIndex(papers), compile_profile(chosen))


def _pick_as_json(pick: "Pick") -> dict[str, Any]:
    return {
        "arxiv_id": pick.paper.id.arxiv_id,
        "title": pick.paper.title,
        "score": round(pick.score, 4),
        "reasons": [
            {"kind": reason.kind, "about": reason.about, "words": reason.words, "text": str(reason)}
            for reason in pick.reasons
        ],
    }
