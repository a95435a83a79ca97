"""The options and arguments that commands share; the newsletters that SLUG names."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newsletter.cli.folder_owner import refuse_root_for
from newsletter.errors import NewsletterError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.config import NewsletterSettings, Settings

Command = TypeVar("Command", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    name = "day"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day; write it like 2025-07-11", param, ctx)


def with_config(command: Command) -> Command:
    def look(_context: click.Context, _option: click.Parameter, file: Path | None) -> Path | None:
        from newsletter import config

        refuse_root_for(config.find_file(file).absolute())
        return file

    return click.option(
        "--config",
        "config_file",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        callback=look,
        help="The configuration.  [default: NEWSLETTER_CONFIG, else newsletter.toml]",
    )(command)


def with_day(command: Command) -> Command:
    return click.option(
        "--day", type=Day(), metavar="YYYY-MM-DD", help="Take this day instead of the newest."
    )(command)


def with_json(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")(command)


with_slug = click.argument("slug", required=False)


def chosen_newsletter(settings: "Settings", slug: str | None) -> "NewsletterSettings":
    """The newsletter of that slug; without one, the first.

    Raises:
        WrongUseError: the configuration has none; where the database knows of it, with what to do.
    """
    try:
        return settings.newsletter(slug)
    except WrongUseError as error:
        told = _told_of(settings, str(slug))
        raise (WrongUseError(told) if told else error) from None


def _told_of(settings: "Settings", slug: str) -> str | None:
    """The database's knowledge of a slug that is not configured."""
    from newsletter import bootstrap, slugs

    try:
        with bootstrap.open_database(settings) as database, database.read() as session:
            (today,) = slugs.of_today(session, [slug])
            if today != slug:
                return f"{slug!r} is called {today!r} now"
            return slugs.orphans(session, settings).get(slug)
    except NewsletterError:
        return None


def chosen_newsletters(settings: "Settings", slug: str | None) -> "Sequence[NewsletterSettings]":
    """The one of that slug; without one, all."""
    return [chosen_newsletter(settings, slug)] if slug else settings.newsletters
