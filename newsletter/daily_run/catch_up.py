"""Which days a run looks after by itself: the newest, what is unfinished, and what was missed.

A machine that slept makes up for the announcement days that it missed, oldest first, within
`source.max_age_days`. A reader gets `sending.issues_per_day` issues at most: where more days were
missed, the oldest of them come as one; where it is one a day, they come in the newest day's. Where
the newest day is empty, the newest before it that had papers takes its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from newsletter import completeness, delivery_counters, issue_days
from newsletter.config import NewsletterSettings
from newsletter.daily_run.day_report import DayReport, done_before
from newsletter.models import DeliveryState, ListingRow
from newsletter.sending import audience, pauses
from newsletter.services import Services
from newsletter.sources import calendar
from newsletter.sources.base import ListingState, NoNetworkError, SourceError
from newsletter.text import counted

if TYPE_CHECKING:
    from newsletter.daily_run.daily import PreparedDay

_MISSED_DAYS_TOLD = 10
_MOST_DAYS = 31  # what `source.max_age_days` can ask for

Days = tuple[date, ...]  # one issue's; of several days, the oldest first


def open_days(services: Services, newsletter: NewsletterSettings) -> list[Days]:
    """What each issue of this run is about, oldest first; the last is the newest day.

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
    """What is done before the newest day, and what after it.

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
        days = issue_days.unsettled_days(
            session, newsletter.slug, newsletter.categories, newest, services.max_age_days
        )
    for day in days:
        try:
            _ask_anew(services, newsletter, day)
        except NoNetworkError:  # the newest day says so
            return
        except SourceError:
            continue  # what is known stays; the next run asks again


def _ask_anew(services: Services, newsletter: NewsletterSettings, day: date) -> None:
    from newsletter.daily_run import summarizing

    _fetch(services, newsletter, day)
    summarizing.summarize(services, newsletter, day)


def complete_issue(services: Services, newsletter: NewsletterSettings, day: date) -> str:
    """Ask anew about a day whose issue is out and lacks papers, however long ago it was.

    Returns:
        What was found or is still lacking; nothing where the day lacks nothing.
    """
    slug, categories = newsletter.slug, newsletter.categories
    newest = services.source.current_day(services.clock())
    reach = calendar.PAGES_REACH.days
    with services.database.read() as session:
        unsettled = issue_days.unsettled_days(session, slug, categories, newest, reach)
        is_out = day in issue_days.covered_days(session, slug)
    why = f"arXiv's pages of past days reach {reach} days back"
    if is_out and day in unsettled:
        try:
            _ask_anew(services, newsletter, day)
            why = "arXiv's page of that day was asked again"
        except SourceError as error:
            why = str(error)
    return _describe_completion(services, newsletter, day, why) if is_out else ""


def _describe_completion(
    services: Services, newsletter: NewsletterSettings, day: date, why: str
) -> str:
    from newsletter import late_papers, papers

    newest = services.source.current_day(services.clock())
    told = []
    with services.database.read() as session:
        after = calendar.next_mailing_day(newest)
        found = late_papers.find_late(session, newsletter.slug, after)
        lacking = [
            completeness.missing_text(row)
            for row in papers.listings(session, day, newsletter.categories)
            if row.state == ListingState.PARTIAL
        ]
    late = sum(paper.day == day for paper in found)
    if late:
        said = f"{counted(late, 'paper')} of {day} found since; the next issue brings"
        told.append(f"{said} {'it' if late == 1 else 'them'}")
    if lacking:
        told.append(f"{'; '.join(lacking)} ({why})")
    return "; ".join(told)


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
        rows = _fetch(services, newsletter, day)
    except (SourceError, NoNetworkError):  # said when that day has its turn
        return False
    empty = {row.category for row in rows if row.state == ListingState.NONE}
    return empty.issuperset(newsletter.categories)  # of the others nothing may be known at all


def _fetch(services: Services, newsletter: NewsletterSettings, day: date) -> list[ListingRow]:
    from newsletter.daily_run import fetching

    return fetching.fetch(services, newsletter, day).rows


def group_days(missed: Sequence[date], at_most: int) -> list[Days]:
    """So many issues at most: the newest days by themselves, all older ones in one."""
    if at_most < 1:
        return []
    together = max(len(missed) - at_most + 1, 0)
    first = [tuple(missed[:together])] if together else []
    return first + [(day,) for day in missed[together:]]


def run_days(
    services: Services,
    newsletter: NewsletterSettings,
    days: Days,
    not_before: datetime | None = None,
) -> DayReport:
    """One issue of one day, or of several that were missed. Safe to repeat.

    One day's is only prepared where it is to go out later, `not_before` that moment.

    A day that has to wait leaves the others their issue, and comes with a later run. An issue is of
    days in a row: of those before and after a waiting one, or one that has an issue, the older come
    first.

    Raises:
        NotYetError: none of the days can be composed yet.
    """
    report = done_before(services, newsletter.slug, days[0]) if len(days) == 1 else None
    if report is not None and services.hand_over is None:
        return report
    from newsletter import issues
    from newsletter.daily_run import daily
    from newsletter.rendering.several_days import combine_days

    if len(days) == 1:
        return daily.run_day(services, newsletter, days[0], not_before)
    now = services.clock()
    in_a_row, waits = _prepare_in_a_row(services, newsletter, days)
    ready = next(filter(_has_papers, in_a_row), None) or next(filter(None, in_a_row), None)
    if ready is None:
        raise daily.NotYetError("; ".join(waits))
    report = daily.freeze_and_send(
        services,
        newsletter,
        ready[max(ready)].summaries,
        lambda session: combine_days(
            [
                issues.compose_issue(session, newsletter, day, services.summarizer, now)
                for day in ready
            ]
        ),
        "; ".join(completeness.empty_reason(prepared.rows) for prepared in ready.values()),
    )
    waits += [
        f"{day} comes with a later run" for row in in_a_row if row is not ready for day in row
    ]
    return replace(report, waiting="; ".join(waits))


def _prepare_in_a_row(
    services: Services, newsletter: NewsletterSettings, days: Days
) -> tuple[list[dict[date, "PreparedDay"]], list[str]]:
    """The days that are ready, parted at those that wait or have an issue; and why some wait."""
    from newsletter.daily_run import daily

    in_a_row: list[dict[date, PreparedDay]] = [{}]
    waits = []
    with services.database.read() as session:
        out = issue_days.covered_days(session, newsletter.slug)
    for day in days:
        if in_a_row[-1] and any(max(in_a_row[-1]) < done < day for done in out):
            in_a_row.append({})
        try:
            prepared = daily.prepare(services, newsletter, day)
        except SourceError as error:
            why = str(error)
        else:
            if prepared.waits is None:
                in_a_row[-1][day] = prepared
                continue
            why = prepared.waits
        waits.append(f"{day} waits: {why}")
        in_a_row.append({})
    return in_a_row, waits


def _has_papers(days: "Mapping[date, PreparedDay]") -> bool:
    return any(row.found for prepared in days.values() for row in prepared.rows)
