"""run: everything that today needs."""

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
    settings = common.load(config_file)
    days_as_json: list[dict[str, Any]] | None = [] if as_json else None
    with common.opened(settings) as services:
        run_newsletter = partial(_run_newsletter, services, dry_run, days_as_json, day)
        done = common.for_each_newsletter(settings, slug, run_newsletter)
        if not dry_run:
            done = _empty_outbox(settings, services) and done
    if days_as_json is not None:
        output.print_json(days_as_json)
    click.get_current_context().exit(0 if done else 1)


def _run_newsletter(
    services: "Services",
    dry_run: bool,
    days_as_json: list[dict[str, Any]] | None,
    day: date | None,
    newsletter: "NewsletterSettings",
) -> bool:
    """Run the day, or the newest and those left over; whether nothing is open."""
    from newsletter import daily

    *left_over, newest = [day] if day else daily.open_days(services, newsletter)
    run_day = partial(_run_day, services, newsletter, dry_run, days_as_json)
    done = [_try_day(run_day, newsletter.slug, missed_day) for missed_day in left_over]
    try:
        return run_day(newest) and all(done)
    finally:
        output.warn_missed(newsletter.slug, [] if day else daily.missed(services, newsletter))


def _empty_outbox(settings: "Settings", services: "Services") -> bool:
    """Send the confirm mails and the like that a `serve` left behind; whether none is left."""
    from newsletter import bootstrap

    outcome = bootstrap.outbox_worker(
        settings, services.database, services.clock, services.stopping
    ).run_once()
    if outcome.waiting:
        common.warn(f"letters wait for the next run: {outcome.waiting}")
    return not outcome.waiting


def _run_day(
    services: "Services",
    newsletter: "NewsletterSettings",
    dry_run: bool,
    days_as_json: list[dict[str, Any]] | None,
    day: date,
) -> bool:
    """Run a day, or rehearse it, and print what came of it; whether nothing of it is open."""
    from newsletter import bootstrap, daily

    with bootstrap.rehearsal(services) if dry_run else nullcontext(services) as used:
        report = daily.run_day(used, newsletter, day)
    if days_as_json is None:
        output.print_day(newsletter, report, used.llm_budget.prices, rehearsed=dry_run)
    else:
        days_as_json.append(output.day_as_json(newsletter, report, used.llm_budget.prices))
    result = report.result
    return result is None or result.account.balances or result.stopped


def _try_day(run_day: Callable[[date], bool], slug: str, day: date) -> bool:
    """The same for a day that was left over: trouble with it does not hold back the newest."""
    try:
        return run_day(day)
    except NewsletterError as error:
        common.warn(f"{slug} {day}: {error}")
        return False
