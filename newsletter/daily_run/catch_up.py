"""Which days a run looks after by itself: the newest, what is unfinished, and what was missed.

A machine that slept makes up for the announcement days that it missed, oldest first, within
`source.max_age_days`. A reader gets `sending.issues_per_day` issues at most: where more days were
missed, the oldest of them come as one; where it is one a day, they come in the newest day's. Where
the newest day is empty, the newest before it that had papers takes its place.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from newsletter import delivery_counters
from newsletter.config import NewsletterSettings
from newsletter.daily_run import fetching
from newsletter.issues import issue_days
from newsletter.models import DeliveryState
from newsletter.sending.limits import pauses
from newsletter.sending.readers import audience
from newsletter.services import Services
from newsletter.sources import calendar
from newsletter.sources.base import ListingState, NoNetworkError, SourceError

_MISSED_DAYS_TOLD = 10
_MOST_DAYS = 31  # what `source.max_age_days` can ask for

Days = tuple[date, ...]  # one issue's; of several days, the oldest first


def open_days(services: Services, newsletter: NewsletterSettings) -> list[Days]:
    """The days of each issue of this run, oldest first; the last is the newest day.

    Asks arXiv about days that may say more by now, and where several share the places that are
    left.
    """
    newest = services.source.current_day(services.clock())
    _ask_again(services, newsletter, newest)
    oldest = newest - timedelta(days=services.max_age_days)
    slug, categories = newsletter.slug, newsletter.categories
    with services.database.read() as session:
        undelivered = issue_days.undelivered_days(session, slug, newest, services.max_age_days)
        waiting = issue_days.waiting_days(session, slug, categories, newest, services.max_age_days)
        missed = [
            day
            for day in issue_days.missed_days(session, slug, categories, newest, _MOST_DAYS)
            if day >= oldest and day not in waiting and audience.has_audience(session, slug, day)
        ]
        frozen = issue_days.frozen_lately(session, slug, services.clock())
        is_open = issue_days.find_issue(session, slug, newest) is None
        mailed = issue_days.covered_days(session, slug)
        last_mailed = max((day for day in mailed if day < newest), default=date.min)
    at_most = services.sending.issues_per_day
    room = at_most - is_open - frozen
    older = sorted(waiting + missed)
    last: list[Days] = [(newest,)]
    if room >= 0 and len(older) > room and _is_empty(services, newsletter, newest):
        while len(older) > 1 and _is_empty(services, newsletter, older[-1]):
            older.pop()
        last.insert(0, (older.pop(),))
    if at_most == 1 and is_open and not frozen:  # there is never room for an issue beside it
        joined = tuple(day for day in older if day > last_mailed)
        last[0] = (*joined, *last[0])
    made_up = group_days(older, room) + last[:-1]
    return [*sorted([(day,) for day in undelivered] + made_up), last[-1]]


def part_left_over(
    services: Services, newsletter: NewsletterSettings, older: Sequence[Days]
) -> tuple[Sequence[Days], Sequence[Days]]:
    """The issues to make before the newest day, and those after it.

    Once the provider was in trouble, whoever is left of an issue that others got may be refused for
    good. So the first mail that asks whether it is over is one of the newest issue.
    """
    with services.database.read() as session:
        if not pauses.troubles(session):
            return older, ()
        left_over = [
            days
            for days in older
            if (issue := issue_days.find_issue(session, newsletter.slug, days[-1])) is not None
            and delivery_counters.of_issue(session, issue.id)[DeliveryState.SENT]
        ]
    return [days for days in older if days not in left_over], left_over


def newest_from(services: Services, newsletter: NewsletterSettings) -> datetime | None:
    """From when on the newest day may be mailed; None where its readers have room for it now.

    Around 20:00 in New York a new batch can come minutes after days that were made up for.
    """
    at_most = services.sending.issues_per_day
    with services.database.read() as session:
        return issue_days.room_from(session, newsletter.slug, services.clock(), at_most)


def _ask_again(services: Services, newsletter: NewsletterSettings, newest: date) -> None:
    """Whether days that were told as empty, or went out unchecked or in part, have more papers.

    The next issue brings what their own issue lacked (late_papers.py).
    """
    with services.database.read() as session:
        days = issue_days.days_to_ask_anew(
            session, newsletter.slug, newsletter.categories, newest, services.max_age_days
        )
    for day in days:
        try:
            ask_anew(services, newsletter, day)
        except NoNetworkError:  # the newest day says so
            return
        except SourceError:
            continue  # what is known stays; the next run asks again


def ask_anew(services: Services, newsletter: NewsletterSettings, day: date) -> None:
    """Fetch a day once more, and make the sentences of what was found."""
    from newsletter.daily_run import summarizing  # 0.4 s, and few runs ask

    fetching.fetch(services, newsletter, day)
    summarizing.summarize(services, newsletter, day)


def missed(services: Services, newsletter: NewsletterSettings) -> list[date]:
    """Recent days without an issue, which only the operator can ask for."""
    newest = services.source.current_day(services.clock())
    with services.database.read() as session:
        days = issue_days.missed_days(
            session, newsletter.slug, newsletter.categories, newest, _MISSED_DAYS_TOLD
        )
    return [
        day
        for day in days
        if not (calendar.follows_holiday(day) or _is_passed_over(services, newsletter, day))
    ]


def _is_passed_over(services: Services, newsletter: NewsletterSettings, day: date) -> bool:
    """Whether what the source has read shows that nothing was announced; that is written down."""
    return services.source.passes_over(day) and _is_empty(services, newsletter, day)


def _is_empty(services: Services, newsletter: NewsletterSettings, day: date) -> bool:
    """Whether it is known that nothing was announced that day."""
    try:
        rows = fetching.fetch(services, newsletter, day).rows
    except (SourceError, NoNetworkError):  # said when that day has its turn
        return False
    empty = {row.category for row in rows if row.state == ListingState.NONE}
    return empty.issuperset(newsletter.categories)  # of the others nothing may be known at all


def group_days(missed: Sequence[date], at_most: int) -> list[Days]:
    """So many issues at most: the newest days by themselves, all older ones in one."""
    if at_most < 1:
        return []
    together = max(len(missed) - at_most + 1, 0)
    first = [tuple(missed[:together])] if together else []
    return first + [(day,) for day in missed[together:]]
