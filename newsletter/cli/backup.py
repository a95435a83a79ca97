"""backup: a copy of the database while everything runs."""

from pathlib import Path

import click

from newsletter.cli import common


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@common.with_config
def backup(file: Path, config_file: Path | None) -> None:
    """Copy the database into a new FILE.

    Consistent, while everything runs. Only you can read it: it holds addresses. The configuration
    with its secret keys is not in it; keep that too.
    """
    from newsletter import backup as copies

    copies.back_up(common.load(config_file), file)
    click.echo(f"{file}: {file.stat().st_size:,} bytes; `newsletter restore` brings it back.")
