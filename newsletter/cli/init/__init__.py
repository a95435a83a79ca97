"""init: a configuration and a database to begin with."""

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from newsletter import languages, machine_clock, paths
from newsletter.cli import options, resources
from newsletter.cli.init.mail import ask_transport, by_options, sender_line
from newsletter.cli.init.questions import ask_all
from newsletter.cli.preview.previewed_issue import mail_page
from newsletter.cli.printing import output
from newsletter.errors import NewsletterError
from newsletter.transports import presets

if TYPE_CHECKING:
    from newsletter.config import Settings

_HERE = "http://127.0.0.1:8000"


@click.command()
@click.option(
    "--category",
    "categories",
    multiple=True,
    metavar="CATEGORY",
    help="An arXiv category to follow; repeatable.  [default: cs.LG]",
)
@click.option(
    "--slug",
    default="daily",
    show_default=True,
    help="The newsletter's name in commands and links.",
)
@click.option(
    "--title", default="arXiv daily", show_default=True, help="The newsletter's name in the mail."
)
@click.option("--language", type=click.Choice(languages.CODES), default="en", show_default=True)
@click.option(
    "--reader", default="", metavar="EMAIL", help="The first reader: you, or who asked you."
)
@click.option(
    "--url",
    help="The address of the pages for readers.  [default: none, for yourself alone; with files"
    " http://127.0.0.1:8000]",
)
@click.option("--postal-address", default="", metavar="TEXT", help="Bulk mail must bear one.")
@click.option(
    "--transport",
    type=click.Choice(list(presets.BY_OPTION)),
    default="files",
    show_default=True,
    help="How mail leaves; its password or key is read from NEWSLETTER_TRANSPORT__PASSWORD or"
    " __API_KEY, and kept in newsletter.env.",
)
@click.option(
    "--server", default="", metavar="HOST[:PORT]", help="The server of smtp; the region of ses."
)
@click.option(
    "--security",
    type=click.Choice(["starttls", "tls", "none"]),
    help="Encryption, where the port of --server does not say it.  [default: starttls]",
)
@click.option(
    "--username", default="", metavar="TEXT", help="The user name of the login; - without a login."
)
@click.option(
    "--sender", metavar="SENDER", help="[default: TITLE <READER>, or <daily@example.org>]"
)
@click.option(
    "--systemd",
    "units",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write systemd's units for it there, too; also for a configuration that is there.",
)
@options.with_config
@click.pass_context
def init(
    context: click.Context,
    categories: tuple[str, ...],
    slug: str,
    title: str,
    language: str,
    reader: str,
    url: str | None,
    postal_address: str,
    transport: str,
    server: str,
    security: str | None,
    username: str,
    sender: str | None,
    units: Path | None,
    config_file: Path | None,
) -> None:
    """Write newsletter.toml and create the database.

    On a terminal, and without options, it asks for what it needs, tries how mail leaves, takes you
    in as the first reader and shows a preview. With options it asks nothing: each stands for a
    question. What is there already is never overwritten.
    """
    from newsletter import config, scaffold, taxonomy
    from newsletter.subscribers.addresses import normalize_address

    file = config_file or Path(config.FILE_NAME)
    if _is_to_ask(context):
        _ask(file)
        return
    if units is not None and file.exists():
        _write_units(units, file, resources.load_settings(file))
        return
    preset = presets.BY_OPTION[transport]
    carrier, secrets = by_options(preset, server, security, username, os.environ)
    is_mailbox = preset.is_own_mailbox and "@" in username
    mailbox = username if is_mailbox else reader or "daily@example.org"
    choices = scaffold.InitOptions(
        name=title,
        sender=sender or sender_line(title, mailbox),
        slug=slug,
        title=title,
        categories=[taxonomy.category(code) for code in categories or ("cs.LG",)],
        language=language,
        url=(_HERE if transport == "files" else "") if url is None else url,
        postal_address=postal_address,
        reader=reader and normalize_address(reader),
        transport=carrier,
        sending=preset.sending,
        secrets=secrets,
    )
    settings = scaffold.write_configuration(file, choices, os.environ, machine_clock.utc_now())
    if units is not None:
        _write_units(units, file, settings)
    database = output.without_password(settings.database.url)
    click.echo(f"{file}, {config.environment_file(file).name} (secrets) and {database} are ready.")
    if reader:
        click.echo(f"{choices.reader} is the first reader.")
    click.echo("Next: look at [site] and [transport] there, then")
    if not reader:
        click.echo("  newsletter subscribers add you@example.org --consent 'myself'")
    click.echo("  newsletter check")
    click.echo("  newsletter run --dry-run")


