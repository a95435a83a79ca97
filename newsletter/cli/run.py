"""run: everything that today needs."""

from contextlib import contextmanager, nullcontext
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter import machine_clock
from newsletter.cli import options, resources
from newsletter.cli.printing import day_output, output
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newsletter.config import NewsletterSettings, Settings
    from newsletter.daily_run.catch_up import Days
    from newsletter.services import Services


@click.command()
@options.with_slug
@options.with_day
@click.option(
    "--dry-run", is_flag=True, help="Do it all, but keep nothing, send nothing, pay for nothing."
)
@options.with_json
@options.with_config
def run(
    slug: str | None, day: date | None, dry_run: bool, as_json: bool, config_file: Path | None
) -> None:
    """Do everything today needs.

    Fetch, summarize, freeze the issue and send it once, for one newsletter or, without SLUG, for
    all. Safe from cron, as often as you like: what is done is not done again. Exit code 1 when
    something could not be done, or a model was asked about ten papers or more, most of them in
    vain, or about fewer and nothing usable came; run it again later.
    With --day, arXiv is also asked for what that day's issue lacks.
    """
    from newsletter.daily_run import rounds
    from newsletter.health import alarm

    settings = resources.load_settings(config_file)
    days_as_json: list[dict[str, Any]] | None = [] if as_json else None
    watching = (
        nullcontext(alarm.Outcome()) if dry_run else alarm.watching(settings, machine_clock.utc_now)
    )
    with watching as outcome, resources.open_services(settings) as services:
        outcome.warnings, outcome.database = output.warnings(), services.database
        run_newsletter = partial(_run_newsletter, services, dry_run, days_as_json, day)
        with nullcontext() if dry_run else _finishing_failed_run(settings, services):
            if not dry_run:
                _take_in(settings, services)
            chosen = options.chosen_newsletters(settings, slug)
            done = rounds.for_each_mailed(settings, services, chosen, run_newsletter, output.warn)
        if not dry_run:
            done = _finish(settings, services) and done
        outcome.is_done = done and not services.stopping()
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
    from newsletter import bootstrap
    from newsletter.daily_run import rounds

    with bootstrap.rehearsal(services) if dry_run else nullcontext(services) as used:
        run_days = partial(_run_days, used, newsletter, dry_run, days_as_json)
        if day is None:
            return rounds.run_open_days(used, newsletter, run_days, output.warn)
        from newsletter.daily_run import completion

        completed = completion.complete_issue(used, newsletter, day)
        if completed:
            output.warn(f"{newsletter.slug}: {completed}")
        return run_days((day,), None)


def _take_in(settings: "Settings", services: "Services") -> None:
    """Before anything is mailed, so that what somebody liked or complained of since acts on it."""
    from newsletter.feedback import webhook_queue
    from newsletter.interests import named_papers

    database, now = services.database, services.clock()
    named_papers.fetch_texts(services.source, settings, database, now, output.warn)
    webhook_queue.apply_waiting(database, services.clock, services.stopping)


@contextmanager
def _finishing_failed_run(settings: "Settings", services: "Services") -> "Iterator[None]":
    """Where an only newsletter fails: transactional mails leave, old picks are forgotten."""
    try:
        yield
    except NewsletterError as failure:
        try:
            _finish(settings, services)
        except NewsletterError as error:  # of a dead database, for one
            if str(error) != str(failure):
                output.warn(str(error))
        raise


def _finish(settings: "Settings", services: "Services") -> bool:
    """Do the work that comes after all newsletters; returns whether no mail waits in the outbox.

    `check` says who of [notify] does not listen, and no run fails by it.
    """
    from newsletter import bootstrap, periodic_work
    from newsletter.notices.notice_worker import NoticeWorker

    parts = (services.database, settings, services.clock, services.stopping)
    NoticeWorker(*parts).run_once()
    outbox_worker = bootstrap.outbox_worker(
        settings, services.database, services.clock, services.stopping
    )
    try:
        outcome = outbox_worker.run_once(at_once=True)
    finally:
        periodic_work.clean(*parts)
    if outcome.waiting:
        output.warn(f"mails of the outbox wait for the next run: {outcome.waiting}")
    return not outcome.waiting


def _run_days(
    services: "Services",
    newsletter: "NewsletterSettings",
    rehearsed: bool,
    days_as_json: list[dict[str, Any]] | None,
    days: "Days",
    not_before: "datetime | None",
) -> bool:
    """Run the days of one issue, and print it; whether nothing is open."""
    from newsletter.daily_run import rounds

    report = rounds.run_days(services, newsletter, days, not_before)
    prices = services.llm_budget.prices
    if days_as_json is None:
        day_output.print_day(newsletter, report, prices, rehearsed=rehearsed)
    else:
        days_as_json.append(day_output.day_as_json(newsletter, report, prices))
    if report.waiting:
        output.warn(f"{newsletter.slug}: {report.waiting}")
    return report.is_done and (rehearsed or not report.asked_in_vain)
