"""backup: a copy of the database while everything runs."""

from pathlib import Path

import click

from newsletter.cli import options, resources


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@options.with_config
def backup(file: Path, config_file: Path | None) -> None:
    """Copy the database into a new FILE.

    Consistent, while everything runs. Only you can read it: it holds addresses. The configuration
    with its secret keys is not in it; keep that too.
    """
    from newsletter import backup as copies

    copies.back_up(resources.load_settings(config_file), file)
    click.echo(f"{file}: {file.stat().st_size:,} bytes; `newsletter restore` brings it back.")
