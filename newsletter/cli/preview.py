"""preview: what a reader would get."""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli import chosen_newsletters, common
from newsletter.errors import NewsletterError, WrongUseError

if TYPE_CHECKING:
    from flask import Flask

    from newsletter.config import NewsletterSettings, Settings
    from newsletter.interests import Interests
    from newsletter.rendering.issue_content import IssueContent
    from newsletter.rendering.issue_email import IssueEmails
    from newsletter.rendering.recipient import Recipient
    from newsletter.services import Services
    from newsletter.web.preview import Render

_FORMATS = ("html", "text", "eml", "markdown")


@click.command()
@common.with_slug
@common.with_day
@click.option("--as", "email", metavar="EMAIL", help="As this subscriber gets it.")
@click.option(
    "--liked",
    multiple=True,
    metavar="ID",
    help="For nobody in particular, who likes this paper; also several times.",
)
@click.option("--word", "words", multiple=True, help="The same with this word or phrase.")
@click.option("--author", "authors", multiple=True, help="The same with this author.")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="html", show_default=True)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it there.",
)
@click.option("--open", "in_browser", is_flag=True, help="Open it in the browser.")
@click.option(
    "--serve",
    "live",
    is_flag=True,
    help="A live page of it: desktop, phone, dark and text, again whenever a template changes.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Where --serve listens, on this machine only.  [default: any that is free]",
)
@common.with_config
def preview(
    slug: str | None,
    day: date | None,
    email: str | None,
    liked: tuple[str, ...],
    words: tuple[str, ...],
    authors: tuple[str, ...],
    form: str,
    output: Path | None,
    in_browser: bool,
    live: bool,
    port: int,
    config_file: Path | None,
) -> None:
    """Show an issue exactly as it is sent.

    Byte for byte; keeps nothing and sends nothing. A day that has no issue yet is fetched and
    composed for the purpose; after `fetch --from-file` it is composed of what is kept, and arXiv is
    not asked. Without --day it is the newest, or the one just read from files.
    """
    if live and output:
        raise WrongUseError("--serve shows a live page and writes no file; leave --output out")
    if email and (liked or words or authors):
        raise WrongUseError("--as shows what that subscriber named; leave --liked and the like out")
    settings = common.load(config_file)
    newsletter = chosen_newsletters.newsletter(settings, slug)
    with common.opened(settings, sends=False) as services:
        named = _interests(settings, services, liked, words, authors)
        content = content_of(services, newsletter, day)
        issue_id = _issue_id(services, content)
        mails = _mails(services, content, issue_id)
        reader = _reader(services, newsletter, content, email)
        reader = _with_picks(services, issue_id, mails, reader, named)
        rendered = b"" if live else _shown(content, mails, reader, form)
    if live:
        _serve(_live(services, content, issue_id, reader, email), port, in_browser)
        return
    if output is None and in_browser:
        output = Path(click.format_filename(_temporary(newsletter.slug, content.day, form)))
    if output is None:
        sys.stdout.buffer.write(rendered)
        return
    try:
        output.write_bytes(rendered)
    except OSError as error:
        raise WrongUseError(f"{output} cannot be written: {error.strerror}") from error
    click.echo(f"{output}: {len(rendered):,} bytes", err=True)
    if in_browser:
        click.launch(str(output))


def content_of(
    services: "Services", newsletter: "NewsletterSettings", day: date | None
) -> "IssueContent":
    """The issue of that day, or what would become of it now; nothing is kept."""
    from newsletter import bootstrap, completeness, issue_days, issue_edits, issues, papers
    from newsletter.daily_run import fetching
    from newsletter.sources.base import ListingState

    now = services.clock()
    with services.database.read() as session:
        refused = completeness.are_files_refused(session, newsletter.categories)
        if day is None and refused:
            raise NewsletterError(
                "nothing is kept of the saved files that were read last; say which --day to show"
            )
        of_files = completeness.saved_day(session, newsletter.categories)
        announced_on = day or of_files or services.source.current_day(now)
        issue = issue_days.find_issue(session, newsletter.slug, announced_on)
        if issue is not None:
            return issues.load_issue(session, issue)
        rows = papers.listings(session, announced_on, newsletter.categories)
    by_files = refused or of_files is not None
    if by_files and all(row.state == ListingState.UNREACHABLE for row in rows):
        raise NewsletterError(
            f"nothing is kept of {announced_on}, and saved files are what was read last;"
            f" `newsletter fetch --day {announced_on}` asks arXiv"
        )
    with bootstrap.rehearsal(services) as copy:
        if not by_files and not any(map(completeness.is_saved, rows)):
            rows = fetching.fetch(copy, newsletter, announced_on).rows
        with copy.database.read() as session:
            content = issues.compose_issue(
                session, newsletter, announced_on, services.summarizer, now
            )
    if not content.entries:
        if content.omissions:
            raise NewsletterError(f"{announced_on}: {issue_edits.ALL_LEFT_OUT}")
        waiting = completeness.wait_reason(rows, announced_on, now, services.patience)
        raise NewsletterError(waiting or f"{announced_on}: {completeness.empty_reason(rows)}")
    return content