def _is_to_ask(context: click.Context) -> bool:
    """Whether a person sits there, and said nothing but where."""
    said = (
        name
        for name in context.params
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    )
    return sys.stdin.isatty() and sys.stdout.isatty() and set(said) <= {"config_file"}


def _ask(file: Path) -> None:
    from newsletter import config, scaffold

    try:
        answers = ask_transport(ask_all(file), file)
        settings = scaffold.write_answers(file, answers, os.environ, machine_clock.utc_now())
    except (click.Abort, KeyboardInterrupt):
        raise NewsletterError("stopped; nothing was written") from None
    secrets = config.environment_file(file)
    click.echo(f"\n{file.absolute()}, {secrets.name} (secrets) and the database are ready.")
    click.echo(f"{answers.reader} is the first reader.\n")
    preview_first_mail(settings, answers.reader)
    click.echo("\nNext")
    click.echo("  newsletter check     tries every part")
    click.echo("  newsletter run       the day, once; again does no harm")
    if answers.url:
        click.echo("  newsletter serve     the pages; docs/deploy.md puts HTTPS before them")
    click.echo("  crontab -e           and this line, for every day by itself:")
    place, option = shlex.quote(str(settings.folder)), f" --config {shlex.quote(file.name)}"
    named = "" if file.name == config.FILE_NAME else option
    click.echo(f"    7,37 * * * *  cd {place} && {shlex.join(paths.program())} run{named}")


def preview_first_mail(settings: "Settings", email: str) -> None:
    """The reader's mail of the newest day as a page; where that cannot be had, of the sample."""
    from newsletter.sources import bundled

    newsletter = settings.newsletters[0]
    seconds = round(settings.source.page_interval_s) * (1 + len(newsletter.categories))
    click.echo(f"Fetching the newest day for a first look; arXiv wants it slow, about {seconds} s.")
    click.echo("Ctrl-C twice skips this ...")
    try:
        _ask_arxiv_once(settings)
        with resources.open_services(settings, sends=False) as services:
            page = mail_page(services, newsletter, email)
    except (NewsletterError, KeyboardInterrupt) as error:
        click.echo(f"  {error or 'skipped'}")
        click.echo("  Here is the day that ships with the program instead:")
        sample = newsletter.model_copy(update={"categories": bundled.CATEGORIES})
        with resources.open_services(settings, bundled.BundledDay(), sends=False) as services:
            page = mail_page(services, sample, email)
    file = settings.folder / "preview.html"
    file.touch(mode=0o600)  # a mail bears links that act for its reader
    file.write_text(page, encoding="utf-8")
    click.echo(f"  {file.as_uri()}")


def _ask_arxiv_once(settings: "Settings") -> None:
    """Whether there is a network: a whole day would be tried for minutes.

    Raises:
        NewsletterError: arXiv does not answer from here.
    """
    from newsletter import bootstrap
    from newsletter.finding import Severity

    for finding in bootstrap.load_source(settings).check_health(settings, machine_clock.utc_now()):
        if finding.level is Severity.TROUBLE:
            raise NewsletterError(finding.text)


def _write_units(folder: Path, file: Path, settings: "Settings") -> None:
    from newsletter import systemd

    config = file.absolute()
    for unit in systemd.write_units(folder, settings, config, paths.program()):
        click.echo(f"{unit} is ready.")
    for hint in systemd.hints(settings, config):
        click.echo(hint)
    click.echo("Next: docs/deploy.md says how they are switched on.")
