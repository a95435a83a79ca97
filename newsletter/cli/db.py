"""db: create, upgrade and inspect the database."""

from pathlib import Path

import click

from newsletter.cli import common, output


@click.group()
def db() -> None:
    """Create, upgrade and inspect the database."""


@db.command()
@common.with_config
def upgrade(config_file: Path | None) -> None:
    """Bring the tables to this program's version.

    Creates the database where there is none; does nothing where all is well.
    """
    from newsletter import scaffold, schema

    settings = common.load(config_file)
    scaffold.upgrade(settings)
    click.echo(
        f"{output.without_password(settings.database.url)}: tables of version {schema.head()}"
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
    from newsletter import schema

    settings = common.load(config_file)
    file = database.sqlite_file(settings.database.url, settings.folder)
    version = None
    if file is None or file.exists():
        opened = database.connect(settings.database.url, settings.folder)
        version = schema.revision(opened)
        opened.dispose()
    needed = schema.head()
    url = output.without_password(settings.database.url)
    if as_json:
        output.print_json({"url": url, "version": version, "wanted": needed})
    else:
        is_ready = version == needed
        state = f"version {version}: ready" if is_ready else schema.describe_version(version)
        click.echo(f"{url}: tables of {state}")
    if version != needed:
        click.get_current_context().exit(1)
