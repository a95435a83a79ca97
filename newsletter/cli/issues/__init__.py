"""issues list, show, export, edit."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import options, resources
from newsletter.cli.issues.edit import edit
from newsletter.cli.printing import day_output, output
from newsletter.cli.printing.output import json_text
from newsletter.text import short_day

if TYPE_CHECKING:
    from newsletter.rendering.issue_content import IssueContent
    from newsletter.rendering.issue_entry import IssueEntry


@click.group()
def issues() -> None:
    """List, show and export the issues there are; edit one that is to come."""


@issues.command("list")
@options.with_slug
@options.with_json
@options.with_config
def list_issues(slug: str | None, as_json: bool, config_file: Path | None) -> None:
    """List every issue, newest first."""
    from newsletter.issues import issue_queries
    from newsletter.sending.reports import totals

    settings = resources.load_settings(config_file)
    slugs = (
        [options.chosen_newsletter(settings, slug).slug]
        if slug
        else [newsletter.slug for newsletter in settings.newsletters]
    )
    with resources.open_database(settings, *slugs) as database, database.read() as session:
        newest_first = issue_queries.list_issues(session, slugs)
        papers = issue_queries.counts(session, [issue.id for issue in newest_first])
        rows = []
        for issue in newest_first:
            account = totals.delivery_totals(session, issue.id)
            number = papers[issue.id].total()
            rows.append(
                (issue.newsletter, issue.day, number, account.audience, account.sent, issue.state)
            )
    columns = ("newsletter", "day", "papers", "subscribers", "sent", "state")
    if as_json:
        output.print_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif rows:
        output.print_table(columns, rows)
    else:
        click.echo("No issue yet; `newsletter run` makes one.")


@issues.command()
@options.with_slug
@options.with_day
@options.with_json
@options.with_config
def show(slug: str | None, day: date | None, as_json: bool, config_file: Path | None) -> None:
    """Show the papers of an issue and who wrote each sentence."""
    with output.empty_json({}, wanted=as_json):
        content = _load_content(slug, day, config_file)
    if as_json:
        output.print_json(_as_json(content))
        return
    click.echo(f"{content.slug}  {short_day(content.day)}  {day_output.counts_text(content)}")
    rows = [
        (
            entry.section,
            str(entry.paper.id),
            entry.paper.categories[0],
            day_output.author_name(entry.summary.made_by),
            entry.paper.title,
        )
        for entry in content.entries
    ]
    output.print_table(("section", "paper", "primary", "sentence", "title"), rows)
    for note in content.editor_notes:
        click.echo(f"note  {note.text}")
    for entry in content.entries:
        if entry.put_first:
            click.echo(f"first  {entry.paper.id}  {entry.put_first}")
    for left in content.omissions:
        click.echo(f"left out  {left.paper_id}  {left.reason or left.title}")


@issues.command()
@options.with_slug
@options.with_day
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "html", "text", "json", "bibtex", "ris", "csv"]),
    default="markdown",
    show_default=True,
)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to this file.",
)
@options.with_config
def export(
    slug: str | None, day: date | None, form: str, output: Path | None, config_file: Path | None
) -> None:
    """Write an issue out whole.

    Markdown is in the format of the Chinese digest that this project grew from. BibTeX, RIS and
    CSV are for reference managers and spreadsheets.
    """
    from newsletter import bootstrap
    from newsletter.rendering import citations
    from newsletter.rendering.issue_email import IssueEmails
    from newsletter.rendering.markdown import to_markdown
    from newsletter.rendering.theme import Theme

    settings = resources.load_settings(config_file)
    content = _load_content(slug, day, config_file)
    theme = Theme.of(settings)
    mails = IssueEmails(content, settings.site, bootstrap.signed_links(settings), theme)
    if form == "markdown":
        text = to_markdown(content)
    elif form == "html":
        text = mails.page("full", content.language)
    elif form == "text":
        text = mails.plain_page("full", content.language)
    elif form in citations.FORMATS:
        text = citations.FORMATS[form].write(content.entries)
    else:
        text = json_text(_as_json(content)) + "\n"
    if output is None:
        sys.stdout.buffer.write(text.encode())
    else:
        output.write_bytes(text.encode())


def _load_content(slug: str | None, day: date | None, config_file: Path | None) -> "IssueContent":
    from newsletter.issues import issue_queries, issue_store

    settings = resources.load_settings(config_file)
    chosen = options.chosen_newsletter(settings, slug).slug
    with resources.open_database(settings, chosen) as database, database.read() as session:
        issue = issue_queries.get_issue(session, chosen, day)
        return issue_store.load_issue(session, issue)


def _as_json(content: "IssueContent") -> dict[str, Any]:
    from newsletter.issues import issue_edits

    return {
        "newsletter": content.slug,
        "title": content.title,
        "day": content.day,
        "language": content.language,
        "categories": content.categories,
        "listings": [vars(listing) for listing in content.listings],
        "papers": [_entry_as_json(entry) for entry in content.entries],
        "edits": issue_edits.to_json(content),
    }


def _entry_as_json(entry: "IssueEntry") -> dict[str, Any]:
    paper = entry.paper
    return {
        "section": entry.section,
        "id": paper.id.arxiv_id,
        "version": paper.id.version,
        "title": paper.title,
        "authors": paper.authors,
        "categories": paper.categories,
        "comment": paper.comment,
        "withdrawn": paper.withdrawn,
        "html_url": paper.html_url,
        "journal_ref": paper.journal_ref,
        "doi": paper.doi,
        "abstract": paper.abstract,
        "summary": vars(entry.summary) | {"origin": day_output.author_name(entry.summary.made_by)},
    }


issues.add_command(edit)
