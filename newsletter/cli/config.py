"""config: the settings in force, and single ones changed."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from newsletter.cli import options, resources
from newsletter.cli.printing import output
from newsletter.errors import WrongUseError

_HIDDEN = "*" * 10


@click.group()
def config() -> None:
    """Show the settings in force, or change single ones."""


@config.command("show")
@options.with_json
@options.with_config
def config_show(as_json: bool, config_file: Path | None) -> None:
    """Print every setting as it is after file and environment; secrets are hidden."""
    settings = resources.load_settings(config_file).model_dump(mode="json")
    hide_passwords(settings)
    if as_json:
        output.print_json(settings)
        return
    rows: list[tuple[str, object]] = []
    output.flatten("", settings, rows)
    output.print_table(("setting", "value"), rows)


@config.command("set")
@click.argument("key")
@click.argument("value", required=False)
@options.with_config
def config_set(key: str, value: str | None, config_file: Path | None) -> None:
    """Set KEY, such as site.name, to VALUE; comments and order stay.

    A newsletter's by its slug: newsletters.speech.title. Several values with commas. A secret is
    asked for where VALUE is left out, or read from standard input, and goes to newsletter.env.
    """
    from newsletter.config import find_file
    from newsletter.config.editing import ConfigurationFile

    file = ConfigurationFile(find_file(config_file), os.environ)
    if value is None:
        value = _secret(key, is_one=file.is_secret(key))
    place = file.set(key, value)
    click.echo(f"{key} is set in {place}.")
    _warn_overridden(key, file.overriding(key, os.environ))


@config.command("unset")
@click.argument("key")
@options.with_config
def config_unset(key: str, config_file: Path | None) -> None:
    """Take KEY out of the configuration, so that it is as it is by itself."""
    from newsletter.config import find_file
    from newsletter.config.editing import ConfigurationFile

    file = ConfigurationFile(find_file(config_file), os.environ)
    file.unset(key)
    click.echo(f"{key} is not set any more.")
    _warn_overridden(key, file.overriding(key, os.environ))


@config.command("give-up-key")
@click.argument("day", type=options.Day(), metavar="YYYY-MM-DD")
@options.with_config
def give_up_key(day: date, config_file: Path | None) -> None:
    """Say that a secret key is away on purpose, as after others knew it.

    The key of site.secret_keys that signed from that day on; `check` names it. It is no trouble any
    more. Links that it signed stay dead, and answer what to do instead.
    """
    from newsletter.subscribers import health

    settings = resources.load_settings(config_file)
    with resources.open_database(settings) as database, database.write.begin() as session:
        number = health.give_up_keys(settings, session, day)
    if not number:
        raise WrongUseError(f"no key that is away signed from {day} on; see `newsletter check`")
    click.echo(f"The key that signed from {day} on is given up.")


def _secret(key: str, *, is_one: bool) -> str:
    if not is_one:
        raise WrongUseError(f"give a value: newsletter config set {key} VALUE")
    if sys.stdin.isatty():
        return str(click.prompt(f"{key} (what you type is not shown)", hide_input=True))
    return sys.stdin.readline().strip()


def _warn_overridden(key: str, variable: str) -> None:
    if variable:
        output.warn(f"{variable} in the environment is what counts for {key}")


def hide_passwords(settings: dict[str, Any]) -> None:
    """Secrets are stars already; a database's address and a plug-in's options can hold some."""
    settings["database"]["url"] = output.without_password(settings["database"]["url"])
    for part in ("source", "summarizer", "transport"):
        settings[part]["options"] = dict.fromkeys(settings[part]["options"], _HIDDEN)
