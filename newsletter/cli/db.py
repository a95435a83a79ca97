"""db: create, upgrade and inspect the database."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import click

from newsletter import machine_clock
from newsletter.cli import options, resources
from newsletter.cli.printing import output
from newsletter.errors import WrongUseError
from newsletter.text import counted


@click.group()
def db() -> None:
    """Create, upgrade and inspect the database."""


@db.command()
@options.with_config
def upgrade(config_file: Path | None) -> None:
    """Bring the tables to this program's version.

    Creates the database where there is none; does nothing where all is well.
    """
    from newsletter import scaffold
    from newsletter.database import schema

    settings = resources.load_settings(config_file)
    scaffold.upgrade(settings)
    click.echo(
        f"{output.without_password(settings.database.url)}: tables of version {schema.head()}"
    )


@db.command()
@options.with_config
def compact(config_file: Path | None) -> None:
    """Write the database anew, without a byte of what was deleted.

    `subscribers erase` does it by itself; after people erased themselves on the web pages, run
    this when convenient, for example every night.
    """
    from newsletter import bootstrap

    settings = resources.load_settings(config_file)
    with bootstrap.open_database(settings) as database:
        database.compact()
    click.echo(f"{output.without_password(settings.database.url)} is compact.")


@db.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@options.with_config
def prune(dry_run: bool, config_file: Path | None) -> None:
    """Turn the deliveries of old, finished issues into numbers.

    Those of issues frozen more than `database.retention_days` (90) ago, but for who bounced,
    complained, failed or is uncertain. What came first for readers is forgotten after 90 days.
    `run`, `serve` and workers do it by themselves, in slices for which nobody waits.
    """
    from newsletter import bootstrap
    from newsletter.sending.records import retention

    settings = resources.load_settings(config_file)
    days, now = timedelta(days=settings.database.retention_days), machine_clock.utc_now()
    with bootstrap.open_database(settings) as database:
        with database.read() as session:
            report = retention.count_prunable(session, days, now)
        if not dry_run:
            with output.progress_bar("pruning", report.deliveries) as step:
                report = retention.prune(database, days, now, step=step)
    what = f"{counted(report.deliveries, 'delivery')} of {counted(report.issues, 'issue')}"
    click.echo(f"{what} would become numbers." if dry_run else f"{what} became numbers.")


@db.command()
@click.argument("url", required=False)
@click.option("--release", is_flag=True, help="Let this database be written again after a copy.")
@options.with_config
def copy(url: str | None, release: bool, config_file: Path | None) -> None:
    """Copy everything into the empty database at URL, to go on from there.

    From SQLite to PostgreSQL, or between any two. Killed, it goes on when it is run again. Numbers,
    keys and what was sent come along, so links in old mails work and nobody is mailed twice. From
    the start of the copy this database refuses to be written (PostgreSQL: others wait for the copy,
    so stop them): what is written here later would be missing there.
    """
    from newsletter import database_copy

    settings = resources.load_settings(config_file)
    if release:
        database_copy.release(settings)
        click.echo(f"{output.without_password(settings.database.url)} can be written again.")
        return
    if url is None:
        raise WrongUseError("name the address of the other database")
    rows = database_copy.copy_database(settings, url, machine_clock.utc_now(), output.progress_bar)
    filled = {name: number for name, number in rows.items() if number}
    output.print_table(("table", "rows"), [*filled.items(), ("all", sum(filled.values()))])
    click.echo(
        "Numbers and checksums of both agree. Now set database.url to"
        f" {output.without_password(url)}, and start everything with it."
    )


@db.command()
@options.with_json
@options.with_config
def status(as_json: bool, config_file: Path | None) -> None:
    """Say which version the tables have.

    Exit code 1 where they need an upgrade, or cannot be reached.
    """
    from newsletter.database import schema
    from newsletter.sending.restore_guard.memory_folders import was_sent_from

    settings = resources.load_settings(config_file)
    version, trouble = schema.state(
        settings.database.url, settings.folder, was_sent_from=partial(was_sent_from, settings)
    )
    url = output.without_password(settings.database.url)
    if as_json:
        wanted = schema.head()
        output.print_json({"url": url, "version": version, "wanted": wanted, "trouble": trouble})
    else:
        click.echo(f"{url}: {trouble or f'tables of version {version}: ready'}")
    click.get_current_context().exit(int(bool(trouble)))
