"""run, fetch, send: the steps of a day."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import common, output
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from newsletter.config import NewsletterSettings, Settings
    from newsletter.daily import Services


@click.command()
@common.with_slug
@common.with_day
@click.option(
    "--dry-run", is_flag=True, help="Do it all, but keep nothing, send nothing, pay for nothing."
)
@common.with_json
@common.with_config
def run(
    slug: str | None, day: date | None, dry_run: bool, as_json: bool, config_file: Path | None
) -> None:
    """Do everything today needs.

    Fetch, summarize, freeze the issue and send it once, for one newsletter or, without SLUG, for
    all. Safe from cron, as often as you like: what is done is not done again. Exit code 1 when
    something could not be done; run it again later.
    """
    from newsletter import daily

    settings = common.load(config_file)
    told: list[dict[str, Any]] | None = [] if as_json else None

    def one(newsletter: "NewsletterSettings") -> bool:
        *left_over, newest = [day] if day else daily.open_days(services, newsletter)
        run_day = partial(_run_day, services, newsletter, dry_run, told)
        done = [_try_day(run_day, newsletter.slug, missed_day) for missed_day in left_over]
        try:
            return run_day(newest) and all(done)
        finally:
            output.tell_missed(newsletter.slug, [] if day else daily.missed(services, newsletter))

    with common.opened(settings) as services:
        done = each_newsletter(settings, slug, one)
        if not dry_run:
            done = _empty_outbox(settings, services) and done
    if told is not None:
        common.print_json(told)
    click.get_current_context().exit(0 if done else 1)


def _empty_outbox(settings: "Settings", services: "Services") -> bool:
    """Send the confirm mails and the like that a `serve` left behind; whether none is left."""
    from newsletter import bootstrap

    letters = bootstrap.outbox_worker(
        settings, services.database, services.clock, services.stopping
    ).run_once()
    if letters.waiting:
        common.warn(f"letters wait for the next run: {letters.waiting}")
    return not letters.waiting


def _run_day(
    services: "Services",
    newsletter: "NewsletterSettings",
    dry_run: bool,
    told: list[dict[str, Any]] | None,
    day: date,
) -> bool:
    """Run a day, or rehearse it, and tell of it; whether nothing of it is open."""
    from newsletter import bootstrap, daily

    with bootstrap.rehearsal(services) if dry_run else nullcontext(services) as used:
        report = daily.run_day(used, newsletter, day)
    if told is None:
        output.tell_day(newsletter, report, used.allowance.prices, rehearsed=dry_run)
    else:
        told.append(output.day_as_json(newsletter, report, used.allowance.prices))
    result = report.result
    return result is None or result.account.balances or result.stopped


def _try_day(run_day: Callable[[date], bool], slug: str, day: date) -> bool:
    """The same for a day that was left over: trouble with it does not hold back the newest."""
    try:
        return run_day(day)
    except NewsletterError as error:
        common.warn(f"{slug} {day}: {error}")
        return False


@click.command()
@common.with_slug
@common.with_day
@click.option(
    "--from-file",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A saved listing page, feed, API or OAI answer, instead of the network; repeatable.",
)
@common.with_json
@common.with_config
def fetch(
    slug: str | None,
    day: date | None,
    files: tuple[Path, ...],
    as_json: bool,
    config_file: Path | None,
) -> None:
    """Fetch and keep what arXiv announced.

    Says of each category how many papers there are and whether that is all of them.
    """
    from newsletter import daily
    from newsletter.sources.from_files import SavedFiles

    settings = common.load(config_file)
    told: list[dict[str, Any]] = []

    def one(newsletter: "NewsletterSettings") -> bool:
        wanted = day or services.source.current_day(services.clock())
        rows = daily.fetch(services, newsletter, wanted, again=bool(files))
        for row in rows:
            known = output.listing(services, row)
            told.append(known)
            if not as_json:
                click.echo(output.listing_line(row, known))
        unsaid = set(newsletter.categories) - {row.category for row in rows}
        for category in sorted(unsaid):
            common.warn(f"nothing here says what {category} announced on {wanted}")
        return not unsaid and all(row.state in output.SETTLED for row in rows)

    source = SavedFiles(files) if files else None
    with common.opened(settings, source, sends=False) as services:
        done = each_newsletter(settings, slug, one)
    if as_json:
        common.print_json(told)
    click.get_current_context().exit(0 if done else 1)


@click.command()
@common.with_slug
@common.with_day
@click.option("--late", is_flag=True, help="Also an issue that is held for its age.")
@click.option(
    "--restored",
    is_flag=True,
    help="The database comes from a copy: what may have been sent since is uncertain.",
)
@common.with_config
def send(
    slug: str | None, day: date | None, late: bool, restored: bool, config_file: Path | None
) -> None:
    """Deliver what is still pending of an issue.

    Of the newest one, or that of --day. Nobody gets it twice. Tries at once, also where `run` is
    pausing for a provider in trouble.
    """
    from newsletter import daily, issues
    from newsletter.sending.context import Override

    settings = common.load(config_file)

    def one(newsletter: "NewsletterSettings") -> bool:
        with services.database.read() as session:
            issue = issues.get_issue(session, newsletter.slug, day)
        if restored:
            number = daily.admit_restored(services, issue.id)
            common.warn(f"{newsletter.slug} {issue.day}: {number} are uncertain now")
        content = daily.load_frozen_issue(services, issue.id)
        result = daily.send_frozen_issue(
            services, issue.id, content, Override(late=late, paused=True)
        )
        report = daily.DayReport(issue.day, content, None, result)
        output.tell_day(newsletter, report, services.allowance.prices)
        return result.account.balances or result.stopped

    with common.opened(settings) as services:
        done = each_newsletter(settings, slug, one)
    click.get_current_context().exit(0 if done else 1)


def each_newsletter(
    settings: "Settings", slug: str | None, one: Callable[["NewsletterSettings"], bool]
) -> bool:
    """Every newsletter, or the one named; trouble with one does not keep the others waiting."""
    chosen = [settings.newsletter(slug)] if slug else list(settings.newsletters)
    done = True
    for newsletter in chosen:
        try:
            done = one(newsletter) and done
        except NewsletterError as error:
            if len(chosen) == 1:
                raise
            common.warn(f"{newsletter.slug}: {error}")
            done = False
    return done
