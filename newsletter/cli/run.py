"""run: everything that today needs."""

from contextlib import contextmanager, nullcontext
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import chosen_newsletters, common, day_output, interests, output
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from newsletter.config import NewsletterSettings, Settings
    from newsletter.daily_run.catch_up import Days
    from newsletter.services import Services


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
    something could not be done, or a model was asked about ten papers or more, most of them in
    vain, or about fewer and nothing usable came; run it again later.
    With --day, arXiv is also asked for what that day's issue lacks.
    """
    from newsletter.feedback import inbox
    from newsletter.health import alarm

    settings = common.load(config_file)
    days_as_json: list[dict[str, Any]] | None = [] if as_json else None
    watching = nullcontext(alarm.Outcome()) if dry_run else alarm.watching(settings, common.utc_now)
    with watching as outcome, common.opened(settings) as services:
        outcome.warnings, outcome.database = common.warnings(), services.database
        run_newsletter = partial(_run_newsletter, services, dry_run, days_as_json, day)
        with nullcontext() if dry_run else _finishing_failed_run(settings, services):
            if not dry_run:  # first, so that what somebody liked since acts on their next mail
                interests.tell_papers(settings, services.database)
                inbox.fold(services.database, services.clock, services.stopping)
            done = chosen_newsletters.for_each_mailed(settings, services, slug, run_newsletter)
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
    from newsletter.daily_run import catch_up

    with bootstrap.rehearsal(services) if dry_run else nullcontext(services) as used:
        *open_days, newest = [(day,)] if day else catch_up.open_days(used, newsletter)
        not_before = None if day else catch_up.newest_from(used, newsletter)
        older, left_over = catch_up.part_left_over(used, newsletter, open_days)
    run_days = partial(_run_days, services, newsletter, dry_run, days_as_json)
    completion = catch_up.complete_issue(services, newsletter, day) if day and not dry_run else ""
    if completion:
        common.warn(f"{newsletter.slug}: {completion}")
    done = [_try_days(run_days, newsletter.slug, days) for days in older]
    try:
        done.append(run_days(newest, not_before))
    finally:
        done += [_try_days(run_days, newsletter.slug, days) for days in left_over]
        day_output.warn_missed(
            newsletter.slug, [] if day else catch_up.missed(services, newsletter)
        )
    return all(done)


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
                common.warn(str(error))
        raise


def _finish(settings: "Settings", services: "Services") -> bool:
    """What a run does behind its newsletters; whether no mail waits in the outbox."""
    _tell_who_came(settings, services)
    return _empty_outbox(settings, services)


def _empty_outbox(settings: "Settings", services: "Services") -> bool:
    """Send the confirm mails and the like that a `serve` left behind; whether none is left.

    And clean up, as `serve` and workers do every hour.
    """
    from newsletter import bootstrap

    outbox_worker = bootstrap.outbox_worker(
        settings, services.database, services.clock, services.stopping
    )
    try:
        outcome = outbox_worker.run_once(at_once=True)
    finally:
        outbox_worker.cleanup()
    if outcome.waiting:
        common.warn(f"mails of the outbox wait for the next run: {outcome.waiting}")
    return not outcome.waiting


def _tell_who_came(settings: "Settings", services: "Services") -> None:
    """Tell those that [notify] names; `check` says who does not listen, and no run fails by it."""
    from newsletter.notices.notice_worker import NoticeWorker

    NoticeWorker(services.database, settings, services.clock, services.stopping).run_once()


def _run_days(
    services: "Services",
    newsletter: "NewsletterSettings",
    dry_run: bool,
    days_as_json: list[dict[str, Any]] | None,
    days: "Days",
    not_before: "datetime | None" = None,
) -> bool:
    """Run the days of one issue, or rehearse them, and print it; whether nothing is open."""
    from newsletter import bootstrap
    from newsletter.daily_run import catch_up

    with bootstrap.rehearsal(services) if dry_run else nullcontext(services) as used:
        report = catch_up.run_days(used, newsletter, days, not_before)
    if days_as_json is None:
        day_output.print_day(newsletter, report, used.llm_budget.prices, rehearsed=dry_run)
    else:
        days_as_json.append(day_output.day_as_json(newsletter, report, used.llm_budget.prices))
    if report.waiting:
        common.warn(f"{newsletter.slug}: {report.waiting}")
        return False
    result = report.result
    asked_in_vain = not dry_run and report.summaries and report.summaries.nothing_usable
    return (result is None or result.is_done) and not asked_in_vain


def _try_days(run_days: "Callable[[Days], bool]", slug: str, days: "Days") -> bool:
    """The same for older days: trouble with them does not hold back the newest."""
    try:
        return run_days(days)
    except NewsletterError as error:
        common.warn(f"{slug} {', '.join(map(str, days))}: {error}")
        return False
