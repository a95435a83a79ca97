"""init, demo, config, db."""

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter import languages
from newsletter.cli import common, output

if TYPE_CHECKING:
    from newsletter.config import Settings


@click.command()
@click.argument("folder", metavar="[DIR]", default="demo", type=click.Path(path_type=Path))
def demo(folder: Path) -> None:
    """Run one real arXiv day, end to end.

    Needs no network and no account. Writes a configuration, a database and three example
    subscribers into DIR (default: demo), runs
    the bundled day (11 July 2025, cs.SD and eess.SP) and puts the mails into DIR/outbox.
    """
    from newsletter import daily, scaffold
    from newsletter.rendering.issue_email import IssueEmails

    settings = scaffold.write_demo(folder, common.utc_now())
    newsletter = settings.newsletters[0]
    with common.opened(settings) as services:
        report = daily.run_day(services, newsletter, None)
        page = folder / f"{newsletter.slug}-{report.day}.html"
        if report.content is not None:
            mails = IssueEmails(report.content, services.site, services.links, services.theme)
            page.write_text(mails.page("brief", newsletter.language), encoding="utf-8")
    output.tell_day(newsletter, report, services.allowance.prices)
    _tell_where(folder, settings, page)


def _tell_where(folder: Path, settings: "Settings", page: Path) -> None:
    outbox = settings.folder / settings.transport.directory
    click.echo("\nLook at")
    click.echo(f"  {page}   the issue, in a browser")
    for mail in sorted(outbox.glob("*.eml")):
        click.echo(f"  {folder / outbox.name / mail.name}")
    click.echo(
        "  (a mail a subscriber: every abstract, brief, titles only; any mail program opens them)"
    )
    program = _program()
    chosen = f"--config {folder / 'newsletter.toml'}"
    click.echo("\nType next")
    click.echo(f"  {program} run {chosen}   again: nobody gets it twice")
    click.echo(f"  {program} deliveries list {chosen}")
    click.echo(f"  {program} init   to start your own")


def _program() -> str:
    """This program as one types it here."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return "python -m newsletter"
    return called.name if shutil.which(called.name) == str(called) else str(called)


@click.command()
@click.option(
    "--category",
    "categories",
    multiple=True,
    metavar="CATEGORY",
    help="To follow; repeatable.  [default: cs.LG]",
)
@click.option(
    "--slug",
    default="daily",
    show_default=True,
    help="The newsletter's name in commands and links.",
)
@click.option("--title", default="arXiv daily", show_default=True, help="Its name in the mail.")
@click.option("--language", type=click.Choice(languages.CODES), default="en", show_default=True)
@click.option("--sender", default="arXiv daily <daily@example.org>", show_default=True)
@common.with_config
def init(
    categories: tuple[str, ...],
    slug: str,
    title: str,
    language: str,
    sender: str,
    config_file: Path | None,
) -> None:
    """Write newsletter.toml and create the database.

    The configuration bears a fresh secret. What is there already is never overwritten.
    """
    from newsletter import config, scaffold, taxonomy

    followed = [taxonomy.category(code) for code in categories or ("cs.LG",)]
    choices = scaffold.InitOptions(
        name=title, sender=sender, slug=slug, title=title, categories=followed, language=language
    )
    file = config_file or Path(config.FILE_NAME)
    settings = scaffold.write_configuration(file, choices, os.environ)
    click.echo(f"{file} and {output.without_password(settings.database.url)} are ready.")
    click.echo("Next: edit [site] and [transport] there, then")
    click.echo("  newsletter subscribers add you@example.org --consent 'myself'")
    click.echo("  newsletter run --dry-run")


@click.group()
def config() -> None:
    """Show the settings in force."""


@config.command("show")
@common.with_json
@common.with_config
def config_show(as_json: bool, config_file: Path | None) -> None:
    """Print every setting as it is after file and environment; secrets are hidden."""
    settings = common.load(config_file).model_dump(mode="json")
    output.hide_passwords(settings)
    if as_json:
        common.print_json(settings)
        return
    rows: list[tuple[str, object]] = []
    output.flatten("", settings, rows)
    common.print_table(("setting", "value"), rows)


@click.group()
def db() -> None:
    """Create, upgrade and inspect the database."""


@db.command()
@common.with_config
def upgrade(config_file: Path | None) -> None:
    """Bring the tables to this program's version.

    Creates the database where there is none; does nothing where all is well.
    """
    from newsletter import db as database
    from newsletter import scaffold

    settings = common.load(config_file)
    scaffold.upgrade(settings)
    click.echo(
        f"{output.without_password(settings.database.url)}: tables of version {database.head()}"
    )


@db.command()
@common.with_config
def compact(config_file: Path | None) -> None:
    """Write the database anew, without a byte of what was deleted.

    `subscribers erase` does it by itself; after people erased themselves on the web pages, run
    this when convenient, for example every night.
    """
    from newsletter import bootstrap

    settings = common.load(config_file)
    with bootstrap.open_database(settings) as database:
        database.compact()
    click.echo(f"{output.without_password(settings.database.url)} is compact.")


@db.command()
@common.with_json
@common.with_config
def status(as_json: bool, config_file: Path | None) -> None:
    """Say which version the tables have.

    Exit code 1 where they need an upgrade.
    """
    from newsletter import db as database

    settings = common.load(config_file)
    file = database.sqlite_file(settings.database.url, settings.folder)
    found = None
    if file is None or file.exists():
        opened = database.connect(settings.database.url, settings.folder)
        found = database.revision(opened)
        opened.dispose()
    wanted = database.head()
    url = output.without_password(settings.database.url)
    if as_json:
        common.print_json({"url": url, "version": found, "wanted": wanted})
    else:
        state = "ready" if found == wanted else "run `newsletter db upgrade`"
        click.echo(f"{url}: version {found or 'none'}, wanted {wanted}: {state}")
    if found != wanted:
        click.get_current_context().exit(1)
