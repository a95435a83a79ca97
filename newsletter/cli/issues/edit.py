"""issues edit: the editor's note, and which papers come first or are left out."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from newsletter.cli import options, resources
from newsletter.cli.printing import output
from newsletter.errors import WrongUseError
from newsletter.text import counted, one_line, short_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from newsletter.config import NewsletterSettings
    from newsletter.issues.issue_edits import IssueEdit

_LONGEST_NOTE = 2000  # characters
_LONGEST_REASON = 200
_TITLE_CHARACTERS = 60


@click.command()
@click.argument("slug", metavar="NEWSLETTER")
@options.with_day
@click.option(
    "--note", metavar="TEXT", help="A note that stands over the papers, in a little Markdown."
)
@click.option(
    "--note-file",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help="The note from a file; - is standard input.",
)
@click.option("--editor", is_flag=True, help="Write the note in $EDITOR.")
@click.option("--no-note", is_flag=True, help="Take the note away.")
@click.option("--first", multiple=True, metavar="ID", help="Put a paper first; repeatable.")
@click.option("--not-first", multiple=True, metavar="ID", help="Undo --first; repeatable.")
@click.option("--leave-out", multiple=True, metavar="ID", help="Leave a paper out; repeatable.")
@click.option("--keep", multiple=True, metavar="ID", help="Undo --leave-out; repeatable.")
@click.option(
    "--reason",
    multiple=True,
    metavar="TEXT",
    help="Why, for readers; --first needs it. One for all papers, or one for each in their order.",
)
@options.with_json
@options.with_config
def edit(
    slug: str,
    day: date | None,
    note: str | None,
    note_file: TextIO | None,
    editor: bool,
    no_note: bool,
    first: tuple[str, ...],
    not_first: tuple[str, ...],
    leave_out: tuple[str, ...],
    keep: tuple[str, ...],
    reason: tuple[str, ...],
    as_json: bool,
    config_file: Path | None,
) -> None:
    """Add a note to an issue, put papers first, or leave papers out.

    Before the issue is frozen, also before its day is fetched. Readers see all of it as the
    editor's word. Without options, this shows what is set; `newsletter preview` shows the mail.
    """
    from newsletter.issues import issue_edits

    if sum([note is not None, note_file is not None, editor, no_note]) > 1:
        raise WrongUseError("one of --note, --note-file, --editor and --no-note at a time")
    reasons = _checked_reasons(reason, first, leave_out)
    changes = issue_edits.EditChanges(
        first=_with_reasons("--first", _identifiers(first), reasons),
        not_first=_identifiers(not_first),
        omit=_with_reasons("--leave-out", _identifiers(leave_out), reasons),
        keep=_identifiers(keep),
    )
    settings = resources.load_settings(config_file)
    newsletter = options.chosen_newsletter(settings, slug)
    with resources.open_services(settings, sends=False) as services:
        day = day or services.source.current_day(services.clock())
        with services.database.read() as session:
            before = _wishes(session, newsletter, day)
        written = _from_editor(before.note) if editor else _read(note, note_file)
        changes = replace(changes, note="" if no_note else written)
        with services.database.write.begin() as session:
            before = _wishes(session, newsletter, day)
            after = issue_edits.change(before, changes)
            if after != before:
                issue_edits.store(session, newsletter.slug, day, after)
            titles = _titles(session, newsletter, day)
    if as_json:
        output.print_json({"newsletter": slug, "day": day} | vars(after))
    else:
        _print(newsletter.slug, day, after, titles)


def _identifiers(given: "Sequence[str]") -> list[str]:
    """As arXiv writes them, without a version; an address of the paper will do."""
    from newsletter.sources.base import PaperId

    return [PaperId.parse(text, 1).arxiv_id for text in given]


def _checked_reasons(
    given: "Sequence[str]", first: "Sequence[str]", leave_out: "Sequence[str]"
) -> list[str]:
    reasons = list(map(one_line, given))
    if any(reasons) and not (first or leave_out):
        raise WrongUseError("--reason is for --first or --leave-out; name a paper")
    if any(reasons) and first and leave_out:
        raise WrongUseError("--first and --leave-out have a reason each; set one after the other")
    if first and not (reasons and all(reasons)):
        raise WrongUseError('--first needs a reason that readers see: --reason "..."')
    longest = max(map(len, reasons), default=0)
    if longest > _LONGEST_REASON:
        raise WrongUseError(f"the reason has {longest} characters; {_LONGEST_REASON} are the most")
    return reasons


def _with_reasons(option: str, names: "Sequence[str]", reasons: "Sequence[str]") -> dict[str, str]:
    """The papers with one reason for all, or with one each in their order.

    Raises:
        WrongUseError: there are more or fewer reasons than papers, or a paper has two.
    """
    if len(reasons) <= 1:
        return dict.fromkeys(names, *reasons or [""])
    if names and len(names) != len(reasons):
        raise WrongUseError(
            f"{counted(len(reasons), 'reason')} for {counted(len(names), 'paper')}: give one"
            f" --reason for all, or one behind each {option}"
        )
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise WrongUseError(f"{twice} has two reasons; name it once")
    return dict(zip(names, reasons, strict=False))


def _wishes(session: "Session", newsletter: "NewsletterSettings", day: date) -> "IssueEdit":
    """The wishes for an issue that can still change.

    Raises:
        WrongUseError: it is frozen, or there will be none of that day.
    """
    from newsletter.issues import issue_edits, issue_queries
    from newsletter.sources import calendar

    issue = issue_queries.covering_issue(session, newsletter.slug, day)
    if issue is None:
        if not calendar.is_mailing_day(day):
            raise WrongUseError(f"{day} is a weekend; arXiv announces from Monday to Friday")
        return issue_edits.load(session, newsletter.slug, day)
    later = (issue.day + timedelta(days=number) for number in range(1, 8))
    raise WrongUseError(
        f"{newsletter.slug} {day} is frozen since {issue.frozen_at:%d %b %H:%M %Z} and stays as it"
        f" is; the next day is --day {next(filter(calendar.is_mailing_day, later))}"
    )


def _from_editor(note: str) -> str | None:
    """The text that was saved in the editor; None where nothing was."""
    written = click.edit(note, extension=".md")
    return None if written is None else _clean(written)


def _read(note: str | None, file: TextIO | None) -> str | None:
    """The note that was given, or None.

    Raises:
        WrongUseError: there is nothing in it, or it is no text.
    """
    try:
        given = note if file is None else file.read(10 * _LONGEST_NOTE)
    except UnicodeDecodeError:
        raise WrongUseError("the note is not UTF-8; save it so") from None
    if given is None:
        return None
    written = _clean(given)
    if not written:
        raise WrongUseError("the note is empty; --no-note takes one away")
    return written


def _clean(note: str) -> str:
    lines = "\n".join(map(one_line, note.splitlines())).strip()
    if len(lines) > _LONGEST_NOTE:
        raise WrongUseError(f"the note has {len(lines)} characters; {_LONGEST_NOTE} are the most")
    return lines


def _titles(session: "Session", newsletter: "NewsletterSettings", day: date) -> dict[str, str]:
    """The day's papers as far as they are known."""
    from newsletter import papers

    announced = papers.announced_papers(session, day, newsletter.categories)
    return {found.paper.id.arxiv_id: found.paper.title for found in announced}


def _print(slug: str, day: date, edit: "IssueEdit", titles: "Mapping[str, str]") -> None:
    from newsletter.rendering.markup.paper_text import plain, shortened

    rows = [("note", line, "", "") for line in edit.note.split("\n") if line]
    for what, wished in (("first", edit.first), ("left out", edit.omitted)):
        for name, reason in wished.items():
            title = shortened(plain(titles.get(name, "")), _TITLE_CHARACTERS)
            rows.append((what, name, reason, title))
            if titles and not title:
                output.warn(f"{name} is not among the papers of {slug} {day}; nothing comes of it")
    if not rows:
        click.echo(f"{slug}  {short_day(day)}  nothing is set")
        return
    click.echo(f"{slug}  {short_day(day)}  `newsletter preview {slug} --day {day}` shows it")
    for row in rows:
        click.echo("  " + "  ".join(filter(None, row)))
