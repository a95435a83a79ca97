"""preview: what a reader would get."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli import common
from newsletter.errors import NewsletterError, WrongUseError

if TYPE_CHECKING:
    from newsletter.config import NewsletterSettings
    from newsletter.daily import Parts
    from newsletter.rendering.content import Digest
    from newsletter.rendering.mails import Reader

_FORMATS = ("html", "text", "eml", "markdown")


@click.command()
@common.with_slug
@common.with_day
@click.option("--as", "email", metavar="EMAIL", help="As this subscriber gets it.")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="html", show_default=True)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it there.",
)
@click.option("--open", "in_browser", is_flag=True, help="Open it in the browser.")
@common.with_config
def preview(
    slug: str | None,
    day: date | None,
    email: str | None,
    form: str,
    output: Path | None,
    in_browser: bool,
    config_file: Path | None,
) -> None:
    """Show an issue exactly as it is sent.

    Byte for byte; keeps nothing and sends nothing. A day that has no issue yet is fetched and
    composed for the purpose.
    """
    settings = common.load(config_file)
    newsletter = settings.newsletter(slug)
    with common.opened(settings, sends=False) as parts:
        digest = _digest(parts, newsletter, day)
        reader = _reader(parts, newsletter, digest, email)
        content = _shown(parts, digest, reader, form)
    if output is None and in_browser:
        output = Path(click.format_filename(_temporary(newsletter.slug, digest.day, form)))
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise WrongUseError(f"{output} cannot be written: {error.strerror}") from error
    click.echo(f"{output}: {len(content):,} bytes", err=True)
    if in_browser:
        click.launch(str(output))


def _digest(parts: "Parts", newsletter: "NewsletterSettings", day: date | None) -> "Digest":
    from newsletter import assembly, completeness, daily, issues

    now = parts.clock()
    wanted = day or parts.source.current_day(now)
    with parts.database.read() as session:
        issue = issues.find(session, newsletter.slug, wanted)
        if issue is not None:
            return issues.load(session, issue)
    with assembly.rehearsal(parts) as copy:
        rows = daily.fetch(copy, newsletter, wanted)
        with copy.database.read() as session:
            digest = issues.compose(session, newsletter, wanted, parts.summarizer, now)
    if not digest.entries:
        waiting = completeness.waiting(rows, wanted, now, parts.patience)
        raise NewsletterError(waiting or f"{wanted}: {completeness.nothing(rows)}")
    return digest


def _reader(
    parts: "Parts", newsletter: "NewsletterSettings", digest: "Digest", email: str | None
) -> "Reader":
    """The subscriber, or somebody who might be one."""
    from newsletter.delivery import accounts
    from newsletter.rendering.mails import Reader

    if email is None:
        day = digest.frozen_at.date()
        detail, language = newsletter.detail, newsletter.language
        return Reader(0, "you@example.org", detail, language, day, "preview")
    with parts.database.read() as session:
        return accounts.reader(session, newsletter.slug, digest.day, email)


def _shown(parts: "Parts", digest: "Digest", reader: "Reader", form: str) -> bytes:
    from newsletter.rendering.mails import IssueMails
    from newsletter.rendering.markdown import markdown

    if form == "markdown":
        return markdown(digest).encode()
    mail = IssueMails(digest, parts.site, parts.links, parts.looks).mail(reader)
    if form == "eml":
        return mail.as_bytes()
    return (mail.html if form == "html" else mail.text).encode()


def _temporary(slug: str, day: date, form: str) -> str:
    from tempfile import mkdtemp

    ending = {"text": "txt", "markdown": "md"}.get(form, form)
    return str(Path(mkdtemp(prefix="newsletter-")) / f"{slug}-{day}.{ending}")
