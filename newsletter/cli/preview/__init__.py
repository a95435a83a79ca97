"""preview: what a reader would get."""

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import click

from newsletter.cli import options, resources
from newsletter.cli.preview.previewed_issue import (
    content_of,
    emails_of,
    find_issue_id,
    find_reader,
    named_interests,
    with_picks,
)
from newsletter.errors import NewsletterError, WrongUseError

if TYPE_CHECKING:
    from flask import Flask

    from newsletter.rendering.issue_content import IssueContent
    from newsletter.rendering.issue_email import IssueEmails
    from newsletter.rendering.recipient import Recipient
    from newsletter.services import Services
    from newsletter.web.preview import Render

_FORMATS = ("html", "text", "eml", "markdown")


@click.command()
@options.with_slug
@options.with_day
@click.option("--as", "email", metavar="EMAIL", help="Show the mail as this subscriber gets it.")
@click.option(
    "--liked",
    multiple=True,
    metavar="ID",
    help="Show it as for somebody who likes this paper; repeatable.",
)
@click.option("--word", "words", multiple=True, help="As --liked, for this word or phrase.")
@click.option("--author", "authors", multiple=True, help="As --liked, for this author.")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="html", show_default=True)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to this file.",
)
@click.option("--open", "in_browser", is_flag=True, help="Open the mail in the browser.")
@click.option(
    "--serve",
    "live",
    is_flag=True,
    help="Serve a live page: desktop, phone, dark and text, again whenever a template changes.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Where --serve listens, on this machine only.  [default: any that is free]",
)
@options.with_config
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
    settings = resources.load_settings(config_file)
    newsletter = options.chosen_newsletter(settings, slug)
    with resources.open_services(settings, sends=False) as services:
        named = named_interests(settings, services, liked, words, authors)
        content = content_of(services, newsletter, day)
        issue_id = find_issue_id(services, content)
        mails = emails_of(services, content, issue_id)
        reader = find_reader(services, newsletter, content, email)
        reader = with_picks(services, issue_id, mails, reader, named)
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


def _shown(content: "IssueContent", mails: "IssueEmails", reader: "Recipient", form: str) -> bytes:
    from newsletter.rendering.markdown import to_markdown

    if form == "markdown":
        return to_markdown(content).encode()
    mail = mails.mail(reader)
    if form == "eml":
        return mail.as_bytes()
    return (mail.html if form == "html" else mail.text).encode()


def _live(
    services: "Services",
    content: "IssueContent",
    issue_id: int | None,
    reader: "Recipient",
    email: str | None,
) -> "Flask":
    from newsletter.web.preview import LivePreview, create_preview

    def render() -> "Render":
        mails = emails_of(services, content, issue_id)
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
    ending = {"text": "txt", "markdown": "md"}.get(form, form)
    return str(Path(mkdtemp(prefix="newsletter-")) / f"{slug}-{day}.{ending}")
