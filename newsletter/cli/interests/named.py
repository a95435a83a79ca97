"""The options that name interests, or take them back, and what a file of interests holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli import options, resources
from newsletter.cli.printing import output
from newsletter.errors import NewsletterError, WrongUseError

if TYPE_CHECKING:
    from newsletter.config import Settings
    from newsletter.interests.files import ReadingList
    from newsletter.interests.named_interest import Interest

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


def with_interests(command: options.Command) -> options.Command:
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
        click.option("--remove", is_flag=True, help="Take back what is named."),
        click.option("--unwanted", is_flag=True, help="Say that what is named is not wanted."),
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


def _told_apart(
    settings: "Settings", named: "list[Interest]", companions: Sequence[str], not_theirs: str | None
) -> "list[Interest]":
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
        with resources.open_database(settings) as database:
            paper = papers.find_paper(database, source, settings, wanted)
        told.append(named_interest.follow_but_not(author.value, paper))
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
