"""rename: another slug for a newsletter, with everything that hangs on it."""

from pathlib import Path

import click

from newsletter import machine_clock
from newsletter.cli import options, resources
from newsletter.cli.printing import output
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.text import counted


@click.command()
@click.argument("old")
@click.argument("new")
@options.with_json
@options.with_config
def rename(old: str, new: str, as_json: bool, config_file: Path | None) -> None:
    """Give a newsletter another slug.

    Its readers, issues, pages and feeds go along, in one transaction, and the configuration says so
    too. Links in old mails keep working: pages lead on to the new address. Safe to repeat: what was
    interrupted is finished. Exit code 1 where you must change the configuration by hand.
    """
    from newsletter import bootstrap, config, slugs
    from newsletter.config import editing

    settings = resources.load_settings(config_file)
    config.check_slug(settings, new)
    configured = {newsletter.slug for newsletter in settings.newsletters}
    if old == new:
        raise WrongUseError(f"{old!r} is called so already")
    if {old, new} <= configured:
        raise WrongUseError(
            f"{new!r} is taken: the configuration has both. If they are one newsletter, take the"
            f" table of {new!r} out of {config.find_file(config_file)} and type this again;"
            " if they are two, choose another slug"
        )
    if not {old, new} & configured:
        raise WrongUseError(f"the configuration has neither {old!r} nor {new!r}")
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        done = slugs.of_today(session, [old]) == [new]
        refused = slugs.refused(session, settings, slugs.orphans(session, settings))
        if old in refused and not done:
            raise WrongUseError(refused[old])
        moved = None if done else slugs.rename(session, old, new, machine_clock.utc_now())
    file = config.find_file(config_file)
    edited = old in configured and editing.change_slug(file, old, new)
    if as_json:
        counts = vars(moved) if moved else {"readers": 0, "issues": 0}
        output.print_json({"renamed": moved is not None, **counts, "edited": edited})
    elif moved is None:
        click.echo(f"{old!r} is called {new!r} already.")
    else:
        click.echo(
            f"{old} is {new} now: {counted(moved.readers, 'reader')},"
            f" {counted(moved.issues, 'issue')}."
        )
    if old in configured and not edited:
        raise NewsletterError(
            f"write slug = {new!r} for {old!r} into {file} yourself, or where it is set; until then"
            " `run` does not mail it"
        )
    if not as_json and moved is not None:
        if edited:
            click.echo(f"{file} says so; cron, containers and proxies that name {old} do not yet.")
        click.echo("New mails bear the new name in List-Id, by which some readers sort their mail.")
