"""init: a configuration and a database to begin with."""

import os
import sysconfig
from pathlib import Path

import click

from newsletter import languages
from newsletter.cli import common, output


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
@click.option(
    "--systemd",
    "units",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write systemd's units for it there, too; also for a configuration that is there.",
)
@common.with_config
def init(
    categories: tuple[str, ...],
    slug: str,
    title: str,
    language: str,
    sender: str,
    units: Path | None,
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
    if units is not None and file.exists():
        _write_units(units, file)
        return
    settings = scaffold.write_configuration(file, choices, os.environ)
    if units is not None:
        _write_units(units, file)
    click.echo(f"{file} and {output.without_password(settings.database.url)} are ready.")
    click.echo("Next: edit [site] and [transport] there, then")
    click.echo("  newsletter subscribers add you@example.org --consent 'myself'")
    click.echo("  newsletter run --dry-run")


def _write_units(folder: Path, file: Path) -> None:
    from newsletter import systemd

    program = Path(sysconfig.get_path("scripts")) / "newsletter"
    for unit in systemd.write_units(folder, file.absolute(), program):
        click.echo(f"{unit} is ready.")
    click.echo("Next: docs/deploy.md says how they are switched on.")