def mail_page(services: "Services", newsletter: "NewsletterSettings", email: str) -> str:
    """A subscriber's mail of the newest day, as a page."""
    content = content_of(services, newsletter, None)
    mails = _mails(services, content, _issue_id(services, content))
    return mails.mail(_reader(services, newsletter, content, email)).html


def _reader(
    services: "Services",
    newsletter: "NewsletterSettings",
    content: "IssueContent",
    email: str | None,
) -> "Recipient":
    """The subscriber, or somebody who might be one."""
    from newsletter.rendering.recipient import Recipient
    from newsletter.sending.recipients import load_recipient

    if email is None:
        day = content.frozen_at.date()
        detail, language = newsletter.detail, newsletter.language
        return Recipient(0, "you@example.org", detail, language, day, "preview")
    with services.database.read() as session:
        return load_recipient(session, newsletter.slug, content.day, email)


def _interests(
    settings: "Settings",
    services: "Services",
    liked: Sequence[str],
    words: Sequence[str],
    authors: Sequence[str],
) -> "Interests | None":
    """What nobody in particular named; None where nothing is."""
    from newsletter import papers
    from newsletter.interests import FollowedAuthor, Interests, LikedPaper
    from newsletter.interests.interest_store import Interest, InterestType, checked

    if not (liked or words or authors):
        return None
    ids = [checked(Interest(InterestType.PAPER, name)).value for name in liked]
    found = [
        papers.find_paper(services.database, services.source, settings, paper_id)
        for paper_id in ids
    ]
    return Interests(
        liked=[
            LikedPaper(paper.title, paper.abstract, paper.id.arxiv_id, paper.categories)
            for paper in found
        ],
        words=[checked(Interest(InterestType.WORD, word)).value for word in words],
        authors=[
            FollowedAuthor(checked(Interest(InterestType.AUTHOR, name)).value) for name in authors
        ],
    )


def _with_picks(
    services: "Services",
    issue_id: int | None,
    mails: "IssueEmails",
    reader: "Recipient",
    named: "Interests | None",
) -> "Recipient":
    """The reader with what came first for them, or would."""
    from dataclasses import replace

    from newsletter.interests import compile_profile
    from newsletter.sending import personal

    if named is not None:
        return replace(reader, picks=personal.choose(mails, reader, compile_profile(named)))
    if not reader.subscriber_id:
        return reader
    with services.database.read() as session:
        return personal.previewed(session, issue_id, mails, reader)


def _shown(content: "IssueContent", mails: "IssueEmails", reader: "Recipient", form: str) -> bytes:
    from newsletter.rendering.markdown import to_markdown

    if form == "markdown":
        return to_markdown(content).encode()
    mail = mails.mail(reader)
    if form == "eml":
        return mail.as_bytes()
    return (mail.html if form == "html" else mail.text).encode()


def _issue_id(services: "Services", content: "IssueContent") -> int | None:
    """The issue's number; None where it is not frozen."""
    from newsletter import issue_days

    with services.database.read() as session:
        issue = issue_days.find_issue(session, content.slug, content.day)
    return None if issue is None else issue.id


def _mails(services: "Services", content: "IssueContent", issue_id: int | None) -> "IssueEmails":
    from newsletter.daily_run import daily

    return daily.issue_emails(services, content, issue_id)


def _live(
    services: "Services",
    content: "IssueContent",
    issue_id: int | None,
    reader: "Recipient",
    email: str | None,
) -> "Flask":
    from dataclasses import replace

    from newsletter.web.preview import LivePreview, create_preview

    def render() -> "Render":
        mails = _mails(services, content, issue_id)
        return lambda detail, language: mails.mail(
            replace(reader, detail=detail, language=language)
        )

    folders = [services.theme.templates] if services.theme.templates else []
    heading = f"{content.title} {content.day}"
    first = (reader.detail, reader.language)
    return create_preview(LivePreview(render, folders), heading, first, email)


def _serve(app: "Flask", port: int, in_browser: bool) -> None:
    from waitress import create_server

    try:
        server = create_server(app, host="127.0.0.1", port=port, threads=2)
    except OSError as error:
        raise NewsletterError(
            f"127.0.0.1:{port} cannot be served: {error.strerror or error}"
        ) from error
    address = f"http://127.0.0.1:{server.effective_port}"
    click.echo(f"{address} (stop with Ctrl-C)", err=True)
    if in_browser:
        click.launch(address)
    server.run()


def _temporary(slug: str, day: date, form: str) -> str:
    from tempfile import mkdtemp

    ending = {"text": "txt", "markdown": "md"}.get(form, form)
    return str(Path(mkdtemp(prefix="newsletter-")) / f"{slug}-{day}.{ending}")
