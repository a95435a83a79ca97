"""A round of `newsletter run`, or of a worker: each newsletter, and of each the days that are open.

Most rounds find everything done, so nothing that renders or sends is loaded before it is needed.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from newsletter import slugs
from newsletter.config import NewsletterSettings, Settings
from newsletter.daily_run import catch_up
from newsletter.daily_run.catch_up import Days
from newsletter.daily_run.day_report import DayReport, done_before
from newsletter.errors import NewsletterError
from newsletter.services import Services
from newsletter.subscribers.health import without_a_way_out
from newsletter.text import short_day

Act = Callable[[NewsletterSettings], bool]  # whether nothing is left to do
Warn = Callable[[str], None]


def for_each_mailed(
    settings: Settings,
    services: Services,
    chosen: Sequence[NewsletterSettings],
    act: Act,
    warn: Warn,
) -> bool:
    """For what mails: not done while there are readers who cannot be mailed at all."""
    with services.database.read() as session:
        too_many = without_a_way_out(settings, session)
    if too_many:
        warn(too_many)
    return for_each_known(settings, services, chosen, act, warn) and not too_many


def for_each_known(
    settings: Settings,
    services: Services,
    chosen: Sequence[NewsletterSettings],
    act: Act,
    warn: Warn,
) -> bool:
    """Trouble with one does not keep the others waiting; that of a single one is raised.

    None that may be another under a new slug is touched, and it is not done while that is open.
    """
    with services.database.read() as session:
        orphans = slugs.orphans(session, settings)
        refused = slugs.refused(session, settings, orphans)

    def act_unless_refused(newsletter: NewsletterSettings) -> bool:
        if newsletter.slug in refused:
            raise NewsletterError(refused[newsletter.slug])
        return act(newsletter)

    done = not orphans
    for newsletter in chosen:
        try:
            done = act_unless_refused(newsletter) and done
        except NewsletterError as error:
            if len(chosen) == 1:
                raise
            warn(f"{newsletter.slug}: {error}")
            done = False
    return done


def run_open_days(
    services: Services,
    newsletter: NewsletterSettings,
    run_days: Callable[[Days, datetime | None], bool],
    warn: Warn,
) -> bool:
    """Run the newest day, and those that are left over; whether nothing is open.

    Trouble with older days does not hold back the newest.
    """
    *open_days, newest = catch_up.open_days(services, newsletter)
    not_before = catch_up.newest_from(services, newsletter)
    older, left_over = catch_up.part_left_over(services, newsletter, open_days)

    def try_days(days: Days) -> bool:
        try:
            return run_days(days, None)
        except NewsletterError as error:
            warn(f"{newsletter.slug} {', '.join(map(str, days))}: {error}")
            return False

    done = [try_days(days) for days in older]
    try:
        done.append(run_days(newest, not_before))
    finally:
        done += [try_days(days) for days in left_over]
        _warn_missed(newsletter.slug, catch_up.missed(services, newsletter), warn)
    return all(done)


def run_days(
    services: Services,
    newsletter: NewsletterSettings,
    days: Days,
    not_before: datetime | None = None,
) -> DayReport:
    """One issue of one day, or of several that were missed. Safe to repeat.

    One day's is only prepared where it is to go out later, `not_before` that moment.

    Raises:
        NotYetError: none of the days can be composed yet.
    """
    report = done_before(services, newsletter.slug, days[0]) if len(days) == 1 else None
    if report is not None and services.hand_over is None:
        return report
    from newsletter.daily_run import combined_days, daily  # 1 s, and most rounds need neither

    if len(days) == 1:
        return daily.run_day(services, newsletter, days[0], not_before)
    return combined_days.run_combined_days(services, newsletter, days)


def _warn_missed(slug: str, days: Sequence[date], warn: Warn) -> None:
    """Days without an issue, and how to get them."""
    if days:
        warn(
            f"{slug} has no issue of {', '.join(map(short_day, days))};"
            f" `newsletter run {slug} --day {days[-1]}` rebuilds and sends one"
        )
