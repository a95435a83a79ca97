"""config: the settings in force."""

from pathlib import Path
from typing import Any

import click

from newsletter.cli import common, output

_HIDDEN = "*" * 10


@click.group()
def config() -> None:
    """Show the settings in force."""


@config.command("show")
@common.with_json
@common.with_config
def config_show(as_json: bool, config_file: Path | None) -> None:
    """Print every setting as it is after file and environment; secrets are hidden."""
    settings = common.load(config_file).model_dump(mode="json")
    hide_passwords(settings)
    if as_json:
        output.print_json(settings)
        return
    rows: list[tuple[str, object]] = []
    output.flatten("", settings, rows)
    output.print_table(("setting", "value"), rows)


def hide_passwords(settings: dict[str, Any]) -> None:
    """Secrets are stars already; a database's address and a plug-in's options can hold some."""
    settings["database"]["url"] = output.without_password(settings["database"]["url"])
    for part in ("source", "summarizer", "transport"):
        settings[part]["options"] = dict.fromkeys(settings[part]["options"], _HIDDEN)
