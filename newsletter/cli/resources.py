"""What commands open: the settings, the database, the running parts."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter import machine_clock
from newsletter.cli.folder_owner import refuse_root_with
from newsletter.cli.printing.output import progress_bar, warn
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from datetime import datetime

    from newsletter.config import Settings
    from newsletter.database.db import Database
    from newsletter.services import Services
    from newsletter.sources.base import Source


def shared_clock(database: "Database") -> "Callable[[], datetime]":
    """The clock of all who take work of that database: leases of several machines go by it."""
    from newsletter.database import server_clock

    return server_clock.shared_clock(database, machine_clock.utc_now)


def load_settings(config_file: Path | None) -> "Settings":
    from newsletter import config

    settings = config.load(config_file)
    refuse_root_with(settings)
    return settings


@contextmanager
def open_services(
    settings: "Settings", source: "Source | None" = None, *, sends: bool = True
) -> Iterator["Services"]:
    """The running parts. A first SIGINT or SIGTERM lets what is on the wire finish."""
    from newsletter import bootstrap

    stop = False

    def ask_to_stop(_signal: int, _frame: object) -> None:
        nonlocal stop
        if stop:
            raise KeyboardInterrupt
        stop = True
        click.echo("newsletter: finishing what is on its way", err=True)

    before = {
        number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        with bootstrap.open_services(
            settings, machine_clock.utc_now, progress_bar, lambda: stop, source, sends=sends
        ) as services:
            _unclear(settings, services.database)
            yield replace(services, clock=shared_clock(services.database))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def open_database(settings: "Settings", *asked: str) -> Iterator["Database"]:
    """The database. Readers whose newsletter is gone are said; `asked` are slugs to tell of.

    Raises:
        NewsletterError: all of `asked` may be another newsletter under a new slug.
    """
    from newsletter import bootstrap

    with bootstrap.open_database(settings) as database:
        refused = _unclear(settings, database)
        lines = [refused[slug] for slug in asked if slug in refused]
        if lines and len(lines) == len(asked):
            raise NewsletterError(lines[0])
        for line in lines:
            warn(line)
        yield database


def _unclear(settings: "Settings", database: "Database") -> dict[str, str]:
    """Say whose newsletter is gone; the newsletters that may be theirs, and what to do."""
    from newsletter import slugs

    with database.read() as session:
        gone = slugs.orphans(session, settings)
        refused = slugs.refused(session, settings, gone)
    context = click.get_current_context(silent=True)
    said: set[str] = context.meta.setdefault(__name__, set()) if context else set()
    for line in gone.values():
        if line not in said:
            said.add(line)
            warn(line)
    return refused
