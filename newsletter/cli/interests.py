"""interests: what the group behind a newsletter follows, and how all interests are named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import chosen_newsletters, common, interests_picks, output
from newsletter.errors import NewsletterError, WrongUseError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from newsletter.config import Settings
    from newsletter.database.db import Database
    from newsletter.interests.files import ReadingList
    from newsletter.interests.interest_store import Owner
    from newsletter.interests.named_interest import Interest
    from newsletter.models import NamedInterest

_SHOWN = 20  # refused entries of a file


@dataclass(frozen=True)
class InterestOptions:
    """The values of the options of `with_interests`."""

    unwanted: bool
    remove: bool
    companions: tuple[str, ...]
    not_theirs: str | None
    file: Path | None
    author_values: tuple[str, ...]
    category_values: tuple[str, ...]
    paper_values: tuple[str, ...]
    word_values: tuple[str, ...]

    def named(self, settings: "Settings") -> "list[Interest]":
        """The interests among them, those of the file too.

        Raises:
            NewsletterError: one of them can be none, or the file cannot be read.
        """
        from newsletter.interests.named_interest import Interest, InterestType, checked

        named = [
            checked(Interest(kind, value, not self.unwanted))
            for kind in InterestType
            for value in getattr(self, f"{kind}_values")
        ]
        if self.companions or self.not_theirs:
            named = _told_apart(settings, named, self.companions, self.not_theirs)
        return named if self.file is None else named + _from_file(self.file, not self.unwanted)


def with_interests(command: common.Command) -> common.Command:
    """The options that name interests, or take them back."""
    for option in (
        click.option(
            "--import",
            "file",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Papers from a file: identifiers, BibTeX, RIS, CSV, Zotero, CSL-JSON, ORCID; or"
            " what --export wrote.",
        ),
        click.option(
            "--not-this-one",
            "not_theirs",
            metavar="ID",
            help="A paper by a namesake of the author.",
        ),
        click.option(
            "--with",
            "companions",
            multiple=True,
            metavar="NAME|CATEGORY",
            help="A co-author or category that tells the author from namesakes.",
        ),
        click.option("--remove", is_flag=True, help="What is named is taken back."),
        click.option("--unwanted", is_flag=True, help="What is named is not wanted."),
    ):
        command = option(command)
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
@common.with_slug
@with_interests
@click.option("--export", is_flag=True, help="Print them as JSON that --import reads back.")
@click.option("--picks", is_flag=True, help="Show what comes first of a day, and why.")
@common.with_day
@common.with_json
@common.with_config
def interests(
    slug: str | None,
    export: bool,
    picks: bool,
    day: date | None,
    as_json: bool,
    config_file: Path | None,
    **options: Any,  # noqa: ANN401 - as click has them
) -> None:
    """Show, add or remove what the group behind a newsletter is interested in.

    Its issues open with the papers that follow from it, for all readers, from the next issue on.
    Readers who named something themselves have their own papers first.
    """
    from newsletter.interests import interest_store
    from newsletter.interests.portable import to_portable

    settings = common.load(config_file)
    owner = chosen_newsletters.newsletter(settings, slug).slug
    changed = InterestOptions(**options)
    named = changed.named(settings)
    with common.open_database(settings, owner) as database:
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
        interests_picks.show_picks(settings, owner, ranked_by, day, as_json, of_newsletter=True)


def papers_among(named: "Sequence[Interest]") -> list[str]:
    """The names of the papers, for `tell_papers`."""
    return [interest.value for interest in named if interest.kind == "paper"]


def tell_papers(settings: "Settings", database: "Database", among: "Sequence[str]") -> None:
    """Ask arXiv for the texts of these papers; where it fails, the next run asks."""
    from newsletter import bootstrap
    from newsletter.interests import named_papers

    source = bootstrap.load_source(settings)
    named_papers.fetch_texts(source, settings, database, common.utc_now(), common.warn, among)


def _told_apart(
    settings: "Settings", named: "list[Interest]", companions: Sequence[str], not_theirs: str | None
) -> "list[Interest]":
    from dataclasses import replace

    from newsletter import bootstrap, papers
    from newsletter.interests import named_interest
    from newsletter.sources.base import PaperId
    from newsletter.taxonomy import CATEGORIES

    authors = [
        interest for interest in named if interest.kind is named_interest.InterestType.AUTHOR
    ]
    if len(authors) != 1:
        raise WrongUseError("--with and --not-this-one are about one --author")
    (author,) = authors
    detail = {
        "with": [name for name in companions if name not in CATEGORIES],
        "in": [name for name in companions if name in CATEGORIES],
    }
    told = [replace(author, detail={key: names for key, names in detail.items() if names})]
    if not_theirs:
        source, wanted = bootstrap.load_source(settings), PaperId.parse(not_theirs, 1).arxiv_id
        with common.open_database(settings) as database:
            paper = papers.find_paper(database, source, settings, wanted)
        told.append(named_interest.not_this_one(author.value, paper))
    return [interest for interest in named if interest is not author] + told


def _from_file(file: Path, wanted: bool) -> "list[Interest]":
    from newsletter.interests.files.read_file import MOST_BYTES, read_file
    from newsletter.interests.named_interest import Interest, InterestType
    from newsletter.interests.portable import from_portable

    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
        interests, lost = from_portable(content.decode(errors="replace"))
        if interests:
            click.echo(f"{file}: {len(interests)} interests, {lost} not understood")
            return interests
        reading_list = read_file(content)
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


def change(
    session: "Session", owner: "Owner", name: str, named: "list[Interest]", *, remove: bool
) -> None:
    """Note or take back what was named of whoever has that name, and say so."""
    from newsletter.interests import interest_store, named_interest

    if remove:
        removed = interest_store.remove(session, owner, named)
        click.echo(f"{removed} removed, {len(named) - removed} were not there.")
        return
    left_over = interest_store.add(session, owner, named, "operator", common.utc_now())
    click.echo(f"{len(named) - len(left_over)} noted for {name}.")
    for kind in dict.fromkeys(interest.kind for interest in left_over):
        number = sum(interest.kind is kind for interest in left_over)
        most = named_interest.MOST[kind]
        common.warn(f"{number} of kind {kind} left out: {most} is the most that one can have")


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
